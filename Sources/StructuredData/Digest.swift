// SHA-256 over bytes and over the canonical form of a value: what "the same" means across machines and runs.

import Crypto

/// A SHA-256 digest: 32 bytes.
package struct Digest: Sendable, Hashable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// - Returns: nil when there are not exactly 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// The digest of these bytes.
    package init(of data: [UInt8]) { bytes = Array(SHA256.hash(data: data)) }

    /// The digest of the value's canonical bytes: equal for equal values.
    package init(of value: Value) { self.init(of: CanonicalJSON.bytes(of: value)) }

    /// 64 hexadecimal digits.
    package var description: String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }

    /// The first 12 hexadecimal digits, for people to compare and to type.
    package var short: String { String(description.prefix(12)) }
}
