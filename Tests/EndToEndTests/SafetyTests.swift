// What must not happen: mass prunes, stolen objects, two runs at once, secrets in the open.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite struct SafetyTests {
    private func configMap(_ name: String) -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \(name)\ndata:\n  a: \"1\"\n"
    }

    /// As a build server checks it out: each time into another folder, with another token.
    @Test func clonesOfOneRemoteAreOneSource() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": configMap("a"), "deploy/old.yaml": configMap("old")])
            let second = team.repository.scratch + "/second"
            try await team.repository.git("clone", "--quiet", team.repository.path, second)
            let remote = "git.example.com/team/shop.git"
            try await team.repository.git("remote", "add", "origin", "https://ci-token:s3cret1@\(remote)")
            try await team.repository.git("-C", second, "remote", "set-url", "origin", "https://ci-token:s3cret2@\(remote)")
            #expect(try await team.belay("apply").status == 0)

            try await team.repository.git("-C", second, "rm", "--quiet", "deploy/old.yaml")
            try await team.repository.git("-C", second, "commit", "--quiet", "--message", "Drop old")
            let source = ["--repo", second, "--path", "deploy", "--name", team.name, "-n", team.namespace]
            let result = try await team.onAnotherMachine().program.run(["apply"] + source + ["-o", "json"])
            #expect(result.status == 0 && !result.says("synced from"), "\(result)")
            #expect(try await team.object("configmap/old") == nil)
            let parent = try #require(try await team.object("configmap/belay-app"))
            #expect(parent.at("metadata", "annotations", "belay.dev/source") == .string("https://\(remote)#deploy"))
            #expect(!result.says("s3cret") && !String(decoding: JSON.write(parent), as: UTF8.self).contains("s3cret"))
        }
    }

    @Test func aMassPruneIsHeldUntilItsDigestIsApproved() async throws {
        try await withScenario { team in
            var files: [String: String] = [:]
            for index in 0..<20 { files["deploy/c\(index).yaml"] = configMap("c\(index)") }
            try await team.repository.commit(files)
            #expect(try await team.belay("apply").status == 0)
            for index in 0..<15 { try team.repository.remove("deploy/c\(index).yaml") }
            try team.repository.write("deploy/new.yaml", configMap("new"))
            try await team.repository.commit("lose most of it")

            var held = try await team.report("diff")
            let digest = try #require(held.json["planDigest"]?.string)
            let writes = try await team.cluster.requests(of: "belay") { held = try await team.report("apply") }.filter(\.isWrite)
            #expect(held.result.status == 6, "\(held.result)")
            #expect(held.json["phase"] == "held")
            #expect(held.result.says("--approve"), "it says what to do: \(held.result)")
            #expect(writes.isEmpty, "a held run wrote: \(writes)")

            let wrong = try await team.belay("apply", "--approve", String(repeating: "0", count: 64))
            #expect(wrong.status == 6, "\(wrong)")
            #expect(try await team.object("configmap/c3") != nil)
            let approved = try await team.belay("apply", "--approve", digest)
            #expect(approved.status == 0, "\(approved)")
            #expect(try await team.object("configmap/c3") == nil)
            #expect(try await team.object("configmap/c17") != nil)
            #expect(try await team.object("configmap/new") != nil)
        }
    }

    @Test func anEmptiedPathDeletesNothing() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": configMap("a"), "deploy/b.yaml": configMap("b")])
            #expect(try await team.belay("apply").status == 0)
            try team.repository.remove("deploy")
            try await team.repository.commit("gone")
            let result = try await team.belay("apply")
            #expect(result.status == 2, "\(result)")
            #expect(result.says("deploy"))
            #expect(try await team.object("configmap/a") != nil)
        }
    }

    @Test func whatIsProtectedStays() async throws {
        try await withScenario { team in
            let claim =
                "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n"
            let kept =
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: kept\n  annotations: {belay.dev/prune: disabled}\ndata: {a: \"1\"}\n"
            try await team.repository.commit(["deploy/claim.yaml": claim, "deploy/kept.yaml": kept, "deploy/a.yaml": configMap("a")])
            #expect(try await team.belay("apply").status == 0)
            try team.repository.remove("deploy/claim.yaml")
            try team.repository.remove("deploy/kept.yaml")
            try await team.repository.commit("remove both")
            let apply = try await team.report("apply")
            #expect(operations(apply.json, "prune").isEmpty, "\(apply.result)")
            #expect(try await team.object("pvc/data") != nil)
            #expect(try await team.object("configmap/kept") != nil)
        }
    }

    @Test(arguments: [
        ["meta.helm.sh/release-name=shop", "meta.helm.sh/release-namespace=x"],
        ["argocd.argoproj.io/tracking-id=shop:/ConfigMap:x/a"],
    ])
    func anObjectOfAnotherOwnerIsBlocked(_ marks: [String]) async throws {
        try await withScenario { team in
            try await team.makeNamespace()
            try await team.makeConfigMap("a")
            #expect(try await team.cluster.run(["-n", team.namespace, "annotate", "configmap", "a"] + marks).status == 0)
            try await team.repository.commit(["deploy/a.yaml": configMap("a"), "deploy/b.yaml": configMap("b")])
            let apply = try await team.report("apply")
            #expect(apply.result.status == 1, "\(apply.result)")
            #expect(operations(apply.json, "blocked").map { $0["name"]?.string } == ["a"])
            #expect(try await team.object("configmap/a")?.at("data", "a") == nil)
            #expect(try await team.object("configmap/b") != nil)

            try await team.repository.commit([
                "deploy/a.yaml":
                    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations: {belay.dev/adopt: allowed}\ndata:\n  a: \"1\"\n"
            ])
            let allowed = try await team.belay("apply")
            #expect(allowed.status == 0, "\(allowed)")
            #expect(try await team.object("configmap/a")?.at("data", "a") == "1")
        }
    }

    @Test func twoRepositoriesWithOneNameDoNotPruneEachOther() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": configMap("a")])
            #expect(try await team.belay("apply").status == 0)
            try await withGitRepository { other in
                try await other.commit(["deploy/b.yaml": configMap("b")])
                let result = try await team.run(
                    "apply", "--repo", other.path, "--path", "deploy", "--name", team.name, "-n", team.namespace)
                #expect(try await team.object("configmap/a") != nil, "another source pruned it: \(result)")
                #expect(result.says("prune"), "it says that nothing is pruned, and why: \(result)")
            }
        }
    }

    @Test func aRunUnderWayIsWaitedForAndThenRefused() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": configMap("a")])
            #expect(try await team.belay("apply").status == 0)
            let expiry = Date().addingTimeInterval(3600).formatted(.iso8601)
            #expect(
                try await team.kubectl("annotate", "configmap/belay-app", "belay.dev/run=01JD0000000000000000000000,\(expiry)").status == 0)
            try await team.repository.commit(["deploy/a.yaml": configMap("a") + "  b: \"2\"\n"])
            let refused = try await team.belay("apply", "--timeout", "2s")
            #expect(refused.status == 6, "\(refused)")
            #expect(try await team.object("configmap/a")?.at("data", "b") == nil)
        }
    }

    @Test func deleteTakesTheWholeInventoryAndNothingElse() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/a.yaml": configMap("a"), "deploy/b.yaml": configMap("b")])
            #expect(try await team.belay("apply").status == 0)
            try await team.makeConfigMap("foreign")
            let unasked = try await team.belay("delete")
            #expect(unasked.status == 2 || unasked.status == 6, "without a terminal it needs --yes: \(unasked)")
            #expect(try await team.object("configmap/a") != nil)
            let result = try await team.belay("delete", "--yes")
            #expect(result.status == 0, "\(result)")
            for name in ["a", "b", "belay-app"] { #expect(try await team.object("configmap/\(name)") == nil, "\(name) is still there") }
            #expect(try await team.object("configmap/foreign") != nil)
        }
    }
}
