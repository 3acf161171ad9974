// What a kubelet is told of a controller that does not go on.

import Testing

@testable import Reconciliation

@Suite struct ControllerHealthTests {
    @Test func whoDoesNotAnswerIsStartedAnew() {
        let health = ControllerHealth()
        let begun = ContinuousClock.now
        #expect(health.stall(at: begun + .seconds(3600)) == nil, "it waits for the lease")
        health.begin()
        health.beats(at: begun)
        #expect(health.stall(at: begun + .seconds(120)) == nil)
        #expect(health.stall(at: begun + .seconds(121))?.contains("has not answered for 121 s") == true)
        health.beats(at: begun + .seconds(130))
        #expect(health.stall(at: begun + .seconds(200)) == nil)
        health.end()
        #expect(health.stall(at: begun + .seconds(3600)) == nil, "it has given the lease back")
    }
}
