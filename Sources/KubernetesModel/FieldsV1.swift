// The wire form of a field set: `fieldsV1` of a managedFields entry, read and written as the server does.

package import StructuredData

/// A `fieldsV1` tree that cannot be read: which key, and why.
package struct FieldsV1Error: Error, Sendable, CustomStringConvertible {
    package var message: String
    package var description: String { message }
}

extension FieldSet {
    /// Reads the `fieldsV1` value of a managedFields entry. Unknown prefixes are an error: what is not understood must not be
    /// taken for "owned by nobody". Key fields may come in any order, entries too.
    package init(fieldsV1: Value) throws(FieldsV1Error) {
        guard case .object(let object) = fieldsV1 else {
            throw FieldsV1Error(message: "fieldsV1 is \(fieldsV1.kindName), not a map")
        }
        (self, _) = try FieldSet.read(object)
    }

    /// The `fieldsV1` form, entries in the server's order: `.` first, then as ``FieldSet`` orders them.
    package var fieldsV1: Value { write(isMember: false) }

    private static func read(_ object: Object) throws(FieldsV1Error) -> (children: FieldSet, isMember: Bool) {
        var set = FieldSet()
        var isMember = false
        set.nodes.reserveCapacity(object.count)
        for entry in object.entries {
            guard case .object(let below) = entry.value else {
                throw FieldsV1Error(message: "fieldsV1: \(entry.key) holds \(entry.value.kindName), not a map")
            }
            if entry.key == "." {
                isMember = true
                continue
            }
            let element = try FieldElementText.read(entry.key)
            let (children, belowIsMember) = try read(below)
            set.add(Node(element: element, isMember: belowIsMember, children: children))
        }
        return (set, isMember || set.isEmpty)
    }

    /// Appends where the order allows it (the usual case), else inserts or joins.
    private mutating func add(_ node: Node) {
        guard let last = nodes.last, FieldElementOrder.compare(last.element, node.element) != .before else {
            nodes.append(node)
            return
        }
        let (index, found) = position(of: node.element)
        if found {
            nodes[index].isMember = nodes[index].isMember || node.isMember
            nodes[index].children = nodes[index].children.union(node.children)
        } else {
            nodes.insert(node, at: index)
        }
    }

    private func write(isMember: Bool) -> Value {
        var entries: [Object.Entry] = []
        entries.reserveCapacity(nodes.count + 1)
        if isMember && !nodes.isEmpty { entries.append(Object.Entry(key: ".", value: .object(Object()))) }
        for node in nodes {
            entries.append(Object.Entry(key: FieldElementText.write(node.element), value: node.children.write(isMember: node.isMember)))
        }
        return .object(Object(uniqueEntries: entries))
    }
}

/// One element as text: `f:replicas`, `k:{"name":"web"}`, `v:"finalizer"`, `i:0`.
enum FieldElementText {
    static func read(_ text: String) throws(FieldsV1Error) -> FieldPath.Element {
        var bytes = text.utf8.makeIterator()
        let (prefix, colon) = (bytes.next(), bytes.next())
        if colon == UInt8(ascii: ":") {
            let rest = String(text[text.utf8.index(text.startIndex, offsetBy: 2)...])
            switch prefix {
            case UInt8(ascii: "f"): return .field(rest)
            case UInt8(ascii: "k"): return .key(try readKey(rest))
            case UInt8(ascii: "v"): return .value(try readValue(rest))
            case UInt8(ascii: "i"):
                guard let index = Int(rest), index >= 0 else { throw FieldsV1Error(message: "fieldsV1: \(text) is no list index") }
                return .index(index)
            default: break
            }
        }
        throw FieldsV1Error(message: "fieldsV1: \(text) starts with none of f: k: v: i:")
    }

    static func write(_ element: FieldPath.Element) -> String {
        switch element {
        case .field(let name): "f:" + name
        case .key(let fields): "k:{" + fields.map { "\(quoted($0.name)):\(escapedAsGo($0.json))" }.joined(separator: ",") + "}"
        case .value(let json): "v:" + escapedAsGo(json)
        case .index(let index): "i:\(index)"
        }
    }

    private static func readValue(_ text: String) throws(FieldsV1Error) -> String {
        if isPlainScalar(text.utf8[...]) { return text }
        do { return canonical(try JSON.read(Array(text.utf8))) } catch {
            throw FieldsV1Error(message: "fieldsV1: v:\(text) is no JSON: \(error.message)")
        }
    }

    private static func readKey(_ text: String) throws(FieldsV1Error) -> [FieldPath.KeyField] {
        if let fields = readPlainKey(text) { return fields }
        let value: Value
        do { value = try JSON.read(Array(text.utf8)) } catch {
            throw FieldsV1Error(message: "fieldsV1: k:\(text) is no JSON: \(error.message)")
        }
        guard case .object(let object) = value else { throw FieldsV1Error(message: "fieldsV1: k:\(text) is no map of key fields") }
        return object.sortedByKey().map { FieldPath.KeyField(name: $0.key, json: canonical($0.value)) }
    }

    /// Nearly all keys: compact, plain strings and integers only. nil where the JSON reader has to decide.
    private static func readPlainKey(_ text: String) -> [FieldPath.KeyField]? {
        var rest = text.utf8[...]
        guard rest.popFirst() == UInt8(ascii: "{"), rest.popLast() == UInt8(ascii: "}") else { return nil }
        var fields: [FieldPath.KeyField] = []
        while !rest.isEmpty {
            guard rest.popFirst() == UInt8(ascii: "\""), let end = rest.firstIndex(of: UInt8(ascii: "\"")),
                let name = String(rest[..<end]), !name.utf8.contains(UInt8(ascii: "\\"))
            else { return nil }
            rest = rest[rest.index(after: end)...]
            guard rest.popFirst() == UInt8(ascii: ":") else { return nil }
            var valueEnd = rest.endIndex
            if rest.first == UInt8(ascii: "\"") {
                guard let close = rest.dropFirst().firstIndex(of: UInt8(ascii: "\"")) else { return nil }
                valueEnd = rest.index(after: close)
            } else if let comma = rest.firstIndex(of: UInt8(ascii: ",")) {
                valueEnd = comma
            }
            guard isPlainScalar(rest[..<valueEnd]), let json = String(rest[..<valueEnd]) else { return nil }
            if let last = fields.last, !last.name.precedesByBytes(name) { return nil }
            fields.append(FieldPath.KeyField(name: name, json: json))
            rest = rest[valueEnd...]
            if let comma = rest.popFirst() {
                guard comma == UInt8(ascii: ","), !rest.isEmpty else { return nil }
            }
        }
        return fields
    }

    /// A string without escapes, a short integer, true or false: text that is its own canonical JSON.
    private static func isPlainScalar(_ text: Substring.UTF8View) -> Bool {
        switch text.first {
        case UInt8(ascii: "\""):
            guard text.count >= 2, text.last == UInt8(ascii: "\"") else { return false }
            return text.dropFirst().dropLast().allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        case (UInt8(ascii: "1")...UInt8(ascii: "9"))?:
            return text.count <= 15 && text.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        case UInt8(ascii: "0"): return text.count == 1
        case UInt8(ascii: "t"): return text.elementsEqual("true".utf8)
        case UInt8(ascii: "f"): return text.elementsEqual("false".utf8)
        default: return false
        }
    }

    private static func canonical(_ value: Value) -> String { String(decoding: CanonicalJSON.bytes(of: value), as: UTF8.self) }

    private static func quoted(_ name: String) -> String {
        let plain = name.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        return plain ? "\"\(name)\"" : canonical(.string(name))
    }

    /// The server writes `<`, `>`, `&`, U+2028 and U+2029 in values as `\u…` escapes, and control characters never in their
    /// short forms `\b` and `\f`.
    private static func escapedAsGo(_ json: String) -> String {
        if !json.utf8.starts(with: "\"".utf8), let number = exponentAsGo(json) { return number }
        let suspicious = json.utf8.contains { byte in
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\\"), 0xE2: true
            default: false
            }
        }
        guard suspicious else { return json }
        var text = ""
        var escaping = false
        for scalar in json.unicodeScalars {
            switch (escaping, scalar) {
            case (true, "b"): text.unicodeScalars.append(contentsOf: "u0008".unicodeScalars)
            case (true, "f"): text.unicodeScalars.append(contentsOf: "u000c".unicodeScalars)
            case (false, "<"): text += "\\u003c"
            case (false, ">"): text += "\\u003e"
            case (false, "&"): text += "\\u0026"
            case (false, "\u{2028}"): text += "\\u2028"
            case (false, "\u{2029}"): text += "\\u2029"
            default: text.unicodeScalars.append(scalar)
            }
            escaping = !escaping && scalar == "\\"
        }
        return text
    }

    /// A number's exponent with its sign and at least two digits: `1e-07`.
    private static func exponentAsGo(_ json: String) -> String? {
        let parts = json.split(whereSeparator: { $0 == "e" || $0 == "E" })
        guard parts.count == 2, let exponent = Int(parts[1]) else { return nil }
        return "\(parts[0])e\(exponent < 0 ? "-" : "+")\(exponent.magnitude < 10 ? "0" : "")\(exponent.magnitude)"
    }
}
