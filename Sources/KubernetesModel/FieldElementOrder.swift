// The order in which the API server keeps and writes the elements of a field set.

import StructuredData

/// Fields first, then list keys, set values, indexes; within values numbers, strings, booleans, lists, maps, null
/// (structured-merge-diff's `PathElement.Compare` and `value.Compare`).
enum FieldElementOrder {
    enum Order { case before, same, after }

    static func compare(_ left: FieldPath.Element, _ right: FieldPath.Element) -> Order {
        switch (left, right) {
        case (.field(let a), .field(let b)): compareBytes(a, b)
        case (.key(let a), .key(let b)): compareKeys(a, b)
        case (.value(let a), .value(let b)): compareJSON(a, b)
        case (.index(let a), .index(let b)): compareNumbers(a, b)
        default: compareNumbers(rank(left), rank(right))
        }
    }

    private static func rank(_ element: FieldPath.Element) -> Int {
        switch element {
        case .field: 0
        case .key: 1
        case .value: 2
        case .index: 3
        }
    }

    private static func compareNumbers<Number: Comparable>(_ a: Number, _ b: Number) -> Order {
        a < b ? .before : (b < a ? .after : .same)
    }

    static func compareBytes(_ a: String, _ b: String) -> Order {
        let quick = a.utf8.withContiguousStorageIfAvailable { left in
            b.utf8.withContiguousStorageIfAvailable { right in
                for index in 0..<min(left.count, right.count) where left[index] != right[index] {
                    return left[index] < right[index] ? Order.before : .after
                }
                return compareNumbers(left.count, right.count)
            }
        }
        if let answer = quick, let answer { return answer }
        return compareBytes(Array(a.utf8), Array(b.utf8))
    }

    private static func compareBytes(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Order {
        var (left, right) = (a.makeIterator(), b.makeIterator())
        while true {
            switch (left.next(), right.next()) {
            case (nil, nil): return .same
            case (nil, _): return .before
            case (_, nil): return .after
            case (let l?, let r?): if l != r { return l < r ? .before : .after }
            }
        }
    }

    private static func compareKeys(_ a: [FieldPath.KeyField], _ b: [FieldPath.KeyField]) -> Order {
        for (left, right) in zip(a, b) {
            let names = compareBytes(left.name, right.name)
            if names != .same { return names }
            let values = compareJSON(left.json, right.json)
            if values != .same { return values }
        }
        return compareNumbers(a.count, b.count)
    }

    private static func compareJSON(_ a: String, _ b: String) -> Order {
        if a.hasSameBytes(as: b) { return .same }
        let quote = UInt8(ascii: "\"")
        let (left, right) = (a.utf8, b.utf8)
        if left.first == quote, right.first == quote, !left.contains(UInt8(ascii: "\\")), !right.contains(UInt8(ascii: "\\")) {
            return compareBytes(left.dropFirst().dropLast(), right.dropFirst().dropLast())
        }
        if let l = Int64(a), let r = Int64(b) { return compareNumbers(l, r) }
        guard let l = try? JSON.read(Array(left)), let r = try? JSON.read(Array(right)) else { return compareBytes(a, b) }
        return compareValues(l, r)
    }

    private static func compareValues(_ a: Value, _ b: Value) -> Order {
        let ranks = compareNumbers(rank(a), rank(b))
        if ranks != .same { return ranks }
        switch (a, b) {
        case (.int(let l), .int(let r)): return compareNumbers(l, r)
        case (.string(let l), .string(let r)): return compareBytes(l, r)
        case (.bool(let l), .bool(let r)): return compareNumbers(l ? 1 : 0, r ? 1 : 0)
        case (.array(let l), .array(let r)):
            for (left, right) in zip(l, r) {
                let order = compareValues(left, right)
                if order != .same { return order }
            }
            return compareNumbers(l.count, r.count)
        case (.object(let l), .object(let r)):
            for (left, right) in zip(l.sortedByKey(), r.sortedByKey()) {
                let keys = compareBytes(left.key, right.key)
                if keys != .same { return keys }
                let values = compareValues(left.value, right.value)
                if values != .same { return values }
            }
            return compareNumbers(l.count, r.count)
        default: return compareNumbers(number(a), number(b))
        }
    }

    private static func rank(_ value: Value) -> Int {
        switch value {
        case .int, .uint, .double: 0
        case .string: 1
        case .bool: 2
        case .array: 3
        case .object: 4
        case .null: 5
        }
    }

    private static func number(_ value: Value) -> Double {
        switch value {
        case .int(let int): Double(int)
        case .uint(let uint): Double(uint)
        case .double(let double): double
        default: 0
        }
    }
}
