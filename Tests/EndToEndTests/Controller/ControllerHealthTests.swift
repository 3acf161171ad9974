// Health in the controller: told once, fed by the watches, and nobody else waits while a run waits for it.

import StructuredData
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerHealthTests {
    /// Without an address it is progressing, and nothing here gives it one.
    private static func front(_ name: String) -> String {
        Manifests.service(name).replacing("spec:", with: "spec:\n  type: LoadBalancer")
    }

    private func giveAddress(_ name: String, _ kept: KeptScenario) async throws {
        try await kept.kubectl(
            "patch", "service/\(name)", "--subresource=status", "--type=merge", "-p",
            #"{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}"#)
    }

    private static let files = [
        "deploy/web.yaml": Manifests.deployment("web"), "deploy/service.yaml": Manifests.service("web"),
        "deploy/a.yaml": Manifests.configMap("a"),
    ]

    /// The finalizer and the marks, then the status: where a controller sees the Deployment a moment after it was made, and where none does.
    @Test(arguments: [true, false]) func aFirstSyncWritesTheApplicationTwice(_ controllers: Bool) async throws {
        try await withController(controllers: controllers) { kept in
            let first = try await kept.repository.commit(Self.files)
            let isSeen = controllers || (kept.team.cluster.isReal && APIServer.hasControllers)
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try await kept.apply()
                try await kept.applied(first)
                try await kept.eventually("the health is told") {
                    try await kept.status("health") == (isSeen ? "healthy" : "progressing")
                }
                // What is still to come comes within a second, which is less than the pause between two looks at the repository.
                for number in 1...3 {
                    let head = try await kept.repository.commit(["other/x": "\(number)"])
                    try await kept.eventually("the commit is seen") { kept.controller.log.contains(head) }
                }
            }
            let own = sent.filter { $0.isWrite && $0.resource == "applications" && $0.namespace == kept.namespace }
            // Where the cluster's controllers took longer than a status waits for them, the health has really changed once more.
            let isLate = isSeen && own.count == 3
            #expect(own.map(\.subresource) == ["", "status"] + (isLate ? ["status"] : []))
            #expect(sent.filter { $0.isWrite && ["driftreports", "events"].contains($0.resource) } == [])
        }
    }

    @Test func otherRulesJudgeWhatIsThereAlready() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a")])
            try await kept.apply()
            try await kept.applied(first)
            try await kept.healthy()
            try await kept.patch("app", #"{"health":{"rules":[{"kind":"ConfigMap","healthy":[{"type":"Loaded","status":"True"}]}]}}"#)
            try await kept.eventually("the rule counts") { try await kept.status("health") == "progressing" }
            try await kept.patch("app", #"{"health":null}"#)
            try await kept.healthy()
        }
    }

    /// While its run waits for health, what hands do to what it applied is put right, and the wait goes on.
    @Test func aRunThatWaitsForHealthLeavesNoDriftStanding() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/front.yaml": Self.front("front"), "deploy/a.yaml": Manifests.configMap("a", "1"),
            ])
            try await kept.apply("app", "health: {wait: true}")
            try await kept.eventually("it waits") { try await kept.condition("Reconciling").hasPrefix("Progressing") }
            for value in ["8", "9"] {
                try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"\#(value)"}}"#)
                try await kept.eventually("the drift is put right", for: .seconds(10)) {
                    try await kept.live("configmap/a", "data", "level") == "1"
                }
            }
            try await kept.kubectl("delete", "configmap/a", "--wait=false")
            try await kept.eventually("it is made again", for: .seconds(10)) {
                try await kept.live("configmap/a", "data", "level") == "1"
            }
            try await kept.eventually("the last run waits, too") {
                let runs = try await kept.history()
                return runs.map { $0["phase"]?.string } == ["waiting", "superseded", "superseded", "superseded"]
            }
            let runs = try await kept.history()
            #expect(runs.prefix(3).allSatisfy { $0["trigger"] == "drift" }, "\(runs)")
            #expect(try await kept.condition().hasPrefix("not Progressing: "))
            let episodes = try await kept.drift()
            #expect(episodes.count == 3 && episodes.allSatisfy { $0["resolution"] == "reverted" }, "\(episodes)")

            // What is changed and put back by the same hand leaves nobody in the lurch either.
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"8"}}"#)
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"1"}}"#)
            try await kept.eventually("another run waits") {
                let runs = try await kept.history()
                return runs.count > 4 && runs.first?["phase"] == "waiting"
            }

            // With an address it is healthy, and the commit is applied.
            try await giveAddress("front", kept)
            try await kept.applied(first)
            #expect(try await kept.history().first?["phase"] == "succeeded")
        }
    }

    @Test func aWaveThatIsWaitedForLeavesNoDriftStandingAndTheNextOneForLater() async throws {
        try await withController { kept in
            func later(_ value: String) -> String { Manifests.configMap("b", value, annotations: #"{belay.dev/wave: "1"}"#) }
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "1"), "deploy/b.yaml": later("1"),
            ])
            try await kept.apply("app", "health: {wait: true}")
            try await kept.applied(first)
            // What a later wave writes is no hand's doing.
            let second = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "2"), "deploy/b.yaml": later("2"),
            ])
            try await kept.applied(second)
            #expect(try await kept.history().map { $0["phase"]?.string } == ["succeeded", "succeeded"])

            let third = try await kept.repository.commit(["deploy/front.yaml": Self.front("front"), "deploy/b.yaml": later("3")])
            try await kept.eventually("the first wave is there") { try await kept.team.object("service/front") != nil }
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("the drift is put right", for: .seconds(10)) {
                try await kept.live("configmap/a", "data", "level") == "2"
            }
            #expect(try await kept.live("configmap/b", "data", "level") == "2")
            #expect(try await kept.condition().hasPrefix("not Progressing: "))
            try await giveAddress("front", kept)
            try await kept.applied(third)
            #expect(try await kept.live("configmap/b", "data", "level") == "3")
            #expect(Set(try await kept.history().compactMap { $0["phase"]?.string }) == ["succeeded", "superseded"])
        }
    }

    /// In Manual mode a commit that nobody let through neither ends the wait for the one before it, nor takes it back.
    @Test func aCommitThatIsNotLetThroughTakesNothingBack() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply("app", "sync: {mode: Manual}", "health: {wait: true}")
            let sync = ["sync", "\(kept.namespace)/app"]
            #expect(try await kept.team.program.run(sync).status == 0)
            let second = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "2"), "deploy/front.yaml": Self.front("front"),
            ])
            #expect(try await kept.team.program.run(sync + ["--timeout", "3s"]).status == 3)
            #expect(try await kept.live("configmap/a", "data", "level") == "2")
            let third = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "3")])
            try await kept.eventually("the commit is seen") { kept.controller.log.contains(third) }
            // A restart knows what was let through.
            try await kept.controller.stop()
            try kept.controller.start()
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("the drift is put right to what was let through", for: .seconds(20)) {
                try await kept.live("configmap/a", "data", "level") == "2"
            }
            #expect(try await kept.team.object("service/front") != nil)
            try await giveAddress("front", kept)
            try await kept.eventually("it is applied") {
                try await kept.status("lastAppliedRevision") == .string("main@sha1:\(second)")
            }
            try await kept.ready("not Held: main@sha1:\(third) waits for belay sync app")
            #expect(try await kept.live("configmap/a", "data", "level") == "2")
            #expect(try await kept.history().count { $0["revision"] == .string("main@sha1:\(first)") } == 1)
        }
    }

    /// More of them than there are workers.
    @Test func runsThatWaitForHealthHoldNobodyUpAndAskNothing() async throws {
        try await withController { kept in
            let names = (1...20).map { "waits-\($0)" }
            var files = ["deploy/a.yaml": Manifests.configMap("a")]
            for name in names {
                files["\(name)/front.yaml"] = Self.front(name)
            }
            let first = try await kept.repository.commit(files)
            for name in names { try await kept.apply(name, path: name, "health: {wait: true}") }
            for name in names {
                try await kept.eventually("\(name) waits") { try await kept.condition("Reconciling", of: name).hasPrefix("Progressing") }
            }
            try await kept.apply()
            try await kept.applied(first)
            #expect(try await kept.condition("Reconciling", of: names[0]).hasPrefix("Progressing"))

            let end = ContinuousClock.now.advanced(by: .seconds(6))
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try await Wait.until("six seconds have passed") { ContinuousClock.now >= end }
            }
            #expect(sent.filter { $0.resource != "leases" && $0.verb != "watch" } == [])

            // One of them is told by its watch that all is well.
            let healed = try await kept.team.cluster.requests(of: "belay") {
                try await kept.kubectl(
                    "patch", "service/\(names[0])", "--subresource=status", "--type=merge", "-p",
                    #"{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}"#)
                try await kept.applied(first, of: names[0])
                #expect(try await kept.status("health", of: names[0]) == "healthy")
            }
            #expect(healed.filter { ["get", "list"].contains($0.verb) } == [])
        }
    }

    /// A member that is gone and stays so, because drift is only reported or the Application stands still.
    @Test func membersThatAreGoneAreMissing() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a"), "deploy/b.yaml": Manifests.configMap("b"),
                "deploy/job.yaml": "apiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\nspec:\n  ttlSecondsAfterFinished: 60\n"
                    + "  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: c, image: registry.example.com/c}]\n",
            ])
            try await kept.apply("app", "drift: {policy: Report}")
            try await kept.applied(first)
            try await kept.kubectl("delete", "job/once")
            try await kept.healthy()
            try await kept.kubectl("delete", "configmap/a")
            try await kept.eventually("it is missing") { try await kept.status("health") == "missing" }
            let drift = try await kept.condition("Drifted")
            #expect(drift.hasPrefix("DriftFound: ConfigMap") && drift.contains("deleted"), "\(drift)")
            // What only lost its label is there.
            try await kept.patch("app", #"{"drift":{"policy":"Correct"}}"#)
            try await kept.healthy()
            try await kept.patch("app", #"{"drift":{"policy":"Report"}}"#)
            try await kept.kubectl("label", "configmap/a", "applyset.kubernetes.io/part-of-")
            try await kept.eventually("it is drift") { try await kept.status("openDrift") == 1 }
            #expect(try await kept.status("health") == "healthy")
            #expect(try await kept.condition("Drifted").contains("unlabelled"))

            // While it stands still it goes on to say what it knows.
            let said = try await kept.condition("Drifted")
            try await kept.patch("app", #"{"suspend":{"reason":"a test"}}"#)
            try await kept.ready("not Suspended: ")
            #expect(try await kept.condition("Drifted") == said)
            let copy = try #require(try await kept.team.object("configmap/b"))
            try await kept.kubectl("delete", "configmap/b")
            try await kept.eventually("it is missing") { try await kept.status("health") == "missing" }
            var body: Value = ["apiVersion": "v1", "kind": "ConfigMap"]
            for name in ["name", "labels", "annotations"] { body.set(copy.at("metadata", name), at: ["metadata", name]) }
            body.set(copy["data"], at: ["data"])
            try await kept.kubectl("create", "-f", "-", input: String(decoding: JSON.write(body), as: UTF8.self))
            try await kept.healthy()
            try await kept.ready("not Suspended: ")
        }
    }

    /// Nothing of a first sync could be written.
    @Test func whatWasNeverMadeIsMissing() async throws {
        let isRefusing = Mutex(true)
        try await withController(answering: { method, target in
            guard method == "PATCH", target.contains("/configmaps/"), isRefusing.withLock({ $0 }) else { return nil }
            return Refusal.answer
        }) { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a")])
            try await kept.apply()
            try await kept.ready("not Failed: ")
            #expect(try await kept.status("health") == "missing")
            isRefusing.withLock { $0 = false }
            try await kept.applied(first)
            try await kept.healthy()
        }
    }
}
