// The causes of a 422: their texts without the values they quote, and what they mean.

import Foundation
import KubernetesModel

/// The text of a cause without the value it quotes: a Job's template alone fills pages.
enum CauseText {
    private static let prefixes = ["Invalid value: ", "Unsupported value: ", "Duplicate value: ", "Not found: "]

    /// `Invalid value: {"matchLabels":…}: field is immutable` gives `field is immutable`; a short value stays.
    static func detail(_ message: String) -> String {
        guard let prefix = prefixes.first(where: message.hasPrefix) else { return withoutDiff(message) }
        let value = message.utf8.dropFirst(prefix.utf8.count)
        let end = endOfValue(value)
        guard let rest = String(value[end...]), rest.hasPrefix(": ") else { return withoutDiff(message) }
        return withoutDiff(String(rest.dropFirst(2)))
    }

    /// The API server appends a diff of Go structures to some messages.
    private static func withoutDiff(_ message: String) -> String {
        message.range(of: "\n@@ ").map { String(message[..<$0.lowerBound]) } ?? message
    }

    /// The end of a JSON value or Go literal: brackets and quotes are matched, a bare word ends at `: `.
    private static func endOfValue(_ text: Substring.UTF8View) -> Substring.UTF8View.Index {
        var depth = 0
        var inString = false
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if inString {
                if byte == UInt8(ascii: "\\") {
                    text.formIndex(after: &index)
                    if index == text.endIndex { break }
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): inString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: ":") where depth <= 0: return index
                default: break
                }
            }
            text.formIndex(after: &index)
        }
        return text.endIndex
    }
}

/// Whether a cause of a 422 says that the field cannot be changed at all: only a new object can have it.
enum ImmutableField {
    private static let texts = [
        "immutable", "may not change", "may not be changed", "must not be changed", "cannot be changed", "can not be changed",
        "cannot change roleref",
    ]

    static func isMeant(by cause: Status.Cause) -> Bool {
        let detail = CauseText.detail(cause.message).lowercased()
        return texts.contains(where: detail.contains) || (detail.contains("updates to ") && detail.contains("forbidden"))
    }
}
