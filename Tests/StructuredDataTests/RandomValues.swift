// Random values for property tests that can be repeated: the seed is printed with every failure.

import StructuredData
import TestSupport

extension SeededGenerator {
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[Int.random(in: 0..<choices.count, using: &self)] }
}

extension SeededGenerator {
    /// Pieces of text that YAML or JSON could take for something else.
    private static let pieces: [String] = [
        "a", "word", "yes", "no", "y", "N", "on", "Off", "true", "null", "~", "0", "1", "0777", "0x1F", "1e3", "1_000", "12:30:45",
        "2024-01-01", ".inf", ".5", "-", "--", "---", "...", "_", ".", ":", ": ", " ", "  ", "#", " #", "\n", "\n\n", "\t", "\r", "\r\n",
        "'", "\"", "\\", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "%", "@", "`", "?", "=", "<<", "+", "é", "e\u{301}",
        "\u{85}", "\u{2028}", "\u{FEFF}", "\u{FFFE}", "\u{0}", "\u{1B}", "\u{7F}", "\u{A0}", "😀", "key: value", "- item", "/", "~1",
    ]

    mutating func text() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...4, using: &self) { text += pick(SeededGenerator.pieces) }
        if chance(1) { text += String(repeating: "long ", count: 300) }
        return text
    }

    mutating func scalar() -> Value {
        switch Int.random(in: 0..<12, using: &self) {
        case 0: .null
        case 1: .bool(Bool.random(using: &self))
        case 2: .int(Int64(truncatingIfNeeded: next()))
        case 3: .int(pick([0, 1, -1, 10, .max, .min]))
        case 4: finite(Double(bitPattern: next()))
        case 5: .double(pick([0.1, 1.5, 1e21, 1e-7, -2.5e-10, 123456.789, .leastNonzeroMagnitude, 1.7976931348623157e308]))
        default: .string(text())
        }
    }

    /// Without the doubles that Go writes as an integer other than their exact value.
    private func finite(_ double: Double) -> Value {
        double.isFinite && !(0x1p53..<1e21).contains(double.magnitude) ? .double(double) : .double(0.5)
    }

    mutating func tree(depth: Int = 0) -> Value {
        if depth >= 5 || chance(45) { return scalar() }
        if chance(40) { return .array((0..<Int.random(in: 0...4, using: &self)).map { _ in tree(depth: depth + 1) }) }
        var object = Object()
        for _ in 0..<Int.random(in: 0...5, using: &self) { object[text()] = tree(depth: depth + 1) }
        return .object(object)
    }
}
