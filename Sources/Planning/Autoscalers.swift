// What an autoscaler scales: then `replicas` are its own, whatever Git says.

package import KubernetesModel
import StructuredData

package enum Autoscalers {
    /// The target of a HorizontalPodAutoscaler or of a KEDA ScaledObject; nil for every other kind.
    package static func target(of object: Unstructured) -> ObjectKey? {
        guard let gvk = object.groupVersionKind else { return nil }
        let reference = object.value.at("spec", "scaleTargetRef")
        guard let name = reference?["name"]?.string, !name.isEmpty else { return nil }
        switch gvk.groupKind {
        case .horizontalPodAutoscaler:
            guard let kind = reference?["kind"]?.string,
                let target = GroupVersionKind(apiVersion: reference?["apiVersion"]?.string ?? "v1", kind: kind)
            else { return nil }
            return ObjectKey(groupKind: target.groupKind, namespace: object.namespace, name: name)
        case .scaledObject:
            let target = GroupVersionKind(
                apiVersion: reference?["apiVersion"]?.string ?? "apps/v1", kind: reference?["kind"]?.string ?? "Deployment")
            return target.map { ObjectKey(groupKind: $0.groupKind, namespace: object.namespace, name: name) }
        default: return nil
        }
    }
}
