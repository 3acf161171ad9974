// What keeps a run from doing harm: holds, leases, preconditions, protections, and its end.

import FoundationEssentials
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData
import Synchronization
import TestSupport
import Testing

@testable import Reconciliation

@Suite(.timeLimit(.minutes(20))) struct SafetyRunTests {
    private func many(_ count: Int) -> [String: String] {
        Dictionary(uniqueKeysWithValues: (0..<count).map { ("c\($0).yaml", Manifest.configMap("c\($0)")) })
    }

    @Test func aLargePruneIsHeldUntilItIsApproved() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(many(12))
            let held = try await shop.apply(many(1))
            #expect(held.outcome == .refused)
            #expect(held.phase == "held")
            #expect(held.requests.writes.values.allSatisfy { $0 == 0 })
            #expect(try await shop.journal.run(held.runID)?.phase == .held)
            #expect(try await shop.journal.inventory(of: shop.application.reference, cluster: nil).count == 12)

            let wrong = try await shop.apply(many(1)) { $0.approval = String(repeating: "0", count: 12) }
            #expect(wrong.outcome == .refused)
            let short = try await shop.apply(many(1)) { $0.approval = String(held.planDigest.prefix(11)) }
            #expect(short.outcome == .refused)
            let approved = try await shop.apply(many(1)) { $0.approval = String(held.planDigest.prefix(12)) }
            #expect(approved.outcome == .succeeded)
            #expect(approved.lines.count == 11)
        }
    }

    @Test func aPruneThatIsNotConfirmedWritesNothing() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(many(2))
            let report = try await shop.apply(many(1)) { $0.confirmPrune = { _ in false } }
            #expect(report.outcome == .refused)
            #expect(try await shop.get(Shop.configMaps, "c1") != nil)
        }
    }

    @Test func whatChangedAfterThePlanIsPlannedAnew() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(["a.yaml": Manifest.configMap("a"), "old.yaml": Manifest.configMap("old")])
            // Between the plan and the first write somebody edits the object that is about to change.
            let report = try await shop.apply(["a.yaml": Manifest.configMap("a", "k: w")]) {
                $0.confirmPrune = { _ in
                    try? await shop.edit(Shop.configMaps, "a") { $0.set("hand", at: ["data", "k"]) }
                    return true
                }
            }
            #expect(report.outcome == .succeeded, "\(report.operations.map { $0.error ?? "" })")
            #expect(report.row("a")?.result == "done")
            #expect(try await shop.get(Shop.configMaps, "a")?.value.at("data", "k") == "w")
        }
    }

    /// What another source brought is not pruned unasked once pruning is on: not pruning it was no approval.
    @Test func aSourceKeepsItsClaimWhilePruningIsOff() async throws {
        try await Shop.with { shop in
            let (a, old) = (Manifest.configMap("a"), Manifest.configMap("old"))
            _ = try await shop.apply(["a.yaml": a, "old.yaml": old])
            var second = shop
            second.application.source.repoURL = "https://git.example.com/other.git"
            second.application.sync.prune = false
            #expect(try await second.apply(["a.yaml": a]).outcome == .succeeded)
            let both = [shop.application.source.identity, second.application.source.identity]
            #expect(try await second.sources == both)

            second.application.sync.prune = true
            let withheld = try await second.apply(["a.yaml": a])
            #expect(withheld.row("old")?.kind == .skip, "\(withheld.lines)")
            #expect(try await shop.get(Shop.configMaps, "old") != nil)
            #expect(try await second.sources == both)
            // A person decides, and then the set is the second one's.
            let approved = try await second.apply(["a.yaml": a]) { $0.approval = String(withheld.planDigest.prefix(12)) }
            #expect(approved.lines == ["prune ConfigMap old: done"])
            #expect(try await second.sources == [second.application.source.identity])
        }
    }

    /// It is not read, so its own name for it is not known: that of the set stays.
    @Test func aDeletionClaimsNoSource() async throws {
        try await Shop.with { shop in
            var shop = shop
            shop.application.source.origin = "https://git.example.com/clone.git"
            let kept = Manifest.configMap("kept", "k: v", "annotations: {belay.dev/prune: disabled}")
            _ = try await shop.apply(["a.yaml": Manifest.configMap("a"), "kept.yaml": kept])
            #expect(try await shop.sources == ["https://git.example.com/clone.git#"])
            shop.application.source.origin = nil
            _ = try await shop.reconciler().delete(shop.application) { _ in true }
            #expect(try await shop.get(Shop.configMaps, "a") == nil)
            #expect(try await shop.sources == ["https://git.example.com/clone.git#"])
        }
    }

    @Test func aCreateThatMeetsAnObjectIsAnAdoption() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(["a.yaml": Manifest.configMap("a"), "old.yaml": Manifest.configMap("old")])
            let report = try await shop.apply(["a.yaml": Manifest.configMap("a"), "b.yaml": Manifest.configMap("b")]) {
                $0.confirmPrune = { _ in
                    try? await shop.create(Shop.configMaps, ["metadata": ["name": "b"], "data": ["other": "x"]], by: "some-tool")
                    return true
                }
            }
            #expect(report.outcome == .succeeded)
            #expect(report.row("b")?.kind == .adopt)
            #expect(try await shop.journal.operations(of: report.runID).first { $0.key.name == "b" }?.kind == "adopt")
        }
    }

    @Test func aCreateThatMeetsAnotherOwnersObjectLetsItGo() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(["a.yaml": Manifest.configMap("a"), "old.yaml": Manifest.configMap("old")])
            let report = try await shop.apply(["a.yaml": Manifest.configMap("a"), "b.yaml": Manifest.configMap("b")]) {
                $0.confirmPrune = { _ in
                    try? await shop.create(
                        Shop.configMaps,
                        ["metadata": ["name": "b", "annotations": ["meta.helm.sh/release-name": "shop"]], "data": ["other": "x"]],
                        by: "helm")
                    return true
                }
            }
            #expect(report.outcome == .failed)
            #expect(report.row("b")?.kind == .blocked)
            let live = try #require(try await shop.get(Shop.configMaps, "b"))
            #expect(live.value["data"] == ["other": "x"])
            #expect(live.label("applyset.kubernetes.io/part-of") == nil)
            #expect(live.managedFields.map(\.manager) == ["helm"])
        }
    }

    /// Only runs that end while this one is under way count, and only those of commits made later.
    @Test(arguments: [
        ("2026-11-23T11:00:00+01:00", "2026-11-23T12:00:05.000Z", "succeeded", true),
        ("2026-11-23T11:00:00+01:00", "2026-11-23T12:00:05.000Z", "failed", false),
        ("2026-11-23T11:00:00+01:00", "2026-11-23T11:59:59.000Z", "succeeded", false),
        ("2026-11-23T10:30:00+01:00", "2026-11-23T12:00:05.000Z", "succeeded", false),
        ("", "2026-11-23T12:00:05.000Z", "succeeded", false),
    ])
    func anOlderCommitGivesWay(_ committed: String, _ finished: String, _ phase: String, _ givesWay: Bool) throws {
        let application = Shop.application("shop", "web")
        let run: Value = [
            "id": "01J0", "revision": "main@sha1:2222", "committed": .string(committed), "finishedAt": .string(finished),
            "phase": .string(phase), "source": .string(application.source.identity),
        ]
        let contents = ApplySetParent.Contents(
            groupKinds: [], namespaces: [], sources: [], lease: nil, records: RecordTable([:]), runs: [run])
        let body = ApplySetParent.bodies(of: contents, application: application, previous: nil)[0]
        let parent = try ApplySetParent(Unstructured(body), application: application)
        var source = Shop.snapshot([:])
        source.commit?.committed = "2026-11-23T09:45:00Z"
        let newer = Overtaking(source, identity: application.source.identity, begun: "2026-11-23T12:00:00.000Z").newerRun(of: parent)
        #expect((newer?.revision == "main@sha1:2222") == givesWay)
        let stranger = Overtaking(source, identity: "https://git.example.com/other.git#deploy", begun: "2026-11-23T12:00:00.000Z")
        #expect(stranger.newerRun(of: parent) == nil, "commits of another source are neither older nor newer")
        source.commit?.id = "2222"
        #expect(
            Overtaking(source, identity: application.source.identity, begun: "2026-11-23T12:00:00.000Z").newerRun(of: parent) == nil,
            "its own commit is no newer one")
    }

    @Test func aPrunedObjectThatWasMadeAnewIsLeftAlone() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(["a.yaml": Manifest.configMap("a"), "old.yaml": Manifest.configMap("old")])
            let report = try await shop.apply(["a.yaml": Manifest.configMap("a")]) {
                $0.confirmPrune = { _ in
                    try? await shop.delete(Shop.configMaps, "old")
                    try? await shop.create(Shop.configMaps, ["metadata": ["name": "old"]])
                    return true
                }
            }
            #expect(report.row("old")?.result == "skipped")
            #expect(report.row("old")?.error?.contains("made anew") == true)
            #expect(try await shop.get(Shop.configMaps, "old") != nil)
        }
    }

    @Test func aFinalizerThatHoldsIsNamedAndTheSurvivorKept() async throws {
        try await Shop.with { shop in
            var shop = shop
            shop.application.timeout = .seconds(2)
            _ = try await shop.apply(["a.yaml": Manifest.configMap("a"), "old.yaml": Manifest.configMap("old")])
            try await shop.edit(Shop.configMaps, "old") { $0.set(["example.com/hold"], at: ["metadata", "finalizers"]) }
            let report = try await shop.apply(["a.yaml": Manifest.configMap("a")])
            #expect(report.outcome == .failed)
            #expect(report.row("old")?.result == "failed")
            #expect(report.row("old")?.error?.contains("held by the finalizer example.com/hold") == true)
            let rows = try await shop.journal.inventory(of: shop.application.reference, cluster: nil)
            #expect(rows.first { $0.key.name == "old" }?.state == "deleting")
            #expect(try await shop.parent?.annotation(Tracking.groupKinds) == "ConfigMap")
            try await shop.edit(Shop.configMaps, "old") { $0.set(nil, at: ["metadata", "finalizers"]) }
            #expect(try await shop.apply(["a.yaml": Manifest.configMap("a")]).outcome == .succeeded)
            #expect(try await shop.journal.inventory(of: shop.application.reference, cluster: nil).map(\.key.name) == ["a"])
        }
    }

    @Test func anotherRunsLeaseIsWaitedFor() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(many(1))
            let expiry = Date().addingTimeInterval(600).formatted(Date.ISO8601FormatStyle())
            try await shop.edit(Shop.configMaps, "belay-web", by: "belay") {
                $0.set(.string("01JZZZZZZZZZZZZZZZZZZZZZZZ,\(expiry)"), at: ["metadata", "annotations", Tracking.run])
            }
            async let second = shop.apply(many(2))
            try await Wait.until("it waits") { shop.progress.warnings.contains { $0.contains("waiting for another run") } }
            #expect(try await shop.get(Shop.configMaps, "c1") == nil)
            try await shop.edit(Shop.configMaps, "belay-web", by: "belay") {
                $0.set(nil, at: ["metadata", "annotations", Tracking.run])
            }
            let report = try await second
            #expect(report.outcome == .succeeded)
            #expect(try await shop.parent?.annotation(Tracking.run) == nil)
        }
    }

    @Test func aLeaseThatHasEndedHoldsNobodyUp() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(many(1))
            try await shop.edit(Shop.configMaps, "belay-web", by: "belay") {
                $0.set("01JZZZZZZZZZZZZZZZZZZZZZZZ,2026-01-01T00:00:00Z", at: ["metadata", "annotations", Tracking.run])
            }
            #expect(try await shop.apply(many(1)).outcome == .succeeded)
            #expect(try await shop.parent?.annotation(Tracking.run) == nil)
        }
    }

    @Test func ourOwnDeadRunIsTakenOverAtOnce() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(many(1))
            let dead = ULID.now()
            let expiry = Date().addingTimeInterval(600).formatted(Date.ISO8601FormatStyle())
            try await shop.edit(Shop.configMaps, "belay-web", by: "belay") {
                $0.set(.string("\(dead),\(expiry)"), at: ["metadata", "annotations", Tracking.run])
            }
            let run = SyncRun(
                id: dead, application: shop.application.reference, cluster: "c", revision: "r", treeID: "t", trigger: "cli", actor: "",
                startedAt: "2026-11-23T10:00:00.000Z", planDigest: "")
            try await shop.journal.begin(run, operations: [], inventory: [], drift: [])
            let report = try await shop.apply(many(1))
            #expect(report.outcome == .succeeded)
            #expect(try await shop.journal.run(dead)?.phase == .interrupted)
            #expect(try await shop.parent?.annotation(Tracking.run) == nil)
        }
    }

    @Test func aSetThatChangedAfterThePlanIsPlannedAnewAndConfirmedOnce() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(["a.yaml": Manifest.configMap("a"), "old.yaml": Manifest.configMap("old")])
            let asked = Mutex(0)
            let report = try await shop.apply(["a.yaml": Manifest.configMap("a", "k: w")]) {
                $0.confirmPrune = { _ in
                    asked.withLock { $0 += 1 }
                    try? await shop.edit(Shop.configMaps, "belay-web", by: "belay") {
                        $0.set("x", at: ["metadata", "annotations", "note"])
                    }
                    return true
                }
            }
            #expect(report.outcome == .succeeded)
            #expect(report.row("a")?.result == "done")
            #expect(asked.withLock { $0 } == 1)
            #expect(try await shop.parent?.annotation("note") == "x")
        }
    }

    @Test func aRunThatIsTakenOverStopsBeforeItDeletes() async throws {
        try await Shop.with { shop in
            let widgets = Widgets(shop)
            let shop = widgets.shop
            let old = Manifest.configMap("old")
            _ = try await shop.apply(["old.yaml": old, "crd.yaml": widgets.definition])
            let expiry = Date().addingTimeInterval(600).formatted(Date.ISO8601FormatStyle())
            // Waiting for health leaves the time in which another run takes the set.
            async let first = shop.apply(["crd.yaml": widgets.definition, "w.yaml": widgets.manifest("w")]) { $0.wait = true }
            try await Wait.until("it waits") { shop.progress.phases.contains("wait") }
            try await shop.edit(Shop.configMaps, "belay-web", by: "belay") {
                $0.set(.string("01JZZZZZZZZZZZZZZZZZZZZZZZ,\(expiry)"), at: ["metadata", "annotations", Tracking.run])
            }
            try await widgets.setReady("w")
            let report = try await first
            #expect(report.outcome == .superseded)
            #expect(report.outcome.exitCode == 5)
            #expect(report.row("w")?.result == "done")
            #expect(try await shop.get(Shop.configMaps, "old") != nil)
            #expect(try await shop.journal.run(report.runID)?.phase == .superseded)
            #expect(try await shop.parent?.annotation(Tracking.run)?.hasPrefix("01JZZZ") == true)
        }
    }

    @Test func waitingEndsWithHealth() async throws {
        try await Shop.with { shop in
            let widgets = Widgets(shop)
            let shop = widgets.shop
            let files = ["crd.yaml": widgets.definition, "w.yaml": widgets.manifest("w")]
            async let first = shop.apply(files) { $0.wait = true }
            try await Wait.until("it waits") { shop.progress.phases.contains("wait") }
            try await widgets.setReady("w")
            let report = try await first
            #expect(report.outcome == .succeeded)
            #expect(report.row("w")?.health == "healthy")
            // What is unchanged is waited for as well.
            try await widgets.setReady("w", "Broken")
            let second = try await shop.apply(files) { $0.wait = true }
            #expect(second.outcome == .failed)
            #expect(second.row("w")?.kind == .unchanged)
            #expect(second.row("w")?.health == "degraded")
            #expect(second.row("w")?.error?.contains("degraded") == true)
        }
    }

    @Test func aWaveWaitsForTheOneBefore() async throws {
        try await Shop.with { shop in
            let widgets = Widgets(shop)
            let shop = widgets.shop
            let files = [
                "crd.yaml": widgets.definition, "w.yaml": widgets.manifest("w"),
                "later.yaml": Manifest.configMap("later", "k: v", "annotations: {belay.dev/wave: \"1\"}"),
            ]
            async let first = shop.apply(files) { $0.wait = true }
            try await Wait.until("it waits") { shop.progress.phases.contains("wait") }
            #expect(try await shop.get(Shop.configMaps, "later") == nil)
            try await widgets.setReady("w", "Broken")
            let report = try await first
            #expect(report.outcome == .failed)
            #expect(report.row("later")?.result == "blocked")
            #expect(report.row("later")?.error?.contains("wave 0 is not healthy") == true)
            try await widgets.setReady("w")
            #expect(try await shop.apply(files) { $0.wait = true }.outcome == .succeeded)
        }
    }

    @Test func aLostParentIsRebuiltWithoutPruning() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(many(3))
            try await shop.delete(Shop.configMaps, "belay-web")
            let report = try await shop.apply(many(2))
            #expect(report.outcome == .succeeded, "\(report.lines)")
            #expect(report.row("c2")?.kind == .skip)
            #expect(try await shop.get(Shop.configMaps, "c2") != nil)
            #expect(try await shop.parent != nil)
            let next = try await shop.apply(many(2))
            #expect(next.lines == ["prune ConfigMap c2: done"])
        }
    }

    @Test func aLostParentIsRebuiltWithoutAJournalToo() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(many(3))
            try await shop.delete(Shop.configMaps, "belay-web")
            let elsewhere = Shop(client: shop.client, journal: try Journal(path: nil), application: shop.application)
            let report = try await elsewhere.apply(many(2))
            #expect(report.outcome == .succeeded)
            #expect(report.row("c2")?.kind == .skip)
            #expect(report.warnings.contains { $0.contains("kubectl get KIND -A -l applyset.kubernetes.io/part-of=applyset-") })
            #expect(try await elsewhere.apply(many(2)).lines == ["prune ConfigMap c2: done"])
        }
    }

    @Test func aConfigMapInTheWayOfTheParentIsRefused() async throws {
        try await Shop.with { shop in
            try await shop.makeNamespace()
            try await shop.create(Shop.configMaps, ["metadata": ["name": "belay-web"]])
            let failure = await #expect(throws: SyncFailure.self) { try await shop.apply(many(1)) }
            #expect(failure?.outcome == .refused)
            #expect(try await shop.get(Shop.configMaps, "c0") == nil)
        }
    }

    @Test func aSuspendedApplicationIsRefused() async throws {
        try await Shop.with { shop in
            var shop = shop
            shop.application.suspend = .init(reason: "incident 4711", until: nil)
            let failure = await #expect(throws: SyncFailure.self) { try await shop.apply(many(1)) }
            #expect(failure?.outcome == .refused)
            #expect(failure?.errors.first?.message.contains("incident 4711") == true)
            shop.application.suspend = .init(reason: "incident 4711", until: "2020-01-01T00:00:00Z")
            let report = try await shop.apply(many(1))
            #expect(report.outcome == .succeeded)
        }
    }

    @Test func deletingTakesEverythingAndTheParentLast() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(many(12))
            let refused = try await shop.reconciler().delete(shop.application) { _ in false }
            #expect(refused.outcome == .refused)
            #expect(try await shop.parent != nil)
            let report = try await shop.reconciler().delete(shop.application) { report in report.operations.count == 12 }
            #expect(report.outcome == .succeeded)
            #expect(report.lines.allSatisfy { $0.hasPrefix("prune ") && $0.hasSuffix("done") })
            #expect(try await shop.parent == nil)
            #expect(try await shop.get(Shop.configMaps, "c0") == nil)
            #expect(try await shop.journal.inventory(of: shop.application.reference, cluster: nil).isEmpty)
            let again = try await shop.reconciler().delete(shop.application) { _ in true }
            #expect(again.outcome == .succeeded)
            #expect(again.warnings.contains { $0.contains("nothing to delete") })
        }
    }

    @Test func deletingKeepsWhatIsProtected() async throws {
        try await Shop.with { shop in
            let files = [
                "ns.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(shop.namespace)}\n", "a.yaml": Manifest.configMap("a"),
                "b.yaml": Manifest.configMap("b", "k: v", "annotations: {belay.dev/prune: disabled}"),
            ]
            _ = try await shop.apply(files)
            let report = try await shop.reconciler().delete(shop.application) { _ in true }
            #expect(report.outcome == .succeeded)
            #expect(report.row("a")?.result == "done")
            #expect(report.row("b")?.kind == .skip)
            #expect(report.row(shop.namespace)?.kind == .skip)
            #expect(try await shop.get(Shop.configMaps, "b") != nil)
            #expect(try await shop.parent != nil)
            #expect(report.warnings.contains { $0.contains("still there") })
        }
    }

    @Test func waitingEndsWhenTimeIsUp() async throws {
        try await Shop.with { shop in
            var shop = shop
            shop.application.timeout = .seconds(1)
            // No controller runs: the Deployment never becomes available.
            let report = try await shop.apply(["web.yaml": Manifest.deployment("web", replicas: 1)]) { $0.wait = true }
            #expect(report.outcome == .timedOut)
            #expect(report.outcome.exitCode == 3)
            #expect(report.row("web")?.health == "progressing")
            #expect(report.row("web")?.error?.hasPrefix("it is progressing") == true, "what was waited for is named")
            #expect(report.row("web")?.result == "done")
            let quick = try await shop.apply(["a.yaml": Manifest.configMap("a"), "web.yaml": Manifest.deployment("web", replicas: 1)])
            #expect(quick.outcome == .succeeded)
        }
    }

    @Test func cancellingEndsTheRunAsInterrupted() async throws {
        try await Shop.with { shop in
            _ = try await shop.apply(["a.yaml": Manifest.configMap("a"), "old.yaml": Manifest.configMap("old")])
            let task = Task {
                try await shop.apply(["a.yaml": Manifest.configMap("a", "k: w")]) {
                    $0.confirmPrune = { _ in
                        withUnsafeCurrentTask { $0?.cancel() }
                        return true
                    }
                }
            }
            let report = try await task.value
            #expect(report.phase == "interrupted")
            #expect(try await shop.journal.run(report.runID)?.phase == .interrupted)
            #expect(try await shop.get(Shop.configMaps, "old") != nil)
            #expect(try await shop.parent?.annotation(Tracking.run) == nil)
        }
    }

    @Test func cancellingAmongTheWritesKeepsWhatWasDone() async throws {
        try await Shop.with { shop in
            let task = Mutex<Task<SyncReport, any Error>?>(nil)
            let started = AsyncStream.makeStream(of: Void.self)
            let files = many(30)
            let reconciler = Reconciler(
                client: shop.client, journal: shop.journal,
                options: {
                    var o = Reconciler.Options(); o.concurrency = 1; return o
                }(),
                progress: { progress in
                    if case .operation = progress { task.withLock { $0?.cancel() } }
                })
            task.withLock { task in
                task = Task {
                    for await _ in started.stream {}
                    return try #require(try await reconciler.apply([(shop.application, Shop.snapshot(files))]).first)
                }
            }
            started.continuation.finish()
            let running = try #require(task.withLock { $0 })
            let report = try await running.value
            #expect(report.phase == "interrupted")
            let done = report.operations.count { $0.result == "done" }
            #expect(done >= 1 && done < 30)
            #expect(report.operations.allSatisfy { $0.result == "done" || $0.result == "skipped" })
            #expect(try await shop.parent?.annotation(Tracking.run) == nil)
            let next = try await shop.apply(files)
            #expect(next.outcome == .succeeded)
            #expect(next.operations.count { $0.kind == .unchanged } == done)
        }
    }
}
