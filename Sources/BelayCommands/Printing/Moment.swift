// Points in time as people read them: `3m ago`, and how long something took.

import Foundation

/// Reads RFC 3339 and says how long ago it was.
package enum Moment {
    /// `42s ago`, `3m ago`, `5h ago`, `12d ago`; the text itself where it cannot be read. A clock that runs ahead says `just now`.
    package static func ago(_ time: String, now: Double) -> String {
        guard let then = seconds(time) else { return Printable.text(time) }
        let span = now - then
        return span < 1 ? "just now" : span.isFinite ? "\(short(span)) ago" : Printable.text(time)
    }

    /// `3m`; `-` where one is missing or cannot be read.
    package static func span(from start: String, to end: String?) -> String {
        guard let first = seconds(start), let end, let last = seconds(end) else { return "-" }
        return took(max(0, last - first))
    }

    /// `0.8s`, `38s`, `4m12s`.
    package static func took(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "-" }
        if seconds < 10 { return "\((seconds * 10).rounded() / 10)s" }
        let whole = Int(seconds.rounded())
        return whole < 60 ? "\(whole)s" : whole < 3600 ? "\(whole / 60)m\(whole % 60)s" : "\(whole / 3600)h\(whole % 3600 / 60)m"
    }

    /// RFC 3339 with milliseconds, UTC.
    package static func text(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    }

    /// RFC 3339 with whole seconds, UTC.
    package static func wholeSeconds(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds.rounded(.up)).formatted(.iso8601)
    }

    /// `2h left`; `over` behind the end, the text itself where it cannot be read.
    package static func left(until end: String, now: Double) -> String {
        guard let time = seconds(end) else { return Printable.text(end) }
        return time <= now ? "over" : "\(short(time - now)) left"
    }

    /// `3m`, without a word: `-` where the time is missing or cannot be read.
    package static func age(_ time: String?, now: Double) -> String {
        time.flatMap(seconds).map { short(max(0, now - $0)) } ?? "-"
    }

    private static func short(_ span: Double) -> String {
        guard span < 1e11 else { return "long" }
        let seconds = Int(span)
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<7200: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3600)h"
        default: return "\(seconds / 86400)d"
        }
    }

    /// Seconds since 1970 of an RFC 3339 text; nil when it is none.
    package static func seconds(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            guard range.upperBound <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var fraction = 0.0
        var position = 19
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            var scale = 0.1
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
                fraction += Double(bytes[position] - 0x30) * scale
                scale /= 10
                position += 1
            }
        }
        var offset = 0
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): break
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard let hours = number((position + 1)..<(position + 3)), let minutes = number((position + 4)..<(position + 6)) else {
                return nil
            }
            offset = (hours * 60 + minutes) * 60 * (bytes[position] == UInt8(ascii: "+") ? 1 : -1)
        default: return nil
        }
        return Double(days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset) + fraction
    }

    /// Days from 1970-01-01 in the Gregorian calendar, counted in years that begin in March.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month <= 2 ? year - 1 : year
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
