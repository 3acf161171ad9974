// The object that one entry of a generator makes.

import StructuredData

extension GeneratorArguments {
    /// - Parameter common: `generatorOptions` of the kustomization; its labels and annotations give way to those of the entry.
    /// - Throws: ``BuildProblem`` where a source is not there, or says no key.
    func resource(with common: GeneratorOptions?, _ context: BuildContext) throws(BuildProblem) -> Resource {
        guard !name.text.isEmpty else {
            throw BuildProblem("an entry of \(isSecret ? "secretGenerator" : "configMapGenerator") has no name; write it", at: place)
        }
        let entries = try GeneratedData(self, context).entries.sorted { $0.key.precedesByBytes($1.key) }
        var node = Node(.map(Map()), at: place)
        node["apiVersion"] = Node(.string("v1"))
        node["kind"] = Node(.string(isSecret ? "Secret" : "ConfigMap"))
        node["metadata"] = metadata(common)
        if isSecret {
            node["type"] = type.map { Node(.string($0.text), at: $0.place) } ?? Node(.string("Opaque"))
            node["data"] = Node(.map(Map()), at: place)
        }
        var data: [String: [Map.Entry]] = [:]
        var fields: [String] = []
        for entry in entries {
            let (field, value) = isSecret ? ("data", entry.base64) : entry.text.map { ("data", $0) } ?? ("binaryData", entry.base64)
            try context.tree.limits.add(nodes: 1, at: entry.place)
            try context.tree.limits.add(textOf: value.utf8.count, "the value of \(quotedForPeople(entry.key))", at: entry.place)
            if data[field] == nil { fields.append(field) }
            data[field, default: []].append(Map.Entry(key: entry.key, value: Node(.string(value), at: entry.place)))
        }
        for field in fields { node[field] = Node(.map(Map(data[field] ?? [])), at: place) }
        for options in [options, common] where options?.isImmutable == true && node["immutable"] == nil {
            node["immutable"] = Node(.bool(true), at: options?.immutablePlace ?? place)
        }
        var resource = Resource(node, origin: place)
        resource.needsHash = options?.disablesNameSuffixHash != true && common?.disablesNameSuffixHash != true
        resource.isGenerated = true
        resource.behavior = behavior.flatMap { Resource.Behavior(rawValue: $0.text) } ?? .unspecified
        return resource
    }

    private func metadata(_ common: GeneratorOptions?) -> Node {
        var metadata = Node(.map(Map()), at: place)
        metadata["name"] = Node(.string(name.text), at: name.place)
        if let namespace { metadata["namespace"] = Node(.string(namespace.text), at: namespace.place) }
        for (field, list) in [("labels", \GeneratorOptions.labels), ("annotations", \GeneratorOptions.annotations)] {
            var map = Map()
            let pairs = (common?[keyPath: list] ?? []) + (options?[keyPath: list] ?? [])
            for pair in pairs { map.set(pair.key, .string(pair.value.text), at: pair.value.place) }
            if let first = map.entries.first { metadata[field] = Node(.map(map), at: first.value.place) }
        }
        return metadata
    }
}
