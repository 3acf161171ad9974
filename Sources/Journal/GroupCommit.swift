// Transactions that are asked for while another is being made durable share the next one: many runs wait for one synchronisation.

import GRDB
import Synchronization

/// Runs writes in the order in which they are asked for; each is told when it is durable.
final class GroupCommit: Sendable {
    private struct Job: Sendable {
        /// Writes, and returns what is to be called when that is durable. Run anew where the transaction that it shared was lost.
        var perform: @Sendable (Database) throws -> @Sendable () -> Void
        var fail: @Sendable (any Error) -> Void
    }

    private struct State {
        var jobs: [Job] = []
        /// Whether the writer is going to come for them.
        var isCalled = false
    }

    /// One transaction holds no more than this, so that nobody waits long for the others.
    private static let most = 64

    private let database: any DatabaseWriter
    private let state = Mutex(State())

    init(_ database: any DatabaseWriter) { self.database = database }

    /// - Returns: what `body` returned, when it is durable. Where `body` throws, nothing of it is kept, whoever it shares with.
    /// - Throws: what `body` throws; `DatabaseError` where the commit fails; `CancellationError` where the task is cancelled already.
    func write<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            add(
                Job { database in
                    let result = try body(database)
                    return { continuation.resume(returning: result) }
                } fail: {
                    continuation.resume(throwing: $0)
                })
        }
    }

    private func add(_ job: Job) {
        let isFirst = state.withLock { state in
            state.jobs.append(job)
            defer { state.isCalled = true }
            return !state.isCalled
        }
        if isFirst { call() }
    }

    private func call() {
        database.asyncWriteWithoutTransaction { [self] database in
            let (jobs, isMore) = state.withLock { state in
                let jobs = Array(state.jobs.prefix(GroupCommit.most))
                state.jobs.removeFirst(jobs.count)
                state.isCalled = !state.jobs.isEmpty
                return (jobs, state.isCalled)
            }
            if isMore { call() }
            GroupCommit.run(jobs, in: database)
        }
    }

    private static func run(_ jobs: [Job], in database: Database) {
        do {
            for end in try together(jobs, in: database) { end() }
        } catch let error as DatabaseError where jobs.count > 1 && error.resultCode != .SQLITE_BUSY {
            // One of them, or the commit, cost all of them the transaction: each has its own now, and its own error.
            for job in jobs { run([job], in: database) }
        } catch {
            for job in jobs { job.fail(error) }
        }
    }

    private static func together(_ jobs: [Job], in database: Database) throws -> [@Sendable () -> Void] {
        var ends: [@Sendable () -> Void] = []
        try database.inTransaction(.immediate) {
            for job in jobs {
                do {
                    var end: @Sendable () -> Void = {}
                    try database.inSavepoint {
                        end = try job.perform(database)
                        return .commit
                    }
                    ends.append(end)
                } catch  where database.isInsideTransaction {
                    // The others are as they were.
                    ends.append { job.fail(error) }
                }
            }
            return .commit
        }
        return ends
    }
}
