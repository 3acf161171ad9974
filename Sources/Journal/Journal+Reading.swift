// Reading: runs, their rows, drift, inventory and manifests, newest first where people read them.

import Foundation
import GRDB
package import KubernetesModel
package import StructuredData

extension Journal {
    /// Newest first.
    /// - Parameters:
    ///   - application: `NAMESPACE/NAME`; nil for all.
    ///   - namespace: only Applications in this one.
    ///   - isTallied: whether the operations are counted of runs that did not succeed, for a reader who asks what was done.
    package func runs(application: String?, namespace: String? = nil, limit: Int, isTallied: Bool = false) async throws -> [SyncRun] {
        try await read { db in
            let (condition, arguments) = whose(application: application, namespace: namespace)
            return try Row.fetchAll(
                db, sql: "SELECT * FROM run WHERE \(condition) ORDER BY id DESC LIMIT ?", arguments: arguments + [limit]
            ).map { isTallied ? try tallied(syncRun($0), in: db) : try syncRun($0) }
        }
    }

    /// By id, or by a prefix (of any case) that names exactly one.
    /// - Throws: ``JournalError`` `ambiguous`, naming how many there are.
    package func run(_ id: String) async throws -> SyncRun? {
        let prefix = id.uppercased()
        guard !prefix.isEmpty, prefix.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 65 && $0 <= 90) }) else { return nil }
        return try await read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM run WHERE id >= ? AND id < ? ORDER BY id LIMIT 100", arguments: [prefix, prefix + "~"])
            guard rows.count <= 1 else {
                throw JournalError(
                    code: .ambiguous, message: "\(id) is the beginning of \(rows.count) runs; give more characters of the id")
            }
            return try rows.first.map { try tallied(syncRun($0), in: db) }
        }
    }

    /// In order of sequence.
    package func operations(of run: String) async throws -> [RunOperation] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM operation WHERE run = ? ORDER BY sequence", arguments: [run]).map { row in
                var operation = RunOperation(
                    run: row["run"], sequence: row["sequence"], kind: row["kind"], key: objectKey(row),
                    version: row["version"], result: row["result"], why: row["why"])
                operation.error = row["error"]
                operation.file = row["file"]
                operation.line = row["line"]
                operation.changes = value(row["changes"])
                operation.manifest = (row["manifest"] as Data?).flatMap { Digest(bytes: Array($0)) }
                return operation
            }
        }
    }

    /// Newest first.
    /// - Parameters:
    ///   - application: `NAMESPACE/NAME`; nil for all.
    ///   - namespace: only Applications in this one.
    package func episodes(
        application: String?, namespace: String? = nil, openOnly: Bool, limit: Int
    ) async throws -> [DriftEpisode] {
        try await read { db in
            let (condition, arguments) = whose(application: application, namespace: namespace)
            let open = openOnly ? " AND resolvedAt IS NULL" : ""
            return try Row.fetchAll(
                db, sql: "SELECT * FROM episode WHERE \(condition)\(open) ORDER BY id DESC LIMIT ?", arguments: arguments + [limit]
            ).map(driftEpisode)
        }
    }

    /// The objects that the Application's last runs wrote, or were about to write, before they ended without a word.
    package func writtenWithoutEnd(application: String) async throws -> Set<ObjectKey> {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT operation.* FROM run JOIN operation ON operation.run = run.id
                    WHERE run.application = ? AND run.phase = 'interrupted' AND operation.result IN ('sending', 'done')
                    AND run.id > coalesce((SELECT max(id) FROM run WHERE application = ?
                        AND phase IN ('succeeded', 'partial', 'failed', 'superseded')), '')
                    """,
                arguments: [application, application])
            return Set(rows.map(objectKey))
        }
    }

    /// By object.
    /// - Parameter cluster: nil for all clusters.
    package func inventory(of application: String, cluster: String?) async throws -> [InventoryRow] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM inventory WHERE application = ? AND (? IS NULL OR cluster = ?)
                    ORDER BY namespace, apiGroup, objectKind, name
                    """,
                arguments: [application, cluster, cluster]
            ).map { row in
                InventoryRow(
                    state: row["state"], key: objectKey(row), version: row["version"],
                    uid: row["uid"])
            }
        }
    }

    /// The clusters in which the Application has an inventory, in a stable order.
    package func clusters(of application: String) async throws -> [String] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT DISTINCT cluster FROM inventory WHERE application = ? ORDER BY cluster", arguments: [application])
        }
    }

    /// The canonical JSON that was kept under this digest.
    package func manifest(_ digest: Digest) async throws -> [UInt8]? {
        try await read { db in
            try Data.fetchOne(db, sql: "SELECT json FROM manifest WHERE digest = ?", arguments: [Data(digest.bytes)]).map { Array($0) }
        }
    }

    /// All Applications that ever ran, by name.
    package func applications() async throws -> [String] {
        try await read { db in try String.fetchAll(db, sql: "SELECT DISTINCT application FROM run ORDER BY application") }
    }

    func read<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        let database = self.database
        return try await journalErrors { try await database.read { db in try body(db) } }
    }
}

/// Which rows are an Application's or a namespace's, in a form for which SQLite has an index: with `? IS NULL OR …` it reads the whole table.
func whose(application: String?, namespace: String? = nil) -> (condition: String, arguments: StatementArguments) {
    var conditions: [String] = []
    var arguments = StatementArguments()
    if let application {
        conditions.append("application = ?")
        arguments += [application]
    }
    if let namespace {
        // What `NAMESPACE/…` lies between: `0` follows `/`.
        conditions.append("application >= ? AND application < ?")
        arguments += [namespace + "/", namespace + "0"]
    }
    return (conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND "), arguments)
}

/// What a plan counts is not what was done: a run that was held or interrupted leaves some of it, and one that was killed, or still
/// goes on, has counted nothing yet.
private func tallied(_ run: SyncRun, in db: Database) throws -> SyncRun {
    guard run.phase != .succeeded else { return run }
    var run = run
    let isUncounted = run.counts.isEmpty
    let rows = try Row.fetchAll(
        db, sql: "SELECT kind, result, count(*) AS number FROM operation WHERE run = ? GROUP BY kind, result", arguments: [run.id])
    for row in rows {
        let kind: String = row["kind"], result: String = row["result"], number: Int = row["number"]
        if isUncounted { run.counts[kind, default: 0] += number }
        if isUncounted, result == "failed" { run.counts["failed", default: 0] += number }
        let isWrite = ["create", "adopt", "configure", "recreate", "prune"].contains(kind)
        if isWrite, result != "done", result != "failed" { run.undone += number }
    }
    return run
}

func syncRun(_ row: Row) throws -> SyncRun {
    var run = SyncRun(
        id: row["id"], application: row["application"], cluster: row["cluster"], revision: row["revision"], treeID: row["treeID"],
        trigger: row["trigger"], actor: row["actor"], startedAt: row["startedAt"], planDigest: row["planDigest"])
    run.commit = row["commitID"]
    run.message = row["subject"]
    run.author = row["author"]
    run.phase = SyncRun.Phase(rawValue: row["phase"]) ?? .interrupted
    run.finishedAt = row["finishedAt"]
    run.outcome = row["outcome"]
    for entry in value(row["counts"]).object ?? Object() { run.counts[entry.key] = Int(clamping: entry.value.int ?? 0) }
    return run
}

private func driftEpisode(_ row: Row) -> DriftEpisode {
    var episode = DriftEpisode(
        id: row["id"], application: row["application"], key: objectKey(row),
        version: row["version"], type: row["type"], firstSeen: row["firstSeen"], fields: value(row["fields"]))
    episode.lastSeen = row["lastSeen"]
    episode.resolvedAt = row["resolvedAt"]
    episode.resolution = row["resolution"]
    episode.file = row["file"]
    episode.line = row["line"]
    episode.commit = row["commitID"]
    episode.author = row["author"]
    return episode
}

/// No namespace is NULL in some tables, and empty where it is part of a key.
func objectKey(_ row: Row) -> ObjectKey {
    let namespace = (row["namespace"] as String?).flatMap { $0.isEmpty ? nil : $0 }
    return ObjectKey(groupKind: GroupKind(group: row["apiGroup"], kind: row["objectKind"]), namespace: namespace, name: row["name"])
}

/// Our own JSON out of a column; null where it cannot be read.
private func value(_ text: String) -> Value { (try? JSON.read(Array(text.utf8))) ?? .null }
