// Which requests tell the live state of one Application: a value, made before anything is sent.

import KubernetesModel
import Planning
import StructuredData

/// One LIST of the members of a set: one kind in one version, in one namespace or cluster-wide.
struct ListScope: Hashable, Sendable {
    var resource: APIResource
    /// nil: cluster-wide.
    var namespace: String?
}

/// The lists that together hold every member of a set.
struct ReadPlan: Sendable {
    /// More namespaces than this are read by cluster-wide lists.
    static let namespaceLimit = 8
    /// More objects than this of one kind and namespace are looked up by one metadata-only list.
    static let getLimit = 20

    var lists: [ListScope] = []
    /// Kinds that cannot be listed, before any request.
    var unlisted: [ObservedState.UnlistedScope] = []

    /// - Parameters:
    ///   - desired: in whose versions their kinds are read.
    ///   - kinds: further kinds that members may have, read in the version that the server prefers.
    ///   - namespaces: where members may be, beside those of `desired`.
    init(desired: [DesiredObject], kinds: Set<GroupKind>, namespaces: Set<String>, discovery: Discovery) {
        let places = namespaces.union(desired.compactMap(\.key.namespace)).sorted { $0.precedesByBytes($1) }
        var versions: [GroupKind: [GroupVersionKind]] = [:]
        var order: [GroupKind] = []
        for object in desired {
            let kind = object.key.groupKind
            if versions[kind] == nil { order.append(kind) }
            if versions[kind]?.contains(object.groupVersionKind) != true { versions[kind, default: []].append(object.groupVersionKind) }
        }
        order += kinds.subtracting(order).sorted { ($0.group, $0.kind) < ($1.group, $1.kind) }

        for kind in order {
            let wanted = (versions[kind] ?? []).compactMap { discovery[$0] }
            let resources = wanted.isEmpty ? [discovery[kind]].compactMap { $0 } : wanted
            guard !resources.isEmpty else {
                let reason =
                    discovery.incompleteGroups.contains(kind.group)
                    ? "the API group \(kind.group) does not answer" : "the API server does not serve \(kind)"
                unlisted.append(.init(groupKind: kind, namespace: nil, reason: reason))
                continue
            }
            for resource in resources {
                if !resource.verbs.isEmpty, !resource.verbs.contains("list") {
                    unlisted.append(.init(groupKind: kind, namespace: nil, reason: "\(kind) cannot be listed"))
                } else if !resource.namespaced || places.count > ReadPlan.namespaceLimit {
                    lists.append(ListScope(resource: resource, namespace: nil))
                } else {
                    lists += places.map { ListScope(resource: resource, namespace: $0) }
                }
            }
        }
    }
}

/// How the existence of desired objects outside of the lists is found out: one for each kind and namespace.
enum ExistenceQuestion: Sendable {
    /// One GET each.
    case get([DesiredObject], APIResource)
    /// One metadata-only LIST, then a GET of each that exists.
    case list([DesiredObject], APIResource, namespace: String?)

    /// - Parameter readable: whether objects of this kind and namespace may be listed.
    static func questions(
        for objects: [DesiredObject], discovery: Discovery, readable: (GroupKind, String?) -> Bool
    ) -> [ExistenceQuestion] {
        struct Scope: Hashable {
            var kind: GroupVersionKind
            var namespace: String?
        }
        var order: [Scope] = []
        var groups: [Scope: [DesiredObject]] = [:]
        for object in objects {
            let scope = Scope(kind: object.groupVersionKind, namespace: object.key.namespace)
            if groups[scope] == nil { order.append(scope) }
            groups[scope, default: []].append(object)
        }
        return order.compactMap { scope in
            guard let resource = discovery[scope.kind], let group = groups[scope] else { return nil }
            let listable = resource.verbs.isEmpty || resource.verbs.contains("list")
            return group.count > ReadPlan.getLimit && listable && readable(scope.kind.groupKind, scope.namespace)
                ? .list(group, resource, namespace: scope.namespace) : .get(group, resource)
        }
    }
}
