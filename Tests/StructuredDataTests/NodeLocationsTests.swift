// Where nodes stand, asked for by their paths.

import StructuredData
import Testing

@Suite struct NodeLocationsTests {
    private static let manifest = """
        apiVersion: v1
        kind: Pod
        spec:
          containers:
          - name: web
            ports:
            - containerPort: 8080
              protocol: UDP
            - containerPort: 8080
          - name: sidecar
            args: [a,
              b]
          finalizers: ["x/a", "x/b"]
        """

    private static func fields(_ text: String) -> [FieldPath.Element] { text.split(separator: ".").map { .field(String($0)) } }

    private static func key(_ fields: (String, String)...) -> FieldPath.Element {
        .key(fields.map { FieldPath.KeyField(name: $0.0, json: $0.1) })
    }

    static let paths: [([FieldPath.Element], String)] = [
        ([], "m.yaml:1:1"), (fields("kind"), "m.yaml:2:1"), (fields("spec"), "m.yaml:3:1"), (fields("spec.containers"), "m.yaml:4:3"),
        (fields("spec.containers") + [.index(0)], "m.yaml:5:5"), (fields("spec.containers") + [.index(1)], "m.yaml:10:5"),
        (fields("spec.containers") + [key(("name", "\"sidecar\""))], "m.yaml:10:5"),
        (fields("spec.containers") + [key(("name", "\"sidecar\"")), .field("args")], "m.yaml:11:5"),
        (fields("spec.containers") + [key(("name", "\"sidecar\"")), .field("args"), .index(1)], "m.yaml:12:7"),
        (fields("spec.containers") + [.index(0), .field("ports"), key(("containerPort", "8080"), ("protocol", "\"UDP\""))], "m.yaml:7:7"),
        // The manifest leaves the protocol to its default.
        (fields("spec.containers") + [.index(0), .field("ports"), key(("containerPort", "8080"), ("protocol", "\"TCP\""))], "m.yaml:9:7"),
        (fields("spec.finalizers") + [.value("\"x/b\"")], "m.yaml:13:23"),
        // What is not there has its nearest ancestor's place.
        (fields("metadata.name"), "m.yaml:1:1"), (fields("spec.containers") + [.index(2)], "m.yaml:4:3"),
        (fields("spec.containers") + [key(("name", "\"none\"")), .field("image")], "m.yaml:4:3"), (fields("kind.x.y"), "m.yaml:2:1"),
    ]

    @Test(arguments: paths)
    func placesByPath(_ elements: [FieldPath.Element], _ place: String) throws {
        let document = try #require(try YAML.read(Array(Self.manifest.utf8), file: "m.yaml").first)
        #expect(document.locations.location(of: FieldPath(elements), in: document.value)?.description == place)
    }

    @Test func everyNodeOfJSONHasThePlaceThatYAMLGivesIt() throws {
        let text = "{\"a\": [1, {\"é\": 2},\n  \"x\"], \"b\":\n  {\"c\": {}}, \"d\": []}"
        let json = try #require(try YAML.read(Array(text.utf8), file: "a").first)
        let yaml = try #require(try YAML.read(Array(("# no JSON\n" + text).utf8), file: "a").first)
        #expect(json.value == yaml.value)
        let paths: [[FieldPath.Element]] = [
            [], [.field("a")], [.field("a"), .index(0)], [.field("a"), .index(1)], [.field("a"), .index(1), .field("é")],
            [.field("a"), .index(2)], [.field("b")], [.field("b"), .field("c")], [.field("d")],
        ]
        for path in paths {
            let first = try #require(json.locations.location(of: FieldPath(path), in: json.value))
            let second = try #require(yaml.locations.location(of: FieldPath(path), in: yaml.value))
            #expect(first == SourceLocation(file: "a", line: second.line - 1, column: second.column), "\(FieldPath(path))")
        }
    }

    @Test func aliasesStandWhereTheyAreAndTheirInsidesWhereTheyAreWritten() throws {
        let document = try #require(try YAML.read(Array("a: &a\n  x: 1\nb: *a\n".utf8), file: "a").first)
        #expect(document.locations.location(of: FieldPath(fields: "b"), in: document.value)?.description == "a:3:1")
        #expect(document.locations.location(of: FieldPath(fields: "b", "x"), in: document.value)?.description == "a:2:3")
    }

    @Test func documentsKnowTheirFirstNode() throws {
        let documents = try YAML.read(Array("# c\n---\n\na: 1\n---\n{b: 1}\n".utf8), file: "a")
        #expect(documents.map(\.location.description) == ["a:4:1", "a:6:1"])
        #expect(NodeLocations().location(of: FieldPath(), in: .null) == nil)
    }
}
