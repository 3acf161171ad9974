// Which object: the identity that outlives versions and re-creations.

/// The identity of an object in a cluster: group, kind, namespace and name, compared by bytes.
///
/// `namespace` is nil for cluster-scoped kinds only. Names are validated before a key is made from outside input
/// (``Names``); the one function that builds API paths checks again.
package struct ObjectKey: Sendable, CustomStringConvertible {
    package var groupKind: GroupKind
    package var namespace: String?
    package var name: String

    package init(groupKind: GroupKind, namespace: String?, name: String) {
        self.groupKind = groupKind
        self.namespace = namespace
        self.name = name
    }

    package var group: String { groupKind.group }
    package var kind: String { groupKind.kind }

    /// `Deployment kubia/web`, or `Namespace kubia` where there is no namespace.
    package var description: String { namespace.map { "\(kind) \($0)/\(name)" } ?? "\(kind) \(name)" }
}

extension ObjectKey: Hashable {
    package static func == (left: ObjectKey, right: ObjectKey) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) && left.groupKind == right.groupKind
            && (left.namespace ?? "").utf8.elementsEqual((right.namespace ?? "").utf8)
            && (left.namespace == nil) == (right.namespace == nil)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(groupKind)
        for byte in (namespace ?? "").utf8 { hasher.combine(byte) }
        hasher.combine(0 as UInt8)
        for byte in name.utf8 { hasher.combine(byte) }
    }
}

extension ObjectKey: Comparable {
    /// By namespace (cluster-scoped first), then group, kind and name, each by bytes.
    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        func parts(_ key: ObjectKey) -> [[UInt8]] {
            [Array((key.namespace ?? "").utf8), Array(key.group.utf8), Array(key.kind.utf8), Array(key.name.utf8)]
        }
        return parts(left).lexicographicallyPrecedes(parts(right)) { $0.lexicographicallyPrecedes($1) }
    }
}
