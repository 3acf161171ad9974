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

/// Whether all keys of a map differ.
enum UniqueKeys {
    /// All differ; with the positions of the keys where the map is large enough to need them.
    case unique(positions: KeyIndex?)
    /// The first key that stands twice, and where it stood before.
    case repeated(first: Int, second: Int)

    static func check(_ entries: UnsafeBufferPointer<Object.Entry>) -> UniqueKeys {
        guard entries.count > Object.largestSearchedInLine else {
            for second in entries.indices.dropFirst() {
                for first in 0..<second where entries[first].key.hasSameBytes(as: entries[second].key) {
                    return .repeated(first: first, second: second)
                }
            }
            return .unique(positions: nil)
        }
        var positions = KeyIndex(capacity: entries.count)
        for position in entries.indices {
            if let first = positions.insert(position, in: entries) { return .repeated(first: first, second: position) }
        }
        return .unique(positions: positions)
    }
}
