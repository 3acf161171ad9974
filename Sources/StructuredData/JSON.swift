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
    ///
    /// Integers are `.int`, beyond that `.uint`, beyond that `.double`; what is too large for a double is an error.
    package static func read(_ bytes: [UInt8], maximumDepth: Int = 512) throws(JSONError) -> Value {
        var rules = JSONReader.Rules()
        rules.depth = maximumDepth
        return try read(bytes, rules: rules)
    }

    /// The same for bytes that lie elsewhere, as in a network buffer; nothing is copied first.
    package static func read(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 512) throws(JSONError) -> Value {
        var rules = JSONReader.Rules()
        rules.depth = maximumDepth
        return try read(bytes.assumingMemoryBound(to: UInt8.self), rules: rules)
    }

    /// Reads one JSON text in which a key that stands twice in a map is an error.
    package static func readUnique(_ bytes: [UInt8], maximumDepth: Int = 512) throws(JSONError) -> Value {
        var rules = JSONReader.Rules()
        rules.depth = maximumDepth
        rules.refusesRepeatedKeys = true
        return try read(bytes, rules: rules)
    }

    /// Compact JSON, keys in the object's own order; doubles as Go writes them (`1`, `0.1`, `1e+21`).
    package static func write(_ value: Value) -> [UInt8] {
        var writer = JSONWriter(.compact)
        writer.write(value)
        return writer.bytes
    }

    /// JSON for people: two spaces of indentation, keys in the object's own order, a newline at the end.
    package static func writeIndented(_ value: Value) -> [UInt8] {
        var writer = JSONWriter(.indented)
        writer.write(value)
        return writer.bytes + [0x0A]
    }

    private static func read(_ bytes: [UInt8], rules: JSONReader.Rules) throws(JSONError) -> Value {
        let result: Result<Value, JSONError> = bytes.withUnsafeBufferPointer { text in
            do throws(JSONError) {
                return .success(try read(text, rules: rules))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func read(_ text: UnsafeBufferPointer<UInt8>, rules: JSONReader.Rules) throws(JSONError) -> Value {
        do throws(JSONReader.Failure) {
            var reader = JSONReader(text, rules: rules)
            let value = try reader.value()
            reader.skipSpace()
            guard reader.isAtEnd else { throw reader.unexpected("the end of the text") }
            return value
        } catch {
            let position = TextPosition(of: error.offset, in: text)
            throw JSONError(message: error.message, offset: error.offset, line: position.line, column: position.column)
        }
    }
}
