// The process dies at each named point of a run, as in a power cut; the next run brings everything to what Git says, once.

import Foundation
import Journal
import StructuredData
import TestSupport
import Testing

@Suite struct CrashTests {
    private static func configMap(_ name: String, _ value: String, annotations: String = "{}") -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \(name)\n  annotations: \(annotations)\ndata:\n  a: \"\(value)\"\n"
    }

    private static let older: [String: String] = [
        "deploy/same.yaml": configMap("same", "1"), "deploy/changed.yaml": configMap("changed", "1"),
        "deploy/dropped.yaml": configMap("dropped", "1"), "deploy/moved.yaml": configMap("moved", "1"),
        "deploy/kept.yaml": configMap("kept", "1", annotations: "{belay.dev/prune: disabled}"),
        "deploy/web.yaml":
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n",
    ]

    /// Drops a Service (the last of its kind) and two ConfigMaps, one of which is protected; moves a file; changes and adds one each.
    private func writeNewer(_ team: Scenario) async throws {
        for file in ["dropped", "kept", "web", "moved"] { try team.repository.remove("deploy/\(file).yaml") }
        try await team.repository.commit([
            "deploy/changed.yaml": Self.configMap("changed", "2"), "deploy/added.yaml": Self.configMap("added", "1"),
            "deploy/elsewhere/moved.yaml": Self.configMap("moved", "1"),
        ])
    }

    /// Points at which several rows come by are tried at the first and at a later one.
    static let places: [String] = CrashPoint.allCases.flatMap { point -> [String] in
        switch point {
        case .announced, .sending, .answered, .recorded: [point.rawValue, point.rawValue + ":3"]
        default: [point.rawValue]
        }
    }

    @Test(arguments: places) func aLaterRunThatDiesIsMadeGood(_ place: String) async throws {
        try await withScenario { team in
            try await team.repository.commit(Self.older)
            let first = try await team.belay("apply")
            #expect(first.status == 0, "\(first)")
            try await team.makeConfigMap("foreign")
            try await writeNewer(team)

            try await die(team, at: place)
            let next = try await team.belay("apply")
            #expect(next.status == 0, "\(next)")
            try await expectWhatGitSays(team, present: ["same", "changed", "moved", "added"], absent: ["dropped"])
            #expect(try await team.object("configmap/changed")?.at("data", "a") == "2")
            #expect(try await team.object("service/web") == nil)
            for kept in ["kept", "foreign"] { #expect(try await team.object("configmap/\(kept)") != nil, "\(kept) was deleted") }
            try await expectSoundRecord(team, runs: 3)
        }
    }

    @Test(arguments: places) func aFirstRunThatDiesIsMadeGood(_ place: String) async throws {
        try await withScenario { team in
            try await team.repository.commit(Self.older)
            // Nothing is pruned by a first run, so it does not come by.
            guard place != CrashPoint.pruned.rawValue else { return }
            try await die(team, at: place)
            let next = try await team.belay("apply")
            #expect(next.status == 0, "\(next)")
            try await expectWhatGitSays(team, present: ["same", "changed", "moved", "dropped", "kept"], absent: [])

            // What the dead run made is known to be ours: dropping it in Git prunes it.
            try await writeNewer(team)
            let later = try await team.belay("apply")
            #expect(later.status == 0, "\(later)")
            try await expectWhatGitSays(team, present: ["same", "changed", "moved", "added"], absent: ["dropped"])
            #expect(try await team.object("service/web") == nil)
            try await expectSoundRecord(team, runs: 3)
        }
    }

    private static func deployment(_ label: String) -> String {
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations: {belay.dev/recreate: allowed}\nspec:\n  replicas: 0\n"
            + "  selector: {matchLabels: {app: \(label)}}\n  template:\n    metadata: {labels: {app: \(label)}}\n"
            + "    spec: {containers: [{name: a, image: \"registry.example.com/web:1\"}]}\n"
    }

    /// A run of three rows to apply, of which the Deployment has two requests, and three to delete: the first four requests come
    /// before the deletions, so later places are amid them.
    static let amidDeletions =
        (1...7).map { "sending:\($0)" } + (4...6).flatMap { ["announced:\($0)", "answered:\($0)", "recorded:\($0)"] } + ["answered:3"]

    @Test(arguments: amidDeletions) func aRunThatDiesAmidDeletionsIsMadeGood(_ place: String) async throws {
        try await withScenario { team in
            var files = ["deploy/web.yaml": Self.deployment("one"), "deploy/changed.yaml": Self.configMap("changed", "1")]
            for name in ["gone-a", "gone-b", "gone-c", "kept-0", "kept-1", "kept-2", "kept-3", "kept-4"] {
                files["deploy/\(name).yaml"] = Self.configMap(name, "1")
            }
            try await team.repository.commit(files)
            #expect(try await team.belay("apply").status == 0)
            try await team.makeConfigMap("foreign")
            for name in ["gone-a", "gone-b", "gone-c"] { try team.repository.remove("deploy/\(name).yaml") }
            try await team.repository.commit([
                "deploy/web.yaml": Self.deployment("two"), "deploy/changed.yaml": Self.configMap("changed", "2"),
                "deploy/added.yaml": Self.configMap("added", "1"),
            ])

            try await die(team, at: place)
            let kept = (0..<5).map { "kept-\($0)" }
            for name in kept + ["changed", "foreign"] { #expect(try await team.object("configmap/\(name)") != nil, "\(name) is gone") }
            let next = try await team.belay("apply")
            #expect(next.status == 0, "\(next)")
            try await expectWhatGitSays(team, present: kept + ["changed", "added", "foreign"], absent: ["gone-a", "gone-b", "gone-c"])
            #expect(try await team.object("configmap/changed")?.at("data", "a") == "2")
            #expect(try await team.object("deployment/web")?.at("spec", "selector", "matchLabels", "app") == "two")
            let names = try await inventory(team)
            #expect(names.count == 8 && !names.contains { $0.contains("gone") }, "\(names)")
            let parent = try #require(try await team.object("configmap/belay-app"))
            #expect(
                parent.at("metadata", "annotations", "applyset.kubernetes.io/contains-group-kinds") == "ConfigMap,Deployment.apps")
            let history = try await team.run("history", "\(team.namespace)/app", "-o", "json").json()
            #expect((history["items"]?.array ?? []).map { $0["phase"]?.string } == ["succeeded", "interrupted", "succeeded"], "\(history)")
        }
    }

    private func inventory(_ team: Scenario) async throws -> [String] {
        let listed = try await team.run("inventory", "\(team.namespace)/app", "-o", "name")
        let names = listed.output.split(separator: "\n").map(String.init)
        #expect(Set(names).count == names.count, "\(listed)")
        return names
    }

    /// From another machine the dead run's lease has to end first; then all is made good there, too.
    @Test func anotherMachineWaitsForTheLeaseOfTheDead() async throws {
        try await withScenario { team in
            try await team.repository.commit(Self.older)
            #expect(try await team.belay("apply").status == 0)
            try await writeNewer(team)
            try await die(team, at: CrashPoint.applied.rawValue)
            let other = team.onAnotherMachine()
            let hasty = try await other.belay("apply", "--timeout", "1s")
            #expect(hasty.status == 6 && hasty.says("another run"), "\(hasty)")
            let patient = try await other.belay("apply")
            #expect(patient.status == 0, "\(patient)")
            try await expectWhatGitSays(team, present: ["same", "changed", "moved", "added"], absent: ["dropped"])
        }
    }

    private func die(_ team: Scenario, at place: String) async throws {
        var program = team.program
        program.environment["BELAY_CRASH_AT"] = place
        let dead = try await program.run(["apply"] + team.source)
        #expect(dead.status == 128 + 9, "it did not come by \(place): \(dead)")
    }

    private func expectWhatGitSays(_ team: Scenario, present: [String], absent: [String]) async throws {
        for name in present { #expect(try await team.object("configmap/\(name)") != nil, "\(name) is missing") }
        for name in absent { #expect(try await team.object("configmap/\(name)") == nil, "\(name) is an orphan") }
        let diff = try await team.belay("diff")
        #expect(diff.status == 0, "\(diff)")
        let parent = try #require(try await team.object("configmap/belay-app"))
        #expect(parent.at("metadata", "annotations", "belay.dev/run") == nil, "the lease was not given back")
    }

    /// No run is open, none is there twice, no object twice in the inventory, and what is gone is not in it.
    private func expectSoundRecord(_ team: Scenario, runs: Int) async throws {
        let history = try JSON.read(Array(try await team.run("history", "\(team.namespace)/app", "-o", "json").output.utf8))
        let items = history["items"]?.array ?? []
        #expect(Set(items.compactMap { $0["id"]?.string }).count == items.count)
        #expect(items.count == runs || items.count == runs - 1, "a run that dies before it is opened leaves no row: \(items)")
        #expect(items.allSatisfy { ["succeeded", "interrupted"].contains($0["phase"]?.string) }, "\(items)")
        #expect(items.first?["phase"] == "succeeded")

        let names = try await inventory(team)
        #expect(!names.contains { $0.contains("dropped") || $0.contains("web") }, "\(names)")
        #expect(names.contains { $0.contains("added") }, "\(names)")
        let parent = try #require(try await team.object("configmap/belay-app"))
        #expect(parent.at("metadata", "annotations", "applyset.kubernetes.io/contains-group-kinds") == "ConfigMap")
    }
}
