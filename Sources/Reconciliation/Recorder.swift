// Writes the results of a run's rows into the journal: many rows that end at the same time share one transaction.

import Applying
import Journal
import KubernetesModel
import Planning

/// Group commit for one run: every call returns when its update is durable.
actor Recorder {
    private let journal: Journal
    private let run: String
    private var pending: [ObjectKey: Int]
    /// What the next transaction will hold.
    private var updates: [OperationUpdate] = []
    /// The transaction under way, and the one that waits for its end: every update that comes meanwhile is part of that.
    private var current: Task<Void, any Error>?
    private var next: Task<Void, any Error>?
    private var announced: Set<Int> = []

    /// - Parameter pending: the sequence numbers of the rows that have no result yet.
    init(journal: Journal, run: String, pending: [ObjectKey: Int]) {
        self.journal = journal
        self.run = run
        self.pending = pending
    }

    /// Says that a request is about to be sent.
    func willSend(_ key: ObjectKey) async throws {
        guard let sequence = pending[key], announced.insert(sequence).inserted else { return }
        try await record(OperationUpdate(sequence: sequence))
        CrashPoint.announced.reach()
    }

    /// Says what became of a row; a row that had its result already is left alone.
    func done(_ outcome: OperationOutcome) async throws {
        guard let sequence = pending.removeValue(forKey: outcome.operation.key) else { return }
        CrashPoint.answered.reach()
        let kind = outcome.adoptedInstead ? OperationKind.adopt : outcome.operation.kind
        try await record(
            OperationUpdate(
                sequence: sequence, result: outcome.result.rawValue, error: outcome.error, uid: outcome.uid, kind: kind.rawValue))
        CrashPoint.recorded.reach()
    }

    /// Closes the rows that never had their turn.
    func closeRest(_ reason: String) async throws {
        let rest = pending
        pending = [:]
        let updates = rest.values.sorted().map {
            OperationUpdate(sequence: $0, result: OperationOutcome.Result.skipped.rawValue, error: reason)
        }
        if !updates.isEmpty { try await journal.record(run: run, updates) }
    }

    private func record(_ update: OperationUpdate) async throws {
        updates.append(update)
        let transaction = next ?? begin()
        try await transaction.value
    }

    private func begin() -> Task<Void, any Error> {
        // Ends with its transaction; all whose updates are in it wait for that.
        let transaction = Task { [previous = current] in
            _ = await previous?.result
            try await self.commit()
        }
        next = transaction
        return transaction
    }

    private func commit() async throws {
        let batch = updates
        updates = []
        current = next
        next = nil
        try await journal.record(run: run, batch)
    }
}
