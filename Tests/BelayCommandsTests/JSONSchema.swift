// As much of JSON Schema as the files in docs/reference use, to hold our output against them.

import Foundation
import StructuredData

struct JSONSchema {
    private let root: Value

    /// - Parameter name: of a file in docs/reference.
    init(_ name: String) throws {
        root = try JSON.read(Array(Data(contentsOf: repositoryRoot().appendingPathComponent("docs/reference/\(name)"))))
    }

    /// What does not fit, with its place; empty when all does.
    func problems(_ value: Value) -> [String] { problems(value, root, "$") }

    private func problems(_ value: Value, _ schema: Value, _ place: String) -> [String] {
        if let reference = schema["$ref"]?.string {
            guard let target = root["$defs"]?[String(reference.dropFirst("#/$defs/".count))] else {
                return ["\(place): unknown \(reference)"]
            }
            return problems(value, target, place)
        }
        var found: [String] = []
        if let choices = schema["oneOf"]?.array {
            let verdicts = choices.map { problems(value, $0, place) }
            if verdicts.count(where: \.isEmpty) != 1 { found += ["\(place): fits not exactly one"] + (verdicts.first ?? []) }
        }
        if let constant = schema["const"], constant != value { found.append("\(place): is not \(constant)") }
        if let allowed = schema["enum"]?.array, !allowed.contains(value) { found.append("\(place): \(value) is none of \(allowed)") }
        let types = schema["type"]?.array?.compactMap(\.string) ?? schema["type"]?.string.map { [$0] } ?? []
        if !types.isEmpty, !types.contains(where: { isType($0, value) }) { found.append("\(place): is no \(types)") }
        if let minimum = schema["minimum"]?.int, let number = value.int, number < minimum { found.append("\(place): is below \(minimum)") }
        if let items = schema["items"], let elements = value.array {
            for (index, element) in elements.enumerated() { found += problems(element, items, "\(place)[\(index)]") }
        }
        if let object = value.object { found += objectProblems(object, schema, place) }
        return found
    }

    private func objectProblems(_ object: Object, _ schema: Value, _ place: String) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.array?.compactMap(\.string) ?? [] where object[name] == nil {
            found.append("\(place).\(name) is missing")
        }
        for entry in object {
            if let property = schema["properties"]?[entry.key] {
                found += problems(entry.value, property, "\(place).\(entry.key)")
            } else if case .object? = schema["additionalProperties"], let more = schema["additionalProperties"] {
                found += problems(entry.value, more, "\(place).\(entry.key)")
            } else if schema["additionalProperties"]?.bool == false {
                found.append("\(place).\(entry.key) is not in the schema")
            }
        }
        return found
    }

    private func isType(_ type: String, _ value: Value) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .int, .uint: type == "integer" || type == "number"
        case .double: type == "number"
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
