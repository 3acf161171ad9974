// Writing, in the order that survives a crash: intent before effect, result after it, states only forward.

import Foundation
import GRDB
import KubernetesModel
package import StructuredData

extension Journal {
    /// Opens a run: the run, all its rows and manifests, the union of the inventory and the drift it saw, in one transaction, before the
    /// first write to the cluster.
    ///
    /// An episode of an object and type that is open already keeps its id and first sight; its fields and last sight are renewed.
    /// - Parameter manifests: rendered manifests, each under its digest, without what is secret; the same digest is kept once.
    /// - Throws: ``JournalError`` `conflict` when the run exists.
    package func begin(
        _ run: SyncRun, operations: [RunOperation], manifests: [(digest: Digest, json: [UInt8])] = [], inventory: [InventoryRow],
        drift: [DriftEpisode]
    ) async throws {
        try await write { db in
            try insert(run, in: db)
            for manifest in manifests {
                try db.run(
                    sql: "INSERT INTO manifest (digest, json) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    arguments: [Data(manifest.digest.bytes), Data(manifest.json)])
            }
            for operation in operations { try insert(operation, in: db) }
            for row in inventory { try unite(row, application: run.application, cluster: run.cluster, in: db) }
            for episode in drift { try keep(episode, in: db) }
            CrashPoint.openingRun.reach()
        }
    }

    /// Moves an open run on, in one transaction with the episodes that it has resolved by then; a final run stays as it is.
    /// - Parameters:
    ///   - resolutions: episode id → `reverted adopted ignored self-resolved superseded`.
    ///   - moment: at which they were.
    /// - Throws: ``JournalError`` `conflict` for a step backwards or out of a final phase.
    package func setPhase(
        _ phase: SyncRun.Phase, of run: String, resolutions: [String: String] = [:], at moment: String = ""
    ) async throws {
        try await write { db in
            try advance(run, to: phase, in: db)
            try resolve(resolutions, at: moment, in: db)
        }
    }

    /// Says that requests are about to be sent, and what became of rows, in one transaction and in order: durable together when this
    /// returns.
    ///
    /// The first final result of a row (`done failed skipped blocked`) stands.
    /// - Throws: ``JournalError`` `conflict` for a second one, and for a row that is unknown.
    package func record(run: String, _ updates: [OperationUpdate]) async throws {
        try await write { db in
            for update in updates {
                if let result = update.result {
                    try db.run(
                        sql: """
                            UPDATE operation SET result = ?, error = ?, uid = ?, kind = coalesce(?, kind)
                            WHERE run = ? AND sequence = ? AND result IN ('pending', 'sending')
                            """,
                        arguments: [result, update.error, update.uid, update.kind, run, update.sequence])
                    guard db.changesCount == 1 else {
                        throw JournalError(
                            code: .conflict, message: "operation \(update.sequence) of run \(run) is unknown or has its result already")
                    }
                } else {
                    try db.run(
                        sql: "UPDATE operation SET result = 'sending' WHERE run = ? AND sequence = ? AND result = 'pending'",
                        arguments: [run, update.sequence])
                }
            }
        }
    }

    /// Keeps drift that was seen while a run is under way: joined with the open episode of its object and type, where there is one.
    package func see(_ episode: DriftEpisode) async throws {
        try await write { db in try keep(episode, in: db) }
    }

    /// Closes a run in one transaction: its phase, counts and outcome, the Application's inventory as it now is (it replaces what was
    /// there for this cluster), and the episodes that the run resolved.
    /// - Parameter resolutions: episode id → `reverted adopted ignored self-resolved superseded`.
    package func finish(_ run: SyncRun, inventory: [InventoryRow]?, resolutions: [String: String]) async throws {
        try await write { db in
            try advance(run.id, to: run.phase, in: db)
            try db.run(
                sql: "UPDATE run SET finishedAt = ?, counts = ?, outcome = ?, cluster = ? WHERE id = ?",
                arguments: [run.finishedAt, text(of: counts(run.counts)), run.outcome, run.cluster, run.id])
            if let inventory {
                try db.run(
                    sql: "DELETE FROM inventory WHERE application = ? AND cluster = ?", arguments: [run.application, run.cluster])
                for row in inventory { try unite(row, application: run.application, cluster: run.cluster, in: db) }
            }
            try resolve(resolutions, at: run.finishedAt ?? run.startedAt, in: db)
            CrashPoint.closingRun.reach()
        }
    }

    /// Closes the runs that a crash left open as `interrupted`.
    /// - Parameter cluster: nil for all clusters.
    /// - Returns: the runs as they were found, oldest first.
    package func closeInterrupted(application: String, cluster: String?) async throws -> [SyncRun] {
        try await write { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM run WHERE application = ? AND phase IN ('planned', 'applying', 'waiting')
                    AND (? IS NULL OR cluster = ?) ORDER BY id
                    """,
                arguments: [application, cluster, cluster])
            for row in rows {
                try db.run(
                    sql: "UPDATE run SET phase = 'interrupted', outcome = 'the run ended without a word: killed or crashed' WHERE id = ?",
                    arguments: [row["id"] as String])
            }
            return try rows.map(syncRun)
        }
    }

    func write<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try await journalErrors { try await commits.write(body) }
    }
}

private func resolve(_ resolutions: [String: String], at moment: String, in db: Database) throws {
    for (episode, resolution) in resolutions {
        try db.run(
            sql: "UPDATE episode SET resolvedAt = ?, resolution = ? WHERE id = ? AND resolvedAt IS NULL",
            arguments: [moment, resolution, episode])
    }
}

private func advance(_ run: String, to phase: SyncRun.Phase, in db: Database) throws {
    guard let text = try String.fetchOne(db.cachedStatement(sql: "SELECT phase FROM run WHERE id = ?"), arguments: [run]),
        let current = SyncRun.Phase(rawValue: text)
    else { throw JournalError(code: .conflict, message: "run \(run) is unknown") }
    guard current.mayBecome(phase) else {
        throw JournalError(code: .conflict, message: "run \(run) is \(current.rawValue) and cannot become \(phase.rawValue)")
    }
    try db.run(sql: "UPDATE run SET phase = ? WHERE id = ?", arguments: [phase.rawValue, run])
}

private func insert(_ run: SyncRun, in db: Database) throws {
    try db.run(
        sql: """
            INSERT INTO run (id, application, cluster, revision, treeID, commitID, subject, author, trigger, actor, phase, startedAt,
                finishedAt, planDigest, counts, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
        arguments: [
            run.id, run.application, run.cluster, run.revision, run.treeID, run.commit, run.message, run.author, run.trigger, run.actor,
            run.phase.rawValue, run.startedAt, run.finishedAt, run.planDigest, text(of: counts(run.counts)), run.outcome,
        ])
}

private func insert(_ operation: RunOperation, in db: Database) throws {
    try db.run(
        sql: """
            INSERT INTO operation (run, sequence, kind, apiGroup, version, objectKind, namespace, name, result, error, why, file, line,
                changes, manifest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
        arguments: [
            operation.run, operation.sequence, operation.kind, operation.key.group, operation.version, operation.key.kind,
            operation.key.namespace, operation.key.name, operation.result, operation.error, operation.why, operation.file, operation.line,
            text(of: operation.changes), operation.manifest.map { Data($0.bytes) },
        ])
}

private func unite(_ row: InventoryRow, application: String, cluster: String, in db: Database) throws {
    try db.run(
        sql: """
            INSERT INTO inventory (application, cluster, apiGroup, objectKind, namespace, name, version, state, uid)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (application, cluster, apiGroup, objectKind, namespace, name) DO UPDATE
            SET version = excluded.version, uid = coalesce(excluded.uid, uid),
                state = CASE WHEN excluded.state = 'intended' THEN state ELSE excluded.state END
            """,
        arguments: [
            application, cluster, row.key.group, row.key.kind, row.key.namespace ?? "", row.key.name, row.version, row.state, row.uid,
        ])
}

private func keep(_ episode: DriftEpisode, in db: Database) throws {
    try db.run(
        sql: """
            INSERT INTO episode (id, application, apiGroup, version, objectKind, namespace, name, type, firstSeen, lastSeen, resolvedAt,
                resolution, fields, file, line, commitID, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (application, apiGroup, objectKind, namespace, name, type) WHERE resolvedAt IS NULL DO UPDATE
            SET lastSeen = excluded.lastSeen, fields = excluded.fields, version = excluded.version, file = excluded.file,
                line = excluded.line, commitID = excluded.commitID, author = excluded.author
            """,
        arguments: [
            episode.id, episode.application, episode.key.group, episode.version, episode.key.kind, episode.key.namespace ?? "",
            episode.key.name, episode.type, episode.firstSeen, episode.lastSeen, episode.resolvedAt, episode.resolution,
            text(of: episode.fields), episode.file, episode.line, episode.commit, episode.author,
        ])
}

extension Database {
    /// Runs a statement that is compiled once for the connection: a run has thousands of rows.
    func run(sql: String, arguments: StatementArguments) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

private func counts(_ counts: [String: Int]) -> Value {
    .object(
        Object(
            uniqueEntries: counts.sorted { $0.key < $1.key }.map { Object.Entry(key: $0.key, value: .int(Int64($0.value))) }))
}

private func text(of value: Value) -> String { String(decoding: JSON.write(value), as: UTF8.self) }
