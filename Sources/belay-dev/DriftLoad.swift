// What people do to objects behind Git's back, in turn: the load of the drift benchmark.

import KubernetesClient
import KubernetesModel
import StructuredData

/// One change of one member.
struct DriftChange: Sendable {
    enum Kind: String, CaseIterable, Sendable {
        case scale, env, label, delete

        /// What the journal calls it.
        var episode: String {
            switch self {
            case .scale, .env: "modified"
            case .label: "unlabelled"
            case .delete: "deleted"
            }
        }
    }

    var kind: Kind
    var resource: APIResource
    var key: ObjectKey
    var uid: String

    private static let label = "applyset.kubernetes.io/part-of"

    /// Makes the change, as a person with kubectl would.
    func make(with client: KubernetesClient) async throws {
        switch kind {
        case .scale:
            try await patch(client, [["op": "replace", "path": "/spec/replicas", "value": 2]], subresource: "scale", manager: "kubectl")
        case .env:
            try await patch(
                client, [["op": "replace", "path": "/spec/template/spec/containers/0/env/0/value", "value": "debug"]],
                manager: "kubectl-set")
        case .label:
            try await patch(
                client, [["op": "remove", "path": "/metadata/labels/applyset.kubernetes.io~1part-of"]], manager: "kubectl-label")
        case .delete:
            _ = try await client.delete(
                resource, namespace: key.namespace, name: key.name, options: .init(uid: uid, resourceVersion: nil), class: .managed)
        }
    }

    /// Whether the object is as Git has it, after the change.
    func isCorrected(in object: Unstructured) -> Bool {
        switch kind {
        case .scale: object.value.at("spec", "replicas")?.int == 0
        case .env: container(object)?["env"]?.array?.first?["value"]?.string?.hasPrefix("info") ?? false
        case .label: object.label(DriftChange.label) != nil
        case .delete: object.uid != uid && object.label(DriftChange.label) != nil
        }
    }

    private func container(_ object: Unstructured) -> Value? {
        object.value.at("spec", "template", "spec", "containers")?.array?.first
    }

    private func patch(_ client: KubernetesClient, _ patch: Value, subresource: String? = nil, manager: String) async throws {
        _ = try await client.jsonPatch(
            resource, namespace: key.namespace, name: key.name, subresource: subresource, patch: patch, fieldManager: manager,
            class: .managed)
    }
}
