// What an Application says about syncing, drift, health, order and its own end.

import StructuredData

extension Application {
    package struct SyncPolicy: Sendable, Equatable {
        package enum Mode: String, Sendable, CaseIterable { case automatic = "Automatic", manual = "Manual" }
        package enum OnFailure: String, Sendable, CaseIterable { case `continue` = "Continue", stop = "Stop" }
        package enum Conflicts: String, Sendable, CaseIterable { case force = "Force", fail = "Fail" }
        package enum Adopt: String, Sendable, CaseIterable { case unowned = "Unowned", always = "Always", never = "Never" }
        package var mode = Mode.automatic
        package var prune = true
        /// A prune of more objects than this is held.
        package var pruneLimitObjects = 10
        /// … or of more than this share of the members, when at least 3 go.
        package var pruneLimitPercent = 30
        package var createNamespace = true
        package var onFailure = OnFailure.continue
        package var conflicts = Conflicts.force
        package var adopt = Adopt.unowned
        package init() {}
    }

    /// The run that a rollback holds the Application at; newer commits wait until its end.
    package struct Pin: Sendable, Equatable {
        /// The run's id, a ULID.
        package var run: String
        package var reason: String
        /// RFC 3339; nil for no end.
        package var until: String?
        package init(run: String, reason: String, until: String?) {
            self.run = run
            self.reason = reason
            self.until = until
        }
    }

    package struct DriftPolicy: Sendable, Equatable {
        package enum Policy: String, Sendable, CaseIterable { case correct = "Correct", report = "Report", ignore = "Ignore" }
        package var policy = Policy.correct
        package var ignore: [IgnoreRule] = []
        package var holds: [Hold] = []
        package init() {}
    }

    /// Fields that others may change: matched by kind, name glob and JSON pointers, and, if given, by manager.
    package struct IgnoreRule: Sendable, Equatable {
        /// nil for every group.
        package var group: String?
        package var kind: String
        /// A glob: `*` stands for any text.
        package var name: String
        package var namespace: String?
        /// JSON pointers (RFC 6901); `*` stands for one segment.
        package var paths: [String]
        package var managers: [String]

        package init(
            group: String? = nil, kind: String, name: String = "*", namespace: String? = nil, paths: [String], managers: [String] = []
        ) {
            self.group = group
            self.kind = kind
            self.name = name
            self.namespace = namespace
            self.paths = paths
            self.managers = managers
        }
    }

    /// An object whose drift is recorded and not corrected until the hold ends.
    package struct Hold: Sendable, Equatable {
        package var group: String?
        package var kind: String
        package var namespace: String?
        package var name: String
        package var reason: String
        /// RFC 3339; nil for no end.
        package var until: String?

        package init(
            group: String? = nil, kind: String, namespace: String? = nil, name: String, reason: String, until: String? = nil
        ) {
            self.group = group
            self.kind = kind
            self.namespace = namespace
            self.name = name
            self.reason = reason
            self.until = until
        }

        /// Whether this is the object that is meant; a hold without a group or a namespace means any.
        package func covers(_ key: ObjectKey) -> Bool {
            if let group, !group.hasSameBytes(as: key.group) { return false }
            if let namespace, !namespace.hasSameBytes(as: key.namespace ?? "") { return false }
            return kind.hasSameBytes(as: key.kind) && name.hasSameBytes(as: key.name)
        }
    }

    package struct HealthPolicy: Sendable, Equatable {
        package var wait = false
        package var rules: [HealthRule] = []
        package init() {}
    }

    /// When a kind without a rule of our own is healthy or degraded: by its conditions; otherwise it is progressing.
    package struct HealthRule: Sendable, Equatable {
        package var group: String
        package var kind: String
        /// All must hold.
        package var healthy: [ConditionMatch]
        /// One is enough, and it wins over `healthy`.
        package var degraded: [ConditionMatch]

        package init(group: String, kind: String, healthy: [ConditionMatch], degraded: [ConditionMatch] = []) {
            self.group = group
            self.kind = kind
            self.healthy = healthy
            self.degraded = degraded
        }
    }

    /// A condition of `status.conditions` with this type and status, and, if given, this reason.
    package struct ConditionMatch: Sendable, Equatable {
        package enum Status: String, Sendable, CaseIterable { case `true` = "True", `false` = "False", unknown = "Unknown" }
        package var type: String
        package var status: Status
        package var reason: String?

        package init(type: String, status: Status = .true, reason: String? = nil) {
            self.type = type
            self.status = status
            self.reason = reason
        }
    }

    /// An Application that must be synced and healthy before this one is applied.
    package struct Dependency: Sendable, Equatable {
        package var namespace: String
        package var name: String
        package init(namespace: String, name: String) {
            self.namespace = namespace
            self.name = name
        }
        /// `NAMESPACE/NAME`, as ``Application/reference``.
        package var reference: String { "\(namespace)/\(name)" }
    }

    package struct Suspension: Sendable, Equatable {
        package var reason: String
        /// RFC 3339; nil for no end.
        package var until: String?
        package init(reason: String, until: String?) {
            self.reason = reason
            self.until = until
        }
    }

    /// What becomes of the members when the Application itself is deleted.
    package enum DeletionPolicy: String, Sendable, CaseIterable { case prune = "Prune", orphan = "Orphan" }
}
