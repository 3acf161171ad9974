// What an Application's status says, and that it stays small and still.

import HealthAssessment
import Journal
import KubernetesModel
import StructuredData
import Testing

@testable import Reconciliation

@Suite struct ApplicationStatusTests {
    private func condition(_ status: Value, _ type: String) throws -> Value {
        try #require((status["conditions"]?.array ?? []).first { $0["type"]?.string == type })
    }

    private func status(_ readiness: ApplicationStatus.Readiness) -> ApplicationStatus {
        var status = ApplicationStatus(generation: 3, readiness: readiness)
        status.attemptedRevision = "main@sha1:2"
        status.appliedRevision = "main@sha1:1"
        status.health = HealthVerdict(.progressing, "1 of 2 replicas are ready")
        return status
    }

    @Test func conditionsChangeTheirTimeWithTheirStatusOnly() throws {
        let ready = status(.init(isReady: true, reason: .succeeded, message: "applied"))
        let first = ready.value(previous: .object(Object()), now: "2026-01-01T00:00:00Z")
        #expect(try condition(first, "Ready")["lastTransitionTime"] == "2026-01-01T00:00:00Z")
        #expect(ready.value(previous: first, now: "2026-01-02T00:00:00Z") == first)
        let held = status(.init(isReady: false, reason: .held, message: "waits", isStalled: true))
        let second = held.value(previous: first, now: "2026-01-03T00:00:00Z")
        #expect(try condition(second, "Ready")["lastTransitionTime"] == "2026-01-03T00:00:00Z")
        #expect(try condition(second, "Stalled")["reason"] == "Held")
        #expect(try condition(second, "Drifted")["lastTransitionTime"] == "2026-01-01T00:00:00Z")
        #expect(try condition(second, "Ready")["observedGeneration"] == 3)
    }

    @Test func whatIsNotKnownAnewStays() {
        var first = status(.init(isReady: true, reason: .succeeded, message: "applied"))
        first.members = 7
        first.pendingRevision = "main@sha1:3"
        let value = first.value(previous: .object(Object()), now: "2026-01-01T00:00:00Z")
        var second = status(.init(isReady: false, reason: .suspended, message: ""))
        second.health = nil
        let later = second.value(previous: value, now: "2026-01-02T00:00:00Z")
        #expect(later["members"] == 7 && later["health"] == "progressing")
        #expect(later["pendingRevision"] == nil)
    }

    @Test func itStaysUnderTenKilobytes() {
        let long = String(repeating: "ü", count: 5000)
        var status = status(.init(isReady: false, reason: .failed, message: long, isStalled: true))
        status.drift = long
        status.openDrift = 3
        status.runs = (0..<30).map { number in
            var run = SyncRun(
                id: "01K\(number)", application: "a/b", cluster: "c", revision: long, treeID: "", trigger: long, actor: "", startedAt: "t",
                planDigest: "")
            run.outcome = long
            return run
        }
        let value = status.value(previous: .object(Object()), now: "2026-01-01T00:00:00Z")
        #expect(JSON.write(value).count < 10_000)
        #expect(value["runs"]?.array?.count == 10)
    }

    @Test(arguments: [("abc", 3, "abc"), ("abcd", 3, "…"), ("üüüü", 7, "üü…"), ("", 3, "")])
    func textsAreCutBetweenCharacters(_ text: String, _ limit: Int, _ short: String) {
        #expect(ApplicationStatus.short(text, limit) == short)
    }

    /// A status that knows nothing new of drift leaves what was said of it.
    @Test func whatWasSaidOfDriftStands() throws {
        func said(_ drift: String?, open: Int, before: Value) -> (Value, String?) {
            var status = ApplicationStatus(generation: 1, readiness: .init(isReady: false, reason: .suspended, message: "m"))
            status.openDrift = open
            status.drift = drift
            let value = status.value(previous: before, now: "2026-01-01T00:00:00Z")
            let condition = value["conditions"]?.array?.first { $0["type"] == "Drifted" }
            return (value, condition?["message"]?.string)
        }
        let (first, text) = said("ConfigMap a deleted", open: 1, before: .object(Object()))
        #expect(text == "ConfigMap a deleted")
        let (second, kept) = said(nil, open: 1, before: first)
        #expect(kept == "ConfigMap a deleted")
        #expect(said("another", open: 1, before: second).1 == "another")
        #expect(said(nil, open: 0, before: second).1 == "")
    }
}
