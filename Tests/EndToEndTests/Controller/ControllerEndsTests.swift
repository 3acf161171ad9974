// Objects that are deleted and do not go: named while they hang, nothing else waits for them, and what was begun is brought to its end.

import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerEndsTests {
    private static let finalizer = "example.com/hold"

    /// As a program does that has to clean up before the object may go.
    private func hold(_ name: String, _ kept: KeptScenario) async throws {
        try await kept.kubectl(
            "patch", "configmap/\(name)", "--field-manager=holder", "--type=merge", "-p",
            #"{"metadata":{"finalizers":["\#(Self.finalizer)"]}}"#)
    }

    private func release(_ name: String, _ kept: KeptScenario) async throws {
        try await kept.kubectl(
            "patch", "configmap/\(name)", "--field-manager=holder", "--type=merge", "-p", #"{"metadata":{"finalizers":null}}"#)
    }

    private func awaited(_ name: String, _ kept: KeptScenario) -> String {
        "waits for ConfigMap \(kept.namespace)/\(name) to be gone (held by the finalizer \(Self.finalizer))"
    }

    private func isGoing(_ name: String, _ kept: KeptScenario) async throws -> Bool {
        try await kept.live("configmap/\(name)", "metadata", "deletionTimestamp") != nil
    }

    @Test func aMemberThatDoesNotGoHoldsUpNothingElse() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/web.yaml": Manifests.configMap("web"), "deploy/a.yaml": Manifests.configMap("a", "1"),
            ])
            try await kept.apply()
            try await kept.applied(first)
            try await hold("web", kept)
            let old = try await kept.uid("configmap/web")
            try await kept.kubectl("delete", "configmap/web", "--wait=false")
            try await kept.ready("not Progressing: main@sha1:\(first) is being applied; \(awaited("web", kept))")

            for value in ["8", "9"] {
                try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"\#(value)"}}"#)
                try await kept.eventually("the drift is put right", for: .seconds(10)) {
                    try await kept.live("configmap/a", "data", "level") == "1"
                }
            }
            let second = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "2")])
            try await kept.eventually("the commit is applied", for: .seconds(10)) {
                try await kept.live("configmap/a", "data", "level") == "2"
            }
            #expect(try await kept.uid("configmap/web") == old)
            #expect(try await isGoing("web", kept))
            try await kept.ready("not Progressing: main@sha1:\(second) is being applied; \(awaited("web", kept))")

            // While it hangs and nothing happens, little is asked and nothing is written.
            let end = ContinuousClock.now.advanced(by: .seconds(6))
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try await Wait.until("six seconds have passed") { ContinuousClock.now >= end }
            }
            let noise = sent.filter { $0.resource != "leases" && $0.verb != "watch" }
            #expect(noise.allSatisfy { $0.verb == "get" && $0.resource == "configmaps" } && noise.count <= 6, "\(noise)")

            try await release("web", kept)
            try await kept.applied(second)
            #expect(try await kept.live("configmap/web", "data", "level") == "1")
            #expect(try await kept.uid("configmap/web") != old)
            let runs = try await kept.history()
            #expect(runs.first?["phase"] == "succeeded")
            #expect(runs.count <= 6 && runs.dropFirst().dropLast().allSatisfy { $0["phase"] == "superseded" }, "\(runs)")
            let episodes = try await kept.drift()
            #expect(episodes.count == 3 && episodes.allSatisfy { $0["resolution"] == "reverted" }, "\(episodes)")
        }
    }

    /// More of them than there are workers.
    @Test func whatDoesNotGoHoldsNoWorkerUp() async throws {
        try await withController { kept in
            let names = (1...12).map { "hangs-\($0)" }
            var files = ["deploy/a.yaml": Manifests.configMap("a")]
            for name in names { files["\(name)/web.yaml"] = Manifests.configMap(name) }
            let first = try await kept.repository.commit(files)
            for name in names { try await kept.apply(name, path: name) }
            for name in names {
                try await kept.applied(first, of: name)
                try await hold(name, kept)
                try await kept.kubectl("delete", "configmap/\(name)", "--wait=false")
            }
            for name in names {
                try await kept.eventually("\(name) waits") { try await kept.condition(of: name).contains(awaited(name, kept)) }
            }
            try await kept.apply()
            try await kept.applied(first)
            for name in names { try await release(name, kept) }
            for name in names { try await kept.applied(first, of: name) }
        }
    }

    @Test func whatLeftGitAndDoesNotGoHoldsNoCommitUp() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/old.yaml": Manifests.configMap("old"), "deploy/a.yaml": Manifests.configMap("a", "1"),
            ])
            try await kept.apply()
            try await kept.applied(first)
            try await hold("old", kept)
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try kept.repository.remove("deploy/old.yaml")
                let second = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "2")])
                try await kept.ready("not Progressing: main@sha1:\(second) is being applied; \(awaited("old", kept))")
                let third = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "3")])
                try await kept.eventually("the commit is applied", for: .seconds(10)) {
                    try await kept.live("configmap/a", "data", "level") == "3"
                }
                #expect(try await isGoing("old", kept))
                try await kept.ready("not Progressing: main@sha1:\(third) is being applied; \(awaited("old", kept))")

                try await release("old", kept)
                try await kept.applied(third)
                #expect(try await kept.team.object("configmap/old") == nil)
            }
            #expect(sent.count { $0.verb == "delete" && $0.resource == "configmaps" } == 1)
            let runs = try await kept.history()
            #expect(runs.map { $0["phase"]?.string } == ["succeeded", "superseded", "succeeded"], "\(runs)")
            #expect(runs.map { $0.at("counts", "prune")?.int } == [1, 1, 0], "\(runs)")
        }
    }

    /// Made anew because Git says so, and waited for no longer than the time limit, whatever comes meanwhile.
    @Test func theTimeLimitCountsFromTheFirstRunThatWaits() async throws {
        try await withController { kept in
            func fixed(_ value: String) -> String {
                Manifests.configMap("fixed", value, annotations: "{belay.dev/recreate: allowed}") + "immutable: true\n"
            }
            let first = try await kept.repository.commit([
                "deploy/fixed.yaml": fixed("1"), "deploy/a.yaml": Manifests.configMap("a", "1"),
            ])
            try await kept.apply("app", "timeout: 20s")
            try await kept.applied(first)
            try await hold("fixed", kept)
            let begun = ContinuousClock.now
            _ = try await kept.repository.commit(["deploy/fixed.yaml": fixed("2")])
            try await kept.eventually("it is deleted") { try await isGoing("fixed", kept) }
            for value in ["7", "8", "9"] {
                try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"\#(value)"}}"#)
                try await kept.eventually("the drift is put right", for: .seconds(10)) {
                    try await kept.live("configmap/a", "data", "level") == "1"
                }
                let pause = ContinuousClock.now.advanced(by: .seconds(3))
                try await Wait.until("a moment has passed") { ContinuousClock.now >= pause }
            }
            try await kept.eventually("it is given up") { try await kept.condition().contains("still terminating, held by the finalizer") }
            #expect(ContinuousClock.now - begun < .seconds(35))
            let runs = try await kept.history()
            #expect(runs.contains { $0["phase"] == "partial" }, "\(runs)")
            try await release("fixed", kept)
            try await kept.eventually("it is made anew") { try await kept.live("configmap/fixed", "data", "level") == "2" }
        }
    }

    @Test func anApplicationThatCannotGoSaysWhatItWaitsFor() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/web.yaml": Manifests.configMap("web"), "deploy/a.yaml": Manifests.configMap("a", "1"),
            ])
            try await kept.apply()
            try await kept.applied(first)
            try await hold("web", kept)
            try await kept.kubectl("delete", "applications.belay.dev/app", "--wait=false")
            try await kept.ready("not Progressing: it is being deleted: \(awaited("web", kept))")
            try await kept.eventually("the rest is gone") { try await kept.team.object("configmap/a") == nil }
            try await release("web", kept)
            try await kept.eventually("it is gone") { try await kept.application() == nil }
            #expect(try await kept.team.object("configmap/web") == nil)
        }
    }

    @Test func whoeverLeavesTheObjectsNeedNotWaitForThem() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/web.yaml": Manifests.configMap("web")])
            try await kept.apply()
            try await kept.applied(first)
            try await hold("web", kept)
            try await kept.kubectl("delete", "applications.belay.dev/app", "--wait=false")
            try await kept.ready("not Progressing: it is being deleted: \(awaited("web", kept))")
            try await kept.patch("app", #"{"deletionPolicy":"Orphan"}"#)
            try await kept.eventually("it is gone", for: .seconds(10)) { try await kept.application() == nil }
            #expect(try await isGoing("web", kept))
            try await release("web", kept)
        }
    }
}
