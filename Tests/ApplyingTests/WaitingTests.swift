// Pauses, deadlines, readiness and unstable paths: the pure rules of waiting and comparing.

import KubernetesModel
import StructuredData
import Testing

@testable import Applying

@Suite struct WaitingTests {
    @Test func pausesDoubleUpToTheirLimit() {
        var backoff = Backoff(first: .milliseconds(100), limit: .milliseconds(500))
        #expect((0..<5).map { _ in backoff.pause(jitter: 1) } == [100, 200, 400, 500, 500].map { Duration.milliseconds($0) })
    }

    @Test func jitterTakesAtMostHalf() {
        var backoff = Backoff(first: .seconds(1))
        #expect(backoff.pause(jitter: 0) == .milliseconds(500))
        #expect(backoff.pause(jitter: .nan) >= .seconds(1))
    }

    @Test func theServersPauseIsTheLeast() {
        var backoff = Backoff(first: .milliseconds(100))
        #expect(backoff.pause(jitter: 0, retryAfter: .seconds(7)) == .seconds(7))
    }

    @Test func waitingEndsAtTheDeadline() async throws {
        let clock = ManualClock()
        let deadline = clock.start.advanced(by: .seconds(3))
        #expect(try await clock.pace.wait(.seconds(2), until: deadline))
        #expect(try await clock.pace.wait(.seconds(2), until: deadline))
        #expect(clock.elapsed == .seconds(3))
        #expect(try await !clock.pace.wait(.seconds(2), until: deadline))
    }

    private func object(_ kind: String, _ more: Value) -> Unstructured {
        var value: Value = [
            "apiVersion": kind == "CustomResourceDefinition" ? "apiextensions.k8s.io/v1" : "v1", "kind": .string(kind),
            "metadata": ["name": "x"],
        ]
        value.set(more, at: ["status"])
        return Unstructured(value)
    }

    @Test func aDefinitionIsReadyWhenEstablished() {
        let kind = "CustomResourceDefinition"
        #expect(Readiness.state(of: object(kind, [:])) == .waiting("it was not established"))
        let established: Value = ["conditions": [["type": "NamesAccepted", "status": "True"], ["type": "Established", "status": "True"]]]
        #expect(Readiness.state(of: object(kind, established)) == .ready)
        let refused: Value = ["conditions": [["type": "NamesAccepted", "status": "False", "message": "\"widgets\" is already in use"]]]
        #expect(Readiness.state(of: object(kind, refused)) == .never("its names are not accepted: \"widgets\" is already in use"))
    }

    @Test func aNamespaceIsReadyWhenActive() {
        #expect(Readiness.state(of: object("Namespace", ["phase": "Active"])) == .ready)
        #expect(Readiness.state(of: object("Namespace", ["phase": "Terminating"])) == .waiting("it was Terminating, not Active"))
        #expect(Readiness.state(of: object("ConfigMap", [:])) == .ready)
    }

    @Test func whatHoldsAnObjectIsNamed() {
        var object = object("Namespace", [:])
        object.value.set("2026-11-23T10:00:00Z", at: ["metadata", "deletionTimestamp"])
        #expect(Removal.whatHolds(object) == "still terminating")
        object.value.set(["kubernetes"], at: ["spec", "finalizers"])
        #expect(Removal.whatHolds(object) == "still terminating, held by the finalizer kubernetes")
        object.value.set(["a.example/x"], at: ["metadata", "finalizers"])
        #expect(Removal.whatHolds(object) == "still terminating, held by the finalizers a.example/x, kubernetes")
    }

    @Test func unstablePathsLeaveOutWhatEveryWriteChanges() {
        let prediction: Value = [
            "metadata": ["name": "x", "uid": "1", "resourceVersion": "5", "generation": 1, "labels": ["a": "b"], "managedFields": []],
            "spec": ["items": [["port": 80, "node": 1]], "gone": true], "status": ["phase": "x"],
        ]
        let answer: Value = [
            "metadata": ["name": "x", "uid": "2", "resourceVersion": "6", "generation": 2, "labels": ["a": "c"], "managedFields": [1]],
            "spec": ["items": [["port": 80, "node": 2]], "new": 1],
        ]
        #expect(
            UnstablePaths.between(prediction: prediction, answer: answer).map(\.description) == [
                "metadata.labels.a", "spec.items[0].node", "spec.gone", "spec.new",
            ])
        #expect(UnstablePaths.between(prediction: prediction, answer: prediction).isEmpty)
        func service(_ address: String) -> Value {
            ["kind": "Service", "spec": ["clusterIP": .string(address), "type": .string(address)]]
        }
        #expect(UnstablePaths.between(prediction: service("a"), answer: service("b")).map(\.description) == ["spec.type"])
    }
}
