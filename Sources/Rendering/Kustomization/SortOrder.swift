// The order in which a kustomization's objects come out.

import KubernetesModel
import StructuredData

/// `sortOptions` of the outermost kustomization; without it kustomize's old order by kinds.
struct SortOrder {
    private let isByKind: Bool
    private var ranks: [String: Int] = [:]

    init(_ arguments: SortArguments?) {
        isByKind = arguments?.order != .fifo
        let isDefault = arguments?.first == nil
        let first = isDefault ? SortOrder.first : arguments?.first ?? []
        let last = isDefault ? SortOrder.last : arguments?.last ?? []
        for (index, kind) in first.enumerated() { ranks[kind] = index - first.count }
        for (index, kind) in last.enumerated() { ranks[kind] = index + 1 }
    }

    /// Source: kustomize's `SortOrderTransformer`.
    private static let first = [
        "Namespace", "ResourceQuota", "StorageClass", "CustomResourceDefinition", "ServiceAccount", "PodSecurityPolicy", "Role",
        "ClusterRole", "RoleBinding", "ClusterRoleBinding", "ConfigMap", "Secret", "Endpoints", "Service", "LimitRange", "PriorityClass",
        "PersistentVolume", "PersistentVolumeClaim", "Deployment", "StatefulSet", "CronJob", "PodDisruptionBudget",
    ]
    private static let last = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"]

    /// Negative for kinds that come first in kustomize's own order, positive for those that come last.
    static func rank(ofKind kind: String) -> Int { standardRanks[kind] ?? 0 }

    private static let standardRanks = SortOrder(nil).ranks

    private struct Key {
        var rank: Int
        var type: String
        var name: String
        var isCoreNamespace: Bool

        func precedes(_ other: Key) -> Bool {
            if rank != other.rank { return rank < other.rank }
            if !type.hasSameBytes(as: other.type) {
                // Of two groups with a kind Namespace the core one comes first, against the order of their names.
                return isCoreNamespace || other.isCoreNamespace ? other.type.precedesByBytes(type) : type.precedesByBytes(other.type)
            }
            return name.precedesByBytes(other.name)
        }
    }

    func sort(_ set: inout ResourceSet) {
        guard isByKind else { return }
        let keyed = set.resources.map { resource -> (key: Key, resource: Resource) in
            let id = resource.id
            let type = id.type
            func or(_ text: String, _ instead: String) -> String { text.isEmpty ? instead : text }
            return (
                Key(
                    rank: ranks[type.kind] ?? 0,
                    type: [or(type.group, "~G"), or(type.version, "~V"), or(type.kind, "~K")].joined(separator: "_"),
                    name: "\(or(id.namespace, "~X"))|\(or(id.name, "~N"))",
                    isCoreNamespace: type.kind == "Namespace" && type.group.isEmpty), resource
            )
        }
        set.resources = keyed.sorted { $0.key.precedes($1.key) }.map(\.resource)
    }
}
