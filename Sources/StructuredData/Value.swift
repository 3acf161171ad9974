// The tree that YAML and JSON are read into and written from: the one shape in which manifests and live objects travel.

/// A node of a document: what JSON can say, no more.
///
/// Numbers keep what was read: an integer that fits `Int64` is `.int`, one that fits only `UInt64` is `.uint`, all others
/// are `.double`. Strings are compared by their UTF-8 bytes, never by Unicode equivalence, as Kubernetes does it.
package enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case array([Value])
    case object(Object)
}

extension Value: Equatable {
    /// Equal trees, whatever the order of an object's keys. `1` and `1.0` are the same number, as they are on the wire.
    package static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.int(let a), .int(let b)): return a == b
        case (.uint(let a), .uint(let b)): return a == b
        case (.double(let a), .double(let b)): return a == b
        case (.int(let a), .double(let b)), (.double(let b), .int(let a)): return Int64(exactly: b) == a
        case (.int(let a), .uint(let b)), (.uint(let b), .int(let a)): return UInt64(exactly: a) == b
        case (.uint(let a), .double(let b)), (.double(let b), .uint(let a)): return UInt64(exactly: b) == a
        case (.string(let a), .string(let b)): return a.hasSameBytes(as: b)
        case (.array(let a), .array(let b)): return a == b
        case (.object(let a), .object(let b)): return a == b
        default: return false
        }
    }
}

extension Value {
    /// The value under `key` of an object; nil for every other kind of node.
    package subscript(key: String) -> Value? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    /// The element at `index` of an array; nil when out of range or no array.
    package subscript(index: Int) -> Value? {
        if case .array(let array) = self, array.indices.contains(index) { array[index] } else { nil }
    }

    package var string: String? { if case .string(let string) = self { string } else { nil } }
    package var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    package var int: Int64? {
        switch self {
        case .int(let int): int
        case .double(let double): Int64(exactly: double)
        default: nil
        }
    }
    package var array: [Value]? { if case .array(let array) = self { array } else { nil } }
    package var object: Object? { if case .object(let object) = self { object } else { nil } }
    package var isNull: Bool { if case .null = self { true } else { false } }

    /// The node reached by object keys alone; nil as soon as one is missing.
    package func at(_ keys: String...) -> Value? {
        var node = self
        for key in keys {
            guard let next = node[key] else { return nil }
            node = next
        }
        return node
    }

    /// Sets (or with nil removes) the node reached by object keys, making the objects on the way.
    ///
    /// A node on the way that is no object is replaced by one.
    package mutating func set(_ value: Value?, at keys: [String]) {
        guard let first = keys.first else {
            self = value ?? .null
            return
        }
        var object = self.object ?? Object()
        if keys.count == 1 {
            object[first] = value
        } else if value != nil || object[first] != nil {
            var child = object[first] ?? .object(Object())
            child.set(value, at: Array(keys.dropFirst()))
            object[first] = child
        }
        self = .object(object)
    }

    /// What people call this kind of node in an error: `a string`, `a list`, `a map`.
    package var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .uint, .double: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "a map"
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByFloatLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .int(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(floatLiteral value: Double) { self = .double(value) }
    package init(arrayLiteral elements: Value...) { self = .array(elements) }
    /// The keys must differ; of two equal ones the last stands.
    package init(dictionaryLiteral elements: (String, Value)...) {
        var object = Object()
        for (key, value) in elements { object[key] = value }
        self = .object(object)
    }
}

extension String {
    /// Equality by UTF-8 bytes: `é` composed and decomposed are two different strings here.
    package func hasSameBytes(as other: String) -> Bool {
        let left = self.utf8
        let right = other.utf8
        if left.count != right.count { return false }
        let quick = left.withContiguousStorageIfAvailable { a in
            right.withContiguousStorageIfAvailable { b in a.elementsEqual(b) }
        }
        if let answer = quick, let answer { return answer }
        return left.elementsEqual(right)
    }

    /// Order by UTF-8 bytes, which is also the order of Unicode scalars and of Go's strings.
    package func precedesByBytes(_ other: String) -> Bool {
        let quick = utf8.withContiguousStorageIfAvailable { a in
            other.utf8.withContiguousStorageIfAvailable { b in
                let shared = Swift.min(a.count, b.count)
                var index = 0
                while index < shared, a[index] == b[index] { index &+= 1 }
                return index < shared ? a[index] < b[index] : a.count < b.count
            }
        }
        if let answer = quick, let answer { return answer }
        return utf8.lexicographicallyPrecedes(other.utf8)
    }
}

extension Hasher {
    /// Adds a text by its bytes, as ``Swift/String/hasSameBytes(as:)`` compares it, and marks its end.
    package mutating func combine(bytesOf text: String) {
        var text = text
        text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
        combine(0 as UInt8)
    }
}
