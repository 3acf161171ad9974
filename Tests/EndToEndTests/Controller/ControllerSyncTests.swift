// The controller follows Git: commits, broken ones too, and what an Application says of when and in what order they are applied.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerSyncTests {
    @Test func aCommitIsAppliedByItself() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply()
            try await kept.applied(first)
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
            let second = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "2"), "deploy/b.yaml": Manifests.configMap("b"),
            ])
            try await kept.applied(second)
            #expect(try await kept.live("configmap/a", "data", "level") == "2")
            #expect(try await kept.live("configmap/b", "data", "level") == "1")
            try kept.repository.remove("deploy/b.yaml")
            let third = try await kept.repository.commit()
            try await kept.applied(third)
            #expect(try await kept.team.object("configmap/b") == nil)

            let application = try #require(try await kept.application())
            let status = try #require(application["status"])
            #expect(status["observedGeneration"] == application.at("metadata", "generation"))
            #expect(status["members"] == 1)
            #expect(status["health"] == "healthy")
            #expect(status["openDrift"] == 0)
            #expect(status["pendingRevision"] == nil)
            #expect(JSON.write(status).count < 10_000)
            let runs = try await kept.history()
            #expect(runs.map { $0["revision"]?.string } == [third, second, first].map { "main@sha1:\($0)" })
            #expect(runs.allSatisfy { $0["phase"] == "succeeded" && $0["actor"] == "controller" })
            #expect(status["runs"]?.array?.map { $0["id"] } == runs.map { $0["id"] })
        }
    }

    /// A commit elsewhere in the repository is none for this Application.
    @Test func aCommitThatTouchesAnotherPathAsksTheClusterNothing() async throws {
        try await withController { kept in
            try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a"), "other/b.yaml": Manifests.configMap("b")])
            let both = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "2")])
            try await kept.apply()
            try await kept.applied(both)
            let sent = try await kept.team.cluster.requests(of: "belay") {
                try await kept.repository.commit(["other/b.yaml": Manifests.configMap("b", "2")])
                let last = try await kept.repository.git("rev-parse", "HEAD")
                try await kept.eventually("the commit is seen") { kept.controller.log.contains(last) }
            }
            #expect(sent.filter { $0.resource != "leases" && $0.verb != "watch" } == [])
            #expect(try await kept.history().count == 1)
        }
    }

    @Test func aBrokenCommitChangesNothingAndSaysWhere() async throws {
        try await withController { kept in
            let good = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "1"), "deploy/b.yaml": Manifests.configMap("b", "1"),
            ])
            try await kept.apply()
            try await kept.applied(good)
            let broken = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "2"), "deploy/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b\n",
            ])
            try await kept.ready("not RenderFailed: main@sha1:\(broken)")
            #expect(try await kept.condition().contains("deploy/b.yaml:"))
            #expect(try await kept.condition("Stalled").hasPrefix("RenderFailed"))
            #expect(try await kept.status("pendingRevision") == .string("main@sha1:\(broken)"))
            #expect(try await kept.status("lastAppliedRevision") == .string("main@sha1:\(good)"))
            #expect(try await kept.live("configmap/a", "data", "level") == "1")

            // What was there is still kept.
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("the drift is put right") { try await kept.live("configmap/a", "data", "level") == "1" }
            try await kept.eventually("the episode is closed") { try await kept.drift().first?["resolution"] == "reverted" }
            #expect(try await kept.condition().hasPrefix("not RenderFailed: main@sha1:\(broken)"))

            let mended = try await kept.repository.commit(["deploy/b.yaml": Manifests.configMap("b", "2")])
            try await kept.applied(mended)
            #expect(try await kept.live("configmap/a", "data", "level") == "2")
            #expect(try await kept.live("configmap/b", "data", "level") == "2")
            #expect(try await kept.status("pendingRevision") == nil)
        }
    }

    @Test func inManualModeACommitWaitsUntilSomebodyAsks() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply("app", "sync: {mode: Manual}")
            try await kept.ready("not Held: main@sha1:\(first) waits for belay sync app")
            #expect(try await kept.team.object("configmap/a") == nil)
            try await kept.annotate("app", "reconcile.belay.dev/requestedAt=2026-01-01T00:00:00.001Z")
            try await kept.applied(first)
            #expect(try await kept.status("lastHandledReconcileAt") == "2026-01-01T00:00:00.001Z")
            let second = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "2")])
            try await kept.eventually("the commit waits visibly") {
                try await kept.status("pendingRevision") == .string("main@sha1:\(second)")
            }
            #expect(try await kept.condition().hasPrefix("not Held: main@sha1:\(second) waits for belay sync app"))
            // Drift is put right to what was applied.
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("the drift is put right") { try await kept.live("configmap/a", "data", "level") == "1" }
            // Who asks for what is applied has it, whatever waits.
            let again = try await kept.team.run("sync", "\(kept.namespace)/app", "--revision", first)
            #expect(again.status == 0, "\(again)")
            // Who has looked at one commit does not let another one through.
            let third = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "3")])
            let other = try await kept.team.run("sync", "\(kept.namespace)/app", "--revision", second)
            #expect(other.status == 5 && other.says("nothing was applied"), "\(other)")
            #expect(other.says("main@sha1:\(third.prefix(7)) is there now"), "\(other)")
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
            let this = try await kept.team.run("sync", "\(kept.namespace)/app", "--revision", String(third.prefix(12)))
            #expect(this.status == 0, "\(this)")
            #expect(try await kept.live("configmap/a", "data", "level") == "3")
        }
    }

    /// What was in the way went by itself: nobody has to ask twice.
    @Test func aWishInManualModeOutlastsWhatStoodInItsWay() async throws {
        try await withController { kept in
            let kind = WidgetKind(group: "w\(kept.namespace.suffix(8)).example.com")
            let first = try await kept.repository.commit(["deploy/a.yaml": kind.manifest("a")])
            try await kept.apply("app", "sync: {mode: Manual}")
            try await kept.ready("not Held: ")
            let asked = try await kept.team.run("sync", "\(kept.namespace)/app")
            #expect(asked.status != 0 && asked.says("Widget"), "\(asked)")
            try await kept.kubectl("apply", "-f", "-", input: kind.definition)
            try await kept.applied(first, for: .seconds(60))
            let second = try await kept.repository.commit(["deploy/b.yaml": Manifests.configMap("b")])
            try await kept.ready("not Held: main@sha1:\(second) waits for belay sync app")
        }
    }

    @Test func suspendedNothingIsWrittenUntilTheEnd() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply()
            try await kept.applied(first)
            let end = Date().addingTimeInterval(8)
            try await kept.patch("app", #"{"suspend":{"reason":"incident 4711","until":"\#(Moments.text(end))"}}"#)
            try await kept.ready("not Suspended: suspended until")
            #expect(try await kept.condition().hasSuffix("incident 4711"))
            let second = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "2")])
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"color":"red"}}"#)
            try await kept.eventually("the commit is seen") { kept.controller.log.contains(second) }
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
            #expect(try await kept.live("configmap/a", "data", "color") == "red")
            #expect(Date() < end, "the machine was too slow for this test")
            try await kept.applied(second)
            #expect(Date() >= end)
            #expect(try await kept.live("configmap/a", "data", "color") == "blue")
        }
    }

    @Test func anApplicationWaitsForThoseThatItDependsOn() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "infra/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: infra\n", "deploy/b.yaml": Manifests.configMap("b"),
            ])
            try await kept.apply("app", "dependsOn: [{name: infra}]")
            try await kept.ready("not DependencyNotReady: waits for Application \(kept.namespace)/infra, which does not exist")
            try await kept.apply("infra", path: "infra")
            try await kept.ready("not RenderFailed: main@sha1:\(first)", of: "infra")
            try await kept.ready("not DependencyNotReady: waits for Application \(kept.namespace)/infra, which is not ready")
            #expect(try await kept.team.object("configmap/b") == nil)
            let second = try await kept.repository.commit(["infra/a.yaml": Manifests.configMap("infra")])
            try await kept.applied(second, of: "infra")
            try await kept.eventually("the one that waited is applied") { try await kept.team.object("configmap/b") != nil }
            try await kept.ready("Succeeded: ")
        }
    }

    /// A commit that changes both is applied where the other depends on it first, and not at all where that cannot be.
    @Test func oneCommitGoesToTheDependencyFirst() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "base/b.yaml": Manifests.configMap("b", "1"), "deploy/a.yaml": Manifests.configMap("a", "1"),
            ])
            try await kept.apply("base", path: "base")
            try await kept.apply("app", "dependsOn: [{name: base}]")
            try await kept.applied(first)
            for round in 2...6 {
                // What breaks the one is not applied of the other either.
                let broken = try await kept.repository.commit([
                    "base/b.yaml": "kind: [\n", "deploy/a.yaml": Manifests.configMap("a", "broken \(round)"),
                ])
                try await kept.ready("not RenderFailed: main@sha1:\(broken)", of: "base")
                try await kept.ready("not DependencyNotReady: ")
                #expect(try await kept.live("configmap/a", "data", "level") == .string("\(round - 1)"))
                let mended = try await kept.repository.commit([
                    "base/b.yaml": Manifests.configMap("b", "\(round)"), "deploy/a.yaml": Manifests.configMap("a", "\(round)"),
                ])
                try await kept.applied(mended, of: "base")
                try await kept.applied(mended)
            }
            let runs = try await kept.history()
            #expect(runs.count == 6)
        }
    }

    /// Drift of what waits is put right to what is applied, not to what waits.
    @Test func driftDoesNotApplyWhatWaitsForAnother() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "base/b.yaml": Manifests.configMap("b"), "deploy/a.yaml": Manifests.configMap("a", "1"),
            ])
            try await kept.apply("base", path: "base")
            try await kept.apply("app", "dependsOn: [{name: base}]")
            try await kept.applied(first)
            let broken = try await kept.repository.commit(["base/b.yaml": "kind: [\n"])
            try await kept.ready("not RenderFailed: main@sha1:\(broken)", of: "base")
            let second = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "2")])
            try await kept.ready("not DependencyNotReady: ")
            try await kept.kubectl("patch", "configmap", "a", "--type=merge", "-p", "{\"data\":{\"level\":\"9\"}}")
            try await kept.eventually("the drift is put right") { try await kept.live("configmap/a", "data", "level") == "1" }
            #expect(try await kept.condition().hasPrefix("not DependencyNotReady: "))
            #expect(try await kept.status("lastAppliedRevision") != .string("main@sha1:\(second)"))
        }
    }

    /// What comes while a turn is at work is answered by a turn of its own.
    @Test func aRequestThatComesAmidATurnIsNotLost() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a")])
            try await kept.apply()
            try await kept.applied(first)
            for round in 0..<12 {
                let stamps = ["1", "2", "3"].map { "2026-01-01T00:00:00.\(100 + round)\($0)Z" }
                for stamp in stamps { try await kept.annotate("app", "reconcile.belay.dev/requestedAt=\(stamp)") }
                try await kept.eventually("the last request of round \(round) is answered", for: .seconds(15)) {
                    try await kept.status("lastHandledReconcileAt")?.string == stamps.last
                }
            }
        }
    }

    @Test func anInvalidApplicationHoldsUpNobodyElse() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a")])
            // Good for the server's schema, not for Belay: a range of versions that is none.
            let text = """
                apiVersion: belay.dev/v1alpha1
                kind: Application
                metadata: {name: bad, namespace: \(kept.namespace)}
                spec:
                  source: {repoURL: "\(kept.repository.path)", ref: {semver: "what is this"}, path: deploy}
                """
            try await kept.kubectl("apply", "-f", "-", input: text)
            try await kept.apply()
            try await kept.applied(first)
            try await kept.ready("not InvalidSource: ", of: "bad")
            #expect(try await kept.condition("Stalled", of: "bad").hasPrefix("InvalidSource: "))
        }
    }

    @Test(arguments: ["Prune", "Orphan"]) func theEndOfAnApplication(_ policy: String) async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a"), "deploy/web.yaml": Manifests.deployment("web"),
                "deploy/kept.yaml": Manifests.configMap("kept", annotations: "{belay.dev/prune: disabled}"),
            ])
            try await kept.apply("app", "deletionPolicy: \(policy)")
            try await kept.applied(first)
            try await kept.kubectl("delete", "applications.belay.dev/app", "--timeout=60s")
            #expect(try await kept.application() == nil)
            let isGone = policy == "Prune"
            #expect((try await kept.team.object("configmap/a") == nil) == isGone)
            #expect((try await kept.team.object("deployment/web") == nil) == isGone)
            #expect(try await kept.team.object("configmap/kept") != nil)
        }
    }

    @Test func aNamespaceIsMadeForTheObjects() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a")])
            let target = kept.namespace + "-made"
            try await kept.apply("app", destination: target, "sync: {createNamespace: true}")
            try await kept.applied(first)
            let made = try await kept.team.cluster.kubectl("-n", target, "get", "configmap/a", "-o", "name")
            #expect(made.status == 0, "\(made)")
            // It is no member: with the Application it does not go.
            try await kept.kubectl("delete", "applications.belay.dev/app", "--timeout=60s")
            let left = try await kept.team.cluster.kubectl("get", "namespace/\(target)", "-o", "name")
            #expect(left.status == 0, "\(left)")
        }
    }

    @Test func theSetOfACommandLineRunIsTakenOver() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a"), "deploy/b.yaml": Manifests.configMap("b"),
                "deploy/web.yaml": Manifests.deployment("web"), "deploy/c.yaml": Manifests.configMap("c"),
            ])
            let machine = kept.team.onAnotherMachine()
            let applied = try await machine.belay("apply")
            #expect(applied.status == 0, "\(applied)")
            var before: [String: String?] = [:]
            for target in ["configmap/a", "configmap/b", "configmap/c", "deployment/web"] { before[target] = try await kept.uid(target) }
            try await kept.apply()
            try await kept.applied(first)
            try await kept.eventually("the ConfigMap parent is gone") { try await kept.team.object("configmap/belay-app") == nil }
            for (target, uid) in before { #expect(try await kept.uid(target) == uid, "\(target)") }
            let id = try await kept.live("applications.belay.dev/app", "metadata", "labels", "applyset.kubernetes.io/id")
            #expect(try await kept.live("configmap/a", "metadata", "labels", "applyset.kubernetes.io/part-of") == id)

            // What leaves Git goes, and the command line keeps its hands off.
            try kept.repository.remove("deploy/b.yaml")
            let second = try await kept.repository.commit()
            try await kept.applied(second)
            #expect(try await kept.team.object("configmap/b") == nil)
            let refused = try await machine.belay("apply")
            #expect(refused.status == 6, "\(refused)")
        }
    }

    /// Of three that wait for each other, none does any more when one of them lets go.
    @Test func aCircleThatIsBrokenIsNoneForAnyOfThem() async throws {
        try await withController { kept in
            try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a")])
            for (name, other) in [("one", "two"), ("two", "three"), ("three", "one")] {
                try await kept.apply(name, "dependsOn: [{name: \(other)}]")
            }
            try await kept.patch("one", #"{"interval":"2s"}"#)
            for name in ["one", "three"] { try await kept.ready("not DependencyNotReady: dependsOn goes in a circle", of: name) }
            try await kept.patch("three", #"{"dependsOn":[{"name":"nobody"}]}"#)
            for (name, other) in [("one", "two"), ("two", "three"), ("three", "nobody")] {
                try await kept.ready(
                    "not DependencyNotReady: waits for Application \(kept.namespace)/\(other), which", of: name, for: .seconds(10))
            }
        }
    }
}

/// Times as Applications have them.
enum Moments {
    static func text(_ date: Date) -> String { date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }
    static func date(_ text: String) -> Date? {
        (try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text))
    }
}
