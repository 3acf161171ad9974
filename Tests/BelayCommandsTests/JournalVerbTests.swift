// history, show, drift and inventory, against a journal written for the test.

import BelayCommands
import Journal
import KubernetesModel
import StructuredData
import Testing

@Suite struct JournalVerbTests {
    private static let web = ObjectKey(groupKind: GroupKind(group: "apps", kind: "Deployment"), namespace: "shop", name: "web")
    private static let first = "01K5PQ0000AAAAAAAAAAAAAAAA"
    private static let second = "01K5PQ0000BBBBBBBBBBBBBBBB"

    private func fill(_ path: String, resolve: Bool) async throws {
        let journal = try Journal(path: path)
        for (id, application) in [(Self.first, "shop/web"), (Self.second, "shop/api")] {
            var run = SyncRun(
                id: id, application: application, cluster: "uid-1", revision: "main@sha1:\(HandMade.commit)", treeID: "t", trigger: "cli",
                actor: "ana", startedAt: HandMade.threeMinutesAgo, planDigest: "d")
            run.message = "raise\u{1B} the limits"
            run.author = "Ana"
            var operation = RunOperation(
                run: id, sequence: 0, kind: "configure", key: Self.web, version: "v1", result: "pending", why: "drift")
            operation.file = "deploy/web.yaml"
            operation.line = 3
            operation.changes = [["path": "spec.replicas", "from": 7, "to": 3, "manager": "kubectl"]]
            var episode = DriftEpisode(
                id: "E-" + id, application: application, key: Self.web, version: "v1", type: "modified",
                firstSeen: HandMade.threeMinutesAgo,
                fields: [
                    [
                        "path": "spec.replicas", "desired": 3, "live": 7, "manager": "kubectl", "operation": "Update",
                        "subresource": "scale",
                        "time": .string(HandMade.threeMinutesAgo),
                    ],
                    [
                        "path": "metadata.labels.x", "desired": "y", "live": .null, "manager": .null, "operation": .null,
                        "subresource": .null,
                        "time": .null,
                    ],
                ])
            episode.file = "deploy/web.yaml"
            episode.line = 3
            try await journal.begin(
                run, operations: [operation], inventory: [InventoryRow(state: "intended", key: Self.web, version: "v1", uid: nil)],
                drift: [episode])
            try await journal.record(run: id, [OperationUpdate(sequence: 0, result: "done", uid: "u")])
            run.phase = .succeeded
            run.finishedAt = "2026-09-21T14:10:58Z"
            run.counts = ["configure": 1, "unchanged": 11]
            try await journal.finish(
                run, inventory: [InventoryRow(state: "present", key: Self.web, version: "v1", uid: "u")],
                resolutions: resolve ? ["E-" + id: "reverted"] : [:])
        }
        try await journal.close()
    }

    @Test func whatFailedIsToldAsAPartOfWhatWasTried() async throws {
        try await withProgram { program in
            let journal = try Journal(path: program.journal)
            var run = SyncRun(
                id: Self.first, application: "shop/web", cluster: "uid-1", revision: "main@sha1:\(HandMade.commit)", treeID: "t",
                trigger: "cli", actor: "ana", startedAt: HandMade.threeMinutesAgo, planDigest: "d")
            try await journal.begin(run, operations: [], inventory: [], drift: [])
            run.phase = .partial
            run.counts = ["create": 3, "configure": 1, "failed": 2, "blocked": 4, "unchanged": 5]
            try await journal.finish(run, inventory: [], resolutions: [:])
            try await journal.close()
            for arguments in [["history"], ["show", "latest"]] {
                let output = await program.run(words: arguments).output
                #expect(output.contains("3 create, 1 configure, 2 of them failed, 4 blocked"), "\(output)")
            }
        }
    }

    @Test(arguments: [
        (SyncRun.Phase.interrupted, ["done", "done", "skipped"], "3 create, 1 of them not done"),
        (.held, ["pending", "pending", "pending"], "3 create, not done"),
        (.partial, ["done", "failed", "blocked"], "3 create, 1 of them failed, 1 not done"),
        (.succeeded, ["done", "done", "done"], "3 create"),
        // Killed: nobody counted, and nobody closed it.
        (.applying, ["done", "sending", "pending"], "3 create, 2 of them not done"),
    ])
    func whatWasPlannedIsNotWhatWasDone(_ phase: SyncRun.Phase, _ results: [String], _ says: String) async throws {
        try await withProgram { program in
            let journal = try Journal(path: program.journal)
            var run = SyncRun(
                id: Self.first, application: "shop/web", cluster: "uid-1", revision: "main@sha1:\(HandMade.commit)", treeID: "t",
                trigger: "cli", actor: "ana", startedAt: HandMade.threeMinutesAgo, planDigest: "d")
            let operations = results.indices.map {
                RunOperation(run: run.id, sequence: $0, kind: "create", key: Self.web, version: "v1", result: "pending", why: "")
            }
            try await journal.begin(run, operations: operations, inventory: [], drift: [])
            for (sequence, result) in results.enumerated() where result != "pending" {
                try await journal.record(run: run.id, [OperationUpdate(sequence: sequence, result: result)])
            }
            if phase == .applying {
                #expect(await program.run("history").output.contains(says))
                _ = try await journal.closeInterrupted(application: "shop/web", cluster: nil)
            } else {
                run.phase = phase
                run.counts = ["create": 3, "failed": results.count { $0 == "failed" }]
                try await journal.finish(run, inventory: [], resolutions: [:])
            }
            try await journal.close()
            for arguments in [["history"], ["show", "latest"], ["show", Self.first]] {
                let output = await program.run(words: arguments).output
                #expect(output.contains(says + (arguments == ["history"] ? "  " : "\n")), "\(output)")
            }
        }
    }

    @Test func history() async throws {
        try await withProgram { program in
            try await fill(program.journal, resolve: true)
            let all = await program.run("history")
            #expect(all.status == 0)
            #expect(try golden("history.txt", all.output) == all.output)
            #expect(await program.run("history", "-o", "name").output == "\(Self.second)\n\(Self.first)\n")
            for arguments in [["history", "web"], ["history", "shop/web"], ["history", "web", "-n", "shop"]] {
                let one = await program.run(words: arguments + ["-o", "name"])
                #expect(one.output == "\(Self.first)\n")
            }
            let none = await program.run("history", "db")
            #expect(none.status == 0 && none.output.isEmpty)
            #expect(none.error.contains("shop/api or shop/web"))
            let json = await program.run("history", "-o", "json", "--limit", "1")
            let value = try JSON.read(Array(json.output.utf8))
            #expect(try JSONSchema("sync-run-list.schema.json").problems(value).isEmpty)
            #expect(value["items"]?.array?.count == 1)
        }
    }

    @Test func show() async throws {
        try await withProgram { program in
            try await fill(program.journal, resolve: true)
            let run = await program.run("show", Self.first.lowercased())
            #expect(run.status == 0)
            #expect(try golden("show.txt", run.output) == run.output)
            #expect(await program.run("show", "latest").output.contains(Self.second))
            let ambiguous = await program.run("show", "01K5PQ")
            #expect(ambiguous.status == 2)
            #expect(ambiguous.error.contains("2 runs"))
            #expect(await program.run("show", "nonsense").status == 2)
            let json = try JSON.read(Array(await program.run("show", Self.first, "-o", "json").output.utf8))
            #expect(try JSONSchema("sync-run.schema.json").problems(json) == [])
        }
    }

    @Test(arguments: [(true, Int32(0)), (false, 1)])
    func drift(_ resolved: Bool, _ status: Int32) async throws {
        try await withProgram { program in
            try await fill(program.journal, resolve: resolved)
            let run = await program.run("drift")
            #expect(run.status == status)
            #expect(try golden(resolved ? "drift-resolved.txt" : "drift-open.txt", run.output) == run.output)
            let json = await program.run("drift", "web", "-o", "json")
            #expect(json.status == status)
            let value = try JSON.read(Array(json.output.utf8))
            #expect(try JSONSchema("drift-episode-list.schema.json").problems(value) == [])
            #expect(value["items"]?[0]?["state"] == .string(resolved ? "resolved" : "open"))
            #expect(await program.run("drift", "--open", "-o", "name").output.isEmpty == resolved)
            #expect(await program.run("drift", "-n", "elsewhere").status == 0)
        }
    }

    @Test func inventory() async throws {
        try await withProgram { program in
            try await fill(program.journal, resolve: true)
            let run = await program.run("inventory", "shop/web")
            #expect(run.status == 0)
            #expect(try golden("inventory.txt", run.output) == run.output)
            #expect(await program.run("inventory", "web", "-o", "name").output == "deployment.apps/web\n")
            let json = try JSON.read(Array(await program.run("inventory", "web", "-o", "json").output.utf8))
            #expect(try JSONSchema("inventory.schema.json").problems(json) == [])
            let none = await program.run("inventory", "db")
            #expect(none.status == 0 && none.output.isEmpty && none.error.contains("shop/api or shop/web"))
        }
    }

    @Test(arguments: ["history", "drift", "inventory web"])
    func noJournalIsAnEmptyList(_ line: String) async throws {
        try await withProgram { program in
            let words = line.split(separator: " ").map(String.init)
            let run = await program.run(words: words)
            #expect(run.status == 0)
            #expect(run.output.isEmpty)
            #expect(run.error.contains(program.journal))
            let json = await program.run(words: words + ["-o", "json"])
            #expect(json.status == 0)
            let list = try JSON.read(Array(json.output.utf8))
            #expect(list["items"] == .array([]))
            #expect(!Journal.exists(at: program.journal))
            #expect(await program.run("show", "01K5").status == 2)
        }
    }

    @Test func theSameNameInTwoNamespacesMustBeToldApart() async throws {
        try await withProgram { program in
            try await fill(program.journal, resolve: true)
            let journal = try Journal(path: program.journal)
            let twin = SyncRun(
                id: ULID.now(), application: "other/web", cluster: "c", revision: "r", treeID: "t", trigger: "cli", actor: "ana",
                startedAt: HandMade.threeMinutesAgo, planDigest: "d")
            try await journal.begin(twin, operations: [], inventory: [], drift: [])
            try await journal.close()
            let run = await program.run("history", "web")
            #expect(run.status == 2)
            #expect(run.error.contains("other/web, shop/web"))
            #expect(await program.run("history", "web", "-n", "other", "-o", "name").output == twin.id + "\n")
        }
    }
}
