// Where the keys of a large map stand: four to sixteen bytes a key, because a hostile map may have very many.

/// A table from the keys of an array of entries to their positions there. The keys themselves stay in the array.
struct KeyIndex: Sendable {
    /// Positions plus one; 0 where the slot is free. The number of slots is a power of two.
    private var slots: [UInt32]
    private var count = 0

    /// Has room for that many keys, and for some more.
    init(capacity: Int) {
        var size = 64
        while size < capacity &* 3 / 2 { size &*= 2 }
        slots = [UInt32](repeating: 0, count: size)
    }

    /// Whether one more key can be inserted.
    var hasRoom: Bool { count < slots.count / 4 &* 3 }

    /// Inserts the key of the entry at `position`, unless the same key is in already.
    /// - Returns: where the same key stands, if it is in already.
    mutating func insert(_ position: Int, in entries: UnsafeBufferPointer<Object.Entry>) -> Int? {
        let key = entries[position].key
        let slot = slot(of: key, in: entries)
        if slots[slot] != 0 { return Int(slots[slot]) &- 1 }
        slots[slot] = UInt32(truncatingIfNeeded: position &+ 1)
        count &+= 1
        return nil
    }

    func position(of key: String, in entries: UnsafeBufferPointer<Object.Entry>) -> Int? {
        let slot = slot(of: key, in: entries)
        return slots[slot] == 0 ? nil : Int(slots[slot]) &- 1
    }

    /// The slot that holds the key, or the free one where it belongs.
    private func slot(of key: String, in entries: UnsafeBufferPointer<Object.Entry>) -> Int {
        let mask = slots.count &- 1
        // Seeded anew in every process, so that nobody can choose keys that collide.
        var slot = KeyBytes(key).hashValue & mask
        while slots[slot] != 0, !entries[Int(slots[slot]) &- 1].key.hasSameBytes(as: key) {
            slot = (slot &+ 1) & mask
        }
        return slot
    }
}
