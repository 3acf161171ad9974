// What people want to know of a live object: does it work?

/// The state of a live object, from the best to the worst.
package enum Health: String, Sendable, CaseIterable {
    /// It is what its manifest asks for.
    case healthy
    /// Somebody paused it.
    case suspended
    /// Not yet, but nothing says that it will not be.
    case progressing
    /// It is not in the cluster.
    case missing
    /// It failed; waiting alone will not help.
    case degraded
    /// Its status cannot be understood.
    case unknown
}

extension Health: Comparable {
    /// Better before worse; the health of many is their maximum.
    package static func < (left: Health, right: Health) -> Bool { left.rank < right.rank }

    private var rank: Int { Health.allCases.firstIndex(of: self) ?? 0 }
}

/// A health and, in one sentence without a full stop, why: `2 of 3 replicas are ready`.
package struct HealthVerdict: Sendable, Equatable {
    package var health: Health
    /// Empty where there is nothing to say.
    package var message: String
    /// Whether only its controller's first look at this state of it is missing: a moment, where that controller runs.
    package var isUnseen: Bool

    package init(_ health: Health, _ message: String = "", isUnseen: Bool = false) {
        self.health = health
        self.message = message
        self.isUnseen = isUnseen
    }
}
