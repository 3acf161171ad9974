// One step of a path to a field, as managedFields writes it: `f:replicas`, `k:{"name":"web"}`, `v:"x"`, `i:0`.

import StructuredData

enum PathElement: Sendable {
    case field(String)
    /// Sorted by name.
    case key([(name: String, value: Value)])
    case value(Value)
    case index(Int)

    private var rank: Int {
        switch self {
        case .field: 0
        case .key: 1
        case .value: 2
        case .index: 3
        }
    }

    /// -1, 0 or 1, in the order in which the server keeps elements.
    func compare(_ other: PathElement) -> Int {
        switch (self, other) {
        case (.field(let a), .field(let b)): return PathElement.order(a, b)
        case (.key(let a), .key(let b)):
            for (left, right) in zip(a, b) {
                let byName = PathElement.order(left.name, right.name)
                if byName != 0 { return byName }
                let byValue = PathElement.order(left.value, right.value)
                if byValue != 0 { return byValue }
            }
            return a.count == b.count ? 0 : a.count < b.count ? -1 : 1
        case (.value(let a), .value(let b)): return PathElement.order(a, b)
        case (.index(let a), .index(let b)): return a == b ? 0 : a < b ? -1 : 1
        default: return rank < other.rank ? -1 : 1
        }
    }

    static func order(_ left: String, _ right: String) -> Int {
        if left.hasSameBytes(as: right) { return 0 }
        return left.precedesByBytes(right) ? -1 : 1
    }

    /// Numbers before strings before booleans before the rest.
    static func order(_ left: Value, _ right: Value) -> Int {
        func rank(_ value: Value) -> Int {
            switch value {
            case .int, .uint, .double: 0
            case .string: 1
            case .bool: 2
            case .array: 3
            case .object: 4
            case .null: 5
            }
        }
        if left == right { return 0 }
        switch (left, right) {
        case (.string(let a), .string(let b)): return order(a, b)
        case (.int(let a), .int(let b)): return a < b ? -1 : 1
        case (.bool(let a), .bool): return a ? 1 : -1
        default:
            let a = rank(left)
            let b = rank(right)
            if a != b { return a < b ? -1 : 1 }
            return number(left) < number(right) ? -1 : 1
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

extension PathElement: Equatable {
    static func == (left: PathElement, right: PathElement) -> Bool { left.compare(right) == 0 }
}

extension PathElement {
    /// The key of managedFields.
    var fieldsV1Key: String {
        switch self {
        case .field(let name): return "f:" + name
        case .key(let fields):
            var object = Object()
            for field in fields { object[field.name] = field.value }
            return "k:" + PathElement.json(.object(object))
        case .value(let value): return "v:" + PathElement.json(value)
        case .index(let index): return "i:\(index)"
        }
    }

    /// nil for a prefix that is not known.
    init?(fieldsV1Key text: String) {
        let rest = String(decoding: text.utf8.dropFirst(2), as: UTF8.self)
        if text.hasPrefix("f:") {
            self = .field(rest)
        } else if text.hasPrefix("k:") {
            guard let value = try? JSON.read(Array(rest.utf8)), let object = value.object else { return nil }
            self = .key(object.sortedByKey().entries.map { ($0.key, $0.value) })
        } else if text.hasPrefix("v:") {
            guard let value = try? JSON.read(Array(rest.utf8)) else { return nil }
            self = .value(value)
        } else if text.hasPrefix("i:"), let index = Int(rest) {
            self = .index(index)
        } else {
            return nil
        }
    }

    static func json(_ value: Value) -> String { String(decoding: JSON.write(value), as: UTF8.self) }

    /// As the server's messages write it: `.spec`, `[name="web"]`, `[="x"]`, `[0]`.
    var text: String {
        switch self {
        case .field(let name): "." + name
        case .key(let fields): "[" + fields.map { "\($0.name)=\(PathElement.json($0.value))" }.joined(separator: ",") + "]"
        case .value(let value): "[=\(PathElement.json(value))]"
        case .index(let index): "[\(index)]"
        }
    }
}
