// One String for every key that a text repeats: thousands of `creationTimestamp` become references to one allocation.

/// Makes strings of keys; those longer than fit into a String itself (15 bytes) are remembered in a small table.
struct KeyCache {
    private var slots = [String](repeating: "", count: 512)

    /// - Parameter bytes: valid UTF-8.
    mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.count > 15, bytes.count <= 64 else { return String(decoding: bytes, as: UTF8.self) }
        var hash: UInt32 = 2_166_136_261
        for byte in bytes { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        let slot = Int((hash ^ (hash >> 15)) & 511)
        let known = slots[slot].utf8.withContiguousStorageIfAvailable { stored in
            stored.count == bytes.count && stored.elementsEqual(bytes)
        }
        if known == true { return slots[slot] }
        let string = String(decoding: bytes, as: UTF8.self)
        slots[slot] = string
        return string
    }
}
