// The JSON interface of the module: reading with limits, writing compact or indented, and the canonical form.

/// A JSON text that could not be read: what is wrong, and at which byte, line and column (from 1).
package struct JSONError: Error, Sendable, CustomStringConvertible {
    package var message: String
    package var offset: Int
    package var line: Int
    package var column: Int
    package init(message: String, offset: Int, line: Int, column: Int) {
        self.message = message
        self.offset = offset
        self.line = line
        self.column = column
    }
    package var description: String { "line \(line), column \(column): \(message)" }
}

package enum JSON {
    /// Reads one JSON text (RFC 8259): strict UTF-8, strict numbers, no duplicate check, depth at most `maximumDepth`.
    package static func read(_ bytes: [UInt8], maximumDepth: Int = 512) throws(JSONError) -> Value {
        throw JSONError(message: "stub", offset: 0, line: 1, column: 1)
    }

    /// Compact JSON, keys in the object's own order.
    package static func write(_ value: Value) -> [UInt8] { [] }

    /// JSON for people: two spaces of indentation, keys in the object's own order, a newline at the end.
    package static func writeIndented(_ value: Value) -> [UInt8] { [] }
}

package enum CanonicalJSON {
    /// Compact JSON with keys sorted by bytes and numbers in one form: equal values have equal bytes.
    package static func bytes(of value: Value) -> [UInt8] { [] }
}
