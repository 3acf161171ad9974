// Reads an object of a built-in kind as the server's typed decoder does: unknown fields fall out and are noted, values of
// a wrong type are refused, zero values are written or left out as the server's encoder does it.

import StructuredData

/// A value that the server's decoder refuses.
struct DecodingFailure: Error {
    var message: String
}

struct TypedDecoder {
    let schema: Schema
    /// Paths of fields that the kind does not have, as `spec.replica`.
    private(set) var unknownFields: [String] = []

    init(_ schema: Schema) { self.schema = schema }

    /// The object in the server's own form.
    mutating func decode(_ value: Value, kind: String, _ shape: Shape) throws(DecodingFailure) -> Value {
        try decode(value, shape, path: "", root: kind) ?? .object(Object())
    }

    private mutating func decode(_ value: Value, _ shape: Shape, path: String, root: String) throws(DecodingFailure) -> Value? {
        if shape.isDeduced || shape.name == "untyped" { return value }
        if let map = shape.map {
            if value.isNull { return nil }
            guard let object = value.object else {
                throw mismatch(value, shape.name.isEmpty ? "map[string]string" : goName(shape), path, root)
            }
            return try decode(object, map, path: path, root: root)
        }
        if let list = shape.list {
            if value.isNull { return nil }
            let element = schema[list.element]
            guard let items = value.array else { throw mismatch(value, "[]" + goName(element), path, root) }
            var decoded: [Value] = []
            decoded.reserveCapacity(items.count)
            for (index, item) in items.enumerated() {
                decoded.append(try decode(item, element, path: "\(path)[\(index)]", root: root) ?? zero(element))
            }
            return .array(decoded)
        }
        return try decodeScalar(value, shape, path, root)
    }

    private mutating func decode(_ object: Object, _ map: Shape.Map, path: String, root: String) throws(DecodingFailure) -> Value {
        var result = Object()
        for entry in object {
            let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
            if let field = map.field(entry.key) {
                let type = schema[field.type]
                if let decoded = try decode(entry.value, type, path: below, root: root) {
                    result[entry.key] = decoded
                }
            } else if let element = map.element {
                let type = schema[element]
                result[entry.key] = try decode(entry.value, type, path: below, root: root) ?? (type.isNullable ? .null : zero(type))
            } else {
                unknownFields.append(below)
            }
        }
        for field in map.fields { try settle(field, in: &result, path: path, root: root) }
        return .object(result)
    }

    private mutating func settle(
        _ field: Shape.Field, in object: inout Object, path: String, root: String
    ) throws(DecodingFailure) {
        let type = schema[field.type]
        let below = path.isEmpty ? field.name : "\(path).\(field.name)"
        guard let value = object[field.name] else {
            switch field.zero {
            case .written: object[field.name] = zero(type)
            case .empty: object[field.name] = try decode(.object(Object()), type, path: below, root: root)
            case .omitted, .kept, .omittedStruct: break
            }
            return
        }
        switch field.zero {
        case .omitted: if isZero(value, type) { object[field.name] = nil }
        case .omittedStruct: if value.object?.isEmpty == true { object[field.name] = nil }
        case .kept, .written, .empty: break
        }
    }

    private func isZero(_ value: Value, _ shape: Shape) -> Bool {
        switch value {
        case .null: true
        case .bool(let bool): !bool
        case .int(let int): int == 0 && shape.format != .intOrString
        case .uint(let uint): uint == 0
        case .double(let double): double == 0
        case .string(let string): string.isEmpty
        case .array(let items): items.isEmpty
        case .object(let object): object.isEmpty
        }
    }

    /// What the server writes for a value that was not given.
    private func zero(_ shape: Shape) -> Value {
        if shape.map != nil || shape.list != nil { return .null }
        switch (shape.scalar, shape.format) {
        case (_, .quantity): return "0"
        case (_, .intOrString): return 0
        case (_, .dateTime), (_, .microTime): return .null
        case (.string, _): return ""
        case (.boolean, _): return false
        case (.numeric, _): return 0
        default: return .null
        }
    }

    // MARK: Scalars

    private func decodeScalar(_ value: Value, _ shape: Shape, _ path: String, _ root: String) throws(DecodingFailure) -> Value? {
        if value.isNull { return nil }
        switch (shape.scalar, shape.format) {
        case (_, .quantity): return .string(try quantity(value, path, root))
        case (_, .intOrString):
            switch value {
            case .int, .string: return value
            default: throw mismatch(value, "int32", path, root)
            }
        case (_, .dateTime), (_, .microTime):
            guard let text = value.string else { throw mismatch(value, "string", path, root) }
            if text.isEmpty { return nil }
            guard let time = Timestamp(text) else {
                throw DecodingFailure(
                    message: "parsing time \"\(text)\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\(text)\" as \"2006\"")
            }
            return .string(shape.format == .microTime ? time.microText : time.text)
        case (.string, .bytes):
            guard let text = value.string else { throw mismatch(value, "[]uint8", path, root) }
            if let position = Base64.firstIllegalByte(of: text) {
                throw DecodingFailure(message: "illegal base64 data at input byte \(position)")
            }
            return .string(text.filter { $0 != "\n" && $0 != "\r" && $0 != "\r\n" })
        case (.string, _):
            guard case .string = value else { throw mismatch(value, "string", path, root) }
            return value
        case (.boolean, _):
            guard case .bool = value else { throw mismatch(value, "bool", path, root) }
            return value
        case (.numeric, .double):
            switch value {
            case .int, .uint, .double: return value
            default: throw mismatch(value, "float64", path, root)
            }
        case (.numeric, let format):
            let name = format == .int64 ? "int64" : "int32"
            guard case .int(let int) = value else { throw mismatch(value, name, path, root) }
            if format == .int32, Int32(exactly: int) == nil { throw mismatch(value, name, path, root) }
            return value
        default: return value
        }
    }

    private func quantity(_ value: Value, _ path: String, _ root: String) throws(DecodingFailure) -> String {
        let text: String
        switch value {
        case .string(let string): text = string
        case .int, .uint, .double: text = PathElement.json(value)
        default: throw mismatch(value, "string", path, root)
        }
        guard let quantity = Quantity(text) else {
            throw DecodingFailure(
                message: text.isEmpty
                    ? "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
                    : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        }
        return quantity.text
    }

    private func mismatch(_ value: Value, _ type: String, _ path: String, _ root: String) -> DecodingFailure {
        let kind =
            switch value {
            case .string: "string"
            case .bool: "bool"
            case .int, .uint: "number"
            case .double: "number \(PathElement.json(value))"
            case .array: "array"
            case .object: "object"
            case .null: "null"
            }
        var field = ""
        for part in path.split(separator: ".") { field += "." + (part.split(separator: "[").first.map(String.init) ?? "") }
        return DecodingFailure(message: "json: cannot unmarshal \(kind) into Go struct field \(root)\(field) of type \(type)")
    }

    /// `apps.v1.DeploymentSpec` is `v1.DeploymentSpec` to the server.
    private func goName(_ shape: Shape) -> String {
        if shape.name.isEmpty {
            switch (shape.scalar, shape.format) {
            case (.string, _): return "string"
            case (.boolean, _): return "bool"
            case (.numeric, .int64): return "int64"
            case (.numeric, _): return "int32"
            default: return "interface {}"
            }
        }
        return shape.name.split(separator: ".").suffix(2).joined(separator: ".")
    }
}
