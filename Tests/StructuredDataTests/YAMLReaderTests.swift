// Reading YAML documents: structure, anchors, merges, several documents, JSON input.

import StructuredData
import Testing

@Suite struct YAMLReaderTests {
    static func read(_ text: String, limits: YAMLLimits = YAMLLimits()) throws -> [Value] {
        try YAML.read(Array(text.utf8), file: "a.yaml", limits: limits).map(\.value)
    }

    @Test func readsDocumentsAndLeavesOutEmptyOnes() throws {
        let values = try Self.read(
            "---\n# nothing\n---\na: 1\nb: [x, {c: ~}]\n---\n---\nnull\n--- {d: yes}\n...\n---\ne: |\n  one\n  two\n")
        #expect(values == [["a": 1, "b": ["x", ["c": nil]]], ["d": true], ["e": "one\ntwo\n"]])
    }

    @Test func mergesInKubectlsOrder() throws {
        let values = try Self.read(
            """
            base: &b {b: 2, c: 3}
            other: &o {c: 4, d: 5}
            before: {b: 1, <<: *b}
            after: {<<: *b, b: 1}
            list: {<<: [*b, *o]}
            twice:
              <<: *b
              x: 1
              <<: *o
            quoted: {'<<': 1}
            """)
        #expect(values[0]["before"] == ["b": 2, "c": 3])
        #expect(values[0]["after"] == ["b": 1, "c": 3])
        #expect(values[0]["list"] == ["b": 2, "c": 3, "d": 5])
        #expect(values[0]["twice"] == ["b": 2, "c": 4, "d": 5, "x": 1])
        #expect(values[0]["quoted"] == ["<<": 1])
    }

    @Test func readsJSONInput() throws {
        #expect(try Self.read(" {\"a\": \"\\ud83d\\ude00\"}\n{\"b\": 1}\n---\n[1.0]") == [["a": "😀"], ["b": 1], [1]])
        #expect(try Self.read("{a: b, c: [1, 2,],}") == [["a": "b", "c": [1, 2]]])
    }
}
