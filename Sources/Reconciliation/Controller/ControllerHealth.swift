// What the probes of the controller are told: whether it lives, and whether it is at work.

import Synchronization

/// Set by the controller, asked by whoever serves `/healthz` and `/readyz`.
package final class ControllerHealth: Sendable {
    private struct State {
        var isLeading = false
        var isListed = false
        var trouble: String?
        /// When the queue, the index and the journal last answered; nil: nobody has asked yet.
        var beat: ContinuousClock.Instant?
    }
    private let state = Mutex(State())

    init() {}

    func begin() { state.withLock { $0.isLeading = true } }
    func end() {
        state.withLock { state in
            state.isLeading = false
            state.beat = nil
        }
    }
    func beats(at now: ContinuousClock.Instant = .now) { state.withLock { $0.beat = now } }
    func isListed() {
        state.withLock { state in
            state.isListed = true
            state.trouble = nil
        }
    }
    func fails(_ reason: String) { state.withLock { $0.trouble = reason } }

    /// How often it is asked whether all goes on, and how long an answer may take.
    static let pulse = Duration.seconds(10)
    static let longestPulse = Duration.seconds(120)

    /// Why the process is to be started anew: what every turn goes through has not answered for two minutes. nil where it goes on.
    package var stall: String? { stall(at: .now) }

    func stall(at now: ContinuousClock.Instant) -> String? {
        guard let beat = state.withLock({ $0.beat }), now - beat > ControllerHealth.longestPulse else { return nil }
        return "the queue, the index or the journal has not answered for \((now - beat).components.seconds) s"
    }

    /// Whether this process has the lease.
    package var isLeading: Bool { state.withLock { $0.isLeading } }

    /// Why it is not ready; nil where it works, or waits for its turn behind another controller.
    package var obstacle: String? {
        state.withLock { state in
            guard state.isLeading else { return nil }
            return state.trouble ?? (state.isListed ? nil : "the Applications are not listed yet")
        }
    }
}
