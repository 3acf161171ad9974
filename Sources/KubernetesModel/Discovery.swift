// What the API server serves, as one value, with the knowledge of what could not be learnt.

/// One kind as served in one version: where it lives and what may be done with it.
package struct APIResource: Sendable, Hashable {
    package var groupVersionKind: GroupVersionKind
    /// The plural, as it stands in paths: `deployments`.
    package var resource: String
    package var namespaced: Bool
    package var verbs: Set<String>
    package var shortNames: [String]
    package var categories: [String]
    /// Names of subresources: `scale`, `status`.
    package var subresources: Set<String>

    package init(
        groupVersionKind: GroupVersionKind, resource: String, namespaced: Bool, verbs: Set<String> = [],
        shortNames: [String] = [], categories: [String] = [], subresources: Set<String> = []
    ) {
        self.groupVersionKind = groupVersionKind
        self.resource = resource
        self.namespaced = namespaced
        self.verbs = verbs
        self.shortNames = shortNames
        self.categories = categories
        self.subresources = subresources
    }
}

/// The kinds of a cluster at one moment. An incomplete group is unknown, not absent: nothing is decided or pruned for it.
package struct Discovery: Sendable {
    /// In the server's order: within a group the preferred version comes first.
    package private(set) var resources: [APIResource]
    /// Groups that the server named without telling their resources (`freshness: Stale`, or a failing legacy endpoint).
    package var incompleteGroups: Set<String>
    private var byKind: [GroupVersionKind: Int] = [:]
    private var preferred: [GroupKind: Int] = [:]

    package init(resources: [APIResource], incompleteGroups: Set<String> = []) {
        self.resources = resources
        self.incompleteGroups = incompleteGroups
        for (index, resource) in resources.enumerated() {
            if byKind[resource.groupVersionKind] == nil { byKind[resource.groupVersionKind] = index }
            if preferred[resource.groupVersionKind.groupKind] == nil { preferred[resource.groupVersionKind.groupKind] = index }
        }
    }

    package var isComplete: Bool { incompleteGroups.isEmpty }
    /// The resource of exactly this version.
    package subscript(gvk: GroupVersionKind) -> APIResource? { byKind[gvk].map { resources[$0] } }
    /// The resource of this kind in the version that the server prefers.
    package subscript(groupKind: GroupKind) -> APIResource? { preferred[groupKind].map { resources[$0] } }
}
