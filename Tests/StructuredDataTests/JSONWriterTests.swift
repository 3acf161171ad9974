// Writing JSON: Go's numbers, escapes, indentation, and one form for equal values.

import StructuredData
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    private func text(_ value: Value) -> String { String(decoding: JSON.write(value), as: UTF8.self) }

    /// As Go's encoding/json writes them.
    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (1, "1"), (-1, "-1"), (0.1, "0.1"), (1.5, "1.5"), (100, "100"), (1e20, "100000000000000000000"),
            (1e21, "1e+21"), (-1e21, "-1e+21"),
            (1.5e300, "1.5e+300"), (0.000001, "0.000001"), (0.0000001, "1e-7"), (1.5e-9, "1.5e-9"), (.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (123456789.125, "123456789.125"), (9007199254740992, "9007199254740992"), (9.223372036854775808e18, "9223372036854776000"),
            (1.2345678901234567e18, "1234567890123456800"),
            (0.30000000000000004, "0.30000000000000004"), (1e15, "1000000000000000"), (123456789012345680, "123456789012345680"),
            (4.35, "4.35"), (0.00001234, "0.00001234"),
        ] as [(Double, String)])
    func doublesAsGoWritesThem(_ double: Double, _ expected: String) {
        #expect(text(.double(double)) == expected)
    }

    @Test func whatJSONCannotSayIsNull() {
        for double in [Double.infinity, -.infinity, .nan] { #expect(text(.double(double)) == "null") }
    }

    @Test func integers() {
        #expect(
            text([.int(.min), .int(.max), .uint(.max), 0, 7, -7])
                == "[-9223372036854775808,9223372036854775807,18446744073709551615,0,7,-7]")
    }

    @Test func escapesOnlyWhatMustBe() {
        #expect(
            text("a\"\\/\n\r\t\u{8}\u{C}\u{0}\u{1F}\u{7F}é😀\u{2028}<&>")
                == "\"a\\\"\\\\/\\n\\r\\t\\u0008\\u000c\\u0000\\u001f\u{7F}é😀\u{2028}<&>\"")
    }

    @Test func keepsTheOrderOfKeys() {
        #expect(text(["b": 1, "a": [true, .null, [:], []]]) == "{\"b\":1,\"a\":[true,null,{},[]]}")
    }

    @Test func indents() {
        let written = String(decoding: JSON.writeIndented(["b": 1, "a": [["c": [:]], []], "e": [:]]), as: UTF8.self)
        #expect(
            written == """
                {
                  "b": 1,
                  "a": [
                    {
                      "c": {}
                    },
                    []
                  ],
                  "e": {}
                }

                """)
    }

    @Test(arguments: [11, 12] as [UInt64])
    func whatIsWrittenReadsBack(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<250 {
            let tree = random.tree()
            let comment: Comment = "seed \(seed), round \(round)"
            #expect(try JSON.read(JSON.write(tree)) == tree, comment)
            #expect(try JSON.read(JSON.writeIndented(tree)) == tree, comment)
            #expect(try JSON.read(CanonicalJSON.bytes(of: tree)) == tree, comment)
        }
    }
}

@Suite struct CanonicalJSONTests {
    static let equal: [(Value, Value)] = [
        (1, .double(1)), (0, .double(-0.0)), (.uint(5), 5), (.uint(9_223_372_036_854_775_808), .double(9_223_372_036_854_775_808)),
        (.int(.min), .double(-9_223_372_036_854_775_808)), (.int(1 << 60), .double(0x1p60)),
        (["a": 1, "b": 2], ["b": .double(2), "a": 1]),
        (["é": 1, "z": ["b": [], "a": .null]], ["z": ["a": .null, "b": []], "é": 1]),
    ]

    @Test func equalValuesHaveEqualBytes() {
        for (left, right) in Self.equal {
            #expect(left == right)
            #expect(CanonicalJSON.text(of: left) == CanonicalJSON.text(of: right))
            #expect(Digest(of: left) == Digest(of: right))
        }
    }

    @Test func differentValuesHaveDifferentBytes() {
        let values: [Value] = [
            .null, true, false, 0, 1, -1, 1.5, "", "1", "null", "é", "e\u{301}", [], [:], [1], ["1"], [[1]], [.null], ["a": .null],
            ["a": 1],
            ["a": "1"], ["a": [:]],
            .uint(.max), .double(0x1p64), .int(.max), .double(9_223_372_036_854_775_808), ["a": 1, "b": 1], "a\0", "a",
        ]
        for (index, left) in values.enumerated() {
            for right in values[..<index] {
                #expect(left != right)
                #expect(CanonicalJSON.bytes(of: left) != CanonicalJSON.bytes(of: right), "\(left) \(right)")
                #expect(Digest(of: left) != Digest(of: right))
            }
        }
    }

    @Test func keysAreSortedByBytes() {
        #expect(
            CanonicalJSON.text(of: ["😀": 1, "\u{FFFF}": 2, "Z": 3, "a": 4, "": 5, "é": 6, "ab": 7])
                == "{\"\":5,\"Z\":3,\"a\":4,\"ab\":7,\"é\":6,\"\u{FFFF}\":2,\"😀\":1}")
    }

    @Test func digestsAreSHA256() throws {
        #expect(Digest(of: [UInt8]()).description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest(of: ["a": 1]).description == Digest(of: Array("{\"a\":1}".utf8)).description)
        #expect(Digest(of: [UInt8]()).short == "e3b0c44298fc")
        #expect(Digest(bytes: [1]) == nil)
        #expect(Digest(bytes: Digest(of: 1).bytes) == Digest(of: 1))
    }

    @Test func orderOfKeysNeverMatters() {
        var random = SeededGenerator(seed: 21)
        for round in 0..<300 {
            let tree = random.tree()
            let shuffled = Self.shuffled(tree, &random)
            #expect(tree == shuffled, "seed 21, round \(round)")
            #expect(CanonicalJSON.bytes(of: tree) == CanonicalJSON.bytes(of: shuffled), "seed 21, round \(round)")
        }
    }

    private static func shuffled(_ value: Value, _ random: inout SeededGenerator) -> Value {
        switch value {
        case .array(let array): return .array(array.map { shuffled($0, &random) })
        case .object(let object):
            let entries = object.entries.map { Object.Entry(key: $0.key, value: shuffled($0.value, &random)) }
            return .object(Object(uniqueEntries: entries.shuffled(using: &random)))
        case .int(let int): return Int64(exactly: Double(int)) == int ? .double(Double(int)) : value
        default: return value
        }
    }
}
