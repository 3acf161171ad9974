// Many calls at once come to the same results and the same error as one after the other.

import Synchronization
import Testing

@testable import Applying

@Suite("Concurrent map")
struct ConcurrentMapTests {
    private struct Failure: Error, Equatable { var item: Int }

    /// Lets through who waits, once it was opened.
    private final class Gate: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation
        init() { (stream, continuation) = AsyncStream.makeStream() }
        func open() { continuation.finish() }
        /// Returns also where the task is cancelled.
        func wait() async { for await _ in stream {} }
    }

    @Test("Results are in the order of the items, however they come", arguments: [1, 2, 7, 100])
    func order(limit: Int) async throws {
        let running = Mutex((now: 0, most: 0))
        let results = try await mapConcurrently(Array(0..<50), limit: limit) { item in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 0..<(item * 7 % 5) { await Task.yield() }
            running.withLock { $0.now -= 1 }
            return item * 2
        }
        #expect(results == (0..<50).map { $0 * 2 })
        #expect(running.withLock { $0.most } <= limit)
    }

    @Test("Of several errors that of the first item is told, also where it comes last; nothing is started after one")
    func firstError() async {
        let gate = Gate()
        let started = Mutex<Set<Int>>([])
        await #expect(throws: Failure(item: 1)) {
            try await mapConcurrently(Array(0..<20), limit: 3) { item in
                started.withLock { _ = $0.insert(item) }
                if item == 1 { await gate.wait() }
                if item == 2 {
                    gate.open()
                    throw Failure(item: 2)
                }
                if item == 1 { throw Failure(item: 1) }
            }
        }
        // The first may be over before the third fails: then a fourth has begun.
        #expect(started.withLock { $0 }.isSubset(of: [0, 1, 2, 3]))
    }

    @Test("What stands behind the first error is cancelled and not waited out")
    func cancelled() async {
        let begun = Gate()
        let wasCancelled = Mutex(false)
        await #expect(throws: Failure(item: 0)) {
            try await mapConcurrently([0, 1], limit: 2) { item in
                if item == 0 {
                    await begun.wait()
                    throw Failure(item: 0)
                }
                begun.open()
                await Gate().wait()
                wasCancelled.withLock { $0 = Task.isCancelled }
            }
        }
        #expect(wasCancelled.withLock { $0 })
    }
}
