// OpenAPI v3 as clients need it: which kinds take which parameters, and the types of their fields, without prose.

import StructuredData

extension Cluster {
    /// The index, or the document of one group and version.
    func openAPI(_ wire: WireRequest, _ parts: [String]) throws(Failure) -> WireResponse? {
        guard parts.count >= 2, parts[1] == "v3" else { return .text("404 page not found\n", code: 404) }
        if parts.count == 2 {
            var paths = Object()
            for group in servedGroups {
                for version in group.versions {
                    let path = group.name.isEmpty ? "api/\(version)" : "apis/\(group.name)/\(version)"
                    let hash = Digest(of: Array("\(SchemaFacts.builtIn.serverVersion) \(path) \(store.revision)".utf8)).short
                    let isBuiltIn = SchemaFacts.builtIn.resources.contains { $0.group == group.name }
                    paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(isBuiltIn ? "built-in" : hash)")]
                }
            }
            return .json(["paths": .object(paths)])
        }
        let rest = Array(parts.dropFirst(2))
        let (group, version): (String, String)
        switch (rest.first, rest.count) {
        case ("api", 2): (group, version) = ("", rest[1])
        case ("apis", 3): (group, version) = (rest[1], rest[2])
        default: return .text("404 page not found\n", code: 404)
        }
        let kinds = (servedGroups.first { $0.name == group }?.resources ?? []).filter { $0.version == version }.compactMap {
            kind(group: group, version: version, resource: $0.resource)
        }
        if kinds.isEmpty { return .text("404 page not found\n", code: 404) }
        return .json(OpenAPIDocument(kinds: kinds, title: SchemaFacts.builtIn.serverVersion).value)
    }
}

/// The document of one group and version.
struct OpenAPIDocument {
    let kinds: [ServedKind]
    let title: String

    var value: Value {
        var paths = Object()
        var schemas = Object()
        for kind in kinds {
            for (path, item) in self.paths(kind) { paths[path] = item }
            var types = OpenAPITypes(schema: kind.schema)
            types.addKind(kind)
            for entry in types.schemas where schemas[entry.key] == nil { schemas[entry.key] = entry.value }
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": .string(title)], "paths": .object(paths),
            "components": ["schemas": .object(schemas)],
        ]
    }

    private func paths(_ kind: ServedKind) -> [(String, Value)] {
        let resource = kind.resource
        let root = resource.group.isEmpty ? "/api/\(resource.version)" : "/apis/\(resource.group)/\(resource.version)"
        let place = resource.isNamespaced ? root + "/namespaces/{namespace}/\(resource.resource)" : root + "/\(resource.resource)"
        let gvk: Value = ["group": .string(resource.group), "version": .string(resource.version), "kind": .string(resource.kind)]
        func operation(_ action: String, _ parameters: [String]) -> Value {
            [
                "x-kubernetes-action": .string(action), "x-kubernetes-group-version-kind": gvk,
                "parameters": .array(
                    parameters.map { name in
                        [
                            "name": .string(name), "in": "query",
                            "schema": ["type": name == "force" ? "boolean" : "string", "uniqueItems": true],
                        ]
                    }),
            ]
        }
        let write = ["dryRun", "fieldManager", "fieldValidation"]
        var collection = Object()
        var item = Object()
        if resource.verbs.contains("list") {
            collection["get"] = operation("list", ["labelSelector", "fieldSelector", "limit", "continue"])
        }
        if resource.verbs.contains("create") { collection["post"] = operation("post", write) }
        if resource.verbs.contains("deletecollection") {
            collection["delete"] = operation("deletecollection", ["dryRun", "labelSelector"])
        }
        if resource.verbs.contains("get") { item["get"] = operation("get", []) }
        if resource.verbs.contains("update") { item["put"] = operation("put", write) }
        if resource.verbs.contains("patch") { item["patch"] = operation("patch", write + ["force"]) }
        if resource.verbs.contains("delete") { item["delete"] = operation("delete", ["dryRun", "propagationPolicy"]) }
        var paths: [(String, Value)] = [(place, .object(collection))]
        if !item.isEmpty { paths.append((place + "/{name}", .object(item))) }
        return paths
    }
}

/// Types as OpenAPI components.
struct OpenAPITypes {
    let schema: Schema
    private(set) var schemas = Object()

    init(schema: Schema) { self.schema = schema }

    mutating func addKind(_ kind: ServedKind) {
        let gvk: Value = [
            ["group": .string(kind.resource.group), "kind": .string(kind.resource.kind), "version": .string(kind.resource.version)]
        ]
        let name: String
        var type: Value
        if kind.custom != nil {
            let reversed = kind.resource.group.split(separator: ".").reversed().joined(separator: ".")
            name = "\(reversed).\(kind.resource.version).\(kind.resource.kind)"
            type = describe(kind.shape, depth: 0)
        } else {
            name = component(kind.shape.name)
            type = describe(kind.shape, depth: 0)
        }
        type.set(gvk, at: ["x-kubernetes-group-version-kind"])
        schemas[name] = type
    }

    private func component(_ name: String) -> String {
        if name.hasPrefix("meta.") { return "io.k8s.apimachinery.pkg.apis." + name }
        if name.hasPrefix("api.resource.") || name.hasPrefix("util.") || name.hasPrefix("runtime.") {
            return "io.k8s.apimachinery.pkg." + name
        }
        if name.hasPrefix("apiextensions.") { return "io.k8s.apiextensions-apiserver.pkg.apis." + name }
        if name.hasPrefix("apiregistration.") { return "io.k8s.kube-aggregator.pkg.apis." + name }
        return "io.k8s.api." + name
    }

    private mutating func reference(_ id: ShapeID, depth: Int) -> Value {
        let shape = schema[id]
        guard !shape.name.isEmpty, shape.map != nil, !shape.isDeduced else { return describe(shape, depth: depth + 1) }
        let name = component(shape.name)
        if schemas[name] == nil {
            schemas[name] = .object(Object())
            schemas[name] = describe(shape, depth: 0)
        }
        return ["allOf": [["$ref": .string("#/components/schemas/\(name)")]]]
    }

    private mutating func describe(_ shape: Shape, depth: Int) -> Value {
        if shape.isDeduced || depth > 64 { return ["type": "object", "x-kubernetes-preserve-unknown-fields": true] }
        if let map = shape.map {
            var object: Object = ["type": "object"]
            var properties = Object()
            for field in map.fields {
                var type = reference(field.type, depth: depth)
                if let given = field.defaultValue { type.set(given, at: ["default"]) }
                switch field.patchStrategy {
                case .merge: type.set("merge", at: ["x-kubernetes-patch-strategy"])
                case .retainKeys: type.set("retainKeys", at: ["x-kubernetes-patch-strategy"])
                case .mergeRetainKeys: type.set("merge,retainKeys", at: ["x-kubernetes-patch-strategy"])
                case .replace: type.set("replace", at: ["x-kubernetes-patch-strategy"])
                case nil: break
                }
                if let key = field.patchMergeKey { type.set(.string(key), at: ["x-kubernetes-patch-merge-key"]) }
                properties[field.name] = type
            }
            if !properties.isEmpty { object["properties"] = .object(properties) }
            let required = map.fields.filter(\.isRequired).map { Value.string($0.name) }
            if !required.isEmpty { object["required"] = .array(required) }
            if map.fields.isEmpty, let element = map.element { object["additionalProperties"] = reference(element, depth: depth) }
            if map.isAtomic { object["x-kubernetes-map-type"] = "atomic" }
            if map.keepsUnknown { object["x-kubernetes-preserve-unknown-fields"] = true }
            return .object(object)
        }
        if let list = shape.list {
            var object: Object = ["type": "array", "items": reference(list.element, depth: depth)]
            switch list.kind {
            case .atomic: object["x-kubernetes-list-type"] = "atomic"
            case .set: object["x-kubernetes-list-type"] = "set"
            case .map(let keys):
                object["x-kubernetes-list-type"] = "map"
                object["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) })
            }
            return .object(object)
        }
        switch (shape.scalar, shape.format) {
        case (_, .quantity): return ["oneOf": [["type": "string"], ["type": "number"]]]
        case (_, .intOrString): return ["format": "int-or-string", "oneOf": [["type": "integer"], ["type": "string"]]]
        case (_, .dateTime), (_, .microTime): return ["type": "string", "format": "date-time"]
        case (_, .bytes): return ["type": "string", "format": "byte"]
        case (.numeric, .int64): return ["type": "integer", "format": "int64"]
        case (.numeric, .double): return ["type": "number", "format": "double"]
        case (.numeric, .int32): return ["type": "integer", "format": "int32"]
        case (.numeric, _): return ["type": "number"]
        case (.boolean, _): return ["type": "boolean"]
        case (.string, _): return ["type": "string"]
        default: return ["x-kubernetes-int-or-string": true]
        }
    }
}
