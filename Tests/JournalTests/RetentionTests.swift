// Records, audit and manifests as a controller needs them, and what is forgotten in the end.

import Foundation
import Journal
import KubernetesModel
import StructuredData
import Testing

@Suite struct RetentionTests {
    private static let application = "shop/web"

    private func key(_ name: String, namespace: String? = "shop") -> ObjectKey {
        ObjectKey(groupKind: GroupKind(group: "", kind: "ConfigMap"), namespace: namespace, name: name)
    }

    private func row(_ name: String, _ live: String) -> RecordRow {
        RecordRow(key: key(name), uid: "u-" + name, desired: Digest(of: Array("d".utf8)), live: Digest(of: Array(live.utf8)))
    }

    @Test func recordsAreReplacedAndRemovedByObject() async throws {
        let journal = try Journal(path: nil)
        try await journal.keepRecords([row("a", "1"), row("b", "1")], of: Self.application, cluster: "c1")
        try await journal.keepRecords([row("a", "9")], of: Self.application, cluster: "c2")
        try await journal.keepRecords([row("a", "2"), row("c", "1")], removing: [key("b")], of: Self.application, cluster: "c1")
        #expect(try await journal.records(of: Self.application, cluster: "c1") == [row("a", "2"), row("c", "1")])
        #expect(try await journal.records(of: Self.application, cluster: "c2") == [row("a", "9")])
        #expect(try await journal.records(of: "shop/other", cluster: "c1").isEmpty)
        try await journal.forgetMembers(of: Self.application, cluster: "c1")
        #expect(try await journal.records(of: Self.application, cluster: "c1").isEmpty)
        #expect(try await journal.records(of: Self.application, cluster: "c2").count == 1)
    }

    /// A cluster-scoped object and one in a namespace may have one name.
    @Test func aRecordKnowsWhetherItsObjectHasANamespace() async throws {
        let journal = try Journal(path: nil)
        let both = [key("a", namespace: nil), key("a")].map {
            RecordRow(key: $0, uid: "u", desired: Digest(of: [UInt8]()), live: Digest(of: [UInt8]()))
        }
        try await journal.keepRecords(both, of: Self.application, cluster: "c")
        #expect(try await journal.records(of: Self.application, cluster: "c") == both)
    }

    @Test func whatWasDecidedIsKeptNewestFirst() async throws {
        let journal = try Journal(path: nil)
        let entries = ["suspend", "resume", "approve"].map {
            AuditEntry(
                id: ULID.now(), application: Self.application, at: "2026-11-23T10:00:00.000Z", actor: "ana", action: $0, reason: "4711")
        }
        for entry in entries { try await journal.note(entry) }
        try await journal.note(
            AuditEntry(id: ULID.now(), application: "shop/other", at: "2026-11-23T10:00:00.000Z", actor: "ben", action: "sync"))
        #expect(try await journal.audit(application: Self.application, limit: 2) == [entries[2], entries[1]])
        #expect(try await journal.audit(application: nil, limit: 10).count == 4)
        await #expect(throws: JournalError.self) { try await journal.note(entries[0]) }
    }

    // MARK: Forgetting

    /// A closed run with one row, begun on that day of the year.
    private func close(
        _ journal: Journal, day: Int, phase: SyncRun.Phase = .succeeded, manifest: String? = nil, rows: Bool = true,
        application: String = RetentionTests.application
    ) async throws -> SyncRun {
        let time = String(format: "2026-01-%02dT00:00:00.000Z", day)
        var run = SyncRun(
            id: ULID.now(), application: application, cluster: "c", revision: "main@sha1:\(day)", treeID: "t\(day)", trigger: "poll",
            actor: "", startedAt: time, planDigest: "")
        var operation = RunOperation(run: run.id, sequence: 0, kind: "create", key: key("a"), version: "v1", result: "done", why: "")
        let kept = (manifest ?? "same").utf8
        operation.manifest = Digest(of: Array(kept))
        try await journal.begin(
            run, operations: rows ? [operation] : [], manifests: rows ? [(Digest(of: Array(kept)), Array(kept))] : [], inventory: [],
            drift: [])
        if phase.isFinal {
            run.phase = phase
            run.finishedAt = time
            try await journal.finish(run, inventory: nil, resolutions: [:])
        }
        return run
    }

    private func left(_ journal: Journal) async throws -> [String] {
        try await journal.runs(application: nil, limit: 1000).reversed().map(\.treeID)
    }

    @Test func oldRunsGoWithTheirManifestsAndTheNewestStay() async throws {
        let journal = try Journal(path: nil)
        for day in 1...9 { _ = try await close(journal, day: day, manifest: "m\(day)") }
        let forgotten = try await journal.forget(Retention(count: 3, since: "2026-01-08T00:00:00.000Z"))
        #expect(forgotten == Forgotten(runs: 6, episodes: 0, manifests: 6))
        #expect(try await left(journal) == ["t7", "t8", "t9"])
        #expect(try await journal.manifest(Digest(of: Array("m6".utf8))) == nil)
        #expect(try await journal.manifest(Digest(of: Array("m7".utf8))) != nil)
        // What is young stays, however many there are.
        #expect(try await journal.forget(Retention(count: 0, since: "2026-01-01T00:00:00.000Z")) == Forgotten())
    }

    @Test func whatSomebodyMayGoBackToStays() async throws {
        let journal = try Journal(path: nil)
        let pinned = try await close(journal, day: 1, phase: .failed)
        _ = try await close(journal, day: 2, manifest: "good")
        _ = try await close(journal, day: 3, phase: .partial, manifest: "bad")
        // A run that wrote nothing has no rows: nobody can go back to it.
        _ = try await close(journal, day: 4, rows: false)
        let open = try await close(journal, day: 5, phase: .planned)
        let forgotten = try await journal.forget(Retention(count: 0, since: "2027-01-01T00:00:00.000Z", pinned: [pinned.id]))
        #expect(forgotten.runs == 2)
        #expect(try await left(journal) == ["t1", "t2", open.treeID])
        #expect(try await journal.manifest(Digest(of: Array("good".utf8))) != nil)
        #expect(try await journal.manifest(Digest(of: Array("bad".utf8))) == nil)
    }

    @Test func eachApplicationKeepsItsOwn() async throws {
        let journal = try Journal(path: nil)
        for day in 1...4 { _ = try await close(journal, day: day, application: day % 2 == 0 ? "shop/a" : "shop/b") }
        _ = try await journal.forget(Retention(count: 1, since: "2027-01-01T00:00:00.000Z"))
        #expect(try await left(journal) == ["t3", "t4"])
    }

    @Test func openDriftIsNeverForgotten() async throws {
        let journal = try Journal(path: nil)
        func episode(_ type: String) -> DriftEpisode {
            DriftEpisode(
                id: ULID.now(), application: Self.application, key: key("a"), version: "v1", type: type,
                firstSeen: "2020-01-01T00:00:00.000Z", fields: .array([]))
        }
        var run = SyncRun(
            id: ULID.now(), application: Self.application, cluster: "c", revision: "", treeID: "", trigger: "drift", actor: "",
            startedAt: "2020-01-01T00:00:00.000Z", planDigest: "")
        let episodes = [episode("modified"), episode("added"), episode("removed")]
        try await journal.begin(run, operations: [], inventory: [], drift: episodes)
        run.phase = .succeeded
        run.finishedAt = "2020-01-01T00:00:00.000Z"
        try await journal.finish(run, inventory: nil, resolutions: [episodes[0].id: "reverted", episodes[1].id: "adopted"])
        #expect(try await journal.forget(Retention(count: 1, since: "2026-01-01T00:00:00.000Z")).episodes == 1)
        let kept = try await journal.episodes(application: Self.application, openOnly: false, limit: 10).map(\.type)
        #expect(kept == ["removed", "added"])
    }

    @Test func aRunIsGoneBackToWholeOrNotAtAll() async throws {
        let path = NSTemporaryDirectory() + "/journal-\(UUID().uuidString)/j.db"
        let journal = try Journal(path: path)
        let run = try await close(journal, day: 1, manifest: "m")
        let manifests = try #require(try await journal.manifests(of: run.id))
        #expect(manifests.map(\.key) == [key("a")] && manifests.map(\.json) == [Array("m".utf8)])
        #expect(try await journal.manifests(of: "nobody")?.isEmpty == true)
        try await journal.close()
    }
}
