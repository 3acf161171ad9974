// Every way in which a manifest can be wrong: the place must be exact and the words must help.

import StructuredData
import Testing

@Suite struct YAMLErrorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var text: String
        var line: Int
        var column: Int
        var message: String
        var testDescription: String { message }

        init(_ text: String, _ line: Int, _ column: Int, _ message: String) {
            self.text = text
            self.line = line
            self.column = column
            self.message = message
        }
    }

    static let cases: [Case] = [
        // Indentation and structure.
        Case("a:\n\tb: 1\n", 2, 1, "a tab cannot indent YAML; use spaces"),
        Case("a: b\n\tc: d\n", 2, 1, "a tab cannot indent YAML; use spaces"),
        Case("a:\n  b: 1\n c: 2\n", 3, 2, "expected a key in column 1, as on line 1"),
        Case("- a\nb: c\n", 2, 1, "expected a list item (\"- \") in column 1, as on line 1"),
        Case("a: b: c\n", 1, 5, "a \":\" cannot stand here: quote the text"),
        Case("a: - b\n", 1, 4, "a list item (\"- \") cannot stand here"),
        Case("a: ? b\n", 1, 4, "a key cannot stand here"),
        Case("a: 1\nword\nb: 2\n", 2, 1, "is a \":\" missing?"),
        Case("a: 1\nb\n", 2, 1, "is a \":\" missing?"),
        Case("a: \"x\" y\n", 1, 8, "this cannot stand behind what is before it"),
        Case("a: \"x\nb: \"y\"\n", 2, 5, "is a quote missing here, or not closed above?"),
        Case("a: ]\n", 1, 4, "\"]\" cannot stand here: a value is missing before it"),
        Case("a: [,]\n", 1, 5, "\",\" cannot stand here"),
        Case("a: 1\n...\nb: 2\n", 3, 1, "begin the next one with a line \"---\""),
        // Brackets and quotes that stay open.
        Case("a: [b\nc: d\n", 2, 2, "the list that \"[\" opens on line 1 is not closed yet"),
        Case("a: {b: 1\nc: d\n", 2, 2, "the map that \"{\" opens on line 1 is not closed yet"),
        Case("x: 1\na: \"b\nc: d\n", 2, 4, "the quote that opens here is never closed"),
        Case("x: 1\na: 'b\nc: d\n", 2, 4, "the quote that opens here is never closed"),
        Case("a: \"b\n---\nc: d\"\n", 1, 4, "the quote that opens here is never closed"),
        // Text that needs quotes.
        Case("a: @x\n", 1, 4, "text cannot begin with \"@\" unless it is in quotes"),
        Case("a: `x\n", 1, 4, "text cannot begin with \"`\""),
        Case("a: %x\n", 1, 4, "text cannot begin with \"%\""),
        Case("é: @x\n", 1, 4, "text cannot begin with \"@\""),
        Case("host: *.example.com\n", 1, 7, "text that begins with \"*\" must be in quotes"),
        Case("a: &\n", 1, 4, "text that begins with \"&\" must be in quotes"),
        Case("a: !x!y z\n", 1, 4, "this tag's prefix is not declared"),
        Case("a: !<x z\n", 1, 7, "must end with \">\""),
        Case("a: |x\n  y\n", 1, 5, "the text begins on the next line"),
        Case("a: |0\n  y\n", 1, 5, "must be 1 to 9"),
        // Escapes.
        Case("a: \"\\d\"\n", 1, 5, "unknown escape in double quotes"),
        Case("a: \"\\x4\"\n", 1, 7, "this escape needs hexadecimal digits"),
        Case("a: \"\\ud83d\\ude00\"\n", 1, 7, "half of a surrogate pair"),
        // Directives.
        Case("%YAML 1.3\n---\na: 1\n", 1, 1, "only %YAML 1.1 and 1.2 are read"),
        Case("a: 1\n---\n%b: 1\n", 3, 3, "is a directive of YAML"),
        // Keys.
        Case("a: 1\nb: 2\n'a': 3\n", 3, 1, "the key \"a\" stands twice in this map, first on line 1; remove one"),
        Case("x:\n  1: a\n  '1': b\n", 3, 3, "the key \"1\" stands twice in this map, first on line 2"),
        Case("x: {yes: a,\n  on: b}\n", 2, 3, "the key \"true\" stands twice"),
        Case("{a: 1}: 2\n", 1, 1, "a key must be text, not a map"),
        Case("? [a]\n: 2\n", 1, 3, "a key must be text, not a list"),
        Case("a: {{ .Values.name }}\n", 1, 5, "templates are not rendered"),
        Case("a: 1\n{% if x %}\n", 2, 2, "templates are not rendered"),
        Case("{{ include \"x\" }}\n", 1, 2, "templates are not rendered"),
        // Characters.
        Case("a: b\0c\n", 1, 5, "a NUL byte is not allowed in YAML"),
        Case("a: 1\nb: \u{1B}[0m\n", 2, 4, "the character U+1B is not allowed"),
        Case("a: \u{7F}\n", 1, 4, "the character U+7F is not allowed"),
        Case("a: é\u{9B}\n", 1, 5, "the character U+9B is not allowed"),
        Case("a: b\n\u{FEFF}c: d\n", 2, 1, "a byte order mark is not allowed"),
        Case("a: \u{FFFE}\n", 1, 4, "the character U+FFFE is not allowed"),
        // JSON.
        Case("{\"a\": 1,\n \"b\": 2,\n \"a\": 3}", 3, 2, "the key \"a\" stands twice in this map, first on line 1"),
        Case("{\"a\": 1e400}", 1, 7, "out of range"),
        Case("{\"a\": 1,\n \"b\" 2}", 2, 6, "expected \",\" or \"}\" here"),
        Case("[\"é\", \"\\ud83d\"]", 1, 10, "half of a surrogate pair"),
    ]

    @Test(arguments: cases)
    func placesAndWords(_ expected: Case) {
        let error = #expect(throws: YAMLError.self) { try YAML.read(Array(expected.text.utf8), file: "deploy/api.yaml") }
        #expect(error?.location == SourceLocation(file: "deploy/api.yaml", line: expected.line, column: expected.column))
        #expect(error?.message.contains(expected.message) == true, "\(error?.message ?? "")")
    }

    @Test func everyPlaceCountsLinesLikeAnEditor() {
        for end in ["\n", "\r\n"] {
            for text in ["a: 1|é: 2|b: \u{1}|", "a: 1|é: 2|b: @|", "a: 1|é: 2|b: \"|"] {
                let lines = Array(text.utf8).flatMap { $0 == UInt8(ascii: "|") ? Array(end.utf8) : [$0] }
                for bytes in [lines, [0xEF, 0xBB, 0xBF] + lines] {
                    let error = #expect(throws: YAMLError.self) { try YAML.read(bytes, file: "a.yaml") }
                    #expect(error?.location == SourceLocation(file: "a.yaml", line: 3, column: 4), "\(error?.message ?? "")")
                }
            }
        }
    }

    @Test(
        arguments: [
            ([0x80], 4), ([0xC3], 4), ([0xC3, 0x28], 4), ([0xC0, 0xAF], 4), ([0xE0, 0x80, 0x80], 4), ([0xED, 0xA0, 0x80], 4),
            ([0xF4, 0x90, 0x80, 0x80], 4),
            ([0xF5, 0x80, 0x80, 0x80], 4), ([0xFF], 4), ([0xC3, 0xA9, 0xE2, 0x82], 5),
        ] as [([UInt8], Int)])
    func bytesThatAreNoUTF8(_ bytes: [UInt8], _ column: Int) {
        let yaml = #expect(throws: YAMLError.self) { try YAML.read(Array("x: 1\na: ".utf8) + bytes + [0x0A], file: "a.yaml") }
        #expect(yaml?.location == SourceLocation(file: "a.yaml", line: 2, column: column))
        #expect(yaml?.message.contains("UTF-8") == true)
        let json = #expect(throws: YAMLError.self) { try YAML.read(Array("[1,\n  \"".utf8) + bytes + Array("\"]".utf8), file: "a.json") }
        #expect(json?.location == SourceLocation(file: "a.json", line: 2, column: column))
        #expect(json?.message.contains("UTF-8") == true)
    }

    @Test func otherEncodingsAreNamed() {
        let text = "a: 1\n"
        let little = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let big = text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        for bytes in [[0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little, big] {
            let error = #expect(throws: YAMLError.self) { try YAML.read(bytes, file: "a.yaml") }
            #expect(error?.message == "the file is UTF-16 or UTF-32; save it as UTF-8")
            #expect(error?.location == SourceLocation(file: "a.yaml", line: 1, column: 1))
        }
    }

    /// A value may be a secret whose quotes were forgotten, so no message repeats one.
    @Test(arguments: [
        "*hunter2", "&hunter2 &hunter2", "!hunter2!x y", "@hunter2", "%hunter2", "!!int hunter2", "!!binary hunter2!", "\"hunter2",
        "hunter2: hunter2",
        "\"\\hunter2\"", "[hunter2", "{hunter2: [}", "<<: hunter2", "hunter2\t: x: y", "!!null hunter2", "|hunter2", "{<<: hunter2}",
    ])
    func valuesStayOutOfMessages(_ text: String) {
        for file in ["password: \(text)\n", "{\"password\": \(text)}", "- a\npassword: \(text)\n"] {
            do throws(YAMLError) {
                _ = try YAML.read(Array(file.utf8), file: "a.yaml")
            } catch {
                #expect(!error.message.contains("hunter2"), "\(file)")
            }
        }
    }

    @Test func aTemplateIsNamedWhereverItBreaks() {
        let error = #expect(throws: YAMLError.self) { try YAML.read(Array("a:\n  {{- if x }}\n  b: 1\n".utf8), file: "a.yaml") }
        #expect(error?.message.hasPrefix("this looks like a template") == true)
    }

    @Test func controlCharactersOfTheFileStayOutOfTheMessage() {
        let error = #expect(throws: YAMLError.self) { try YAML.read(Array("\"a\\e[31m\": 1\n\"a\\e[31m\": 2\n".utf8), file: "a.yaml") }
        #expect(error?.message.contains("\"a\\u{1b}[31m\"") == true)
    }
}
