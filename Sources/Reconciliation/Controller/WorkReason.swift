// Why an Application is looked at.

/// One of the reasons for a turn; several may come together.
enum WorkReason: String, Hashable, Sendable, CaseIterable {
    /// The controller starts.
    case start
    /// The Application is new or its spec changed.
    case spec
    /// A commit changed its tree.
    case commit
    /// Its repository cannot be read any more, or can be read again.
    case source
    /// Somebody asked for it, by annotation.
    case request
    /// Somebody approved a plan.
    case approval
    /// A member is not as it was recorded.
    case drift
    /// A member's health is another.
    case health
    /// An Application that it depends on has changed.
    case dependency
    /// Another Application does not want any more what this one planned with.
    case claim
    /// A hold, a pin or a suspension ends, or what no watch tells of is looked at again.
    case timer
    /// What its variables stand for has changed, or cannot be followed and is looked at again.
    case values
    /// Its last turn failed.
    case retry

    /// What history says of a run that was begun for these reasons: the one that counts most.
    static func trigger(_ reasons: Set<WorkReason>) -> String {
        let order: [(WorkReason, String)] = [
            (.approval, "approve"), (.request, "sync"), (.spec, "spec"), (.commit, "poll"), (.drift, "drift"),
            (.dependency, "dependency"), (.claim, "claim"), (.timer, "timer"), (.source, "poll"), (.values, "values"), (.start, "start"),
            (.retry, "retry"),
            (.health, "drift"),
        ]
        return order.first { reasons.contains($0.0) }?.1 ?? "poll"
    }
}
