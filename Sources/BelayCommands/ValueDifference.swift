// What differs between two manifests, field by field: maps by key, lists of maps by the key that names their elements, else by index.

import Planning
import StructuredData

enum ValueDifference {
    /// In the order of the new side, then what is gone; `status` and the order of keys do not count.
    static func changes(from old: Value, to new: Value) -> [FieldChange] {
        var changes: [FieldChange] = []
        compare(old, new, FieldPath(), &changes)
        return changes
    }

    /// Fields by which the elements of a list are told apart, where each element has its own.
    private static let names = ["name", "key", "mountPath", "containerPort", "port", "uid", "ip", "type", "host", "path"]

    private static func compare(_ old: Value?, _ new: Value?, _ path: FieldPath, _ changes: inout [FieldChange]) {
        switch (old, new) {
        case (.object(let left)?, .object(let right)?):
            for entry in right { compare(left[entry.key], entry.value, path.appending(.field(entry.key)), &changes) }
            for entry in left where right[entry.key] == nil { compare(entry.value, nil, path.appending(.field(entry.key)), &changes) }
        case (.array(let left)?, .array(let right)?):
            guard old != new else { return }
            if let name = names.first(where: { isKey($0, of: left) && isKey($0, of: right) }), !(left.isEmpty || right.isEmpty) {
                compareElements(left, right, by: name, path, &changes)
            } else if left.count == right.count {
                for index in left.indices { compare(left[index], right[index], path.appending(.index(index)), &changes) }
            } else {
                changes.append(FieldChange(path: path, from: .value(.array(left)), to: .value(.array(right))))
            }
        default:
            guard old != new else { return }
            changes.append(FieldChange(path: path, from: old.map { .value($0) }, to: new.map { .value($0) }))
        }
    }

    private static func compareElements(
        _ old: [Value], _ new: [Value], by name: String, _ path: FieldPath, _ changes: inout [FieldChange]
    ) {
        func json(_ value: Value) -> String { String(decoding: CanonicalJSON.bytes(of: value[name] ?? .null), as: UTF8.self) }
        func place(_ json: String) -> FieldPath { path.appending(.key([.init(name: name, json: json)])) }
        let before = Dictionary(old.map { (json($0), $0) }) { first, _ in first }
        let after = Set(new.map(json))
        for element in new { compare(before[json(element)], element, place(json(element)), &changes) }
        for element in old where !after.contains(json(element)) { compare(element, nil, place(json(element)), &changes) }
        let common = old.map(json).filter(after.contains)
        if common != new.map(json).filter({ before[$0] != nil }) {
            changes.append(FieldChange(path: path, from: .value(order(old, name)), to: .value(order(new, name))))
        }
    }

    private static func order(_ list: [Value], _ name: String) -> Value { .array(list.map { $0[name] ?? .null }) }

    private static func isKey(_ name: String, of list: [Value]) -> Bool {
        var seen: Set<String> = []
        return list.allSatisfy { element in
            switch element[name] {
            case .string(let text): seen.insert("s" + text).inserted
            case .int(let number): seen.insert("i\(number)").inserted
            default: false
            }
        }
    }
}
