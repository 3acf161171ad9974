// Somebody changes the cluster by hand: what differs, who did it, that it is put back, and that it stands on record.

import StructuredData
import TestSupport
import Testing

@Suite struct DriftTests {
    private let deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          labels: {app: web}
        spec:
          replicas: 0
          selector:
            matchLabels: {app: web}
          template:
            metadata:
              labels: {app: web}
            spec:
              containers:
              - name: web
                image: registry.example.com/web:1
                env:
                - {name: LEVEL, value: info}

        """
    private let configMap =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: flags\n  labels: {tier: front}\ndata:\n  level: info\n  color: blue\n"

    /// One thing people do with kubectl, and how it must be told.
    struct Hand: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var command: [String]
        var editor: String?
        var path: String
        var from: Value?
        var to: Value?
        var manager: String
        /// The drift type in `belay drift`.
        var type = "modified"
    }

    static let hands: [Hand] = [
        Hand(
            testDescription: "scale", command: ["scale", "deployment/web", "--replicas=3"], path: "spec.replicas", from: 3, to: 0,
            manager: "kubectl"),
        Hand(
            testDescription: "edit", command: ["edit", "configmap/flags"], editor: "sed -i s/info/debug/", path: "data.level",
            from: "debug",
            to: "info", manager: "kubectl-edit"),
        Hand(
            testDescription: "set env, a value of ours", command: ["set", "env", "deployment/web", "LEVEL=debug"],
            path: "spec.template.spec.containers[name=web].env[name=LEVEL].value", from: "debug", to: "info", manager: "kubectl-set"),
        Hand(
            testDescription: "set env, a new variable", command: ["set", "env", "deployment/web", "EXTRA=1"],
            path: "spec.template.spec.containers[name=web].env[name=EXTRA]", from: ["name": "EXTRA", "value": "1"], to: nil,
            manager: "kubectl-set", type: "added"),
        Hand(
            testDescription: "set image", command: ["set", "image", "deployment/web", "web=registry.example.com/web:2"],
            path: "spec.template.spec.containers[name=web].image", from: "registry.example.com/web:2", to: "registry.example.com/web:1",
            manager: "kubectl-set"),
        Hand(
            testDescription: "label, changed", command: ["label", "configmap/flags", "tier=back", "--overwrite"],
            path: "metadata.labels.tier",
            from: "back", to: "front", manager: "kubectl-label"),
        Hand(
            testDescription: "label, removed", command: ["label", "configmap/flags", "tier-"], path: "metadata.labels.tier", from: nil,
            to: "front", manager: "unknown", type: "removed"),
        Hand(
            testDescription: "patch, a key removed",
            command: ["patch", "configmap/flags", "--type=json", "-p", #"[{"op":"remove","path":"/data/color"}]"#], path: "data.color",
            from: nil,
            to: "blue", manager: "unknown", type: "removed"),
    ]

    @Test(arguments: hands) func aHandIsSeenNamedPutBackAndRecorded(_ hand: Hand) async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/web.yaml": deployment, "deploy/flags.yaml": configMap])
            let first = try await team.belay("apply")
            #expect(first.status == 0, "\(first)")

            let done = try await team.cluster.run(
                ["-n", team.namespace] + hand.command, environment: hand.editor.map { ["KUBE_EDITOR": $0] } ?? [:])
            #expect(done.status == 0, "\(done)")

            let diff = try await team.report("diff")
            #expect(diff.result.status == 1, "\(diff.result)")
            let seen = try #require(changes(diff.json).first { $0.path == hand.path }, "\(diff.result.output)")
            #expect(seen.from.flatMap { $0.isNull ? nil : $0 } == hand.from)
            #expect(seen.to.flatMap { $0.isNull ? nil : $0 } == hand.to)
            #expect(seen.manager?.hasPrefix(hand.manager) == true, "\(seen)")
            #expect(changes(diff.json).count == 1, "only what the hand did: \(diff.result.output)")

            let apply = try await team.belay("apply")
            #expect(apply.status == 0, "\(apply)")
            let after = try await team.belay("diff")
            #expect(after.status == 0, "not put back: \(after)")

            let drift = try await team.run("drift", "\(team.namespace)/app", "-o", "json")
            #expect(drift.status == 0, "nothing is open any more: \(drift)")
            let items = try JSON.read(Array(drift.output.utf8))["items"]?.array ?? []
            #expect(items.count == 1, "\(drift)")
            #expect(items.first?["state"] == "resolved")
            #expect(items.first?["resolution"] == "reverted")
            #expect(items.first?["type"]?.string == hand.type)
            let field = try #require(items.first?["fields"]?.array?.first { $0["path"]?.string == hand.path }, "\(drift)")
            #expect(field["manager"]?.string?.hasPrefix(hand.manager) == true, "\(drift)")
        }
    }

    @Test func whatWasDeletedByHandComesBack() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/web.yaml": deployment, "deploy/flags.yaml": configMap])
            #expect(try await team.belay("apply").status == 0)
            #expect(try await team.kubectl("delete", "configmap/flags").status == 0)
            let diff = try await team.report("diff")
            #expect(diff.result.status == 1)
            #expect(operations(diff.json, "create").map { $0["name"]?.string } == ["flags"], "\(diff.result)")
            #expect(try await team.belay("apply").status == 0)
            #expect(try await team.object("configmap/flags")?.at("data", "level") == "info")
            let drift = try await team.run("drift", "\(team.namespace)/app", "-o", "json")
            #expect(drift.says(#""deleted""#), "\(drift)")
        }
    }

    @Test func whatLostOurLabelIsFoundAndKept() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/web.yaml": deployment, "deploy/flags.yaml": configMap])
            #expect(try await team.belay("apply").status == 0)
            let before = try await team.object("configmap/flags")?.at("metadata", "uid")
            #expect(try await team.kubectl("label", "configmap/flags", "applyset.kubernetes.io/part-of-").status == 0)
            let diff = try await team.report("diff")
            #expect(diff.result.status == 1, "\(diff.result)")
            #expect(operations(diff.json, "configure").map { $0["name"]?.string } == ["flags"], "\(diff.result)")
            #expect(try await team.belay("apply").status == 0)
            #expect(try await team.object("configmap/flags")?.at("metadata", "uid") == before)
            let drift = try await team.run("drift", "\(team.namespace)/app", "-o", "json")
            #expect(drift.says(#""unlabelled""#), "\(drift)")
            #expect(try await team.belay("diff").status == 0)
        }
    }

    /// Writers of the past: each leaves a key `extra` that Git never had, or had and drops.
    static let writers: [[String]] = [
        ["apply", "-f", "-"],
        ["create", "-f", "-"],
        ["apply", "--server-side", "-f", "-"],
    ]

    @Test(arguments: writers) func aKeyThatGitDropsGoesAlthoughKubectlOnceWroteIt(_ writer: [String]) async throws {
        try await withScenario { team in
            try await team.makeNamespace()
            let old = configMap + "  extra: \"1\"\n"
            let made = try await team.cluster.run(["-n", team.namespace] + writer, input: old)
            #expect(made.status == 0, "\(made)")

            try await team.repository.commit(["deploy/flags.yaml": old])
            let adopt = try await team.report("apply")
            #expect(adopt.result.status == 0, "\(adopt.result)")
            #expect(operations(adopt.json, "adopt").count == 1, "\(adopt.result)")

            try await team.repository.commit(["deploy/flags.yaml": configMap])
            let diff = try await team.report("diff")
            #expect(changes(diff.json).map(\.path) == ["data.extra"], "\(diff.result)")
            #expect(try await team.belay("apply").status == 0)
            #expect(try await team.object("configmap/flags")?.at("data", "extra") == nil)
            #expect(try await team.object("configmap/flags")?.at("data", "level") == "info")
            #expect(try await team.belay("diff").status == 0)
        }
    }

    @Test func aKeyThatGitDropsGoesAlthoughAnEditTouchedIt() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/flags.yaml": configMap + "  extra: \"1\"\n"])
            #expect(try await team.belay("apply").status == 0)
            let edit = try await team.kubectl(
                "edit", "configmap/flags", environment: ["KUBE_EDITOR": #"sed -i 's/extra: "1"/extra: "2"/'"#])
            #expect(edit.status == 0, "\(edit)")
            try await team.repository.commit(["deploy/flags.yaml": configMap])
            let apply = try await team.belay("apply")
            #expect(apply.status == 0, "\(apply)")
            #expect(try await team.object("configmap/flags")?.at("data", "extra") == nil)
            #expect(try await team.belay("diff").status == 0)
        }
    }

    private let service = """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          ports:
          - {name: http, port: 80}

        """

    /// A list element under another key and a union under another member: beside what Git has, the server takes neither.
    @Test func whatStandsInTheWayOfGitGoes() async throws {
        try await withScenario { team in
            let probed = deployment + "        livenessProbe: {httpGet: {path: /, port: 80}}\n"
            try await team.repository.commit(["deploy/web.yaml": probed, "deploy/service.yaml": service])
            #expect(try await team.belay("apply").status == 0)
            let port = try await team.kubectl(
                "patch", "service/web", "--type=json", "-p", #"[{"op":"replace","path":"/spec/ports/0/port","value":8080}]"#)
            let probe = try await team.kubectl(
                "patch", "deployment/web", "--type=json", "-p",
                ##"[{"op":"replace","path":"/spec/template/spec/containers/0/livenessProbe","value":{"exec":{"command":["true"]}}}]"##)
            #expect(port.status == 0 && probe.status == 0, "\(port) \(probe)")

            let diff = try await team.report("diff")
            #expect(diff.result.status == 1, "\(diff.result)")
            let paths = changes(diff.json).map(\.path)
            #expect(paths.contains("spec.ports[port=8080,protocol=TCP]") && paths.contains("spec.ports[port=80,protocol=TCP]"), "\(paths)")
            let apply = try await team.belay("apply")
            #expect(apply.status == 0, "\(apply)")
            #expect(try await team.object("service/web")?.at("spec", "ports")?.array?.map { $0["port"] } == [80])
            let container = try await team.object("deployment/web")?.at("spec", "template", "spec", "containers")?.array?.first
            #expect(container?.at("livenessProbe", "exec") == nil && container?.at("livenessProbe", "httpGet", "path") == "/")
            #expect(try await team.belay("diff").status == 0)

            try await team.repository.commit([
                "deploy/web.yaml": deployment.replacing("  replicas: 0\n", with: "  replicas: 0\n  strategy: {type: Recreate}\n")
            ])
            let typed = try await team.belay("apply")
            #expect(typed.status == 0, "\(typed)")
            #expect(try await team.object("deployment/web")?.at("spec", "strategy") == ["type": "Recreate"])
            #expect(try await team.belay("diff").status == 0)
        }
    }

    /// `kubectl apply --server-side` holds a probe's fields, not the probe: with the last of them the probe goes, defaults and all.
    @Test func aProbeThatKubectlAppliedGoesWhole() async throws {
        try await withScenario { team in
            try await team.makeNamespace()
            let probed = deployment + "        livenessProbe: {exec: {command: [a]}}\n"
            let made = try await team.cluster.run(["-n", team.namespace, "apply", "--server-side", "-f", "-"], input: probed)
            #expect(made.status == 0, "\(made)")
            try await team.repository.commit(["deploy/web.yaml": deployment, "deploy/service.yaml": service])
            let apply = try await team.belay("apply")
            #expect(apply.status == 0 && !apply.says("kept:"), "\(apply)")
            let container = try await team.object("deployment/web")?.at("spec", "template", "spec", "containers")?.array?.first
            #expect(container != nil && container?["livenessProbe"] == nil, "\(String(describing: container))")
            #expect(try await team.belay("diff").status == 0)
        }
    }
}
