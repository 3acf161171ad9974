// Two runs at once, and an object that appears between plan and write: a run is held at a point until the other thing has happened.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.recordable) struct RaceTests {
    private static func configMap(_ name: String, _ value: String, annotations: String = "{}") -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \(name)\n  annotations: \(annotations)\ndata:\n  a: \"\(value)\"\n"
    }

    /// Runs `belay apply … -o json`, held at `point` while `meanwhile` runs.
    private func apply(
        _ team: Scenario, _ more: [String] = [], heldAt point: String, killedAt end: String? = nil, meanwhile: () async throws -> Void
    ) async throws -> ProgramResult {
        let file = team.repository.scratch + "/held-\(UUID().uuidString)"
        var program = team.program
        program.environment["BELAY_PAUSE_AT"] = "\(point):\(file)"
        program.environment["BELAY_CRASH_AT"] = end
        let arguments = ["apply"] + team.source + ["-o", "json"] + more
        let running = Task { [program] in try await program.run(arguments) }
        do {
            try await Wait.until("the run comes to \(point)") { FileManager.default.fileExists(atPath: file) }
            try await meanwhile()
        } catch {
            running.cancel()
            throw error
        }
        try FileManager.default.removeItem(atPath: file)
        return try await running.value
    }

    /// Starts `belay apply` and waits until it says that it waits.
    private func begin(_ team: Scenario, _ commit: String) async throws -> Task<ProgramResult, any Error> {
        let file = team.repository.scratch + "/said-\(UUID().uuidString)"
        let belay = team.program
        let shell = Program("sh", environment: belay.environment)
        let script = #"file=$0; exec "$@" 2>"$file""#
        let running = Task { try await shell.run(["-c", script, file, belay.path, "apply"] + team.source + ["--ref", commit]) }
        try await Wait.until("it waits for the other run") {
            (try? String(contentsOfFile: file, encoding: .utf8))?.contains("waiting for another run of \(team.namespace)/app") ?? false
        }
        return running
    }

    private func requests(_ team: Scenario, _ body: () async throws -> Void) async throws -> [String] {
        try await team.cluster.requests(of: "belay", during: body).filter { !["/api", "/apis"].contains($0.path) }
            .map { $0.line(in: team.namespace) }
    }

    private func rows(_ report: Value) -> [String] {
        (report["operations"]?.array ?? []).map {
            "\($0["op"]?.string ?? "") \($0["name"]?.string ?? "") \($0["result"]?.string ?? "")"
        }.sorted()
    }

    // MARK: W14: two runs at once, of an older and a newer commit

    /// The set as both know it, then an older commit that changes a and adds b, and a newer one that changes a, drops b and adds c.
    private func twoCommits(_ team: Scenario) async throws -> (older: String, newer: String) {
        try await team.repository.commit(["deploy/a.yaml": Self.configMap("a", "0")])
        let first = try await team.belay("apply")
        #expect(first.status == 0, "\(first)")
        try await team.repository.commit(["deploy/a.yaml": Self.configMap("a", "1"), "deploy/b.yaml": Self.configMap("b", "1")])
        let older = try await team.repository.amend(committed: "2026-03-01T10:00:00+01:00")
        try team.repository.remove("deploy/b.yaml")
        try await team.repository.commit(["deploy/a.yaml": Self.configMap("a", "2"), "deploy/c.yaml": Self.configMap("c", "2")])
        // Later, though its text does not say so: zones differ.
        let newer = try await team.repository.amend(committed: "2026-03-01T09:30:00Z")
        return (older, newer)
    }

    private func expectTheNewer(_ team: Scenario) async throws {
        #expect(try await team.object("configmap/a")?.at("data", "a") == "2")
        #expect(try await team.object("configmap/b") == nil)
        #expect(try await team.object("configmap/c")?.at("data", "a") == "2")
        #expect(try await team.object("configmap/belay-app")?.at("metadata", "annotations", "belay.dev/run") == nil)
        let diff = try await team.onAnotherMachine().belay("diff")
        #expect(diff.status == 0, "\(diff)")
    }

    @Test func w14AnOlderRunThatComesLateGivesWay() async throws {
        try await withScenario(
            recording: Recording(
                "w14-older-comes-late",
                "A run of an older commit that has planned before a newer one was done is refused the lease and gives way.")
        ) { team in
            let (older, newer) = try await twoCommits(team)
            let other = team.onAnotherMachine()
            var sent: [String] = [], outcome: ProgramResult?
            let all = try await requests(team) {
                outcome = try await apply(team, ["--ref", older], heldAt: "planned") {
                    sent = try await requests(team) {
                        let result = try await other.belay("apply", "--ref", newer)
                        #expect(result.status == 0, "\(result)")
                    }
                }
            }
            let late = try #require(outcome)
            #expect(late.status == 5, "\(late)")
            #expect(late.says("a newer revision took over while this run waited: main@sha1:\(newer)") || late.says(newer), "\(late)")
            #expect(
                sent.sorted() == [
                    "apply configmaps/a", "apply configmaps/a (dry-run)", "apply configmaps/c", "get configmaps/belay-app",
                    "get configmaps/c 404", "list configmaps", "update configmaps/belay-app", "update configmaps/belay-app",
                ])
            // The late one: it plans, is refused the lease, reads the parent again, and sends no more.
            #expect(
                subtract(sent, from: all).sorted() == [
                    "apply configmaps/a (dry-run)", "get configmaps/b 404", "get configmaps/belay-app", "get configmaps/belay-app",
                    "list configmaps", "update configmaps/belay-app 409",
                ])
            try await expectTheNewer(team)
        }
    }

    @Test func w14ANewerRunWaitsForTheOlder() async throws {
        try await withScenario(
            recording: Recording(
                "w14-newer-waits",
                "A run of a newer commit waits until the one of an older commit gives its lease back; of its looks only the first and the last are kept."
            )
        ) { team in
            let (older, newer) = try await twoCommits(team)
            let other = team.onAnotherMachine()
            var waiting: Task<ProgramResult, any Error>?
            let first = try await apply(team, ["--ref", older], heldAt: "leaseTaken") {
                let seen = try await requests(team) { waiting = try await begin(other, newer) }
                #expect(Set(seen) == ["get configmaps/belay-app"], "it did more than to wait: \(seen)")
            }
            #expect(first.status == 0, "\(first)")
            let second = try #require(try await waiting?.value)
            #expect(second.status == 0, "\(second)")
            try await expectTheNewer(team)
        }
    }

    /// As on a build server's one machine: the second run waits for the first before it reads anything.
    @Test func w14AnOlderRunOnTheSameMachineGivesWayToo() async throws {
        try await withScenario(
            recording: Recording(
                "w14-same-machine", "On one machine the second run waits before it reads anything, and an older commit gives way.")
        ) { team in
            let (older, newer) = try await twoCommits(team)
            var late: Task<ProgramResult, any Error>?
            let first = try await apply(team, ["--ref", newer], heldAt: "leaseTaken") {
                let started = try await requests(team) { late = try await begin(team, older) }
                #expect(started == [], "it did not wait: \(started)")
            }
            #expect(first.status == 0, "\(first)")
            let second = try #require(try await late?.value)
            #expect(second.status == 5, "\(second)")
            try await expectTheNewer(team)
            // Who goes back on purpose, with nothing else under way, is not held up.
            let back = try await team.belay("apply", "--ref", older)
            #expect(back.status == 0, "\(back)")
            #expect(try await team.object("configmap/a")?.at("data", "a") == "1")
            #expect(try await team.object("configmap/c") == nil)
        }
    }

    // MARK: W17: an object that appears between plan and write

    private func oneToMake(_ team: Scenario, annotations: String = "{}") async throws {
        try await team.makeNamespace()
        try await team.repository.commit(["deploy/a.yaml": Self.configMap("a", "1", annotations: annotations)])
    }

    private func make(_ team: Scenario, _ manager: String, _ manifest: String) async throws {
        let made = try await team.kubectl("create", "-f", "-", "--field-manager=\(manager)", input: manifest)
        #expect(made.status == 0, "\(made)")
    }

    private static let beforeTheWrite = [
        "get configmaps/belay-app 404", "get namespaces/NS", "get configmaps/a 404", "create configmaps/belay-app",
    ]

    /// What a hand does between plan and write is on record before it is put right.
    @Test func aHandBetweenPlanAndWriteIsOnRecord() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": Self.configMap("a", "0")])
            #expect(try await team.belay("apply").status == 0)
            try await team.repository.commit(["deploy/a.yaml": Self.configMap("a", "1")])
            let run = try await apply(team, heldAt: "planned") {
                _ = try await team.kubectl("label", "configmap/a", "hand=left")
            }
            #expect(run.status == 0, "\(run)")
            #expect(try await team.object("configmap/a")?.at("metadata", "labels", "hand") == nil)
            let drift = try await team.run("drift", "\(team.namespace)/app", "-o", "json").json()["items"]?.array ?? []
            #expect(drift.map { $0["type"] } == ["added"] && drift.map { $0["resolution"] } == ["reverted"], "\(drift)")
            let field = try #require(drift.first?["fields"]?.array?.first)
            #expect(field["path"] == "metadata.labels.hand" && field["manager"] == "kubectl-label" && field["time"]?.string != nil)
        }
    }

    @Test func w17NobodysObjectIsAdopted() async throws {
        try await withScenario(
            recording: Recording(
                "w17-nobodys-object", "Nobody's object that appears between plan and write is adopted.")
        ) { team in
            try await oneToMake(team)
            var result: ProgramResult?
            let sent = try await requests(team) {
                result = try await apply(team, heldAt: "planned") { try await team.makeConfigMap("a") }
            }
            let report = try #require(try result?.json())
            #expect(result?.status == 0, "\(report)")
            #expect(rows(report) == ["adopt a done"])
            #expect(
                sent.map { $0.replacing(team.namespace, with: "NS") }.sorted()
                    == (Self.beforeTheWrite + [
                        "apply configmaps/a", "get configmaps/a", "apply configmaps/a (dry-run)", "update configmaps/a (dry-run)",
                        "patch configmaps/a", "apply configmaps/a", "update configmaps/belay-app",
                    ]).sorted())
            // What a hand had on it goes, as with every object that is adopted.
            #expect(try await team.object("configmap/a")?["data"] == ["a": "1"])
            let next = try await team.belay("diff")
            #expect(next.status == 0, "\(next)")
        }
    }

    @Test func w17NobodysObjectWithAnotherValueIsAdoptedAndChanged() async throws {
        try await withScenario(
            recording: Recording(
                "w17-nobodys-other-value",
                "Nobody's object that appears between plan and write, with another value, is adopted and changed.")
        ) { team in
            try await oneToMake(team)
            var result: ProgramResult?
            let sent = try await requests(team) {
                result = try await apply(team, heldAt: "planned") { try await make(team, "some-script", Self.configMap("a", "0")) }
            }
            let report = try #require(try result?.json())
            #expect(result?.status == 0, "\(report)")
            #expect(rows(report) == ["adopt a done"])
            let change = changes(report).first { $0.path == "data.a" }
            #expect(change?.from == "0" && change?.to == "1" && change?.manager == "some-script")
            #expect(
                sent.map { $0.replacing(team.namespace, with: "NS") }.sorted()
                    == (Self.beforeTheWrite + [
                        "apply configmaps/a 409", "get configmaps/a", "apply configmaps/a (dry-run) 409",
                        "apply configmaps/a (dry-run, force)", "apply configmaps/a (force)", "update configmaps/belay-app",
                    ]).sorted())
            #expect(try await team.object("configmap/a")?["data"] == ["a": "1"])
        }
    }

    static let helm = "{meta.helm.sh/release-name: shop, meta.helm.sh/release-namespace: team}"

    /// Where it holds another value the server itself refuses; where it does not, what was taken is let go again.
    @Test(arguments: ["0", "1"]) func w17AnotherOwnersObjectIsNotTaken(_ value: String) async throws {
        try await withScenario(
            recording: Recording(
                "w17-owned-\(value == "0" ? "other" : "same")-value",
                "Helm's object that appears between plan and write, with \(value == "0" ? "another" : "the same") value, is left to it.")
        ) { team in
            try await oneToMake(team)
            var result: ProgramResult?, before: Value?
            let sent = try await requests(team) {
                result = try await apply(team, heldAt: "planned") {
                    try await make(team, "helm", Self.configMap("a", value, annotations: Self.helm))
                    before = try await team.object("configmap/a")
                }
            }
            let report = try #require(try result?.json())
            #expect(result?.status == 1, "\(report)")
            #expect(rows(report) == ["blocked a blocked"])
            #expect(result?.says("belongs to Helm release team/shop") == true, "\(report)")
            let writes =
                value == "0"
                ? ["apply configmaps/a 409", "get configmaps/a"] : ["apply configmaps/a", "apply configmaps/a", "get configmaps/a"]
            #expect(
                sent.map { $0.replacing(team.namespace, with: "NS") }.sorted()
                    == (Self.beforeTheWrite + writes + ["update configmaps/belay-app"]).sorted())
            var after = try #require(try await team.object("configmap/a"))
            after.set(before?.at("metadata", "resourceVersion"), at: ["metadata", "resourceVersion"])
            #expect(after == before, "it is not as its owner made it")
        }
    }

    /// Killed after the apply that met it and before the one that lets it go, a run leaves its label behind, and no more.
    @Test func w17AnotherOwnersObjectStaysItsAfterAKill() async throws {
        try await withScenario(
            recording: Recording(
                "w17-owned-after-a-kill",
                "Killed between the apply that met Helm's object and the one that lets it go, a run leaves its label behind, and no more.")
        ) { team in
            try await oneToMake(team)
            let killed = try await apply(team, heldAt: "planned", killedAt: "sending:2") {
                try await make(team, "helm", Self.configMap("a", "1", annotations: Self.helm))
            }
            #expect(killed.status != 0, "\(killed)")
            let met = try await team.object("configmap/a")
            #expect(met?.at("metadata", "labels", "applyset.kubernetes.io/part-of") != nil, "it was not killed in time")

            try await team.repository.commit(["deploy/a.yaml": Self.configMap("a", "2"), "deploy/b.yaml": Self.configMap("b", "1")])
            let next = try await team.belay("apply", "-o", "json")
            #expect(next.status == 1, "\(next)")
            #expect(rows(try next.json()) == ["blocked a blocked", "create b done"])
            #expect(next.says("belongs to Helm release team/shop"), "\(next)")
            try team.repository.remove("deploy/a.yaml")
            try await team.repository.commit(["deploy/b.yaml": Self.configMap("b", "1")])
            let last = try await team.belay("apply", "-o", "json")
            #expect(last.status == 0, "\(last)")
            #expect(rows(try last.json()) == ["skip a skipped", "unchanged b skipped"])
            #expect(try await team.object("configmap/a")?.at("data", "a") == "1")
        }
    }

    @Test func w17AnotherOwnersObjectIsTakenWhereGitSaysSo() async throws {
        try await withScenario(
            recording: Recording(
                "w17-owned-adopt-allowed", "Helm's object that appears between plan and write is taken where Git says so.")
        ) { team in
            try await oneToMake(team, annotations: "{belay.dev/adopt: allowed}")
            let result = try await apply(team, heldAt: "planned") {
                try await make(team, "helm", Self.configMap("a", "1", annotations: Self.helm))
            }
            #expect(result.status == 0, "\(result)")
            #expect(rows(try result.json()) == ["adopt a done"])
            let marks = try await team.object("configmap/a")?.at("metadata", "annotations")
            #expect(marks?["belay.dev/application"]?.string == "\(team.namespace)/app")
        }
    }

    /// Where it holds another value the server itself refuses; where it does not, what was taken is let go again.
    @Test(arguments: ["0", "1"]) func w17WhatIsOnlyCreatedStaysAsItsMakerMadeIt(_ value: String) async throws {
        try await withScenario(
            recording: Recording(
                "w17-create-only-\(value == "0" ? "other" : "same")-value",
                "What is create-only appears between plan and write, with \(value == "0" ? "another" : "the same") value, and stays."
            )
        ) { team in
            try await oneToMake(team, annotations: "{belay.dev/apply: create-only}")
            var before: Value?
            let result = try await apply(team, heldAt: "planned") {
                try await make(team, "some-script", Self.configMap("a", value))
                before = try await team.object("configmap/a")
            }
            #expect(result.status == 0, "\(result)")
            #expect(rows(try result.json()) == ["skip a skipped"])
            var after = try #require(try await team.object("configmap/a"))
            after.set(before?.at("metadata", "resourceVersion"), at: ["metadata", "resourceVersion"])
            #expect(after == before, "it is not as its maker made it")
            let next = try await team.belay("diff")
            #expect(next.status == 0, "\(next)")
        }
    }

    /// The lines of `all` without those of `some`, each as often as it stands there.
    private func subtract(_ some: [String], from all: [String]) -> [String] {
        var rest = all
        for line in some { if let index = rest.firstIndex(of: line) { rest.remove(at: index) } }
        return rest
    }
}
