// What is taken out of a manifest, or put into it, so that the server keeps exactly what we send.

import KubernetesModel
import StructuredData

enum Normalization {
    /// What the server alone writes; manifests that were exported from a cluster carry it.
    private static let serverMetadata = [
        "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink",
        "managedFields", "generateName",
    ]
    private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

    /// The object without `status`, the server's part of `metadata`, kubectl's last-applied annotation, and the
    /// `creationTimestamp: null` that generators leave in templates. Labels and annotations that are null become empty text.
    static func withoutServerFields(_ object: Object) -> Object {
        var result = object
        result["status"] = nil
        if let metadata = object["metadata"]?.object {
            result["metadata"] = .object(cleanMetadata(metadata))
        }
        if var spec = object["spec"]?.object {
            if dropNullTimestamps(&spec, depth: 0) { result["spec"] = .object(spec) }
        }
        return result
    }

    private static func cleanMetadata(_ metadata: Object) -> Object {
        var entries: [Object.Entry] = []
        for entry in metadata where !serverMetadata.contains(where: { $0.hasSameBytes(as: entry.key) }) {
            switch entry.key {
            case "labels", "annotations":
                guard let map = entry.value.object else { continue }
                let texts = map.entries.filter { !$0.key.hasSameBytes(as: lastApplied) }
                    .map { Object.Entry(key: $0.key, value: $0.value.isNull ? "" : $0.value) }
                if !texts.isEmpty { entries.append(Object.Entry(key: entry.key, value: .object(Object(uniqueEntries: texts)))) }
            default:
                if !entry.value.isNull { entries.append(entry) }
            }
        }
        return Object(uniqueEntries: entries)
    }

    /// Within `template`, `jobTemplate` and `volumeClaimTemplates`.
    private static func dropNullTimestamps(_ spec: inout Object, depth: Int) -> Bool {
        guard depth < 3 else { return false }
        var hasChanged = false
        for field in ["template", "jobTemplate"] {
            if var template = spec[field]?.object, clean(&template, depth: depth) {
                spec[field] = .object(template)
                hasChanged = true
            }
        }
        if var claims = spec["volumeClaimTemplates"]?.array {
            for index in claims.indices {
                if var claim = claims[index].object, clean(&claim, depth: depth) {
                    claims[index] = .object(claim)
                    spec["volumeClaimTemplates"] = .array(claims)
                    hasChanged = true
                }
            }
        }
        return hasChanged
    }

    private static func clean(_ template: inout Object, depth: Int) -> Bool {
        var hasChanged = false
        if var metadata = template["metadata"]?.object, metadata["creationTimestamp"]?.isNull ?? false {
            metadata["creationTimestamp"] = nil
            template["metadata"] = metadata.isEmpty ? nil : .object(metadata)
            hasChanged = true
        }
        if var spec = template["spec"]?.object, dropNullTimestamps(&spec, depth: depth + 1) {
            template["spec"] = .object(spec)
            hasChanged = true
        }
        return hasChanged
    }

    /// The server labels a Job or ReplicationController like its pods, but only one that has no label at all; Belay's own
    /// would keep it from doing so.
    static func copyTemplateLabels(_ content: inout Object, of kind: GroupKind) {
        guard kind == .job || kind == .replicationController else { return }
        var object = Value.object(content)
        guard object.at("metadata", "labels")?.object?.isEmpty ?? true,
            let labels = object.at("spec", "template", "metadata", "labels"), let map = labels.object, !map.isEmpty
        else { return }
        object.set(labels, at: ["metadata", "labels"])
        content = object.object ?? content
    }
}
