// What was last proved of each member, for a controller that starts again; and what people decided.

import Foundation
import GRDB
package import KubernetesModel
import StructuredData

extension Journal {
    /// By object.
    package func records(of application: String, cluster: String) async throws -> [RecordRow] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM record WHERE application = ? AND cluster = ? ORDER BY namespace, apiGroup, objectKind, name
                    """,
                arguments: [application, cluster]
            ).compactMap { row in
                // A row that cannot be read is a record that is not there.
                guard let desired = Digest(bytes: Array(row["desired"] as Data)), let live = Digest(bytes: Array(row["live"] as Data))
                else { return nil }
                return RecordRow(
                    key: objectKey(row), uid: row["uid"], desired: desired, live: live)
            }
        }
    }

    /// Keeps these records, each in place of the one its object had, and forgets those of `removed`, in one transaction.
    package func keepRecords(_ rows: [RecordRow], removing removed: [ObjectKey] = [], of application: String, cluster: String) async throws
    {
        guard !rows.isEmpty || !removed.isEmpty else { return }
        try await write { db in
            for key in removed {
                try db.run(
                    sql: """
                        DELETE FROM record WHERE application = ? AND cluster = ? AND apiGroup = ? AND objectKind = ? AND namespace = ?
                        AND name = ?
                        """,
                    arguments: [application, cluster, key.group, key.kind, key.namespace ?? "", key.name])
            }
            for row in rows {
                try db.run(
                    sql: """
                        INSERT INTO record (application, cluster, apiGroup, objectKind, namespace, name, uid, desired, live)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (application, cluster, apiGroup, objectKind, namespace, name) DO UPDATE
                        SET uid = excluded.uid, desired = excluded.desired, live = excluded.live
                        """,
                    arguments: [
                        application, cluster, row.key.group, row.key.kind, row.key.namespace ?? "", row.key.name, row.uid,
                        Data(row.desired.bytes), Data(row.live.bytes),
                    ])
            }
        }
    }

    /// Forgets what is known of an Application that is gone: its records and its inventory. Runs, drift and audit stay.
    package func forgetMembers(of application: String, cluster: String) async throws {
        try await write { db in
            for table in ["record", "inventory"] {
                try db.run(sql: "DELETE FROM \(table) WHERE application = ? AND cluster = ?", arguments: [application, cluster])
            }
        }
    }

    /// Keeps what somebody decided.
    /// - Throws: ``JournalError`` `conflict` when the id is taken.
    package func note(_ entry: AuditEntry) async throws {
        try await write { db in
            try db.run(
                sql: "INSERT INTO audit (id, application, at, actor, action, reason, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [entry.id, entry.application, entry.at, entry.actor, entry.action, entry.reason, entry.detail])
        }
    }

    /// Newest first.
    /// - Parameter application: `NAMESPACE/NAME`; nil for all.
    package func audit(application: String?, limit: Int) async throws -> [AuditEntry] {
        try await read { db in
            let (condition, arguments) = whose(application: application)
            return try Row.fetchAll(
                db, sql: "SELECT * FROM audit WHERE \(condition) ORDER BY id DESC LIMIT ?", arguments: arguments + [limit]
            ).map { row in
                AuditEntry(
                    id: row["id"], application: row["application"], at: row["at"], actor: row["actor"], action: row["action"],
                    reason: row["reason"], detail: row["detail"])
            }
        }
    }

    /// The objects that a run wanted, as Git had them, in the order of its rows; the values of Secrets are not in them.
    /// - Returns: nil where some manifest of the run is not kept any more: a part of a run is no run.
    package func manifests(of run: String) async throws -> [KeptManifest]? {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT operation.*, manifest.json FROM operation LEFT JOIN manifest ON manifest.digest = operation.manifest
                    WHERE run = ? AND operation.manifest IS NOT NULL ORDER BY sequence
                    """,
                arguments: [run])
            var manifests: [KeptManifest] = []
            for row in rows {
                guard let json = row["json"] as Data? else { return nil }
                manifests.append(
                    KeptManifest(
                        key: objectKey(row), version: row["version"], json: Array(json), file: row["file"], line: row["line"]))
            }
            return manifests
        }
    }
}
