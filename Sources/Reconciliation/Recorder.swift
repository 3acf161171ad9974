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
    private var updates: [OperationUpdate] = []
    private var waiters: [CheckedContinuation<Void, any Error>] = []
    private var isWriting = false
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
        try await withCheckedThrowingContinuation { continuation in
            waiters.append(continuation)
            guard !isWriting else { return }
            isWriting = true
            // Ends when nothing is left to write; every caller waits for its own continuation, which this task resumes.
            Task { await self.drain() }
        }
    }

    private func drain() async {
        while !updates.isEmpty {
            let batch = updates
            let waiting = waiters
            updates = []
            waiters = []
            do {
                try await journal.record(run: run, batch)
                for waiter in waiting { waiter.resume() }
            } catch {
                for waiter in waiting { waiter.resume(throwing: error) }
            }
        }
        isWriting = false
    }
}
