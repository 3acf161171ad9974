// One pass over a plan's rows: starts what the schedule lets start, never more at once than allowed, and collects the outcomes.

import KubernetesModel
import Planning

/// What a row's step may know of the rows around it.
struct RowContext: Sendable {
    /// A CustomResourceDefinition it depends on was written in this run: its kind may not be served yet.
    var kindIsFresh: Bool
    /// Other rows wait for this one.
    var hasDependents: Bool
}

struct Execution {
    let applier: Applier
    let operations: [PlannedOperation]
    let reversed: Bool

    typealias Step = @Sendable (PlannedOperation, RowContext) async throws -> OperationOutcome

    /// Runs all rows.
    /// - Returns: one outcome for each row, in order.
    /// - Throws: what a closure of the caller threw, after all steps under way have ended.
    func run(_ step: @escaping Step) async throws -> [OperationOutcome] {
        // Where a failure stops all, what waits may still become one.
        var schedule = Schedule(operations, reversed: reversed, passesWaiting: applier.onFailure != .stop)
        var outcomes: [OperationOutcome?] = operations.map { $0.write == nil ? OperationOutcome(withoutWrite: $0) : nil }
        for outcome in outcomes { if let outcome { try await applier.didSend(outcome) } }

        var stop: (any Error)?
        var halt: (result: OperationOutcome.Result, text: String)?
        var stage: Int?
        // Rows that wait for an object to be gone.
        var aside: [Int: OperationOutcome] = [:]
        await withTaskGroup(of: (Int, Result<OperationOutcome, any Error>).self) { group in
            var running = 0
            while !schedule.isFinished {
                while stop == nil, halt == nil, running < max(1, applier.concurrency), !Task.isCancelled, let next = schedule.next() {
                    switch next {
                    case .block(let row, let cause):
                        let outcome = OperationOutcome(operation: operations[row], result: .blocked, error: blocked(by: cause, outcomes))
                        outcomes[row] = outcome
                        do { try await applier.didSend(outcome) } catch { stop = error }
                    case .start(let row):
                        // Rows without a write are settled from the start, those of later stages, too.
                        let next = operations[row].stage
                        let before = stage == next ? [] : outcomes.compactMap { $0 }.filter { $0.operation.stage < next }
                        if let wave = applier.stageDone, !reversed, !before.isEmpty {
                            do {
                                switch try await wave(before, next) {
                                case .goOn: break
                                case .fail(let reason): halt = (.blocked, "not sent: \(reason)")
                                case .stop(let reason): halt = (.skipped, "not sent: \(reason)")
                                }
                            } catch {
                                stop = error
                            }
                            guard stop == nil, halt == nil else { continue }
                        }
                        stage = next
                        let context = context(of: row, schedule)
                        running += 1
                        group.addTask { [operations] in (row, await perform(operations[row], context, step)) }
                    }
                }
                if running == 0, stop == nil, !aside.isEmpty {
                    let (again, ended, why) = await wait(for: &aside)
                    if let why, halt == nil { halt = (.skipped, why) }
                    for row in ended {
                        guard let outcome = aside.removeValue(forKey: row) else { continue }
                        outcomes[row] = outcome
                        schedule.resume(row)
                        schedule.finish(row, succeeded: false)
                        do { try await applier.didSend(outcome) } catch { stop = stop ?? error }
                        if outcome.result == .failed, halt == nil { halt = haltAfter(outcome) }
                    }
                    for row in again {
                        guard let operation = aside.removeValue(forKey: row)?.operation else { continue }
                        schedule.resume(row)
                        let context = context(of: row, schedule)
                        running += 1
                        group.addTask { (row, await perform(operation, context, step)) }
                    }
                    continue
                }
                guard running > 0, let (row, result) = await group.next() else { break }
                running -= 1
                switch result {
                case .success(let outcome) where outcome.ending != nil:
                    aside[row] = outcome
                    schedule.putAside(row)
                case .success(let outcome):
                    outcomes[row] = outcome
                    let succeeded = outcome.result == .done || outcome.result == .skipped
                    schedule.finish(row, succeeded: succeeded)
                    if !succeeded, halt == nil { halt = haltAfter(outcome) }
                case .failure(let error):
                    schedule.finish(row, succeeded: false)
                    stop = stop ?? (error as? StopRun)?.cause ?? error
                }
                if stop != nil { group.cancelAll() }
            }
        }
        if let stop { throw stop }
        for row in operations.indices where outcomes[row] == nil {
            let outcome = OperationOutcome(
                operation: operations[row], result: halt?.result ?? .skipped,
                error: halt?.text ?? "not sent: the run was interrupted before its turn")
            outcomes[row] = outcome
            try await applier.didSend(outcome)
        }
        return outcomes.compactMap { $0 }
    }

    /// Waits until one of the rows can go on, or none shall wait any more.
    /// - Returns: the rows that go on, those that are over with what became of them, and why nothing else is to begin.
    private func wait(for aside: inout [Int: OperationOutcome]) async -> (again: [Int], ended: [Int], why: String?) {
        let (conclusion, seen) = await EndWait(applier: applier).wait(for: aside.values.compactMap(\.ending))
        for (row, outcome) in aside {
            guard let object = seen[outcome.operation.key] else { continue }
            switch conclusion {
            case .gaveWay: aside[row] = OperationOutcome(leaving: outcome.operation, waitingFor: object)
            case .cancelled: aside[row] = OperationOutcome(outcome.operation, waitsFor: object, isInterrupted: true)
            case .goOn, .timedOut: aside[row] = OperationOutcome(outcome.operation, waitsFor: object)
            }
        }
        func rows(_ keys: Set<ObjectKey>) -> [Int] { aside.filter { keys.contains($0.value.operation.key) }.keys.sorted() }
        switch conclusion {
        case .goOn(let keys): return (rows(keys), [], nil)
        case .timedOut(let keys): return ([], rows(keys), nil)
        case .cancelled: return ([], aside.keys.sorted(), nil)
        case .gaveWay(let reason):
            applier.ends.gaveWay(reason)
            return ([], aside.keys.sorted(), "not sent: it needs what is not gone yet; the next run goes on")
        }
    }

    private func haltAfter(_ outcome: OperationOutcome) -> (result: OperationOutcome.Result, text: String)? {
        guard applier.onFailure == .stop else { return nil }
        return (.skipped, "not sent: \(outcome.operation.key) failed, and sync.onFailure is Stop")
    }

    private func context(of row: Int, _ schedule: Schedule) -> RowContext {
        RowContext(
            kindIsFresh: schedule.dependencies(of: row).contains { isFreshKind(operations[$0]) }, hasDependents: schedule.hasDependents(row)
        )
    }

    private func perform(
        _ operation: PlannedOperation, _ context: RowContext, _ step: Step
    ) async -> Result<OperationOutcome, any Error> {
        do {
            let outcome = try await step(operation, context)
            if outcome.ending == nil { try await applier.didSend(outcome) }
            return .success(outcome)
        } catch {
            return .failure(error)
        }
    }

    private func isFreshKind(_ operation: PlannedOperation) -> Bool {
        operation.write != nil && operation.key.groupKind == .customResourceDefinition
    }

    private func blocked(by cause: Int, _ outcomes: [OperationOutcome?]) -> String {
        let key = operations[cause].key
        if reversed { return "not deleted: \(key), which is to go first, is still there" }
        return outcomes[cause]?.result == .blocked
            ? "not sent: it needs \(key), which is blocked itself" : "not sent: it needs \(key), which failed"
    }
}
