// One thing that is wrong with a file of the source, said for people and with its place.

package import StructuredData

/// What is wrong and where. Never carries the value of a Secret or a credential.
package struct Finding: Sendable, Equatable, CustomStringConvertible {
    package var message: String
    package var location: SourceLocation

    package init(message: String, location: SourceLocation) {
        self.message = message
        self.location = location
    }

    /// `file:line:column: message`.
    package var description: String { "\(location): \(message)" }
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
    /// Where the node at `path` stands; the document's own place where that is not known.
    package func location(of path: FieldPath) -> SourceLocation {
        path.isRoot ? location : locations.location(of: path, in: value) ?? location
    }
}
