// Nodes of an OpenAPI v3 schema as CustomResourceDefinitions take them, built from a few words.

import StructuredData

/// A rule in CEL, and what a person is told who breaks it: to be read after the field's path, as the API server prints it.
struct SchemaRule {
    var expression: String
    var message: String
    /// Whether the API server must not repeat the value, which may carry a password.
    var withholdsValue = false

    init(_ expression: String, _ message: String) {
        self.expression = expression
        self.message = message
    }

    var value: Value {
        var rule: Object = ["rule": .string(expression), "message": .string(message)]
        if withholdsValue { rule["reason"] = "FieldValueForbidden" }
        return .object(rule)
    }
}

/// One node.
struct Schema {
    private(set) var object: Object

    var value: Value { .object(object) }

    private init(_ type: String, _ description: String?) {
        object = ["type": .string(type)]
        object["description"] = description.map { .string($0) }
    }

    /// Text of `minimum` (1) to `maximum` characters.
    static func text(
        _ description: String, _ maximum: Int, minimum: Int = 1, pattern: String? = nil, format: String? = nil, rules: [SchemaRule] = []
    ) -> Schema {
        var schema = Schema("string", description)
        if minimum > 0 { schema.object["minLength"] = .int(Int64(minimum)) }
        schema.object["maxLength"] = .int(Int64(maximum))
        schema.object["pattern"] = pattern.map { .string($0) }
        schema.object["format"] = format.map { .string($0) }
        return schema.checked(by: rules)
    }

    /// Exactly one of some words.
    static func choice(_ description: String, _ words: [String], default fallback: String? = nil) -> Schema {
        var schema = Schema("string", description)
        schema.object["enum"] = .array(words.map { .string($0) })
        schema.object["default"] = fallback.map { .string($0) }
        return schema
    }

    /// The words of an enumeration of the model.
    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ description: String, _ type: Choice.Type, default fallback: Choice
    ) -> Schema where Choice.RawValue == String {
        choice(description, Choice.allCases.map(\.rawValue), default: fallback.rawValue)
    }

    static func boolean(_ description: String, default fallback: Bool? = nil) -> Schema {
        var schema = Schema("boolean", description)
        schema.object["default"] = fallback.map { .bool($0) }
        return schema
    }

    static func integer(_ description: String, in range: ClosedRange<Int>? = nil, default fallback: Int? = nil) -> Schema {
        var schema = Schema("integer", description)
        schema.object["format"] = "int64"
        if let range {
            schema.object["minimum"] = .int(Int64(range.lowerBound))
            schema.object["maximum"] = .int(Int64(range.upperBound))
        }
        schema.object["default"] = fallback.map { .int(Int64($0)) }
        return schema
    }

    /// - Parameter keys: the fields that tell the elements of a list of maps apart; without them the list has one owner as a whole.
    static func list(
        _ description: String, of element: Schema, _ maximum: Int, minimum: Int = 0, keys: [String] = [], rules: [SchemaRule] = []
    ) -> Schema {
        var schema = Schema("array", description)
        if minimum > 0 { schema.object["minItems"] = .int(Int64(minimum)) }
        schema.object["maxItems"] = .int(Int64(maximum))
        schema.object["items"] = element.value
        schema.object["x-kubernetes-list-type"] = keys.isEmpty ? "atomic" : "map"
        if !keys.isEmpty { schema.object["x-kubernetes-list-map-keys"] = .array(keys.map { .string($0) }) }
        return schema.checked(by: rules)
    }

    /// - Parameter isFilled: whether the map is there, with its fields' defaults, also where nobody wrote it.
    static func map(
        _ description: String, _ properties: KeyValuePairs<String, Schema>, required: [String] = [], isFilled: Bool = false,
        rules: [SchemaRule] = []
    ) -> Schema {
        var schema = Schema("object", description)
        if !required.isEmpty { schema.object["required"] = .array(required.map { .string($0) }) }
        var fields = Object()
        for (name, property) in properties { fields[name] = property.value }
        schema.object["properties"] = .object(fields)
        if isFilled { schema.object["default"] = .object(Object()) }
        return schema.checked(by: rules)
    }

    /// Texts by name, at most `maximum`.
    static func texts(_ description: String, _ text: Schema, _ maximum: Int, rules: [SchemaRule] = []) -> Schema {
        var schema = Schema("object", description)
        schema.object["maxProperties"] = .int(Int64(maximum))
        schema.object["additionalProperties"] = text.value
        return schema.checked(by: rules)
    }

    /// What the API server knows itself.
    static func untyped(_ type: String, _ description: String? = nil) -> Schema { Schema(type, description) }

    func defaulting(to value: Value) -> Schema {
        var schema = self
        schema.object["default"] = value
        return schema
    }

    private func checked(by rules: [SchemaRule]) -> Schema {
        var schema = self
        if !rules.isEmpty { schema.object["x-kubernetes-validations"] = .array(rules.map(\.value)) }
        return schema
    }
}
