// Strict UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF, and the offset of the first byte that offends.

enum UTF8Check {
    /// The offset of the first byte that begins no valid sequence; nil when all of the bytes are UTF-8.
    static func firstInvalid(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var offset = 0
        while offset < bytes.count {
            guard let length = sequenceLength(at: offset, in: bytes) else { return offset }
            offset += length
        }
        return nil
    }

    /// The number of bytes of the sequence that begins at `offset`; nil when it is not valid.
    @inline(__always)
    static func sequenceLength(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        let first = bytes[offset]
        if first < 0x80 { return 1 }
        func follows(_ distance: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            offset + distance < bytes.count && range.contains(bytes[offset + distance])
        }
        switch first {
        case 0xC2...0xDF: return follows(1) ? 2 : nil
        case 0xE0: return follows(1, 0xA0...0xBF) && follows(2) ? 3 : nil
        case 0xED: return follows(1, 0x80...0x9F) && follows(2) ? 3 : nil
        case 0xE1...0xEF: return follows(1) && follows(2) ? 3 : nil
        case 0xF0: return follows(1, 0x90...0xBF) && follows(2) && follows(3) ? 4 : nil
        case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : nil
        case 0xF4: return follows(1, 0x80...0x8F) && follows(2) && follows(3) ? 4 : nil
        default: return nil
        }
    }
}
