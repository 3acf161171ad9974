// How many requests may be under way at once: fewer after a 429, slowly more again.

import Synchronization

/// A gate in front of all requests. A 429 halves what may pass (at most once in a while) and closes the gate for the time the
/// server asked for; every success opens it a little, up to `maximum`. Waiters pass in their order.
package final class RequestLimiter: Sendable {
    private struct Waiter {
        var id: UInt64
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var limit: Double
        var underWay = 0
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
        var cancelled: Set<UInt64> = []
        var closedUntil: ContinuousClock.Instant?
        var shrunk: ContinuousClock.Instant?
    }

    private let maximum: Double
    private let state: Mutex<State>
    private let sleep: @Sendable (Duration) async throws -> Void

    package init(maximum: Int, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.maximum = Double(max(1, maximum))
        self.sleep = sleep
        state = Mutex(State(limit: self.maximum))
    }

    /// How many may be under way now.
    package var limit: Int { state.withLock { RequestLimiter.whole($0.limit) } }

    private static func whole(_ limit: Double) -> Int { Int(exactly: limit.rounded(.down)) ?? 1 }

    /// Waits for a place; `leave` must follow, unless this throws.
    /// - Throws: `CancellationError`.
    package func enter() async throws {
        let id = state.withLock { state in
            state.nextID &+= 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if state.waiters.isEmpty, state.underWay < RequestLimiter.whole(state.limit) {
                        state.underWay += 1
                        return .success(())
                    }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else {
                    state.cancelled.insert(id)
                    return nil
                }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
        state.withLock { _ = $0.cancelled.remove(id) }
        do {
            while let pause = timeUntilOpen() { try await sleep(pause) }
            try Task.checkCancellation()
        } catch {
            leave(throttledFor: nil, succeeded: false)
            throw error
        }
    }

    private func timeUntilOpen() -> Duration? {
        state.withLock { state in
            guard let closedUntil = state.closedUntil else { return nil }
            let left = closedUntil - .now
            if left > .zero { return left }
            state.closedUntil = nil
            return nil
        }
    }

    /// Gives the place back.
    /// - Parameters:
    ///   - throttledFor: the pause the server asked for with its 429; nil for any other outcome.
    ///   - succeeded: whether the server answered 2xx.
    package func leave(throttledFor pause: Duration?, succeeded: Bool) {
        let admitted: [Waiter] = state.withLock { state in
            state.underWay -= 1
            let now = ContinuousClock.now
            if let pause {
                if state.shrunk.map({ now - $0 > .milliseconds(500) }) ?? true {
                    state.limit = max(1, state.limit / 2)
                    state.shrunk = now
                }
                let end = now + min(pause, RetryPolicy.longestPause)
                state.closedUntil = max(state.closedUntil ?? end, end)
            } else if succeeded, state.limit < maximum {
                state.limit = min(maximum, state.limit + 1 / state.limit)
            }
            let free = max(0, RequestLimiter.whole(state.limit) - state.underWay)
            let next = Array(state.waiters.prefix(free))
            state.waiters.removeFirst(next.count)
            state.underWay += next.count
            return next
        }
        for waiter in admitted { waiter.continuation.resume() }
    }
}
