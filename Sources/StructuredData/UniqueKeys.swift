// Finding a key that stands twice in a map, in time that grows with the map and not with its square.

/// A string that is equal and hashed by its UTF-8 bytes (a Swift String is so by Unicode equivalence).
package struct KeyBytes: Hashable, Sendable {
    package let string: String
    package init(_ string: String) { self.string = string }

    package static func == (left: KeyBytes, right: KeyBytes) -> Bool { left.string.hasSameBytes(as: right.string) }

    package func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// Looks for equal keys among entries.
enum UniqueKeys {
    /// The positions of the first key that stands twice, and of where it stood before; nil when all differ.
    static func firstRepeated(_ entries: UnsafeBufferPointer<Object.Entry>) -> (first: Int, second: Int)? {
        guard entries.count > 24 else {
            for second in entries.indices.dropFirst() {
                for first in 0..<second where entries[first].key.hasSameBytes(as: entries[second].key) {
                    return (first, second)
                }
            }
            return nil
        }
        var seen: [KeyBytes: Int] = [:]
        seen.reserveCapacity(entries.count)
        for (position, entry) in entries.enumerated() {
            if let first = seen.updateValue(position, forKey: KeyBytes(entry.key)) { return (first, position) }
        }
        return nil
    }
}
