// Dates and times without quotes: kustomize reads them as moments and writes them out as RFC 3339.

package enum YAMLTimestamp {
    /// How kustomize writes a plain scalar that is a timestamp; nil where it is none. Source: go-yaml v3, `parseTimestamp`.
    ///
    /// `2024-1-2` is `2024-01-02T00:00:00Z`; with a time behind `T`, `t` or a blank, with `Z` or an offset except after a blank.
    package static func text(_ scalar: String) -> String? {
        var rest = scalar.utf8[...]
        func number(_ lengths: ClosedRange<Int>) -> Int? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard lengths.contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int($1 & 0x0F) }
        }
        func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }
        guard let year = number(4...4), skip("-"), let month = number(1...2), skip("-"), let day = number(1...2),
            (1...12).contains(month), (1...days(month, year)).contains(day)
        else { return nil }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        if rest.isEmpty { return date + "T00:00:00Z" }
        let separator = rest.removeFirst()
        guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: "t") || separator == UInt8(ascii: " "),
            let hour = number(1...2), skip(":"), let minute = number(1...2), skip(":"), let second = number(1...2),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var fraction = ""
        if skip(".") {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard (1...9).contains(digits.count) else { return nil }
            rest = rest.dropFirst(digits.count)
            fraction = String(decoding: digits, as: UTF8.self)
            while fraction.last == "0" { fraction.removeLast() }
            if !fraction.isEmpty { fraction = "." + fraction }
        }
        let time = "T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))\(fraction)"
        if separator == UInt8(ascii: " ") { return rest.isEmpty ? date + time + "Z" : nil }
        if skip("Z") { return rest.isEmpty ? date + time + "Z" : nil }
        guard let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        rest = rest.dropFirst()
        guard let hours = number(2...2), skip(":"), let minutes = number(2...2), rest.isEmpty, hours < 24, minutes < 60 else { return nil }
        if hours == 0, minutes == 0 { return date + time + "Z" }
        return "\(date)\(time)\(sign == UInt8(ascii: "+") ? "+" : "-")\(padded(hours, 2)):\(padded(minutes, 2))"
    }

    private static func days(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
