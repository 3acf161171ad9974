// The rows of the journal as values: what runs, operations, drift episodes and inventory look like outside of SQLite.

package import KubernetesModel
package import StructuredData

/// One attempt to bring one Application to one revision. Ids are ULIDs: sortable by start.
package struct SyncRun: Sendable, Equatable {
    /// Moves forward only: planned → applying → waiting → one of the rest, which are final.
    package enum Phase: String, Sendable, CaseIterable {
        case planned, applying, waiting, succeeded, partial, failed, held, superseded, interrupted
        package var isFinal: Bool {
            switch self {
            case .planned, .applying, .waiting: false
            default: true
            }
        }

        /// Whether a run in this phase may go to `next`: forward, or staying where it is while it is open.
        package func mayBecome(_ next: Phase) -> Bool {
            switch (self, next) {
            case (.planned, _): true
            case (.applying, .planned): false
            case (.applying, _): true
            case (.waiting, .planned), (.waiting, .applying): false
            case (.waiting, _): true
            default: false
            }
        }
    }
    package var id: String
    package var application: String
    /// Which cluster: the parent's uid once it is known, else the server's address.
    package var cluster: String
    package var revision: String
    package var treeID: String
    package var commit: String?
    package var message: String?
    package var author: String?
    /// `cli`, `poll`, `drift`, `rollback` …
    package var trigger: String
    /// The person or account, as the system knows it.
    package var actor: String
    package var phase: Phase
    /// RFC 3339 with milliseconds, UTC; order is by id, never by time.
    package var startedAt: String
    package var finishedAt: String?
    package var planDigest: String
    /// By operation kind, and `failed`.
    package var counts: [String: Int]
    /// How many of the creates, adoptions, changes and prunes were not made, beside those that failed; 0 where nobody
    /// counted them.
    package var undone = 0
    /// Why it ended as it did; for people.
    package var outcome: String?

    package init(
        id: String, application: String, cluster: String, revision: String, treeID: String, trigger: String, actor: String,
        startedAt: String, planDigest: String
    ) {
        self.id = id
        self.application = application
        self.cluster = cluster
        self.revision = revision
        self.treeID = treeID
        self.trigger = trigger
        self.actor = actor
        phase = .planned
        self.startedAt = startedAt
        self.planDigest = planDigest
        counts = [:]
    }
}

/// One row of a run: unique by run and sequence.
package struct RunOperation: Sendable, Equatable {
    /// `pending` → `sending` → a final result.
    package var run: String
    package var sequence: Int
    package var kind: String
    package var key: ObjectKey
    package var version: String
    package var result: String
    package var error: String?
    package var why: String
    package var file: String?
    package var line: Int?
    /// The field changes as JSON (already redacted): `[{path, from, to, manager}]`.
    package var changes: Value
    /// Digest of the rendered manifest, see ``Journal`` manifests; nil for a prune.
    package var manifest: Digest?

    package init(run: String, sequence: Int, kind: String, key: ObjectKey, version: String, result: String, why: String) {
        self.run = run
        self.sequence = sequence
        self.kind = kind
        self.key = key
        self.version = version
        self.result = result
        self.why = why
        changes = .array([])
    }
}

/// What becomes of one row while its run is open.
package struct OperationUpdate: Sendable, Equatable {
    package var sequence: Int
    /// `done failed skipped blocked`; nil: a request is about to be sent.
    package var result: String?
    package var error: String?
    package var uid: String?
    /// What it turned out to be, where that is not what was planned.
    package var kind: String?

    package init(sequence: Int, result: String? = nil, error: String? = nil, uid: String? = nil, kind: String? = nil) {
        self.sequence = sequence
        self.result = result
        self.error = error
        self.uid = uid
        self.kind = kind
    }
}

/// One stretch of drift of one object: first seen … resolved.
package struct DriftEpisode: Sendable, Equatable {
    package var id: String
    package var application: String
    package var key: ObjectKey
    package var version: String
    /// `modified added removed unlabelled deleted`.
    package var type: String
    package var firstSeen: String
    package var lastSeen: String
    /// nil while open.
    package var resolvedAt: String?
    /// `reverted adopted ignored self-resolved superseded`.
    package var resolution: String?
    /// `[{path, desired, live, manager, operation, subresource, time}]`, already redacted.
    package var fields: Value
    package var file: String?
    package var line: Int?
    package var commit: String?
    package var author: String?

    package init(id: String, application: String, key: ObjectKey, version: String, type: String, firstSeen: String, fields: Value) {
        self.id = id
        self.application = application
        self.key = key
        self.version = version
        self.type = type
        self.firstSeen = firstSeen
        lastSeen = firstSeen
        self.fields = fields
    }
}

/// One member of an Application's inventory as the journal knows it.
package struct InventoryRow: Sendable, Equatable {
    /// `intended` (before the first write), `present`, `deleting`.
    package var state: String
    package var key: ObjectKey
    package var version: String
    package var uid: String?
    package init(state: String, key: ObjectKey, version: String, uid: String?) {
        self.state = state
        self.key = key
        self.version = version
        self.uid = uid
    }
}

/// One object of a run as Git had it.
package struct KeptManifest: Sendable, Equatable {
    package var key: ObjectKey
    package var version: String
    /// Canonical; without the values of a Secret.
    package var json: [UInt8]
    /// Where it stood in Git.
    package var file: String?
    package var line: Int?

    package init(key: ObjectKey, version: String, json: [UInt8], file: String?, line: Int?) {
        self.key = key
        self.version = version
        self.json = json
        self.file = file
        self.line = line
    }
}

/// What was last proved of a member: a cache that may be lost, never truth.
package struct RecordRow: Sendable, Equatable {
    package var key: ObjectKey
    package var uid: String
    /// Of what Git wants.
    package var desired: Digest
    /// Of what we own in the live object.
    package var live: Digest

    package init(key: ObjectKey, uid: String, desired: Digest, live: Digest) {
        self.key = key
        self.uid = uid
        self.desired = desired
        self.live = live
    }
}

/// Something that a person, or a program in a person's name, decided.
package struct AuditEntry: Sendable, Equatable {
    /// A ULID.
    package var id: String
    /// `NAMESPACE/NAME`.
    package var application: String
    /// RFC 3339 with milliseconds, UTC.
    package var at: String
    /// As the API server or the machine knows it.
    package var actor: String
    /// `sync approve suspend resume hold rollback unpin adopt ignore revert`.
    package var action: String
    package var reason: String
    /// What it was about: a digest, a run, an object.
    package var detail: String

    package init(id: String, application: String, at: String, actor: String, action: String, reason: String = "", detail: String = "") {
        self.id = id
        self.application = application
        self.at = at
        self.actor = actor
        self.action = action
        self.reason = reason
        self.detail = detail
    }
}
