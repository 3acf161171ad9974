// Git's ids, computed over what lies in a directory: SHA-1 of a header and the content.

import Crypto

/// Ids of blobs and trees.
enum GitObjectID {
    /// The id that `git hash-object` gives.
    static func blob(_ bytes: [UInt8]) -> [UInt8] { hash("blob", bytes) }

    /// The id of a tree.
    /// - Parameter entries: in Git's order.
    static func tree(_ entries: [Entry]) -> [UInt8] {
        var content: [UInt8] = []
        for entry in entries {
            content += Array(entry.mode.rawValue.utf8)
            content.append(UInt8(ascii: " "))
            content += entry.name
            content.append(0)
            content += entry.id
        }
        return hash("tree", content)
    }

    enum Mode: String {
        case file = "100644"
        case executable = "100755"
        case symlink = "120000"
        case directory = "40000"
    }

    struct Entry {
        var mode: Mode
        var name: [UInt8]
        /// 20 bytes.
        var id: [UInt8]

        /// Git sorts directories as if their names ended in a slash.
        var sortKey: [UInt8] { mode == .directory ? name + [UInt8(ascii: "/")] : name }
    }

    /// 40 hexadecimal digits.
    static func hexadecimal(_ id: [UInt8]) -> String {
        id.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func hash(_ kind: String, _ bytes: [UInt8]) -> [UInt8] {
        var function = Insecure.SHA1()
        function.update(data: Array("\(kind) \(bytes.count)\0".utf8))
        function.update(data: bytes)
        return Array(function.finalize())
    }
}
