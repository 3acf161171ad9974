// The tables of the journal and how each version of them came from the one before.

import GRDB

/// The journal's migrations: each runs in one transaction, none is ever edited once released.
enum JournalSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE setting (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;

                    CREATE TABLE run (
                        id TEXT PRIMARY KEY NOT NULL,
                        application TEXT NOT NULL,
                        cluster TEXT NOT NULL,
                        revision TEXT NOT NULL,
                        treeID TEXT NOT NULL,
                        commitID TEXT,
                        subject TEXT,
                        author TEXT,
                        trigger TEXT NOT NULL,
                        actor TEXT NOT NULL,
                        phase TEXT NOT NULL,
                        startedAt TEXT NOT NULL,
                        finishedAt TEXT,
                        planDigest TEXT NOT NULL,
                        counts TEXT NOT NULL,
                        outcome TEXT
                    ) WITHOUT ROWID;
                    CREATE INDEX runByApplication ON run (application, id);
                    CREATE INDEX runOpen ON run (phase) WHERE phase IN ('planned', 'applying', 'waiting');

                    CREATE TABLE operation (
                        run TEXT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
                        sequence INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        apiGroup TEXT NOT NULL,
                        version TEXT NOT NULL,
                        objectKind TEXT NOT NULL,
                        namespace TEXT,
                        name TEXT NOT NULL,
                        result TEXT NOT NULL,
                        error TEXT,
                        why TEXT NOT NULL,
                        file TEXT,
                        line INTEGER,
                        changes TEXT NOT NULL,
                        manifest BLOB,
                        uid TEXT,
                        PRIMARY KEY (run, sequence)
                    ) WITHOUT ROWID;

                    CREATE TABLE inventory (
                        application TEXT NOT NULL,
                        cluster TEXT NOT NULL,
                        apiGroup TEXT NOT NULL,
                        objectKind TEXT NOT NULL,
                        namespace TEXT NOT NULL,
                        name TEXT NOT NULL,
                        version TEXT NOT NULL,
                        state TEXT NOT NULL,
                        uid TEXT,
                        PRIMARY KEY (application, cluster, apiGroup, objectKind, namespace, name)
                    ) WITHOUT ROWID;

                    CREATE TABLE episode (
                        id TEXT PRIMARY KEY NOT NULL,
                        application TEXT NOT NULL,
                        apiGroup TEXT NOT NULL,
                        version TEXT NOT NULL,
                        objectKind TEXT NOT NULL,
                        namespace TEXT NOT NULL,
                        name TEXT NOT NULL,
                        type TEXT NOT NULL,
                        firstSeen TEXT NOT NULL,
                        lastSeen TEXT NOT NULL,
                        resolvedAt TEXT,
                        resolution TEXT,
                        fields TEXT NOT NULL,
                        file TEXT,
                        line INTEGER,
                        commitID TEXT,
                        author TEXT
                    ) WITHOUT ROWID;
                    CREATE INDEX episodeByApplication ON episode (application, id);
                    CREATE UNIQUE INDEX episodeOpen ON episode (application, apiGroup, objectKind, namespace, name, type)
                        WHERE resolvedAt IS NULL;

                    CREATE TABLE manifest (digest BLOB PRIMARY KEY NOT NULL, json BLOB NOT NULL) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("v2") { db in
            try db.execute(
                sql: """
                    CREATE TABLE record (
                        application TEXT NOT NULL,
                        cluster TEXT NOT NULL,
                        apiGroup TEXT NOT NULL,
                        objectKind TEXT NOT NULL,
                        namespace TEXT NOT NULL,
                        name TEXT NOT NULL,
                        uid TEXT NOT NULL,
                        desired BLOB NOT NULL,
                        live BLOB NOT NULL,
                        PRIMARY KEY (application, cluster, apiGroup, objectKind, namespace, name)
                    ) WITHOUT ROWID;

                    CREATE TABLE audit (
                        id TEXT PRIMARY KEY NOT NULL,
                        application TEXT NOT NULL,
                        at TEXT NOT NULL,
                        actor TEXT NOT NULL,
                        action TEXT NOT NULL,
                        reason TEXT NOT NULL,
                        detail TEXT NOT NULL
                    ) WITHOUT ROWID;
                    CREATE INDEX auditByApplication ON audit (application, id);
                    CREATE INDEX operationByManifest ON operation (manifest) WHERE manifest IS NOT NULL;
                    """)
        }
        return migrator
    }
}
