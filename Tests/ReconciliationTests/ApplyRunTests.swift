// Runs that write: what is sent, what is kept, what a second run finds.

import Foundation
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import Reconciliation
import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(20))) struct ApplyRunTests {
    private let files = [
        "a.yaml": Manifest.configMap("a"), "web.yaml": Manifest.deployment("web", config: "a"),
        "secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n",
    ]

    @Test func theFirstRunMakesEverythingAndTheSecondSendsNothing() async throws {
        try await Shop.with { shop in
            let first = try await shop.apply(files)
            #expect(first.outcome == .succeeded)
            #expect(first.phase == "succeeded")
            #expect(first.lines == ["create ConfigMap a: done", "create Secret s: done", "create Deployment web: done"])
            #expect(first.requests.apply == 3)
            #expect(first.requests.dryRun == 0)

            let parent = try #require(try await shop.parent)
            #expect(parent.annotation(Tracking.groupKinds) == "ConfigMap,Deployment.apps,Secret")
            #expect(parent.annotation(Tracking.run) == nil)

            let second = try await shop.apply(files)
            #expect(second.outcome == .succeeded)
            #expect(second.operations.allSatisfy { $0.kind == .unchanged })
            #expect(second.requests.writes.isEmpty || second.requests.writes.values.allSatisfy { $0 == 0 })
            #expect((second.requests.get, second.requests.list, second.requests.dryRun) == (1, 3, 0))
            #expect(try await shop.parent?.resourceVersion == parent.resourceVersion)

            let diff = try await shop.diff(files)
            #expect(diff.outcome == .succeeded)
            #expect((diff.requests.get, diff.requests.list, diff.requests.dryRun) == (1, 3, 0))
        }
    }

    @Test func theJournalHasTheRunItsRowsItsManifestsAndTheInventory() async throws {
        try await Shop.with { shop in
            let report = try await shop.apply(files)
            let run = try #require(try await shop.journal.run(report.runID))
            #expect(run.phase == .succeeded)
            #expect(run.actor == "ada")
            #expect(run.message == "Change the shop")
            #expect(run.counts["create"] == 3)
            let parent = try await shop.parent
            #expect(run.cluster == parent?.uid)
            let rows = try await shop.journal.operations(of: run.id)
            #expect(rows.map(\.result) == ["done", "done", "done"])
            let secret = try #require(rows.first { $0.key.kind == "Secret" }?.manifest)
            let kept = String(decoding: try #require(try await shop.journal.manifest(secret)), as: UTF8.self)
            #expect(kept.contains("REDACTED("))
            #expect(!kept.contains("hunter2") && !kept.contains("aHVudGVyMg"))
            let inventory = try await shop.journal.inventory(of: shop.application.reference, cluster: run.cluster)
            #expect(inventory.map(\.key.name).sorted() == ["a", "s", "web"])
            #expect(inventory.allSatisfy { $0.state == "present" && $0.uid != nil })
        }
    }

    @Test func anIdleRunIsRecordedAndItsRowsOnlyOnce() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(files)
            let second = try await shop.apply(files)
            let run = try #require(try await shop.journal.run(second.runID))
            #expect(run.phase == .succeeded)
            #expect(run.counts["unchanged"] == 3)
            #expect(try await shop.journal.operations(of: run.id).isEmpty)
            #expect(try await shop.journal.inventory(of: shop.application.reference, cluster: nil).count == 3)
        }
    }

    @Test func aChangeSendsOneDryRunAndOneApply() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(files)
            var changed = files
            changed["a.yaml"] = Manifest.configMap("a", "k: w")
            let report = try await shop.apply(changed)
            #expect(report.lines == ["configure ConfigMap a: done"])
            #expect((report.requests.dryRun, report.requests.apply) == (1, 1))
            #expect(try await shop.get(Shop.configMaps, "a")?.value.at("data", "k") == "w")
            #expect(try await shop.apply(changed).operations.allSatisfy { $0.kind == .unchanged })
        }
    }

    @Test func whatGitDroppedIsPruned() async throws {
        try await Shop.with { shop in
            var files = files
            files["b.yaml"] = Manifest.configMap("b")
            _ = try await shop.apply(files)
            files["b.yaml"] = nil
            files["secret.yaml"] = nil
            let report = try await shop.apply(files)
            #expect(report.lines == ["prune ConfigMap b: done", "prune Secret s: done"])
            #expect(try await shop.get(Shop.configMaps, "b") == nil)
            #expect(try await shop.parent?.annotation(Tracking.groupKinds) == "ConfigMap,Deployment.apps")
            #expect(
                try await shop.journal.inventory(of: shop.application.reference, cluster: nil).map(\.key.name).sorted() == ["a", "web"])
            #expect(try await shop.apply(files).requests.list == 2)
        }
    }

    @Test func aRejectedObjectBlocksWhatNeedsItAndNothingIsPruned() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(["old.yaml": Manifest.configMap("old"), "a.yaml": Manifest.configMap("a")])
            let report = try await shop.apply([
                "a.yaml": Manifest.configMap("a"), "bad.yaml": Manifest.configMap("bad") + "dato: {k: v}\n",
                "good.yaml": Manifest.configMap("good"), "web.yaml": Manifest.deployment("web", config: "bad"),
            ])
            #expect(report.outcome == .failed)
            #expect(report.phase == "partial")
            #expect(report.row("bad")?.result == "failed")
            #expect(report.row("good")?.result == "done")
            #expect(report.row("web")?.result == "blocked")
            #expect(report.row("web")?.error?.contains("bad") == true)
            #expect(report.row("old")?.result == "skipped")
            #expect(report.row("old")?.error?.contains("not everything was applied") == true)
            #expect(try await shop.get(Shop.configMaps, "old") != nil)
            #expect(try await shop.parent?.annotation(Tracking.run) == nil)
            #expect(try await shop.journal.run(report.runID)?.phase == .partial)
        }
    }

    @Test func aDiffSaysWhatTheServerRejects() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(["a.yaml": Manifest.configMap("a")])
            let bad = ["a.yaml": Manifest.configMap("a"), "bad.yaml": Manifest.configMap("bad") + "dato: {k: v}\n"]
            let diff = try await shop.diff(bad)
            #expect(diff.outcome == .invalid)
            #expect(diff.errors.first?.location?.file == "bad.yaml")
            #expect(diff.row("bad")?.result == "blocked")
            let preflight = try await shop.apply(bad) { $0.preflight = true }
            #expect(preflight.outcome == .invalid)
            #expect(preflight.requests.apply == 0)
        }
    }

    @Test func aNamespaceOfGitIsMadeBeforeTheParent() async throws {
        try await Shop.with { shop in
            let files = [
                "ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(shop.namespace)}\n", "a.yaml": Manifest.configMap("a"),
            ]
            let report = try await shop.apply(files)
            #expect(report.outcome == .succeeded)
            #expect(report.lines == ["create Namespace \(shop.namespace): done", "create ConfigMap a: done"])
            #expect(try await shop.journal.operations(of: report.runID).map(\.result) == ["done", "done"])
            #expect(try await shop.apply(files).operations.allSatisfy { $0.kind == .unchanged })
        }
    }

    @Test func withoutCreateNamespaceNothingIsWritten() async throws {
        try await Shop.with { shop in
            var shop = shop
            shop.application.sync.createNamespace = false
            let report = try await shop.apply(files)
            #expect(report.outcome != .succeeded)
            #expect(try await shop.get(Shop.namespaces, shop.namespace) == nil)
        }
    }

    @Test func aFreshKindIsWaitedFor() async throws {
        try await Shop.with { shop in
            var kind = WidgetKind(group: "\(shop.namespace).example.com")
            func all(_ fields: String, _ spec: String) -> [String: String] {
                kind.schema = "{type: object, properties: {spec: {type: object, properties: {\(fields)}}}}"
                return ["all.yaml": kind.manifest("w", spec: spec) + "---\n" + kind.definition]
            }
            let files = all("size: {type: integer}", "{size: 3}")
            let report = try await shop.apply(files)
            #expect(report.outcome == .succeeded, "\(report.lines)")
            #expect(try await shop.apply(files).operations.allSatisfy { $0.kind == .unchanged })
            let wider = all("size: {type: integer}, color: {type: string}", "{size: 3, color: red}")
            let second = try await shop.apply(wider)
            #expect(second.outcome == .succeeded, "\(second.operations.map { $0.error ?? "" })")
        }
    }

    @Test func recreatingIsAllowedByTheObject() async throws {
        try await Shop.with { shop in
            let immutable = { (value: String) in
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {belay.dev/recreate: allowed}}\nimmutable: true\ndata: {k: \(value)}\n"
            }
            _ = try await shop.apply(["a.yaml": immutable("v")])
            let uid = try await shop.get(Shop.configMaps, "a")?.uid
            let report = try await shop.apply(["a.yaml": immutable("w")])
            #expect(report.lines == ["recreate ConfigMap a: done"])
            #expect(report.outcome == .succeeded)
            let live = try await shop.get(Shop.configMaps, "a")
            #expect(live?.value.at("data", "k") == "w")
            #expect(live?.uid != uid)
            #expect(try await shop.apply(["a.yaml": immutable("w")]).operations.allSatisfy { $0.kind == .unchanged })
        }
    }

    @Test func severalApplicationsAreReportedInOrder() async throws {
        try await Shop.with { shop in
            let other = Shop.application(shop.namespace, "api")
            let reports = try await shop.reconciler().apply([
                (shop.application, Shop.snapshot(["a.yaml": Manifest.configMap("a")])),
                (other, Shop.snapshot(["b.yaml": Manifest.configMap("b")])),
            ])
            #expect(reports.map(\.application.name) == ["web", "api"])
            #expect(reports.allSatisfy { $0.outcome == .succeeded })
            #expect(try await shop.journal.applications() == [other.reference, shop.application.reference])
        }
    }

    /// The row's name stands before it.
    @Test func whatTheServerRefusesNamesTheObjectOnce() async throws {
        try await Shop.with { shop in
            let service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 70000}]}\n"
            let report = try await shop.apply(["a.yaml": Manifest.configMap("a"), "s.yaml": service])
            let error = try #require(report.row("s")?.error)
            #expect(error.hasPrefix("cannot apply it on "), "\(error)")
            #expect(!error.contains("Service"), "\(error)")
            let outcome = try #require(try await shop.journal.run(report.runID)?.outcome)
            #expect(outcome == "Service \(shop.namespace)/s: \(error)")
        }
    }

    /// As the write says it later: once, with the number of objects.
    @Test func aDiffTellsWhatTheServerWarnsOf() async throws {
        try await Shop.with { shop in
            try await shop.makeNamespace()
            func endpoints(_ name: String) -> String { "apiVersion: v1\nkind: Endpoints\nmetadata: {name: \(name)}\n" }
            let files = ["a.yaml": endpoints("a"), "b.yaml": endpoints("b"), "c.yaml": Manifest.configMap("c")]
            let warning = "Endpoints \(shop.namespace)/a (and 1 more): v1 Endpoints is deprecated in v1.33+; "
            let planned = try await shop.diff(files)
            #expect(planned.warnings.count == 1 && planned.warnings.first?.hasPrefix(warning) == true, "\(planned.warnings)")
            #expect(planned.json["warnings"]?.array?.count == 1)
            let done = try await shop.apply(files) { $0.preflight = true }
            #expect(done.outcome == .succeeded)
            #expect(done.warnings == planned.warnings, "asked before and written after, and said once")
            #expect(try await shop.diff(files).warnings == [], "what is proved unchanged is not asked")
        }
    }

    /// The second of two is overtaken between plan and write: the first one was written, and is told of.
    @Test func whatIsOvertakenAfterOthersWereWrittenDoesNotSayThatNothingWas() async throws {
        try await Shop.with { shop in
            let other = Shop.application(shop.namespace, "api")
            let (old, a) = (Manifest.configMap("old"), Manifest.configMap("a"))
            let first = Shop.snapshot(["old.yaml": old, "b.yaml": Manifest.configMap("b")], committed: "2026-11-23T09:00:00Z")
            _ = try await shop.reconciler().apply([(other, first)])
            let newer = Shop.snapshot(["old.yaml": old, "b.yaml": Manifest.configMap("b", "k: v2")], committed: "2026-11-23T11:00:00Z")
            let elsewhere = Shop(client: shop.client, journal: try Journal(path: nil), application: other)
            let reports = try await shop.reconciler {
                $0.confirmPrune = { _ in
                    let done = try? await elsewhere.reconciler().apply([(other, newer)])
                    return done?.first?.outcome == .succeeded
                }
            }.apply([
                (shop.application, Shop.snapshot(["a.yaml": a], committed: "2026-11-23T10:00:00Z")),
                (other, Shop.snapshot(["b.yaml": Manifest.configMap("b", "k: v1")], committed: "2026-11-23T10:00:00Z")),
            ])
            #expect(reports.map(\.outcome) == [.succeeded, .superseded])
            #expect(reports.first?.row("a")?.result == "done")
            let message = try #require(reports.last?.errors.first?.message)
            #expect(message.hasPrefix("a newer revision took over while this run waited: \(newer.revision)"), "\(message)")
            #expect(message.contains("run again to go back to") && !message.contains("nothing was written"), "\(message)")
            #expect(try await shop.get(Shop.configMaps, "b")?.value.at("data", "k") == "v2")
            #expect(try await shop.journal.run(reports.last?.runID ?? "")?.phase == .superseded)
        }
    }

    @Test func anObjectThatMovesIsHandedOverAndNeverDeleted() async throws {
        try await Shop.with { shop in
            let other = Shop.application(shop.namespace, "api")
            func both(_ web: [String: String], _ api: [String: String]) async throws -> [SyncReport] {
                try await shop.reconciler().apply([(shop.application, Shop.snapshot(web)), (other, Shop.snapshot(api))])
            }
            let (a, b, c) = (Manifest.configMap("a"), Manifest.configMap("b"), Manifest.configMap("c"))
            _ = try await both(["a.yaml": a, "b.yaml": b], ["c.yaml": c])
            let uid = try await shop.get(Shop.configMaps, "b")?.uid
            let reports = try await both(["a.yaml": a], ["b.yaml": b, "c.yaml": c])
            #expect(
                reports.map(\.outcome) == [.succeeded, .succeeded],
                "\(reports.map(\.lines)) \(reports.flatMap(\.operations).map { $0.error ?? $0.operation.why })")
            #expect(reports[1].row("b")?.kind == .adopt)
            #expect(try await shop.get(Shop.configMaps, "b")?.uid == uid)
            let again = try await both(["a.yaml": a], ["b.yaml": b, "c.yaml": c])
            #expect(again.flatMap(\.operations).allSatisfy { $0.kind == .unchanged }, "\(again.map(\.lines))")
        }
    }
}
