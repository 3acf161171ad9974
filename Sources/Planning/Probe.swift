// The questions that Planning asks the API server, and the answers: Reconciliation sends them and knows nothing of why.

package import KubernetesModel
package import StructuredData

/// One question about one object. Equal probes are the same question and are asked once.
package struct Probe: Sendable, Hashable {
    package enum Request: Sendable, Hashable {
        /// Server-side apply with `dryRun=All`, `fieldValidation=Strict`, our field manager; `round` tells two of one object apart.
        case apply(force: Bool)
        /// PUT with `dryRun=All`: the prediction of a takeover (step 6).
        case update
        /// Read the object anew.
        case get
    }
    package var key: ObjectKey
    package var request: Request
    /// Which of several questions of this shape about this object, from 0.
    package var round: Int
    package init(key: ObjectKey, request: Request, round: Int = 0) {
        self.key = key
        self.request = request
        self.round = round
    }
}

/// A probe with all that is needed to send it.
package struct ProbeRequest: Sendable {
    package var probe: Probe
    package var resource: APIResource
    /// The body of apply and update; `.null` for get.
    package var body: Value
    /// Whether the server's own words about it may show a secret.
    package var withholdsTexts: Bool
    package init(probe: Probe, resource: APIResource, body: Value, withholdsTexts: Bool = false) {
        self.withholdsTexts = withholdsTexts
        self.probe = probe
        self.resource = resource
        self.body = body
    }
}

/// What the server said to a probe.
package enum ProbeAnswer: Sendable {
    case object(Unstructured, created: Bool)
    case absent
    case failed(ProbeFailure)
}

/// A refused or failed probe, in Planning's own terms: Reconciliation translates the client's error.
package struct ProbeFailure: Sendable {
    package enum Reason: Sendable, Equatable {
        case fieldConflict, staleResourceVersion, alreadyExists, forbidden, namespaceTerminating, namespaceMissing
        case kindMissing, invalid, immutable, badRequest, transient, other
    }
    package var reason: Reason
    package var status: Status?
    /// For people, after the name of the object; already free of Secret values.
    package var message: String
    /// Field conflicts named by a 409: path as the server spells it, and the manager.
    package var conflicts: [Conflict]
    package init(reason: Reason, status: Status?, message: String, conflicts: [Conflict] = []) {
        self.reason = reason
        self.status = status
        self.message = message
        self.conflicts = conflicts
    }
    package struct Conflict: Sendable, Hashable {
        package var path: String
        package var manager: String
        package init(path: String, manager: String) {
            self.path = path
            self.manager = manager
        }
    }
}

/// All answers so far.
package typealias ProbeAnswers = [Probe: ProbeAnswer]

extension ProbeFailure {
    /// Whether the server failed to compare two versions of a kind, for it once was applied in a version that lacks a field.
    var tellsOfVersions: Bool {
        let text = (status?.message ?? "") + message
        return ["last applied version", "not declared in schema", "failed to prune fields", "to an invalid group/version"]
            .contains(where: text.contains)
    }
}

extension ProbeFailure {
    /// Whether it was only the dry-run that could not be made: an admission webhook with side effects.
    var tellsOfDryRun: Bool { ((status?.message ?? "") + message).contains("does not support dry run") }
}

extension ProbeFailure.Reason {
    var words: String {
        switch self {
        case .fieldConflict: "other programs hold some of its fields"
        case .staleResourceVersion: "it was changed meanwhile"
        case .alreadyExists: "it exists already"
        case .forbidden: "forbidden"
        case .namespaceTerminating: "its namespace is being deleted"
        case .namespaceMissing: "its namespace does not exist"
        case .kindMissing: "its kind is not served"
        case .invalid: "not valid"
        case .immutable: "a field cannot be changed"
        case .badRequest: "a field is unknown or has a value of the wrong type"
        case .transient: "not available"
        case .other: "it could not be processed"
        }
    }
}
