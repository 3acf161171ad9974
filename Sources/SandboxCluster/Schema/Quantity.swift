// Kubernetes' quantities (`500m`, `1Gi`, `1e3`) in the one form in which the server writes them.

/// A fixed-point number with the family of its suffix, canonical: no precision lost, the largest suffix without a fraction.
struct Quantity {
    private enum Family { case decimal, binary, exponent }

    let text: String
    /// Rounded; for comparing sizes.
    let number: Double

    /// nil when `input` is no quantity.
    init?(_ input: String) {
        var bytes = Array(input.utf8)[...]
        var isNegative = false
        if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            bytes.removeFirst()
        }
        var digits: [UInt8] = []
        var scale = 0
        var sawPoint = false
        var sawDigit = false
        while let byte = bytes.first {
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                digits.append(byte - UInt8(ascii: "0"))
                sawDigit = true
                if sawPoint { scale -= 1 }
            } else if byte == UInt8(ascii: "."), !sawPoint {
                sawPoint = true
            } else {
                break
            }
            bytes.removeFirst()
        }
        guard sawDigit, digits.count <= 400 else { return nil }
        let suffix = String(decoding: bytes, as: UTF8.self)
        var family = Family.decimal
        var power = 0
        switch suffix {
        case "n": power = -9
        case "u": power = -6
        case "m": power = -3
        case "": power = 0
        case "k": power = 3
        case "M": power = 6
        case "G": power = 9
        case "T": power = 12
        case "P": power = 15
        case "E": power = 18
        case "Ki", "Mi", "Gi", "Ti", "Pi", "Ei":
            family = .binary
            power = (["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].firstIndex(of: suffix) ?? 0) + 1
        default:
            guard let mark = suffix.utf8.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E"),
                let exponent = Int(suffix.dropFirst()), abs(exponent) < 1000
            else { return nil }
            family = .exponent
            power = exponent
        }
        var base = Double(0)
        for digit in digits { base = base * 10 + Double(digit) }
        let magnitude = base * Quantity.power(10, scale) * (family == .binary ? Quantity.power(1024, power) : Quantity.power(10, power))
        number = isNegative ? -magnitude : magnitude
        if family == .binary {
            text = Quantity.binary(digits: digits, scale: scale, steps: power, isNegative: isNegative)
        } else {
            text = Quantity.decimal(digits: digits, scale: scale + power, isNegative: isNegative, isExponent: family == .exponent)
        }
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        var result = 1.0
        for _ in 0..<min(abs(exponent), 400) { result = exponent < 0 ? result / base : result * base }
        return result
    }

    private static func strip(_ digits: [UInt8]) -> [UInt8] { Array(digits.drop { $0 == 0 }) }

    /// digits × 10^scale, in steps of three zeros.
    private static func decimal(digits: [UInt8], scale: Int, isNegative: Bool, isExponent: Bool) -> String {
        var digits = strip(digits)
        var scale = scale
        if digits.isEmpty { return "0" }
        // Nothing finer than nano is kept; the rest is rounded up.
        while scale < -9, let last = digits.popLast() {
            if last != 0 {
                // Away from zero, once.
                digits = plusOne(digits)
                let dropped = -9 - scale - 1
                digits = Array(digits.dropLast(min(dropped, 0)))
            }
            scale += 1
        }
        while digits.last == 0, digits.count > 1 {
            digits.removeLast()
            scale += 1
        }
        while scale % 3 != 0 {
            digits.append(0)
            scale -= 1
        }
        // Beyond exa the zeros are written out.
        while scale > 18, !isExponent {
            digits.append(0)
            scale -= 1
        }
        let number = String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
        let sign = isNegative ? "-" : ""
        if isExponent { return sign + number + (scale == 0 ? "" : "e\(scale)") }
        let suffixes = [-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"]
        return sign + number + (suffixes[scale] ?? "")
    }

    private static func plusOne(_ digits: [UInt8]) -> [UInt8] {
        var digits = digits
        var index = digits.count - 1
        while index >= 0 {
            if digits[index] < 9 {
                digits[index] += 1
                return digits
            }
            digits[index] = 0
            index -= 1
        }
        return [1] + digits
    }

    /// digits × 10^scale × 1024^steps; with a fraction that no smaller suffix takes up it is written in decimal.
    private static func binary(digits: [UInt8], scale: Int, steps: Int, isNegative: Bool) -> String {
        var value: Double = 0
        var exact: UInt64 = 0
        var overflows = false
        for digit in strip(digits) {
            value = value * 10 + Double(digit)
            let (product, first) = exact.multipliedReportingOverflow(by: 10)
            let (sum, second) = product.addingReportingOverflow(UInt64(digit))
            exact = sum
            overflows = overflows || first || second
        }
        var divisor: UInt64 = 1
        for _ in 0..<min(-scale, 18) where scale < 0 { divisor &*= 10 }
        var multiplied = exact
        for _ in 0..<steps {
            let (product, overflow) = multiplied.multipliedReportingOverflow(by: 1024)
            multiplied = product
            overflows = overflows || overflow
        }
        let sign = isNegative ? "-" : ""
        if overflows { return sign + "9223372036854775807" }
        if multiplied == 0 { return "0" }
        if multiplied % divisor != 0 {
            // Not a whole number of units: rounded up to milli, as the decimal form.
            let (milli, overflow) = multiplied.multipliedReportingOverflow(by: 1000)
            if overflow { return sign + String(multiplied / divisor + 1) }
            let rounded = milli / divisor + (milli % divisor == 0 ? 0 : 1)
            return decimal(
                digits: String(rounded).utf8.map { $0 - UInt8(ascii: "0") }, scale: -3, isNegative: isNegative, isExponent: false)
        }
        var whole = multiplied / divisor
        var level = 0
        while level < 6, whole % 1024 == 0, whole >= 1024 {
            whole /= 1024
            level += 1
        }
        return sign + String(whole) + ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][level]
    }
}
