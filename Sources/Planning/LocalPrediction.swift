// What an apply would make of a live object where the server cannot be asked: an approximation, shown as unverified.

import KubernetesModel
import StructuredData

enum LocalPrediction {
    /// Whether a difference is only one of spelling: `1000m` and `1`, where quantities stand.
    static func isSameQuantity(_ difference: Difference) -> Bool {
        guard case .field? = difference.path.elements.last, let from = difference.from.flatMap(text), let to = difference.to.flatMap(text),
            difference.path.elements.dropLast().contains(where: { element in
                if case .field(let name) = element { quantityMaps.contains(name) } else { false }
            })
        else { return false }
        return Quantity(from) == Quantity(to) && Quantity(from) != nil
    }

    private static let quantityMaps: Set<String> = ["limits", "requests", "hard", "capacity", "default", "defaultRequest", "min", "max"]

    private static func text(_ value: Value) -> String? {
        switch value {
        case .string(let text): text
        case .int, .uint: ListKeys.text(value)
        default: nil
        }
    }

    /// The live object with the payload laid over it: maps are merged but for selectors, lists by the keys of their elements, other lists replaced.
    static func applying(_ payload: Value, to live: Value, keys: ListKeys) -> Value {
        merge(payload, into: live, [], keys)
    }

    private static func merge(_ payload: Value, into live: Value, _ path: [FieldPath.Element], _ keys: ListKeys) -> Value {
        switch (payload, live) {
        case (.object, .object) where keys.isWhole(FieldPath(path)): return payload
        case (.object(let new), .object(var object)):
            for entry in new {
                object[entry.key] =
                    object[entry.key].map { merge(entry.value, into: $0, path + [.field(entry.key)], keys) } ?? entry.value
            }
            return .object(object)
        case (.array(let new), .array(var list)):
            let here = FieldPath(path)
            guard let names = keys.elements(of: new, at: here), let old = keys.elements(of: list, at: here) else { return payload }
            for (name, item) in zip(names, new) {
                if let index = old.firstIndex(of: name) {
                    list[index] = merge(item, into: list[index], path + [name], keys)
                } else {
                    list.append(item)
                }
            }
            return .array(list)
        default: return payload
        }
    }

    /// The fields that a payload would own, as far as that is known without its schema.
    static func fields(of payload: Value, keys: ListKeys) -> FieldSet {
        var set = FieldSet()
        collect(payload, [], keys, &set)
        for name in ["apiVersion", "kind"] { set.remove(FieldPath(fields: name)) }
        for name in ["name", "namespace", "uid", "resourceVersion"] { set.remove(FieldPath(fields: "metadata", name)) }
        return set
    }

    /// The fields of a value that stands at `path`.
    static func fields(of value: Value, at path: FieldPath, keys: ListKeys) -> FieldSet {
        var set = FieldSet()
        collect(value, path.elements, keys, &set)
        return set
    }

    private static func collect(_ node: Value, _ path: [FieldPath.Element], _ keys: ListKeys, _ set: inout FieldSet) {
        switch node {
        case .object(let object) where (!object.isEmpty || path.isEmpty) && !keys.isWhole(FieldPath(path)):
            for entry in object { collect(entry.value, path + [.field(entry.key)], keys, &set) }
        case .array(let list) where !list.isEmpty:
            guard let elements = keys.elements(of: list, at: FieldPath(path)) else {
                set.insert(FieldPath(path))
                return
            }
            for (element, item) in zip(elements, list) {
                set.insert(FieldPath(path + [element]))
                if case .key = element { collect(item, path + [element], keys, &set) }
            }
        default: set.insert(FieldPath(path))
        }
    }
}
