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

    /// Where in an object the decoder is: for unknown fields with the keys of maps and the indices of lists, for values of
    /// a wrong type with the names of fields only.
    private struct Place {
        /// The innermost struct.
        var root: String
        var full = ""
        var fields = ""

        func field(_ name: String) -> Place {
            Place(root: root, full: full.isEmpty ? name : "\(full).\(name)", fields: "\(fields).\(name)")
        }
        func key(_ name: String) -> Place { Place(root: root, full: full.isEmpty ? name : "\(full).\(name)", fields: fields) }
        func item(_ index: Int) -> Place { Place(root: root, full: "\(full)[\(index)]", fields: fields) }
    }

    /// The object in the server's own form.
    mutating func decode(_ value: Value, kind: String, _ shape: Shape) throws(DecodingFailure) -> Value {
        try decode(value, shape, Place(root: kind)) ?? .object(Object())
    }

    private mutating func decode(_ value: Value, _ shape: Shape, _ place: Place) throws(DecodingFailure) -> Value? {
        if shape.isDeduced { return value }
        if let map = shape.map {
            if value.isNull { return nil }
            guard let object = value.object else { throw mismatch(value, goName(shape), place) }
            var place = place
            if !map.fields.isEmpty, let name = shape.name.split(separator: ".").last { place.root = String(name) }
            return try decode(object, map, place)
        }
        if let list = shape.list {
            if value.isNull { return nil }
            let element = schema[list.element]
            guard let items = value.array else { throw mismatch(value, goName(shape), place) }
            var decoded: [Value] = []
            decoded.reserveCapacity(items.count)
            for (index, item) in items.enumerated() {
                decoded.append(try decodeOrNothing(item, element, place.item(index)))
            }
            return .array(decoded)
        }
        return try decodeScalar(value, shape, place)
    }

    private mutating func decode(_ object: Object, _ map: Shape.Map, _ place: Place) throws(DecodingFailure) -> Value {
        var result: [Object.Entry] = []
        result.reserveCapacity(object.count)
        for entry in object {
            if let field = map.field(entry.key) {
                if let decoded = try decode(entry.value, schema[field.type], place.field(entry.key)), !isLeftOut(decoded, field) {
                    result.append(Object.Entry(key: entry.key, value: decoded))
                }
            } else if let element = map.element {
                let type = schema[element]
                let decoded = try decodeOrNothing(entry.value, type, place.key(entry.key))
                result.append(Object.Entry(key: entry.key, value: decoded))
            } else {
                unknownFields.append(place.key(entry.key).full)
            }
        }
        for field in map.fields where field.zero == .written || field.zero == .empty {
            if result.contains(where: { $0.key.hasSameBytes(as: field.name) }) { continue }
            let type = schema[field.type]
            if field.zero == .written {
                result.append(Object.Entry(key: field.name, value: zero(type)))
            } else if let empty = try decode(.object(Object()), type, place.field(field.name)) {
                result.append(Object.Entry(key: field.name, value: empty))
            }
        }
        return .object(Object(uniqueEntries: result))
    }

    private func isLeftOut(_ value: Value, _ field: Shape.Field) -> Bool {
        switch field.zero {
        case .omitted: isZero(value, schema[field.type])
        case .omittedStruct: value.object?.isEmpty == true
        case .kept, .written, .empty: false
        }
    }

    /// An element of a list or a map, where an explicit null becomes the zero value.
    private mutating func decodeOrNothing(_ value: Value, _ shape: Shape, _ place: Place) throws(DecodingFailure) -> Value {
        if let decoded = try decode(value, shape, place) { return decoded }
        if let map = shape.map, !map.fields.isEmpty { return try decode(Object(), map, place) }
        return zero(shape)
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

    private func decodeScalar(_ value: Value, _ shape: Shape, _ place: Place) throws(DecodingFailure) -> Value? {
        if value.isNull { return nil }
        switch (shape.scalar, shape.format) {
        case (_, .quantity): return .string(try quantity(value, place))
        case (_, .intOrString):
            switch value {
            case .int, .string: return value
            default: throw mismatch(value, "int32", place)
            }
        case (_, .dateTime), (_, .microTime):
            guard let text = value.string else { throw mismatch(value, "string", place) }
            if text.isEmpty { return nil }
            if shape.format == .microTime, let rest = Timestamp.wrongMicros(text) {
                throw DecodingFailure(
                    message: "parsing time \"\(text)\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"\(rest)\" as \".000000\"")
            }
            guard let time = Timestamp(text) else {
                throw DecodingFailure(
                    message: "parsing time \"\(text)\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\(text)\" as \"2006\"")
            }
            return .string(shape.format == .microTime ? time.microText : time.text)
        case (.string, .bytes):
            guard let text = value.string else { throw mismatch(value, "[]uint8", place) }
            if let position = Base64.firstIllegalByte(of: text) {
                throw DecodingFailure(message: "illegal base64 data at input byte \(position)")
            }
            return .string(text.filter { $0 != "\n" && $0 != "\r" && $0 != "\r\n" })
        case (.string, _):
            guard case .string = value else { throw mismatch(value, "string", place) }
            return value
        case (.boolean, _):
            guard case .bool = value else { throw mismatch(value, "bool", place) }
            return value
        case (.numeric, .double):
            switch value {
            case .int, .uint, .double: return value
            default: throw mismatch(value, "float64", place)
            }
        case (.numeric, let format):
            let name = format == .int64 ? "int64" : "int32"
            guard case .int(let int) = value else { throw mismatch(value, name, place) }
            if format == .int32, Int32(exactly: int) == nil { throw mismatch(value, name, place) }
            return value
        default: return value
        }
    }

    private func quantity(_ value: Value, _ place: Place) throws(DecodingFailure) -> String {
        let text: String
        switch value {
        case .string(let string): text = string
        case .int, .uint, .double: text = PathElement.json(value)
        default: throw mismatch(value, "string", place)
        }
        guard let quantity = Quantity(text) else {
            throw DecodingFailure(
                message: text.isEmpty
                    ? "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
                    : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
        }
        return quantity.text
    }

    private func mismatch(_ value: Value, _ type: String, _ place: Place) -> DecodingFailure {
        let kind: String =
            switch value {
            case .double: "number \(PathElement.json(value))"
            default: GoText.jsonKind(value)
            }
        return DecodingFailure(message: "json: cannot unmarshal \(kind) into Go struct field \(place.root)\(place.fields) of type \(type)")
    }

    /// `apps.v1.DeploymentSpec` is `v1.DeploymentSpec` to the server.
    private func goName(_ shape: Shape) -> String {
        if !shape.name.isEmpty, shape.map != nil { return shape.name.split(separator: ".").suffix(2).joined(separator: ".") }
        if let list = shape.list { return "[]" + goName(schema[list.element]) }
        if let map = shape.map { return "map[string]" + (map.element.map { goName(schema[$0]) } ?? "interface {}") }
        switch (shape.scalar, shape.format) {
        case (.string, .bytes): return "[]uint8"
        case (.string, _): return "string"
        case (.boolean, _): return "bool"
        case (.numeric, .int64): return "int64"
        case (.numeric, .double): return "float64"
        case (.numeric, _): return "int32"
        default: return "interface {}"
        }
    }
}
