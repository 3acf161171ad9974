// How long to wait before something that failed is tried again: longer each time, never for ever.

/// Growing, jittered pauses with an upper end.
package struct Backoff: Sendable {
    package var first: Duration
    package var longest: Duration
    /// Drawn for each pause: 0 up to 1.
    package var jitter: @Sendable () -> Double

    package init(
        first: Duration = .seconds(1), longest: Duration = .seconds(300),
        jitter: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.first = first
        self.longest = longest
        self.jitter = jitter
    }

    /// The pause after so many failures in a row: between three quarters and all of a time that doubles with each.
    /// - Parameter failures: at least 1 counts.
    package func pause(after failures: Int) -> Duration {
        let doublings = min(max(failures, 1) - 1, 20)
        let grown = min(first * (1 << doublings), longest)
        let drawn = jitter()
        return grown * (0.75 + 0.25 * (drawn.isFinite ? min(max(drawn, 0), 1) : 0))
    }
}
