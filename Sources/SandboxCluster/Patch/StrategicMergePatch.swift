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
            let live = original[field]?.array ?? []
            result[field] = .array(ordered(items, patch: order, live: live, key: mergeKey(map.field(field))))
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
            var both = original
            for item in patch where !both.contains(item) { both.append(item) }
            return ordered(both, patch: patch, live: original, key: nil)
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
        return ordered(result, patch: patch.filter { $0["$patch"]?.string != "delete" }, live: original, key: key)
    }

    /// Puts merged items in order: those that the patch names in the patch's order, the others in the live order; where
    /// the live list cannot tell, the patch's come first.
    private func ordered(_ merged: [Value], patch: [Value], live: [Value], key: String?) -> [Value] {
        func name(_ item: Value) -> Value { key.flatMap { item[$0] } ?? item }
        let patchNames = patch.map(name)
        let liveNames = live.map(name)
        func sorted(_ items: [Value], by names: [Value]) -> [Value] {
            let known = names.compactMap { wanted in items.first { name($0) == wanted } }
            return known + items.filter { item in !names.contains(name(item)) }
        }
        var theirs = sorted(merged.filter { patchNames.contains(name($0)) }, by: patchNames)[...]
        var ours = sorted(merged.filter { !patchNames.contains(name($0)) }, by: liveNames)[...]
        var result: [Value] = []
        while let left = ours.first, let right = theirs.first {
            let leftPlace = liveNames.firstIndex(of: name(left))
            let rightPlace = liveNames.firstIndex(of: name(right))
            if let leftPlace, let rightPlace, leftPlace < rightPlace {
                result.append(left)
                ours.removeFirst()
            } else {
                result.append(right)
                theirs.removeFirst()
            }
        }
        return result + ours + theirs
    }
}
