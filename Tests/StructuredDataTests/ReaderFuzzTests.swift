// No input may end the process: random bytes, and valid texts with random damage.

import StructuredData
import TestSupport
import Testing

@Suite struct ReaderFuzzTests {
    private static let seeds = [
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  labels: {a: \"b\", 'c': d}\ndata:\n"
            + "  t: |\n    one\n    two\n  f: >-\n    x\n  n: 0x1F\n",
        "a: &a {x: [1, 2]}\nb: {<<: *a, y: !!binary aGVsbG8=}\nc: [*a, ~, .5, 1e3]\n---\n"
            + "? k\n: - v\n  - !!str 1\n...\n---\n\"\\u00e9\\t\": 'it''s'\n",
        "{\"a\": [1, -2.5e3, \"\\ud83d\\ude00\", null, true], \"b\": {\"c\": \"é\"}}\n{\"d\": 18446744073709551616}\n---\n[]\n",
        "%YAML 1.1\n%TAG !e! tag:x,1:\n---\n- !e!y {a: b}\n- |2+\n   x\n\n- >1-\n  y\n- &b *c\n- <<: [{a: 1}, {b: 2}]\n",
    ]
    private static let spice: [[UInt8]] =
        [
            "\n", " ", "  ", "\t", ":", ": ", "- ", "? ", "&a ", "*a", "<<: ", "{", "}", "[", "]", ",", "\"", "'", "|", ">", "#", "%", "!",
            "!!int ", "---\n", "...\n",
            "\\u", "\\ud83d", "\0", "\u{FEFF}", "\u{2028}", "0x", "1e999", "\r",
        ].map { Array($0.utf8) } + [[0x80], [0xC3], [0xED, 0xA0, 0x80], [0xFF, 0xFE], [0xF0, 0x9F]]

    /// Reads the bytes in every way; what can be read must survive being written and read again.
    private func exercise(_ bytes: [UInt8], _ comment: Comment) throws {
        var limits = YAMLLimits()
        limits.nodes = 5_000
        if let documents = try? YAML.read(bytes, file: "a.yaml", limits: limits) {
            for document in documents {
                _ = document.locations.location(of: FieldPath([.field("a"), .index(1)]), in: document.value)
                let again = try YAML.read(Array(YAML.write(document.value).utf8), file: "b.yaml").first?.value
                #expect(again == document.value || document.value.holdsUnsigned, comment)
            }
        }
        if let value = try? JSON.read(bytes) { #expect(try JSON.read(JSON.write(value)) == value, comment) }
    }

    @Test(arguments: [41, 42] as [UInt64])
    func randomBytes(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<500 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).flatMap { _ in
                random.chance(50) ? random.pick(Self.spice) : [UInt8.random(in: 0...255, using: &random)]
            }
            try exercise(bytes, "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: [51, 52, 53] as [UInt64])
    func damagedTexts(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for round in 0..<500 {
            var bytes = Array(random.pick(Self.seeds).utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let position = Int.random(in: 0...bytes.count, using: &random)
                let end = min(bytes.count, position + Int.random(in: 0...8, using: &random))
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes.removeSubrange(position..<end)
                case 1: bytes.insert(contentsOf: random.pick(Self.spice), at: position)
                case 2: bytes.insert(contentsOf: bytes[position..<end], at: Int.random(in: 0...bytes.count, using: &random))
                case 3: bytes.removeSubrange(position...)
                default: if position < bytes.count { bytes[position] = UInt8.random(in: 0...255, using: &random) }
                }
            }
            try exercise(bytes, "seed \(seed), round \(round)")
        }
    }
}

extension Value {
    /// Whether a number stands in the tree that YAML reads as a float, as kubectl does.
    fileprivate var holdsUnsigned: Bool {
        switch self {
        case .uint: true
        case .array(let array): array.contains { $0.holdsUnsigned }
        case .object(let object): object.entries.contains { $0.value.holdsUnsigned }
        default: false
        }
    }
}
