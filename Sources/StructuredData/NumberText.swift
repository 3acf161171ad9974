// Doubles as text, digit for digit as Go's encoding/json and strconv write them, so that both sides of the wire agree.

/// The shortest decimal digits that read back as the same double, and where the point stands.
struct ShortestDigits {
    var isNegative = false
    /// ASCII digits, without zeros at either end (one `0` for zero).
    var digits: [UInt8] = []
    /// The value is 0.DIGITS × 10^point.
    var point = 0

    /// - Parameter description: what Swift prints for a finite floating-point number.
    init(description: String) {
        var exponent = 0
        var sawPoint = false
        var fraction = 0
        var text = Substring(description)
        if text.hasPrefix("-") {
            isNegative = true
            text = text.dropFirst()
        }
        if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
            exponent = Int(text[text.index(after: mark)...]) ?? 0
            text = text[..<mark]
        }
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                sawPoint = true
            } else {
                digits.append(byte)
                if sawPoint { fraction += 1 }
            }
        }
        point = digits.count - fraction + exponent
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        if zeros == digits.count {
            digits = [UInt8(ascii: "0")]
            point = 1
        } else {
            digits.removeFirst(zeros)
            point -= zeros
        }
    }

    /// As `%f` with the shortest digits: no exponent.
    func plain() -> [UInt8] {
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        let zero = UInt8(ascii: "0")
        if point <= 0 {
            text += [zero, UInt8(ascii: ".")] + Array(repeating: zero, count: -point) + digits
        } else if point >= digits.count {
            text += digits + Array(repeating: zero, count: point - digits.count)
        } else {
            text += digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
        }
        return text
    }

    /// As `%e` with the shortest digits; the exponent has at least `exponentDigits` digits.
    func scientific(exponentDigits: Int) -> [UInt8] {
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        text.append(digits[0])
        if digits.count > 1 { text += [UInt8(ascii: ".")] + digits[1...] }
        let exponent = point - 1
        let magnitude = Array(String(exponent.magnitude).utf8)
        text += [UInt8(ascii: "e"), UInt8(ascii: exponent < 0 ? "-" : "+")]
        text += Array(repeating: UInt8(ascii: "0"), count: max(0, exponentDigits - magnitude.count)) + magnitude
        return text
    }
}

package enum NumberText {
    /// A double as Go's encoding/json writes it; `null` for what JSON cannot say (no reader of ours makes these).
    package static func json(_ double: Double) -> [UInt8] {
        guard double.isFinite else { return Array("null".utf8) }
        if let small = Int64(exactly: double), small.magnitude < 1 << 53, small != 0 { return Array(String(small).utf8) }
        let shortest = ShortestDigits(description: double.description)
        let size = double.magnitude
        if size != 0 && (size < 1e-6 || size >= 1e21) { return shortest.scientific(exponentDigits: 1) }
        return shortest.plain()
    }

    /// A float as Go's `FormatFloat(x, 'g', -1, 32)` writes it: how kubectl turns a number into a key.
    static func key(_ double: Double) -> String {
        let float = Float(double)
        if float.isNaN { return ".nan" }
        if float.isInfinite { return float < 0 ? "-.inf" : ".inf" }
        let shortest = ShortestDigits(description: float.description)
        let exponent = shortest.point - 1
        let isLong = exponent < -4 || exponent >= 6
        return String(decoding: isLong ? shortest.scientific(exponentDigits: 2) : shortest.plain(), as: UTF8.self)
    }
}
