// Text from outside, made safe to print: what could move the cursor, change colours or reorder letters is shown as an escape.

import StructuredData

/// Names, values, messages and paths come from repositories and clusters that may be hostile; no byte of theirs may steer a terminal.
package enum Printable {
    /// One line: control characters, newlines, line separators and invisible format characters (bidi overrides, zero width)
    /// as `\n`, `\t`, `\u001b`, `\U000e0001`.
    package static func text(_ text: String) -> String {
        guard text.utf8.contains(where: mayNeedEscape) else { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if needsEscape(scalar) { result += escape(scalar) } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// Several lines: as ``text(_:)``, but newlines stay.
    package static func lines(_ text: String) -> [String] {
        text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { self.text(String(decoding: $0, as: UTF8.self)) }
    }

    /// JSON whose strings carry such characters as `\uXXXX`: the same document, safe on a terminal.
    package static func json(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 != 0x0A && mayNeedEscape($0) }) else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            // Outside of strings the only such character is the newline; inside the writer has escaped it.
            if scalar == "\n" || !needsEscape(scalar) {
                result.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
            } else {
                for unit in String(scalar).utf16 { result.append(contentsOf: ("\\u" + hex(UInt32(unit), 4)).utf8) }
            }
        }
        return result
    }

    /// At most `limit` characters, cut in the middle of nothing: the end is `…`.
    package static func shortened(_ text: String, to limit: Int) -> String {
        text.utf8.count <= limit || text.count <= limit ? text : text.prefix(max(0, limit - 1)) + "…"
    }

    /// C0, DEL, and the lead bytes of all scalars that ``needsEscape(_:)`` can be true for.
    private static func mayNeedEscape(_ byte: UInt8) -> Bool { byte < 0x20 || byte >= 0x7F }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        // Letters that are drawn as nothing: Hangul fillers, the combining grapheme joiner.
        default: return scalar.properties.isDefaultIgnorableCodePoint && !scalar.properties.isVariationSelector
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": "\\n"
        case "\t": "\\t"
        case "\r": "\\r"
        default: scalar.value <= 0xFFFF ? "\\u" + hex(scalar.value, 4) : "\\U" + hex(scalar.value, 8)
        }
    }

    private static func hex(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
