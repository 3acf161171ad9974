// Which runs the status lists: the newest, and those that a rollback needs.

import Journal
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
}
