// Drift: what hands changed between two runs is seen, put back, and stands in the journal afterwards.

import Journal
import KubernetesClient
import KubernetesModel
import Planning
import Reconciliation
import StructuredData
import Testing

@Suite(.timeLimit(.minutes(20))) struct DriftRunTests {
    private let files = ["a.yaml": Manifest.configMap("a"), "web.yaml": Manifest.deployment("web", replicas: 1)]

    private func episodes(_ shop: Shop) async throws -> [DriftEpisode] {
        try await shop.journal.episodes(application: shop.application.reference, openOnly: false, limit: 100)
    }

    /// A shop that only reports drift, and has reported that `data.k` of the ConfigMap was edited.
    private func withReportedEdit(_ body: (Shop) async throws -> Void) async throws {
        try await Shop.with { shop in
            var shop = shop
            shop.application.drift.policy = .report
            _ = try await shop.apply(files)
            try await shop.edit(Shop.configMaps, "a") { $0.set("edited", at: ["data", "k"]) }
            _ = try await shop.apply(files)
            try await body(shop)
        }
    }

    @Test func anEditIsShownPutBackAndRecorded() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(files)
            try await shop.edit(Shop.configMaps, "a") { $0.set("edited", at: ["data", "k"]) }

            let diff = try await shop.diff(files)
            #expect(diff.outcome == .differences)
            let change = try #require(diff.row("a")?.operation.changes.first)
            #expect(change.path == FieldPath(fields: "data", "k"))
            #expect(change.from == .value("edited") && change.to == .value("v"))
            #expect(change.writer?.manager == "kubectl-edit")

            let report = try await shop.apply(files)
            #expect(report.lines == ["configure ConfigMap a: done"])
            #expect(try await shop.get(Shop.configMaps, "a")?.value.at("data", "k") == "v")
            let episode = try #require(try await episodes(shop).first)
            #expect(episode.type == "modified")
            #expect(episode.resolution == "reverted")
            #expect(episode.author == "Ada <ada@example.com>")
            #expect(episode.file == "a.yaml")
            let field = episode.fields[0]
            #expect(field?["path"] == "data.k" && field?["desired"] == "v" && field?["live"] == "edited")
            #expect(field?["manager"] == "kubectl-edit" && field?["operation"] == "Update" && field?["time"]?.string != nil)
            #expect(try await shop.apply(files).operations.allSatisfy { $0.kind == .unchanged })
        }
    }

    @Test func anAdditionByHandsGoes() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(files)
            try await shop.edit(Shop.configMaps, "a") { $0.set("extra", at: ["data", "more"]) }
            let report = try await shop.apply(files)
            #expect(report.lines == ["configure ConfigMap a: done"], "\(report.operations.map(\.operation.why))")
            #expect(try await shop.get(Shop.configMaps, "a")?.value.at("data", "more") == nil)
            #expect(try await episodes(shop).map(\.type) == ["added"])
            #expect(try await shop.apply(files).operations.allSatisfy { $0.kind == .unchanged })
        }
    }

    @Test func aDeletedObjectIsMadeAgain() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(files)
            try await shop.delete(Shop.configMaps, "a")
            let report = try await shop.apply(files)
            #expect(report.lines == ["create ConfigMap a: done"])
            #expect(try await episodes(shop).map(\.type) == ["deleted"])
            #expect(try await episodes(shop).map(\.resolution) == ["reverted"])
        }
    }

    @Test func aRemovedLabelIsPutBack() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(files)
            let uid = try await shop.get(Shop.configMaps, "a")?.uid
            try await shop.edit(Shop.configMaps, "a", by: "kubectl-label") { $0.set(nil, at: ["metadata", "labels", Tracking.partOf]) }
            let report = try await shop.apply(files)
            #expect(report.lines == ["configure ConfigMap a: done"], "\(report.operations.map(\.operation.why))")
            #expect(try await episodes(shop).map(\.type) == ["unlabelled"])
            #expect(try await shop.get(Shop.configMaps, "a")?.uid == uid)
            #expect(try await shop.apply(files).operations.allSatisfy { $0.kind == .unchanged })
        }
    }

    @Test func whatAControllerAddsStaysAndIsAskedOnce() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(files)
            try await shop.edit(Shop.configMaps, "a", by: "some-controller") { $0.set("extra", at: ["data", "more"]) }
            let report = try await shop.apply(files)
            #expect(report.operations.allSatisfy { $0.kind == .unchanged })
            #expect(try await shop.get(Shop.configMaps, "a")?.value.at("data", "more") == "extra")
            #expect(try await shop.apply(files).requests.dryRun == 0)
        }
    }

    @Test func reportOnlyRecordsAndKeepsTheEpisodeOpen() async throws {
        try await withReportedEdit { shop in
            let first = try #require(try await episodes(shop).first)
            #expect(first.resolvedAt == nil)
            _ = try await shop.apply(files)
            let again = try await episodes(shop)
            #expect(again.count == 1)
            #expect(again.first?.id == first.id)
            #expect(again.first?.firstSeen == first.firstSeen)
            #expect((again.first?.lastSeen ?? "") > first.lastSeen)
            #expect(try await shop.get(Shop.configMaps, "a")?.value.at("data", "k") == "edited")

            try await shop.edit(Shop.configMaps, "a") { $0.set("v", at: ["data", "k"]) }
            _ = try await shop.apply(files)
            #expect(try await episodes(shop).map(\.resolution) == ["self-resolved"])
        }
    }

    /// Nothing is left to be put right but whose the field is, and for that nothing is written under Report.
    @Test func underReportWhatHandsPutBackIsNotWritten() async throws {
        try await Shop.with { shop in
            var shop = shop
            shop.application.drift.policy = .report
            _ = try await shop.apply(files)
            for value in ["edited", "v"] {
                try await shop.edit(Shop.configMaps, "a") { $0.set(.string(value), at: ["data", "k"]) }
                let version = try await shop.get(Shop.configMaps, "a")?.resourceVersion
                _ = try await shop.apply(files)
                #expect(try await shop.get(Shop.configMaps, "a")?.resourceVersion == version)
            }
            #expect(try await episodes(shop).map(\.resolution) == ["self-resolved"])
            // Whose the field is, is put right with the policy.
            shop.application.drift.policy = .correct
            _ = try await shop.apply(files)
            #expect(try await shop.apply(files).requests.dryRun == 0)
        }
    }

    @Test(arguments: [Application.DriftPolicy.Policy.report, .ignore])
    func whatIsBeingDeletedIsNotMadeAgain(_ policy: Application.DriftPolicy.Policy) async throws {
        try await Shop.with { shop in
            var shop = shop
            shop.application.drift.policy = policy
            _ = try await shop.apply(files)
            try await shop.edit(Shop.configMaps, "a") { $0.set(["example.com/hold"], at: ["metadata", "finalizers"]) }
            try await shop.delete(Shop.configMaps, "a")
            let report = try await shop.apply(files)
            #expect(report.row("a")?.operation.kind == .skip)
            #expect(try await episodes(shop).map(\.type) == (policy == .report ? ["deleted"] : []))
            try await shop.edit(Shop.configMaps, "a") { $0.set(nil, at: ["metadata", "finalizers"]) }
            _ = try await shop.apply(files)
            #expect(try await shop.get(Shop.configMaps, "a") == nil)
        }
    }

    @Test(arguments: ["policy", "rule"]) func whatIsIgnoredFromNowOnIsNoDriftAnyMore(_ how: String) async throws {
        try await withReportedEdit { shop in
            var shop = shop
            if how == "policy" {
                shop.application.drift.policy = .ignore
            } else {
                shop.application.drift.ignore = [.init(kind: "ConfigMap", name: "a", paths: ["/data/k"])]
            }
            _ = try await shop.apply(files)
            _ = try await shop.apply(files)
            #expect(try await shop.get(Shop.configMaps, "a")?.value.at("data", "k") == "edited")
            #expect(try await episodes(shop).map(\.resolution) == ["ignored"])
        }
    }

    @Test func whatGitTookOverIsAdopted() async throws {
        try await withReportedEdit { shop in
            var changed = files
            changed["a.yaml"] = Manifest.configMap("a", "k: edited")
            _ = try await shop.apply(changed)
            #expect(try await episodes(shop).map(\.resolution) == ["adopted"])
        }
    }

    @Test func anEpisodeOfAnObjectThatLeftGitIsSuperseded() async throws {
        try await withReportedEdit { shop in
            _ = try await shop.apply(["web.yaml": files["web.yaml"] ?? ""])
            #expect(try await episodes(shop).map(\.resolution) == ["superseded"])
        }
    }

    @Test func aSecretsDriftShowsNoValue() async throws {
        try await Shop.with { shop in
            let files = ["s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {password: hunter2}\n"]
            _ = try await shop.apply(files)
            try await shop.edit(Shop.secrets, "s") { $0.set("c3dvcmRmaXNo", at: ["data", "password"]) }
            let report = try await shop.apply(files)
            #expect(report.lines == ["configure Secret s: done"])
            #expect(try await shop.get(Shop.secrets, "s")?.value.at("data", "password") == "aHVudGVyMg==")
            let episode = try #require(try await episodes(shop).first)
            let text = String(decoding: JSON.write(episode.fields) + JSON.write(report.json), as: UTF8.self)
            #expect(text.contains("REDACTED("))
            for secret in ["hunter2", "swordfish", "aHVudGVyMg", "c3dvcmRmaXNo"] { #expect(!text.contains(secret)) }
        }
    }

    @Test func anUnownedObjectIsAdoptedAndAForeignOneBlocked() async throws {
        try await Shop.with { shop in
            try await shop.makeNamespace()
            try await shop.create(Shop.configMaps, ["metadata": ["name": "a"], "data": ["k": "old", "other": "x"]])
            try await shop.create(
                Shop.configMaps,
                [
                    "metadata": [
                        "name": "b", "labels": ["app.kubernetes.io/managed-by": "Helm"],
                        "annotations": ["meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "shop"],
                    ]
                ], by: "helm")
            let report = try await shop.apply(["a.yaml": Manifest.configMap("a"), "b.yaml": Manifest.configMap("b")])
            #expect(report.row("a")?.kind == .adopt)
            #expect(report.row("a")?.result == "done")
            #expect(report.row("b")?.result == "blocked")
            #expect(report.outcome == .failed)
            #expect(report.phase == "partial")
            #expect(try await shop.get(Shop.configMaps, "a")?.value["data"] == ["k": "v"])
        }
    }
}
