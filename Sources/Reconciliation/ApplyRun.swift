// One Application's run, in the order of architecture section 5, step 11: namespaces, parent, journal, writes, health, prune, parent.

import Applying
import HealthAssessment
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct ApplyRun: Sendable {
    let parts: RunParts

    init(reconciler: Reconciler, prepared: PreparedApplication) {
        parts = RunParts(reconciler: reconciler, prepared: prepared)
    }

    private var reconciler: Reconciler { parts.reconciler }
    private var prepared: PreparedApplication { parts.prepared }
    private var application: Application { prepared.application }
    private var plan: Plan { prepared.plan }
    private var waits: Bool { reconciler.options.wait ?? application.health.wait }
    private var healthDeadline: ContinuousClock.Instant { (reconciler.options.waitsSince ?? .now).advanced(by: application.timeout) }
    private var applied: [PlannedOperation] { plan.operations.filter { $0.kind != .prune } }
    private var pruned: [PlannedOperation] { plan.operations.filter { $0.kind == .prune } }

    /// - Parameter confirmed: the digest of a plan that a person has agreed to already.
    /// - Throws: ``SetChanged`` where another run was faster, before any write; `JournalError`; ``SyncFailure``.
    func run(confirmed: Digest?) async throws -> SyncReport {
        let first = parts.report()
        if confirmed == nil { reconciler.progress(.planned(first)) }
        if Task.isCancelled { return try await parts.ended(.interrupted, .failed, nil) }
        if let hold = plan.hold { return try await parts.ended(.held, .refused, hold, isError: false) }
        if pruned.contains(where: { $0.write != nil }), let confirm = reconciler.options.confirmPrune, confirmed != plan.approvalDigest {
            guard await confirm(first) else {
                return try await parts.ended(.held, .refused, "the deletion was not confirmed; nothing was written")
            }
            if Task.isCancelled { return try await parts.ended(.interrupted, .failed, nil) }
        }
        if plan.operations.allSatisfy({ $0.write == nil }) { return try await idle() }
        return try await write()
    }

    // MARK: - Runs that write nothing

    /// Nothing to write: at most the records are saved, for the sake of the next run.
    private func idle() async throws -> SyncReport {
        let contents = ParentContents(prepared: prepared)
        var warning: String?
        let final = contents.final([:], runs: prepared.parent?.runs ?? [])
        if !contents.isSaved(final), prepared.parent != nil || !prepared.observed.members.isEmpty {
            do {
                let store = prepared.store
                let previous = prepared.parent?.object
                try await shielded { try await store.save(final, previous: previous) }
            } catch let error as ClientError {
                // Records are a cache: a run never fails for them.
                warning = "the records could not be saved, so the next run asks again: \(error.message)"
            }
        }
        let log = OutcomeLog()
        for operation in plan.operations { log.add(OperationOutcome(withoutWrite: operation)) }
        let health = await waitForHealth(log, until: healthDeadline)
        if health != nil { await lookForOlderPods(log) }
        let (phase, outcome) = log.outcomes.conclusion(health: health, isCancelled: Task.isCancelled)
        var report = parts.report(log.outcomes)
        if let warning { report.warnings.append(warning) }
        let message = phase == .superseded ? log.outcomes.whyNoLonger(health) : nil
        if let message { report.errors.append(.init(message: message)) }
        return try await parts.close(report, phase, outcome, message)
    }

    // MARK: - Runs that write

    private func write() async throws -> SyncReport {
        let deadline = ContinuousClock.now.advanced(by: application.timeout)
        reconciler.progress(.phase("apply"))
        CrashPoint.planned.reach()
        let log = OutcomeLog()
        let lock = parts.hold()
        do {
            let namespaces = HomeNamespaces(reconciler: reconciler, prepared: prepared)
            let early = try await namespaces.prepare(parts.applier(log, lock: nil, recorder: nil, deadline: deadline))
            if let failure = early { return try await parts.ended(.failed, .failed, failure) }
            CrashPoint.namespacesMade.reach()
            try await acquire(lock, namespaces)
            CrashPoint.leaseTaken.reach()
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
            for outcome in log.outcomes.byKey.values { try await journal.recorder?.done(outcome) }
            return try await work(log, lock: lock, journal: journal, deadline: deadline)
        } catch {
            // Nothing can be recorded any more, so nothing more is written; the lease is given back where that is possible.
            let contents = ParentContents(prepared: prepared).superset
            _ = try? await shielded { try await lock.release(contents) }
            throw error
        }
    }

    private func acquire(_ lock: any SetHold, _ namespaces: HomeNamespaces) async throws {
        do {
            try await lock.acquire()
        } catch let error as ClientError where error.code == .notFound && prepared.parent == nil {
            try await namespaces.createHome()
            try await lock.acquire()
        }
    }

    /// Writes, waits, prunes, while the lease is renewed; then closes the run whatever came of it.
    private func work(
        _ log: OutcomeLog, lock: any SetHold, journal: RunJournal, deadline: ContinuousClock.Instant
    ) async throws -> SyncReport {
        let applier = parts.applier(
            log, lock: lock, recorder: journal.recorder, deadline: deadline, stageDone: waits ? stageDone(log, lock, until: deadline) : nil)
        // From here on somebody else's doing is known from the run's own.
        if plan.operations.contains(where: \.mayWait) { _ = await reconciler.options.watch?.look([]) }
        var superseded: Superseded?
        var health: HealthWait.Conclusion?
        do {
            health = try await lock.holding {
                _ = try await applier.apply(applied.filter { log.outcomes.byKey[$0.key] == nil })
                CrashPoint.applied.reach()
                var health = log.outcomes.gaveWay
                if waits, log.outcomes.isClean, !Task.isCancelled {
                    try await journal.waiting(log.outcomes.byKey)
                    await parts.note(log, lock)
                    health = await waitForHealth(log, until: min(deadline, healthDeadline))
                    await lookForOlderPods(log)
                }
                try await prune(applier, log, lock: lock, health: health)
                return health
            }
        } catch let loss as Superseded {
            superseded = loss
        } catch is CancellationError {
            // What was under way has ended; the run is closed below.
        }
        let (lost, conclusion) = (superseded, health)
        return try await shielded { [isCancelled = Task.isCancelled] in
            try await finish(log, lock: lock, journal: journal, superseded: lost, health: conclusion, isCancelled: isCancelled)
        }
    }

    private func prune(_ applier: Applier, _ log: OutcomeLog, lock: any SetHold, health: HealthWait.Conclusion?) async throws {
        let rows = pruned
        guard !rows.isEmpty else { return }
        var obstacle = log.outcomes.obstacleToPrune
        switch health {
        case nil, .healthy: break
        case .degraded: obstacle = "what was applied is not healthy"
        case .timedOut: obstacle = "what was applied was not healthy in time"
        case .interrupted: obstacle = "the run was interrupted"
        case .disturbed: obstacle = "somebody changed what was applied, while it was waited for"
        }
        if let obstacle {
            for row in rows where row.write != nil {
                try await applier.didSend(OperationOutcome(operation: row, result: .skipped, error: "not deleted: \(obstacle)"))
            }
            return
        }
        if !Task.isCancelled { try await lock.confirm() }
        reconciler.progress(.phase("prune"))
        _ = try await applier.prune(rows, setIDs: prepared.setIDs)
        CrashPoint.pruned.reach()
    }

    /// The parent with what is left and its records, the lease given back, the journal closed.
    private func finish(
        _ log: OutcomeLog, lock: any SetHold, journal: RunJournal, superseded: Superseded?, health: HealthWait.Conclusion?,
        isCancelled: Bool
    ) async throws -> SyncReport {
        var journal = journal
        let outcomes = log.outcomes
        var (phase, outcome) = outcomes.conclusion(health: health, isCancelled: isCancelled)
        var message: String?
        if let superseded {
            (phase, outcome, message) = (.superseded, .superseded, superseded.message)
        } else if phase == .superseded {
            message = outcomes.whyNoLonger(health)
        }
        var report = parts.report(outcomes)
        report.phase = phase.rawValue
        if superseded == nil {
            report.finishedAt = Timestamp.now()
            let runs = [parts.summary(report)] + (prepared.parent?.runs ?? [])
            do {
                try await lock.release(ParentContents(prepared: prepared).final(outcomes.byKey, runs: runs))
                CrashPoint.released.reach()
            } catch let loss as Superseded {
                (phase, outcome, message) = (.superseded, .superseded, loss.message)
            } catch let error as ClientError {
                // Everything was written; only the records are missing, and the lease ends by itself.
                report.warnings.append("the inventory could not be closed, so the next run asks again: \(error.message)")
            }
        }
        report.phase = phase.rawValue
        report.outcome = outcome
        report.endings = outcomes.endings
        if let message { report.errors.append(.init(message: message)) }
        report.finishedAt = Timestamp.now()
        report.requests = prepared.requests + (reconciler.client.requestCounts - parts.begun)
        try await journal.finish(phase, report, outcome: message ?? report.reason, outcomes: outcomes.byKey)
        CrashPoint.closed.reach()
        return report
    }

    // MARK: - Parts

    /// Holds a wave until the ones before it are healthy.
    private func stageDone(_ log: OutcomeLog, _ lock: any SetHold, until deadline: ContinuousClock.Instant) -> Applier.StageDone {
        let waves = Dictionary(plan.operations.map { ($0.stage, $0.wave) }) { max($0, $1) }
        return { outcomes, next in
            guard let last = outcomes.map(\.operation.wave).max(), waves[next, default: 0] > last else { return .goOn }
            await parts.note(log, lock)
            return await verdict(on: last, log, until: min(deadline, healthDeadline))
        }
    }

    /// Whether the next wave may begin: when all that was applied so far is healthy.
    private func verdict(on wave: Int, _ log: OutcomeLog, until deadline: ContinuousClock.Instant) async -> Applier.StageVerdict {
        let health = await waitForHealth(log, until: deadline, upTo: wave)
        switch health {
        case .healthy, nil: return .goOn
        case .degraded: return .fail("wave \(wave) is not healthy")
        case .timedOut: return .fail("wave \(wave) was not healthy in time")
        case .interrupted, .disturbed:
            if Task.isCancelled { return .stop("interrupted while waiting for wave \(wave)") }
            log.giveWay(health)
            return .stop(log.outcomes.whyNoLonger(health) ?? "")
        }
    }

    /// Waits for the health of what was applied, and of what was unchanged; nil where nobody asked.
    /// - Parameter wave: the last of the waves that count.
    private func waitForHealth(
        _ log: OutcomeLog, until deadline: ContinuousClock.Instant, upTo wave: Int = .max
    ) async -> HealthWait.Conclusion? {
        guard waits, !Task.isCancelled else { return nil }
        reconciler.progress(.phase("wait"))
        var subjects: [HealthSubject] = []
        for outcome in log.outcomes.byKey.values {
            let operation = outcome.operation
            guard outcome.result == .done || operation.kind == .unchanged, operation.kind != .prune, operation.wave <= wave,
                let resource = operation.resource
            else { continue }
            // Of what a summary proved, only that is there.
            let read = prepared.observed.proven.contains(operation.key) ? nil : prepared.observed.members[operation.key]
            let known = outcome.health ?? read.map { assess($0, rules: application.health.rules) }
            if known?.health == .healthy {
                log.add([operation.key: HealthVerdict(.healthy)])
            } else {
                subjects.append(
                    HealthSubject(
                        key: operation.key, resource: resource, mayEndItself: mayEndItself(operation),
                        record: outcome.result == .done ? outcome.record : nil))
            }
        }
        let wait = HealthWait(
            client: reconciler.client, rules: application.health.rules, labelSelector: "\(Tracking.partOf)=\(plan.parentID)",
            concurrency: reconciler.options.concurrency, isOver: reconciler.options.isOvertaken,
            watch: reconciler.options.watch)
        await reconciler.options.isWaiting(true)
        let (conclusion, verdicts) = await wait.wait(for: subjects.sorted { $0.key < $1.key }, until: deadline)
        await reconciler.options.isWaiting(false)
        log.add(verdicts)
        if conclusion == .timedOut { log.outOfTime() }
        return conclusion
    }

    /// A Job with `ttlSecondsAfterFinished`.
    private func mayEndItself(_ operation: PlannedOperation) -> Bool {
        guard operation.key.groupKind == .job else { return false }
        let wanted = prepared.desired.objects.first { $0.key == operation.key }?.object.value
        return wanted?.at("spec", "ttlSecondsAfterFinished")?.int != nil
    }

    /// Notes on ReplicationControllers whose pods are of an older template.
    private func lookForOlderPods(_ log: OutcomeLog) async {
        guard !Task.isCancelled else { return }
        let check = OlderPods(client: reconciler.client)
        let rows = log.outcomes.byKey.values.filter { outcome in
            outcome.operation.key.groupKind == .replicationController && outcome.operation.kind != .prune
                && (outcome.result == .done || outcome.operation.kind == .unchanged)
        }
        for row in rows.sorted(by: { $0.operation.key < $1.operation.key }) {
            guard let resource = row.operation.resource else { continue }
            let changesTemplate = row.operation.changes.contains { $0.path.starts(with: .template) }
            if let note = await check.note(
                on: row.operation.key, resource, changedBy: changesTemplate ? prepared.fieldManager : nil)
            {
                log.add(note: note)
            }
        }
    }
}

extension PlannedOperation {
    /// Whether an object has to be gone before the row is done.
    fileprivate var mayWait: Bool {
        switch write {
        case .recreate, .delete: true
        case .apply, nil: false
        }
    }
}
