// Spans of time as Kubernetes writes them: `90s`, `5m`, `1h30m`.

/// Reads and writes durations in the form of Go's `time.ParseDuration`, positive ones only.
package enum DurationText {
    /// A text that is no duration; `description` says why, to be put after the text.
    package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
        package var description: String
    }

    /// The longest duration that is taken: a year.
    package static let maximum: Duration = .seconds(365 * 24 * 3600)

    /// Reads `300ms`, `90s`, `5m`, `1h30m`, `1.5h`; from one millisecond to ``maximum``.
    package static func parse(_ text: String) throws(Problem) -> Duration {
        let bytes = Array(text.utf8)
        guard let first = bytes.first else { throw Problem(description: "is empty; write a number with a unit, such as 5m") }
        if first == UInt8(ascii: "-") { throw Problem(description: "is negative; a duration is longer than zero") }
        if bytes.allSatisfy(isDigit) {
            throw Problem(
                description: bytes.allSatisfy { $0 == UInt8(ascii: "0") }
                    ? "is zero; a duration is longer than zero" : "has no unit; write \(text)s or \(text)m")
        }
        var index = first == UInt8(ascii: "+") ? 1 : 0
        var nanoseconds: Int64 = 0
        while index < bytes.count {
            let (amount, unit, next) = try component(of: bytes, at: index)
            let (product, overflow) = amount.whole.multipliedReportingOverflow(by: unit)
            let (sum, overflow2) = nanoseconds.addingReportingOverflow(product)
            // The fraction has at most nine digits: `unit / scale` keeps the product far below the limit.
            let (total, overflow3) = sum.addingReportingOverflow(fractionOfUnit(amount.fraction, scale: amount.scale, unit: unit))
            if overflow || overflow2 || overflow3 { throw tooLong }
            nanoseconds = total
            index = next
        }
        let duration = Duration.nanoseconds(nanoseconds)
        if duration > maximum { throw tooLong }
        if nanoseconds == 0 { throw Problem(description: "is zero; a duration is longer than zero") }
        if duration < .milliseconds(1) { throw Problem(description: "is shorter than a millisecond") }
        return duration
    }

    /// The shortest form that ``parse(_:)`` reads back to the same duration (to the millisecond): `1h30m`, `90s` as `1m30s`.
    package static func format(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        var text = ""
        if seconds >= 3600 { text += "\(seconds / 3600)h" }
        if seconds % 3600 >= 60 { text += "\(seconds % 3600 / 60)m" }
        if seconds % 60 > 0 { text += "\(seconds % 60)s" }
        if milliseconds > 0 { text += "\(milliseconds)ms" }
        return text.isEmpty ? "0s" : text
    }

    private static let tooLong = Problem(description: "is longer than a year (8760h)")
    private static let form = Problem(description: "is no duration; write numbers with the units h, m, s or ms, such as 90s, 5m or 1h30m")

    private static func component(
        of bytes: [UInt8], at start: Int
    ) throws(Problem) -> (amount: (whole: Int64, fraction: Int64, scale: Int64), unit: Int64, next: Int) {
        var index = start
        var whole: Int64 = 0
        var digits = 0
        while index < bytes.count, isDigit(bytes[index]) {
            let (product, overflow) = whole.multipliedReportingOverflow(by: 10)
            let (sum, overflow2) = product.addingReportingOverflow(Int64(bytes[index] &- UInt8(ascii: "0")))
            if overflow || overflow2 { throw tooLong }
            whole = sum
            digits += 1
            index += 1
        }
        var fraction: Int64 = 0
        var scale: Int64 = 1
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            while index < bytes.count, isDigit(bytes[index]) {
                if scale < 1_000_000_000 {
                    fraction = fraction &* 10 &+ Int64(bytes[index] &- UInt8(ascii: "0"))
                    scale &*= 10
                }
                digits += 1
                index += 1
            }
        }
        if digits == 0 { throw form }
        let unitStart = index
        while index < bytes.count, !isDigit(bytes[index]), bytes[index] != UInt8(ascii: ".") { index += 1 }
        switch String(decoding: bytes[unitStart..<index], as: UTF8.self) {
        case "h": return ((whole, fraction, scale), 3_600_000_000_000, index)
        case "m": return ((whole, fraction, scale), 60_000_000_000, index)
        case "s": return ((whole, fraction, scale), 1_000_000_000, index)
        case "ms": return ((whole, fraction, scale), 1_000_000, index)
        case "d": throw Problem(description: "has the unit d; write days as hours, such as 24h")
        default: throw form
        }
    }

    private static func fractionOfUnit(_ fraction: Int64, scale: Int64, unit: Int64) -> Int64 {
        // Both factors are below 10^9 once the unit is split into seconds and the rest.
        let perSecond = unit / 1_000_000_000
        if perSecond > 0 { return (fraction &* perSecond) &* (1_000_000_000 / scale) }
        return fraction &* unit / scale
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
