// The CustomResourceDefinitions on a cluster: accepted, established, and of one mind with the reader of Application files.

import Foundation
import KubernetesModel
import StructuredData
import TestSupport
import Testing

private let validation: ConditionTrait = .enabled(
    if: isRefereed, "the sandbox evaluates no CEL: only on a real API server")

@Suite(.serialized) struct DefinitionTests {
    /// A cluster with the definitions, put there by `belay install --crds-only`: a sandbox, or a real API server of this suite's own,
    /// for where they are every run asks for the Application, which other suites count.
    private func withDefinitions<R>(_ body: (TestCluster) async throws -> R) async throws -> R {
        if isRefereed { return try await body(try await Self.referee.value) }
        return try await withCluster { cluster in
            try await Self.define(cluster)
            return try await body(cluster)
        }
    }

    private static let referee = Task {
        let server = try await APIServer(controllers: .none)
        let cluster = TestCluster(kind: .apiServer(server), kubeconfig: server.kubeconfig, scratch: server.directory)
        try await define(cluster)
        return cluster
    }

    private static func define(_ cluster: TestCluster) async throws {
        let installed = try await belay(cluster, "install", "--crds-only")
        try #require(installed.status == 0, "\(installed)")
    }

    private static func belay(_ cluster: TestCluster, _ arguments: String...) async throws -> ProgramResult {
        try await Program(
            Scenario.binary("belay"), environment: ["KUBECONFIG": cluster.kubeconfig, "HOME": cluster.scratch]
        ).run(arguments)
    }

    /// What the reader finds wrong with it.
    private func findings(_ sample: DefinitionSample) -> [Finding] {
        do throws(ApplicationError) {
            _ = try Application.parse(Array(sample.file.utf8), file: "app.yaml")
            return []
        } catch {
            return error.findings
        }
    }

    @Test func areEstablishedAndCarryWhatPeopleAndToolsAskFor() async throws {
        try await withDefinitions { cluster in
            let definition = try await cluster.kubectl("get", "crd", "applications.belay.dev", "-o", "json").json()
            #expect(definition.at("metadata", "labels")?["applyset.kubernetes.io/is-parent-type"]?.string == "true")
            let conditions = definition.at("status", "conditions")?.array ?? []
            #expect(conditions.contains { $0["type"]?.string == "Established" && $0["status"]?.string == "True" })
            #expect(!conditions.contains { $0["type"]?.string == "NonStructuralSchema" && $0["status"]?.string == "True" })

            let again = try await Self.belay(cluster, "install", "--crds-only")
            #expect(again.status == 0 && again.output.contains("CustomResourceDefinition applications.belay.dev applied"), "\(again)")
            for name in ["bapp", "bdrift", "applications", "driftreports", "belay"] {
                let listed = try await cluster.kubectl("get", name, "-A")
                #expect(listed.status == 0, "\(listed)")
            }
        }
    }

    @Test func goodApplicationsAreStored() async throws {
        try await withDefinitions { cluster in
            for sample in DefinitionSample.good {
                #expect(findings(sample) == [], "\(sample.testDescription)")
                let created = try await cluster.kubectl("create", "--dry-run=server", "-f", "-", input: sample.file)
                #expect(created.status == 0, "\(sample.testDescription): \(created)")
            }
        }
    }

    @Test(validation, arguments: DefinitionSample.bad)
    func badApplicationsAreRefused(_ sample: DefinitionSample) async throws {
        let found = findings(sample)
        try await withDefinitions { cluster in
            let created = try await cluster.kubectl("create", "--dry-run=server", "-f", "-", input: sample.file)
            if let refusal = sample.refusal {
                #expect(created.status != 0 && created.errors.contains(refusal), "\(created)")
            } else {
                #expect(created.status == 0, "\(created)")
            }
            #expect((found.isEmpty == (created.status == 0)) == (sample.difference == nil), "\(found) and \(created)")
            #expect(!created.errors.contains("hunter2"), "a password is repeated: \(created)")
        }
    }

    @Test(validation, arguments: [UInt64.random(in: 0...UInt64.max), 1, 2, 3])
    func theServerTakesWhatTheReaderTakes(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var items: [Value] = []
        var taken: Set<String> = []
        for index in 0..<250 {
            let name = "p\(index)"
            let item: Value = [
                "apiVersion": "belay.dev/v1alpha1", "kind": "Application", "metadata": ["name": .string(name), "namespace": "default"],
                "spec": generator.spec(),
            ]
            items.append(item)
            if (try? Application.parse(JSON.write(item), file: "p.json")) != nil { taken.insert(name) }
        }
        #expect(taken.count > 25 && taken.count < 225)
        try await withDefinitions { cluster in
            let list = JSON.write(["apiVersion": "v1", "kind": "List", "items": .array(items)])
            let created = try await cluster.kubectl(
                "create", "--dry-run=server", "-o", "name", "-f", "-", input: String(decoding: list, as: UTF8.self))
            let stored = Set(created.output.split(separator: "\n").map { String($0.drop { $0 != "/" }.dropFirst()) })
            for (index, item) in items.enumerated() where stored.contains("p\(index)") != taken.contains("p\(index)") {
                let spec = String(decoding: JSON.write(item["spec"] ?? .null), as: UTF8.self)
                Issue.record("seed \(seed): \(taken.contains("p\(index)") ? "only the reader" : "only the server") takes \(spec)")
            }
        }
    }

    @Test(validation) func everyRuleHasASampleThatBreaksIt() async throws {
        try await withDefinitions { cluster in
            let definition = try await cluster.kubectl("get", "crd", "applications.belay.dev", "-o", "json").json()
            var messages: [String] = []
            func collect(_ value: Value) {
                for rule in value["x-kubernetes-validations"]?.array ?? [] { messages += [rule["message"]?.string ?? "no message"] }
                value.object?.entries.forEach { collect($0.value) }
                value.array?.forEach(collect)
            }
            collect(definition)
            #expect(Set(messages).count >= 25, "\(messages)")
            // Two rules have tests of their own.
            let others = ["destination.kubeConfigSecretRef cannot", "metadata.generateName cannot"]
            for message in Set(messages) where !others.contains(where: message.hasPrefix) {
                #expect(
                    DefinitionSample.bad.contains { sample in
                        sample.refusal.map { refusal in
                            message.contains(refusal) || refusal.contains(message)
                                || refusal.split(separator: ": ").contains { message.contains($0) && $0.count > 15 }
                        } ?? false
                    }, "no sample for: \(message)")
            }
        }
    }

    @Test func defaultsAreFilledInAndReadBackAsTheSameApplication() async throws {
        try await withDefinitions { cluster in
            let sample = DefinitionSample.of("")
            let created = try await cluster.kubectl("create", "--dry-run=server", "-o", "json", "-f", "-", input: sample.file).json()
            #expect(created.at("spec", "sync", "pruneLimit", "objects")?.int == 10 && created.at("spec", "interval")?.string == "1m")
            let read = try Application.parse(JSON.write(created), file: "live.json")
            #expect(try read == Application.parse(Array(sample.file.utf8), file: "app.yaml"))
        }
    }

    @Test(validation) func anApplicationStaysInItsCluster() async throws {
        try await withDefinitions { cluster in
            for (index, fields) in ["", "destination: {kubeConfigSecretRef: {name: prod}}"].enumerated() {
                let name = "d\(index)-" + UUID().uuidString.prefix(8).lowercased()
                let created = try await cluster.kubectl(
                    "create", "-f", "-", input: DefinitionSample.of(fields, name: name).file)
                #expect(created.status == 0, "\(created)")
                for (other, isRefused) in [
                    ("destination: {}", index == 1), ("destination: {kubeConfigSecretRef: {name: other}}", index == 0),
                    ("interval: 2m", index == 1),
                ] {
                    let moved = try await cluster.kubectl("replace", "-f", "-", input: DefinitionSample.of(other, name: name).file)
                    #expect((moved.status != 0) == isRefused, "\(fields) becomes \(other): \(moved)")
                    if isRefused { #expect(moved.errors.contains("kubeConfigSecretRef cannot be added or removed"), "\(moved)") }
                }
            }
        }
    }

    @Test(validation) func generateNameIsRefused() async throws {
        try await withDefinitions { cluster in
            let file = DefinitionSample.of("").file.replacing("  name: a\n", with: "  generateName: a-\n")
            let created = try await cluster.kubectl("create", "--dry-run=server", "-f", "-", input: file)
            #expect(created.errors.contains("metadata.generateName cannot be used"), "\(created)")
        }
    }

    @Test func statusAndDriftAreShownToPeople() async throws {
        try await withDefinitions { cluster in
            let name = "s-" + UUID().uuidString.prefix(8).lowercased()
            var sample = DefinitionSample.of("")
            sample.name = name
            let created = try await cluster.kubectl("create", "-f", "-", input: sample.file)
            #expect(created.status == 0, "\(created)")
            let status = """
                {"status": {"observedGeneration": 1, "health": "healthy", "openDrift": 2, "members": 12, "lastAppliedRevision": "main@sha1:3f2c1ab",
                "planDigest": "\(String(repeating: "0a", count: 32))", "counts": {"create": 0, "unchanged": 12},
                "runs": [{"id": "01JD0000000000000000000000", "revision": "main@sha1:3f2c1ab", "phase": "succeeded", "trigger": "poll",
                "startedAt": "2026-11-24T08:00:00Z", "finishedAt": "2026-11-24T08:00:00.5Z", "message": ""}],
                "conditions": [{"type": "Ready", "status": "True", "reason": "Succeeded", "message": "all is well",
                "lastTransitionTime": "2026-11-24T08:00:00Z", "observedGeneration": 1}]}}
                """
            let patched = try await cluster.kubectl(
                "patch", "application", name, "--subresource=status", "--type=merge", "-p", status)
            #expect(patched.status == 0, "\(patched)")
            let wide = try await cluster.kubectl("get", "bapp", name, "-o", "wide")
            for word in [
                "SYNCED", "HEALTH", "DRIFT", "REVISION", "AGE", "MESSAGE", "True", "healthy", "2", "main@sha1:3f2c1ab", "all is well",
            ] {
                #expect(wide.output.contains(word), "\(word) in \(wide)")
            }
            let report = """
                apiVersion: belay.dev/v1alpha1
                kind: DriftReport
                metadata: {name: \(name), namespace: default}
                openCount: 7
                episodes:
                - id: 01JD0000000000000000000001
                  object: {group: apps, version: v1, kind: Deployment, namespace: shop, name: web}
                  type: modified
                  firstSeen: "2026-11-24T08:00:00Z"
                  lastSeen: "2026-11-24T08:00:00.123Z"
                  fields: [{path: /spec/replicas, desired: "3", live: "5", manager: kubectl-scale, operation: Update, subresource: scale, time: "2026-11-24T08:00:00Z"}]
                """
            let reported = try await cluster.kubectl("apply", "--server-side", "-f", "-", input: report)
            #expect(reported.status == 0, "\(reported)")
            let yaml = try await cluster.kubectl("get", "bdrift", name, "-o", "yaml")
            #expect(yaml.output.contains("kubectl-scale"), "\(yaml)")
            let table = try await cluster.kubectl("get", "bdrift", name)
            for word in ["OPEN", "OLDEST", "AGE", "7"] { #expect(table.output.contains(word), "\(word) in \(table)") }
        }
    }

    @Test func installAndUninstall() async throws {
        try await withDefinitions { cluster in
            let installed = try await Self.belay(cluster, "install")
            #expect(installed.status == 0, "\(installed)")
            let deployment = try await cluster.kubectl("-n", "belay-system", "get", "deployment", "belay", "-o", "name")
            #expect(deployment.status == 0, "\(deployment)")
            let may = ["auth", "can-i", "--as=system:serviceaccount:belay-system:belay"]
            let own: [([String], Bool)] = [
                (["patch", "applications.belay.dev", "--subresource=status", "-A"], true), (["get", "secrets", "-n", "team"], true),
                (["list", "secrets", "-n", "team"], false), (["impersonate", "serviceaccounts", "-n", "team"], true),
                (["impersonate", "users"], false), (["create", "leases.coordination.k8s.io", "-n", "belay-system"], true),
                (["create", "leases.coordination.k8s.io", "-n", "team"], false), (["create", "events.events.k8s.io", "-n", "team"], true),
                (["delete", "applications.belay.dev", "-n", "team"], false), (["create", "deployments.apps", "-n", "team"], false),
            ]
            // The sandbox knows one identity, which may do everything.
            if cluster.isReal {
                let managing = try await cluster.run(may + ["create", "deployments.apps", "-n", "team"])
                #expect(managing.output.hasPrefix("yes"), "\(managing)")
                let bind = try await cluster.run(may + ["bind", "clusterroles"])
                #expect(bind.output.hasPrefix("no"), "\(bind)")
            }

            let least = try await Self.belay(cluster, "install", "--least-rights")
            #expect(least.status == 0 && least.output.contains("ClusterRoleBinding belay-manage deleted"), "\(least)")
            if cluster.isReal {
                for (question, answer) in own {
                    let said = try await cluster.run(may + question)
                    #expect(said.output.hasPrefix(answer ? "yes" : "no"), "\(question): \(said)")
                }
            }

            let name = "u-" + UUID().uuidString.prefix(8).lowercased()
            let created = try await cluster.kubectl("create", "-f", "-", input: DefinitionSample.of("", name: name).file)
            #expect(created.status == 0, "\(created)")
            let refused = try await Self.belay(cluster, "uninstall", "--everything", "--yes")
            #expect(refused.status == 6 && refused.errors.contains("default/\(name)"), "\(refused)")
            let asked = try await Self.belay(cluster, "uninstall")
            #expect(asked.status == 6 && asked.errors.contains("Deployment belay-system/belay"), "\(asked)")
            let removed = try await Self.belay(cluster, "uninstall", "--yes")
            #expect(removed.status == 0 && removed.output.contains("Deployment belay-system/belay deleted"), "\(removed)")
            for kept in ["namespace/belay-system", "crd/applications.belay.dev"] {
                let there = try await cluster.kubectl("get", kept)
                #expect(there.status == 0, "\(there)")
            }

            _ = try await cluster.kubectl("delete", "applications.belay.dev", "-A", "--all")
            let gone = try await Self.belay(cluster, "uninstall", "--everything", "--yes")
            #expect(gone.status == 0 && gone.output.contains("CustomResourceDefinition applications.belay.dev deleted"), "\(gone)")
            try await Wait.until("the definitions are gone") {
                try await cluster.kubectl("get", "crd", "applications.belay.dev").status != 0
            }
            try await Self.define(cluster)
        }
    }
}
