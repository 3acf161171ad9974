// The structural schema of a custom kind: its types for ownership, pruning of unknown fields, defaults, validation.

import StructuredData

struct StructuralSchema {
    private let root: Value
    private let preservesEverything: Bool
    private(set) var prunedPaths: [String] = []

    init(custom: CustomVersion) {
        root = custom.openAPI
        preservesEverything = custom.preservesUnknownFields
    }

    // MARK: Types

    /// Adds the types of a schema and returns the outermost.
    static func shape(_ node: Value, isRoot: Bool = false, preserves: Bool, in schema: inout Schema) -> ShapeID {
        let preserves = preserves || node["x-kubernetes-preserve-unknown-fields"]?.bool == true
        let isAtomicMap = node["x-kubernetes-map-type"]?.string == "atomic"
        func map(_ schema: inout Schema) -> Shape.Map {
            var map = Shape.Map(isAtomic: isAtomicMap)
            for property in node["properties"]?.object ?? Object() {
                if isRoot, ["apiVersion", "kind", "metadata"].contains(property.key) { continue }
                let type = shape(property.value, preserves: preserves, in: &schema)
                map.append(Shape.Field(name: property.key, type: type, defaultValue: property.value["default"]))
            }
            if isRoot || node["x-kubernetes-embedded-resource"]?.bool == true {
                let text = schema.add(Shape(scalar: .string))
                map.append(Shape.Field(name: "apiVersion", type: text))
                map.append(Shape.Field(name: "kind", type: text))
                map.append(Shape.Field(name: "metadata", type: schema.named["meta.v1.ObjectMeta"] ?? schema.deduced))
            }
            if let additional = node["additionalProperties"] {
                if additional.object != nil {
                    map.element = shape(additional, preserves: preserves, in: &schema)
                } else if additional.bool == true {
                    map.element = schema.deduced
                }
            } else if preserves || (node["properties"]?.object?.isEmpty ?? true) && !isRoot || isRoot && node["properties"] == nil {
                map.element = schema.deduced
                map.keepsUnknown = true
            }
            return map
        }
        func list(_ schema: inout Schema) -> Shape.List {
            let element = node["items"].map { shape($0, preserves: preserves, in: &schema) } ?? schema.untypedAtomic
            let kind: Shape.ListKind =
                switch node["x-kubernetes-list-type"]?.string {
                case "set": .set
                case "map": .map(keys: (node["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string))
                default: .atomic
                }
            return Shape.List(element: element, kind: kind)
        }
        let isNullable = node["nullable"]?.bool == true
        if node["x-kubernetes-int-or-string"]?.bool == true { return schema.add(Shape(scalar: .untyped, isNullable: isNullable)) }
        switch node["type"]?.string {
        case "object": return schema.add(Shape(map: map(&schema), isNullable: isNullable))
        case "array": return schema.add(Shape(list: list(&schema), isNullable: isNullable))
        case "integer", "number": return schema.add(Shape(scalar: .numeric, isNullable: isNullable))
        case "boolean": return schema.add(Shape(scalar: .boolean, isNullable: isNullable))
        case "string":
            let format = node["format"]?.string ?? ""
            return schema.add(Shape(scalar: format.isEmpty || format == "byte" ? .string : .untyped, isNullable: isNullable))
        default:
            if isRoot { return schema.add(Shape(map: map(&schema), isNullable: isNullable)) }
            return schema.add(Shape(scalar: .untyped, list: list(&schema), map: map(&schema), isNullable: isNullable))
        }
    }

    // MARK: Pruning

    /// The object without fields that the schema does not know; their paths are noted.
    mutating func pruned(_ value: Value) -> Value {
        if preservesEverything { return value }
        return prune(value, root, path: "", isResource: true)
    }

    private mutating func prune(_ value: Value, _ node: Value, path: String, isResource: Bool) -> Value {
        switch value {
        case .object(let object):
            let keeps = node["x-kubernetes-preserve-unknown-fields"]?.bool == true
            var kept: [Object.Entry] = []
            for entry in object {
                let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
                if isResource, ["apiVersion", "kind", "metadata"].contains(entry.key) {
                    kept.append(entry)
                } else if let property = node["properties"]?[entry.key] {
                    kept.append(Object.Entry(key: entry.key, value: pruneChild(entry.value, property, below)))
                } else if let additional = node["additionalProperties"] {
                    if additional.object != nil {
                        kept.append(Object.Entry(key: entry.key, value: pruneChild(entry.value, additional, below)))
                    } else if additional.bool == true {
                        kept.append(entry)
                    }
                } else if keeps {
                    kept.append(entry)
                } else {
                    prunedPaths.append(below)
                }
            }
            return .object(Object(uniqueEntries: kept))
        case .array(let items):
            guard let element = node["items"] else { return value }
            var result: [Value] = []
            for (index, item) in items.enumerated() { result.append(pruneChild(item, element, "\(path)[\(index)]")) }
            return .array(result)
        default: return value
        }
    }

    private mutating func pruneChild(_ value: Value, _ node: Value, _ path: String) -> Value {
        prune(value, node, path: path, isResource: node["x-kubernetes-embedded-resource"]?.bool == true)
    }

    // MARK: Defaults

    func setDefaults(_ value: inout Value) { setDefaults(&value, root) }

    private func setDefaults(_ value: inout Value, _ node: Value) {
        switch value {
        case .object(var object):
            value = .null
            for property in node["properties"]?.object ?? Object() {
                let isNullable = property.value["nullable"]?.bool == true
                if let given = property.value["default"], object[property.key] == nil || object[property.key]?.isNull == true && !isNullable
                {
                    object[property.key] = given
                }
                // A null that the type does not allow is no value.
                if object[property.key]?.isNull == true, !isNullable { object[property.key] = nil }
                if var child = object[property.key] {
                    setDefaults(&child, property.value)
                    object[property.key] = child
                }
            }
            if let additional = node["additionalProperties"], additional.object != nil {
                for entry in object where node["properties"]?[entry.key] == nil {
                    var child = entry.value
                    setDefaults(&child, additional)
                    object[entry.key] = child
                }
            }
            value = .object(object)
        case .array(let items):
            guard let element = node["items"] else { return }
            value = .array(
                items.map { item in
                    var item = item
                    setDefaults(&item, element)
                    return item
                })
        default: break
        }
    }

    // MARK: Validation

    /// What the schema refuses about an object.
    func causes(_ object: Value) -> [FailureCause] {
        SchemaValidation.causes(object, root, path: "", isResource: true)
    }
}
