// Drift that is not put right: what other managers may write, what is only reported, what is held, and what is fought over.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerLeniencyTests {
    private func scale(_ kept: KeptScenario, to replicas: Int) async throws {
        try await kept.kubectl(
            "patch", "deployment/web", "--subresource=scale", "--field-manager=kube-controller-manager", "--type=merge", "-p",
            #"{"spec":{"replicas":\#(replicas)}}"#)
    }

    /// Does nothing but wait until the controller has surely looked: something else of the same kind drifts and is put right.
    private func lookedAgain(_ kept: KeptScenario, at target: String = "configmap/marker") async throws {
        try await kept.kubectl("delete", target)
        try await kept.eventually("\(target) is back") { try await kept.team.object(target) != nil }
        try await kept.eventually("it is told") { try await kept.drift().allSatisfy { $0["state"] == "resolved" } }
    }

    static let rule = #"drift: {ignore: [{kind: Deployment, name: "*", paths: [/spec/replicas], managers: [kube-controller-manager]}]}"#

    /// As a HorizontalPodAutoscaler does it, with replicas in Git and an ignore rule, and with none in Git.
    @Test(arguments: [1, nil] as [Int?]) func anAutoscalersWritesAreNoDrift(_ replicas: Int?) async throws {
        try await withController { kept in
            let commit = try await kept.repository.commit([
                "deploy/web.yaml": Manifests.deployment("web", replicas: replicas), "deploy/marker.yaml": Manifests.configMap("marker"),
            ])
            if replicas == nil { try await kept.apply() } else { try await kept.apply("app", Self.rule) }
            try await kept.applied(commit)
            let sent = try await kept.team.cluster.requests(of: "belay") {
                for count in 2...6 { try await scale(kept, to: count) }
                try await lookedAgain(kept)
                for count in 3...5 { try await scale(kept, to: count) }
                try await lookedAgain(kept)
            }
            #expect(try await kept.live("deployment/web", "spec", "replicas") == 5)
            #expect(sent.filter { $0.resource == "deployments" && $0.isWrite } == [])
            #expect(try await kept.drift().map { $0.at("object", "name") } == ["marker", "marker"])
            // A new commit leaves them alone, too.
            let next = try await kept.repository.commit(["deploy/web.yaml": Manifests.deployment("web", replicas: replicas, level: "debug")]
            )
            try await kept.applied(next)
            #expect(try await kept.live("deployment/web", "spec", "replicas") == 5)
        }
    }

    @Test func underReportNothingIsWrittenAndItIsTold() async throws {
        try await withController { kept in
            let commit = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a")])
            try await kept.apply("app", "drift: {policy: Report}")
            try await kept.applied(commit)
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
                try await kept.eventually("it is told") { try await kept.status("openDrift") == 1 }
            }
            #expect(sent.filter { $0.resource == "configmaps" && $0.isWrite } == [])
            #expect(try await kept.condition("Drifted").hasPrefix("DriftFound: ConfigMap \(kept.namespace)/a modified (data.level) since"))
            try await kept.eventually("the report is there") {
                try await kept.live("driftreports.belay.dev/app", "openCount") == 1
            }
            let report = try #require(try await kept.live("driftreports.belay.dev/app", "episodes")?.array?.first)
            #expect(report.at("object", "name") == "a" && report["type"] == "modified")
            let field = try #require(report["fields"]?.array?.first)
            #expect(field["path"] == "data.level" && field["desired"] == "1" && field["live"] == "9")
            #expect(field["manager"] == "kubectl-patch" && field["operation"] == "Update" && field["time"]?.string != nil)
            #expect(try await kept.drift().map { $0["state"] } == ["open"])

            // Another field of the same object is part of the same episode.
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"color":"red"}}"#)
            try await kept.eventually("the other field is told") {
                try await kept.drift().first?["fields"]?.array?.count == 2
            }
            #expect(try await kept.drift().count == 1)
            // Undone by hand, it is over by itself.
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"color":"blue","level":"1"}}"#)
            try await kept.eventually("it is over") { try await kept.status("openDrift") == 0 }
            #expect(try await kept.drift().map { $0["resolution"] } == ["self-resolved"])
            try await kept.eventually("the report says so") { try await kept.live("driftreports.belay.dev/app", "openCount") == 0 }

            // The policy changes: what stands then is put right, once.
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"7"}}"#)
            try await kept.eventually("it is told") { try await kept.status("openDrift") == 1 }
            try await kept.patch("app", #"{"drift":{"policy":"Correct"}}"#)
            try await kept.eventually("it is put right") { try await kept.status("openDrift") == 0 }
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
            #expect(try await kept.drift().first?["resolution"] == "reverted")
        }
    }

    /// The object is by digest what it was the first time.
    @Test func theSameHandTwiceIsToldTwice() async throws {
        try await withController { kept in
            let commit = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a")])
            try await kept.apply("app", "drift: {policy: Report}")
            try await kept.applied(commit)
            for round in 1...2 {
                try await kept.kubectl("label", "configmap/a", "hand=left")
                try await kept.eventually("it is told, \(round)") { try await kept.status("openDrift") == 1 }
                try await kept.kubectl("label", "configmap/a", "hand-")
                try await kept.eventually("it is over, \(round)") { try await kept.status("openDrift") == 0 }
            }
            #expect(try await kept.drift().map { $0["type"] } == ["added", "added"])
            #expect(try await kept.drift().map { $0["resolution"] } == ["self-resolved", "self-resolved"])
        }
    }

    @Test func anObjectHasOneOpenEpisodeWhateverElseHappensToIt() async throws {
        try await withController { kept in
            let commit = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a")])
            try await kept.apply("app", "drift: {policy: Report}")
            try await kept.applied(commit)
            try await kept.kubectl("label", "configmap/a", "hand=left")
            try await kept.eventually("the label is told") { try await kept.status("openDrift") == 1 }
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("the value is told, too") { try await kept.drift().count == 2 }
            #expect(try await kept.status("openDrift") == 1)
            #expect(try await kept.drift().map { $0["state"] } == ["open", "resolved"])
            #expect(try await kept.drift().first?["fields"]?.array?.count == 2)
            try await kept.patch("app", #"{"drift":{"policy":"Correct"}}"#)
            try await kept.eventually("both are put right") { try await kept.status("openDrift") == 0 }
            #expect(try await kept.drift().map { $0["resolution"] } == ["reverted", "superseded"])
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
        }
    }

    @Test func aHeldObjectIsPutRightOnceAtTheEndOfTheHold() async throws {
        try await withController { kept in
            let commit = try await kept.repository.commit([
                "deploy/web.yaml": Manifests.deployment("web"), "deploy/a.yaml": Manifests.configMap("a"),
            ])
            let end = Date().addingTimeInterval(12)
            try await kept.apply(
                "app", "drift: {holds: [{kind: Deployment, name: web, reason: hotfix 4711, until: \"\(Moments.text(end))\"}]}")
            try await kept.applied(commit)
            let before = try await kept.live("deployment/web", "metadata", "generation")?.int ?? 0
            try await kept.kubectl("set", "env", "deployment/web", "LEVEL=debug")
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("the other object is put right") { try await kept.live("configmap/a", "data", "level") == "1" }
            try await kept.eventually("the held one is told") { try await kept.status("openDrift") == 1 }
            #expect(try await kept.live("deployment/web", "metadata", "generation")?.int == before + 1)
            #expect(Date() < end, "the machine was too slow for this test")
            try await kept.eventually("it is put right") { try await kept.status("openDrift") == 0 }
            #expect(Date() >= end)
            #expect(try await kept.live("deployment/web", "metadata", "generation")?.int == before + 2)
            let episodes = try await kept.drift().filter { $0.at("object", "name") == "web" }
            #expect(episodes.map { $0["resolution"] } == ["reverted"])
            #expect(episodes.first?["fields"]?.array?.first?["manager"] == "kubectl-set")
        }
    }

    @Test func aCommitDoesNotEndAHold() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a"), "deploy/b.yaml": Manifests.configMap("b"),
            ])
            try await kept.apply(
                "app", "drift: {holds: [{kind: ConfigMap, name: a, reason: hotfix 4711}, {kind: ConfigMap, name: b, reason: gone}]}")
            try await kept.applied(first)
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.kubectl("delete", "configmap/b")
            try await kept.eventually("both are told") { try await kept.status("openDrift") == 2 }
            let second = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a").replacing("color: blue", with: "color: red"),
                "deploy/b.yaml": Manifests.configMap("b", "2"),
            ])
            try await kept.applied(second)
            #expect(try await kept.live("configmap/a", "data", "color") == "red")
            #expect(try await kept.live("configmap/a", "data", "level") == "9")
            #expect(try await kept.team.object("configmap/b") == nil)
            try await kept.eventually("both are still told") { try await kept.status("openDrift") == 2 }
            #expect(try await kept.drift().allSatisfy { $0["state"] == "open" })
            try await kept.patch("app", #"{"drift":{"holds":null}}"#)
            try await kept.eventually("they are put right") { try await kept.status("openDrift") == 0 }
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
            #expect(try await kept.live("configmap/b", "data", "level") == "2")
            #expect(try await kept.drift().map { $0["resolution"] } == ["reverted", "reverted"])
        }
    }

    @Test func aFightEndsAfterFiveCorrectionsAndBothWritersAreNamed() async throws {
        try await withController { kept in
            let commit = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a"), "deploy/b.yaml": Manifests.configMap("b"),
            ])
            try await kept.apply()
            try await kept.applied(commit)
            func rewrite(_ value: String) async throws {
                try await kept.kubectl(
                    "patch", "configmap/a", "--field-manager=stubborn", "--type=merge", "-p", #"{"data":{"level":"\#(value)"}}"#)
            }
            for round in 1...5 {
                try await rewrite("9\(round)")
                try await kept.eventually("correction \(round)") { try await kept.live("configmap/a", "data", "level") == "1" }
                try await kept.eventually("record \(round)") { try await kept.drift().filter { $0["state"] == "resolved" }.count == round }
            }
            try await rewrite("final")
            try await kept.eventually("it is left and told") { try await kept.status("openDrift") == 1 }
            #expect(try await kept.live("configmap/a", "data", "level") == "final")
            let said = try await kept.condition("Drifted") + kept.condition()
            #expect(said.contains("stubborn") && said.contains("Belay"), "\(said)")
            // Others are still put right; a controller that starts again keeps its hands off, too.
            try await kept.controller.stop()
            try kept.controller.start()
            try await kept.kubectl("patch", "configmap/b", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("another object is put right") { try await kept.live("configmap/b", "data", "level") == "1" }
            #expect(try await kept.live("configmap/a", "data", "level") == "final")
            // Git gives in.
            let next = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "final")])
            try await kept.applied(next)
            try await kept.eventually("nothing is open") { try await kept.status("openDrift") == 0 }
        }
    }
}
