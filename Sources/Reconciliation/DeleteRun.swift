// An Application's end: everything it has is deleted, its protections kept, and the parent goes last.

import Applying
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct DeleteRun: Sendable {
    let parts: RunParts

    init(reconciler: Reconciler, prepared: PreparedApplication) {
        parts = RunParts(reconciler: reconciler, prepared: prepared)
    }

    private var reconciler: Reconciler { parts.reconciler }
    private var prepared: PreparedApplication { parts.prepared }
    private var application: Application { prepared.application }
    private var plan: Plan { prepared.plan }

    /// - Parameter confirmed: the digest of a plan that a person has agreed to already.
    /// - Throws: ``SetChanged`` where another run was faster, before any write; `JournalError`.
    func run(confirmed: Digest?, confirm: @Sendable (SyncReport) async -> Bool) async throws -> SyncReport {
        let first = parts.report()
        if confirmed == nil { reconciler.progress(.planned(first)) }
        if Task.isCancelled { return try await parts.ended(.interrupted, .failed, nil) }
        if prepared.parent == nil, prepared.observed.members.isEmpty {
            var report = first
            report.warnings.append(
                "there is nothing to delete: \(application.reference) has no inventory in this cluster (\(prepared.store.place))")
            return try await parts.close(report, .succeeded, .succeeded, nil)
        }
        if confirmed != plan.approvalDigest {
            guard await confirm(first) else {
                return try await parts.ended(.held, .refused, "the deletion was not confirmed; nothing was deleted")
            }
            if Task.isCancelled { return try await parts.ended(.interrupted, .failed, nil) }
        }
        return try await delete()
    }

    private func delete() async throws -> SyncReport {
        let deadline = ContinuousClock.now.advanced(by: application.timeout)
        let log = OutcomeLog()
        let lock = parts.hold()
        do {
            try await lock.acquire()
        } catch let error as ClientError {
            if error.code == .conflict || error.code == .alreadyExists {
                throw SetChanged(message: error.message, confirmed: plan.approvalDigest)
            }
            return try await parts.ended(.failed, SyncReport.Outcome(error), error.message)
        } catch is CancellationError {
            return try await parts.ended(.interrupted, .failed, nil)
        }
        do {
            let journal = try await RunJournal.begin(parts, cluster: await lock.parent?.uid)
            reconciler.progress(.phase("prune"))
            let applier = parts.applier(log, lock: lock, recorder: journal.recorder, deadline: deadline)
            var superseded: Superseded?
            do {
                _ = try await lock.holding {
                    try await applier.prune(plan.operations, setIDs: prepared.setIDs)
                }
            } catch let loss as Superseded {
                superseded = loss
            } catch is CancellationError {
                // What was under way has ended; the run is closed below.
            }
            let lost = superseded
            return try await shielded { [isCancelled = Task.isCancelled] in
                try await finish(log, lock: lock, journal: journal, superseded: lost, isCancelled: isCancelled)
            }
        } catch {
            let contents = ParentContents(prepared: prepared).superset
            _ = try? await shielded { try await lock.release(contents) }
            throw error
        }
    }

    private func finish(
        _ log: OutcomeLog, lock: any SetHold, journal: RunJournal, superseded: Superseded?, isCancelled: Bool
    ) async throws -> SyncReport {
        var journal = journal
        let outcomes = log.outcomes
        var (phase, outcome) = outcomes.conclusion(health: nil, isCancelled: isCancelled)
        var message = phase == .superseded ? outcomes.whyNoLonger(nil) : nil
        var report = parts.report(outcomes)
        report.phase = phase.rawValue
        report.finishedAt = Timestamp.now()
        do {
            if let superseded { throw superseded }
            let gone = Set(outcomes.byKey.values.filter { $0.result == .done && $0.operation.kind == .prune }.map(\.operation.key))
            let kept = prepared.observed.members.keys.filter { !gone.contains($0) }.sorted()
            if kept.isEmpty, prepared.observed.unlisted.isEmpty {
                try await lock.remove()
            } else {
                let runs = [parts.summary(report)] + (prepared.parent?.runs ?? [])
                try await lock.release(ParentContents(prepared: prepared).final(outcomes.byKey, runs: runs))
                report.warnings.append(remainder(kept))
            }
        } catch let loss as Superseded {
            (phase, outcome, message) = (.superseded, .superseded, loss.message)
        } catch let error as ClientError {
            report.warnings.append("the inventory could not be closed: \(error.message)")
            if outcome == .succeeded { (phase, outcome) = (.partial, .failed) }
        }
        report.phase = phase.rawValue
        report.outcome = outcome
        report.endings = outcomes.endings
        if let message { report.errors.append(.init(message: message)) }
        report.finishedAt = Timestamp.now()
        report.requests = prepared.requests + (reconciler.client.requestCounts - parts.begun)
        try await journal.finish(phase, report, outcome: message ?? report.reason, outcomes: outcomes.byKey)
        return report
    }

    private func remainder(_ kept: [ObjectKey]) -> String {
        let place = prepared.store.place
        guard !kept.isEmpty else { return "not every kind could be read: the inventory (\(place)) stays" }
        let names = kept.prefix(5).map(\.description).joined(separator: ", ") + (kept.count > 5 ? " and \(kept.count - 5) more" : "")
        return "still there: \(names); therefore the inventory (\(place)) stays too"
    }
}
