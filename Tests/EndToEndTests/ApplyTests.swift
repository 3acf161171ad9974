// A commit reaches the cluster: first apply, silent second run, a changed and a removed file, a machine without a journal.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite struct ApplyTests {
    private let configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: flags\ndata:\n  level: info\n"
    private let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports:\n  - port: 80\n"

    @Test func twoHundredManifestsOfThirtyKindsAndASilentSecondRun() async throws {
        try await withScenario { team in
            try await team.repository.commit(ManyKinds.files(namespace: team.namespace))
            let first = try await team.report("apply")
            #expect(first.result.status == 0, "\(first.result)")
            #expect(operations(first.json, "create").count == 200)
            #expect(Set((first.json["operations"]?.array ?? []).compactMap { $0["kind"]?.string }).count >= 25)
            #expect((first.json["operations"]?.array ?? []).allSatisfy { $0["result"]?.string == "done" })

            var second = first
            let requests = try await team.cluster.requests(of: "belay") { second = try await team.report("apply") }
            #expect(second.result.status == 0, "\(second.result)")
            #expect(operations(second.json, "unchanged").count == 200, "\(second.result.output.prefix(3000))")
            expectSilence(requests, team: team)

            // What unchanged means does not depend on this machine: another one, without a journal, asks just as little.
            let other = team.onAnotherMachine()
            let third = try await team.cluster.requests(of: "belay") {
                let report = try await other.report("apply")
                #expect(operations(report.json, "unchanged").count == 200, "\(report.result.output.prefix(3000))")
            }
            expectSilence(third, team: team)
            let diff = try await team.cluster.requests(of: "belay") {
                let result = try await team.belay("diff")
                #expect(result.status == 0, "\(result)")
            }
            expectSilence(diff, team: team)
        }
    }

    /// Discovery, the GETs of the parent, one LIST for each kind and scope: nothing else (architecture section 5).
    private func expectSilence(_ requests: [ServerRequest], team: Scenario) {
        #expect(requests.allSatisfy { $0.code < 400 || ($0.verb == "get" && $0.code == 404) }, "\(requests)")
        #expect(requests.filter(\.isDryRun).isEmpty, "\(requests.filter(\.isDryRun))")
        #expect(requests.filter(\.isWrite).isEmpty, "\(requests.filter(\.isWrite))")
        let lists = requests.filter { $0.verb == "list" }
        #expect(Set(lists.map { $0.namespace + "/" + $0.resource }).count == lists.count, "a kind was listed twice: \(lists)")
        #expect(lists.count == 35, "one LIST for each of the 35 kinds: \(lists.count)")
        let gets = requests.filter { $0.verb == "get" && !$0.resource.isEmpty }
        #expect(gets.map { "\($0.resource)/\($0.name)" } == ["configmaps/belay-app"], "\(gets)")
        let others = Set(requests.filter(\.resource.isEmpty).map(\.path))
        #expect(others.isSubset(of: ["/api", "/apis"]), "\(others)")
    }

    @Test func aChangeInGitArrivesAndARemovedFileIsPruned() async throws {
        try await withScenario { team in
            try await team.repository.commit([
                "deploy/flags.yaml": configMap, "deploy/web.yaml": service,
                "deploy/more/x.json": #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"},"data":{"a":"1"}}"#,
            ])
            let first = try await team.belay("apply")
            #expect(first.status == 0, "\(first)")

            try await team.repository.commit(["deploy/flags.yaml": configMap.replacing("info", with: "debug")])
            let diff = try await team.report("diff")
            #expect(diff.result.status == 1, "\(diff.result)")
            #expect(changes(diff.json).map(\.path) == ["data.level"])
            #expect(changes(diff.json).first?.from == "info")
            #expect(changes(diff.json).first?.to == "debug")
            #expect(operations(diff.json, "configure").first?.at("source", "file") == "deploy/flags.yaml")
            #expect(try await team.object("configmap/flags")?.at("data", "level") == "info", "a diff wrote")

            #expect(try await team.belay("apply").status == 0)
            #expect(try await team.object("configmap/flags")?.at("data", "level") == "debug")

            try team.repository.remove("deploy/more/x.json")
            try await team.repository.commit("remove x")
            let prune = try await team.report("apply")
            #expect(prune.result.status == 0, "\(prune.result)")
            #expect(operations(prune.json, "prune").map { $0["name"]?.string } == ["x"])
            #expect(try await team.object("configmap/x") == nil)
            #expect(try await team.belay("diff").status == 0)

            let history = try await team.run("history", "\(team.namespace)/app", "-o", "json")
            let runs = try JSON.read(Array(history.output.utf8))["items"]?.array ?? []
            #expect(runs.count == 3, "\(history)")
            #expect(runs.allSatisfy { $0["phase"]?.string == "succeeded" })
            let inventory = try await team.run("inventory", "\(team.namespace)/app")
            #expect(inventory.says("flags") && inventory.says("web") && !inventory.says(" x "), "\(inventory)")
        }
    }

    @Test func membersCarryTheMarksAndTheParentNamesTheKinds() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/flags.yaml": configMap, "deploy/web.yaml": service])
            #expect(try await team.belay("apply").status == 0)
            let parent = try #require(try await team.object("configmap/belay-app"))
            let id = try #require(parent.at("metadata", "labels", "applyset.kubernetes.io/id")?.string)
            #expect(parent.at("metadata", "annotations", "applyset.kubernetes.io/contains-group-kinds") == "ConfigMap,Service")
            #expect(parent.at("metadata", "annotations", "applyset.kubernetes.io/tooling")?.string?.hasPrefix("belay/") == true)
            #expect(parent.at("metadata", "annotations", "belay.dev/run") == nil, "the run was not released")
            for (target, file) in [("configmap/flags", "deploy/flags.yaml"), ("service/web", "deploy/web.yaml")] {
                let object = try #require(try await team.object(target))
                #expect(object.at("metadata", "labels", "applyset.kubernetes.io/part-of")?.string == id)
                #expect(object.at("metadata", "annotations", "belay.dev/application")?.string == "\(team.namespace)/app")
                #expect(object.at("metadata", "annotations", "belay.dev/source")?.string == file)
                let managers = (object.at("metadata", "managedFields")?.array ?? []).compactMap { $0["manager"]?.string }
                #expect(managers == ["belay:\(team.namespace)/app"])
            }
        }
    }

    @Test func aRejectedObjectLeavesTheOthersApplied() async throws {
        try await withScenario { team in
            try await team.repository.commit([
                "deploy/flags.yaml": configMap,
                "deploy/bad.yaml": "apiVersion: v1\nkind: Service\nmetadata:\n  name: bad\nspec:\n  ports:\n  - port: 99999\n",
            ])
            try await team.makeNamespace()
            let diff = try await team.report("diff")
            #expect(diff.result.status == 2, "what the dry-run rejects is found before any write: \(diff.result)")
            let apply = try await team.report("apply")
            #expect(apply.result.status == 1, "\(apply.result)")
            #expect(apply.json["phase"] == "partial")
            #expect(apply.result.says("bad") && apply.result.says("99999"), "\(apply.result)")
            #expect(try await team.object("configmap/flags") != nil)
            #expect(try await team.object("service/bad") == nil)
        }
    }

    @Test func anApplicationFileGivesTheSameAsFlags() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/flags.yaml": configMap])
            let file = team.cluster.scratch + "/app.yaml"
            try """
            apiVersion: belay.dev/v1alpha1
            kind: Application
            metadata: {name: app, namespace: \(team.namespace)}
            spec:
              source: {repoURL: "\(team.repository.path)", path: deploy}
              destination: {namespace: \(team.namespace)}
            """.write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await team.belay("apply").status == 0)
            let diff = try await team.run("diff", "-f", file)
            #expect(diff.status == 0, "\(diff)")
        }
    }
}

extension String {
    fileprivate func replacing(_ old: String, with new: String) -> String {
        split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}
