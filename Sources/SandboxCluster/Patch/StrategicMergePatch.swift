// Strategic merge patch: lists are merged by the key that their type declares, with the directives of kubectl.

import StructuredData

struct StrategicMergePatch {
    let schema: Schema

    func merged(_ live: Value, _ patch: Value, _ shape: Shape) throws(Failure) -> Value {
        try mergeMap(live.object ?? Object(), patch.object ?? Object(), shape)
    }

    private func mergeMap(_ original: Object, _ patch: Object, _ shape: Shape) throws(Failure) -> Value {
        var patch = patch
        switch patch["$patch"]?.string {
        case "delete": return .object(Object())
        case "replace":
            patch["$patch"] = nil
            return .object(patch)
        case "merge": patch["$patch"] = nil
        case let other?: throw .badRequest("Unknown patch directive value [\(other)]")
        case nil: break
        }
        var result = original
        if let retained = patch["$retainKeys"]?.array {
            let keys = Set(retained.compactMap(\.string))
            result = Object(uniqueEntries: result.entries.filter { keys.contains($0.key) })
            patch["$retainKeys"] = nil
        }
        let map = shape.map ?? Shape.Map(element: schema.deduced)
        for entry in patch {
            if let field = directive(entry.key, "$deleteFromPrimitiveList/") {
                let gone = entry.value.array ?? []
                result[field] = result[field].map { .array(($0.array ?? []).filter { !gone.contains($0) }) }
            } else if !entry.key.hasPrefix("$setElementOrder/") {
                if entry.value.isNull {
                    result[entry.key] = nil
                } else {
                    let below = schema.childShape(entry.key, of: map) ?? schema[schema.deduced]
                    result[entry.key] = try merge(result[entry.key], entry.value, below, field: map.field(entry.key))
                }
            }
        }
        for entry in patch {
            guard let field = directive(entry.key, "$setElementOrder/"), let items = result[field]?.array, let order = entry.value.array
            else { continue }
            result[field] = .array(ordered(items, order, key: mergeKey(map.field(field))))
        }
        return .object(result)
    }

    private func directive(_ key: String, _ prefix: String) -> String? { key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil }

    private func mergeKey(_ field: Shape.Field?) -> String? { field?.patchMergeKey }

    private func merge(_ original: Value?, _ patch: Value, _ shape: Shape, field: Shape.Field?) throws(Failure) -> Value {
        switch patch {
        case .object(let object):
            guard shape.map != nil, !(field?.patchStrategy == .replace) else { return patch }
            return try mergeMap(original?.object ?? Object(), object, shape)
        case .array(let items):
            guard let list = shape.list, field?.patchMerges == true else { return .array(items.filter { $0["$patch"] == nil }) }
            return .array(try mergeList(original?.array ?? [], items, schema[list.element], key: mergeKey(field)))
        default: return patch
        }
    }

    private func mergeList(_ original: [Value], _ patch: [Value], _ element: Shape, key: String?) throws(Failure) -> [Value] {
        guard let key else {
            return original + patch.filter { !original.contains($0) }
        }
        if patch.contains(where: { $0["$patch"]?.string == "replace" && $0[key] == nil }) {
            return patch.filter { $0["$patch"] == nil }
        }
        var result = original
        for item in patch {
            guard let object = item.object else { continue }
            guard let name = object[key] else {
                throw .badRequest("map: \(GoText.value(item)) does not contain declared merge key: \(key)")
            }
            let index = result.firstIndex { $0[key] == name }
            switch object["$patch"]?.string {
            case "delete": result.removeAll { $0[key] == name }
            case "replace":
                var plain = object
                plain["$patch"] = nil
                if let index { result[index] = .object(plain) } else { result.append(.object(plain)) }
            default:
                if let index {
                    result[index] = try mergeMap(result[index].object ?? Object(), object, element)
                } else {
                    result.append(try mergeMap(Object(), object, element))
                }
            }
        }
        return result
    }

    /// Items that the order names follow it; the others keep their place after what stood before them.
    private func ordered(_ items: [Value], _ order: [Value], key: String?) -> [Value] {
        func name(_ item: Value) -> Value { key.flatMap { item[$0] } ?? item }
        let names = order.map(name)
        var rest = items.filter { item in !names.contains(name(item)) }[...]
        let listed = names.compactMap { wanted in items.first { name($0) == wanted } }
        var result: [Value] = []
        var next = listed[...]
        func position(_ item: Value) -> Int { items.firstIndex { name($0) == name(item) } ?? 0 }
        while let item = next.first {
            if let other = rest.first, position(other) < position(item) {
                result.append(other)
                rest.removeFirst()
            } else {
                result.append(item)
                next.removeFirst()
            }
        }
        return result + rest
    }
}
