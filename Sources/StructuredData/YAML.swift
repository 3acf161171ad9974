// The YAML interface of the module: documents with a place for every node, limits, and a writer for people.

/// What a manifest may at most be; each limit has an error that names it.
package struct YAMLLimits: Sendable {
    /// Bytes of one file.
    package var fileSize = 2 << 20
    package var depth = 100
    /// Nodes of one file, aliases counted with all that they expand to.
    package var nodes = 200_000
    package var documents = 10_000
    /// Bytes of one scalar.
    package var scalarSize = 3 << 19
    package init() {}
}

/// An error in a manifest, at a place.
package struct YAMLError: Error, Sendable, CustomStringConvertible {
    package var message: String
    package var location: SourceLocation
    package init(message: String, location: SourceLocation) {
        self.message = message
        self.location = location
    }
    package var description: String { "\(location): \(message)" }
}

/// One document of a file: its tree, and where each node stands.
package struct YAMLDocument: Sendable {
    package var value: Value
    /// Where the document's first node stands.
    package var location: SourceLocation
    package var locations: NodeLocations
    package init(value: Value, location: SourceLocation, locations: NodeLocations) {
        self.value = value
        self.location = location
        self.locations = locations
    }
}

/// The places of all nodes of one document, packed in the order in which a walk of the tree meets them.
package struct NodeLocations: Sendable {
    package init() {}
    /// Where the node at `path` stands in `root` (the tree these places were read with); for a map entry the place of its key.
    /// The nearest known ancestor's place where the path leads nowhere.
    package func location(of path: FieldPath, in root: Value) -> SourceLocation? { nil }
}

package enum YAML {
    /// Reads all documents of a file with the scalar rules of `kubectl apply`; empty documents are left out.
    /// JSON input (first byte `{` or `[`) is read as JSON, with the same limits and places.
    package static func read(_ bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) -> [YAMLDocument] {
        throw YAMLError(message: "stub", location: SourceLocation(file: file))
    }

    /// YAML as a person would write it: block style, kubectl-safe quoting, literal blocks for text of several lines.
    package static func write(_ value: Value) -> String { "" }
}
