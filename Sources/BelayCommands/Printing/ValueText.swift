// Values of fields as people read them in a diff: on one line, text plain where it cannot be mistaken, long text cut around the difference.

package import Planning
import StructuredData

/// One side of a field change, or two sides against each other.
package enum ValueText {
    /// Letters of one value on one line.
    package static let limit = 100

    /// `nothing` where the field is absent.
    package static func one(_ shown: Shown?, limit: Int = limit) -> String {
        switch shown {
        case nil: "(absent)"
        case .redacted(let hash): "REDACTED(\(Printable.text(hash)))"
        case .value(let value): Printable.shortened(plain(value), to: limit)
        }
    }

    /// Both sides; of two long texts the parts around the first difference.
    package static func two(_ from: Shown?, _ to: Shown?, limit: Int = limit) -> (String, String) {
        guard case .value(let old) = from, case .value(let new) = to else { return (one(from, limit: limit), one(to, limit: limit)) }
        let left = Array(plain(old)), right = Array(plain(new))
        guard max(left.count, right.count) > limit else { return (String(left), String(right)) }
        let common = zip(left, right).prefix { $0 == $1 }.count
        let start = max(0, common - limit / 4)
        return (window(left, from: start, limit), window(right, from: start, limit))
    }

    /// Whether both are texts of several lines: better shown as a diff of lines.
    package static func areLines(_ from: Shown?, _ to: Shown?) -> (from: [String], to: [String])? {
        guard case .value(.string(let old)) = from, case .value(.string(let new)) = to else { return nil }
        guard old.utf8.contains(0x0A) || new.utf8.contains(0x0A) else { return nil }
        return (lines(old), lines(new))
    }

    private static func lines(_ text: String) -> [String] {
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        if lines.last == "" { lines.removeLast() } else { lines[lines.count - 1] += " (no newline at the end)" }
        return lines
    }

    private static func window(_ letters: [Character], from start: Int, _ limit: Int) -> String {
        guard start > 0 || letters.count > limit else { return String(letters) }
        let rest = letters.dropFirst(start)
        return (start > 0 ? "…" : "") + String(rest.prefix(limit)) + (rest.count > limit ? "…" : "")
    }

    /// Text without quotes unless it would read as something else; all other values as JSON.
    static func plain(_ value: Value) -> String {
        guard case .string(let text) = value else { return json(value) }
        return needsQuotes(text) ? json(value) : Printable.text(text)
    }

    private static func json(_ value: Value) -> String { String(decoding: Printable.json(JSON.write(value)), as: UTF8.self) }

    private static func needsQuotes(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return true }
        if first <= 0x20 || last <= 0x20 || "{[\"'(".utf8.contains(first) { return true }
        if ["true", "false", "null", "yes", "no", "on", "off", "~"].contains(text.lowercased()) { return true }
        let digits = "0123456789".utf8
        return digits.contains(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == UInt8(ascii: ".")
            ? Double(text) != nil : false
    }
}
