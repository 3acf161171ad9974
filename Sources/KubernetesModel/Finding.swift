// One thing that is wrong with a file of the source, said for people and with its place.

package import StructuredData

/// What is wrong and where. Never carries the value of a Secret or a credential.
package struct Finding: Sendable, Equatable, CustomStringConvertible {
    /// On one line, without control characters, at most 1000 characters long.
    package let message: String
    package let location: SourceLocation

    /// - Parameter message: control characters, which keys and names may bring along, are escaped; what is too long is cut.
    package init(message: String, location: SourceLocation) {
        self.message = Finding.printable(message)
        self.location = location
    }

    /// `file:line:column: message`.
    package var description: String { "\(location): \(message)" }

    private static func printable(_ text: String) -> String {
        if text.utf8.count <= 1000, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        var shown = ""
        for (position, scalar) in text.unicodeScalars.enumerated() {
            if position == 1000 { return shown + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}

extension Finding: Comparable {
    /// By file (bytes), line, column and message.
    package static func < (left: Finding, right: Finding) -> Bool {
        let (a, b) = (left.location, right.location)
        if !a.file.hasSameBytes(as: b.file) { return a.file.precedesByBytes(b.file) }
        if a.line != b.line { return a.line < b.line }
        if a.column != b.column { return a.column < b.column }
        return left.message.precedesByBytes(right.message)
    }
}

extension YAMLDocument {
    /// Where the node at `path` stands; the document's own place where that is not known, or where nobody wrote it.
    package func location(of path: FieldPath) -> SourceLocation {
        guard !path.isRoot, let found = locations.location(of: path, in: value), !found.file.isEmpty else { return location }
        return found
    }
}
