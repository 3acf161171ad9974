// OpenAPI v3 validation of custom objects, in the server's words.

import StructuredData

enum SchemaValidation {
    static func causes(_ value: Value, _ node: Value, path: String, isResource: Bool = false) -> [FailureCause] {
        var causes: [FailureCause] = []
        if value.isNull {
            if node["nullable"]?.bool == true || node["type"] == nil { return [] }
            return [typeCause(value, node["type"]?.string ?? "", path)]
        }
        if node["x-kubernetes-int-or-string"]?.bool == true {
            switch value {
            case .int, .string: break
            default: return [typeCause(value, "integer,string", path)]
            }
        } else if let type = node["type"]?.string, !fits(value, type) {
            return [typeCause(value, type, path)]
        }
        if let allowed = node["enum"]?.array, !allowed.contains(value) {
            causes.append(.notSupported(path, value, allowed.map { $0.string ?? PathElement.json($0) }))
        }
        switch value {
        case .string(let text):
            // Of several reasons the server gives the first.
            causes += string(text, node, path).prefix(1)
        case .int, .uint, .double: causes += number(value, node, path)
        case .array(let items): causes += array(items, node, path)
        case .object(let object): causes += map(object, node, path, isResource)
        default: break
        }
        for (keyword, isAll) in [("allOf", true), ("anyOf", false), ("oneOf", false)] {
            guard let branches = node[keyword]?.array, !branches.isEmpty, node["x-kubernetes-int-or-string"]?.bool != true else { continue }
            let passed = branches.filter { Self.causes(value, $0, path: path).isEmpty }.count
            let isFine = isAll ? passed == branches.count : keyword == "anyOf" ? passed > 0 : passed == 1
            if !isFine {
                causes.append(
                    .invalid(
                        path, value,
                        "\(display(path)) must validate \(isAll ? "all the schemas (allOf)" : keyword == "anyOf" ? "at least one schema (anyOf)" : "one and only one schema (oneOf)")"
                    ))
            }
        }
        if let negated = node["not"], Self.causes(value, negated, path: path).isEmpty {
            causes.append(.invalid(path, value, "\(display(path)) must not validate the schema (not)"))
        }
        return causes
    }

    private static func display(_ path: String) -> String { path.isEmpty ? "<nil>" : path }

    private static func typeName(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .int, .uint: "integer"
        case .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private static func typeCause(_ value: Value, _ type: String, _ path: String) -> FailureCause {
        .typeInvalid(path, .string(typeName(value)), "\(display(path)) in body must be of type \(type): \"\(typeName(value))\"")
    }

    private static func fits(_ value: Value, _ type: String) -> Bool {
        switch (type, value) {
        case ("object", .object), ("array", .array), ("string", .string), ("boolean", .bool), ("number", .int), ("number", .uint),
            ("number", .double), ("integer", .int), ("integer", .uint):
            true
        case ("integer", .double(let double)): double == double.rounded()
        default: false
        }
    }

    private static func string(_ text: String, _ node: Value, _ path: String) -> [FailureCause] {
        var causes: [FailureCause] = []
        let length = Int64(text.unicodeScalars.count)
        if let maximum = node["maxLength"]?.int, length > maximum {
            causes.append(
                FailureCause(
                    reason: "FieldValueTooLong", message: "Too long: may not be more than \(maximum) bytes", field: path))
        }
        if let minimum = node["minLength"]?.int, length < minimum {
            causes.append(
                .invalid(path, .string(text), "\(display(path)) in body should be at least \(minimum) chars long"))
        }
        if let pattern = node["pattern"]?.string, let regex = try? Regex(pattern), text.firstMatch(of: regex) == nil {
            causes.append(.invalid(path, .string(text), "\(display(path)) in body should match '\(pattern)'"))
        }
        if node["format"]?.string == "date-time", Timestamp(text) == nil {
            causes.append(.typeInvalid(path, .string(text), "\(display(path)) in body must be of type date-time: \"\(text)\""))
        }
        return causes
    }

    private static func number(_ value: Value, _ node: Value, _ path: String) -> [FailureCause] {
        var causes: [FailureCause] = []
        func double(_ value: Value?) -> Double? {
            switch value {
            case .int(let int)?: Double(int)
            case .uint(let uint)?: Double(uint)
            case .double(let double)?: double
            default: nil
            }
        }
        guard let number = double(value) else { return [] }
        if let minimum = double(node["minimum"]) {
            let isExclusive = node["exclusiveMinimum"]?.bool == true
            if number < minimum || isExclusive && number == minimum {
                causes.append(
                    .invalid(
                        path, value,
                        "\(display(path)) in body should be greater than \(isExclusive ? "" : "or equal to ")\(PathElement.json(node["minimum"] ?? 0))"
                    ))
            }
        }
        if let maximum = double(node["maximum"]) {
            let isExclusive = node["exclusiveMaximum"]?.bool == true
            if number > maximum || isExclusive && number == maximum {
                causes.append(
                    .invalid(
                        path, value,
                        "\(display(path)) in body should be less than \(isExclusive ? "" : "or equal to ")\(PathElement.json(node["maximum"] ?? 0))"
                    ))
            }
        }
        if let multiple = double(node["multipleOf"]), multiple > 0, (number / multiple) != (number / multiple).rounded() {
            causes.append(
                .invalid(path, value, "\(display(path)) in body should be a multiple of \(PathElement.json(node["multipleOf"] ?? 0))"))
        }
        return causes
    }

    private static func array(_ items: [Value], _ node: Value, _ path: String) -> [FailureCause] {
        var causes: [FailureCause] = []
        if let maximum = node["maxItems"]?.int, Int64(items.count) > maximum {
            causes.append(
                FailureCause(
                    reason: "FieldValueTooMany", message: "Too many: \(items.count): must have at most \(maximum) items", field: path))
        }
        if let minimum = node["minItems"]?.int, Int64(items.count) < minimum {
            causes.append(.invalid(path, .int(Int64(items.count)), "\(display(path)) in body should have at least \(minimum) items"))
        }
        if node["uniqueItems"]?.bool == true || node["x-kubernetes-list-type"]?.string == "set" {
            for (index, item) in items.enumerated() where items[..<index].contains(item) {
                causes.append(.duplicate("\(path)[\(index)]", item))
            }
        }
        if node["x-kubernetes-list-type"]?.string == "map" {
            let keys = (node["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string)
            var seen: [Value] = []
            for (index, item) in items.enumerated() {
                var key = Object()
                for name in keys { key[name] = item[name] }
                if seen.contains(.object(key)) {
                    causes.append(.duplicate("\(path)[\(index)]", .object(key)))
                } else {
                    seen.append(.object(key))
                }
            }
        }
        if let element = node["items"] {
            for (index, item) in items.enumerated() {
                causes += Self.causes(
                    item, element, path: "\(path)[\(index)]", isResource: element["x-kubernetes-embedded-resource"]?.bool == true)
            }
        }
        return causes
    }

    private static func map(_ object: Object, _ node: Value, _ path: String, _ isResource: Bool) -> [FailureCause] {
        var causes: [FailureCause] = []
        for required in (node["required"]?.array ?? []).compactMap(\.string) where object[required] == nil {
            causes.append(.required(path.isEmpty ? required : "\(path).\(required)"))
        }
        if let maximum = node["maxProperties"]?.int, Int64(object.count) > maximum {
            causes.append(
                FailureCause(
                    reason: "FieldValueTooMany", message: "Too many: \(object.count): must have at most \(maximum) items", field: path))
        }
        if let minimum = node["minProperties"]?.int, Int64(object.count) < minimum {
            causes.append(.invalid(path, .int(Int64(object.count)), "\(display(path)) in body should have at least \(minimum) properties"))
        }
        for entry in object {
            if isResource, ["apiVersion", "kind", "metadata"].contains(entry.key) { continue }
            let below = path.isEmpty ? entry.key : "\(path).\(entry.key)"
            if let property = node["properties"]?[entry.key] {
                causes += Self.causes(
                    entry.value, property, path: below, isResource: property["x-kubernetes-embedded-resource"]?.bool == true)
            } else if let additional = node["additionalProperties"], additional.object != nil {
                causes += Self.causes(entry.value, additional, path: below)
            }
        }
        return causes
    }
}
