// The order graph: what may start when, what a failure stops.

import KubernetesModel
import Planning
import TestSupport
import Testing

@testable import Applying

@Suite struct ScheduleTests {
    /// Runs a schedule to its end with at most `width` rows at once, and writes down what happened, one wave to a line.
    private func trace(_ rows: [PlannedOperation], failing: Set<String> = [], reversed: Bool = false) -> [String] {
        var schedule = Schedule(rows, reversed: reversed)
        var lines: [String] = []
        while !schedule.isFinished {
            var started: [Int] = []
            while let step = schedule.next() {
                switch step {
                case .start(let row): started.append(row)
                case .block(let row, let cause): lines.append("\(rows[row].key.name) blocked by \(rows[cause].key.name)")
                }
            }
            guard !started.isEmpty else { break }
            lines.append(started.map { rows[$0].key.name }.sorted().joined(separator: " "))
            for row in started { schedule.finish(row, succeeded: !failing.contains(rows[row].key.name)) }
        }
        return lines
    }

    @Test func rowsWithoutAnEdgeGoTogether() {
        #expect(trace([row("a"), row("b"), row("c")]) == ["a b c"])
    }

    @Test func aStageWaitsForTheOneBefore() {
        #expect(trace([row("c", stage: 2), row("a"), row("b", stage: 1)]) == ["a", "b", "c"])
    }

    @Test func aRowWaitsForWhatItNeeds() {
        let rows = [row("web", needs: ["config", "account"]), row("config"), row("account", needs: ["config"]), row("other")]
        #expect(trace(rows) == ["config other", "account", "web"])
    }

    @Test func aFailureBlocksItsDependentsAndTheirs() {
        let rows = [row("a"), row("b", needs: ["a"]), row("c", needs: ["b"]), row("d", stage: 1)]
        #expect(trace(rows, failing: ["a"]) == ["a", "b blocked by a", "c blocked by b", "d"])
    }

    @Test func aFailureBlocksDependentsInLaterStages() {
        let rows = [row("a"), row("b", stage: 1), row("c", stage: 1, needs: ["a"])]
        let trace = trace(rows, failing: ["a"])
        #expect(trace.contains("c blocked by a"))
        #expect(trace.last == "b")
    }

    @Test func aRowWithNothingToSendIsSettled() {
        let rows = [
            row("same", kind: .unchanged, writes: false), row("web", needs: ["same"]), row("stuck", kind: .blocked, writes: false),
            row("api", needs: ["stuck"]),
        ]
        #expect(trace(rows) == ["api blocked by stuck", "web"])
    }

    @Test func aRowWithTwoFailedNeedsIsBlockedOnce() {
        let rows = [row("a"), row("b"), row("c", needs: ["a", "b"])]
        let trace = trace(rows, failing: ["a", "b"])
        #expect(trace.count { $0.hasPrefix("c blocked") } == 1)
    }

    @Test func rowsThatNeedEachOtherStillGo() {
        let rows = [row("a", needs: ["b"]), row("b", needs: ["a"])]
        #expect(trace(rows) == ["a", "b"])
    }

    @Test func aNeedInALaterStageDoesNotWaitForEver() {
        let rows = [row("a", needs: ["b"]), row("b", stage: 1)]
        #expect(trace(rows) == ["a", "b"])
    }

    @Test func aNeedOutsideOfThePlanIsNone() {
        #expect(trace([row("a", needs: ["elsewhere"])]) == ["a"])
    }

    @Test func deletingRunsBackwards() {
        let rows = [row("namespace"), row("config", stage: 1), row("web", stage: 1, needs: ["config"])]
        #expect(trace(rows, reversed: true) == ["web", "config", "namespace"])
        #expect(trace(rows, failing: ["web"], reversed: true) == ["web", "config blocked by web", "namespace"])
    }

    @Test func everyRowOfALargePlanIsSettledOnce() {
        var generator = SeededGenerator(seed: 4711)
        for _ in 0..<200 {
            let count = Int.random(in: 1...40, using: &generator)
            let rows = (0..<count).map { index in
                row(
                    "r\(index)", stage: Int.random(in: 0...3, using: &generator),
                    needs: (0..<Int.random(in: 0...3, using: &generator)).map { _ in "r\(Int.random(in: 0..<count, using: &generator))" })
            }
            let failing = Set((0..<count).filter { _ in Int.random(in: 0...5, using: &generator) == 0 }.map { "r\($0)" })
            let lines = trace(rows, failing: failing, reversed: Bool.random(using: &generator))
            let settled = lines.flatMap { line in
                line.contains(" blocked by ") ? [String(line.prefix { $0 != " " })] : line.split(separator: " ").map(String.init)
            }
            #expect(settled.sorted() == rows.map(\.key.name).sorted(), "seed 4711: \(lines)")
        }
    }

    // MARK: Rows that are put aside

    private func wave(_ number: Int, _ row: PlannedOperation) -> PlannedOperation {
        var row = row
        row.wave = number
        return row
    }

    private func started(_ schedule: inout Schedule, _ rows: [PlannedOperation]) -> [String] {
        var names: [String] = []
        while case .start(let row)? = schedule.next() { names.append(rows[row].key.name) }
        return names.sorted()
    }

    @Test func whatIsPutAsideHoldsUpItsDependentsAndLaterWavesOnly() {
        let rows = [
            row("slow"), row("other"), row("web", stage: 1, needs: ["slow"]), row("late", stage: 1),
            wave(1, row("next", stage: 2)),
        ]
        var schedule = Schedule(rows)
        #expect(started(&schedule, rows) == ["other", "slow"])
        schedule.putAside(0)
        #expect(started(&schedule, rows) == [], "another row of the stage still runs")
        schedule.finish(1, succeeded: true)
        #expect(started(&schedule, rows) == ["late"])
        schedule.finish(3, succeeded: true)
        #expect(started(&schedule, rows) == [] && !schedule.isFinished)
        schedule.resume(0)
        schedule.finish(0, succeeded: true)
        #expect(started(&schedule, rows) == ["web"])
        schedule.finish(2, succeeded: true)
        #expect(started(&schedule, rows) == ["next"])
        schedule.finish(4, succeeded: true)
        #expect(schedule.isFinished)
    }

    @Test func whatIsPutAsideAndFailsBlocksItsDependents() {
        let rows = [row("slow"), row("web", stage: 1, needs: ["slow"]), row("late", stage: 1)]
        var schedule = Schedule(rows)
        #expect(started(&schedule, rows) == ["slow"])
        schedule.putAside(0)
        #expect(started(&schedule, rows) == ["late"])
        schedule.resume(0)
        schedule.finish(0, succeeded: false)
        #expect(schedule.next() == .block(1, because: 0))
        schedule.finish(2, succeeded: true)
        #expect(schedule.isFinished)
    }

    @Test func whereAFailureStopsAllTheNextStageWaitsForWhatIsPutAside() {
        let rows = [row("slow"), row("late", stage: 1)]
        var schedule = Schedule(rows, passesWaiting: false)
        #expect(started(&schedule, rows) == ["slow"])
        schedule.putAside(0)
        #expect(started(&schedule, rows) == [])
        schedule.resume(0)
        schedule.finish(0, succeeded: true)
        #expect(started(&schedule, rows) == ["late"])
    }
}
