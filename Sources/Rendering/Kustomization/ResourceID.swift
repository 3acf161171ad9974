// By what name a resource is known while it is built: its kind, its name and its namespace at one moment.

import KubernetesModel
import StructuredData

struct ResourceID: Sendable, Hashable {
    var type: GroupVersionKind
    var name: String
    /// As it stands in the manifest; empty: none.
    var namespace: String

    /// Kinds that have no namespace, as kustomize's own table knows them; an unknown kind has one.
    var isClusterScoped: Bool { ClusterScopedKinds.contains(type) }

    /// What counts in comparisons: `default` for none, and nothing for kinds that have none.
    var effectiveNamespace: String {
        if isClusterScoped { return "" }
        return namespace.isEmpty ? "default" : namespace
    }

    /// With the namespace that counts.
    var effective: ResourceID { ResourceID(type: type, name: name, namespace: effectiveNamespace) }

    /// The same kind, name and effective namespace.
    func equals(_ other: ResourceID) -> Bool { isSameKindAndName(as: other) && effectiveNamespace == other.effectiveNamespace }

    func isSameKindAndName(as other: ResourceID) -> Bool { type == other.type && name == other.name }
}

extension ResourceID: CustomStringConvertible {
    /// `Deployment web`, `Deployment shop/web`.
    var description: String { namespace.isEmpty ? "\(type.kind) \(name)" : "\(type.kind) \(namespace)/\(name)" }
}
