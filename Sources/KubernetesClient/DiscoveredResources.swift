// The discovery documents of an API server, read into one list of resources.

package import KubernetesModel
package import StructuredData

/// Collects the resources of all groups in the server's order, and the groups about which something could not be learnt.
package struct DiscoveredResources: Sendable {
    private var resources: [APIResource] = []
    private var incompleteGroups: Set<String> = []

    package init() {}

    package var discovery: Discovery { Discovery(resources: resources, incompleteGroups: incompleteGroups) }

    /// Adds an `APIGroupDiscoveryList` (v2 or v2beta1). A stale or empty version makes its group incomplete: the server knows that
    /// it is there, and not what is in it.
    package mutating func add(aggregated list: Value) {
        for item in list["items"]?.array ?? [] {
            let group = item.at("metadata", "name")?.string ?? ""
            let versions = item["versions"]?.array ?? []
            if versions.isEmpty { incompleteGroups.insert(group) }
            for version in versions {
                let found = (version["resources"]?.array ?? []).compactMap { resource in
                    DiscoveredResources.aggregated(resource, group: group, version: version["version"]?.string ?? "")
                }
                if found.isEmpty || version["freshness"]?.string == "Stale" { incompleteGroups.insert(group) }
                resources += found
            }
        }
    }

    private static func aggregated(_ value: Value, group: String, version: String) -> APIResource? {
        let kind = value["responseKind"]
        guard let name = value["resource"]?.string, !name.isEmpty, let kindName = kind?["kind"]?.string, !kindName.isEmpty, !version.isEmpty
        else { return nil }
        return APIResource(
            groupVersionKind: GroupVersionKind(group: group, version: version, kind: kindName), resource: name,
            namespaced: value["scope"]?.string == "Namespaced", verbs: Set(texts(value["verbs"])), shortNames: texts(value["shortNames"]),
            categories: texts(value["categories"]),
            subresources: Set((value["subresources"]?.array ?? []).compactMap { $0["subresource"]?.string }))
    }

    /// The group versions that an `APIVersions` or `APIGroupList` names, a group's preferred one first.
    static func legacyVersions(_ index: Value) -> [(group: String, version: String, apiVersion: String)] {
        if let versions = index["versions"]?.array { return versions.compactMap(\.string).map { ("", $0, $0) } }
        return (index["groups"]?.array ?? []).flatMap { item -> [(group: String, version: String, apiVersion: String)] in
            let group = item["name"]?.string ?? ""
            let preferred = item.at("preferredVersion", "version")?.string
            let versions = (item["versions"]?.array ?? []).compactMap { $0["version"]?.string }
            return (versions.filter { $0 == preferred } + versions.filter { $0 != preferred }).map { (group, $0, "\(group)/\($0)") }
        }
    }

    /// Adds an `APIResourceList`; nil where it could not be read.
    package mutating func add(legacy list: Value?, group: String, version: String) {
        guard let items = list?["resources"]?.array else {
            incompleteGroups.insert(group)
            return
        }
        var subresources: [String: Set<String>] = [:]
        for item in items {
            let parts = (item["name"]?.string ?? "").split(separator: "/", maxSplits: 1)
            if parts.count == 2 { subresources[String(parts[0]), default: []].insert(String(parts[1])) }
        }
        let found: [APIResource] = items.compactMap { item in
            guard let name = item["name"]?.string, !name.isEmpty, !name.contains("/"), let kind = item["kind"]?.string, !kind.isEmpty
            else { return nil }
            return APIResource(
                groupVersionKind: GroupVersionKind(group: group, version: version, kind: kind), resource: name,
                namespaced: item["namespaced"]?.bool ?? false, verbs: Set(DiscoveredResources.texts(item["verbs"])),
                shortNames: DiscoveredResources.texts(item["shortNames"]), categories: DiscoveredResources.texts(item["categories"]),
                subresources: subresources[name] ?? [])
        }
        if found.isEmpty { incompleteGroups.insert(group) }
        resources += found
    }

    private static func texts(_ value: Value?) -> [String] { (value?.array ?? []).compactMap(\.string) }
}
