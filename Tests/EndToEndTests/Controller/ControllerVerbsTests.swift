// The verbs beside a controller at work: what they read of its journal, what they leave alone, and how it is stopped.

import Foundation
import StructuredData
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ControllerVerbsTests {
    @Test func whatWasPutRightIsOnRecord() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply()
            try await kept.applied(first)
            try await kept.kubectl("patch", "configmap/a", "--type=merge", "-p", #"{"data":{"level":"9"}}"#)
            try await kept.eventually("the drift is put right") { try await kept.live("configmap/a", "data", "level") == "1" }
            let reference = "\(kept.namespace)/app"
            var items: [Value] = []
            try await kept.eventually("the drift is on record, and over") {
                let drift = try await kept.team.run("drift", reference, "--journal", kept.journal, "-o", "json")
                items = try drift.json()["items"]?.array ?? []
                return drift.status == 0 && items.count == 1
            }
            #expect(items[0]["state"] == "resolved" && items[0]["resolution"] == "reverted", "\(items)")
            #expect(items[0].at("source", "file") == "deploy/a.yaml")
            let history = try await kept.team.run("history", reference, "--journal", kept.journal, "-o", "json")
            let runs = try history.json()["items"]?.array ?? []
            #expect(runs.count == 2 && runs.allSatisfy { $0["author"]?.string?.isEmpty == false && $0["counts"]?.object != nil }, "\(runs)")
            // Without the journal the cluster has its runs, and no drift.
            #expect(try await kept.team.run("drift", reference, "-o", "name").output == "")
            let run = try #require(runs.first?["id"]?.string)
            let show = try await kept.team.run("show", run)
            #expect(show.status == 2 && show.says("in the controller's journal, which is not on this machine"), "\(show)")
        }
    }

    @Test func aRunThatTheControllerDoesNotKnowLeavesNoPin() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply()
            try await kept.applied(first)
            let unknown = "01K5PQ0000EEEEEEEEEEEEEEEE"
            let run = try await kept.team.run("rollback", "\(kept.namespace)/app", unknown, "--reason", "bad release")
            #expect(run.status == 2 && run.says("does not know the run \(unknown); the pin is as it was before"), "\(run)")
            #expect(try await kept.application()?.at("spec", "pin") == nil)
            try await kept.applied(first)
            // With the controller's journal at hand nothing is written at all.
            let generation = try await kept.application()?.at("metadata", "generation")
            let local = try await kept.team.run(
                "rollback", "\(kept.namespace)/app", unknown, "--reason", "bad release", "--journal", kept.journal)
            #expect(local.status == 2 && local.says("nor the journal knows the run"), "\(local)")
            #expect(try await kept.application()?.at("metadata", "generation") == generation)
        }
    }

    /// `timeout` signals its child, and its group; here with two kinds, for two pending signals of one kind are one.
    @Test func twoSignalsAtOnceEndTheControllerInOrder() async throws {
        try await withController { kept in
            let first = try await kept.repository.commit(["deploy/a.yaml": Manifests.configMap("a", "1")])
            try await kept.apply()
            try await kept.applied(first)
            #expect(try await kept.controller.stop(with: SIGINT) == 0)
            let holder = try await kept.live("leases.coordination.k8s.io/belay-controller", "spec", "holderIdentity")
            #expect(holder == "", "the lease is given back: \(String(describing: holder))")
        }
    }
}
