// The one form of a value that digests are taken of.

package enum CanonicalJSON {
    /// Compact JSON with keys sorted by bytes and numbers in one form: equal values have equal bytes.
    package static func bytes(of value: Value) -> [UInt8] {
        var writer = JSONWriter(.canonical)
        writer.write(value)
        return writer.bytes
    }

    /// The same as text.
    package static func text(of value: Value) -> String { String(decoding: bytes(of: value), as: UTF8.self) }
}
