// Walks a tree of the object database and hands on the manifests in it; everything else is counted.

import CLibgit2
import GitWire
import Glibc

/// Reads one tree with all that is below it, in Git's order, within limits.
struct TreeReader {
    private let store: ObjectStore
    private let limits: WireLimits
    private let send: (WireFile) throws -> Void
    private var blobs: BlobReader
    private var entries: Int64 = 0
    private(set) var otherFiles: Int64 = 0

    private static let maximumDepth = 100

    /// - Parameter send: takes each manifest as it is read.
    init(store: ObjectStore, limits: WireLimits, send: @escaping (WireFile) throws -> Void) {
        self.store = store
        self.limits = limits
        self.send = send
        blobs = BlobReader(store: store, limits: limits, subject: "the manifests of", cure: "choose a deeper path")
    }

    /// - Parameter path: where the tree stands in the repository, without slashes at its ends.
    /// - Throws: ``WireFailure`` with `tooLarge` or `corrupt`; what `send` throws.
    mutating func read(_ tree: git_oid, below path: String) throws {
        var path = Array(path.utf8)
        if !path.isEmpty { path.append(UInt8(ascii: "/")) }
        do {
            try read(tree, prefix: path, depth: 0)
        } catch let error as LibraryError {
            throw store.damaged("the tree", error)
        }
    }

    private mutating func read(_ id: git_oid, prefix: [UInt8], depth: Int) throws {
        guard depth < Self.maximumDepth else {
            throw WireFailure(
                .tooLarge, "\(store.place) has directories nested more than \(Self.maximumDepth) deep: \(shown(prefix).prefix(200))")
        }
        var id = id
        let tree = try make { git_tree_lookup($0, store.repository, &id) }
        defer { git_tree_free(tree) }
        for index in 0..<git_tree_entrycount(tree) {
            guard let entry = git_tree_entry_byindex(tree, index), let text = git_tree_entry_name(entry),
                let target = git_tree_entry_id(entry)
            else { continue }
            entries += 1
            guard entries <= limits.entries else {
                throw WireFailure(.tooLarge, "\(store.place) has more than \(limits.entries) files below the path: choose a deeper path")
            }
            let name = UnsafeBufferPointer(start: text, count: strlen(text)).map { UInt8(bitPattern: $0) }
            switch git_tree_entry_filemode(entry) {
            case GIT_FILEMODE_TREE:
                try read(target.pointee, prefix: prefix + name + [UInt8(ascii: "/")], depth: depth + 1)
            case let mode where GitNames.isManifest(name):
                try send(blobs.file(shown(prefix + name), target.pointee, mode))
            default:
                otherFiles += 1
            }
        }
    }

    private func shown(_ path: [UInt8]) -> String { GitNames.printable(path) }
}
