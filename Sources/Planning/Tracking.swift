// The labels and annotations by which Belay and ApplySets (KEP-3659) mark objects, spelled once.

package import KubernetesModel
import StructuredData

/// Keys of labels and annotations that Planning reads or writes.
package enum Tracking {
    /// Label of a member: the id of its set. The source of truth for membership.
    package static let partOf = "applyset.kubernetes.io/part-of"
    /// Annotation of a member: `NAMESPACE/NAME` of its Application.
    package static let application = "belay.dev/application"
    /// Annotation of a member: the file in Git. Annotation of a parent: `URL#path`, one a line.
    package static let source = "belay.dev/source"
    /// Annotation of a member: which of its fields have their values from a Secret; absent where none has. Whoever plans it later knows by
    /// it what must not be shown, also where Git does not say so any more.
    package static let secretFields = "belay.dev/secret-fields"

    package static let wave = "belay.dev/wave"
    package static let prune = "belay.dev/prune"
    package static let recreate = "belay.dev/recreate"
    package static let adopt = "belay.dev/adopt"
    package static let apply = "belay.dev/apply"
    package static let drift = "belay.dev/drift"

    /// Label of a parent: the id of its set.
    package static let parentID = "applyset.kubernetes.io/id"
    package static let tooling = "applyset.kubernetes.io/tooling"
    package static let groupKinds = "applyset.kubernetes.io/contains-group-kinds"
    package static let additionalNamespaces = "applyset.kubernetes.io/additional-namespaces"
    /// Annotation of a parent: the namespaces that have members, all of them, the parent's own only if it has some.
    package static let namespaces = "belay.dev/namespaces"
    /// Annotation of a parent: `ULID,expiry` of the run that is under way.
    package static let run = "belay.dev/run"
    /// Annotation of an Application that is the parent of its set: `URL#path`, one a line. Not ``source``: an Application may be a member
    /// of another one's set.
    package static let syncedFrom = "belay.dev/synced-from"
    /// Annotation of an Application that takes over the set of a ConfigMap: the ConfigMap's name, until all its members are taken.
    package static let takesOver = "belay.dev/takes-over"
    /// Annotation of a parent: how many further ConfigMaps carry records.
    package static let furtherRecords = "belay.dev/further-records"

    /// Whether Belay itself marks members with this label or annotation.
    static func isMark(_ key: String) -> Bool { key == partOf || key == application || key == source || key == secretFields }

    private static let settings: [(key: String, values: [String])] = [
        (prune, ["allowed", "disabled"]), (recreate, ["allowed"]), (adopt, ["allowed"]), (apply, ["ignore", "create-only"]),
        (drift, ["correct", "report", "ignore"]),
    ]

    /// Said of annotations whose values mean nothing, which would otherwise go unnoticed.
    static func unknownSettings(of object: Unstructured) -> [String] {
        settings.compactMap { setting in
            guard let value = object.annotation(setting.key), !setting.values.contains(where: { $0.hasSameBytes(as: value) }) else {
                return nil
            }
            let name = object.key.map(\.description) ?? object.name
            return "\(name): \(setting.key): \(Text.plain(value)) means nothing; known are \(setting.values.joined(separator: ", "))"
        }
    }

    static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
    static let restartedAt = "kubectl.kubernetes.io/restartedAt"
}

extension GroupKind {
    /// Whether such an object may refuse or change what is written after it: webhook configurations, admission policies and their
    /// bindings. They come last, so that they do not judge the very source that brings them.
    var guardsAdmission: Bool {
        self == .validatingWebhooks || self == .mutatingWebhooks
            || (group == GroupKind.validatingWebhooks.group && GroupKind.admissionPolicies.contains(kind))
    }
    /// Whether such an object gives the pods and claims of its namespace their defaults and limits.
    var boundsPods: Bool { group.isEmpty && (kind == "LimitRange" || kind == "ResourceQuota") }
    private static let admissionPolicies: Set<String> = [
        "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
    ]
}

/// Under which name Belay owns fields.
package enum FieldManager {
    /// Of an autoscaler's replicas that Git let go: keeps the value from being reset.
    package static let released = "belay-released"
    static let prefix = "belay:"

    /// `belay:NAMESPACE/NAME`, or `belay:` and a SHA-256 in hexadecimal where that is longer than the 128 bytes that the
    /// API server takes.
    package static func name(for application: Application) -> String {
        let plain = prefix + application.reference
        return plain.utf8.count <= 128 ? plain : prefix + Digest(of: Array(application.reference.utf8)).description
    }

    /// Whether this is the manager of some other Application.
    static func isAnotherApplication(_ manager: String, than ours: String) -> Bool {
        manager.hasPrefix(prefix) && !manager.hasSameBytes(as: ours)
    }
}
