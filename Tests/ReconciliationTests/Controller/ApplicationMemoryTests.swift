// Which runs the status lists: the newest, and those that a rollback needs.

import Journal
import KubernetesModel
import Testing

@testable import Reconciliation

@Suite struct ApplicationMemoryTests {
    private func run(_ id: String, _ phase: SyncRun.Phase, tree: String) -> SyncRun {
        var run = SyncRun(
            id: id, application: "shop/web", cluster: "uid", revision: "main@sha1:\(tree)", treeID: tree, trigger: "poll",
            actor: "controller",
            startedAt: "2026-01-01T00:00:00Z", planDigest: "")
        run.phase = phase
        return run
    }

    @Test func theNewestTen() {
        var memory = ApplicationMemory(uid: "uid")
        memory.take(runs: (1...30).map { run("r\($0)", .succeeded, tree: "t\($0)") })
        #expect(memory.runs.map(\.id) == (1...10).map { "r\($0)" })
    }

    @Test func whatIsAppliedAndWhatWasBeforeStayInTheList() {
        var memory = ApplicationMemory(uid: "uid")
        let failed = (1...15).map { run("f\($0)", .partial, tree: "bad") }
        let looks = (1...20).map { run("s\($0)", .succeeded, tree: "good") }
        memory.take(runs: failed + looks + [run("old", .succeeded, tree: "old"), run("older", .succeeded, tree: "older")])
        #expect(memory.runs.map(\.id) == (1...8).map { "f\($0)" } + ["s1", "old"])
    }

    @Test func ofAnotherClusterNothingCounts() {
        var memory = ApplicationMemory(uid: "another")
        memory.take(runs: (1...12).map { run("r\($0)", .succeeded, tree: "t\($0)") })
        #expect(memory.runs.count == 10)
    }

    /// What is recorded or was to be made is to be there; not what may go by itself, lost our label or left Git.
    @Test func whatIsAmissWhereItIsNotThere() {
        func key(_ name: String, _ kind: GroupKind = .configMap) -> ObjectKey { ObjectKey(groupKind: kind, namespace: "shop", name: name) }
        var memory = ApplicationMemory(uid: "uid")
        let recorded = [key("a"), key("b"), key("j", .job)]
        #expect(memory.expected(recorded, wanted: nil) == [key("a"), key("b")])
        memory.passing = []
        memory.unmade = [key("c")]
        #expect(memory.expected(recorded, wanted: nil) == Set(recorded + [key("c")]))
        memory.passing = [key("j", .job)]
        memory.unfollowed = [key("b")]
        #expect(memory.expected(recorded, wanted: nil) == [key("a"), key("c")])
        #expect(memory.expected(recorded, wanted: [key("b"), key("c")]) == [key("c")])
    }
}
