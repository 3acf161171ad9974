// What people do to live objects behind Git's back, and what is to be known of it.

import StructuredData
import Testing

/// One command of kubectl on one object.
struct Hand: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var command: [String]
    /// `KUBE_EDITOR`.
    var editor: String?
    /// Of the episode.
    var type = "modified"
    /// nil: the episode is of the whole object.
    var path: String?
    var live: Value?
    var desired: Value?
    var manager = "unknown"
    var operation: String?
    var subresource: String?
    /// Of the write; the API server keeps none of writes through `scale`.
    var hasTime: Bool { operation != nil && subresource == nil }

    static func scale(_ name: String, to replicas: Int) -> Hand {
        Hand(
            testDescription: "scale", command: ["scale", "deployment/\(name)", "--replicas=\(replicas)"], path: "spec.replicas",
            live: .int(Int64(replicas)), desired: 0, manager: "kubectl", operation: "Update", subresource: "scale")
    }

    static func setEnv(_ name: String, to level: String) -> Hand {
        Hand(
            testDescription: "set env", command: ["set", "env", "deployment/\(name)", "LEVEL=\(level)"],
            path: "spec.template.spec.containers[name=web].env[name=LEVEL].value", live: .string(level), desired: "info",
            manager: "kubectl-set", operation: "Update")
    }

    static func addEnv(_ name: String, _ variable: String) -> Hand {
        Hand(
            testDescription: "set env, a new variable", command: ["set", "env", "deployment/\(name)", "\(variable)=1"], type: "added",
            path: "spec.template.spec.containers[name=web].env[name=\(variable)]", live: ["name": .string(variable), "value": "1"],
            manager: "kubectl-set", operation: "Update")
    }

    static func edit(_ name: String, to level: String) -> Hand {
        Hand(
            testDescription: "edit", command: ["edit", "configmap/\(name)"],
            editor: "sed -i 's/^  level: .*/  level: \"\(level)\"/'", path: "data.level", live: .string(level), desired: "1",
            manager: "kubectl-edit", operation: "Update")
    }

    static func relabel(_ name: String, to tier: String) -> Hand {
        Hand(
            testDescription: "label, changed", command: ["label", "configmap/\(name)", "tier=\(tier)", "--overwrite"],
            path: "metadata.labels.tier", live: .string(tier), desired: "front", manager: "kubectl-label", operation: "Update")
    }

    static func unlabel(_ name: String) -> Hand {
        Hand(
            testDescription: "label, removed", command: ["label", "configmap/\(name)", "tier-"], type: "removed",
            path: "metadata.labels.tier", desired: "front")
    }

    static func disown(_ target: String) -> Hand {
        Hand(
            testDescription: "our label, removed", command: ["label", target, "applyset.kubernetes.io/part-of-"], type: "unlabelled")
    }

    static func delete(_ target: String) -> Hand {
        Hand(testDescription: "delete", command: ["delete", target, "--wait=false"], type: "deleted")
    }
}
