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

    /// One sentence for people; nil where all pods are of the template, or where that cannot be read.
    ///
    /// - Parameter changedBy: the field manager whose write changed the template in this run: pods that are older than its entry run
    ///   an older template, whatever they look like.
    package func note(on key: ObjectKey, _ resource: APIResource, changedBy manager: String?) async -> String? {
        guard let controller = try? await client.get(resource, namespace: key.namespace, name: key.name),
            let uid = controller.uid, let template = controller.value.at("spec", "template"),
            let selector = controller.value.at("spec", "selector")?.object, !selector.isEmpty
        else { return nil }
        let labels = selector.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
        guard let listed = try? await client.list(OlderPods.pods, namespace: key.namespace, labelSelector: labels).items else { return nil }
        let mine = listed.filter { OlderPods.isRunning($0) && OlderPods.controller(of: $0) == uid }
        let changed = manager.flatMap { OlderPods.time(of: $0, in: controller) }
        let older = mine.filter { pod in
            let isBefore =
                changed.map { time in (pod.value.at("metadata", "creationTimestamp")?.string).map { $0 < time } ?? false } ?? false
            return isBefore || !HealthAssessment.pod(pod, fits: template)
        }
        guard !older.isEmpty else { return nil }
        let verb = older.count == 1 ? "runs" : "run"
        return "\(key): \(older.count) of \(mine.count) pod\(mine.count == 1 ? "" : "s") still \(verb) an older template: a "
            + "ReplicationController never replaces its pods; delete them when it suits, and it makes new ones"
    }

    private static func isRunning(_ pod: Unstructured) -> Bool {
        let phase = pod.value.at("status", "phase")?.string ?? ""
        return !pod.isTerminating && phase != "Succeeded" && phase != "Failed"
    }

    private static func controller(of pod: Unstructured) -> String? {
        (pod.value.at("metadata", "ownerReferences")?.array ?? []).first { $0["controller"]?.bool ?? false }?["uid"]?.string
    }

    /// When the manager last changed a value, RFC 3339 in UTC to the second, as pods have it: so the texts compare as times do.
    private static func time(of manager: String, in object: Unstructured) -> String? {
        (object.value.at("metadata", "managedFields")?.array ?? [])
            .first { $0["manager"]?.string == manager && $0["operation"]?.string == "Apply" }?["time"]?.string
    }
}
