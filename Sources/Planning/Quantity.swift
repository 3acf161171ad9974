// Kubernetes' quantities, only to see that two spellings are one amount.

/// A whole number of nano-units; amounts that do not fit or are no quantity have none.
struct Quantity: Equatable {
    private var nano: Int64
    private var exponentOfTwo: Int

    /// Reads `1`, `1.5`, `500m`, `2Gi`, `1e3`.
    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        var isNegative = false
        if let first = bytes.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            isNegative = first == UInt8(ascii: "-")
            bytes.removeFirst()
        }
        var number: Int64 = 0
        var decimals = 0
        var digits = 0
        var isFraction = false
        while let byte = bytes.first {
            if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                let (shifted, over) = number.multipliedReportingOverflow(by: 10)
                let (sum, overAgain) = shifted.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
                guard !over, !overAgain else { return nil }
                number = sum
                digits += 1
                if isFraction { decimals += 1 }
            } else {
                break
            }
            bytes.removeFirst()
        }
        guard digits > 0, let scale = Self.scale(of: String(decoding: bytes, as: UTF8.self)) else { return nil }
        var power = 9 + scale.ten - decimals
        while power > 0 {
            let (next, over) = number.multipliedReportingOverflow(by: 10)
            guard !over else { return nil }
            number = next
            power -= 1
        }
        while power < 0, number % 10 == 0 {
            number /= 10
            power += 1
            if number == 0 { power = 0 }
        }
        guard power == 0 else { return nil }
        var two = scale.two
        while two < 63, number != 0, number % 2 == 0 {
            number /= 2
            two += 1
        }
        nano = isNegative ? -number : number
        exponentOfTwo = number == 0 ? 0 : two
    }

    private static func scale(of suffix: String) -> (ten: Int, two: Int)? {
        switch suffix {
        case "n": return (-9, 0)
        case "u": return (-6, 0)
        case "m": return (-3, 0)
        case "": return (0, 0)
        case "k": return (3, 0)
        case "M": return (6, 0)
        case "G": return (9, 0)
        case "T": return (12, 0)
        case "P": return (15, 0)
        case "E": return (18, 0)
        case "Ki": return (0, 10)
        case "Mi": return (0, 20)
        case "Gi": return (0, 30)
        case "Ti": return (0, 40)
        case "Pi": return (0, 50)
        case "Ei": return (0, 60)
        default:
            guard let first = suffix.first, first == "e" || first == "E", let power = Int(suffix.dropFirst()), (-9...18).contains(power)
            else {
                return nil
            }
            return (power, 0)
        }
    }
}
