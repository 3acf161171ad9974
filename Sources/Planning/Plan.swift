// The plan: the value that the CLI, the controller and a page all show, and that Applying executes without deciding anything.

package import KubernetesModel
package import StructuredData

/// What one run would do. Sorted (``Plan/operations``), printable, with a digest for approval.
package struct Plan: Sendable {
    package var application: Application
    /// The ApplySet id: value of the label `applyset.kubernetes.io/part-of`.
    package var parentID: String
    package var revision: String
    package var treeID: String
    /// In the order in which people read them: by wave, then creates and changes before prunes, then by key.
    package var operations: [PlannedOperation]
    /// Said once each; never carries a secret.
    package var warnings: [String]
    /// Why nothing is pruned in this run although prune is on; empty when nothing stands in the way.
    package var pruneObstacles: [String]
    /// Set when the prune exceeds the limit: nothing at all is written until `approvalDigest` is approved.
    package var hold: String?
    /// Why the prune rows need an approval although the rest may go on: the set was last synced from another source. See
    /// ``resolvingApproval(_:)``.
    package var pruneNeedsApproval: String?
    /// Whether something that would be pruned may have been left for a reason that can pass: pruning is off, a kind could not be read,
    /// an obstacle. Then a set that another source filled stays that source's, too.
    package var isPruneWithheld = false
    /// Over parent id, tree id and the prune and recreate rows only: what a person approves.
    package var approvalDigest: Digest

    package init(
        application: Application, parentID: String, revision: String, treeID: String, operations: [PlannedOperation],
        warnings: [String] = [], pruneObstacles: [String] = [], hold: String? = nil, approvalDigest: Digest
    ) {
        self.application = application
        self.parentID = parentID
        self.revision = revision
        self.treeID = treeID
        self.operations = operations
        self.warnings = warnings
        self.pruneObstacles = pruneObstacles
        self.hold = hold
        self.approvalDigest = approvalDigest
    }

    package var counts: [OperationKind: Int] { operations.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 } }
    /// Whether `diff` exits 1: anything but `unchanged` and `skip`.
    package var hasDifferences: Bool { operations.contains { $0.kind != .unchanged && $0.kind != .skip } }
}

package enum OperationKind: String, Sendable, CaseIterable {
    case create, adopt, configure, recreate, prune, unchanged, skip, blocked
}

/// One row of the plan.
package struct PlannedOperation: Sendable {
    package var kind: OperationKind
    package var key: ObjectKey
    package var resource: APIResource?
    package var groupVersionKind: GroupVersionKind
    /// One sentence for people: `drift: spec.replicas set by kubectl, 3m ago`, `not in Git`, `owned by Helm release x`.
    package var why: String
    /// Where Git says so; nil for a prune.
    package var location: SourceLocation?
    package var changes: [FieldChange]
    /// What stays or happens beside the changes, one sentence each: `kept: data.c, held by operator`. Also part of `why`.
    package var notes: [String]
    /// What differs between live and prediction although Git did not change: to be journalled before any write.
    package var drift: Drift?
    /// Fields that other programs hold and that stay; only reported. At most 20.
    package var foreign: [FieldChange]
    /// Position in the order graph: all operations of lower stages are done (or failed) before one of a higher stage starts.
    package var stage: Int
    /// The number of `belay.dev/wave`, lowered where an object of an earlier wave needs this one; stages of a wave follow each other.
    package var wave: Int
    /// Keys of this plan that must succeed before this one; a failure makes it `blocked`.
    package var dependencies: [ObjectKey]
    /// What to send; nil for unchanged, skip and blocked.
    package var write: Write?
    /// What to remember for an unchanged object (from a dry-run's answer); nil where the old record still holds.
    package var record: Record?
    /// True when the prediction could not be had from the server (missing namespace or CRD, 403): `unverified` in print.
    package var isUnverified: Bool
    /// For `blocked`: an error of the server found by dry-run (exit 2 for `diff`), as against an ownership or safety block.
    package var isRejected: Bool
    /// Digest of the desired object (ignore rules included), to make the record from the response.
    package var desiredDigest: Digest?
    /// The live object's uid and resourceVersion that this row was planned on.
    package var plannedOn: ObjectVersion?
    /// Whether the server's own words about it may show a secret.
    package var withholdsTexts = false
    /// It is as Git has it, but others own some of that: what they change next is drift, and no digest of ours tells of it.
    package var isHeldByOthers = false

    package init(kind: OperationKind, key: ObjectKey, resource: APIResource?, groupVersionKind: GroupVersionKind, why: String) {
        self.kind = kind
        self.key = key
        self.resource = resource
        self.groupVersionKind = groupVersionKind
        self.why = why
        changes = []
        notes = []
        foreign = []
        stage = 0
        wave = 0
        dependencies = []
        isUnverified = false
        isRejected = false
    }
}

package struct ObjectVersion: Sendable, Hashable {
    package var uid: String
    package var resourceVersion: String
    package init(uid: String, resourceVersion: String) {
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
}

/// A field that the run would change, as it may be shown: secrets are already keyed hashes.
package struct FieldChange: Sendable, Equatable {
    package var path: FieldPath
    /// nil where the field is absent.
    package var from: Shown?
    package var to: Shown?
    /// Who wrote `from`, as far as managedFields know: `kubectl-edit`, `unknown (the API keeps no record)`.
    package var writer: Writer?
    /// Where Git says `to`; nil where it says nothing or where it is not known.
    package var location: SourceLocation?
    package init(path: FieldPath, from: Shown?, to: Shown?, writer: Writer? = nil, location: SourceLocation? = nil) {
        self.path = path
        self.from = from
        self.to = to
        self.writer = writer
        self.location = location
    }
}

/// A value that may be printed, stored and sent: redaction happened where it was made.
package enum Shown: Sendable, Equatable {
    case value(Value)
    /// A secret: a keyed hash of it, equal for equal values within one journal.
    case redacted(String)
}

/// Who wrote a field: one managedFields entry.
package struct Writer: Sendable, Equatable {
    package var manager: String
    package var operation: String
    package var subresource: String?
    package var time: String?
    package init(manager: String, operation: String, subresource: String?, time: String?) {
        self.manager = manager
        self.operation = operation
        self.subresource = subresource
        self.time = time
    }
}

/// A difference that Git did not make.
package struct Drift: Sendable, Equatable {
    package enum Kind: String, Sendable { case modified, added, removed, unlabelled, deleted }
    package var kind: Kind
    package var fields: [FieldChange]
    /// Whether the row's write leaves it as it is, because it is only reported: it applies what is new in Git beside it.
    package var stays = false
    package init(kind: Kind, fields: [FieldChange]) {
        self.kind = kind
        self.fields = fields
    }
}

/// A request of a plan, whole: Applying sends it as it stands.
package enum Write: Sendable {
    case apply(ApplyWrite)
    /// Delete with uid and resourceVersion preconditions after a live GET, Background propagation, done at NotFound.
    case delete(ObjectVersion)
    /// Delete, wait for NotFound, then apply without uid and resourceVersion. Also for a create whose object is still being deleted:
    /// then there is nothing to delete, only to wait for.
    case recreate(ObjectVersion, ApplyWrite)
}

/// A server-side apply, with what has to be taken over from hands before it.
package struct ApplyWrite: Sendable {
    /// The payload: our label and annotations included, `uid` and `resourceVersion` of the planned-on object where it exists.
    package var body: Value
    package var force: Bool
    /// A JSON patch of managedFields (RFC 6902, with a test of resourceVersion), sent first; the apply then carries no
    /// resourceVersion of its own but that of the patch's answer. The API server answers a failed test with 422 Invalid and no
    /// causes: it means what 409 means elsewhere, plan again.
    package var takeover: Value?
    /// Whether drift is left as it is by this write: then its answer proves nothing.
    package var leavesDrift = false
    /// The object must not exist: an answer of 200 instead of 201 is reported as `adopt`.
    package var expectsCreation: Bool
    /// What the server predicted, to find unstable paths by (``Comparison/unstablePaths(prediction:response:)``); nil where unverified.
    package var prediction: Value?
    package init(
        body: Value, force: Bool, takeover: Value? = nil, expectsCreation: Bool = false, prediction: Value? = nil
    ) {
        self.body = body
        self.force = force
        self.takeover = takeover
        self.expectsCreation = expectsCreation
        self.prediction = prediction
    }
}

extension ApplyWrite: CustomStringConvertible, CustomReflectable {
    /// Names the object and shows nothing of it: bodies and predictions may carry secrets.
    package var description: String { "apply of \(Unstructured(body).key.map(\.description) ?? "an object")\(force ? ", forced" : "")" }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
