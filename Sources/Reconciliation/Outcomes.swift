// Collects what became of a run's rows and turns it into the report and the phase.

import Applying
import HealthAssessment
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData
import Synchronization

struct Outcomes: Sendable {
    private(set) var byKey: [ObjectKey: OperationOutcome] = [:]
    private var health: [ObjectKey: HealthVerdict] = [:]

    /// What people should know of objects that are well.
    private var notes: [String] = []

    /// Set where waiting for health ended without it: then what is on its way has a reason of its own to be told.
    var isOutOfTime = false

    /// How a wait for a wave, or for the end of a deletion, ended that gave way to what is newer; nil: none did.
    var gaveWay: HealthWait.Conclusion?

    mutating func add(_ outcome: OperationOutcome) { byKey[outcome.operation.key] = outcome }

    mutating func add(_ verdicts: [ObjectKey: HealthVerdict]) { health.merge(verdicts) { $1 } }

    mutating func add(note: String) { notes.append(note) }

    func count(_ result: OperationOutcome.Result) -> Int { byKey.values.count { $0.result == result } }

    /// Whether every object that Git wants was written as planned: only then anything may be pruned.
    var isClean: Bool { byKey.values.allSatisfy { $0.result == .done || ($0.result == .skipped && $0.error == nil) } }

    /// Whether something was not sent, or was left alone, that is no deletion.
    private var isIncomplete: Bool {
        byKey.values.contains { $0.result == .skipped && $0.error != nil && $0.operation.kind != .prune }
    }

    /// What was waited for to be gone when the run ended.
    var endings: [EndingObject] { byKey.values.compactMap(\.ending).sorted { $0.key < $1.key } }

    /// Why health, or the end of a deletion, is waited for no longer, where the next run is to begin at once.
    func whyNoLonger(_ health: HealthWait.Conclusion?) -> String? {
        let objects = endings
        let waited = objects.isEmpty ? nil : EndingObject.words(of: objects)
        switch gaveWay ?? health {
        case .interrupted:
            return "a newer revision, or a new wish, came while "
                + (waited.map { "this one waited for \($0)" } ?? "this one was waited for")
        case .disturbed:
            return "somebody changed what was applied, while " + (waited.map { "the run waited for \($0)" } ?? "its health was waited for")
                + "; that is put right first"
        case .healthy, .degraded, .timedOut, nil: return nil
        }
    }

    /// Why nothing is pruned; nil where all is well.
    var obstacleToPrune: String? {
        if isClean { return nil }
        let failed = count(.failed)
        let blocked = count(.blocked)
        let parts = [failed > 0 ? "\(failed) failed" : nil, blocked > 0 ? "\(blocked) blocked" : nil].compactMap { $0 }
        return "not everything was applied" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    }

    /// Whether nothing but the end of the time kept rows from being sent: a wave was not healthy before it.
    private var isHeldByTime: Bool {
        isOutOfTime && !isIncomplete
            && byKey.values.allSatisfy { $0.result != .failed && !($0.result == .blocked && $0.operation.kind == .blocked) }
    }

    /// The row of the report.
    func reported(_ planned: PlannedOperation) -> SyncReport.ReportedOperation {
        guard let outcome = byKey[planned.key] else {
            var row = SyncReport.ReportedOperation(operation: planned, result: planned.plannedResult)
            row.health = health[planned.key]?.health.rawValue
            return row
        }
        var row = SyncReport.ReportedOperation(
            operation: outcome.operation, result: outcome.result.rawValue, error: outcome.operation.write == nil ? nil : outcome.error,
            adoptedInstead: outcome.adoptedInstead)
        row.rejectedField = outcome.rejectedField
        if outcome.result == .done, let health = outcome.health, let record = outcome.record {
            row.answer = SyncReport.Answer(health: health, record: record)
        }
        if let verdict = health[planned.key] {
            row.health = verdict.health.rawValue
            let isBad =
                switch verdict.health {
                case .degraded, .missing: true
                case .progressing, .unknown: isOutOfTime
                case .healthy, .suspended: false
                }
            if isBad, row.error == nil, outcome.result == .done || outcome.result == .skipped { row.error = text(verdict) }
        }
        return row
    }

    private func text(_ verdict: HealthVerdict) -> String {
        verdict.message.isEmpty ? "it is \(verdict.health.rawValue)" : "it is \(verdict.health.rawValue): \(verdict.message)"
    }

    /// Warnings said once: what the server warned of and of which objects, and paths that do not keep what was predicted.
    ///
    /// - Parameter planning: what it warned of when the plan was made.
    func warnings(after planning: ServerWarnings = ServerWarnings()) -> [String] {
        let outcomes = byKey.values.sorted { $0.operation.key < $1.operation.key }
        var said = planning
        for outcome in outcomes { said.add(outcome.warnings, about: outcome.operation.key) }
        var warnings = said.lines
        for outcome in outcomes {
            if !outcome.unstable.isEmpty {
                let paths = outcome.unstable.prefix(5).map(\.description).joined(separator: ", ")
                let more = outcome.unstable.count > 5 ? " and \(outcome.unstable.count - 5) more" : ""
                warnings.append(
                    "\(outcome.operation.key): unstable, the server answered otherwise than it had predicted at \(paths)\(more)")
            }
        }
        return warnings + notes
    }

    /// The phase and exit class of a run whose rows ended like this.
    func conclusion(health conclusion: HealthWait.Conclusion?, isCancelled: Bool) -> (phase: SyncRun.Phase, outcome: SyncReport.Outcome) {
        if isCancelled { return (.interrupted, .failed) }
        let failed = byKey.values.filter { $0.result == .failed }
        let blocked = count(.blocked)
        // What was not sent for that is the next run's, which tells what is blocked, too.
        if failed.isEmpty, gaveWay != nil { return (.superseded, .superseded) }
        if !failed.isEmpty || blocked > 0 || isIncomplete {
            let didAnything = byKey.values.contains { $0.result == .done || $0.operation.kind == .unchanged }
            let onlyTime = !failed.isEmpty && failed.allSatisfy { $0.timedOut && !$0.isSurvivor }
            return (didAnything ? .partial : .failed, onlyTime || isHeldByTime ? .timedOut : .failed)
        }
        switch conclusion {
        case nil, .healthy: return (.succeeded, .succeeded)
        case .degraded: return (.failed, .failed)
        case .timedOut: return (.partial, .timedOut)
        case .interrupted, .disturbed: return (.superseded, .superseded)
        }
    }
}

/// The outcomes of one run, as its tasks tell them.
final class OutcomeLog: Sendable {
    private let state = Mutex(Outcomes())

    var outcomes: Outcomes { state.withLock { $0 } }
    func reported(_ operation: PlannedOperation) -> SyncReport.ReportedOperation { state.withLock { $0.reported(operation) } }
    func add(_ outcome: OperationOutcome) { state.withLock { $0.add(outcome) } }
    func add(_ verdicts: [ObjectKey: HealthVerdict]) { state.withLock { $0.add(verdicts) } }
    func add(note: String) { state.withLock { $0.add(note: note) } }
    func giveWay(_ conclusion: HealthWait.Conclusion?) { state.withLock { $0.gaveWay = conclusion } }
    func outOfTime() { state.withLock { $0.isOutOfTime = true } }
}

extension SyncReport {
    /// One sentence for the journal on why a run did not succeed; nil for one that did.
    var reason: String? {
        guard outcome != .succeeded else { return nil }
        if let error = errors.first { return error.message }
        // What was not even tried waits for what failed.
        let rows = operations.filter { $0.error != nil || $0.result == "blocked" }
        let first = rows.first { $0.result == "failed" } ?? rows.first { $0.result == "blocked" } ?? rows.first
        return first.map { "\($0.operation.key): \($0.error ?? $0.operation.why)" }
    }
}

extension SyncReport.Outcome {
    /// The exit class of a cluster's answer that ended a run before its first write.
    init(_ error: ClientError) {
        switch error.code {
        case .configuration: self = .invalid
        case .unreachable, .timeout, .unauthorized, .forbidden, .tooManyRequests, .unavailable, .malformedResponse: self = .unreachable
        case .namespaceTerminating, .notFound, .kindNotServed, .alreadyExists, .fieldConflict, .conflict, .invalid, .immutable,
            .badRequest, .tooLarge, .expired, .permanent:
            self = .failed
        }
    }
}
