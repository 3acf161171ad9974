// Reading YAML documents: structure, anchors, merges, several documents, line ends, JSON input.

import StructuredData
import Testing

@Suite struct YAMLReaderTests {
    static func read(_ text: String, limits: YAMLLimits = YAMLLimits()) throws -> [Value] {
        try YAML.read(Array(text.utf8), file: "a.yaml", limits: limits).map(\.value)
    }

    @Test func readsDocumentsAndLeavesOutEmptyOnes() throws {
        let values = try Self.read(
            "---\n# nothing\n---\na: 1\nb: [x, {c: ~}]\n---\n---\nnull\n---\n~\n--- {d: yes}\n...\n"
                + "---\ne: |\n  one\n  two\n--- # last\nf: 1\n...\n"
        )
        #expect(values == [["a": 1, "b": ["x", ["c": .null]]], ["d": true], ["e": "one\ntwo\n"], ["f": 1]])
    }

    /// Files put one behind the other, each with its mark; and `---#comment`, which kubectl takes for a separator.
    @Test func separatorsAsKubectlTakesThem() throws {
        #expect(try Self.read("\u{FEFF}a: 1\n---\n\u{FEFF}b: 2\n--- # x\r\n\u{FEFF}{\"c\":3}\r\n") == [["a": 1], ["b": 2], ["c": 3]])
        #expect(try Self.read("---# first\na: 1\n---#\nb: |\n  ---#x\n---#c") == [["a": 1], ["b": "---#x\n"]])
        #expect(try Self.read("{\"a\":1}\n---#x\n{\"b\":2}\n") == [["a": 1], ["b": 2]])
        #expect(throws: YAMLError.self) { try Self.read("a: 1\n\u{FEFF}b: 2\n") }
    }

    @Test(arguments: ["", "\n", "# only a comment\n", "---\n", "---\n---\n...\n", "\u{FEFF}", "\u{FEFF}# x\n", "   \n\n"])
    func emptyTextsHaveNoDocuments(_ text: String) throws {
        #expect(try Self.read(text).isEmpty)
    }

    @Test func directivesAndMarkersAreTaken() throws {
        #expect(try Self.read("%YAML 1.1\n---\na: 1\n") == [["a": 1]])
        #expect(try Self.read("%YAML 1.2\n%TAG !e! tag:example.com,2000:\n---\na: !e!x 1\n") == [["a": "1"]])
        #expect(try Self.read("a: x---y\nb: |\n  ---\n  z\n") == [["a": "x---y", "b": "---\nz\n"]])
    }

    @Test func scalarsOfAllStyles() throws {
        let value = try Self.read(
            """
            folded: >
              one
              two

              three
            stripped: |-
              x
            kept: |+
              y

            indented: |2
                z
              w
            single: 'it''s
              folded'
            double: "\\t\\u00e9\\U0001F600\\x41\\e\\0 \\
              joined"
            plain: several
              lines # comment
            colon: http://x:80/y#z
            "quoted key" : v
            ? complex
            : w
            """)[0]
        #expect(value["folded"] == "one two\nthree\n")
        #expect(value["stripped"] == "x")
        #expect(value["kept"] == "y\n\n")
        #expect(value["indented"] == "  z\nw\n")
        #expect(value["single"] == "it's folded")
        #expect(value["double"] == "\té😀A\u{1B}\0 joined")
        #expect(value["plain"] == "several lines")
        #expect(value["colon"] == "http://x:80/y#z")
        #expect(value["quoted key"] == "v")
        #expect(value["complex"] == "w")
    }

    @Test func lineEndsOfAllSystems() throws {
        let expected: [Value] = [["a": "one\ntwo\n", "b": ["x"]], ["c": 1]]
        let text = "a: |\n  one\n  two\nb:\n- x\n---\nc: 1\n"
        for end in ["\n", "\r\n", "\r"] {
            let bytes = Array(text.utf8).flatMap { $0 == 0x0A ? Array(end.utf8) : [$0] }
            #expect(try YAML.read(bytes, file: "a.yaml").map(\.value) == expected, "\(end.debugDescription)")
        }
        #expect(try YAML.read([0xEF, 0xBB, 0xBF] + Array(text.utf8), file: "a.yaml").map(\.value) == expected)
    }

    @Test func textsAreComparedByBytes() throws {
        let value = try Self.read("caf\u{E9}: 1\ncafe\u{301}: 2\n")[0]
        #expect(value.object?.count == 2)
        #expect(value["caf\u{E9}"] == 1)
        #expect(value["cafe\u{301}"] == 2)
    }

    // MARK: Anchors

    @Test func anchorsRepeatNodes() throws {
        let value = try Self.read("a: &a {x: [1, 2]}\nb: *a\nc: [*a, &s text, *s]\n&k key: *k\nd: &a new\ne: *a\n")[0]
        #expect(value["b"] == ["x": [1, 2]])
        #expect(value["c"] == [["x": [1, 2]], "text", "text"])
        #expect(value["key"] == "key")
        #expect(value["e"] == "new")
    }

    @Test func aliasesCanBeKeys() throws {
        #expect(try Self.read("a: &a 1e6\n*a : x\n")[0] == ["a": 1_000_000, "1e+06": "x"])
    }

    @Test(arguments: [
        ("a: &x 1\n---\nb: *x\n", 3, 4, "nothing in this document has this anchor"),
        ("a: &a [*a]\n", 1, 8, "inside of the node that it repeats (line 1)"),
        ("a: &a\n  b:\n    c: *a\n", 3, 8, "inside of the node"), ("a: 1\n*a : 2\n", 2, 1, "has this anchor"),
        ("a: &a {}\n*a : 2\n", 2, 1, "a key must be text"),
        ("a: &a {}\nb: &a [*a]\n", 2, 8, "inside of the node"),
    ])
    func aliasesThatLeadNowhere(_ text: String, _ line: Int, _ column: Int, _ message: String) {
        let error = #expect(throws: YAMLError.self) { try Self.read(text) }
        #expect(error?.location == SourceLocation(file: "a.yaml", line: line, column: column))
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    // MARK: Merges

    @Test func mergesInKubectlsOrder() throws {
        let values = try Self.read(
            """
            base: &b {b: 2, c: 3}
            other: &o {c: 4, d: 5}
            before: {b: 1, <<: *b}
            after: {<<: *b, b: 1}
            list: {<<: [*b, *o]}
            inline: {<<: {z: 1}, x: 2}
            tagged: {!!merge <<: *b}
            nested: &n {<<: *b, e: {<<: *o}}
            again: {<<: *n}
            empty: {<<: []}
            twice:
              <<: *b
              x: 1
              <<: *o
            quoted: {'<<': 1}
            value: <<
            """)
        let value = values[0]
        #expect(value["before"] == ["b": 2, "c": 3])
        #expect(value["after"] == ["b": 1, "c": 3])
        #expect(value["list"] == ["b": 2, "c": 3, "d": 5])
        #expect(value["inline"] == ["z": 1, "x": 2])
        #expect(value["tagged"] == ["b": 2, "c": 3])
        #expect(value["nested"] == ["b": 2, "c": 3, "e": ["c": 4, "d": 5]])
        #expect(value["again"] == value["nested"])
        #expect(value["empty"] == [:])
        #expect(value["twice"] == ["b": 2, "c": 4, "d": 5, "x": 1])
        #expect(value["quoted"] == ["<<": 1])
        #expect(value["value"] == "<<")
    }

    @Test(arguments: [
        ("x: {<<: null}", 9, "null"), ("x: {<<: 1}", 9, "a number"), ("x: {<<: [1]}", 10, "a number"),
        ("x: {<<: [{a: 1}, [{}]]}", 18, "a list"),
        ("x: {a: &a [{}], <<: *a}", 21, "a list"), ("x: {<<: text}", 9, "a string"),
    ])
    func mergesOfWhatIsNoMap(_ text: String, _ column: Int, _ kind: String) {
        let error = #expect(throws: YAMLError.self) { try Self.read(text) }
        #expect(error?.location == SourceLocation(file: "a.yaml", line: 1, column: column))
        #expect(error?.message.hasSuffix("this is \(kind)") == true, "\(error?.message ?? "")")
    }

    @Test func aRepeatedKeyBesideAMergeIsStillAnError() {
        for text in ["b: &b {q: 1}\nx:\n  a: 1\n  <<: *b\n  a: 2\n", "b: &b {q: 1}\nx:\n  a: 1\n  c: 3\n  a: 2\n  <<: *b\n"] {
            let error = #expect(throws: YAMLError.self) { try Self.read(text) }
            #expect(error?.location == SourceLocation(file: "a.yaml", line: 5, column: 3))
            #expect(error?.message.contains("first on line 3") == true)
        }
    }

    @Test func anchorsInsideOfMergingMapsStayWhole() throws {
        let documents = try YAML.read(
            Array("b: &b {q: 1}\nx:\n  p: &p\n    - 1\n    - &i in\n  <<: *b\n  w: &w {z: 3}\ncopy: [*p, *i, *w]\n".utf8), file: "a.yaml")
        let document = try #require(documents.first)
        #expect(document.value["copy"] == [[1, "in"], "in", ["z": 3]])
        func place(_ elements: FieldPath.Element...) -> String? {
            document.locations.location(of: FieldPath(elements), in: document.value)?.description
        }
        #expect(place(.field("copy"), .index(0), .index(1)) == "a.yaml:5:7")
        #expect(place(.field("copy"), .index(2), .field("z")) == "a.yaml:7:10")
        #expect(place(.field("x"), .field("q")) == "a.yaml:1:8")
        #expect(place(.field("x"), .field("w")) == "a.yaml:7:3")
    }

    // MARK: JSON input

    @Test func readsJSONInput() throws {
        #expect(try Self.read(" {\"a\": \"\\ud83d\\ude00\"}\n{\"b\": 1}\n---\n[1.0]\n---\n") == [["a": "😀"], ["b": 1], [1]])
        #expect(try Self.read("\u{FEFF}\t{\"a\":\t18446744073709551615}") == [["a": .uint(.max)]])
    }

    @Test func flowYAMLIsNotMistakenForJSON() throws {
        #expect(try Self.read("{a: b, c: [1, 2,],}") == [["a": "b", "c": [1, 2]]])
        #expect(try Self.read("{\"a\": 1} # comment\n---\nb: yes\n") == [["a": 1], ["b": true]])
        #expect(try Self.read("{\"a\": 1}\n---\nb: yes\n---\n{\"c\": 010}\n") == [["a": 1], ["b": true], ["c": 8]])
        #expect(try Self.read("[a, 'b']") == [["a", "b"]])
    }
}
