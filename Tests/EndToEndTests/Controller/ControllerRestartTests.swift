// A controller that ends, in order or as in a power cut, and one whose journal is lost: nothing is written twice, nothing is missing.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ControllerRestartTests {
    private static let files = [
        "deploy/a.yaml": Manifests.configMap("a"), "deploy/web.yaml": Manifests.deployment("web"),
        "deploy/service.yaml": Manifests.service("web"), "deploy/secret.yaml": Manifests.secret("token", "one"),
        "deploy/gone.yaml": Manifests.configMap("gone"),
    ]

    private static let targets = ["configmap/a", "deployment/web", "service/web", "secret/token"]

    private func versions(_ kept: KeptScenario, _ targets: [String] = Self.targets) async throws -> [String?] {
        var versions: [String?] = []
        for target in targets { versions.append(try await kept.live(target, "metadata", "resourceVersion")?.string) }
        return versions
    }

    /// Starts the controller and waits until it has looked at everything: a commit that touches nothing is seen after that, unless it
    /// came before the first look.
    private func startAndLook(_ kept: KeptScenario) async throws {
        try kept.controller.start()
        for _ in 1...10 {
            let head = try await kept.repository.commit(["other/\(UUID().uuidString)": "x"])
            let isSeen: ()? = try? await Wait.until("the commit is seen", for: .seconds(6)) { kept.controller.log.contains(head) }
            if isSeen != nil { return }
        }
        throw TestSupportError("no commit is seen: \(kept.controller.tail)")
    }

    @Test func aRestartWithNothingToDoWritesOnlyTheLease() async throws {
        try await withController(controllers: true) { kept in
            let first = try await kept.repository.commit(Self.files)
            try await kept.apply()
            try await kept.applied(first)
            try await kept.healthy()
            try await kept.controller.stop()
            let application = try await kept.live("applications.belay.dev/app", "metadata", "resourceVersion")
            let before = try await versions(kept)
            for _ in 1...2 {
                let sent = try await kept.team.cluster.requests(of: "belay") {
                    try await startAndLook(kept)
                    try await kept.controller.stop()
                }
                #expect(sent.filter { $0.isWrite && $0.resource != "leases" } == [])
                #expect(sent.filter { $0.isDryRun } == [])
                #expect(sent.contains { $0.isWrite && $0.resource == "leases" })
            }
            #expect(try await versions(kept) == before)
            #expect(try await kept.live("applications.belay.dev/app", "metadata", "resourceVersion") == application)
            #expect(try await kept.history().count == 1)
        }
    }

    /// What was told stays told: a restart finds the same drift, and the same Applications that wait for each other.
    @Test func aRestartBesideOpenDriftWritesOnlyTheLease() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(Self.files.merging(["base/b.yaml": Manifests.configMap("b")]) { $1 })
            try await kept.apply("base", path: "base")
            try await kept.apply("app", "dependsOn: [{name: base}]", "drift: {policy: Report}")
            try await kept.applied(first)
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", "{\"data\":{\"level\":\"by hand\"}}")
            try await kept.eventually("the drift is told") { try await kept.status("openDrift") == 1 }
            try await kept.controller.stop()
            let runs = try await kept.history().count
            for _ in 1...2 {
                let sent = try await kept.team.cluster.requests(of: "belay") {
                    try await startAndLook(kept)
                    try await kept.controller.stop()
                }
                #expect(sent.filter { $0.isWrite && $0.resource != "leases" } == [])
            }
            #expect(try await kept.history().count == runs)
            #expect(try await kept.drift().count == 1)
        }
    }

    @Test func withNothingToDoThereAreOnlyWatchesAndTheLease() async throws {
        try await withController(controllers: true) { kept in
            let first = try await kept.repository.commit(Self.files)
            try await kept.apply()
            try await kept.apply("second", path: "second")
            let second = try await kept.repository.commit(["second/b.yaml": Manifests.configMap("b")])
            try await kept.applied(first)
            try await kept.applied(second, of: "second")
            try await kept.healthy()
            try await kept.healthy("second")
            let end = ContinuousClock.now.advanced(by: .seconds(20))
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try await Wait.until("twenty seconds have passed") { ContinuousClock.now >= end }
            }
            #expect(sent.filter { $0.resource != "leases" && $0.verb != "watch" } == [])
            #expect(sent.filter { $0.resource == "leases" }.count <= 6)
        }
    }

    @Test func theLossOfTheJournalDeletesAndRewritesNothing() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(Self.files)
            try await kept.apply()
            try await kept.applied(first)
            try await kept.controller.stop()
            let before = try await versions(kept)
            // Lost while the controller is away; and meanwhile something leaves Git.
            for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: kept.journal + end) }
            try kept.repository.remove("deploy/gone.yaml")
            let second = try await kept.repository.commit()
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try kept.controller.start()
                try await kept.applied(second, for: .seconds(60))
            }
            #expect(try await versions(kept) == before)
            #expect(sent.filter { $0.verb == "delete" } == [])
            #expect(try await kept.team.object("configmap/gone") != nil)
            // After one clean run the next removal in Git is one again.
            try kept.repository.remove("deploy/a.yaml")
            let third = try await kept.repository.commit()
            try await kept.applied(third)
            try await kept.eventually("both are gone") {
                let left = [try await kept.team.object("configmap/a"), try await kept.team.object("configmap/gone")]
                return left.allSatisfy { $0 == nil }
            }
        }
    }

    @Test func killedAtRandomUnderAStreamOfCommits() async throws {
        let kills = ProcessInfo.processInfo.environment["BELAY_KILLS"].flatMap { Int($0) } ?? 12
        try await withController(controllers: true) { kept in
            var commits = [try await kept.repository.commit(Self.files)]
            try await kept.apply()
            try await kept.applied(commits[0])
            var number = 0
            for round in 0..<kills {
                // Some commits, then the end at any moment of what they set off.
                for _ in 0..<Int.random(in: 1...2) {
                    number += 1
                    var files = ["deploy/a.yaml": Manifests.configMap("a", "\(number)")]
                    files["deploy/web.yaml"] = Manifests.deployment("web", level: "v\(number)")
                    files["deploy/more-\(number % 3).yaml"] = Manifests.configMap("more-\(number % 3)", "\(number)")
                    if number % 4 == 3 { try? kept.repository.remove("deploy/more-\((number + 1) % 3).yaml") }
                    commits.append(try await kept.repository.commit(files))
                }
                if round % 3 == 1 {
                    try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"color":"red"}}"#)
                }
                let end = ContinuousClock.now.advanced(by: .milliseconds(Int.random(in: 0...1500)))
                try await Wait.until("it is time") { ContinuousClock.now >= end }
                try await kept.controller.kill()
                // The dead one's lease is taken away: to wait for its end fifty times would tell nothing of the runs.
                try await kept.kubectl("delete", "lease", "belay-controller", "--ignore-not-found")
                try kept.controller.start()
            }
            let last = try #require(commits.last)
            try await kept.applied(last, for: .seconds(60))
            #expect(try await kept.live("configmap/a", "data", "level") == .string("\(number)"))
            #expect(try await kept.live("configmap/a", "data", "color") == "blue")
            try await kept.eventually("no episode is open") { try await kept.drift().allSatisfy { $0["state"] == "resolved" } }

            let runs = try await kept.history()
            let known = Set(commits.map { "main@sha1:\($0)" })
            #expect(runs.allSatisfy { known.contains($0["revision"]?.string ?? "") })
            #expect(runs.first?["revision"] == .string("main@sha1:\(last)"))
            #expect(Set(runs.compactMap { $0["id"]?.string }).count == runs.count)
            let open = runs.filter { !["succeeded", "interrupted", "superseded"].contains($0["phase"]?.string ?? "") }
            #expect(open == [])
            // When a run that was killed ended nobody knows.
            #expect(runs.allSatisfy { $0["finishedAt"]?.string != nil || $0["phase"] == "interrupted" })
            // The order of the commits is that of the runs.
            let order = runs.reversed().compactMap { run in commits.firstIndex { "main@sha1:\($0)" == run["revision"]?.string } }
            #expect(order == order.sorted(), "\(order)")
            // Each drift is told at most once, however often the controller died over it.
            try await kept.healthy()
            let drifts = try await kept.drift()
            #expect(drifts.count <= (kills + 1) / 3)
            print("killed \(kills) times under \(commits.count) commits: \(runs.count) runs, \(drifts.count) episodes")

            try await kept.controller.stop()
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try await startAndLook(kept)
                try await kept.controller.stop()
            }
            #expect(sent.filter { $0.isWrite && $0.resource != "leases" } == [])
            #expect(try await kept.history().count == runs.count)
        }
    }

    /// Where the journal cannot be written, nothing is; when it can be again, what it left open is closed, and the work goes on.
    @Test func aDiskThatIsFullForAWhileLeavesNoRunOpen() async throws {
        try await withController { kept in
            let front = Manifests.service("front").replacing("spec:", with: "spec:\n  type: LoadBalancer")
            let first = try await kept.repository.commit(["deploy/front.yaml": front])
            try await kept.apply("app", "health: {wait: true}")
            try await kept.eventually("it waits") { try await kept.history().first?["phase"] == "waiting" }
            try await kept.controller.limitFiles(true)
            try await kept.kubectl(
                "patch", "service/front", "--subresource=status", "--type=merge", "-p",
                #"{"status":{"loadBalancer":{"ingress":[{"ip":"192.0.2.1"}]}}}"#)
            try await kept.ready("not Failed: the journal cannot be used")
            #expect(try await kept.history().map { $0["phase"]?.string } == ["waiting"])
            try await kept.controller.limitFiles(false)
            try await kept.applied(first)
            #expect(try await kept.history().map { $0["phase"]?.string } == ["succeeded", "interrupted"])
        }
    }
}
