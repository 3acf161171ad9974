// The JSON reader: what RFC 8259 allows is read, what it does not is an error at its byte.

import StructuredData
import Testing

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws -> Value { try JSON.read(Array(text.utf8)) }

    static let valid: [(String, Value)] = [
        ("null", .null), ("true", true), (" false ", false), ("0", 0), ("-0", 0), ("9223372036854775807", .int(.max)),
        ("-9223372036854775808", .int(.min)),
        ("9223372036854775808", .uint(9_223_372_036_854_775_808)), ("18446744073709551615", .uint(.max)),
        ("18446744073709551616", .double(0x1p64)),
        ("-9223372036854775809", .double(-0x1p63)), ("1.0", .double(1)), ("1e3", .double(1000)), ("1E+2", .double(100)),
        ("0.1", .double(0.1)),
        ("-1.5e-7", .double(-1.5e-7)), ("1e-400", .double(0)), ("5e-324", .double(.leastNonzeroMagnitude)),
        ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
        ("0e0", .double(0)), ("1e00", .double(1)), ("123456789012345678901234567890", .double(123456789012345677877719597056)),
        ("\"\"", ""), ("\"a\"", "a"),
        ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"), ("\"\\u00e9\\u00E9\"", "éé"), ("\"\\ud83d\\ude00\"", "😀"),
        ("\"\\u0000\"", "\0"),
        ("\"é😀\u{7F}\u{2028}\"", "é😀\u{7F}\u{2028}"), ("\"\\uFFFF\\uFEFF\"", "\u{FFFF}\u{FEFF}"), ("[]", []), ("[ ]", []), ("{}", [:]),
        ("{ }", [:]), ("[1,[2]]", [1, [2]]),
        ("{\"a\":{\"b\":[null]},\"\":1}", ["a": ["b": [.null]], "": 1]), ("\t[\n1\r,\n 2 ]\r\n", [1, 2]), ("\u{FEFF}1", 1),
        ("\"0123456789abcdef\\u0041é0123456789abcdef\"", "0123456789abcdefAé0123456789abcdef"), ("\"12345678\\n\"", "12345678\n"),
    ]

    @Test func readsWhatIsJSON() throws {
        for (text, value) in Self.valid {
            let found = try read(text)
            #expect(found == value, "\(text)")
            #expect(JSON.write(found) == JSON.write(value), "\(text)")
        }
    }

    /// Text, and the offset of the error.
    static let invalid: [(String, Int)] = [
        ("", 0), (" ", 1), ("nul", 0), ("nulL", 0), ("True", 0), ("tru", 0), ("01", 0), ("-01", 0), ("00", 0), ("-", 1), ("+1", 0),
        ("1.", 2), (".5", 0), ("1.e3", 2),
        ("1e", 2), ("1e+", 3), ("0x1", 1), ("1_0", 1), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1), ("1e400", 0), ("-1e400", 0),
        ("1 2", 2), ("1,", 1), ("{}x", 2),
        ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("]", 0), ("{", 1), ("{\"a\"", 4), ("{\"a\":", 5),
        ("{\"a\":1", 6), ("{\"a\":1,", 7),
        ("{\"a\":1,}", 7), ("{\"a\" 1}", 5), ("{a:1}", 1), ("{'a':1}", 1), ("{1:1}", 1), ("{\"a\":1 \"b\":2}", 7), ("}", 0), ("\"", 0),
        ("\"a", 0), ("\"a\\", 2), ("\"\\x\"", 1),
        ("\"\\u12\"", 1), ("\"\\u12g4\"", 1), ("\"\\ud83d\"", 1), ("\"\\ud83dx\"", 1), ("\"\\ud83d\\n\"", 1), ("\"\\ud83d\\u0041\"", 1),
        ("\"\\ude00\"", 1), ("\"a\nb\"", 2),
        ("\"a\tb\"", 2), ("\"\0\"", 1), ("\"12345678\u{1}\"", 9), ("/* c */1", 0), ("1 // c", 2), ("\u{A0}1", 0), ("[1]\u{0}", 3),
        ("'a'", 0), ("\u{FEFF}\u{FEFF}1", 3),
    ]

    @Test func refusesWhatIsNot() {
        for (text, offset) in Self.invalid {
            let error = #expect(throws: JSONError.self, "\(text)") { try read(text) }
            #expect(error?.offset == offset, "\(text): \(error?.message ?? "")")
            #expect(error?.line == (text.utf8.prefix(offset).contains(0x0A) ? 2 : 1), "\(text)")
        }
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0xAF], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func stringsAreUTF8(_ bytes: [UInt8]) {
        for (head, tail) in [("\"é", "\""), ("\"é\\n", "x\""), ("{\"é", "\":1}"), ("\"0123456789é", "0123456789\"")] {
            let error = #expect(throws: JSONError.self) { try JSON.read(Array(head.utf8) + bytes + Array(tail.utf8)) }
            #expect(error?.offset == head.utf8.count)
            #expect(error?.column == head.unicodeScalars.count + 1)
            #expect(error?.message.contains("UTF-8") == true)
        }
    }

    @Test func placesCountScalarsAndLines() {
        let error = #expect(throws: JSONError.self) { try read("{\"é\": 1,\r\n \"😀\": x}") }
        #expect(error?.line == 2)
        #expect(error?.column == 7)
        #expect(error?.description == "line 2, column 7: expected a value, found 'x'")
    }

    @Test func depth() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(String(repeating: "[", count: depth).utf8) + Array(String(repeating: "]", count: depth).utf8)
        }
        #expect(try JSON.read(nested(512)).nodeCount == 512)
        let error = #expect(throws: JSONError.self) { try JSON.read(nested(513)) }
        #expect(error?.offset == 512)
        #expect(error?.message == "nested more than 512 levels deep")
        #expect(throws: JSONError.self) { try JSON.read(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) }
        #expect(throws: JSONError.self) { try JSON.read(Array("{\"a\":{\"b\":1}}".utf8), maximumDepth: 1) }
    }

    @Test func repeatedKeysAreFoundWhereAskedFor() throws {
        let text = Array("{\"a\": 1,\n \"\\u0061\": 2}".utf8)
        #expect(try JSON.read(text)["a"] == 1)
        let error = #expect(throws: JSONError.self) { try JSON.readUnique(text) }
        #expect(error?.line == 2)
        #expect(error?.column == 2)
        #expect(error?.message.contains("the key \"a\" stands twice in this map, first on line 1") == true)
        #expect(try JSON.readUnique(Array("{\"a\":{\"b\":1},\"b\":{\"a\":1}}".utf8)).nodeCount == 5)
    }

    @Test func longKeysAreTheSameText() throws {
        let object = "{\"app.kubernetes.io/managed-by\":1,\"app.kubernetes.io/managed+by\":2,\"app.kubernetes.iX/managed-by\":3}"
        let expected: Value = ["app.kubernetes.io/managed-by": 1, "app.kubernetes.io/managed+by": 2, "app.kubernetes.iX/managed-by": 3]
        #expect(try read("[\(object),\(object),\(object)]") == [expected, expected, expected])
    }

    @Test func readsFromABuffer() throws {
        let bytes = Array("[1]".utf8)
        #expect(try bytes.withUnsafeBytes { try JSON.read($0) } == [1])
        #expect(throws: JSONError.self) { try JSON.read(UnsafeRawBufferPointer(start: nil, count: 0)) }
    }
}
