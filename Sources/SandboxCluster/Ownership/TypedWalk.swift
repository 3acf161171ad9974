// Typed views of objects, after structured-merge-diff's rules: which fields an object has, where a value does not fit
// its type, and how an element of a list is named.

import StructuredData

/// What a type is for one value: free-form types are settled by the value.
enum Atom {
    case map(Shape.Map)
    case list(Shape.List)
    case scalar(Shape.Scalar)
}

extension Schema {
    /// nil values take the first of map, scalar, list that the type has.
    func atom(_ shape: Shape, for value: Value?) -> Atom {
        switch value {
        case .int, .uint, .double, .string, .bool: if let scalar = shape.scalar { return .scalar(scalar) }
        case .array: if let list = shape.list { return .list(list) }
        case .object: if let map = shape.map { return .map(map) }
        case .null, nil: break
        }
        if let map = shape.map { return .map(map) }
        if let scalar = shape.scalar { return .scalar(scalar) }
        if let list = shape.list { return .list(list) }
        return .scalar(.untyped)
    }

    /// The type of a field where it is reached through `field` of a map, with an override of that field applied.
    func shape(of field: Shape.Field) -> Shape {
        var shape = self[field.type]
        if field.isAtomicMap { shape.map?.isAtomic = true }
        return shape
    }

    func childShape(_ name: String, of map: Shape.Map) -> Shape? {
        if let field = map.field(name) { return shape(of: field) }
        return map.element.map { self[$0] }
    }

    /// How an element of an associative list is named; nil where it cannot be, with the reason.
    func element(of item: Value, in list: Shape.List) -> Result<PathElement, TypeMismatch> {
        switch list.kind {
        case .atomic: return .failure(TypeMismatch("invalid indexing of non-associative list"))
        case .set:
            switch item {
            case .object: return .failure(TypeMismatch("associative list without keys has an element that's a map type"))
            case .array: return .failure(TypeMismatch("not supported: associative list with lists as elements"))
            case .null: return .failure(TypeMismatch("associative list without keys has an element that's an explicit null"))
            default: return .success(.value(item))
            }
        case .map(let keys):
            if item.isNull { return .failure(TypeMismatch("associative list with keys may not have a null element")) }
            guard let object = item.object else {
                return .failure(TypeMismatch("associative list with keys may not have non-map elements"))
            }
            var fields: [(name: String, value: Value)] = []
            for key in keys {
                if let value = object[key] {
                    fields.append((key, value))
                } else if let value = self[list.element].map?.field(key)?.defaultValue {
                    fields.append((key, value))
                }
            }
            if fields.isEmpty {
                let names = keys.map { "\"\($0)\"" }.joined(separator: " ")
                return .failure(
                    TypeMismatch(
                        "associative list with keys has an element that omits all key fields [\(names)] "
                            + "(and doesn't have default values for any key fields)"))
            }
            return .success(.key(fields.sorted { $0.name.precedesByBytes($1.name) }))
        }
    }
}

/// A value that does not fit its type, at a path in the server's notation.
struct TypeMismatch: Error {
    var path = ""
    var message: String
    init(_ message: String, path: String = "") {
        self.message = message
        self.path = path
    }
    var text: String { path.isEmpty ? message : "\(path): \(message)" }

    static func text(_ all: [TypeMismatch]) -> String {
        if all.count == 1, let only = all.first { return only.text }
        return (["errors:"] + all.map { "  " + $0.text }).joined(separator: "\n")
    }
}

extension Schema {
    /// Every place where `value` does not fit, in the words of the server.
    func mismatches(_ value: Value, _ shape: Shape, allowsDuplicates: Bool, path: String = "") -> [TypeMismatch] {
        switch atom(shape, for: value) {
        case .scalar(let scalar):
            return scalarMismatch(value, scalar).map { [TypeMismatch($0, path: path)] } ?? []
        case .list(let list):
            if value.isNull { return [] }
            guard let items = value.array else { return [TypeMismatch("expected list, got &{\(GoText.value(value))}", path: path)] }
            var found: [TypeMismatch] = []
            var seen: [PathElement] = []
            for (index, item) in items.enumerated() {
                var element = PathElement.index(index)
                if list.kind != .atomic {
                    switch self.element(of: item, in: list) {
                    case .failure(let mismatch):
                        return found + [TypeMismatch("element \(index): \(mismatch.message)", path: path)]
                    case .success(let named): element = named
                    }
                    if seen.contains(element) {
                        if !allowsDuplicates { found.append(TypeMismatch("duplicate entries for key \(element.text)", path: path)) }
                    } else {
                        seen.append(element)
                    }
                }
                found += mismatches(item, self[list.element], allowsDuplicates: allowsDuplicates, path: path + element.text)
            }
            return found
        case .map(let map):
            if value.isNull { return [] }
            guard let object = value.object else { return [TypeMismatch("expected map, got &{\(GoText.value(value))}", path: path)] }
            var found: [TypeMismatch] = []
            for entry in object {
                guard let child = childShape(entry.key, of: map) else {
                    return found + [TypeMismatch("field not declared in schema", path: path + "." + entry.key)]
                }
                found += mismatches(entry.value, child, allowsDuplicates: allowsDuplicates, path: path + "." + entry.key)
            }
            return found
        }
    }

    private func scalarMismatch(_ value: Value, _ scalar: Shape.Scalar) -> String? {
        switch (scalar, value) {
        case (_, .null): nil
        case (.numeric, .int), (.numeric, .uint), (.numeric, .double): nil
        case (.numeric, _): "expected numeric (int or float), got \(GoText.type(value))"
        case (.string, .string): nil
        case (.string, _): "expected string, got &value.valueUnstructured{Value:\(GoText.literal(value))}"
        case (.boolean, .bool): nil
        case (.boolean, _): "expected boolean, got &{\(GoText.value(value))}"
        case (.untyped, .array), (.untyped, .object): "expected any scalar, got &{\(GoText.value(value))}"
        case (.untyped, _): nil
        }
    }

    /// The fields that an object which is applied claims.
    func fields(of value: Value, _ shape: Shape) -> OwnedFields { claim(value, shape).below }

    /// A node's own membership and what is below it.
    private func claim(_ value: Value, _ shape: Shape) -> (isMember: Bool, below: OwnedFields) {
        var below = OwnedFields()
        switch atom(shape, for: value) {
        case .scalar: return (true, below)
        case .list(let list):
            if list.kind == .atomic { return (true, below) }
            var seen: [(element: PathElement, count: Int)] = []
            let named = (value.array ?? []).compactMap { item in
                (try? element(of: item, in: list).get()).map { (element: $0, item: item) }
            }
            for (element, _) in named {
                if let index = seen.firstIndex(where: { $0.element == element }) {
                    seen[index].count += 1
                } else {
                    seen.append((element, 1))
                }
            }
            for (element, item) in named {
                let isUnique = seen.first { $0.element == element }?.count == 1
                below.insert(element, isMember: true, below: isUnique ? claim(item, self[list.element]).below : OwnedFields())
            }
            return (false, below)
        case .map(let map):
            if map.isAtomic { return (true, below) }
            for entry in value.object ?? Object() {
                let child = childShape(entry.key, of: map) ?? self[deduced]
                let claimed = claim(entry.value, child)
                let isEmpty = entry.value.isNull || entry.value.object?.isEmpty == true
                below.insert(
                    .field(entry.key), isMember: claimed.isMember || isEmpty || map.field(entry.key) == nil, below: claimed.below)
            }
            return (false, below)
        }
    }

    /// Adds the parents that are named fields of a struct as members of their own.
    func withNamedParents(_ set: OwnedFields, _ shape: Shape) -> OwnedFields {
        var result = OwnedFields()
        for entry in set.entries {
            var isMember = entry.isMember
            var child = self[deduced]
            switch entry.element {
            case .field(let name):
                if let map = shape.map {
                    if map.field(name) != nil, !entry.below.isEmpty { isMember = true }
                    child = childShape(name, of: map) ?? Shape()
                } else {
                    child = Shape()
                }
            case .key: child = shape.list.map { self[$0.element] } ?? Shape()
            case .value, .index: child = Shape()
            }
            result.insert(entry.element, isMember: isMember, below: withNamedParents(entry.below, child))
        }
        return result
    }
}

/// Values as the server's language prints them in messages.
enum GoText {
    /// What its JSON decoder calls a value.
    static func jsonKind(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool: "bool"
        case .int, .uint, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    static func type(_ value: Value) -> String {
        switch value {
        case .null: "<nil>"
        case .bool: "bool"
        case .int, .uint: "int64"
        case .double: "float64"
        case .string: "string"
        case .array: "[]interface {}"
        case .object: "map[string]interface {}"
        }
    }

    /// A decoding error in the words of the converter that server-side apply goes through.
    static func unstructuredConversion(_ message: String) -> String {
        if message.hasPrefix("json: cannot unmarshal number "), message.hasSuffix(" of type int32") || message.hasSuffix(" of type int64") {
            let type = message.hasSuffix("int64") ? "int64" : "int32"
            return "cannot convert float64 to \(type)"
        }
        return message.hasPrefix("illegal base64") ? "error decoding from json: " + message : message
    }

    /// `%v`
    static func value(_ value: Value) -> String {
        switch value {
        case .array(let items): "[" + items.map(Self.value).joined(separator: " ") + "]"
        case .object(let object):
            "map[" + object.sortedByKey().map { "\($0.key):\(Self.value($0.value))" }.joined(separator: " ") + "]"
        case .string(let string): string
        case .null: "<nil>"
        default: PathElement.json(value)
        }
    }

    /// `%#v`
    static func literal(_ value: Value) -> String {
        switch value {
        case .null: "interface {}(nil)"
        case .array(let items): "[]interface {}{" + items.map(literal).joined(separator: ", ") + "}"
        case .object(let object):
            "map[string]interface {}{" + object.sortedByKey().map { "\"\($0.key)\":\(literal($0.value))" }.joined(separator: ", ") + "}"
        default: PathElement.json(value)
        }
    }
}
