// The three-part names of Kubernetes: what kind of object, in which version, served under which resource.

/// A group and a kind: what an object is, whatever version it is read in. The core group is the empty string.
package struct GroupKind: Sendable, Hashable, CustomStringConvertible {
    package var group: String
    package var kind: String
    package init(group: String, kind: String) {
        self.group = group
        self.kind = kind
    }
    /// `Deployment.apps`, or `Service` in the core group: the form that ApplySet's annotations use (KEP-3659).
    package var description: String { group.isEmpty ? kind : "\(kind).\(group)" }
}

/// A group, a version and a kind, as `apiVersion` and `kind` of an object spell it.
package struct GroupVersionKind: Sendable, Hashable, CustomStringConvertible {
    package var group: String
    package var version: String
    package var kind: String
    package init(group: String, version: String, kind: String) {
        self.group = group
        self.version = version
        self.kind = kind
    }

    /// - Parameter apiVersion: `v1` or `GROUP/VERSION`.
    /// - Returns: nil when there is an empty part or more than one slash.
    package init?(apiVersion: String, kind: String) {
        let parts = apiVersion.split(separator: "/", omittingEmptySubsequences: false)
        guard !kind.isEmpty, parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), let version = parts.last else { return nil }
        self.init(group: parts.count == 2 ? String(parts[0]) : "", version: String(version), kind: kind)
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    package var groupKind: GroupKind { GroupKind(group: group, kind: kind) }
    /// `apps/v1 Deployment`.
    package var description: String { "\(apiVersion) \(kind)" }
}
