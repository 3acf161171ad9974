// The gate in front of all requests: how many pass, in which order, and what a 429 does.

import KubernetesClient
import Synchronization
import Testing

@Suite("request limiter", .timeLimit(.minutes(20)))
struct RequestLimiterTests {
    private final class Gauge: Sendable {
        private let state = Mutex((now: 0, most: 0))
        var most: Int { state.withLock { $0.most } }
        func add(_ change: Int) {
            state.withLock {
                $0.now += change
                $0.most = max($0.most, $0.now)
            }
        }
    }

    @Test("no more pass than allowed, and all pass", arguments: [1, 3, 16])
    func bound(maximum: Int) async throws {
        let limiter = RequestLimiter(maximum: maximum) { _ in }
        let gauge = Gauge()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    try await limiter.enter()
                    gauge.add(1)
                    for _ in 0..<5 { await Task.yield() }
                    gauge.add(-1)
                    limiter.leave(throttledFor: nil, succeeded: true)
                }
            }
            try await group.waitForAll()
        }
        #expect(gauge.most <= maximum)
        #expect(gauge.most >= 1)
    }

    @Test("a 429 halves what may pass, once for a burst, and success opens again")
    func adaption() async throws {
        let limiter = RequestLimiter(maximum: 16) { _ in }
        for _ in 0..<10 { try await limiter.enter() }
        for _ in 0..<10 { limiter.leave(throttledFor: .zero, succeeded: false) }
        #expect(limiter.limit == 8)
        for _ in 0..<200 {
            try await limiter.enter()
            limiter.leave(throttledFor: nil, succeeded: true)
        }
        #expect(limiter.limit == 16)
        try await limiter.enter()
        limiter.leave(throttledFor: nil, succeeded: false)
        #expect(limiter.limit == 16, "a failure of another kind closes nothing")
    }

    @Test("the gate stays closed for as long as the server asked, and no longer than half a minute")
    func closed() async throws {
        let asked = Mutex<[Duration]>([])
        struct Stop: Error {}
        let limiter = RequestLimiter(maximum: 4) { pause in
            asked.withLock { $0.append(pause) }
            throw Stop()
        }
        try await limiter.enter()
        limiter.leave(throttledFor: .seconds(9_999), succeeded: false)
        await #expect(throws: Stop.self) { try await limiter.enter() }
        let pause = try #require(asked.withLock { $0.first })
        #expect(pause > .seconds(25) && pause <= .seconds(30))
    }

    @Test("one place is always left")
    func neverZero() async throws {
        let limiter = RequestLimiter(maximum: 1) { _ in }
        for _ in 0..<5 {
            try await limiter.enter()
            limiter.leave(throttledFor: .zero, succeeded: false)
        }
        #expect(limiter.limit == 1)
    }

    @Test("who waits can be cancelled, and takes no place")
    func cancellation() async throws {
        let limiter = RequestLimiter(maximum: 1) { _ in }
        try await limiter.enter()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    do {
                        try await limiter.enter()
                        return false
                    } catch { return error is CancellationError }
                }
            }
            for _ in 0..<20 { await Task.yield() }
            group.cancelAll()
            for await isCancelled in group { #expect(isCancelled) }
        }
        limiter.leave(throttledFor: nil, succeeded: true)
        try await limiter.enter()
        limiter.leave(throttledFor: nil, succeeded: true)
    }
}
