// The storage classes of claims that wait for a volume: they say whether a claim is bound before a pod uses it.

import KubernetesClient
import KubernetesModel
import StructuredData

/// Asks for each class once; one that cannot be read stays unknown, and its claims are waited for.
actor StorageClasses {
    private let client: KubernetesClient
    private var known: [String: Unstructured] = [:]

    private static let resource = APIResource(
        groupVersionKind: GroupVersionKind(group: "storage.k8s.io", version: "v1", kind: "StorageClass"), resource: "storageclasses",
        namespaced: false)

    init(client: KubernetesClient) { self.client = client }

    /// The class of a claim that is pending; nil for all other objects.
    func needed(for object: Unstructured) async -> Unstructured? {
        guard object.key?.groupKind == .persistentVolumeClaim,
            object.value.at("status", "phase")?.string == "Pending",
            let name = object.value.at("spec", "storageClassName")?.string, !name.isEmpty
        else { return nil }
        if let found = known[name] { return found }
        let found = try? await client.get(StorageClasses.resource, namespace: nil, name: name)
        if let found { known[name] = found }
        return found
    }
}
