// Text that kubectl reads as text, but that another YAML reader takes for a number or a date: worth quotes.

enum YAMLLookalike {
    /// Dates, numbers in base 60, and numbers that are out of range for kubectl only.
    static func isSomethingElse(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, (0x30...0x39).contains(first) || "+-.".utf8.contains(first) else { return false }
        if YAMLTag.looksLikeTime(text) { return true }
        let bare = text.filter { $0 != UInt8(ascii: "_") }
        return isPrefixed(text) || bare.withUnsafeBufferPointer { YAMLNumber.isFloat($0) || isBase60($0) }
    }

    /// `12:30:45`, `-1:20.5`.
    private static func isBase60(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[...]
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard rest.contains(UInt8(ascii: ":")) else { return false }
        return rest.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
    }

    /// `0x`, `0o` or `0b` and digits of that base or underscores, of any length.
    private static func isPrefixed(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[...]
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        guard rest.popFirst() == UInt8(ascii: "0"), let letter = rest.popFirst(), !rest.isEmpty else { return false }
        let base: UInt8
        switch letter | 0x20 {
        case UInt8(ascii: "x"): base = 16
        case UInt8(ascii: "o"): base = 8
        case UInt8(ascii: "b"): base = 2
        default: return false
        }
        return rest.allSatisfy { byte in
            if byte == UInt8(ascii: "_") { return true }
            guard let digit = Unicode.Scalar(byte).hexadecimalDigit else { return false }
            return digit < base
        }
    }
}
