// Time as the applier sees it: now, waiting, and how long to wait before trying again. Tests put their own in its place.

/// Where waiting happens: every poll and every retry goes through one of these.
package struct Pace: Sendable {
    package var now: @Sendable () -> ContinuousClock.Instant
    /// Throws `CancellationError` when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// A number from 0 up to 1 that spreads retries of many objects apart.
    package var jitter: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant, sleep: @escaping @Sendable (Duration) async throws -> Void,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.jitter = jitter
    }

    /// The system's clock.
    package static let system = Pace(
        now: { ContinuousClock.now }, sleep: { try await ContinuousClock().sleep(for: $0) }, jitter: { Double.random(in: 0..<1) })

    /// Sleeps for `duration`, but not beyond `deadline`.
    /// - Returns: false when the deadline had passed before.
    func wait(_ duration: Duration, until deadline: ContinuousClock.Instant) async throws -> Bool {
        let left = now().duration(to: deadline)
        guard left > .zero else { return false }
        try await sleep(min(duration, left))
        return true
    }
}

/// Growing pauses between attempts: each twice the last up to a limit, of which a random half is slept.
package struct Backoff: Sendable {
    private var next: Duration
    private let limit: Duration

    package init(first: Duration = .milliseconds(100), limit: Duration = .seconds(5)) {
        next = first
        self.limit = limit
    }

    /// The pause before the next attempt.
    /// - Parameter retryAfter: what the server asked for; it is the least that is waited.
    package mutating func pause(jitter: Double, retryAfter: Duration? = nil) -> Duration {
        let full = next
        next = min(next * 2, limit)
        let spread = full * (0.5 + 0.5 * (jitter.isFinite ? min(max(jitter, 0), 1) : 1))
        return max(spread, retryAfter ?? .zero)
    }
}
