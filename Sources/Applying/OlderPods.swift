// Pods of a ReplicationController that still run an older template: it never replaces them, so somebody has to know.

import HealthAssessment
package import KubernetesClient
package import KubernetesModel
import StructuredData

/// Compares the pods of ReplicationControllers with the templates that these have now.
package struct OlderPods: Sendable {
    package var client: KubernetesClient

    private static let pods = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "Pod"), resource: "pods", namespaced: true)

    package init(client: KubernetesClient) { self.client = client }

    /// One sentence for people; nil where all pods are of the template, or where that cannot be told.
    ///
    /// - Parameter changedBy: the field manager whose write changed the template in this run.
    package func note(on key: ObjectKey, _ resource: APIResource, changedBy manager: String?) async -> String? {
        guard let controller = try? await client.get(resource, namespace: key.namespace, name: key.name), let uid = controller.uid,
            let selector = controller.value.at("spec", "selector")?.object, !selector.isEmpty
        else { return nil }
        let labels = selector.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
        guard let listed = try? await client.list(OlderPods.pods, namespace: key.namespace, labelSelector: labels).items else { return nil }
        let mine = listed.filter { OlderPods.isRunning($0) && OlderPods.controller(of: $0) == uid }
        let older = OlderPods.older(mine, than: controller, changedBy: manager)
        guard !older.isEmpty else { return nil }
        let verb = older.count == 1 ? "runs" : "run"
        return "\(key): \(older.count) of \(mine.count) pod\(mine.count == 1 ? "" : "s") still \(verb) an older template: a "
            + "ReplicationController never replaces its pods; delete them when it suits, and it makes new ones"
    }

    /// Those that are surely of an older template than the controller has now.
    ///
    /// After a change in this run these are the ones that were made before it. Else a pod is one where it was made before the last
    /// change, and a younger pod has as the template says it what this one has otherwise. A pod's looks alone prove nothing: admission
    /// may have written another image into it than the template asks for, as into all of them.
    static func older(_ pods: [Unstructured], than controller: Unstructured, changedBy manager: String?) -> [Unstructured] {
        guard let template = controller.value.at("spec", "template"), let changed = lastChange(of: controller, by: manager) else {
            return []
        }
        let before = pods.filter { made($0).map { $0 < changed } ?? false }
        if manager != nil { return before }
        let looks = pods.map { (made: made($0) ?? "", missing: parts(of: template, notIn: $0)) }
        return before.filter { pod in
            let missing = parts(of: template, notIn: pod)
            guard !missing.isEmpty, let made = made(pod) else { return false }
            return looks.contains { $0.made > made && !missing.isSubset(of: $0.missing) }
        }
    }

    private static func made(_ pod: Unstructured) -> String? { pod.value.at("metadata", "creationTimestamp")?.string }

    /// When the template was changed last, or somewhat later: the time of an entry is that of its newest change, whatever that was.
    /// RFC 3339 in UTC to the second, as pods have it: so the texts compare as times do. Nil where it is not known.
    ///
    /// - Parameter manager: only what this one applied counts; nil: everybody's.
    private static func lastChange(of controller: Unstructured, by manager: String?) -> String? {
        let entries = controller.managedFields.filter { entry in
            guard let manager else { return entry.fields.containsAnything(at: .template) }
            return entry.operation == .apply && entry.manager.hasSameBytes(as: manager)
        }
        let times = entries.compactMap(\.time)
        return times.count == entries.count ? times.max() : nil
    }

    private static func isRunning(_ pod: Unstructured) -> Bool {
        let phase = pod.value.at("status", "phase")?.string ?? ""
        return !pod.isTerminating && phase != "Succeeded" && phase != "Failed"
    }

    private static func controller(of pod: Unstructured) -> String? {
        (pod.value.at("metadata", "ownerReferences")?.array ?? []).first { $0["controller"]?.bool ?? false }?["uid"]?.string
    }
}
