// Time that stands still until a test moves it.

import ControllerRuntime
import Synchronization

final class ManualTime: Sendable {
    private struct Sleeper {
        var until: Duration
        var wake: AsyncStream<Void>.Continuation
    }
    private struct State {
        var now = Duration.zero
        var sleepers: [Int: Sleeper] = [:]
        var count = 0
        var pauses: [Duration] = []
    }
    private let state = Mutex(State())

    /// Every pause that was asked for, in order.
    var pauses: [Duration] { state.withLock { $0.pauses } }
    var sleeping: Int { state.withLock { $0.sleepers.count } }

    var time: WorkTime {
        WorkTime(now: { self.state.withLock { $0.now } }, sleep: { await self.sleep($0) })
    }

    func advance(by step: Duration) {
        state.withLock { state in
            state.now += step
            for (number, sleeper) in state.sleepers where sleeper.until <= state.now {
                sleeper.wake.finish()
                state.sleepers[number] = nil
            }
        }
    }

    private func sleep(_ pause: Duration) async {
        let (stream, wake) = AsyncStream.makeStream(of: Void.self)
        let number = state.withLock { state -> Int? in
            state.pauses.append(pause)
            guard pause > .zero else { return nil }
            state.count += 1
            state.sleepers[state.count] = Sleeper(until: state.now + pause, wake: wake)
            return state.count
        }
        guard let number else { return }
        // Ends when time has come, and when the task is cancelled.
        for await _ in stream {}
        state.withLock { $0.sleepers[number] = nil }
    }
}

/// Gives other tasks their turn until `condition` holds; a test that waits in vain is ended by its time limit.
func turn(until condition: () async -> Bool) async {
    while await !condition() {
        // A loop that outlives its limit would keep all other tests from ending too.
        guard !Task.isCancelled else { return }
        await Task.yield()
    }
}
