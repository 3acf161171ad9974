// The two forms of time that arrive over the wire: RFC 3339 in objects and credentials, HTTP dates in headers.

/// Reads times as seconds since 1970 (UTC), without locale or time zone data.
package enum WireTime {
    /// `2026-11-23T20:58:44Z`, with a fraction or an offset if there is one.
    package static func rfc3339(_ text: String) -> Double? {
        var scanner = Scanner(text)
        guard let year = scanner.number(digits: 4), scanner.skip("-"), let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2), scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(digits: 2), scanner.skip(":"), let minute = scanner.number(digits: 2), scanner.skip(":"),
            let second = scanner.number(digits: 2),
            let whole = seconds(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        var fraction = 0.0
        if scanner.skip(".") {
            var scale = 0.1
            var digits = 0
            while let digit = scanner.number(digits: 1) {
                fraction += Double(digit) * scale
                scale /= 10
                digits += 1
            }
            if digits == 0 { return nil }
        }
        if scanner.skip("Z") || scanner.skip("z") { return scanner.isAtEnd ? whole + fraction : nil }
        let east = scanner.skip("+")
        guard east || scanner.skip("-"), let hours = scanner.number(digits: 2), scanner.skip(":"),
            let minutes = scanner.number(digits: 2), hours < 24, minutes < 60, scanner.isAtEnd
        else { return nil }
        let offset = Double(hours * 3600 + minutes * 60)
        return whole + fraction + (east ? -offset : offset)
    }

    /// An HTTP date (RFC 9110 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`, and the two obsolete forms.
    package static func httpDate(_ text: String) -> Double? {
        let words = text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "-") }.compactMap {
            String($0)
        }
        if words.count == 6, words[5].hasSameLetters(as: "GMT") {
            guard let day = Int(words[1]), let month = monthNumber(words[2]), var year = Int(words[3]) else { return nil }
            if words[3].utf8.count == 2 { year += year < 70 ? 2000 : 1900 }
            return seconds(year: year, month: month, day: day, clock: words[4])
        }
        guard words.count == 5, let month = monthNumber(words[1]), let day = Int(words[2]), let year = Int(words[4]) else { return nil }
        return seconds(year: year, month: month, day: day, clock: words[3])
    }

    private static func monthNumber(_ name: String) -> Int? {
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        return names.firstIndex { name.hasSameLetters(as: $0) }.map { $0 + 1 }
    }

    private static func seconds(year: Int, month: Int, day: Int, clock: String) -> Double? {
        var scanner = Scanner(clock)
        guard let hour = scanner.number(digits: 2), scanner.skip(":"), let minute = scanner.number(digits: 2), scanner.skip(":"),
            let second = scanner.number(digits: 2), scanner.isAtEnd
        else { return nil }
        return seconds(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// Days from the civil date (proleptic Gregorian calendar), leap seconds folded into the next minute.
    private static func seconds(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> Double? {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Double(((days * 24 + hour) * 60 + minute) * 60 + second)
    }

    private struct Scanner {
        private var rest: Substring.UTF8View

        init(_ text: String) { rest = text[...].utf8 }

        var isAtEnd: Bool { rest.isEmpty }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func number(digits: Int) -> Int? {
            var value = 0
            var copy = rest
            for _ in 0..<digits {
                guard let byte = copy.popFirst(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                value = value * 10 + Int(byte - UInt8(ascii: "0"))
            }
            rest = copy
            return value
        }
    }
}

extension String {
    /// Equality of ASCII text whatever its case.
    func hasSameLetters(as other: String) -> Bool {
        func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
        return utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { folded($0) == folded($1) }
    }
}
