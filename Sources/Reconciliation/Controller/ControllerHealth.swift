// What the probes of the controller are told: whether it lives, and whether it is at work.

import Synchronization

/// Set by the controller, asked by whoever serves `/healthz` and `/readyz`.
package final class ControllerHealth: Sendable {
    private struct State {
        var isLeading = false
        var isListed = false
        var trouble: String?
    }
    private let state = Mutex(State())

    init() {}

    func begin() { state.withLock { $0.isLeading = true } }
    func end() { state.withLock { $0.isLeading = false } }
    func isListed() {
        state.withLock { state in
            state.isListed = true
            state.trouble = nil
        }
    }
    func fails(_ reason: String) { state.withLock { $0.trouble = reason } }

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
