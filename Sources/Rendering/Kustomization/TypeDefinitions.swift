// The files of `crds`: OpenAPI definitions of custom kinds, whose marks say which fields are labels, annotations and names of others.

import StructuredData

/// One file. It holds definitions by their Go name: `github.com/example/pkg.Bee: {Schema: {properties: …}}`.
///
/// Source: kustomize's `loadconfigfromcrds.go`.
struct TypeDefinitions {
    private let schemas: [(name: String, properties: Map)]
    /// The fields of each by its name, for those that refer to it.
    private let properties: [String: Map]
    private let place: SourceLocation

    /// How deep definitions may refer to each other.
    private static let maximumDepth = 64
    /// How many fields one file may come to: where types refer twice to a next one, every level doubles them.
    private static let maximumFields = 20_000

    /// - Parameter documents: of the file.
    init(_ documents: [Node], at place: SourceLocation) throws(BuildProblem) {
        self.place = place
        var schemas: [(name: String, properties: Map)] = []
        for document in documents.prefix(1) {
            guard let definitions = document.map else {
                throw BuildProblem("this is \(document.kindName), and must be a map of definitions", at: document.place)
            }
            for entry in definitions.entries {
                guard let definition = entry.value.map else {
                    let advice = entry.key == "apiVersion" ? "; a CustomResourceDefinition is named under resources" : ""
                    throw BuildProblem(
                        "\(quotedForPeople(entry.key)) is \(entry.value.kindName), and crds name files of OpenAPI definitions\(advice)",
                        at: entry.value.place)
                }
                let schema = definition.entries.first { $0.key.lowercased() == "schema" }?.value
                schemas.append((entry.key, schema?["properties"]?.map ?? Map()))
            }
        }
        self.schemas = schemas
        properties = Dictionary(schemas.map { ($0.name, $0.properties) }) { first, _ in first }
    }

    /// - Throws: ``BuildProblem`` where two marks contradict each other, or definitions refer to each other without end.
    func fields() throws(BuildProblem) -> FieldConfiguration {
        var fields = FieldConfiguration()
        fields.place = place
        var left = TypeDefinitions.maximumFields
        for schema in schemas where ["kind", "apiVersion", "metadata"].allSatisfy({ schema.properties[$0] != nil }) {
            let kind = schema.name.split(separator: ".", omittingEmptySubsequences: false).last.map(String.init) ?? ""
            var found = FieldConfiguration()
            found.place = place
            var names = FieldConfiguration()
            names.place = place
            try collect(schema.properties, kind, [], into: &found, &names.nameReferences, &left)
            try found.merge(names)
            try fields.merge(found)
        }
        return fields
    }

    private func collect(
        _ properties: Map, _ kind: String, _ path: [String], into fields: inout FieldConfiguration, _ names: inout [NameReference],
        _ left: inout Int
    ) throws(BuildProblem) {
        guard path.count < TypeDefinitions.maximumDepth else {
            throw BuildProblem("the definitions refer to each other without end, at \(path.prefix(8).joined(separator: "/"))", at: place)
        }
        for property in properties.entries {
            left -= 1
            guard left >= 0 else {
                throw BuildProblem(
                    "the definitions come to more than \(TypeDefinitions.maximumFields) fields, with those of types that they refer to again "
                        + "and again; leave out what has no marks", at: place)
            }
            let way = path + [property.key]
            func mark(_ name: String) -> String? { property.value["x-kubernetes-" + name]?.string }
            func spec(_ way: [String]) -> FieldSpec { FieldSpec(way.joined(separator: "/"), kind: kind) }
            if mark("annotation") != nil { try FieldSpec.merge([spec(way)], into: &fields.commonAnnotations, at: place) }
            if mark("label-selector") != nil { try FieldSpec.merge([spec(way)], into: &fields.commonLabels, at: place) }
            if mark("identity") != nil { try FieldSpec.merge([spec(way)], into: &fields.namePrefix, at: place) }
            if let version = mark("object-ref-api-version"), let target = mark("object-ref-kind") {
                names.append(
                    NameReference(version: version, kind: target, fields: [spec(way + [mark("object-ref-name-key") ?? "name"])]))
            }
            if let reference = property.value["$ref"]?.string, let target = self.properties[reference] {
                try collect(target, kind, way, into: &fields, &names, &left)
            }
        }
    }
}
