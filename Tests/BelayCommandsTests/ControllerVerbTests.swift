// The verbs that act through the Application resource, against the sandbox; the test plays the controller by writing the status.

import BelayCommands
import Foundation
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import SandboxCluster
import StructuredData
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerVerbTests {
    static let resource = APIResource(
        groupVersionKind: GroupVersionKind(group: "belay.dev", version: "v1alpha1", kind: "Application"), resource: "applications",
        namespaced: true, subresources: ["status"])
    static let commit = HandMade.commit

    struct Stage: Sendable {
        var program: ProgramHarness
        var client: KubernetesClient
        var server: SandboxServer

        /// Makes an Application, and writes its status where there is one.
        func make(_ name: String, spec: String = "", status: String? = nil) async throws {
            let text = """
                apiVersion: belay.dev/v1alpha1
                kind: Application
                metadata: {namespace: default, name: \(name)}
                spec: {source: {repoURL: "https://git.example.com/shop.git", ref: {branch: main}}, destination: {namespace: default}\(spec)}
                """
            let value = try #require(try YAML.read(Array(text.utf8), file: "app").first?.value)
            _ = try await client.create(ControllerVerbTests.resource, body: value, fieldManager: "test", class: .managed)
            if let status { try await write(status, to: name) }
        }

        func write(_ status: String, to name: String) async throws {
            let value = try #require(try YAML.read(Array(status.utf8), file: "status").first?.value)
            _ = try await client.jsonPatch(
                ControllerVerbTests.resource, namespace: "default", name: name, subresource: "status",
                patch: [["op": "add", "path": "/status", "value": value]], fieldManager: "belay", class: .own)
        }

        func read(_ name: String) async throws -> Value {
            try #require(try await client.get(ControllerVerbTests.resource, namespace: "default", name: name)).value
        }

        /// Runs the program, and answers each version of the Application that `answer` has a status for.
        func run(_ arguments: [String], _ answer: @escaping @Sendable (Value) -> (String, String)?) async throws -> ProgramRun {
            let begin = try await client.list(ControllerVerbTests.resource, namespace: "default").resourceVersion
            return try await withThrowingTaskGroup(of: ProgramRun?.self) { group in
                group.addTask { [program] in await program.run(words: arguments) }
                group.addTask {
                    do {
                        try await client.watch(ControllerVerbTests.resource, namespace: "default", from: begin) { event in
                            guard event.kind != .bookmark, let (name, status) = answer(event.object.value) else { return }
                            try await write(status, to: name)
                        }
                    } catch let error as ClientError where error.code == .expired {
                        // What the test did itself.
                    }
                    return nil
                }
                defer { group.cancelAll() }
                while let next = try await group.next() { if let run = next { return run } }
                throw CancellationError()
            }
        }
    }

    func withStage(_ body: (Stage) async throws -> Void) async throws {
        let server = SandboxServer(controllers: false)
        let address = try await server.start()
        do {
            try await withProgram { program in
                var program = program
                try program.write(address.kubeconfigYAML, to: "kubeconfig")
                program.environment["KUBECONFIG"] = program.folder + "/kubeconfig"
                program.now = Date().timeIntervalSince1970
                #expect(await program.run("install", "--crds-only").status == 0)
                let connection = try ClusterConnection.load(
                    kubeconfig: program.folder + "/kubeconfig", context: nil, environment: program.environment, allowExec: false)
                let stage = program
                try await KubernetesClient.with(connection) { client in
                    try await body(Stage(program: stage, client: client, server: server))
                }
            }
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }

    static func ready(_ status: String, _ reason: String, _ message: String = "m") -> String {
        "conditions: [{type: Ready, status: \"\(status)\", reason: \(reason), message: \"\(message)\", lastTransitionTime: \"2026-09-21T14:10:20Z\"}]"
    }

    static func request(_ value: Value) -> String? {
        value.at("metadata", "annotations")?["reconcile.belay.dev/requestedAt"]?.string
    }

    /// Answers each request once.
    static func answering(_ name: String = "web", _ status: @escaping @Sendable (Value) -> String)
        -> @Sendable (Value) -> (String, String)?
    {
        let answered = Mutex<Set<String>>([])
        return { value in
            guard let token = request(value), value.at("metadata", "name")?.string == name,
                value.at("status", "lastHandledReconcileAt")?.string != token, answered.withLock({ $0.insert(token).inserted })
            else { return nil }
            let generation = value.at("metadata", "generation")?.int ?? 0
            return (name, "{lastHandledReconcileAt: \"\(token)\", observedGeneration: \(generation), \(status(value))}")
        }
    }

    @Test func getListsAndCounts() async throws {
        try await withStage { stage in
            let program = stage.program
            #expect(await program.run("get").error.contains("no applications in this namespace"))
            try await stage.make(
                "web",
                status:
                    "{observedGeneration: 1, lastAppliedRevision: \"main@sha1:\(Self.commit)\", health: healthy, \(Self.ready("True", "Succeeded"))}"
            )
            try await stage.make("api", status: "{openDrift: 2, health: degraded, \(Self.ready("False", "Failed", "no such image"))}")
            try await stage.make("cron", spec: ", suspend: {reason: \"cert\\u202Emigration\", until: \"2099-01-01T00:00:00Z\"}")
            let table = await program.run("get", "-A")
            #expect(table.status == 0)
            #expect(table.output.contains("default    web   Synced     Healthy   0      main@sha1:3f2c1ab"), "\(table.output)")
            #expect(table.output.contains("default    api   Failed     Degraded  2"))
            #expect(table.output.contains("suspended until 2099-01-01T00:00:00Z"))
            #expect(table.output.hasSuffix("3 applications: 2 need attention\n"))
            #expect(
                await program.run("get", "-o", "name").output
                    == "application.belay.dev/api\napplication.belay.dev/cron\napplication.belay.dev/web\n")
            let json = try JSON.read(Array(await program.run("get", "web", "-o", "json").output.utf8))
            #expect(json["kind"] == "Application" && json.at("metadata", "managedFields") == nil)
            #expect(try JSON.read(Array(await program.run("get", "-o", "json").output.utf8))["items"]?.array?.count == 3)
            let missing = await program.run("get", "wbe")
            #expect(
                missing.status == 2 && missing.error.contains("there is no Application default/wbe")
                    && missing.error.contains("did you mean web?"))

            let overview = await program.run("status")
            #expect(overview.output.contains("Failed for ") && overview.output.contains("2 objects differ from Git"))
            #expect(overview.output.hasSuffix("3 applications: 2 need attention; the other one is well\n"), "\(overview.output)")
            #expect(
                overview.output.firstRange(of: "default/api").map { range in overview.output[range.upperBound...].contains("default/cron") }
                    == true)
            #expect(!overview.output.contains("\u{202E}") && overview.output.contains("\\u202e"))
            let one = await program.run("status", "cron")
            #expect(one.output.contains("written by test") && one.output.contains("belay resume default/cron"), "\(one.output)")
        }
    }

    @Test func withoutADestinationItIsTheOwnNamespace() async throws {
        try await withStage { stage in
            try await stage.make("web")
            _ = try await stage.client.jsonPatch(
                Self.resource, namespace: "default", name: "web", patch: [["op": "remove", "path": "/spec/destination"]],
                fieldManager: "test", class: .own)
            let lines = await stage.program.run("status", "web").output.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("Destination ") && $0.hasSuffix(" namespace default") }, "\(lines)")
        }
    }

    @Test func syncWaitsForTheAnswer() async throws {
        try await withStage { stage in
            try await stage.make("web")
            let done = try await stage.run(
                ["sync", "web"],
                Self.answering { _ in
                    "lastAppliedRevision: \"main@sha1:\(Self.commit)\", counts: {create: 2}, \(Self.ready("True", "Succeeded"))"
                })
            #expect(done.status == 0, "\(done)")
            #expect(done.output == "succeeded   default/web   main@sha1:3f2c1ab, 2 created\n")
            let first = try #require(Self.request(try await stage.read("web")))
            let failed = try await stage.run(
                ["sync", "web", "-o", "json"], Self.answering { _ in Self.ready("False", "Partial", "1 of 3 failed") })
            #expect(failed.status == 1)
            #expect(failed.error.contains("error: default/web: it was applied in part: 1 of 3 failed"))
            let outcome = try JSON.read(Array(failed.output.utf8))
            #expect(try JSONSchema("application-outcome-list.schema.json").problems(outcome) == [])
            #expect(outcome["items"]?[0]?["outcome"] == "failed")
            let second = try #require(Self.request(try await stage.read("web")))
            #expect(try #require(Moment.seconds(second)) > (try #require(Moment.seconds(first))))
            let other = try await stage.run(
                ["sync", "web", "--revision", "abcdef1"],
                Self.answering { _ in
                    "lastAppliedRevision: \"main@sha1:\(Self.commit)\", \(Self.ready("True", "Succeeded"))"
                })
            #expect(other.status == 5 && other.error.contains("took over"))
            let manager = try await stage.read("web").at("metadata", "managedFields")?.array?.compactMap { $0["manager"]?.string }
            #expect(manager?.contains("belay-cli") == true)
        }
    }

    @Test func syncGivesUpWhenTheTimeIsUp() async throws {
        try await withStage { stage in
            try await stage.make("web")
            let run = await stage.program.run("sync", "web", "--timeout", "100ms")
            #expect(run.status == 3)
            #expect(run.error.contains("error: default/web was not done within 100ms: "), "\(run.error)")
            let detached = await stage.program.run("sync", "web", "--no-wait")
            #expect(detached.status == 0 && detached.output == "requested   default/web\n")
            let json = try JSON.read(Array(await stage.program.run("sync", "web", "--no-wait", "-o", "json").output.utf8))
            #expect(try JSONSchema("application-outcome-list.schema.json").problems(json) == [])
            #expect(json["items"]?[0]?["outcome"] == "requested")
        }
    }

    @Test func whatIsStoppedIsNotTouched() async throws {
        try await withStage { stage in
            try await stage.make("web", spec: ", suspend: {reason: incident 4711}")
            let before = try await stage.read("web").at("metadata", "resourceVersion")
            for line in [["sync", "web"], ["rollback", "web", "--reason", "x"], ["approve", "web", "--plan", "abcdefabcdef"]] {
                let run = await stage.program.run(words: line)
                #expect(
                    run.status == 6 && run.error.contains("it is suspended: incident 4711")
                        && run.error.contains("belay resume default/web"), "\(run)")
            }
            #expect(try await stage.read("web").at("metadata", "resourceVersion") == before)
        }
    }

    @Test func suspendAndResume() async throws {
        try await withStage { stage in
            try await stage.make("web")
            let run = await stage.program.run("suspend", "web", "--reason", "cert migration", "--until", "2h")
            #expect(run.status == 0 && run.output.contains("suspended   default/web until "), "\(run)")
            let written = try await stage.read("web").at("spec", "suspend")
            #expect(written?["reason"] == "cert migration" && Timestamp.isValid(written?["until"]?.string ?? ""))
            #expect(await stage.program.run("suspend", "web", "--reason", "again").error.contains("earlier suspension: cert migration"))
            #expect(try await stage.read("web").at("spec", "suspend") == ["reason": "again"])
            let resumed = await stage.program.run("resume", "web")
            #expect(resumed.output == "resumed     default/web: ended the suspension (again)\n")
            #expect(try await stage.read("web").at("spec", "suspend") == nil)
            #expect(await stage.program.run("resume", "web").error.contains("neither suspended nor pinned"))
            let over = await stage.program.run("suspend", "web", "--reason", "x", "--until", "2020-01-01T00:00:00Z")
            #expect(over.status == 2 && over.error.contains("is over"))
        }
    }

    @Test func holdsComeAndGo() async throws {
        try await withStage { stage in
            try await stage.make(
                "web",
                spec:
                    ", drift: {holds: [{kind: Service, name: old, reason: r, until: \"2020-01-01T00:00:00Z\"}, {kind: Service, name: x, reason: r}]}"
            )
            let run = await stage.program.run("hold", "web", "deploy/api", "--for", "30m", "--reason", "hotfix 4711")
            #expect(run.status == 0 && run.output.contains("held        Deployment api of default/web until "), "\(run)")
            #expect(run.error.contains("default/web has no Deployment api in the cluster now"), "\(run)")
            func holds() async throws -> [Value] { try await stage.read("web").at("spec", "drift", "holds")?.array ?? [] }
            #expect(try await holds().compactMap { $0["name"]?.string } == ["x", "api"])
            #expect(try await holds().last?["group"] == "apps")
            #expect(
                await stage.program.run("hold", "web", "deployments.apps/api", "--until", "2099-01-01T00:00:00Z", "--reason", "longer")
                    .error.contains("earlier hold"))
            #expect(try await holds().count == 2)
            #expect(await stage.program.run("hold", "web", "Deployment/api", "--release").status == 0)
            let none = await stage.program.run("hold", "web", "Deployment/api", "--release")
            #expect(none.status == 2 && none.error.contains("holds no Deployment api") && none.error.contains("Service x"))
            #expect(await stage.program.run("hold", "web", "service/x", "--release").status == 0)
            #expect(try await holds().isEmpty)
            let unknown = await stage.program.run("hold", "web", "deploymnt/api", "--for", "1m", "--reason", "r")
            #expect(unknown.status == 2 && unknown.error.contains("did you mean deployment?"), "\(unknown.error)")
        }
    }

    @Test func approvingNamesThePlan() async throws {
        try await withStage { stage in
            let digest = String(repeating: "0123456789abcdef", count: 4)
            try await stage.make(
                "web",
                status:
                    "{observedGeneration: 1, planDigest: \(digest), runs: [{id: a, phase: held}], \(Self.ready("False", "Held", "40 of 50 go"))}"
            )
            let wrong = await stage.program.run("approve", "web", "--plan", "ffffffffffff")
            #expect(wrong.status == 2 && wrong.error.contains("is 0123456789ab, not ffffffffffff"))
            #expect(Self.request(try await stage.read("web")) == nil)
            let run = try await stage.run(
                ["approve", "web", "--plan", "0123456789AB"],
                Self.answering { value in
                    let approved = value.at("metadata", "annotations")?["belay.dev/approve-plan"]?.string == digest
                    return approved ? Self.ready("True", "Succeeded") : Self.ready("False", "Held")
                })
            #expect(run.status == 0, "\(run)")
            // All is applied but for what the plan would prune.
            let message =
                "x is applied; this set was last synced from y: nothing is pruned unless the plan \(digest.prefix(12)) is approved"
            try await stage.write(
                "{observedGeneration: 1, planDigest: \(digest), \(Self.ready("True", "Succeeded", message))}", to: "web")
            #expect(await stage.program.run("status", "web").output.contains("belay approve default/web --plan 0123456789ab"))
            #expect(await stage.program.run("approve", "web", "--plan", "0123456789ab", "--no-wait").status == 0)
            try await stage.write("{observedGeneration: 1, planDigest: \(digest), \(Self.ready("True", "Succeeded"))}", to: "web")
            let nothing = await stage.program.run("approve", "web", "--plan", "0123456789ab")
            #expect(nothing.status == 2 && nothing.error.contains("waits for an approval"))
        }
    }

    @Test func rollbackPins() async throws {
        try await withStage { stage in
            let (old, new) = ("01K5PQ0000AAAAAAAAAAAAAAAA", "01K5PQ0000BBBBBBBBBBBBBBBB")
            let runs =
                "runs: [{id: \(new), phase: succeeded, revision: \"main@sha1:\(Self.commit)\"}, {id: \(old), phase: succeeded, revision: \"main@sha1:1111111111111111111111111111111111111111\"}]"
            try await stage.make(
                "web",
                status:
                    "{observedGeneration: 1, lastAppliedRevision: \"main@sha1:\(Self.commit)\", \(runs), \(Self.ready("True", "Succeeded"))}"
            )
            let run = try await stage.run(["rollback", "web", "--reason", "bad release", "--until", "8h"]) { value in
                guard value.at("spec", "pin", "run") == .string(old),
                    value.at("status", "observedGeneration") != value.at("metadata", "generation")
                else { return nil }
                return (
                    "web",
                    "{observedGeneration: \(value.at("metadata", "generation")?.int ?? 0), lastAppliedRevision: \"main@sha1:1111111111111111111111111111111111111111\", \(Self.ready("True", "Pinned"))}"
                )
            }
            #expect(run.status == 0 && run.output.contains("succeeded   default/web   main@sha1:1111111"), "\(run)")
            #expect(run.error.contains("belay resume default/web ends the pin"))
            #expect(try await stage.read("web").at("spec", "pin", "reason") == "bad release")
            #expect(await stage.program.run("sync", "web").status == 6)
            let pinned = try await stage.read("web").at("spec", "pin")
            let again = await stage.program.run("rollback", "web", "--reason", "still bad")
            #expect(again.status == 2 && again.error.contains("is pinned to run \(old) already; name a RUN"), "\(again)")
            #expect(try await stage.read("web").at("spec", "pin") == pinned)
            #expect(await stage.program.run("resume", "web").output.contains("the pin to run \(old) (bad release)"))
        }
    }

    @Test func aRunThatNobodyKnowsIsNoPin() async throws {
        try await withStage { stage in
            let (known, unknown) = ("01K5PQ0000AAAAAAAAAAAAAAAA", "01K5PQ0000EEEEEEEEEEEEEEEE")
            try await stage.make(
                "web", spec: ", pin: {run: \(known), reason: before}",
                status:
                    "{observedGeneration: 1, lastAppliedRevision: \"main@sha1:\(Self.commit)\", runs: [{id: \(known), phase: succeeded}], \(Self.ready("True", "Pinned"))}"
            )
            // The controller knows best: its journal is elsewhere.
            let answered = Mutex(false)
            let asked = try await stage.run(["rollback", "web", unknown, "--reason", "x"]) { value in
                let isOurs = value.at("spec", "pin", "run") == .string(unknown)
                guard isOurs,
                    answered.withLock({ done in
                        defer { done = true }; return !done
                    })
                else { return nil }
                let message = "spec.pin names the run \(unknown), which the journal does not know: belay history shows those that it does"
                return (
                    "web",
                    "{observedGeneration: \(value.at("metadata", "generation")?.int ?? 0), \(Self.ready("False", "Failed", message))}"
                )
            }
            #expect(asked.status == 2 && asked.error.contains("does not know the run \(unknown); the pin is as it was before"), "\(asked)")
            #expect(try await stage.read("web").at("spec", "pin") == ["run": .string(known), "reason": "before"])
            // The journal here is the controller's own: nothing is written.
            try await Self.record("shop/other", id: unknown, at: stage.program.journal)
            let before = try await stage.read("web").at("metadata", "resourceVersion")
            let other = await stage.program.run("rollback", "web", unknown, "--reason", "x")
            #expect(other.status == 2 && other.error.contains("is of shop/other, not of default/web"), "\(other)")
            let uid = try #require(try await stage.read("web").at("metadata", "uid")?.string)
            try await Self.record("default/web", cluster: uid, at: stage.program.journal)
            let none = await stage.program.run("rollback", "web", "01K5PQ0000DDDDDDDDDDDDDDDD", "--reason", "x")
            #expect(none.status == 2 && none.error.contains("nor the journal knows the run"), "\(none)")
            #expect(try await stage.read("web").at("metadata", "resourceVersion") == before)
        }
    }

    @Test func waitingForACommit() async throws {
        try await withStage { stage in
            let other = String(repeating: "1", count: 40)
            let ok = Self.ready("True", "Succeeded")
            try await stage.make("there", status: "{lastAppliedRevision: \"main@sha1:\(Self.commit)\", \(ok)}")
            try await stage.make("web", status: "{lastAppliedRevision: \"main@sha1:\(other)\", \(ok)}")
            let untouched = await stage.program.run("wait", "there", "--commit", String(Self.commit.prefix(8)))
            #expect(untouched.status == 0 && untouched.output.contains("applied main@sha1:3f2c1ab"))
            #expect(Self.request(try await stage.read("there")) == nil)
            let all = try await stage.run(
                ["wait", "--commit", Self.commit],
                Self.answering { _ in
                    "lastAppliedRevision: \"main@sha1:\(other)\", lastAttemptedRevision: \"main@sha1:\(Self.commit)\", \(ok)"
                })
            #expect(all.status == 0, "\(all)")
            #expect(all.output.contains("unaffected  default/web   not affected; it stays at main@sha1:1111111\n"))
            let plain = await stage.program.run("wait", "web")
            #expect(plain.status == 0, "\(plain)")
            try await stage.write("{observedGeneration: 1, \(Self.ready("False", "Failed", "boom"))}", to: "web")
            #expect(await stage.program.run("wait", "web").status == 1)
        }
    }

    /// A watch whose past is forgotten is opened again, and the answer that came in between is not missed.
    @Test func waitingOutlivesACompaction() async throws {
        try await withStage { stage in
            try await stage.make("web")
            let server = stage.server
            let answer = Self.answering { _ in Self.ready("True", "Succeeded") }
            let run = try await stage.run(["sync", "web"]) { value in
                guard let status = answer(value) else { return nil }
                server.compact()
                return status
            }
            #expect(run.status == 0 && run.output.contains("succeeded   default/web"), "\(run)")
        }
    }

    @Test func eventsAndTrace() async throws {
        try await withStage { stage in
            try await stage.make(
                "web", status: "{lastAppliedRevision: \"main@sha1:\(Self.commit)\", openDrift: 1, \(Self.ready("True", "Succeeded"))}")
            for (name, kind, time) in [("a", "Application", "10"), ("b", "Application", "20"), ("c", "Pod", "30")] {
                let event = """
                    apiVersion: events.k8s.io/v1
                    kind: Event
                    metadata: {namespace: default, name: \(name)}
                    eventTime: "2026-09-21T14:\(time):00.000000Z"
                    type: Warning
                    reason: Drifted
                    action: Observe
                    note: "note \(name)\\e[31m"
                    reportingController: belay.dev/controller
                    reportingInstance: x
                    regarding: {apiVersion: \(kind == "Pod" ? "v1" : "belay.dev/v1alpha1"), kind: \(kind), namespace: default, name: web}
                    """
                let events = APIResource(
                    groupVersionKind: GroupVersionKind(group: "events.k8s.io", version: "v1", kind: "Event"), resource: "events",
                    namespaced: true)
                _ = try await stage.client.create(
                    events, body: try #require(try YAML.read(Array(event.utf8), file: "e").first?.value), fieldManager: "test",
                    class: .managed)
            }
            let events = await stage.program.run("events", "web")
            let lines = events.output.split(separator: "\n")
            #expect(lines.count == 3 && lines[1].contains("note a") && lines[2].contains("note b"), "\(events)")
            #expect(!events.output.contains("\u{1B}"))
            #expect(try JSON.read(Array(await stage.program.run("events", "-A", "-o", "json").output.utf8))["items"]?.array?.count == 2)

            let map = """
                apiVersion: v1
                kind: ConfigMap
                metadata: {namespace: default, name: flags, annotations: {belay.dev/application: default/web, belay.dev/source: "deploy/flags.yaml"}}
                data: {a: b}
                """
            let maps = APIResource(
                groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"), resource: "configmaps", namespaced: true)
            _ = try await stage.client.create(
                maps, body: try #require(try YAML.read(Array(map.utf8), file: "m").first?.value), fieldManager: "some-tool", class: .managed
            )
            let report = """
                apiVersion: belay.dev/v1alpha1
                kind: DriftReport
                metadata: {namespace: default, name: web}
                openCount: 1
                episodes:
                - {id: E1, object: {version: v1, kind: ConfigMap, namespace: default, name: flags}, type: modified, firstSeen: "2026-09-21T14:10:20Z", lastSeen: "2026-09-21T14:10:20Z",
                   fields: [{path: data.a, desired: c, live: b, manager: some-tool, operation: Update, time: "2026-09-21T14:10:20Z"}]}
                """
            let reports = APIResource(
                groupVersionKind: GroupVersionKind(group: "belay.dev", version: "v1alpha1", kind: "DriftReport"), resource: "driftreports",
                namespaced: true)
            _ = try await stage.client.create(
                reports, body: try #require(try YAML.read(Array(report.utf8), file: "r").first?.value), fieldManager: "test",
                class: .managed)
            let trace = await stage.program.run("trace", "cm/flags")
            #expect(trace.status == 0)
            for text in [
                "v1 ConfigMap default/flags", "default/web, OutOfSync", "deploy/flags.yaml", "main@sha1:\(Self.commit)", "some-tool",
                "data.a: c in Git, b live   by some-tool (Update)", "it is no member",
            ] {
                #expect(trace.output.contains(text), "\(text) in \(trace.output)")
            }
            #expect(await stage.program.run("trace", "cm/none").status == 2)
            let json = try JSON.read(Array(await stage.program.run("trace", "cm/flags", "-o", "json").output.utf8))
            #expect(json["application"] == "default/web" && json["file"] == "deploy/flags.yaml" && json["isMember"] == false)
            #expect(json["drift"]?.array?.count == 1)
            let status = try JSON.read(Array(await stage.program.run("status", "web", "-o", "json").output.utf8))
            #expect(status["items"]?[0]?["sync"] == "OutOfSync" && status["items"]?[0]?["concerns"]?.array?.count == 1)
            let nobody = await stage.program.run("events", "wbe")
            #expect(nobody.status == 2 && nobody.error.contains("did you mean web?"), "\(nobody)")
            try await stage.make("quiet")
            #expect(await stage.program.run("events", "quiet").error == "no events of default/quiet\n")
            #expect(await stage.program.run("get", "-l", "team=web").error.contains("no applications with the labels team=web"))
            #expect(await stage.program.run("get", "-l", "team!=web").output.contains("2 applications"))

            let drift = await stage.program.run("drift", "web", "-o", "json")
            #expect(drift.status == 1)
            #expect(try JSONSchema("drift-episode-list.schema.json").problems(try JSON.read(Array(drift.output.utf8))) == [])
            #expect(await stage.program.run("status", "web").output.contains("data.a: c in Git, b live"))
            #expect(await stage.program.run("drift", "--journal", "none.db").status == 2)
        }
    }

    /// A pod is of its Deployment: the ReplicaSet between has the Deployment's annotations, and is no member.
    @Test func aPodIsTracedToItsDeployment() async throws {
        try await withStage { stage in
            try await stage.make("web", status: "{lastAppliedRevision: \"main@sha1:\(Self.commit)\", \(Self.ready("True", "Succeeded"))}")
            let label = ApplySet.id(name: "web", namespace: "default", kind: "Application", group: "belay.dev")
            let marks = "annotations: {belay.dev/application: default/web, belay.dev/source: deploy/web.yaml}"
            let template =
                "template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: \"example.com/web:1\"}]}}"
            var owner = ""
            for (kind, resource, own) in [
                ("Deployment", "deployments", "labels: {applyset.kubernetes.io/part-of: \(label)}, \(marks)"),
                ("ReplicaSet", "replicasets", marks), ("Pod", "pods", "labels: {app: web}"),
            ] {
                let isPod = kind == "Pod"
                let spec =
                    isPod
                    ? "{containers: [{name: web, image: \"example.com/web:1\"}]}"
                    : "{replicas: 1, selector: {matchLabels: {app: web}}, \(template)}"
                let text = """
                    apiVersion: \(isPod ? "v1" : "apps/v1")
                    kind: \(kind)
                    metadata: {namespace: default, name: web-\(kind.lowercased()), \(own)\(owner)}
                    spec: \(spec)
                    """
                let made = try await stage.client.create(
                    APIResource(
                        groupVersionKind: GroupVersionKind(group: isPod ? "" : "apps", version: "v1", kind: kind), resource: resource,
                        namespaced: true),
                    body: try #require(try YAML.read(Array(text.utf8), file: "o").first?.value), fieldManager: "test", class: .managed)
                let uid = try #require(made.object.uid)
                owner =
                    ", ownerReferences: [{apiVersion: apps/v1, kind: \(kind), name: web-\(kind.lowercased()), uid: \(uid), controller: true}]"
            }
            let trace = await stage.program.run("trace", "pod/web-pod")
            #expect(trace.status == 0, "\(trace)")
            for text in [
                "v1 Pod default/web-pod", "Made by      ReplicaSet default/web-replicaset",
                "Made by      Deployment default/web-deployment", "default/web, Synced",
                "deploy/web.yaml",
            ] {
                #expect(trace.output.contains(text), "\(text) in \(trace.output)")
            }
            #expect(!trace.output.contains("it is no member"), "\(trace)")
            let json = try JSON.read(Array(await stage.program.run("trace", "pod/web-pod", "-o", "json").output.utf8))
            #expect(json["objects"]?.array?.compactMap { $0["kind"]?.string } == ["Pod", "ReplicaSet", "Deployment"])
            #expect(json["isMember"] == true)
        }
    }

    @Test func nothingFromOutsideSteersTheTerminal() async throws {
        try await withStage { stage in
            let evil = "\\e[2J\\u202E\\u009b31m\\r\\n$(reboot)"
            try await stage.make(
                "web", spec: ", suspend: {reason: \"\(evil)\"}, drift: {holds: [{kind: \"K;rm\", name: \"\(evil)\", reason: \"\(evil)\"}]}",
                status: """
                    {lastAppliedRevision: "\(evil)", lastAttemptedRevision: "x\(evil)", pendingRevision: "\(evil)", openDrift: 3, health: degraded,
                    conditions: [{type: Ready, status: "False", reason: Failed, message: "\(evil)", lastTransitionTime: "2026-09-21T14:10:20Z"},
                    {type: "\(evil)", status: "True", reason: X, message: "\(evil)", lastTransitionTime: "2026-09-21T14:10:20Z"}],
                    runs: [{id: "\\e[2J", phase: "\\e[2J", trigger: "\(evil)", revision: "\(evil)", message: "\(evil)"}]}
                    """)
            let lines = [
                ["get"], ["get", "-o", "wide"], ["get", "-o", "json"], ["get", "-o", "yaml"], ["status"], ["status", "web"],
                ["status", "web", "-o", "wide"],
                ["sync", "web"], ["sync", "web", "-o", "json"], ["wait", "web"], ["history"], ["drift"],
                ["rollback", "web", "--reason", "x"], ["resume", "web"],
                ["wait", "web", "--timeout", "50ms"], ["rollback", "web", "abc", "--reason", "x"],
                ["hold", "web", "deploy/x", "--release"],
            ]
            for line in lines {
                let run = await stage.program.run(words: line)
                let text = run.output + run.error
                #expect(
                    !text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || (0x7F...0x9F).contains($0.value) || $0 == "\u{202E}" },
                    "\(line): \(text)")
                #expect(run.status != 2 || !["get", "status", "sync"].contains(line[0]), "\(run)")
            }
        }
    }

    @Test func historyOfTheCluster() async throws {
        try await withStage { stage in
            try await stage.make(
                "web",
                status: """
                    {counts: {create: 2}, runs: [{id: 01K5PQ0000BBBBBBBBBBBBBBBB, phase: succeeded, revision: "main@sha1:\(Self.commit)", trigger: poll, startedAt: "2026-09-21T14:10:20Z", finishedAt: "2026-09-21T14:10:30Z", message: done},
                    {id: 01K5PQ0000AAAAAAAAAAAAAAAA, phase: failed, revision: "main@sha1:\(Self.commit)"}, {id: x, phase: dreaming}]}
                    """)
            let json = await stage.program.run("history", "web", "-o", "json")
            let value = try JSON.read(Array(json.output.utf8))
            #expect(try JSONSchema("sync-run-list.schema.json").problems(value) == [])
            #expect(value["items"]?.array?.count == 2 && value["items"]?[0]?["outcome"] == "done")
            #expect(await stage.program.run("history", "--cluster").output.contains("2 create"))
            #expect(await stage.program.run("history", "--cluster", "--journal", "x").status == 2)
        }
    }

    static func record(_ application: String, id: String = ULID.now(), cluster: String = "c", at path: String) async throws {
        let journal = try Journal(path: path)
        let run = SyncRun(
            id: id, application: application, cluster: cluster, revision: "main@sha1:\(commit)", treeID: "t", trigger: "cli",
            actor: "ana", startedAt: HandMade.threeMinutesAgo, planDigest: "d")
        try await journal.begin(run, operations: [], inventory: [], drift: [])
        try await journal.close()
    }

    /// The cluster's own word goes before a journal that happens to lie on this machine.
    @Test func whatTheClusterHasIsReadThere() async throws {
        try await withStage { stage in
            for verb in ["history", "drift"] {
                let missing = await stage.program.run(verb, "nosuch", "-n", "shop")
                #expect(missing.status == 2 && missing.error.contains("there is no Application shop/nosuch"), "\(missing)")
            }
            for name in ["default/web", "shop/local"] { try await Self.record(name, at: stage.program.journal) }
            try await stage.make(
                "web",
                status: """
                    {openDrift: 2, runs: [{id: 01K5PQ0000BBBBBBBBBBBBBBBB, phase: succeeded, revision: "main@sha1:\(Self.commit)", startedAt: "2026-09-21T14:10:20Z"}]}
                    """)
            let runs = await stage.program.run("history", "web")
            #expect(runs.output.contains("01K5PQ0000BBBBBBBBBBBBBBBB") && runs.error.contains("read from the cluster (context "), "\(runs)")
            #expect(await stage.program.run("drift", "web").status == 1)
            #expect(await stage.program.run("drift", "web", "--no-cluster").status == 0)
            let local = await stage.program.run("history", "local", "-n", "shop")
            #expect(local.output.contains("shop/local") && local.error.contains("not from a cluster"), "\(local)")
            #expect(await stage.program.run("history", "nosuch").status == 2)
            #expect(await stage.program.run("drift", "local", "-n", "shop", "--cluster").status == 2)
        }
    }

    /// A request is what `belay sync` sends, too: it would let go what waits.
    @Test func whatIsSyncedByHandIsNotAsked() async throws {
        try await withStage { stage in
            let other = String(repeating: "1", count: 40)
            let held =
                "{observedGeneration: 1, lastAppliedRevision: \"main@sha1:\(other)\", lastAttemptedRevision: \"main@sha1:\(other)\", pendingRevision: \"main@sha1:\(Self.commit)\", \(Self.ready("False", "Held", "it waits for belay sync"))}"
            try await stage.make("web", spec: ", sync: {mode: Manual}", status: held)
            let run = await stage.program.run("wait", "--commit", Self.commit)
            #expect(run.status == 6 && run.error.contains("hint: belay sync default/web"), "\(run)")
            #expect(Self.request(try await stage.read("web")) == nil)
            // Not seen yet: whoever waits for the controller's own look asks for none either.
            let late = await stage.program.run("wait", "--commit", String(repeating: "9", count: 40), "--timeout", "50ms")
            #expect(late.status == 3 && late.error.contains("sync.mode is Manual for default/web"), "\(late)")
            #expect(Self.request(try await stage.read("web")) == nil)
        }
    }

    @Test func aClusterWithoutTheKindsSaysSo() async throws {
        let server = SandboxServer(controllers: false)
        let address = try await server.start()
        try await withProgram { program in
            var program = program
            try program.write(address.kubeconfigYAML, to: "kubeconfig")
            program.environment["KUBECONFIG"] = program.folder + "/kubeconfig"
            for line in [["get"], ["status", "web"], ["sync", "web"], ["suspend", "web", "--reason", "x"]] {
                let run = await program.run(words: line)
                #expect(run.status == 2 && run.error.contains("belay install --crds-only"), "\(run)")
            }
            try program.write(address.kubeconfigYAML.replacing(#/token: .*/#, with: "token: wrong"), to: "kubeconfig")
            #expect(await program.run("sync", "web").status == 4)
            // What cannot be asked is no answer; not even where there is a journal.
            for verb in ["history", "drift"] {
                #expect(await program.run(verb).status == 4)
                #expect(await program.run(verb, "--cluster").status == 4)
                #expect(await program.run(verb, "web", "-n", "shop").status == 4)
                #expect(await program.run(verb, "--journal", "none.db").status == 2)
            }
            try await Self.record("shop/local", at: program.journal)
            let old = await program.run("history")
            #expect(old.status == 4 && old.error.contains("--no-cluster"), "\(old)")
            // Who names a journal has one, whatever the cluster says.
            let named = await program.run("history", "--journal", program.journal)
            #expect(named.status == 0 && named.output.contains("shop/local") && named.error.contains("cannot be asked"), "\(named)")
            try program.write(address.kubeconfigYAML, to: "kubeconfig")
            let local = await program.run("history", "local")
            #expect(local.status == 0 && local.output.contains("shop/local"), "\(local)")
            #expect(local.error.contains("read from the journal \(program.journal)"), "\(local)")
            // A cluster on another machine that nobody named is read, and not written to.
            let elsewhere = address.kubeconfigYAML.replacing(
                #/(\n *)server: .*/#, with: { "\($0.1)server: https://192.0.2.1:6443\($0.1)proxy-url: http://127.0.0.1:1" })
            try program.write(elsewhere, to: "kubeconfig")
            for line in [
                ["get"], ["status"], ["events"], ["history"], ["drift"], ["trace", "cm/x"], ["wait", "web", "--timeout", "1s"],
            ] {
                let run = await program.run(words: line)
                #expect(run.status == 4 && run.error.contains("192.0.2.1"), "\(line): \(run)")
            }
            for line in [["suspend", "web", "--reason", "x"], ["sync", "web"], ["wait", "--commit", Self.commit]] {
                let run = await program.run(words: line)
                #expect(run.status == 2 && run.error.contains("--context"), "\(line): \(run)")
            }
            #expect(await program.run("history", "local", "--no-cluster").status == 0)
            program.environment["KUBECONFIG"] = "/dev/null"
            #expect(await program.run("drift", "web").status == 2)
            program.environment["KUBECONFIG"] = nil
            #expect(await program.run("history", "local").output.contains("shop/local"))
        }
        await server.shutdown()
    }
}
