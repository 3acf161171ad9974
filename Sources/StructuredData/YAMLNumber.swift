// Numbers of YAML 1.1 as go-yaml reads them: underscores, four bases, and floats where all else fails.

enum YAMLNumber {
    /// The meaning of a scalar that begins with a digit or a sign.
    static func read(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        if let small = smallDecimal(text) { return .int(small) }
        guard text.allSatisfy(isNumeric) else { return .string }
        if text.contains(UInt8(ascii: "_")) {
            return text.filter { $0 != UInt8(ascii: "_") }.withUnsafeBufferPointer(number)
        }
        return number(text)
    }

    /// The meaning of a scalar that begins with a point: a float, whose underscores must stand between digits.
    static func readFraction(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        for (position, byte) in text.enumerated() where byte == UInt8(ascii: "_") {
            let isBetweenDigits = position > 0 && position + 1 < text.count && isDigit(text[position - 1]) && isDigit(text[position + 1])
            guard isBetweenDigits else { return .string }
        }
        let digits = text.filter { $0 != UInt8(ascii: "_") }
        return digits.withUnsafeBufferPointer { float($0) } ?? .string
    }

    /// At most 18 digits, no sign, no leading zero: nearly every number there is.
    private static func smallDecimal(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count <= 18, let first = text.first, first != UInt8(ascii: "0") || text.count == 1 else { return nil }
        var number: Int64 = 0
        for byte in text {
            guard isDigit(byte) else { return nil }
            number = number &* 10 &+ Int64(byte & 0x0F)
        }
        return number
    }

    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        integer(text) ?? float(text) ?? lowercaseBinary(text) ?? .string
    }

    /// An integer with an optional sign, in base 16, 2 or 8 after `0x`, `0b`, `0o` or `0`, else in base 10.
    private static func integer(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar? {
        guard let first = text.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let isSigned = isNegative || first == UInt8(ascii: "+")
        let digits = UnsafeBufferPointer(rebasing: text[(isSigned ? 1 : 0)...])
        guard let magnitude = magnitude(digits) else { return nil }
        if magnitude <= UInt64(Int64.max) { return .int(isNegative ? -Int64(magnitude) : Int64(magnitude)) }
        if isNegative { return magnitude == 1 << 63 ? .int(.min) : nil }
        return isSigned ? nil : .uint(magnitude)
    }

    private static func magnitude(_ text: UnsafeBufferPointer<UInt8>) -> UInt64? {
        guard let first = text.first else { return nil }
        guard first == UInt8(ascii: "0") else { return digits(text[...], base: 10) }
        if text.count >= 3 {
            switch text[1] | 0x20 {
            case UInt8(ascii: "b"): return digits(text[2...], base: 2)
            case UInt8(ascii: "o"): return digits(text[2...], base: 8)
            case UInt8(ascii: "x"): return digits(text[2...], base: 16)
            default: break
            }
        }
        return digits(text[1...], base: 8)
    }

    private static func digits(_ text: Slice<UnsafeBufferPointer<UInt8>>, base: UInt64) -> UInt64? {
        var number: UInt64 = 0
        for byte in text {
            guard let digit = Unicode.Scalar(byte).hexadecimalDigit, UInt64(digit) < base else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: base)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            if overflow || carry { return nil }
            number = sum
        }
        return number
    }

    /// go-yaml's second look at `0b`: a sign may stand behind the prefix there.
    private static func lowercaseBinary(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar? {
        guard text.count >= 4, text[0] == UInt8(ascii: "0"), text[1] == UInt8(ascii: "b") else { return nil }
        let isNegative = text[2] == UInt8(ascii: "-")
        guard isNegative || text[2] == UInt8(ascii: "+") else { return nil }
        guard let magnitude = digits(text[3...], base: 2) else { return nil }
        if magnitude <= UInt64(Int64.max) { return .int(isNegative ? -Int64(magnitude) : Int64(magnitude)) }
        return isNegative && magnitude == 1 << 63 ? .int(.min) : nil
    }

    /// `[-+]? (.D+ | D+ (.D*)?) ([eE][-+]?D+)?`; what is too large is no number.
    private static func float(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar? {
        guard isFloat(text) else { return nil }
        guard let double = Double(String(decoding: text, as: UTF8.self)), double.isFinite else { return nil }
        return .float(double)
    }

    /// Whether the text has the form of a decimal number, whatever its size.
    static func isFloat(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[...]
        func skipDigits() -> Int {
            let count = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(count)
            return count
        }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = skipDigits()
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = skipDigits()
        }
        guard whole > 0 || fraction > 0 else { return false }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard skipDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
