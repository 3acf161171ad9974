// Writes that share a transaction: each durable when it is told so, none hurt by the others.

import Foundation
import Journal
import KubernetesModel
import StructuredData
import Testing

@Suite struct GroupCommitTests {
    private func run(_ application: String) -> SyncRun {
        SyncRun(
            id: ULID.now(), application: application, cluster: "uid-1", revision: "main@sha1:aa", treeID: "tt", trigger: "poll",
            actor: "controller", startedAt: "2026-11-23T10:00:00.000Z", planDigest: "dd")
    }

    private func withFile(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder + "/journal.db")
    }

    @Test func manyRunsWriteAtOnceAndEachReadsItsOwnWritesAtOnce() async throws {
        try await withFile { path in
            let journal = try Journal(path: path)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        let run = run("shop/app-\(index)")
                        try await journal.begin(run, operations: [], inventory: [], drift: [])
                        try await journal.setPhase(.applying, of: run.id)
                        #expect(try await journal.run(run.id)?.phase == .applying)
                    }
                }
                try await group.waitForAll()
            }
            try await journal.close()
            let again = try Journal(path: path)
            #expect(try await again.applications().count == 200)
            try await again.close()
        }
    }

    @Test func aWriteThatIsRefusedLeavesNothingAndTheOthersStand() async throws {
        try await withFile { path in
            let journal = try Journal(path: path)
            let key = ObjectKey(groupKind: GroupKind(group: "", kind: "Service"), namespace: "shop", name: "web")
            let results = await withTaskGroup(of: (Int, Bool).self) { group in
                for index in 0..<100 {
                    group.addTask {
                        let isTwin = index % 3 == 0
                        let run = run("shop/app-\(index)")
                        let operation = RunOperation(
                            run: run.id, sequence: 0, kind: "create", key: key, version: "v1", result: "pending", why: "")
                        do {
                            // The second row of a twin is refused when the run and the first one are written.
                            try await journal.begin(
                                run, operations: isTwin ? [operation, operation] : [operation], inventory: [], drift: [])
                            return (index, true)
                        } catch {
                            return (index, false)
                        }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            for (index, succeeded) in results { #expect(succeeded == (index % 3 != 0), "write \(index)") }
            #expect(try await journal.applications().count == 66)
            try await journal.close()
        }
    }
}
