// Writing YAML, and the promise that what is written reads back as the same tree.

import StructuredData
import TestSupport
import Testing

@Suite struct YAMLWriterTests {
    @Test func writesLikeKubectl() throws {
        let value: Value = [
            "apiVersion": "v1", "kind": "Pod",
            "spec": [
                "containers": [["name": "web", "args": ["--port", "8080", "-v"], "command": []], ["name": "b"]],
                "nested": [["a", ["b"]], []], "nothing": .null, "empty": [:], "ratio": 0.5, "big": 1e21, "replicas": 3, "on": true,
            ],
            "data": ["text": "one\ntwo\n", "chomped": "one\n two", "kept": "one\n\n", "led": "\n x\n", "list": ["a\nb\n"]],
        ]
        #expect(
            YAML.write(value) == """
                apiVersion: v1
                kind: Pod
                spec:
                  containers:
                  - name: web
                    args:
                    - --port
                    - "8080"
                    - -v
                    command: []
                  - name: b
                  nested:
                  - - a
                    - - b
                  - []
                  nothing: null
                  empty: {}
                  ratio: 0.5
                  big: 1.0e+21
                  replicas: 3
                  "on": true
                data:
                  text: |
                    one
                    two
                  chomped: |-
                    one
                     two
                  kept: |+
                    one

                  led: |2

                     x
                  list:
                  - |
                    a
                    b

                """)
    }

    @Test(arguments: [
        "", " ", "a ", " a", "-", "- a", "?", ": a", ":", "a:", "a: b", "a #b", "#a", "&a", "*a", "!a", "|", ">", "'a'", "\"a\"", "%a",
        "@a", "`a",
        "[a", "{a", "]a", "}a", ",a", "~", "null", "Null", "yes", "y", "No", "n", "on", "OFF", "true", "False", "1", "-1", "+1", "0777",
        "0o17", "0x1F",
        "0b11", "1_000", "0x_", "1.5", ".5", "5.", "1e3", "1e400", "1E+5", ".inf", "-.INF", ".NaN", "12:30:45", "1:20", "-1:20.5",
        "2024-01-01",
        "2001-12-14t21:59:43.10-05:00", "2001-1-1 1:2:3", "0x1_0000_0000_0000_0000", "=", "<<", "---", "--- a", "...", "a\tb", "\ta",
        "a\u{7F}", "\u{FEFF}a",
        "a\u{85}b", "\u{2028}", "a\rb", "a\r\nb", "\n", "\n\n", " \n", "a\u{0}b",
    ])
    func quotesWhatWouldReadDifferently(_ text: String) throws {
        let written = YAML.write([.string(text)])
        #expect(written.hasPrefix("- \"") || written.hasPrefix("- '"), "\(written)")
        #expect(try YAML.read(Array(written.utf8), file: "a").first?.value == [.string(text)])
        let asKey = YAML.write(.object(Object(uniqueEntries: [.init(key: text, value: 1)])))
        #expect(try YAML.read(Array(asKey.utf8), file: "a").first?.value.object?.keys == [text])
    }

    @Test(arguments: [
        "a", "a b", "a:b", "http://x:80/y#z", "nginx:1.27", "100m", "1.5Gi", "10.0.0.1", "10.0.0.0/8", "v1", "a-b_c", "--flag", "-f", "::1",
        ":8080",
        "?x", "a,b", "a]b", "x'y", "x\"y", "\\x", "None", "nul", "yEs", "0x", "1e", "1,000", "1-2", "é", "😀", "$(VAR)",
        "app.kubernetes.io/name", "a#b",
    ])
    func leavesPlainWhatIsPlain(_ text: String) throws {
        #expect(YAML.write([.string(text)]) == "- \(text)\n")
        #expect(try YAML.read(Array("- \(text)\n".utf8), file: "a").first?.value == [.string(text)])
    }

    @Test func scalarsAndEmptyCollectionsAlone() throws {
        for value: Value in ["a\nb\n", " a\nb", "", "x", 1, .null, true, 1.5, [], [:], "--- a", "%a", "a\n\n"] {
            let text = YAML.write(value)
            #expect(text.hasSuffix("\n"))
            #expect(try YAML.read(Array(text.utf8), file: "a").first?.value ?? .null == value, "\(text)")
        }
    }

    @Test func keysTooLongForOneLine() throws {
        let key = String(repeating: "long key ", count: 400)
        let value: Value = [
            "x": .object(Object(uniqueEntries: [.init(key: key, value: ["a": [1], "b": "t\nu\n"]), .init(key: "z", value: [1])]))
        ]
        #expect(try YAML.read(Array(YAML.write(value).utf8), file: "a").first?.value == value)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func whatIsWrittenReadsBack(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<400 {
            let tree: Value = ["tree": random.tree()]
            let text = YAML.write(tree)
            let comment: Comment = "seed \(seed), round \(round):\n\(text)"
            let documents = try YAML.read(Array(text.utf8), file: "a")
            #expect(documents.count == 1, comment)
            #expect(documents.first?.value == tree, comment)
            #expect(documents.first?.value.nodeCount == tree.nodeCount, comment)
        }
    }

    @Test(arguments: [4] as [UInt64])
    func documentsCanBeJoined(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let trees: [Value] = (0..<50).map { _ in ["tree": random.tree()] }
        let text = trees.map(YAML.write).joined(separator: "---\n")
        #expect(try YAML.read(Array(text.utf8), file: "a").map(\.value) == trees, "seed \(seed)")
    }
}
