// The meaning of scalars, against the answers that kubectl 1.32 gave for the same texts.

import Foundation
import StructuredData
import Testing

@Suite struct YAMLScalarTests {
    /// Rows of text, the JSON that kubectl makes of it, and the key that it makes of it (where it takes it as a key).
    static let recorded: [Value] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/kubectl-scalars.json")
        guard let data = try? Data(contentsOf: file), let rows = try? JSON.read([UInt8](data)).array else { return [] }
        return rows
    }()

    private func read(_ text: String) throws -> Value? { try YAML.read(Array(text.utf8), file: "a.yaml").first?.value }

    private func json(_ value: Value?) -> String? { value.map { String(decoding: JSON.write($0), as: UTF8.self) } }

    @Test func valuesAreThoseOfKubectl() throws {
        #expect(Self.recorded.count > 500)
        for row in Self.recorded {
            let text = try #require(row["yaml"]?.string)
            #expect(try json(read("- \(text)\n")?[0]) == row["json"]?.string, "\(text)")
            #expect(try read("- '\(text)'\n") == [.string(text)], "quoted \(text)")
            #expect(try read("- \"\(text)\"\n") == [.string(text)], "double-quoted \(text)")
            #expect(try read("- |-\n  \(text)\n") == [.string(text)], "literal \(text)")
            if text.contains(",") { continue }
            #expect(try json(read("a: [\(text)]\n")?["a"]?[0]) == row["json"]?.string, "\(text) in a list")
        }
    }

    @Test func keysAreThoseOfKubectl() throws {
        for row in Self.recorded {
            guard let text = row["yaml"]?.string, let key = row["key"]?.string else { continue }
            let entry = try read("\(text): 1\n")?.object?.entries.first
            #expect(entry?.key.hasSameBytes(as: key) == true, "\(text) became \(entry?.key ?? "nothing")")
        }
    }

    @Test(arguments: [
        ("! x", "\"x\""), ("! 1", "\"1\""), ("!!str 1", "\"1\""), ("!!str yes", "\"yes\""), ("!!str ~", "\"~\""), ("!!str", "\"\""),
        ("!!int \"1\"", "1"), ("!!int 0x10", "16"), ("!!int 1_0", "10"), ("!!int 18446744073709551615", "18446744073709552000"),
        ("!!float 1", "1"), ("!!float \"1.5\"", "1.5"), ("!!float 1e3", "1000"), ("!!bool yes", "true"), ("!!bool 'off'", "false"),
        ("!!null ''", "null"), ("!!null ~", "null"), ("!!binary aGVsbG8=", "\"hello\""), ("!!binary |\n    aGVs\n    bG8=", "\"hello\""),
        ("!!timestamp 2001-01-01", "\"2001-01-01\""), ("!!timestamp 2001-1-2T03:04:05Z", "\"2001-1-2T03:04:05Z\""), ("!foo 1", "\"1\""),
        ("!foo yes", "\"yes\""), ("!<tag:yaml.org,2002:int> 3", "3"), ("!!set {a, b}", "{\"a\":null,\"b\":null}"),
        ("!!map {a: 1}", "{\"a\":1}"),
        ("!!seq [1]", "[1]"), ("!foo {a: 1}", "{\"a\":1}"), ("!!str {a: 1}", "{\"a\":1}"), ("!!value =", "\"=\""),
    ])
    func tagsDecide(_ text: String, _ expected: String) throws {
        #expect(try json(read("a: \(text)\n")?["a"]) == expected)
    }

    @Test(arguments: [
        ("!!int abc", "the text is not an integer"), ("!!int 1.0", "is not an integer"), ("!!int ''", "is not an integer"),
        ("!!float abc", "the text is not a number"), ("!!float 18446744073709551615", "is not a number"), ("!!bool 1", "is not a boolean"),
        ("!!null 1", "is not null"), ("!!timestamp abc", "is not a date"), ("!!timestamp 2001-01", "is not a date"),
        ("!!binary '!'", "is not base64"), ("!!binary aGVsbG8", "is not base64"), ("!!binary gA==", "not UTF-8"),
        (".inf", "Kubernetes cannot hold"), ("-.INF", "Kubernetes cannot hold"), (".NaN", "Kubernetes cannot hold"),
        ("!!float .inf", "Kubernetes cannot hold"),
    ])
    func tagsAndNumbersThatCannotBe(_ text: String, _ message: String) throws {
        let error = #expect(throws: YAMLError.self) { try read("x: 1\na: \(text)\n") }
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        #expect(error?.location == SourceLocation(file: "a.yaml", line: 2, column: 4))
    }

    @Test(arguments: [
        (".inf", ".inf"), ("-.inf", "-.inf"), (".NAN", ".nan"), ("!!str 010", "010"), ("\"010\"", "010"), ("'yes'", "yes"),
        ("!!int \"7\"", "7"),
        ("&k key", "key"), ("\"a\\tb\"", "a\tb"),
    ])
    func keysBecomeText(_ text: String, _ key: String) throws {
        let value = try read("\(text) : 1\n")
        #expect(value?.object?.keys == [key])
    }

    @Test(arguments: ["null", "~", "Null", "9223372036854775808"])
    func keysThatKubectlRefuses(_ text: String) throws {
        let error = #expect(throws: YAMLError.self) { try read("a:\n  \(text) : 1\n") }
        #expect(error?.location.line == 2)
        #expect(error?.location.column == 3)
    }
}
