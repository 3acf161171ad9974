// What the server says about itself: health, version, and its kinds in the aggregated and the older form.

import StructuredData

extension Cluster {
    /// nil for paths of resources.
    mutating func answerNonResource(_ wire: WireRequest) throws(Failure) -> WireResponse? {
        let parts = wire.path.split(separator: "/").map(String.init)
        switch parts.first {
        case "healthz", "readyz", "livez": return .text("ok")
        case "version": return .json(versionInfo)
        case nil: return .json(["paths": ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"]])
        case "openapi": return try openAPI(wire, parts)
        case "api":
            switch parts.count {
            case 1: return isAggregated(wire) ? aggregated([group("")].compactMap { $0 }) : .json(legacyVersions)
            case 2: return parts[1] == "v1" ? .json(legacyResources(group: "", version: "v1")) : nil
            default: return nil
            }
        case "apis":
            let groups = servedGroups.filter { !$0.name.isEmpty }
            switch parts.count {
            case 1: return isAggregated(wire) ? aggregated(groups) : .json(legacyGroups(groups))
            case 2:
                guard let found = groups.first(where: { $0.name == parts[1] }) else { return nil }
                return .json(legacyGroup(found, isAlone: true))
            case 3:
                guard groups.contains(where: { $0.name == parts[1] && $0.versions.contains(parts[2]) }) else { return nil }
                return .json(legacyResources(group: parts[1], version: parts[2]))
            default: return nil
            }
        default: return nil
        }
    }

    private var versionInfo: Value {
        let version = SchemaFacts.builtIn.serverVersion
        let numbers = version.drop { $0 == "v" }.split(separator: ".")
        return [
            "major": .string(numbers.first.map(String.init) ?? "1"), "minor": .string(numbers.count > 1 ? String(numbers[1]) : "0"),
            "gitVersion": .string(version + "+sandbox"), "gitCommit": "", "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z",
            "goVersion": "none", "compiler": "swift", "platform": "sandbox",
        ]
    }

    struct Group {
        var name: String
        /// The preferred one first.
        var versions: [String]
        var resources: [ServedResource]
    }

    /// The core group, the built-in groups in the server's order, then those of custom kinds by name.
    var servedGroups: [Group] {
        var groups: [Group] = []
        var served = SchemaFacts.builtIn.resources
        for definition in definitions.values.sorted(by: { $0.name.precedesByBytes($1.name) }) where definition.isEstablished {
            served += definition.versions.filter(\.isServed).compactMap { definition.kind(version: $0.version)?.resource }
        }
        for resource in served {
            if let index = groups.firstIndex(where: { $0.name == resource.group }) {
                groups[index].resources.append(resource)
                if !groups[index].versions.contains(resource.version) { groups[index].versions.append(resource.version) }
            } else {
                groups.append(Group(name: resource.group, versions: [resource.version], resources: [resource]))
            }
        }
        for index in groups.indices
        where groups[index].name.contains(".")
            && !SchemaFacts.builtIn.resources.contains(where: {
                $0.group == groups[index].name
            })
        {
            groups[index].versions.sort { CustomDefinition.versionPrecedes($0, $1) }
        }
        return groups
    }

    private func group(_ name: String) -> Group? { servedGroups.first { $0.name == name } }

    private func isAggregated(_ wire: WireRequest) -> Bool {
        (wire.headers["accept"] ?? "").contains("as=APIGroupDiscoveryList") && (wire.headers["accept"] ?? "").contains("v=v2")
    }

    private func aggregated(_ groups: [Group]) -> WireResponse {
        let list: Value = [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
            "items": .array(groups.map(aggregatedGroup)),
        ]
        return WireResponse(
            code: 200,
            body: .bytes(
                JSON.write(list) + [UInt8(ascii: "\n")],
                contentType: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"))
    }

    private func aggregatedGroup(_ group: Group) -> Value {
        let versions = group.versions.map { version -> Value in
            let resources = group.resources.filter { $0.version == version }.map(aggregatedResource)
            return ["version": .string(version), "resources": .array(resources), "freshness": "Current"]
        }
        return ["metadata": ["name": .string(group.name)], "versions": .array(versions)]
    }

    private func aggregatedResource(_ resource: ServedResource) -> Value {
        let isBuiltIn = definitions["\(resource.resource).\(resource.group)"] == nil
        func kind(_ group: String, _ version: String, _ kind: String) -> Value {
            ["group": .string(group), "version": .string(version), "kind": .string(kind)]
        }
        var object: Object = [
            "resource": .string(resource.resource),
            "responseKind": isBuiltIn ? kind("", "", resource.kind) : kind(resource.group, resource.version, resource.kind),
            "scope": resource.isNamespaced ? "Namespaced" : "Cluster", "singularResource": .string(resource.singular),
            "verbs": .array(resource.verbs.map { .string($0) }),
        ]
        if !resource.shortNames.isEmpty { object["shortNames"] = .array(resource.shortNames.map { .string($0) }) }
        if !resource.categories.isEmpty { object["categories"] = .array(resource.categories.map { .string($0) }) }
        if !resource.subresources.isEmpty {
            object["subresources"] = .array(
                resource.subresources.map { sub in
                    [
                        "subresource": .string(sub.name), "responseKind": kind(sub.group, sub.version, sub.kind),
                        "verbs": .array(sub.verbs.map { .string($0) }),
                    ]
                })
        }
        return .object(object)
    }

    // MARK: The older form

    private var legacyVersions: Value {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1"]],
        ]
    }

    private func legacyGroups(_ groups: [Group]) -> Value {
        ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map { legacyGroup($0, isAlone: false) })]
    }

    private func legacyGroup(_ group: Group, isAlone: Bool) -> Value {
        let versions = group.versions.map { version -> Value in
            ["groupVersion": .string("\(group.name)/\(version)"), "version": .string(version)]
        }
        var object = Object()
        if isAlone {
            object["kind"] = "APIGroup"
            object["apiVersion"] = "v1"
        }
        object["name"] = .string(group.name)
        object["versions"] = .array(versions)
        object["preferredVersion"] = versions.first
        return .object(object)
    }

    private func legacyResources(group name: String, version: String) -> Value {
        var resources: [Value] = []
        for resource in group(name)?.resources.filter({ $0.version == version }) ?? [] {
            var object: Object = [
                "name": .string(resource.resource), "singularName": .string(resource.singular), "namespaced": .bool(resource.isNamespaced),
                "kind": .string(resource.kind), "verbs": .array(resource.verbs.map { .string($0) }),
            ]
            if !resource.shortNames.isEmpty { object["shortNames"] = .array(resource.shortNames.map { .string($0) }) }
            if !resource.categories.isEmpty { object["categories"] = .array(resource.categories.map { .string($0) }) }
            resources.append(.object(object))
            for sub in resource.subresources {
                var object: Object = [
                    "name": .string("\(resource.resource)/\(sub.name)"), "singularName": "", "namespaced": .bool(resource.isNamespaced),
                ]
                if !sub.group.isEmpty, sub.group != name {
                    object["group"] = .string(sub.group)
                    object["version"] = .string(sub.version)
                }
                object["kind"] = .string(sub.kind)
                object["verbs"] = .array(sub.verbs.map { .string($0) })
                resources.append(.object(object))
            }
        }
        return [
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": .string(name.isEmpty ? version : "\(name)/\(version)"), "resources": .array(resources),
        ]
    }
}
