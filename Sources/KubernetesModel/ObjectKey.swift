// Which object: the identity that outlives versions and re-creations.

import StructuredData

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
        left.name.hasSameBytes(as: right.name) && left.groupKind == right.groupKind
            && (left.namespace ?? "").hasSameBytes(as: right.namespace ?? "")
            && (left.namespace == nil) == (right.namespace == nil)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(groupKind)
        hasher.combine(bytesOf: namespace ?? "")
        hasher.combine(bytesOf: name)
    }
}

extension ObjectKey: Comparable {
    /// By namespace (cluster-scoped first), then group, kind and name, each by bytes.
    package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
        precedes(left.namespace ?? "", right.namespace ?? "") ?? precedes(left.group, right.group)
            ?? precedes(left.kind, right.kind) ?? left.name.precedesByBytes(right.name)
    }

    /// nil where both are the same.
    private static func precedes(_ left: String, _ right: String) -> Bool? {
        left.hasSameBytes(as: right) ? nil : left.precedesByBytes(right)
    }
}
