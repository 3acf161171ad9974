// Who is worked on when, and by how many.

import ControllerRuntime
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct WorkQueueTests {
    private typealias Queue = WorkQueue<String, String>

    /// What was worked on, as `key: reasons`, and how much of it is under way.
    private final class Log: Sendable {
        struct State {
            var lines: [String] = []
            var open: [String: AsyncStream<Void>.Continuation] = [:]
            var together: Set<String> = []
            var doubled = false
            var most = 0

            mutating func note(_ turn: Queue.Turn) {
                lines.append("\(turn.key): \(turn.reasons.sorted().joined(separator: " "))")
            }
        }
        let state = Mutex(State())
        var lines: [String] { state.withLock { $0.lines } }
        var open: Set<String> { state.withLock { Set($0.open.keys) } }

        func note(_ turn: Queue.Turn) {
            state.withLock { $0.note(turn) }
        }

        /// Works on a turn until it is let go.
        func hold(_ turn: Queue.Turn) async {
            let (stream, end) = AsyncStream.makeStream(of: Void.self)
            // Both at once: whoever sees the line can let the turn go.
            state.withLock { state in
                state.note(turn)
                if state.open[turn.key] != nil { state.doubled = true }
                state.open[turn.key] = end
                state.most = max(state.most, state.open.count)
            }
            for await _ in stream {}
        }

        func release(_ key: String) {
            state.withLock { state in
                state.open[key]?.finish()
                state.open[key] = nil
            }
        }
    }

    private func running<R: Sendable>(
        _ queue: Queue, workers: Int = 1, _ work: @escaping @Sendable (Queue.Turn) async -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        let task = Task { await queue.run(workers: workers, work) }
        let result = try await body()
        task.cancel()
        await task.value
        return result
    }

    @Test func reasonsAreJoinedAndOrderIsThatOfAdding() async {
        let queue = Queue(time: ManualTime().time)
        let log = Log()
        for (key, reason) in [("b", "git"), ("a", "git"), ("b", "drift"), ("c", "spec")] { await queue.add(key, reason) }
        await running(queue, { log.note($0) }) { await turn { log.lines.count == 3 } }
        #expect(log.lines == ["b: drift git", "a: git", "c: spec"])
        #expect(await queue.depth == 0)
    }

    @Test func aKeyIsWorkedOnByOneAndAgainForWhatCameMeanwhile() async {
        let queue = Queue(time: ManualTime().time)
        let log = Log()
        await queue.add("a", "first")
        await running(queue, workers: 4, { await log.hold($0) }) {
            await turn { log.open == ["a"] }
            await queue.add("a", "second")
            await queue.add("b", "other")
            await turn { log.open == ["a", "b"] }
            #expect(log.lines == ["a: first", "b: other"])
            log.release("a")
            await turn { log.lines.count == 3 }
            #expect(log.lines.last == "a: second")
            log.release("a")
            log.release("b")
        }
        #expect(!log.state.withLock { $0.doubled })
    }

    @Test(arguments: [1, 3]) func noMoreThanTheWorkersWorkAtOnce(_ workers: Int) async {
        let queue = Queue(time: ManualTime().time)
        let log = Log()
        for number in 0..<8 { await queue.add("k\(number)", "r") }
        await running(queue, workers: workers, { await log.hold($0) }) {
            await turn { log.open.count == workers }
            for number in 0..<8 {
                await turn { log.open.contains("k\(number)") }
                log.release("k\(number)")
            }
        }
        #expect(log.state.withLock { $0.most } == workers)
    }

    @Test func whatIsLaterWaitsAndAnEarlierWishWins() async {
        let clock = ManualTime()
        let queue = Queue(time: clock.time)
        let log = Log()
        await queue.add("late", "interval", after: .seconds(60))
        await queue.add("later", "interval", after: .seconds(90))
        await running(queue, { log.note($0) }) {
            await turn { clock.sleeping == 1 }
            #expect(log.lines.isEmpty)
            clock.advance(by: .seconds(59))
            await queue.add("later", "drift")
            await turn { log.lines == ["later: drift"] }
            clock.advance(by: .seconds(1))
            await turn { log.lines.count == 2 }
            clock.advance(by: .seconds(30))
            await turn { log.lines.count == 3 }
        }
        #expect(log.lines.dropFirst() == ["late: interval", "later: interval"])
    }

    /// A retry that was to come in a while does not come sooner because something else happens.
    @Test func aPauseIsNotCutShortByAnotherReason() async {
        let clock = ManualTime(), log = Log()
        let queue = Queue(time: clock.time)
        await queue.add("a", "retry", after: .seconds(60))
        await queue.add("a", ["drift", "health"])
        await running(queue, { log.note($0) }) {
            await turn { log.lines.count == 1 }
            #expect(log.lines == ["a: drift health"])
            #expect(await queue.depth == 1)
            clock.advance(by: .seconds(61))
            await turn { log.lines.count == 2 }
        }
        #expect(log.lines == ["a: drift health", "a: retry"])
    }

    @Test func whatIsForgottenIsNotWorkedOn() async {
        let queue = Queue(time: ManualTime().time)
        let log = Log()
        await queue.add("gone", "r")
        await queue.add("here", "r")
        await queue.remove("gone")
        await running(queue, { log.note($0) }) { await turn { !log.lines.isEmpty } }
        #expect(log.lines == ["here: r"])
    }

    @Test func theEndWaitsForWorkUnderWayAndBeginsNothing() async {
        let queue = Queue(time: ManualTime().time)
        let log = Log()
        await queue.add("a", "r")
        let task = Task { await queue.run(workers: 1) { await log.hold($0) } }
        await turn { log.open == ["a"] }
        await queue.add("b", "r")
        task.cancel()
        for _ in 0..<200 { await Task.yield() }
        #expect(log.open == ["a"], "the work was ended with the queue")
        log.release("a")
        await task.value
        #expect(log.lines == ["a: r"])
        #expect(await queue.depth == 1)
    }

    @Test func aTurnAtRestHoldsNoWorkerButItsKey() async {
        let queue = Queue(time: ManualTime().time)
        let log = Log()
        await queue.add("a", "first")
        await running(queue, { await log.hold($0) }) {
            await turn { log.open == ["a"] }
            await queue.rest("a")
            for (key, reason) in [("a", "second"), ("b", "other"), ("c", "other")] { await queue.add(key, reason) }
            await turn { log.open == ["a", "b"] }
            // It goes on although the worker is taken, and nobody else begins until one is free.
            await queue.resume("a")
            log.release("b")
            for _ in 0..<200 { await Task.yield() }
            #expect(log.lines == ["a: first", "b: other"])
            log.release("a")
            await turn { log.lines.count == 3 }
            log.release("a")
            log.release("c")
            await turn { log.lines.count == 4 }
            log.release("a")
            log.release("c")
        }
        #expect(Set(log.lines.dropFirst(2)) == ["a: second", "c: other"])
        #expect(log.state.withLock { !$0.doubled && $0.most == 2 })
    }

    /// Nor does one rest for whom there is no turn.
    @Test func aTurnThatEndsAtRestLeavesNoWorkerTooMany() async {
        let queue = Queue(time: ManualTime().time)
        let log = Log()
        await queue.add("a", "r")
        await running(queue, { await log.hold($0) }) {
            await turn { log.open == ["a"] }
            await queue.rest("a")
            await queue.rest("nobody")
            log.release("a")
            for key in ["b", "c", "d"] {
                await queue.add(key, "r")
            }
            for key in ["b", "c", "d"] {
                await turn { log.open == [key] }
                for _ in 0..<200 { await Task.yield() }
                #expect(log.open == [key])
                log.release(key)
            }
        }
        #expect(log.state.withLock { $0.most } == 1)
    }

    @Test func theEndWaitsForTurnsAtRest() async {
        let queue = Queue(time: ManualTime().time)
        let log = Log()
        let hasEnded = Mutex(false)
        await queue.add("a", "r")
        let task = Task {
            await queue.run(workers: 1) { await log.hold($0) }
            hasEnded.withLock { $0 = true }
        }
        await turn { log.open == ["a"] }
        await queue.rest("a")
        task.cancel()
        await queue.add("b", "r")
        for _ in 0..<200 { await Task.yield() }
        #expect(!hasEnded.withLock { $0 })
        log.release("a")
        await task.value
        #expect(log.lines == ["a: r"])
    }

    @Test func pausesGrowToTheirEnd() {
        let least = Backoff(jitter: { 0 }), most = Backoff(jitter: { 1 })
        #expect((1...5).map { most.pause(after: $0) } == [1, 2, 4, 8, 16].map { .seconds($0) })
        #expect(least.pause(after: 1) == .milliseconds(750))
        #expect(most.pause(after: 1_000_000) == .seconds(300))
        #expect(most.pause(after: -3) == .seconds(1))
        #expect(Backoff(jitter: { .nan }).pause(after: 1) == .milliseconds(750))
    }
}
