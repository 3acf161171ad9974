// history, drift and show with a controller's journal on this machine: the cluster says what is open, the journal what it was.

import BelayCommands
import Journal
import KubernetesClient
import KubernetesModel
import StructuredData
import Testing

@Suite(.timeLimit(.minutes(10))) struct ClusterRecordTests {
    private static let (older, newer, foreign) = (
        "01K5PQ0000AAAAAAAAAAAAAAAA", "01K5PQ0000BBBBBBBBBBBBBBBB", "01K5PQ0000CCCCCCCCCCCCCCCC"
    )

    private static func episode(_ id: String, _ name: String) -> DriftEpisode {
        let key = ObjectKey(groupKind: GroupKind(group: "", kind: "ConfigMap"), namespace: "default", name: name)
        var episode = DriftEpisode(
            id: id, application: "default/web", key: key, version: "v1", type: "modified", firstSeen: HandMade.threeMinutesAgo,
            fields: [["path": "data.a", "desired": "1", "live": "2", "manager": "kubectl", "operation": "Update"]])
        (episode.file, episode.line, episode.author) = ("deploy/\(name).yaml", 3, "Ana")
        return episode
    }

    /// What the controller wrote, and a run of another cluster's Application of that name.
    private static func fill(_ path: String, uid: String) async throws {
        let journal = try Journal(path: path)
        for (id, cluster) in [(older, uid), (newer, uid), (foreign, "another")] {
            var run = SyncRun(
                id: id, application: "default/web", cluster: cluster, revision: "main@sha1:\(HandMade.commit)", treeID: "t",
                trigger: "poll", actor: "controller", startedAt: HandMade.threeMinutesAgo, planDigest: "d")
            (run.message, run.author) = ("Five replicas", "Ana")
            let drift = id == newer ? [episode("E1", "open"), episode("E2", "put-back"), episode("E3", "unknown")] : []
            try await journal.begin(run, operations: [], inventory: [], drift: drift)
            (run.phase, run.finishedAt, run.counts) = (.succeeded, "2026-09-21T14:10:58Z", ["configure": 1])
            try await journal.finish(run, inventory: [], resolutions: id == newer ? ["E2": "reverted"] : [:])
        }
        try await journal.close()
    }

    @Test func theJournalOfTheControllerIsReadToo() async throws {
        try await ControllerVerbTests().withStage { stage in
            let program = stage.program
            try await stage.make(
                "web",
                status:
                    "{openDrift: 1, runs: [{id: \(Self.newer), phase: succeeded, revision: \"main@sha1:\(HandMade.commit)\", startedAt: \"2026-09-21T14:10:20Z\"}]}"
            )
            let report = """
                apiVersion: belay.dev/v1alpha1
                kind: DriftReport
                metadata: {namespace: default, name: web}
                openCount: 1
                episodes:
                - {id: E1, object: {version: v1, kind: ConfigMap, namespace: default, name: open}, type: modified,
                   firstSeen: "2026-09-21T14:10:20Z", lastSeen: "2026-09-21T14:10:20Z", fields: [{path: data.a, desired: "1", live: "2"}]}
                """
            let reports = APIResource(
                groupVersionKind: GroupVersionKind(group: "belay.dev", version: "v1alpha1", kind: "DriftReport"), resource: "driftreports",
                namespaced: true)
            let body = try #require(try YAML.read(Array(report.utf8), file: "r").first?.value)
            _ = try await stage.client.create(reports, body: body, fieldManager: "test", class: .managed)
            let elsewhere = await program.run("show", Self.newer)
            #expect(
                elsewhere.status == 2
                    && elsewhere.error.contains("of default/web is in the controller's journal, which is not on this machine"),
                "\(elsewhere)")
            #expect(await program.run("show", Self.foreign).error.contains("there is no run \(Self.foreign)"))
            let uid = try #require(try await stage.read("web").at("metadata", "uid")?.string)
            try await Self.fill(program.journal, uid: uid)

            let history = await program.run("history", "web", "-o", "json")
            let runs = try JSON.read(Array(history.output.utf8))
            #expect(try JSONSchema("sync-run-list.schema.json").problems(runs) == [])
            #expect(runs["items"]?.array?.compactMap { $0["id"]?.string } == [Self.newer, Self.older])
            for name in ["message", "author", "actor"] { #expect(runs["items"]?[0]?[name]?.string?.isEmpty == false, "\(name)") }
            #expect(runs["items"]?[0]?.at("counts", "configure") == 1)
            #expect(history.error.contains("and from the journal \(program.journal)"), "\(history)")
            #expect(history.error.contains("1 run of belay apply, or of another cluster, left out"), "\(history)")

            let drift = await program.run("drift", "web", "-o", "json")
            let episodes = try JSON.read(Array(drift.output.utf8))
            #expect(try JSONSchema("drift-episode-list.schema.json").problems(episodes) == [])
            #expect(drift.status == 1)
            #expect(
                episodes["items"]?.array?.map { "\($0["id"]?.string ?? "") \($0["state"]?.string ?? "")" } == ["E1 open", "E2 resolved"],
                "\(drift)")
            #expect(episodes["items"]?[0]?.at("source", "file") == "deploy/open.yaml")
            #expect(await program.run("drift", "web", "--open", "-o", "name").output == "E1\n")
            #expect(await program.run("drift", "web", "--cluster", "-o", "name").output == "E1\n")
            #expect(await program.run("drift", "-A", "-o", "name").output == "E1\nE2\n")
            let named = await program.run("drift", "web", "--journal", program.journal, "-o", "name")
            #expect(named.status == 1 && named.output == "E1\nE2\n", "\(named)")
            #expect(await program.run("history", "web", "--no-cluster", "-o", "name").output.contains(Self.foreign))
            for verb in ["history", "drift"] {
                let missing = await program.run(verb, "web", "--journal", "none.db")
                #expect(missing.status == 2 && missing.error.contains("there is no journal at none.db"), "\(missing)")
            }
            // What is put right is over, and on record.
            _ = try await stage.client.delete(
                reports, namespace: "default", name: "web", options: .init(uid: nil, resourceVersion: nil), class: .managed)
            try await stage.write("{openDrift: 0, runs: []}", to: "web")
            let over = await program.run("drift", "web", "-o", "name")
            #expect(over.status == 0 && over.output == "E2\n", "\(over)")
        }
    }

    @Test func whatIsOpenAndNotListedComesFromTheJournal() {
        var records = JournalRecords()
        records.episodes = [Self.episode("E3", "c"), Self.episode("E2", "b"), Self.episode("E1", "a")]
        let found = records.episodes(with: [Self.episode("E1", "a")], unlisted: ["default/web": 3])
        #expect(found.open.map(\.id) == ["E1", "E2", "E3"] && found.resolved.isEmpty && found.unlisted == 1)
        #expect(JournalRecords().episodes(with: [], unlisted: ["default/web": 3]).unlisted == 3)
    }
}
