// What every kind of run has: its id, its report, the applier with its records, and its end.

import Applying
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct RunParts: Sendable {
    let reconciler: Reconciler
    let prepared: PreparedApplication
    let runID = ULID.now()
    /// What had been sent when the run began.
    let begun: KubernetesClient.RequestCounts

    init(reconciler: Reconciler, prepared: PreparedApplication) {
        self.reconciler = reconciler
        self.prepared = prepared.waitingOn(reconciler.options)
        begun = reconciler.client.requestCounts
        redaction = Redaction(key: reconciler.redactionKey, secretTexts: prepared.desired.secretTexts)
    }

    private var application: Application { prepared.application }
    private var plan: Plan { prepared.plan }
    private let redaction: Redaction

    /// What the journal is told of this run.
    var entries: JournalEntries {
        JournalEntries(
            prepared: prepared, runID: runID, trigger: reconciler.options.trigger, actor: reconciler.options.actor,
            redactionKey: reconciler.redactionKey)
    }

    /// The set's parent, to be held by this run.
    func hold() -> any SetHold {
        prepared.store.hold(run: runID, contents: ParentContents(prepared: prepared).superset, current: prepared.parent?.object)
    }

    /// The report of what is known so far.
    func report(_ outcomes: Outcomes = Outcomes()) -> SyncReport {
        var report = prepared.report(runID: runID, trigger: reconciler.options.trigger)
        report.operations = plan.operations.map { told(outcomes.reported($0)) }
        for warning in outcomes.warnings(after: prepared.warnings).map(redaction.scrubbed) where !report.warnings.contains(warning) {
            report.warnings.append(warning)
        }
        return report
    }

    /// What sends the rows of this run: each is announced, logged, recorded and told.
    func applier(
        _ log: OutcomeLog, lock: (any SetHold)?, recorder: Recorder?, deadline: ContinuousClock.Instant,
        stageDone: Applier.StageDone? = nil
    ) -> Applier {
        let replanner = Replanner(client: reconciler.client, planner: prepared.planner, fieldManager: prepared.fieldManager)
        let progress = reconciler.progress
        var applier = Applier(
            client: reconciler.client, fieldManager: prepared.fieldManager, concurrency: reconciler.options.concurrency,
            onFailure: application.sync.onFailure, deadline: deadline,
            willSend: { operation in
                try await lock?.check()
                try await recorder?.willSend(operation.key)
                CrashPoint.sending.reach()
            },
            didSend: { outcome in
                log.add(outcome)
                try await recorder?.done(outcome)
                progress(.operation(told(log.reported(outcome.operation))))
            },
            replan: { [reconciler, entries] operation in
                let row = try await replanner.replan(operation)
                // What somebody did since the plan was made is on record before it is put right, as all the rest is.
                if recorder != nil, let journal = reconciler.journal {
                    if let episode = entries.episode(of: row, seen: Timestamp.now()) { try await journal.see(episode) }
                }
                return row
            },
            refusesMet: { [planner = prepared.planner] in planner.refuses($0.key, met: $1) },
            stageDone: stageDone, healthRules: application.health.rules)
        applier.ends = ends(log, lock)
        return applier
    }

    private func ends(_ log: OutcomeLog, _ lock: (any SetHold)?) -> EndHooks {
        let options = reconciler.options
        var hooks = EndHooks()
        hooks.since = options.endings
        hooks.timeout = application.timeout
        hooks.isOver = options.isOvertaken
        hooks.watch = options.watch
        hooks.begins = { await note(log, lock) }
        hooks.isWaiting = options.isWaiting
        hooks.awaits = { [progress = reconciler.progress] in progress(.awaits($0)) }
        hooks.gaveWay = { log.giveWay($0) }
        return hooks
    }

    /// Keeps the records of what is written by now.
    func note(_ log: OutcomeLog, _ lock: (any SetHold)?) async {
        await lock?.note(ParentContents(prepared: prepared).final(log.outcomes.byKey, runs: prepared.parent?.runs ?? []))
    }

    /// A row without secrets that somebody else's words brought, and with the line of the field that the server named where it refused it.
    private func told(_ row: SyncReport.ReportedOperation) -> SyncReport.ReportedOperation {
        var row = row
        row.error = row.error.map(redaction.scrubbed)
        guard let field = row.rejectedField, let desired = prepared.desired.objects.first(where: { $0.key == row.operation.key }) else {
            return row
        }
        row.operation.location = desired.location(of: field)
        return row
    }

    /// A run that ends before its first write.
    func ended(
        _ phase: SyncRun.Phase, _ outcome: SyncReport.Outcome, _ message: String?, isError: Bool = true
    ) async throws -> SyncReport {
        var report = self.report()
        if let message, isError { report.errors.append(.init(message: message)) }
        return try await close(report, phase, outcome, message)
    }

    /// Ends a run that wrote nothing to members, and records it.
    func close(
        _ report: SyncReport, _ phase: SyncRun.Phase, _ outcome: SyncReport.Outcome, _ message: String?
    ) async throws -> SyncReport {
        var report = report
        report.phase = phase.rawValue
        report.outcome = outcome
        report.finishedAt = Timestamp.now()
        report.requests = prepared.requests + (reconciler.client.requestCounts - begun)
        let final = report
        let isHeldAgain =
            phase == .held && reconciler.options.heldPlan == plan.approvalDigest.description
            && plan.operations.allSatisfy { $0.drift == nil }
        let isSilent = !reconciler.options.recordsIdle && phase == .succeeded
        try await shielded {
            if isHeldAgain { return }
            var journal = RunJournal(self)
            if isSilent, try await journal.knowsAll() { return }
            try await journal.recordIdle(phase, final, outcome: message)
        }
        return final
    }

    /// What the parent keeps of a run.
    func summary(_ report: SyncReport) -> Value {
        [
            "id": .string(runID), "revision": .string(report.revision), "committed": .string(report.commit?.committed ?? ""),
            "phase": .string(report.phase),
            "startedAt": .string(report.startedAt), "finishedAt": .string(report.finishedAt), "trigger": .string(report.trigger),
            "actor": .string(reconciler.options.actor), "source": .string(application.source.identity),
            "counts": .object(
                Object(
                    uniqueEntries: report.counts.filter { $0.count > 0 }.map { Object.Entry(key: $0.name, value: .int(Int64($0.count))) })),
        ]
    }
}

extension PreparedApplication {
    /// With what earlier runs began to delete as rows of this one, where it waits on: nothing is sent for them.
    fileprivate func waitingOn(_ options: Reconciler.Options) -> PreparedApplication {
        var prepared = self
        let wanted = Set(desired.objects.map(\.key))
        for (index, row) in plan.operations.enumerated() where row.kind == .skip && row.resource != nil && !wanted.contains(row.key) {
            guard options.awaitsEnds || options.endings[row.key] != nil, observed.members[row.key]?.isTerminating ?? false,
                let version = row.plannedOn, !planner.claimedElsewhere.contains(row.key)
            else { continue }
            prepared.plan.operations[index].kind = .prune
            prepared.plan.operations[index].write = .delete(version)
        }
        return prepared
    }
}
