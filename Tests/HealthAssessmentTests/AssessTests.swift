// One fixture a verdict: a live object whose first line is the comment `# HEALTH: MESSAGE`.

import Foundation
import KubernetesModel
import StructuredData
import Testing

@testable import HealthAssessment

@Suite struct AssessTests {
    static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? []).filter { $0.hasSuffix(".yaml") }
        .sorted()

    @Test(arguments: names) func fixture(_ name: String) throws {
        let data = try Data(contentsOf: AssessTests.fixtures.appendingPathComponent(name))
        let text = String(decoding: data, as: UTF8.self)
        let line = text.prefix { $0 != "\n" }.dropFirst(2).split(separator: ":", maxSplits: 1).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let object = try #require(try YAML.read(Array(data), file: name).first?.value)
        let verdict = assess(Unstructured(object))
        #expect(verdict.health.rawValue == line.first)
        #expect(verdict.message == (line.count > 1 ? line[1] : ""))
    }

    @Test func everyKindHasFixtures() {
        let kinds = Set(AssessTests.names.compactMap { $0.split(separator: "-").first.map(String.init) })
        let expected = [
            "deployment", "replicationcontroller", "replicaset", "statefulset", "daemonset", "pod", "job", "cronjob", "claim", "volume",
            "service",
            "namespace", "definition", "apiservice", "custom",
        ]
        #expect(kinds.isSuperset(of: expected), "\(Set(expected).subtracting(kinds))")
    }

    /// Nothing in a live object may make the assessment trap.
    @Test(arguments: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"]) func survivesNonsense(_ kind: String) {
        let nonsense: [Value] = [.null, "text", .int(.min), .int(.max), .double(1e300), .array([.null]), ["a": "b"], true]
        let fields = [
            "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "desiredNumberScheduled", "observedGeneration",
            "conditions",
            "currentRevision",
        ]
        for status in nonsense {
            for spec in nonsense {
                var object: Value = [
                    "apiVersion": "apps/v1", "kind": .string(kind), "metadata": ["generation": 1], "spec": ["replicas": spec],
                ]
                object.set(spec, at: ["spec", "updateStrategy", "rollingUpdate", "partition"])
                for field in fields { object.set(status, at: ["status", field]) }
                object.set(1, at: ["status", "observedGeneration"])
                _ = assess(Unstructured(object))
                object.set(status, at: ["status"])
                _ = assess(Unstructured(object))
            }
        }
        for metadata in nonsense { _ = assess(Unstructured(["apiVersion": "apps/v1", "kind": .string(kind), "metadata": metadata])) }
    }

    @Test func rulesOfTheApplicationWin() {
        let rule = Application.HealthRule(
            group: "example.com", kind: "Widget", healthy: [.init(type: "Synced"), .init(type: "Live")],
            degraded: [.init(type: "Live", status: .false, reason: "Broken")])
        func verdict(_ conditions: [Value]) -> HealthVerdict {
            assess(
                Unstructured(["apiVersion": "example.com/v1", "kind": "Widget", "status": ["conditions": .array(conditions)]]),
                rules: [rule])
        }
        let synced: Value = ["type": "Synced", "status": "True"]
        #expect(verdict([synced]) == HealthVerdict(.progressing, "there is no condition Live yet"))
        #expect(verdict([synced, ["type": "Live", "status": "True"]]) == HealthVerdict(.healthy))
        #expect(verdict([synced, ["type": "Live", "status": "False", "message": "not yet"]]) == HealthVerdict(.progressing, "not yet"))
        #expect(verdict([synced, ["type": "Live", "status": "False", "reason": "Broken"]]) == HealthVerdict(.degraded, "Broken"))
    }

    @Test func theWorstIsTheMaximum() {
        #expect([Health.healthy, .degraded, .progressing].max() == .degraded)
        #expect(Health.suspended < .progressing && Health.missing < .degraded)
    }
}
