// diff, apply, drift and delete against the sandbox: what a person sees, what a pipeline gets.

import BelayCommands
import Foundation
import SandboxCluster
import StructuredData
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct ClusterVerbTests {
    /// Runs `body` with the sandbox's kubeconfig in the environment.
    private func withCluster(_ body: (inout ProgramHarness) async throws -> Void) async throws {
        let server = SandboxServer(controllers: false)
        let address = try await server.start()
        do {
            try await withProgram { program in
                var program = program
                try program.write(address.kubeconfigYAML, to: "kubeconfig")
                program.environment["KUBECONFIG"] = program.folder + "/kubeconfig"
                program.now = Date().timeIntervalSince1970
                try await body(&program)
            }
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }

    private func configMap(_ name: String, _ value: String = "1") -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\ndata: {k: \"\(value)\"}\n"
    }

    private let web = ["--dir", "d", "--name", "web"]

    @Test func theStraightWay() async throws {
        try await withCluster { program in
            try program.write(configMap("a"), to: "d/a.yaml")
            try program.write(configMap("b"), to: "d/b.yaml")
            let diff = await program.run(words: ["diff"] + web)
            #expect(diff.status == 1)
            #expect(diff.output.contains("Total: 2 create"))
            let apply = await program.run(words: ["apply"] + web)
            #expect(apply.status == 0)
            #expect(apply.output.contains("created     ConfigMap default/a\n"))
            #expect(apply.output.contains("succeeded   2 created in "))
            #expect(apply.error.isEmpty)
            #expect(await program.run(words: ["diff"] + web).status == 0)

            try program.write(configMap("a", "2"), to: "d/a.yaml")
            try FileManager.default.removeItem(atPath: program.folder + "/d/b.yaml")
            let json = await program.run(words: ["apply"] + web + ["-o", "json"])
            #expect(json.status == 0)
            #expect(json.error.contains("configured  ConfigMap default/a\n"))
            let report = try JSON.read(Array(json.output.utf8))
            #expect(try JSONSchema("sync-report.schema.json").problems(report) == [])
            #expect(report.at("counts", "prune") == 1 && report.at("counts", "configure") == 1)

            let history = await program.run("history", "web", "-o", "json")
            #expect(try JSONSchema("sync-run-list.schema.json").problems(try JSON.read(Array(history.output.utf8))) == [])
            let inventory = await program.run("inventory", "web", "-o", "name")
            #expect(inventory.output == "configmap/a\n")
            #expect(await program.run("show", "latest").output.contains("data.k: \"1\" → \"2\""))
        }
    }

    /// A CI job's log shows what goes on, also of a run that is killed: the plan before the first write, then each change.
    @Test func aLogGetsThePlanBeforeTheFirstWriteAndEveryChangeAtOnce() async throws {
        try await withCluster { program in
            for name in ["a", "b", "c"] { try program.write(configMap(name), to: "d/\(name).yaml") }
            let pieces = Mutex<[String]>([])
            program.onOutput = { piece in pieces.withLock { $0.append(piece) } }
            #expect(await program.run(words: ["apply"] + web).status == 0)
            let seen = pieces.withLock { $0 }
            #expect(seen.first?.contains("Total: 3 create\n") == true && seen.first?.contains("created ") == false, "\(seen)")
            #expect(seen.dropFirst().prefix(3).allSatisfy { $0.hasPrefix("created     ConfigMap default/") }, "\(seen)")
            pieces.withLock { $0 = [] }
            #expect(await program.run(words: ["delete", "--yes"] + web).status == 0)
            let deleting = pieces.withLock { $0 }
            #expect(deleting.first?.contains("Total: 3 prune\n") == true && deleting.first?.contains("pruned ") == false, "\(deleting)")
        }
    }

    @Test func deletingNeedsAYes() async throws {
        try await withCluster { program in
            try program.write(configMap("a"), to: "d/a.yaml")
            #expect(await program.run(words: ["apply"] + web).status == 0)
            let refused = await program.run(words: ["delete"] + web)
            #expect(refused.status == 6)
            #expect(refused.error.contains("hint: there is no terminal to ask on; pass --yes"))
            program.isTerminal = true
            program.answers = ["yes"]
            let wrong = await program.run(words: ["delete"] + web + ["--color", "never"])
            #expect(wrong.status == 6)
            #expect(wrong.error.contains("Type the name web to go on:"))
            program.answers = ["web"]
            #expect(await program.run(words: ["delete"] + web).status == 0)
            program.isTerminal = false
            #expect(await program.run("history", "--limit", "1").output.contains("1 prune") == true)
            #expect(await program.run("history", "--limit", "1").output.contains("(belay delete)\n"))
            #expect(await program.run("show", "latest").output.contains("Revision     none: belay delete\n"))
            let again = await program.run(words: ["delete"] + web + ["--yes"])
            #expect(again.status == 0)
            #expect(again.error.contains("nothing to delete"))
        }
    }

    @Test func pruningAsksOnATerminal() async throws {
        try await withCluster { program in
            for name in ["a", "b", "c", "d"] { try program.write(configMap(name), to: "d/\(name).yaml") }
            #expect(await program.run(words: ["apply"] + web).status == 0)
            try FileManager.default.removeItem(atPath: program.folder + "/d/d.yaml")
            program.isTerminal = true
            program.answers = ["n"]
            let refused = await program.run(words: ["apply"] + web + ["--color", "never"])
            #expect(refused.status == 6)
            #expect(refused.error.contains("Delete 1 object that left Git? [y/N]"))
            program.answers = ["y"]
            #expect(await program.run(words: ["apply"] + web).status == 0)
            program.answers = []
            try FileManager.default.removeItem(atPath: program.folder + "/d/c.yaml")
            let yes = await program.run(words: ["apply"] + web + ["--yes", "--color", "never"])
            #expect(yes.status == 0)
            #expect(!yes.error.contains("[y/N]"))
        }
    }

    @Test func theLimitHoldsUntilItIsApproved() async throws {
        try await withCluster { program in
            for index in 0..<12 { try program.write(configMap("c\(index)"), to: "d/\(index).yaml") }
            #expect(await program.run(words: ["apply"] + web).status == 0)
            for index in 1..<12 { try FileManager.default.removeItem(atPath: program.folder + "/d/\(index).yaml") }
            let held = await program.run(words: ["apply"] + web)
            #expect(held.status == 6)
            let digest = try #require(held.error.components(separatedBy: "--approve ").last?.prefix(12))
            #expect(await program.run(words: ["diff"] + web).output.contains("to approve exactly this: --approve \(digest)"))
            #expect(await program.run(words: ["apply"] + web + ["--approve", "000000000000"]).status == 6)
            let approved = await program.run(words: ["apply"] + web + ["--approve", digest.uppercased()])
            #expect(approved.status == 0)
            #expect(approved.output.contains("11 pruned"))
        }
    }

    @Test func aClusterElsewhereMustBeNamed() async throws {
        try await withCluster { program in
            try program.write(configMap("a"), to: "d/a.yaml")
            let path = program.folder + "/kubeconfig"
            let local = try String(contentsOfFile: path, encoding: .utf8)
            let remote = local.replacing(#/127\.0\.0\.1:[0-9]+/#, with: "192.0.2.1:6443")
            try program.write(remote, to: "kubeconfig")
            for verb in ["diff", "apply", "delete"] {
                let run = await program.run(words: [verb] + web)
                #expect(run.status == 2)
                #expect(run.error.contains("hint: name it, so that it cannot be the wrong one: --context sandbox"))
            }
        }
    }

    @Test func failuresSayWhyInJSONToo() async throws {
        try await withCluster { program in
            try program.write(configMap("a"), to: "d/a.yaml")
            let local = try String(contentsOfFile: program.folder + "/kubeconfig", encoding: .utf8)
            try program.write(local.replacing(#/token: .*/#, with: "token: wrong"), to: "kubeconfig")
            let run = await program.run(words: ["apply"] + web + ["-o", "json"])
            #expect(run.status == 4)
            let report = try JSON.read(Array(run.output.utf8))
            #expect(try JSONSchema("sync-report.schema.json").problems(report) == [])
            #expect(report["application"] == "default/web" && report["outcome"] == "unreachable")
            let noSource = await program.run("apply", "--dir", "nope", "--name", "web", "-o", "json")
            #expect(noSource.status == 2)
            #expect(try JSON.read(Array(noSource.output.utf8))["application"] == "")
        }
    }

    @Test func theContextNamesTheNamespace() async throws {
        try await withCluster { program in
            try program.write(configMap("a"), to: "d/a.yaml")
            let local = try String(contentsOfFile: program.folder + "/kubeconfig", encoding: .utf8)
            try program.write(local.replacing("user: sandbox", with: "user: sandbox\n    namespace: team-a"), to: "kubeconfig")
            guard local.contains("user: sandbox") else { return }
            let run = await program.run(words: ["apply"] + web)
            #expect(run.status == 0)
            #expect(run.output.contains("ConfigMap team-a/a"))
        }
    }
}
