// Records of members, packed for the parent ConfigMap: 64 bytes each.

package import KubernetesModel
import StructuredData

/// Rows of 64 bytes, sorted: 16 of the hash of the object's key, 16 of its uid, 16 of each digest.
package struct RecordTable: Sendable, Equatable {
    package static let rowSize = 64
    /// Bytes of one ConfigMap that rows may fill.
    package static let chunkSize = 900 * 1024 / rowSize * rowSize

    package private(set) var bytes: [UInt8]

    /// Rows that are not whole are left out: a record is a cache, never truth.
    package init(bytes: [UInt8]) { self.bytes = Array(bytes.prefix(bytes.count / Self.rowSize * Self.rowSize)) }

    package init(_ records: [ObjectKey: Record]) {
        let rows = records.map { key, record in
            Self.hash(of: key) + Record.packed(uid: record.uid) + record.desired.bytes.prefix(16) + record.live.bytes.prefix(16)
        }
        bytes = rows.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 }
    }

    package var count: Int { bytes.count / Self.rowSize }

    /// The records of these objects; those that the table does not know are left out.
    package func records(of keys: some Sequence<ObjectKey>) -> [ObjectKey: Record] {
        var rows: [ArraySlice<UInt8>: Int] = [:]
        for row in 0..<count { rows[bytes[row * Self.rowSize..<row * Self.rowSize + 16]] = row }
        var found: [ObjectKey: Record] = [:]
        for key in keys {
            guard let row = rows[Self.hash(of: key)[...]] else { continue }
            let start = row * Self.rowSize
            guard let desired = Digest(bytes: Array(bytes[start + 32..<start + 48]) + [UInt8](repeating: 0, count: 16)),
                let live = Digest(bytes: Array(bytes[start + 48..<start + 64]) + [UInt8](repeating: 0, count: 16))
            else { continue }
            found[key] = Record(uid: Record.text(uid: bytes[start + 16..<start + 32]), desired: desired, live: live)
        }
        return found
    }

    /// In pieces of at most ``chunkSize``; one empty piece where there is no row.
    package var chunks: [[UInt8]] {
        if bytes.isEmpty { return [[]] }
        return stride(from: 0, to: bytes.count, by: Self.chunkSize).map { Array(bytes[$0..<min($0 + Self.chunkSize, bytes.count)]) }
    }

    private static func hash(of key: ObjectKey) -> [UInt8] {
        let parts = [key.group, key.kind, key.namespace ?? "", key.name]
        var text: [UInt8] = []
        for part in parts {
            text.append(contentsOf: part.utf8)
            text.append(0)
        }
        return Array(Digest(of: text).bytes.prefix(16))
    }
}

extension Record {
    /// The 16 bytes of a UUID; of any other uid the first 16 of its SHA-256.
    static func packed(uid: String) -> [UInt8] {
        var digits: [UInt8] = []
        for byte in uid.utf8 where byte != UInt8(ascii: "-") {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte - UInt8(ascii: "a") + 10)
            default: return Array(Digest(of: Array(uid.utf8)).bytes.prefix(16))
            }
        }
        guard digits.count == 32, uid.utf8.count == 36 else { return Array(Digest(of: Array(uid.utf8)).bytes.prefix(16)) }
        return stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    static func text(uid: ArraySlice<UInt8>) -> String {
        var text = ""
        for (index, byte) in uid.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}
