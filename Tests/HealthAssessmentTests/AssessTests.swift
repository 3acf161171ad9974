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
            "service", "ingress", "autoscaler", "budget", "endpointslice",
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

    /// A claim that is bound by its first pod is waited for only when a pod uses it.
    @Test func aClaimGoesByItsStorageClass() {
        func verdict(_ mode: String, selected: Bool = false, phase: String = "Pending") -> HealthVerdict {
            var claim: Value = [
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": ["name": "data"], "spec": ["storageClassName": "c"],
                "status": ["phase": .string(phase)],
            ]
            if selected { claim.set("node-1", at: ["metadata", "annotations", "volume.kubernetes.io/selected-node"]) }
            return assess(
                Unstructured(claim),
                storageClass: Unstructured(["apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "volumeBindingMode": .string(mode)]))
        }
        #expect(
            verdict("WaitForFirstConsumer")
                == HealthVerdict(.healthy, "bound when the first pod uses it, as its storage class says"))
        #expect(verdict("WaitForFirstConsumer", selected: true) == HealthVerdict(.progressing, "waits for a volume"))
        #expect(verdict("Immediate") == HealthVerdict(.progressing, "waits for a volume"))
        #expect(verdict("WaitForFirstConsumer", phase: "Lost").health == .degraded)
        #expect(verdict("WaitForFirstConsumer", phase: "Bound") == HealthVerdict(.healthy, "bound"))
    }

    /// What admission adds to a pod is no difference; what the template says otherwise is.
    @Test func aPodFitsTheTemplateItWasMadeOf() {
        let template: Value = [
            "metadata": ["labels": ["app": "kubia"], "annotations": ["checksum": "1"]],
            "spec": [
                "containers": [["name": "a", "image": "kubia:1", "args": ["-v"], "env": [["name": "LEVEL", "value": "info"]]]],
                "volumes": [["name": "conf", "configMap": ["name": "conf-1"]]],
            ],
        ]
        var made: Value = ["apiVersion": "v1", "kind": "Pod"]
        made.set(template["metadata"], at: ["metadata"])
        made.set(template["spec"], at: ["spec"])
        made.set("node-1", at: ["spec", "nodeName"])
        made.set("x", at: ["metadata", "labels", "injected"])
        made.set(
            [
                [
                    "name": "a", "image": "kubia:1", "args": ["-v"], "imagePullPolicy": "Always",
                    "env": [["name": "LEVEL", "value": "info"], ["name": "INJECTED", "value": "1"]],
                ], ["name": "sidecar", "image": "mesh:1"],
            ], at: ["spec", "containers"])
        #expect(parts(of: template, notIn: Unstructured(made)) == [])
        let changes: [(Value, [String])] = [
            ("2", ["metadata", "annotations", "checksum"]), ("other", ["metadata", "labels", "tier"]),
            ([["name": "a", "image": "kubia:2", "args": ["-v"]]], ["spec", "containers"]),
            ([["name": "a", "image": "kubia:1"]], ["spec", "containers"]),
            ([["name": "a", "image": "kubia:1", "args": ["-v"], "env": [["name": "LEVEL", "value": "debug"]]]], ["spec", "containers"]),
            ([["name": "b", "image": "kubia:1"]], ["spec", "containers"]),
            ([["name": "a", "image": "init:1"]], ["spec", "initContainers"]),
            ([["name": "conf", "configMap": ["name": "conf-2"]]], ["spec", "volumes"]),
        ]
        for (value, path) in changes {
            var changed = template
            changed.set(value, at: path)
            #expect(!parts(of: changed, notIn: Unstructured(made)).isEmpty, "\(path)")
        }
        var changed = template
        changed.set([["name": "a", "image": "kubia:2"], ["name": "b"]], at: ["spec", "containers"])
        let container = FieldPath(fields: "spec", "containers")
        #expect(
            parts(of: changed, notIn: Unstructured(made)) == [
                container.appending(.field("a")).appending(.field("image")), container.appending(.field("a")).appending(.field("args")),
                container.appending(.field("b")),
            ])
    }

    @Test func theWorstIsTheMaximum() {
        #expect([Health.healthy, .degraded, .progressing].max() == .degraded)
        #expect(Health.suspended < .progressing && Health.missing < .degraded)
    }
}
