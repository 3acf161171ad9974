// How a piece of text is written in YAML so that every reader, of YAML 1.1 or 1.2, reads the same text again.

enum YAMLText {
    /// The text on one line: plain where that is safe, else in quotes.
    static func inline(_ string: String) -> String {
        var string = string
        return string.withUTF8 { text in
            if isPlain(text) { return String(decoding: text, as: UTF8.self) }
            let isPrintable = !hasUnprintable(text)
            let wantsSingle = text.contains(UInt8(ascii: "\\")) || text.contains(UInt8(ascii: "\""))
            return isPrintable && wantsSingle ? singleQuoted(text) : doubleQuoted(text)
        }
    }

    /// Whether a literal block can hold the text: it has a line break, and nothing that YAML would change or refuse.
    static func canBeLiteral(_ string: String) -> Bool {
        var string = string
        return string.withUTF8 { text in
            guard text.contains(0x0A), text.contains(where: { $0 != 0x0A && $0 != 0x20 && $0 != 0x09 }) else { return false }
            return !hasUnprintable(text, lineFeedsAllowed: true)
        }
    }

    /// A number with a point where it has an exponent: YAML 1.1 reads `1e+21` as text.
    static func number(_ double: Double) -> String {
        if double.isNaN { return ".nan" }
        if double.isInfinite { return double < 0 ? "-.inf" : ".inf" }
        let text = String(decoding: NumberText.json(double), as: UTF8.self)
        guard let mark = text.firstIndex(of: "e"), !text.contains(".") else { return text }
        return text[..<mark] + ".0" + text[mark...]
    }

    /// Whether all readers take the bare text as this text, as a value and as a key, in block style.
    static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        guard first != 0x20, last != 0x20, last != UInt8(ascii: ":"), !hasUnprintable(text), !text.contains(0x09) else { return false }
        if "#&*!|>'\"%@`,[]{}=~<".utf8.contains(first) { return false }
        if "-?:".utf8.contains(first), text.count == 1 || " -".utf8.contains(text[1]) && first != UInt8(ascii: "-") { return false }
        if first == UInt8(ascii: "-"), text.count > 1, text[1] == 0x20 { return false }
        if text.starts(with: "---".utf8) || text.starts(with: "...".utf8) { return false }
        for (position, byte) in text.enumerated() {
            if byte == UInt8(ascii: ":"), position + 1 < text.count, text[position + 1] == 0x20 { return false }
            if byte == UInt8(ascii: "#"), position > 0, text[position - 1] == 0x20 { return false }
        }
        if YAMLScalar.plain(text) != .string { return false }
        return !YAMLLookalike.isSomethingElse(text)
    }

    private static func singleQuoted(_ text: UnsafeBufferPointer<UInt8>) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "'")]
        for byte in text {
            bytes.append(byte)
            if byte == UInt8(ascii: "'") { bytes.append(byte) }
        }
        bytes.append(UInt8(ascii: "'"))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func doubleQuoted(_ text: UnsafeBufferPointer<UInt8>) -> String {
        var shown = "\""
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"": shown += "\\\""
            case "\\": shown += "\\\\"
            case "\n": shown += "\\n"
            case "\t": shown += "\\t"
            case "\r": shown += "\\r"
            default:
                if isPrintable(scalar.value) {
                    shown.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    let length = scalar.value > 0xFFFF ? 8 : scalar.value > 0xFF ? 4 : 2
                    shown += scalar.value > 0xFFFF ? "\\U" : scalar.value > 0xFF ? "\\u" : "\\x"
                    shown += String(repeating: "0", count: max(0, length - digits.count)) + digits
                }
            }
        }
        return shown + "\""
    }

    /// What can stand in a file as it is, on one line, and be seen: no control characters, no line breaks of any kind, nothing
    /// invisible that reorders or hides letters (Unicode's category Cf).
    private static func isPrintable(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x0A, 0x0D, 0x85, 0x2028, 0x2029: false
        case ..<0xAD: YAMLSource.isReadable(scalar)
        default: YAMLSource.isReadable(scalar) && Unicode.Scalar(scalar)?.properties.generalCategory != .format
        }
    }

    private static func hasUnprintable(_ text: UnsafeBufferPointer<UInt8>, lineFeedsAllowed: Bool = false) -> Bool {
        if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 || ($0 == 0x0A && lineFeedsAllowed) }) { return false }
        return String(decoding: text, as: UTF8.self).unicodeScalars.contains { scalar in
            !isPrintable(scalar.value) && !(scalar.value == 0x0A && lineFeedsAllowed)
        }
    }
}
