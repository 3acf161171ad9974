// JSON patch (RFC 6902) and JSON merge patch (RFC 7386).

import StructuredData

struct JSONPatch {
    private let operations: [Value]

    init(_ body: Value) throws(Failure) {
        guard let operations = body.array else {
            throw .badRequest(
                "error decoding patch: json: cannot unmarshal \(GoText.jsonKind(body)) into Go value of type []handlers.jsonPatchOp")
        }
        if operations.count > 10_000 {
            throw .tooLarge("The allowed maximum operations in a JSON patch is 10000, got \(operations.count)")
        }
        self.operations = operations
    }

    private static func pointer(_ text: String) -> [String]? {
        if text.isEmpty { return [] }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        return text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    /// The server gives no reason; `why` is for who reads this code.
    private static func refused(_ why: String) -> Failure { .rejectedPatch }

    func applied(to document: Value) throws(Failure) -> Value {
        var document = document
        for operation in operations {
            let name = operation["op"]?.string ?? ""
            guard let text = operation["path"]?.string, let path = JSONPatch.pointer(text) else {
                throw JSONPatch.refused("missing or malformed path")
            }
            switch name {
            case "add":
                guard let value = operation["value"] else { throw JSONPatch.refused("add without a value") }
                guard JSONPatch.add(value, at: path[...], in: &document) else {
                    throw JSONPatch.refused("add operation does not apply: doc is missing path: \"\(text)\": missing value")
                }
            case "replace":
                guard let value = operation["value"] else { throw JSONPatch.refused("replace without a value") }
                guard JSONPatch.find(path[...], in: document) != nil, JSONPatch.replace(value, at: path[...], in: &document) else {
                    throw JSONPatch.refused("replace operation does not apply: doc is missing key: \(text): missing value")
                }
            case "remove":
                guard JSONPatch.remove(path[...], in: &document) else {
                    throw JSONPatch.refused("remove operation does not apply: doc is missing key: \(text): missing value")
                }
            case "test":
                let expected = operation["value"] ?? .null
                let actual = JSONPatch.find(path[...], in: document) ?? .null
                guard actual == expected else { throw JSONPatch.refused("testing value \(text) failed: test failed") }
            case "move", "copy":
                guard let fromText = operation["from"]?.string, let from = JSONPatch.pointer(fromText),
                    let value = JSONPatch.find(from[...], in: document)
                else { throw JSONPatch.refused("\(name) operation does not apply: doc is missing from path") }
                if name == "move" { _ = JSONPatch.remove(from[...], in: &document) }
                guard JSONPatch.add(value, at: path[...], in: &document) else {
                    throw JSONPatch.refused("\(name) operation does not apply: doc is missing destination path: \(text)")
                }
            default: throw JSONPatch.refused("Unexpected kind: \(name)")
            }
        }
        return document
    }

    private static func find(_ path: ArraySlice<String>, in node: Value) -> Value? {
        guard let first = path.first else { return node }
        switch node {
        case .object(let object): return object[first].flatMap { find(path.dropFirst(), in: $0) }
        case .array(let items):
            guard let index = Int(first), items.indices.contains(index) else { return nil }
            return find(path.dropFirst(), in: items[index])
        default: return nil
        }
    }

    /// Descends to the parent of the last element and lets `body` change it.
    private static func edit(_ path: ArraySlice<String>, in node: inout Value, _ body: (String, inout Value) -> Bool) -> Bool {
        guard let first = path.first else { return false }
        if path.count == 1 { return body(first, &node) }
        switch node {
        case .object(var object):
            guard var child = object[first], edit(path.dropFirst(), in: &child, body) else { return false }
            object[first] = child
            node = .object(object)
            return true
        case .array(var items):
            guard let index = Int(first), items.indices.contains(index), edit(path.dropFirst(), in: &items[index], body) else {
                return false
            }
            node = .array(items)
            return true
        default: return false
        }
    }

    private static func add(_ value: Value, at path: ArraySlice<String>, in document: inout Value) -> Bool {
        if path.isEmpty {
            document = value
            return true
        }
        return edit(path, in: &document) { key, parent in
            switch parent {
            case .object(var object):
                object[key] = value
                parent = .object(object)
            case .array(var items):
                if key == "-" {
                    items.append(value)
                } else {
                    guard let index = Int(key), index >= 0, index <= items.count else { return false }
                    items.insert(value, at: index)
                }
                parent = .array(items)
            default: return false
            }
            return true
        }
    }

    private static func replace(_ value: Value, at path: ArraySlice<String>, in document: inout Value) -> Bool {
        if path.isEmpty {
            document = value
            return true
        }
        return edit(path, in: &document) { key, parent in
            switch parent {
            case .object(var object):
                object[key] = value
                parent = .object(object)
            case .array(var items):
                guard let index = Int(key), items.indices.contains(index) else { return false }
                items[index] = value
                parent = .array(items)
            default: return false
            }
            return true
        }
    }

    private static func remove(_ path: ArraySlice<String>, in document: inout Value) -> Bool {
        edit(path, in: &document) { key, parent in
            switch parent {
            case .object(var object):
                guard object[key] != nil else { return false }
                object[key] = nil
                parent = .object(object)
            case .array(var items):
                guard let index = Int(key), items.indices.contains(index) else { return false }
                items.remove(at: index)
                parent = .array(items)
            default: return false
            }
            return true
        }
    }
}

enum MergePatch {
    static func merged(_ target: Value?, _ patch: Value) -> Value {
        guard let changes = patch.object else { return patch }
        var result = target?.object ?? Object()
        for entry in changes {
            if entry.value.isNull {
                result[entry.key] = nil
            } else {
                result[entry.key] = merged(result[entry.key], entry.value)
            }
        }
        return .object(result)
    }
}
