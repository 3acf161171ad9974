// `--wait` with controllers at work: pods become ready, or fail, when the test says so, and the run does what it must, in that order.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.enabled(if: !isRefereed || APIServer.hasControllers, "needs kube-controller-manager")) struct WaitTests {
    /// Its pods stay pending, here and on a server without a node, until ``pods(_:of:become:)``.
    private func template(_ app: String, _ image: String, restart: String = "Always", indent: String = "  ") -> String {
        let lines = [
            "template:", "  metadata: {labels: {app: \(app)}, annotations: {sandbox.belay.dev/pods: failing}}",
            "  spec: {restartPolicy: \(restart), containers: [{name: a, image: \"registry.example.com/\(image)\"}]}",
        ]
        return lines.map { indent + $0 + "\n" }.joined()
    }

    private func deployment(_ image: String) -> String {
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n"
            + template("web", image)
    }

    private func controller(_ image: String) -> String {
        "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: kubia}\nspec:\n  replicas: 2\n  selector: {app: kubia}\n"
            + template("kubia", image)
    }

    private func job(_ more: String) -> String {
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec:\n  \(more)\n" + template("once", "once:1", restart: "Never")
    }

    private func configMap(_ name: String) -> String { "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\ndata: {a: \"1\"}\n" }

    /// Plays the kubelet: pods of an app that have no end yet get this phase; waits until there are as many as `count`.
    private func pods(_ count: Int, of app: String, become phase: String, in team: Scenario) async throws {
        var names: [String] = []
        try await Wait.until("\(app) has \(count) pods") {
            let listed = try await team.kubectl("get", "pods", "-l", "app=\(app)", "--field-selector", "status.phase=Pending", "-o", "name")
            names = listed.output.split(separator: "\n").map(String.init)
            return names.count >= count
        }
        let isReady = phase == "Running"
        let conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"]
            .map { #"{"type":"\#($0)","status":"\#(isReady ? "True" : "False")","lastTransitionTime":"2026-01-01T00:00:00Z"}"# }
        for name in names {
            let patch = #"{"status":{"phase":"\#(phase)","conditions":[\#(conditions.joined(separator: ","))]}}"#
            let done = try await team.kubectl("patch", name, "--subresource=status", "--type=merge", "-p", patch)
            #expect(done.status == 0, "\(done)")
        }
    }

    @Test func whatLeftGitGoesOnlyWhenTheNewStateIsHealthy() async throws {
        try await withScenario(controllers: true) { team in
            try await team.repository.commit(["deploy/web.yaml": deployment("web:1"), "deploy/old.yaml": configMap("old")])
            async let first = team.belay("apply", "--wait", "--timeout", "90s")
            try await pods(2, of: "web", become: "Running", in: team)
            let made = try await first
            #expect(made.status == 0, "\(made)")

            try team.repository.remove("deploy/old.yaml")
            try await team.repository.commit(["deploy/web.yaml": deployment("web:2"), "deploy/new.yaml": configMap("new")])
            var replaced: ProgramResult?
            let requests = try await team.cluster.requests(of: "belay") {
                async let second = team.belay("apply", "--wait", "--timeout", "90s")
                // A rolling update makes one pod at a time: the run is held in between, and the old object is there.
                try await pods(1, of: "web", become: "Running", in: team)
                #expect(try await team.object("configmap/new") != nil)
                #expect(try await team.object("configmap/old") != nil, "deleted while the rollout was under way")
                try await pods(1, of: "web", become: "Running", in: team)
                replaced = try await second
            }
            #expect(replaced?.status == 0, "\(String(describing: replaced))")
            #expect(try await team.object("configmap/old") == nil)

            let lines = requests.map { $0.line(in: team.namespace) }
            let deletion = try #require(lines.firstIndex(of: "delete configmaps/old"), "\(lines)")
            let written = try #require(lines.firstIndex(of: "apply deployments/web"), "\(lines)")
            let looks = lines.indices.filter { lines[$0] == "get deployments/web" }
            #expect(looks.count >= 2 && looks.allSatisfy { written < $0 && $0 < deletion }, "\(lines)")
            let lastWrite = lines[..<deletion].lastIndex { $0.hasPrefix("apply ") }
            #expect(lastWrite.map { $0 < deletion } == true, "\(lines)")
        }
    }

    @Test func aJobThatFailsEndsTheWaitWithItsReason() async throws {
        try await withScenario(controllers: true) { team in
            // A Job of the sandbox never fails, so there the bare Pod stands for it.
            let pod =
                "apiVersion: v1\nkind: Pod\nmetadata: {name: once, labels: {app: once}, annotations: {sandbox.belay.dev/pods: failing}}\n"
                + "spec: {restartPolicy: Never, containers: [{name: a, image: \"registry.example.com/once:1\"}]}\n"
            try await team.repository.commit(["deploy/old.yaml": configMap("old")])
            #expect(try await team.belay("apply").status == 0)
            try team.repository.remove("deploy/old.yaml")
            try await team.repository.commit(["deploy/once.yaml": team.cluster.isReal ? job("backoffLimit: 0") : pod])
            let began = ContinuousClock.now
            async let run = team.report("apply", "--wait", "--timeout", "5m")
            try await pods(1, of: "once", become: "Failed", in: team)
            let (result, report) = try await run
            #expect(result.status == 1, "\(result)")
            #expect(began.duration(to: .now) < .seconds(240), "it is told at once, not when the time is up")
            let row = report["operations"]?.array?.first { $0["name"] == "once" }
            #expect(row?["health"] == "degraded")
            let reason = team.cluster.isReal ? "it is degraded: Job has reached the specified backoff limit" : "it is degraded: "
            #expect(row?["error"]?.string?.hasPrefix(reason) == true, "\(result)")
            #expect(try await team.object("configmap/old") != nil)
        }
    }

    @Test func aJobIsDoneWhenItIsDoneAlsoWhereTheClusterRemovesIt() async throws {
        try await withScenario(controllers: true) { team in
            try await team.repository.commit(["deploy/once.yaml": job("ttlSecondsAfterFinished: 0")])
            async let run = team.report("apply", "--wait", "--timeout", "90s")
            try await pods(1, of: "once", become: "Succeeded", in: team)
            let (result, report) = try await run
            #expect(result.status == 0, "\(result)")
            #expect(report["operations"]?.array?.first { $0["name"] == "once" }?["health"] == "healthy")
        }
    }

    /// The kind of the second is not served yet when the plan is made.
    @Test func anObjectWhoseKindCameWithItIsWaitedFor() async throws {
        try await withScenario(controllers: true) { team in
            let group = team.namespace + ".example.com"
            var kind = WidgetKind(group: group)
            kind.hasStatus = true
            try await team.repository.commit(["deploy/definition.yaml": kind.definition, "deploy/widget.yaml": kind.manifest("a")])
            let target = "widgets.\(group)/a"
            func become(_ status: String) async throws {
                let conditions =
                    #"[{"type":"Ready","status":"\#(status)","message":"the valve is open","lastTransitionTime":"2026-01-01T00:00:00Z"}]"#
                try await Wait.until("\(target) has a status") {
                    try await team.kubectl(
                        "patch", target, "--subresource=status", "--type=merge", "-p", #"{"status":{"conditions":\#(conditions)}}"#
                    ).status == 0
                }
            }
            #expect(try await team.belay("apply").status == 0)
            try await become("False")
            let waiting = try await team.belay("apply", "--wait", "--timeout", "3s")
            #expect(waiting.status == 3, "\(waiting)")
            #expect(waiting.says("Widget \(team.namespace)/a") && waiting.says("it is progressing: the valve is open"), "\(waiting)")
            try await become("True")
            #expect(try await team.belay("apply", "--wait", "--timeout", "60s").status == 0)

            #expect(try await team.cluster.kubectl("delete", "crd", "widgets.\(group)").status == 0)
            let requests = try await team.cluster.requests(of: "belay") {
                let again = try await team.report("apply", "--wait", "--timeout", "60s")
                #expect(again.result.status == 0, "\(again.result)")
                #expect(again.json["operations"]?.array?.first { $0["name"] == "a" }?["health"] == "healthy", "\(again.result)")
            }
            #expect(requests.contains { $0.line(in: team.namespace) == "apply widgets/a" }, "\(requests)")
            #expect(try await team.cluster.kubectl("delete", "crd", "widgets.\(group)").status == 0)
        }
    }

    /// Times in objects have no fractions: what is made after this is younger than all that is there.
    private func aLaterSecond() async throws {
        let now = Int(Date().timeIntervalSince1970)
        try await Wait.until("a second is over") { Int(Date().timeIntervalSince1970) > now }
    }

    @Test func podsOfAnOlderTemplateAreTold() async throws {
        try await withScenario(controllers: true) { team in
            try await team.repository.commit(["deploy/kubia.yaml": controller("kubia:1")])
            async let first = team.belay("apply", "--wait", "--timeout", "90s")
            try await pods(2, of: "kubia", become: "Running", in: team)
            let made = try await first
            #expect(made.status == 0 && !made.says("older template"), "\(made)")

            try await aLaterSecond()
            try await team.repository.commit(["deploy/kubia.yaml": controller("kubia:2")])
            let changed = try await team.report("apply", "--wait", "--timeout", "60s")
            #expect(changed.result.status == 0, "they are ready, which is what health means: \(changed.result)")
            let note = "ReplicationController \(team.namespace)/kubia: 2 of 2 pods still run an older template"
            #expect((changed.json["warnings"]?.array ?? []).contains { $0.string?.hasPrefix(note) ?? false }, "\(changed.result)")
            #expect(changed.result.errors.contains(note), "\(changed.result)")

            // One is replaced by hand; the other stays, and is still told of in a run that changes nothing.
            let listed = try await team.kubectl("get", "pods", "-l", "app=kubia", "-o", "name")
            let one = try #require(listed.output.split(separator: "\n").first.map(String.init))
            #expect(try await team.kubectl("delete", one, "--grace-period=0", "--force").status == 0)
            try await pods(1, of: "kubia", become: "Running", in: team)
            let later = try await team.belay("apply", "--wait", "--timeout", "60s")
            #expect(later.status == 0, "\(later)")
            #expect(later.says("kubia: 1 of 2 pods still runs an older template"), "\(later)")
        }
    }

    @Test func aClaimThatIsBoundByItsFirstPodIsNotWaitedFor() async throws {
        try await withScenario(controllers: true) { team in
            let name = "late-" + team.namespace
            func claim(_ mode: String) -> [String: String] {
                [
                    "deploy/class.yaml":
                        "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: \(mode.lowercased())-\(name)}\n"
                        + "provisioner: example.com/none\nvolumeBindingMode: \(mode)\n",
                    "deploy/claim.yaml":
                        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: \(mode.lowercased())}\nspec:\n"
                        + "  storageClassName: \(mode.lowercased())-\(name)\n  accessModes: [ReadWriteOnce]\n"
                        + "  resources: {requests: {storage: 1Gi}}\n",
                ]
            }
            try await team.repository.commit(claim("WaitForFirstConsumer"))
            let late = try await team.belay("apply", "--wait", "--timeout", "60s")
            #expect(late.status == 0, "\(late)")
            // The sandbox binds every claim; nobody provisions for a real one.
            guard team.cluster.isReal else { return }
            #expect(try await team.object("pvc/waitforfirstconsumer")?.at("status", "phase") == "Pending")
            try await team.repository.commit(claim("Immediate"))
            let early = try await team.belay("apply", "--wait", "--timeout", "3s")
            #expect(early.status == 3 && early.says("it is progressing: waits for a volume"), "\(early)")
        }
    }
}
