// The journal's promises: write-ahead order, states that only move forward, episodes that stay open, files that survive.

import Foundation
import Journal
import KubernetesModel
import StructuredData
import Testing

@Suite struct JournalTests {
    private let web = ObjectKey(groupKind: GroupKind(group: "apps", kind: "Deployment"), namespace: "shop", name: "web")
    private let flags = ObjectKey(groupKind: GroupKind(group: "", kind: "ConfigMap"), namespace: "shop", name: "flags")

    private func run(_ id: String = ULID.now(), application: String = "shop/web") -> SyncRun {
        var run = SyncRun(
            id: id, application: application, cluster: "uid-1", revision: "main@sha1:aa", treeID: "tt", trigger: "cli", actor: "ana",
            startedAt: "2026-11-23T10:00:00.000Z", planDigest: "dd")
        run.counts = ["create": 2]
        return run
    }

    private func operation(_ run: SyncRun, _ sequence: Int, _ key: ObjectKey) -> RunOperation {
        RunOperation(
            run: run.id, sequence: sequence, kind: "create", key: key, version: "v1", result: "pending", why: "in Git, not in the cluster")
    }

    private func episode(_ id: String, type: String = "modified", lastSeen: String = "2026-11-23T10:00:00.000Z") -> DriftEpisode {
        var episode = DriftEpisode(
            id: id, application: "shop/web", key: web, version: "v1", type: type, firstSeen: lastSeen,
            fields: [["path": "spec.replicas", "desired": 3, "live": 7, "manager": "kubectl"]])
        episode.lastSeen = lastSeen
        return episode
    }

    @Test func aRunIsReadBackAsItWasWritten() async throws {
        let journal = try Journal(path: nil)
        var run = run()
        run.commit = "3f2c1ab"
        run.message = "raise limits"
        run.author = "Ana"
        try await journal.begin(
            run, operations: [operation(run, 0, web), operation(run, 1, flags)],
            inventory: [InventoryRow(state: "intended", key: web, version: "v1", uid: nil)], drift: [])
        try await journal.setPhase(.applying, of: run.id)
        try await journal.record(run: run.id, [OperationUpdate(sequence: 0)])
        #expect(try await journal.operations(of: run.id).map(\.result) == ["sending", "pending"])
        try await journal.record(run: run.id, [OperationUpdate(sequence: 0, result: "done", uid: "u0")])
        try await journal.record(run: run.id, [OperationUpdate(sequence: 1, result: "failed", error: "refused")])
        run.phase = .partial
        run.finishedAt = "2026-11-23T10:00:09.000Z"
        run.counts = ["create": 1, "failed": 1]
        try await journal.finish(run, inventory: [InventoryRow(state: "present", key: web, version: "v1", uid: "u0")], resolutions: [:])

        #expect(try await journal.run(String(run.id.prefix(14)).lowercased()) == run)
        #expect(try await journal.operations(of: run.id).map(\.result) == ["done", "failed"])
        #expect(
            try await journal.inventory(of: "shop/web", cluster: "uid-1") == [
                InventoryRow(state: "present", key: web, version: "v1", uid: "u0")
            ])
        #expect(try await journal.applications() == ["shop/web"])
    }

    @Test func aFinalRunStaysAsItIs() async throws {
        let journal = try Journal(path: nil)
        var run = run()
        try await journal.begin(run, operations: [], inventory: [], drift: [])
        run.phase = .succeeded
        try await journal.finish(run, inventory: nil, resolutions: [:])
        for phase in SyncRun.Phase.allCases {
            await #expect(throws: JournalError.self) { try await journal.setPhase(phase, of: run.id) }
        }
        await #expect(throws: JournalError.self) { try await journal.begin(run, operations: [], inventory: [], drift: []) }
    }

    @Test func anOperationHasOneResult() async throws {
        let journal = try Journal(path: nil)
        let run = run()
        try await journal.begin(run, operations: [operation(run, 0, web)], inventory: [], drift: [])
        try await journal.record(run: run.id, [OperationUpdate(sequence: 0, result: "done")])
        await #expect(throws: JournalError.self) {
            try await journal.record(run: run.id, [OperationUpdate(sequence: 0, result: "failed", error: "twice")])
        }
        #expect(try await journal.operations(of: run.id).map(\.result) == ["done"])
    }

    @Test func aFailingBeginLeavesNothing() async throws {
        let journal = try Journal(path: nil)
        let run = run()
        await #expect(throws: JournalError.self) {
            try await journal.begin(
                run, operations: [operation(run, 0, web), operation(run, 0, flags)],
                inventory: [InventoryRow(state: "intended", key: web, version: "v1", uid: nil)], drift: [episode("E1")])
        }
        #expect(try await journal.runs(application: nil, limit: 10).isEmpty)
        #expect(try await journal.inventory(of: "shop/web", cluster: nil).isEmpty)
        #expect(try await journal.episodes(application: nil, openOnly: false, limit: 10).isEmpty)
    }

    @Test func anOpenEpisodeKeepsItsIdAndFirstSight() async throws {
        let journal = try Journal(path: nil)
        let first = run(), second = run()
        try await journal.begin(first, operations: [], inventory: [], drift: [episode("E1")])
        try await journal.begin(second, operations: [], inventory: [], drift: [episode("E2", lastSeen: "2026-11-23T11:00:00.000Z")])
        let open = try await journal.episodes(application: "shop/web", openOnly: true, limit: 10)
        #expect(open.map(\.id) == ["E1"])
        #expect(open.map(\.firstSeen) == ["2026-11-23T10:00:00.000Z"])
        #expect(open.map(\.lastSeen) == ["2026-11-23T11:00:00.000Z"])
        #expect(open.first?.fields == episode("E1").fields)

        var done = second
        done.phase = .succeeded
        done.finishedAt = "2026-11-23T11:00:05.000Z"
        try await journal.finish(done, inventory: nil, resolutions: ["E1": "reverted"])
        let third = run()
        try await journal.begin(third, operations: [], inventory: [], drift: [episode("E3")])
        let all = try await journal.episodes(application: nil, openOnly: false, limit: 10)
        #expect(all.map(\.id) == ["E3", "E1"])
        #expect(all.map(\.resolution) == [nil, "reverted"])
    }

    @Test func theInventoryUnionNeverForgets() async throws {
        let journal = try Journal(path: nil)
        var first = run()
        try await journal.begin(
            first, operations: [], inventory: [InventoryRow(state: "intended", key: web, version: "v1", uid: nil)], drift: [])
        first.phase = .failed
        try await journal.finish(first, inventory: [InventoryRow(state: "present", key: web, version: "v1", uid: "u0")], resolutions: [:])
        try await journal.begin(
            run(), operations: [],
            inventory: [
                InventoryRow(state: "intended", key: flags, version: "v1", uid: nil),
                InventoryRow(state: "intended", key: web, version: "v1", uid: nil),
            ], drift: [])
        let rows = try await journal.inventory(of: "shop/web", cluster: "uid-1")
        #expect(rows.map(\.key) == [flags, web])
        #expect(rows.map(\.state) == ["intended", "present"])
        #expect(rows.map(\.uid) == [nil, "u0"])
    }

    @Test func aPrefixThatNamesSeveralRunsIsAnError() async throws {
        let journal = try Journal(path: nil)
        let first = run(ULID.make(milliseconds: 1_790_000_000_000)), second = run(ULID.make(milliseconds: 1_790_000_000_000))
        for run in [first, second] { try await journal.begin(run, operations: [], inventory: [], drift: []) }
        await #expect(throws: JournalError.self) { try await journal.run(String(first.id.prefix(5))) }
        #expect(try await journal.run(second.id) == second)
        #expect(try await journal.run("") == nil)
        #expect(try await journal.run("01' OR 1=1 --") == nil)
        #expect(try await journal.runs(application: nil, limit: 10).map(\.id) == [second.id, first.id])
    }

    @Test func manifestsAreKeptOnce() async throws {
        let journal = try Journal(path: nil)
        let json = Array(#"{"kind":"ConfigMap"}"#.utf8)
        let digest = Digest(of: json)
        try await journal.begin(run(), operations: [], manifests: [(digest, json), (digest, json)], inventory: [], drift: [])
        try await journal.begin(run(), operations: [], manifests: [(digest, json)], inventory: [], drift: [])
        #expect(try await journal.manifest(digest) == json)
        #expect(try await journal.manifest(Digest(of: [1])) == nil)
    }
}

@Suite struct JournalFileTests {
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    private func run(_ id: String) -> SyncRun {
        SyncRun(
            id: id, application: "a/b", cluster: "c", revision: "r", treeID: "t", trigger: "cli", actor: "x",
            startedAt: "2026-11-23T10:00:00.000Z", planDigest: "d")
    }

    @Test func theFileIsForItsOwnerOnly() async throws {
        try await withDirectory { directory in
            let path = directory + "/state/journal.db"
            #expect(!Journal.exists(at: path))
            let journal = try Journal(path: path)
            #expect(Journal.exists(at: path))
            let files = FileManager.default
            let file = try files.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            let folder = try files.attributesOfItem(atPath: directory + "/state")[.posixPermissions] as? Int
            #expect(file == 0o600)
            #expect(folder == 0o700)
            try await journal.close()
        }
    }

    @Test func aRunLeftOpenByACrashIsClosedAsInterrupted() async throws {
        try await withDirectory { directory in
            let path = directory + "/journal.db"
            let before = try Journal(path: path)
            let key = before.redactionKey
            try await before.begin(run("01A"), operations: [], inventory: [], drift: [])
            try await before.setPhase(.applying, of: "01A")
            try await before.close()

            let after = try Journal(path: path)
            #expect(after.redactionKey == key)
            #expect(try await after.closeInterrupted(application: "a/b", cluster: "c").map(\.phase) == [.applying])
            #expect(try await after.run("01A")?.phase == .interrupted)
            #expect(try await after.closeInterrupted(application: "a/b", cluster: "c").isEmpty)
            try await after.close()
        }
    }

    @Test func twoHandlesSeeEachOther() async throws {
        try await withDirectory { directory in
            let path = directory + "/journal.db"
            let one = try Journal(path: path), two = try Journal(path: path)
            #expect(one.redactionKey == two.redactionKey)
            try await one.begin(run("01A"), operations: [], inventory: [], drift: [])
            #expect(try await two.runs(application: nil, limit: 5).map(\.id) == ["01A"])
            try await two.close()
            try await one.close()
        }
    }

    @Test func aDamagedFileIsMovedAsideAndNamed() async throws {
        try await withDirectory { directory in
            let path = directory + "/journal.db"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: path))
            let journal = try Journal(path: path)
            #expect(journal.notice?.contains("moved to") == true)
            #expect(try await journal.runs(application: nil, limit: 5).isEmpty)
            let kept = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.contains("damaged") }
            #expect(kept.count == 1)
            try await journal.close()
        }
    }

    @Test func aDirectoryInTheWayIsAClearError() {
        #expect {
            _ = try Journal(path: "/proc/nothing/here/journal.db")
        } throws: { error in
            (error as? JournalError)?.code == .cannotOpen && "\(error)".contains("/proc/nothing/here")
        }
    }
}

@Suite struct ULIDTests {
    @Test func idsSortByTimeAndWithinOneMoment() {
        let ids = (0..<1000).map { ULID.make(milliseconds: 1_800_000_000_000 + UInt64($0 / 100)) }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 26 })
    }

    @Test func theTimeStandsInTheFirstTenCharacters() {
        let far = ULID.make(milliseconds: 0xFFFF_FFFF_FFFF)
        #expect(far.hasPrefix("7ZZZZZZZZZ"))
    }

    @Test func aClockThatGoesBackDoesNotBreakTheOrder() {
        let first = ULID.make(milliseconds: 0xFFFF_FFFF_FFF0), second = ULID.make(milliseconds: 5)
        #expect(first < second)
    }
}
