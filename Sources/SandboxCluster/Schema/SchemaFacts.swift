// Reads the facts of a real API server (names, types, list keys, defaults) that are built into the program.

import StructuredData

/// A kind as the server serves it.
struct ServedResource: Sendable {
    struct Subresource: Sendable {
        var name: String
        var group: String
        var version: String
        var kind: String
        var verbs: [String]
    }
    var group: String
    var version: String
    var resource: String
    var kind: String
    var singular: String
    var isNamespaced: Bool
    var verbs: [String]
    var shortNames: [String] = []
    var categories: [String] = []
    var subresources: [Subresource] = []
    /// The type of its objects in the schema.
    var shape: ShapeID

    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    func subresource(_ name: String) -> Subresource? { subresources.first { $0.name.hasSameBytes(as: name) } }
    /// `deployments.apps`, or `services`: how the server's messages name a resource.
    var qualifiedResource: String { group.isEmpty ? resource : "\(resource).\(group)" }
    /// `Deployment.apps`, or `Service`.
    var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }
}

/// The built-in kinds with their types, read from the facts' text once.
///
/// The text is written by `belay-dev schema-facts`. Lines by their first word: `server VERSION`; `group NAME`;
/// `version NAME`; `resource PLURAL KIND SINGULAR N|C VERBS TYPE [key=value…]`; `type NAME [a]`, followed by indented
/// lines `FIELD TYPE [flags] [~strategy[:key]] [=default]`.
struct SchemaFacts: Sendable {
    private(set) var serverVersion = ""
    /// In discovery's order: the core group first, in a group the preferred version first.
    private(set) var resources: [ServedResource] = []
    private(set) var schema = Schema()

    static let builtIn = SchemaFacts(text: schemaFactsText)

    init(text: String) {
        var group = ""
        var version = ""
        var current: (id: ShapeID, map: Shape.Map)?
        var resourceLines: [(group: String, version: String, words: [Substring])] = []
        func finish(_ schema: inout Schema) {
            if let open = current { schema.shapes[open.id.index].map = open.map }
            current = nil
        }
        for line in text.split(separator: "\n") {
            if line.first == " " {
                guard let field = readField(line.dropFirst()) else { continue }
                current?.map.append(field)
                continue
            }
            finish(&schema)
            let words = line.split(separator: " ")
            guard let verb = words.first else { continue }
            switch (verb, words.count) {
            case ("server", 2...): serverVersion = String(words[1])
            case ("group", _): group = words.count > 1 ? String(words[1]) : ""
            case ("version", 2...): version = String(words[1])
            case ("resource", 7...): resourceLines.append((group, version, words))
            case ("type", 2...):
                let id = named(String(words[1]))
                current = (id, Shape.Map(isAtomic: words.contains("a")))
            case ("alias", 3...):
                let id = named(String(words[1]))
                let target = readType(words[2])
                var shape = schema[target]
                shape.name = String(words[1])
                schema.shapes[id.index] = shape
            default: break
            }
        }
        finish(&schema)
        resources = resourceLines.map { readResource($0.group, $0.version, $0.words) }
    }

    func resource(group: String, version: String, resource: String) -> ServedResource? {
        resources.first { $0.resource == resource && $0.version == version && $0.group == group }
    }

    private mutating func named(_ name: String) -> ShapeID {
        if let id = schema.named[name] { return id }
        let id = schema.add(Shape(name: name))
        schema.named[name] = id
        return id
    }

    private mutating func readResource(_ group: String, _ version: String, _ words: [Substring]) -> ServedResource {
        var resource = ServedResource(
            group: group, version: version, resource: String(words[1]), kind: String(words[2]), singular: String(words[3]),
            isNamespaced: words[4] == "N", verbs: SchemaFacts.verbs(words[5]), shape: named(String(words[6])))
        for word in words.dropFirst(7) {
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "short": resource.shortNames = parts[1].split(separator: ",").map(String.init)
            case "categories": resource.categories = parts[1].split(separator: ",").map(String.init)
            case "sub":
                let fields = parts[1].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
                guard fields.count == 5 else { continue }
                resource.subresources.append(
                    ServedResource.Subresource(
                        name: fields[0], group: fields[1], version: fields[2], kind: fields[3],
                        verbs: SchemaFacts.verbs(Substring(fields[4]))))
            default: break
            }
        }
        return resource
    }

    private static func verbs(_ text: Substring) -> [String] {
        text == "*"
            ? ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
            : text.split(separator: ",").map(String.init)
    }

    private mutating func readField(_ line: Substring) -> Shape.Field? {
        var defaultValue: Value?
        var text = line
        if let mark = line.firstRange(of: " =") {
            defaultValue = try? JSON.read(Array(line[mark.upperBound...].utf8))
            text = line[..<mark.lowerBound]
        }
        let words = text.split(separator: " ")
        guard words.count >= 2 else { return nil }
        var field = Shape.Field(name: String(words[0]), type: readType(words[1]))
        field.defaultValue = defaultValue
        field.zero = words[1].hasPrefix("@") ? .kept : .omitted
        for word in words.dropFirst(2) {
            if word.hasPrefix("~") {
                let parts = word.dropFirst().split(separator: ":")
                switch parts.first {
                case "merge": field.patchStrategy = .merge
                case "retainKeys": field.patchStrategy = .retainKeys
                case "merge,retainKeys": field.patchStrategy = .mergeRetainKeys
                default: field.patchStrategy = .replace
                }
                if parts.count > 1 { field.patchMergeKey = String(parts[1]) }
            } else {
                for flag in word {
                    switch flag {
                    case "!": field.isRequired = true
                    case "p": field.zero = .kept
                    case "w": field.zero = .written
                    case "v": field.zero = .empty
                    case "o": field.zero = .omittedStruct
                    case "a": field.isAtomicMap = true
                    default: break
                    }
                }
            }
        }
        return field
    }

    private mutating func readType(_ text: Substring) -> ShapeID {
        switch text.first {
        case "@": return named(String(text.dropFirst()))
        case "[":
            guard let end = text.firstIndex(of: "]") else { return schema.deduced }
            let keys = text[text.index(after: text.startIndex)..<end]
            let element = readType(text[text.index(after: end)...])
            let kind: Shape.ListKind =
                switch keys {
                case "": .atomic
                case "=": .set
                default: .map(keys: keys.split(separator: ",").map(String.init))
                }
            return schema.add(Shape(list: Shape.List(element: element, kind: kind)))
        case "{":
            let isAtomic = text.dropFirst().first == "a"
            guard let end = text.firstIndex(of: "}") else { return schema.deduced }
            let element = readType(text[text.index(after: end)...])
            return schema.add(Shape(map: Shape.Map(element: element, isAtomic: isAtomic)))
        default: break
        }
        switch text {
        case "string": return schema.add(Shape(scalar: .string))
        case "int32": return schema.add(Shape(scalar: .numeric, format: .int32))
        case "int64": return schema.add(Shape(scalar: .numeric, format: .int64))
        case "double": return schema.add(Shape(scalar: .numeric, format: .double))
        case "bool": return schema.add(Shape(scalar: .boolean))
        case "bytes": return schema.add(Shape(scalar: .string, format: .bytes))
        case "time": return schema.add(Shape(scalar: .untyped, format: .dateTime))
        case "microtime": return schema.add(Shape(scalar: .untyped, format: .microTime))
        case "quantity": return schema.add(Shape(scalar: .untyped, format: .quantity))
        case "intstr": return schema.add(Shape(scalar: .untyped, format: .intOrString))
        case "raw": return schema.untypedAtomic
        default: return schema.deduced
        }
    }
}
