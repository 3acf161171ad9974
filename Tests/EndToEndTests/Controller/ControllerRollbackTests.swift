// Back to a run of the past, with the repository gone, and held there until the pin's end.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerRollbackTests {
    @Test func aPinPutsARunBackAndHoldsUpWhatIsNewer() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "1"), "deploy/old.yaml": Manifests.configMap("old"),
                "deploy/secret.yaml": Manifests.secret("token", "one"),
            ])
            try await kept.apply()
            try await kept.applied(first)
            let run = try #require(try await kept.history().first?["id"]?.string)
            try kept.repository.remove("deploy/old.yaml")
            let second = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "2"), "deploy/secret.yaml": Manifests.secret("token", "two"),
            ])
            try await kept.applied(second)
            #expect(try await kept.team.object("configmap/old") == nil)

            // Git is gone, and with it the controller's cache where it has one.
            try await kept.controller.stop()
            let aside = kept.repository.path + "-aside"
            try FileManager.default.moveItem(atPath: kept.repository.path, toPath: aside)
            try? FileManager.default.removeItem(atPath: kept.team.home + "/cache")
            try kept.controller.start()
            try await kept.patch("app", #"{"pin":{"run":"\#(run)","reason":"bad release"}}"#)
            try await kept.ready("Pinned: pinned to the run \(run) (main@sha1:\(first)) until belay resume app: bad release")
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
            #expect(try await kept.team.object("configmap/old") != nil)
            // Its values are not kept anywhere but in Git: it stays as it is.
            #expect(try await kept.live("secret/token", "data", "password") == "dHdv")
            #expect(try await kept.history().first?["trigger"] == "rollback")
            // Drift is put right to the run.
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("the drift is put right") { try await kept.live("configmap/a", "data", "level") == "1" }

            try FileManager.default.moveItem(atPath: aside, toPath: kept.repository.path)
            let third = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "3")])
            try await kept.eventually("the commit waits visibly", for: .seconds(60)) {
                try await kept.status("pendingRevision") == .string("main@sha1:\(third)")
            }
            #expect(try await kept.condition().hasPrefix("Pinned: "))
            #expect(try await kept.condition().hasSuffix("; main@sha1:\(third) waits"))
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
            let end = Date().addingTimeInterval(6)
            try await kept.patch("app", #"{"pin":{"run":"\#(run)","reason":"bad release","until":"\#(Moments.text(end))"}}"#)
            try await kept.ready("Pinned: pinned to the run \(run) (main@sha1:\(first)) until 2")
            try await kept.applied(third)
            #expect(Date() >= end)
            #expect(try await kept.live("configmap/a", "data", "level") == "3")
            #expect(try await kept.team.object("configmap/old") == nil)
            #expect(try await kept.live("secret/token", "data", "password") == "dHdv")
            #expect(try await kept.status("pendingRevision") == nil)
        }
    }

    /// What one of them wants where it is held, another one does not take, and what neither wants goes.
    @Test func twoOfOneRepositoryGoBack() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "1"), "other/b.yaml": Manifests.configMap("b", "1"),
            ])
            try await kept.apply()
            try await kept.apply("other", path: "other")
            try await kept.applied(first)
            try await kept.applied(first, of: "other")
            let runs = try [
                #require(try await kept.history().first?["id"]?.string), #require(try await kept.history("other").first?["id"]?.string),
            ]
            let second = try await kept.repository.commit([
                "deploy/a.yaml": Manifests.configMap("a", "2") + Manifests.configMap("a-bad"),
                "other/b.yaml": Manifests.configMap("b", "2") + Manifests.configMap("b-bad"),
            ])
            try await kept.applied(second)
            try await kept.applied(second, of: "other")
            for (name, run) in zip(["app", "other"], runs) {
                try await kept.patch(name, #"{"pin":{"run":"\#(run)","reason":"bad release"}}"#)
            }
            try await kept.eventually("what the release added is gone") {
                let left = [try await kept.team.object("configmap/a-bad"), try await kept.team.object("configmap/b-bad")]
                return left.allSatisfy { $0 == nil }
            }
            for name in ["app", "other"] {
                try await kept.eventually("\(name) says so") { try await !kept.condition(of: name).contains("not deleted") }
            }
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
            #expect(try await kept.live("configmap/b", "data", "level") == "1")
        }
    }

    /// With the repository there a Secret goes back with the rest.
    @Test func withGitAtHandASecretGoesBackToo() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/secret.yaml": Manifests.secret("token", "one")])
            try await kept.apply()
            try await kept.applied(first)
            let run = try #require(try await kept.history().first?["id"]?.string)
            let second = try await kept.repository.commit(["deploy/secret.yaml": Manifests.secret("token", "two")])
            try await kept.applied(second)
            try await kept.patch("app", #"{"pin":{"run":"\#(run)","reason":"bad release"}}"#)
            try await kept.ready("Pinned: ")
            #expect(try await kept.live("secret/token", "data", "password") == "b25l")
            try await kept.patch("app", #"{"pin":null}"#)
            try await kept.applied(second)
            #expect(try await kept.live("secret/token", "data", "password") == "dHdv")
            #expect(!kept.controller.log.contains("b25l") && !kept.controller.log.contains("dHdv"))
        }
    }

    @Test func aRunThatNobodyKnowsIsSaidToBeUnknown() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply()
            try await kept.applied(first)
            try await kept.patch("app", #"{"pin":{"run":"01J00000000000000000000000","reason":"bad release"}}"#)
            try await kept.ready("not Failed: spec.pin names the run 01J00000000000000000000000, which the journal does not know")
            #expect(try await kept.live("configmap/a", "data", "level") == "1")
        }
    }
}
