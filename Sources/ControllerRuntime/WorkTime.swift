// The clock of the controller's machinery; tests put their own in its place.

/// Monotonic time and how to wait in it.
package struct WorkTime: Sendable {
    /// Since some moment in the past; never goes back.
    package var now: @Sendable () -> Duration
    /// Returns after the time, or at once when the task is cancelled.
    package var sleep: @Sendable (Duration) async -> Void

    package init(now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async -> Void) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's clock, which goes on while the machine sleeps.
    package static let system: WorkTime = {
        let start = ContinuousClock.now
        return WorkTime(
            now: { start.duration(to: .now) },
            sleep: { pause in
                // A cancelled sleep is a short one.
                try? await ContinuousClock().sleep(for: pause)
            })
    }()
}
