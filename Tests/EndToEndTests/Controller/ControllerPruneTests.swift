// What leaves Git is deleted, but never in masses without a word of somebody, and never because something could not be read.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerPruneTests {
    private func many(_ count: Int) -> [String: String] {
        Dictionary(uniqueKeysWithValues: (0..<count).map { ("deploy/m\($0).yaml", Manifests.configMap("m\($0)")) })
    }

    private func names(_ kept: KeptScenario) async throws -> Set<String> {
        let answer = try await kept.team.kubectl("get", "configmaps", "-l", "applyset.kubernetes.io/part-of", "-o", "json")
        return Set(try answer.json()["items"]?.array?.compactMap { $0.at("metadata", "name")?.string } ?? [])
    }

    @Test func aMassDeletionIsHeldUntilThatPlanIsApproved() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(many(50))
            try await kept.apply()
            try await kept.applied(first)
            for number in 10..<50 { try kept.repository.remove("deploy/m\(number).yaml") }
            let second = try await kept.repository.commit(["deploy/m0.yaml": Manifests.configMap("m0", "2")])
            try await kept.ready("not Held: main@sha1:\(second)")
            let digest = try #require(try await kept.status("planDigest")?.string)
            #expect(digest.count == 64)
            let said = try await kept.condition()
            #expect(said.contains("belay approve app -n \(kept.namespace) --plan \(digest.prefix(12))"), "\(said)")
            #expect(said.contains("40"), "\(said)")
            #expect(try await kept.condition("Stalled").hasPrefix("Held"))
            #expect(try await kept.status("pendingRevision") == .string("main@sha1:\(second)"))
            #expect(try await names(kept).count == 50)
            #expect(try await kept.live("configmap/m0", "data", "level") == "1")

            // Another digest lets nothing go.
            try await kept.annotate("app", "belay.dev/approve-plan=\(String(repeating: "0", count: 64))")
            try await kept.annotate("app", "reconcile.belay.dev/requestedAt=2026-01-01T00:00:00.001Z")
            try await kept.eventually("it was looked at again") {
                try await kept.status("lastHandledReconcileAt") == "2026-01-01T00:00:00.001Z"
            }
            #expect(try await names(kept).count == 50)
            #expect(try await kept.condition().hasPrefix("not Held: main@sha1:\(second)"))
            #expect(try await kept.status("planDigest")?.string == digest)

            try await kept.annotate("app", "belay.dev/approve-plan=\(digest)")
            try await kept.applied(second)
            #expect(try await names(kept) == Set((0..<10).map { "m\($0)" }))
            #expect(try await kept.live("configmap/m0", "data", "level") == "2")
            #expect(try await kept.history().first?["trigger"] == "approve")
            #expect(try await kept.status("pendingRevision") == nil)

            // The approval was for that plan only.
            for number in 1..<10 { try kept.repository.remove("deploy/m\(number).yaml") }
            let third = try await kept.repository.commit()
            try await kept.ready("not Held: main@sha1:\(third)")
            #expect(try await names(kept).count == 10)
        }
    }

    enum Loss: String, CaseIterable { case emptied, moved, branch }

    @Test(arguments: Loss.allCases) func whatCannotBeReadDeletesNothing(_ loss: Loss) async throws {
        try await withController { kept in
            var files = many(6)
            files["other/x.yaml"] = Manifests.configMap("x")
            try await kept.repository.commit(files)
            try await kept.repository.git("branch", "spare")
            let first = try await kept.repository.git("rev-parse", "HEAD")
            try await kept.apply()
            try await kept.applied(first)
            let aside = kept.repository.path + "-aside"
            switch loss {
            case .emptied:
                try kept.repository.remove("deploy")
                try await kept.repository.commit()
            case .moved: try FileManager.default.moveItem(atPath: kept.repository.path, toPath: aside)
            case .branch:
                try await kept.repository.git("checkout", "--quiet", "spare")
                try await kept.repository.git("branch", "--delete", "--force", "main")
            }
            try await kept.ready("not InvalidSource: ")
            let said = try await kept.condition()
            switch loss {
            case .emptied: #expect(said.contains("deploy"), "\(said)")
            case .moved: #expect(said.contains(kept.repository.path), "\(said)")
            case .branch: #expect(said.contains("main"), "\(said)")
            }
            #expect(try await names(kept).count == 6)
            // Meanwhile the last state is kept.
            try await kept.kubectl("delete", "configmap/m1")
            try await kept.eventually("it is back") { try await names(kept).count == 6 }

            switch loss {
            case .emptied: try await kept.repository.commit(files)
            case .moved: try FileManager.default.moveItem(atPath: aside, toPath: kept.repository.path)
            case .branch: try await kept.repository.git("checkout", "--quiet", "-b", "main")
            }
            try kept.repository.remove("deploy/m5.yaml")
            let last = try await kept.repository.commit()
            try await kept.applied(last, for: .seconds(60))
            #expect(try await names(kept).count == 5)
        }
    }

    /// What is not known yet after a restart keeps things from being deleted; it does not let the rest of a held commit through.
    @Test func aRestartDoesNotLiftTheHold() async throws {
        try await withController { kept in
            var files = many(6)
            files["second/b.yaml"] = Manifests.configMap("b")
            let first = try await kept.repository.commit(files)
            try await kept.apply()
            try await kept.apply("second", path: "second")
            try await kept.applied(first)
            try await kept.applied(first, of: "second")
            for number in 0..<4 { try kept.repository.remove("deploy/m\(number).yaml") }
            let second = try await kept.repository.commit(["deploy/m5.yaml": Manifests.configMap("m5", "2")])
            try await kept.ready("not Held: main@sha1:\(second)")
            _ = try await kept.controller.stop()
            try kept.controller.start()
            try await kept.annotate("app", "reconcile.belay.dev/requestedAt=2026-01-01T00:00:00.001Z")
            try await kept.eventually("it was looked at again") {
                try await kept.status("lastHandledReconcileAt") == "2026-01-01T00:00:00.001Z"
            }
            #expect(try await kept.condition().hasPrefix("not Held: main@sha1:\(second)"))
            #expect(try await kept.live("configmap/m5", "data", "level") == "1")
            #expect(try await kept.history().allSatisfy { $0["revision"]?.string == "main@sha1:\(first)" || $0["phase"] == "held" })
            #expect(try await names(kept).count == 7)
        }
    }

    /// A neighbour that cannot be rendered may want what goes: that waits, is said, and is done when the neighbour is mended.
    @Test func whatABrokenNeighbourMayWantIsDeletedLater() async throws {
        try await withController { kept in
            var files = many(3)
            files["second/b.yaml"] = Manifests.configMap("b")
            let first = try await kept.repository.commit(files)
            try await kept.apply()
            try await kept.apply("second", path: "second")
            try await kept.applied(first)
            try await kept.applied(first, of: "second")
            try kept.repository.remove("deploy/m0.yaml")
            let second = try await kept.repository.commit(["second/b.yaml": "kind: [\n"])
            try await kept.ready("not Progressing: main@sha1:\(second) is applied, but what left Git is not deleted yet")
            #expect(try await names(kept).contains("m0"))
            let third = try await kept.repository.commit(["second/b.yaml": Manifests.configMap("b", "2")])
            try await kept.applied(third, of: "second")
            try await kept.eventually("it is deleted", for: .seconds(60)) { try await !names(kept).contains("m0") }
            try await kept.ready("Succeeded: ")
        }
    }

    /// A definition that somebody deletes takes its objects with it; nothing else goes, and what it was is told.
    @Test func aDefinitionThatIsDeletedTakesNothingElseWithIt() async throws {
        try await withController { kept in
            let kind = WidgetKind(group: "w\(kept.namespace.suffix(8)).example.com")
            try await kept.kubectl("apply", "-f", "-", input: kind.definition)
            var files = many(3)
            files["deploy/w.yaml"] = kind.manifest("w")
            try await kept.eventually("the kind is served") {
                try await kept.team.kubectl("get", "widgets.\(kind.group)").status == 0
            }
            let first = try await kept.repository.commit(files)
            try await kept.apply()
            try await kept.applied(first)
            try await kept.kubectl("delete", "crd", "widgets.\(kind.group)", "--timeout=60s")
            try await kept.eventually("it is said") { try await kept.condition().hasPrefix("not ") }
            let said = try await kept.condition()
            #expect(said.contains("Widget"), "\(said)")
            #expect(try await names(kept).count == 3)
            try await kept.kubectl("apply", "-f", "-", input: kind.definition)
            try await kept.eventually("the Widget is back", for: .seconds(60)) {
                try await kept.team.object("widget.v1.\(kind.group)/w") != nil
            }
            try await kept.ready("Succeeded: ")
            #expect(try await names(kept).count == 3)
        }
    }

    /// A definition that comes from elsewhere tells nobody: who waits for its kind looks again.
    @Test func aKindThatIsServedLaterIsApplied() async throws {
        try await withController { kept in
            let kind = WidgetKind(group: "w\(kept.namespace.suffix(8)).example.com")
            let first = try await kept.repository.commit(many(3))
            try await kept.apply()
            try await kept.applied(first)
            let second = try await kept.repository.commit(["deploy/w.yaml": kind.manifest("w")])
            try await kept.ready("not RenderFailed: main@sha1:\(second) cannot be rendered: deploy/w.yaml:")
            try await kept.kubectl("apply", "-f", "-", input: kind.definition)
            try await kept.applied(second, for: .seconds(60))
            #expect(try await kept.team.object("widget.v1.\(kind.group)/w") != nil)
            #expect(try await names(kept).count == 3)
        }
    }

    /// Back and forth, so that each of both has its turn first at some time.
    @Test func aFileThatMovesToAnotherApplicationIsHandedOver() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a"), "deploy/stays.yaml": Manifests.configMap("stays"),
                "second/b.yaml": Manifests.configMap("b"),
            ])
            try await kept.apply()
            try await kept.apply("second", path: "second")
            try await kept.applied(first)
            try await kept.applied(first, of: "second")
            let uid = try #require(try await kept.uid("configmap/a"))
            var sets: [String: Value] = [:]
            for name in ["app", "second"] {
                sets[name] = try await kept.live("applications.belay.dev/\(name)", "metadata", "labels", "applyset.kubernetes.io/id")
            }
            for round in 1...8 {
                let (from, to, owner) = round % 2 == 1 ? ("deploy", "second", "second") : ("second", "deploy", "app")
                try await kept.repository.git("mv", "\(from)/a.yaml", "\(to)/a.yaml")
                let commit = try await kept.repository.commit()
                try await kept.applied(commit)
                try await kept.applied(commit, of: "second")
                #expect(try await kept.uid("configmap/a") == uid, "round \(round)")
                #expect(
                    try await kept.live("configmap/a", "metadata", "labels", "applyset.kubernetes.io/part-of") == sets[owner],
                    "round \(round)")
                #expect(
                    try await kept.live("configmap/a", "metadata", "annotations", "belay.dev/application")
                        == .string("\(kept.namespace)/\(owner)"), "round \(round)")
            }
            let operations = try await kept.history() + kept.history("second")
            #expect(operations.allSatisfy { $0.at("counts", "prune") == nil || $0.at("counts", "prune") == 0 })
            #expect(try await kept.drift() + kept.drift("second") == [])
        }
    }

    /// Two want one object, then one, then none: whoever waits for the other's word acts at once when it comes.
    @Test func whatTwoWantedGoesWithTheLastOfThem() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a"), "second/b.yaml": Manifests.configMap("b"),
                "second/mover.yaml": Manifests.configMap("mover"), "second/later.yaml": Manifests.configMap("later"),
            ])
            try await kept.apply()
            try await kept.apply("second", path: "second")
            try await kept.applied(first)
            try await kept.applied(first, of: "second")
            try await kept.repository.commit([
                "deploy/mover.yaml": Manifests.configMap("mover"), "deploy/later.yaml": Manifests.configMap("later"),
            ])
            try await kept.ready("not Partial: ")
            #expect(try await kept.condition().contains("second"))

            // The second one lets go of one of them: the first one has it at once, without its next attempt being due.
            try kept.repository.remove("second/later.yaml")
            let third = try await kept.repository.commit()
            try await kept.applied(third, of: "second")
            let set = try await kept.live("applications.belay.dev/app", "metadata", "labels", "applyset.kubernetes.io/id")
            try await kept.eventually("it is handed over") {
                try await kept.live("configmap/later", "metadata", "labels", "applyset.kubernetes.io/part-of") == set
            }
            #expect(try await kept.history().contains { $0["trigger"] == "claim" })

            // It lets go of the other one while the first one stands still, and then the first one does.
            try await kept.patch("app", #"{"suspend":{"reason":"a test"}}"#)
            try await kept.ready("not Suspended: ")
            try kept.repository.remove("second/mover.yaml")
            let fourth = try await kept.repository.commit()
            try await kept.applied(fourth, of: "second")
            #expect(try await names(kept) == ["a", "b", "mover", "later"])
            try kept.repository.remove("deploy/mover.yaml")
            let fifth = try await kept.repository.commit()
            try await kept.patch("app", #"{"suspend":null}"#)
            try await kept.applied(fifth)
            try await kept.eventually("it is deleted by whom it belongs to") { try await names(kept) == ["a", "b", "later"] }
            try await kept.ready("Succeeded: ", of: "second")
        }
    }
}
