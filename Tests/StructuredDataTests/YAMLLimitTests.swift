// The limits: each is enforced, names itself, and costs no time; what is within stays allowed.

import StructuredData
import Testing

@Suite struct YAMLLimitTests {
    private func failure(_ text: String, _ change: (inout YAMLLimits) -> Void = { _ in }) -> YAMLError? {
        var limits = YAMLLimits()
        change(&limits)
        do throws(YAMLError) {
            _ = try YAML.read(Array(text.utf8), file: "a.yaml", limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test func fileSize() {
        #expect(failure("a: 12345\n") { $0.fileSize = 9 } == nil)
        let error = failure("a: 123456\n") { $0.fileSize = 9 }
        #expect(error?.message.contains("10 bytes; at most 9") == true)
        #expect(error?.location == SourceLocation(file: "a.yaml"))
    }

    @Test(arguments: ["a: ", ""])
    func depthOfYAMLAndJSON(_ head: String) {
        let outer = head.isEmpty ? 0 : 1
        #expect(failure(head + String(repeating: "[", count: 5 - outer) + String(repeating: "]", count: 5 - outer)) { $0.depth = 5 } == nil)
        let error = failure(head + String(repeating: "[", count: 6 - outer) + String(repeating: "]", count: 6 - outer)) { $0.depth = 5 }
        #expect(error?.message == "nested more than 5 levels deep")
        #expect(error?.location == SourceLocation(file: "a.yaml", line: 1, column: head.count + 6 - outer))
    }

    @Test(arguments: ["[", "{\"a\":", "{a: ", "- ", "? ", "a: ["])
    func manyLevelsEndAtOnce(_ unit: String) {
        let error = failure(String(repeating: unit, count: 100_000))
        #expect(error?.message.contains("levels deep") == true || error?.message.contains("a key must be text") == true)
        let indented = (0..<1500).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        #expect(failure(indented)?.location == SourceLocation(file: "a.yaml", line: 101, column: 101))
    }

    @Test func nodes() {
        #expect(failure("[1, 2, 3]") { $0.nodes = 4 } == nil)
        #expect(failure("[1, 2, 3, 4]") { $0.nodes = 4 }?.message.contains("more than 4 nodes") == true)
        #expect(failure("- 1\n- 2\n- 3\n- {}\n") { $0.nodes = 4 }?.location == SourceLocation(file: "a.yaml", line: 4, column: 3))
        #expect(failure("{}\n---\n{}\n---\n- 1\n") { $0.nodes = 3 }?.location.line == 5)
    }

    @Test func aliasesCountWithAllThatTheyRepeat() {
        #expect(failure("- &a [1, 2]\n- *a\n") { $0.nodes = 7 } == nil)
        #expect(failure("- &a [1, 2]\n- *a\n") { $0.nodes = 6 }?.location == SourceLocation(file: "a.yaml", line: 2, column: 3))
        var bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (name, inner) in zip("bcdefghi", "abcdefgh") {
            bomb += "\(name): &\(name) [" + Array(repeating: "*\(inner)", count: 9).joined(separator: ", ") + "]\n"
        }
        #expect(failure(bomb)?.message.contains("counting what aliases repeat") == true)
    }

    @Test func mergesCountWithAllThatTheyRepeat() {
        let keys = (0..<400).map { "k\($0): 1" }.joined(separator: ", ")
        let text = "b: &b {\(keys)}\nx:\n" + String(repeating: "  <<: *b\n", count: 10_000)
        #expect(failure(text)?.message.contains("nodes") == true)
    }

    @Test func aliasesDoNotDeepenPastTheLimit() {
        var text = "a0: &a0 [1]\n"
        for index in 1..<300 { text += "a\(index): &a\(index) [*a\(index - 1)]\n" }
        #expect(failure(text)?.message.contains("levels deep, with what this alias repeats") == true)
        #expect(failure("a: &a [[1]]\nb: [*a]\n") { $0.depth = 4 } == nil)
        #expect(failure("a: &a [[1]]\nb: [*a]\n") { $0.depth = 3 }?.location == SourceLocation(file: "a.yaml", line: 2, column: 5))
    }

    @Test func anchors() {
        #expect(failure("a: &a 1\nb: &b [&c x]\n---\na: &a 1\n") { $0.anchors = 3 } == nil)
        #expect(
            failure("a: &a 1\nb: &b [&c x]\n&d d: 1\n") { $0.anchors = 3 }?.location
                == SourceLocation(file: "a.yaml", line: 3, column: 1))
        #expect(
            failure("a: &a {b: &a [&a c]}\n") { $0.anchors = 2 }?.message
                == "more than 2 anchors in one document; split it")
    }

    /// A public bundle of CustomResourceDefinitions has some four MiB and a hundred thousand nodes.
    @Test func largeBundlesAreRead() throws {
        let schema = (0..<2000).map {
            "          field\($0):\n            type: string\n            description: \(String(repeating: "word ", count: 8))\n"
        }
        let text = String(
            repeating: "---\nkind: CustomResourceDefinition\nspec:\n        properties:\n"
                + schema.joined(), count: 25)
        #expect(text.utf8.count > 4 << 20)
        #expect(try YAML.read(Array(text.utf8), file: "a.yaml").count == 25)
    }

    @Test func documents() {
        #expect(failure("a: 1\n---\n---\nb: 1\n") { $0.documents = 3 } == nil)
        #expect(failure("a: 1\n---\nb: 1\n---\nc: 1\n") { $0.documents = 2 }?.message.contains("more than 2 documents") == true)
        #expect(
            failure("a: 1\n---\nb: 1\n---\nc: 1\n") { $0.documents = 2 }?.location == SourceLocation(file: "a.yaml", line: 5, column: 1))
        #expect(failure(String(repeating: "---\n", count: 500_000))?.location == SourceLocation(file: "a.yaml", line: 10_002, column: 1))
        #expect(failure("{} {} {}") { $0.documents = 2 }?.location == SourceLocation(file: "a.yaml", line: 1, column: 7))
    }

    @Test func scalarSize() {
        for text in ["a: 12345x", "a: \"12345x\"", "12345x: a", "{\"a\": \"12345x\"}", "{\"12345x\": 1}"] {
            #expect(failure(text) { $0.scalarSize = 6 } == nil)
            #expect(failure(text) { $0.scalarSize = 5 }?.message.contains("6 bytes; at most 5") == true, "\(text)")
        }
    }

    @Test func directives() {
        let text = (0..<100_000).map { "%TAG !a\($0)! x\n" }.joined() + "--- a\n"
        #expect(failure(text)?.message.contains("more than 1000 lines begin with \"%\"") == true)
    }

    @Test func largeMapsAreReadAndSearched() throws {
        let yaml = (0..<20_000).map { "key\($0): \($0)\n" }.joined()
        let value = try #require(try YAML.read(Array(yaml.utf8), file: "a.yaml").first?.value)
        #expect((0..<20_000).allSatisfy { value["key\($0)"] == .int(Int64($0)) })
        #expect(failure(yaml + "key7: again\n")?.message.contains("first on line 8") == true)
        let json = "{" + (0..<20_000).map { "\"key\($0)\":1" }.joined(separator: ",\n") + ",\n\"key7\":2}"
        #expect(failure(json)?.message.contains("first on line 8") == true)
        #expect(failure(json)?.location == SourceLocation(file: "a.yaml", line: 20_001, column: 1))
    }
}
