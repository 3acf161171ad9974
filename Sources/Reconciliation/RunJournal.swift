// One run's rows in the journal, in write-ahead order; without a journal it does nothing.

import Applying
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct RunJournal: Sendable {
    let journal: Journal?
    let entries: JournalEntries
    private(set) var run: SyncRun
    private(set) var recorder: Recorder?

    /// - Parameter cluster: the parent's uid, where that is known better than from the plan.
    init(_ parts: RunParts, cluster: String? = nil) {
        let reconciler = parts.reconciler
        journal = reconciler.journal
        entries = parts.entries
        run = entries.run(cluster: cluster ?? parts.prepared.parent?.object.uid ?? reconciler.client.connection.server)
    }

    /// Opens the run with all its rows, the union of the inventory and the drift: durable before the first write.
    static func begin(_ parts: RunParts, cluster: String?) async throws -> RunJournal {
        try await shielded {
            var journal = RunJournal(parts, cluster: cluster)
            try await journal.begin()
            return journal
        }
    }

    private mutating func begin() async throws {
        guard let journal else { return }
        let manifests = entries.manifests()
        run.phase = .planned
        try await journal.begin(
            run, operations: entries.operations(manifests: manifests.mapValues(\.digest)), manifests: Array(manifests.values),
            inventory: entries.intendedInventory(), drift: entries.episodes())
        recorder = Recorder(journal: journal, run: run.id, pending: entries.pending)
        try await journal.setPhase(.applying, of: run.id)
        CrashPoint.runOpened.reach()
    }

    /// Records a run that writes nothing to the cluster: with rows only where no run of this tree has them yet, or where it saw drift.
    mutating func recordIdle(_ phase: SyncRun.Phase, _ report: SyncReport, outcome: String?) async throws {
        guard let journal else { return }
        var rows: [RunOperation] = []
        var manifests: [ObjectKey: (digest: Digest, json: [UInt8])] = [:]
        let known = try await journal.runs(application: run.application, limit: 100)
        let isKnown = known.contains { $0.treeID == run.treeID && $0.phase == .succeeded }
        if phase != .succeeded || !isKnown || entries.hasDrift {
            manifests = entries.manifests()
            rows = entries.operations(manifests: manifests.mapValues(\.digest))
            for index in rows.indices where rows[index].result == "pending" { rows[index].result = "skipped" }
        }
        let isClean = phase == .succeeded
        try await journal.begin(
            run, operations: rows, manifests: Array(manifests.values), inventory: isClean ? entries.intendedInventory() : [],
            drift: entries.episodes())
        let resolutions = isClean ? try await resolutions([:], journal) : [:]
        close(phase, report, outcome: outcome)
        try await journal.finish(run, inventory: isClean ? entries.finalInventory([:]) : nil, resolutions: resolutions)
    }

    /// Whether the journal would learn nothing from a run that writes nothing: no episode begins, changes or ends.
    func knowsAll() async throws -> Bool {
        guard let journal else { return true }
        let open = try await journal.episodes(application: run.application, openOnly: true, limit: 100_000)
        return entries.isTold(by: open)
    }

    /// What was applied is waited for. The drift that it put right is over by now.
    func waiting(_ outcomes: [ObjectKey: OperationOutcome]) async throws {
        guard let journal else { return }
        try await shielded {
            try await journal.setPhase(.waiting, of: run.id, resolutions: try await resolutions(outcomes, journal), at: Timestamp.now())
        }
    }

    /// Closes the run.
    mutating func finish(
        _ phase: SyncRun.Phase, _ report: SyncReport, outcome: String?, outcomes: [ObjectKey: OperationOutcome]
    ) async throws {
        guard let journal else { return }
        try await recorder?.closeRest("not sent: the run ended before its turn")
        let resolutions = try await resolutions(outcomes, journal)
        close(phase, report, outcome: outcome)
        try await journal.finish(run, inventory: entries.finalInventory(outcomes), resolutions: resolutions)
    }

    /// How the open episodes ended.
    private func resolutions(_ outcomes: [ObjectKey: OperationOutcome], _ journal: Journal) async throws -> [String: String] {
        let open = try await journal.episodes(application: run.application, openOnly: true, limit: 100_000)
        if open.isEmpty { return [:] }
        let written = try await journal.writtenWithoutEnd(application: run.application)
        return entries.resolutions(of: open, outcomes, written: written)
    }

    private mutating func close(_ phase: SyncRun.Phase, _ report: SyncReport, outcome: String?) {
        run.phase = phase
        run.finishedAt = Timestamp.now()
        run.outcome = outcome
        run.counts = Dictionary(report.counts.map { ($0.name, $0.count) }) { first, _ in first }
    }
}
