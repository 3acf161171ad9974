// One String for every key that a text repeats: thousands of `creationTimestamp` become references to one allocation.

/// Makes strings of keys; those longer than fit into a String itself (15 bytes) are remembered in a small table.
struct KeyCache {
    private var slots = [String](repeating: "", count: 512)

    /// - Parameter bytes: valid UTF-8.
    mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.count > 15, bytes.count <= 64 else { return String(decoding: bytes, as: UTF8.self) }
        let raw = UnsafeRawBufferPointer(bytes)
        let head = raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        let tail = raw.loadUnaligned(fromByteOffset: raw.count - 8, as: UInt64.self)
        let mixed = (head ^ (tail &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(raw.count)) &* 0xFF51_AFD7_ED55_8CCD
        let slot = Int(mixed >> 55)
        let isKnown = slots[slot].utf8.withContiguousStorageIfAvailable { KeyCache.isSame(UnsafeRawBufferPointer($0), raw) }
        if isKnown == true { return slots[slot] }
        let string = String(decoding: bytes, as: UTF8.self)
        slots[slot] = string
        return string
    }

    /// Compares texts of at least eight bytes, eight at a time.
    @inline(__always)
    private static func isSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count, left.count >= 8 else { return false }
        let last = left.count - 8
        var offset = 0
        while offset < last {
            guard
                left.loadUnaligned(fromByteOffset: offset, as: UInt64.self) == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            else { return false }
            offset += 8
        }
        return left.loadUnaligned(fromByteOffset: last, as: UInt64.self) == right.loadUnaligned(fromByteOffset: last, as: UInt64.self)
    }
}
