// Which row of a plan may start next: the order graph as a value, without any I/O.

import KubernetesModel
import Planning

/// The state of all rows of one pass over a plan.
///
/// A row starts when all rows of lower stages are settled and all rows it depends on succeeded; it is blocked as soon as
/// one of those failed. A row that is put aside, because it waits for what only time brings, holds up those that depend on it and
/// the later waves, but no later stage of its own wave. In a reversed schedule (prune) both relations run the other way round.
struct Schedule {
    enum Step: Equatable {
        case start(Int)
        /// Not to be sent: the row at `because` failed, or was itself blocked.
        case block(Int, because: Int)
    }

    private enum State { case waiting, ready, running, aside, succeeded, failed }

    private var states: [State]
    private var needs: [[Int]]
    private var needed: [[Int]]
    /// For each row, how many of the rows it needs are not settled.
    private var open: [Int]
    private let stages: [Int]
    private var waves: [Int: Int] = [:]
    private let passesWaiting: Bool
    private var aside: Set<Int> = []
    /// Stages that were not begun, or have unsettled rows, the current one last.
    private var remainingStages: [Int]
    private var unsettled: [Int: Int]
    /// The next one last.
    private var ready: [Int] = []
    private var blocked: [(row: Int, cause: Int)] = []
    private var running = 0

    /// Rows without a write are settled from the start: `blocked` ones as failed, all others as done.
    /// - Parameter passesWaiting: whether rows that are put aside let the later stages of their wave begin.
    init(_ operations: [PlannedOperation], reversed: Bool = false, passesWaiting: Bool = true) {
        self.passesWaiting = passesWaiting
        var index: [ObjectKey: Int] = [:]
        for (row, operation) in operations.enumerated() { index[operation.key] = row }
        states = Array(repeating: .waiting, count: operations.count)
        needs = Array(repeating: [], count: operations.count)
        needed = Array(repeating: [], count: operations.count)
        for (row, operation) in operations.enumerated() {
            for key in Set(operation.dependencies) {
                guard let other = index[key], other != row else { continue }
                let (first, second) = reversed ? (row, other) : (other, row)
                needs[second].append(first)
                needed[first].append(second)
            }
        }
        stages = operations.map { reversed ? 0 &- $0.stage : $0.stage }
        open = needs.map(\.count)
        unsettled = stages.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        remainingStages = unsettled.keys.sorted(by: >)
        for (row, operation) in operations.enumerated() { waves[stages[row]] = max(waves[stages[row]] ?? .min, operation.wave) }
        for (row, operation) in operations.enumerated() where operation.write == nil {
            settle(row, succeeded: operation.kind != .blocked)
        }
        enterStage()
    }

    /// Whether other rows wait for this one.
    func hasDependents(_ row: Int) -> Bool { !needed[row].isEmpty }
    /// The rows this one waits for, directly.
    func dependencies(of row: Int) -> [Int] { needs[row] }

    var isFinished: Bool { remainingStages.isEmpty && unsettled.values.allSatisfy { $0 == 0 } }

    /// A running row waits for what only time brings.
    mutating func putAside(_ row: Int) {
        guard states[row] == .running else { return }
        running -= 1
        states[row] = .aside
        aside.insert(row)
        enterStageIfLeft()
    }

    /// A row that was put aside runs again.
    mutating func resume(_ row: Int) {
        guard states[row] == .aside else { return }
        running += 1
        states[row] = .running
        aside.remove(row)
    }

    /// The next thing to do; nil when nothing can be done before a running row is finished.
    mutating func next() -> Step? {
        while let (row, cause) = blocked.popLast() {
            guard states[row] == .waiting else { continue }
            settle(row, succeeded: false)
            enterStageIfLeft()
            return .block(row, because: cause)
        }
        if ready.isEmpty, running == 0, aside.isEmpty, !isFinished { breakCycle() }
        guard let row = ready.popLast() else { return nil }
        states[row] = .running
        running += 1
        return .start(row)
    }

    mutating func finish(_ row: Int, succeeded: Bool) {
        guard states[row] == .running else { return }
        running -= 1
        settle(row, succeeded: succeeded)
        enterStageIfLeft()
    }

    private mutating func settle(_ row: Int, succeeded: Bool) {
        states[row] = succeeded ? .succeeded : .failed
        unsettled[stages[row], default: 0] -= 1
        for dependent in needed[row] {
            open[dependent] -= 1
            if !succeeded { blocked.append((dependent, row)) }
            offer(dependent)
        }
    }

    private mutating func enterStageIfLeft() {
        guard let stage = remainingStages.last, canLeave(stage) else { return }
        enterStage()
    }

    private mutating func enterStage() {
        while let stage = remainingStages.last, canLeave(stage) { remainingStages.removeLast() }
        for row in states.indices.reversed() { offer(row) }
    }

    /// Whether the stage after this one begins.
    private func canLeave(_ stage: Int) -> Bool {
        let open = unsettled[stage, default: 0]
        if aside.isEmpty, open > 0 { return false }
        let next = remainingStages.dropLast().last
        guard passesWaiting, next.map({ waves[$0] == waves[stage] }) ?? true else {
            // Nothing that came before is left.
            return unsettled.allSatisfy { $0.key > stage || $0.value == 0 }
        }
        return open == 0 || open == held.count { stages[$0] == stage }
    }

    /// The rows that are put aside, and those that wait for them.
    private var held: Set<Int> {
        var found = aside
        var queue = Array(aside)
        while let row = queue.popLast() {
            for dependent in needed[row] where states[dependent] == .waiting && found.insert(dependent).inserted { queue.append(dependent) }
        }
        return found
    }

    private mutating func offer(_ row: Int) {
        guard states[row] == .waiting, open[row] == 0, isBegun(stages[row]),
            !needs[row].contains(where: { states[$0] == .failed })
        else { return }
        states[row] = .ready
        ready.append(row)
    }

    private func isBegun(_ stage: Int) -> Bool { remainingStages.last.map { stage <= $0 } ?? true }

    /// Rows that wait for each other, or for a row of a later stage, would wait for ever: the first of them goes without.
    private mutating func breakCycle() {
        guard let row = states.indices.first(where: { states[$0] == .waiting && isBegun(stages[$0]) }) else { return }
        states[row] = .ready
        ready.append(row)
    }
}
