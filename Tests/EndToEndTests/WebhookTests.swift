// W10: a mutating webhook stands before the objects: one that always adds the same, one that draws a value by lot at each write.

import Foundation
import StructuredData
import Synchronization
import TestSupport
import Testing

@Suite(.recordable, .enabled(if: isRefereed, "W10 needs webhooks, which the sandbox has not: only on a real API server"))
struct WebhookTests {
    private static let probe = "probe"

    private static func deployment(_ image: String) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 0
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "registry.example.com/web:\(image)"}]}

        """
    }

    private static let deployments = "{apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}"
    private static let pods = #"{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}"#
    private static let probes = [
        deployments: deployment(probe),
        pods: "apiVersion: v1\nkind: Pod\nmetadata: {name: probe}\nspec: {containers: [{name: a, image: probe}]}\n",
    ]

    /// Runs `body` while the API server asks the webhook about objects of the team's namespace.
    private func withWebhook(
        _ team: Scenario, about rule: String = deployments, _ patch: @escaping @Sendable (Value) -> [Value],
        _ body: (AdmissionServer) async throws -> Void
    ) async throws {
        try await AdmissionServer.with(patch: patch) { server in
            let name = "belay-\(team.namespace)"
            // Not by the team's own way: how often the webhook is tried until it is asked is no part of a transcript.
            let cluster = team.cluster
            let made = try await cluster.kubectl(
                "create", "-f", "-",
                input: """
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: MutatingWebhookConfiguration
                    metadata: {name: \(name)}
                    webhooks:
                    - name: mutate.example.com
                      clientConfig: {url: "\(server.url)", caBundle: \(server.authority)}
                      rules: [\(rule)]
                      namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: \(team.namespace)}}
                      sideEffects: None
                      admissionReviewVersions: [v1]
                      timeoutSeconds: 10

                    """)
            #expect(made.status == 0, "\(made)")
            func end() async throws { _ = try await cluster.kubectl("delete", "mutatingwebhookconfiguration", name, "--wait=false") }
            do {
                // The API server learns of the configuration in its own time.
                try await team.makeNamespace()
                try await Wait.until("the webhook is asked") {
                    _ = try await cluster.kubectl(
                        "create", "-n", team.namespace, "--dry-run=server", "-f", "-", input: Self.probes[rule] ?? "")
                    return server.count > 0
                }
                try await body(server)
            } catch {
                try await end()
                throw error
            }
            try await end()
        }
    }

    private func requests(_ team: Scenario, _ body: () async throws -> Void) async throws -> [String] {
        try await team.cluster.requests(of: "belay", during: body).filter { !["/api", "/apis"].contains($0.path) }
            .map { $0.line(in: team.namespace) }.sorted()
    }

    private func shown(_ report: Value) -> [String] {
        changes(report).map { "\($0.path) \($0.from?.string ?? "-") → \($0.to?.string ?? "-")" }
    }

    private func drift(_ team: Scenario) async throws -> [Value] {
        try await team.run("drift", "\(team.namespace)/app", "-o", "json").json()["items"]?.array ?? []
    }

    private static let silent = ["get configmaps/belay-app", "list deployments"]

    /// As registries' mirrors do: the pods never have the image that the template asks for.
    @Test(.enabled(if: APIServer.hasControllers, "needs kube-controller-manager"))
    func w10PodsThatAWebhookRewroteAreOfNoOlderTemplate() async throws {
        try await withScenario(controllers: true) { team in
            func controller(_ image: String, _ label: String) -> String {
                """
                apiVersion: v1
                kind: ReplicationController
                metadata: {name: kubia, labels: {app: kubia, size: "\(label)"}}
                spec:
                  replicas: 1
                  selector: {app: kubia}
                  template:
                    metadata: {labels: {app: kubia}}
                    spec: {containers: [{name: a, image: "registry.example.com/\(image)"}]}

                """
            }
            let patch: @Sendable (Value) -> [Value] = { object in
                let image = object.at("spec", "containers")?.array?.first?["image"]?.string ?? ""
                return [["op": "replace", "path": "/spec/containers/0/image", "value": .string("mirror.example.com/" + image)]]
            }
            /// There is no node, so nothing gets ready: the wait ends with the time, and tells what it saw.
            func warnings(_ label: String, _ image: String) async throws -> [String] {
                try await team.repository.commit(["deploy/kubia.yaml": controller(image, label)])
                let run = try await team.report("apply", "--wait", "--timeout", "3s")
                #expect(run.result.status == 3, "\(run.result)")
                return (run.json["warnings"]?.array ?? []).compactMap(\.string)
            }
            try await withWebhook(team, about: Self.pods, patch) { _ in
                #expect(try await warnings("1", "kubia:1") == [])
                let made = try await team.kubectl("get", "pods", "-l", "app=kubia", "-o", "jsonpath={.items[*].spec.containers[0].image}")
                #expect(made.output == "mirror.example.com/registry.example.com/kubia:1")
                // Belay's entry changes, the template does not.
                #expect(try await warnings("2", "kubia:1") == [])
                let told = try await warnings("2", "kubia:2")
                #expect(told.contains { $0.contains("1 of 1 pod still runs an older template") }, "\(told)")
            }
        }
    }

    /// A label, an annotation and a variable of the environment, where they are missing: as meshes and policies do.
    @Test func w10AWebhookThatAlwaysAddsTheSameIsNoDrift() async throws {
        try await withScenario(
            recording: Recording(
                "w10-webhook-stable", "A webhook adds a label, an annotation and a variable to a Deployment: no drift.", needs: [.webhooks])
        ) { team in
            let patch: @Sendable (Value) -> [Value] = { object in
                var operations: [Value] = []
                if object.at("metadata", "labels", "team") == nil {
                    operations.append(["op": "add", "path": "/metadata/labels/team", "value": "platform"])
                }
                if object.at("spec", "template", "metadata", "annotations") == nil {
                    operations.append(["op": "add", "path": "/spec/template/metadata/annotations", "value": ["injected": "yes"]])
                }
                let container = object.at("spec", "template", "spec", "containers")?.array?.first
                if container?["env"] == nil {
                    operations.append([
                        "op": "add", "path": "/spec/template/spec/containers/0/env", "value": [["name": "ZONE", "value": "a"]],
                    ])
                }
                return operations
            }
            try await withWebhook(team, patch) { _ in
                try await team.repository.commit(["deploy/web.yaml": Self.deployment("1")])
                let first = try await team.report("apply")
                #expect(first.result.status == 0, "\(first.result)")
                #expect(!first.result.says("unstable"), "\(first.result)")

                var second = first
                let sent = try await requests(team) { second = try await team.report("apply") }
                #expect(sent == Self.silent)
                #expect(second.result.status == 0 && changes(second.json).isEmpty, "\(second.result)")

                try await team.repository.commit(["deploy/web.yaml": Self.deployment("2")])
                let diff = try await team.report("diff")
                #expect(
                    shown(diff.json) == [
                        "spec.template.spec.containers[name=web].image registry.example.com/web:1 → registry.example.com/web:2"
                    ], "\(diff.result)")
                var third = diff
                let changed = try await requests(team) { third = try await team.report("apply") }
                #expect(
                    changed == [
                        "apply deployments/web", "apply deployments/web (dry-run)", "get configmaps/belay-app", "list deployments",
                        "update configmaps/belay-app", "update configmaps/belay-app",
                    ])
                #expect(third.result.status == 0 && shown(third.json) == shown(diff.json), "\(third.result)")
                #expect(!third.result.says("unstable"), "\(third.result)")
                let live = try #require(try await team.object("deployment/web"))
                #expect(live.at("metadata", "labels", "team") == "platform")
                #expect(live.at("spec", "template", "metadata", "annotations", "injected") == "yes")
                #expect(try await requests(team) { _ = try await team.report("apply") } == Self.silent)
                #expect(try await drift(team) == [])
            }
        }
    }

    /// A patch that sets another stamp at each admission, those that only try the webhook aside.
    private static func stamping() -> @Sendable (Value) -> [Value] {
        let admissions = Admissions()
        return { object in
            let container = object.at("spec", "template", "spec", "containers")?.array?.first
            guard container?["image"]?.string?.hasSuffix(":" + Self.probe) != true else { return [] }
            let number = admissions.next()
            return [["op": "add", "path": "/metadata/annotations/stamp", "value": .string("s\(number)")]]
        }
    }

    /// A new value at every write: what is predicted never comes, and there is no end to correcting it.
    @Test func w10AWebhookThatDrawsByLotIsReportedAndNeverFought() async throws {
        try await withScenario(
            recording: Recording(
                "w10-webhook-random", "A webhook stamps a Deployment anew at each write: said and never fought.", needs: [.webhooks])
        ) { team in
            try await withWebhook(team, Self.stamping()) { _ in
                try await team.repository.commit(["deploy/web.yaml": Self.deployment("1")])
                let first = try await team.report("apply")
                #expect(first.result.status == 0, "\(first.result)")
                // Nothing is asked, so nothing is drawn anew.
                for _ in 0..<2 {
                    var next = first
                    let sent = try await requests(team) { next = try await team.report("apply") }
                    #expect(sent == Self.silent)
                    #expect(next.result.status == 0 && changes(next.json).isEmpty, "\(next.result)")
                }

                try await team.repository.commit(["deploy/web.yaml": Self.deployment("2")])
                var changed = first
                let sent = try await requests(team) { changed = try await team.report("apply") }
                #expect(changed.result.status == 0, "\(changed.result)")
                #expect(changed.result.says("Deployment \(team.namespace)/web: unstable"), "\(changed.result)")
                #expect(changed.result.says("metadata.annotations"), "\(changed.result)")
                #expect(sent.count { $0 == "apply deployments/web" } == 1, "\(sent)")
                #expect(try await requests(team) { _ = try await team.report("apply") } == Self.silent)

                // Somebody else writes, so the webhook draws again: not ours, no drift, at most one question.
                #expect(try await team.kubectl("annotate", "deployment/web", "note=1", "--field-manager=some-program").status == 0)
                let after = try await team.report("apply")
                #expect(after.result.status == 0, "\(after.result)")
                #expect(operations(after.json, "configure").isEmpty, "\(after.result)")
                #expect(try await requests(team) { _ = try await team.report("apply") } == Self.silent)
                #expect(try await drift(team) == [])
            }
        }
    }

    /// The webhook overwrites what Git itself says, each time otherwise: written once, said, and left.
    @Test func w10AWebhookThatOverwritesWhatGitSaysIsNotFoughtEither() async throws {
        try await withScenario(
            recording: Recording(
                "w10-webhook-overwrites", "A webhook stamps over what Git says, each time otherwise: written once, said, and left.",
                needs: [.webhooks])
        ) { team in
            try await withWebhook(team, Self.stamping()) { _ in
                let stamped = Self.deployment("1").replacing(
                    "metadata: {name: web, ", with: "metadata: {name: web, annotations: {stamp: of-git}, ")
                try await team.repository.commit(["deploy/web.yaml": stamped])
                #expect(try await team.belay("apply").status == 0)
                for _ in 0..<2 { #expect(try await requests(team) { _ = try await team.report("apply") } == Self.silent) }
                try await team.repository.commit(["deploy/web.yaml": stamped.replacing("web:1", with: "web:2")])
                let changed = try await team.report("apply")
                #expect(changed.result.status == 0, "\(changed.result)")
                #expect(changed.result.says("unstable"), "\(changed.result)")
                #expect(try await requests(team) { _ = try await team.report("apply") } == Self.silent)
                #expect(try await drift(team) == [])
            }
        }
    }
}

/// Counts admissions.
private final class Admissions: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
