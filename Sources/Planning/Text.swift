// Words for people: values and lists made short and safe to print.

import KubernetesModel
import StructuredData

enum Text {
    /// A path as the server spells it, without the keys of list elements, which may be of a secret: one may hold brackets itself, so what
    /// stands between two of them goes as well.
    static func withoutKeys(_ path: String) -> String {
        guard let first = path.firstIndex(of: "[") else { return path }
        let end = path.lastIndex(of: "]").map { path[path.index(after: $0)...] } ?? ""
        return path[..<first] + "[…]" + end
    }

    /// Without control characters, at most 200 bytes: text from outside that goes into a sentence.
    static func plain(_ text: String) -> String { plain(text, limit: 200) }

    static func plain(_ text: String, limit: Int) -> String {
        var result = ""
        var length = 0
        for scalar in text.unicodeScalars {
            let isControl =
                scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x202E).contains(scalar.value)
                || (0x2066...0x2069).contains(scalar.value)
            length += UTF8.width(scalar)
            if length > limit { return result + "…" }
            result.unicodeScalars.append(isControl ? " " : scalar)
        }
        return result
    }

    /// A value in a few words: scalars as they are, the rest by size.
    static func brief(_ shown: Shown?) -> String {
        switch shown {
        case nil: "(absent)"
        case .redacted(let hash)?: "REDACTED(\(hash))"
        case .value(let value)?:
            switch value {
            case .string(let text): text.isEmpty ? "\"\"" : plain(text, limit: 48)
            case .array(let list): "a list of \(list.count)"
            case .object(let object): "a map of \(object.count)"
            case .null, .bool, .int, .uint, .double: ListKeys.text(value)
            }
        }
    }

    /// The end of "is 3, not 5"; of two lists with the same elements, that only their order differs.
    static func deviation(_ from: Shown?, _ to: Shown?) -> String {
        if case .value(.array(let left))? = from, case .value(.array(let right))? = to, left.count == right.count {
            let isSame = left.map(ListKeys.text).sorted() == right.map(ListKeys.text).sorted()
            return isSame ? "is in another order" : "is another list of \(left.count)"
        }
        return "is \(brief(from)), not \(brief(to))"
    }

    /// `Invalid value: {…}: field is immutable`, where the server shows the whole object that it means.
    static func withoutDump(_ message: String) -> String {
        guard message.utf8.count > 200, let open = message.firstIndex(of: "{"), let close = message.lastIndex(of: "}"), open < close else {
            return message
        }
        return message[...open] + "…" + message[close...]
    }

    /// `a, b and 3 more`.
    static func list(_ items: [String], limit: Int = 3) -> String {
        if items.count <= limit + 1 { return items.joined(separator: ", ") }
        return items.prefix(limit).joined(separator: ", ") + " and \(items.count - limit) more"
    }

    /// `spec.replicas 3 → 5`.
    static func change(_ change: FieldChange) -> String { "\(change.path) \(brief(change.from)) → \(brief(change.to))" }
}
