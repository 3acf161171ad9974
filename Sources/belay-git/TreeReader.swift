// Walks a tree of the object database and hands on the manifests in it; everything else is counted.

import CLibgit2
import GitWire
import Glibc

/// Reads one tree with all that is below it, in Git's order, within limits.
struct TreeReader {
    private let store: ObjectStore
    private let limits: WireLimits
    private let send: (WireFile) throws -> Void
    private var entries: Int64 = 0
    private var bytes: Int64 = 0
    private(set) var otherFiles: Int64 = 0

    private static let maximumDepth = 100

    /// - Parameter send: takes each manifest as it is read.
    init(store: ObjectStore, limits: WireLimits, send: @escaping (WireFile) throws -> Void) {
        self.store = store
        self.limits = limits
        self.send = send
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
                try read(prefix + name, target.pointee, mode)
            default:
                otherFiles += 1
            }
        }
    }

    private mutating func read(_ path: [UInt8], _ id: git_oid, _ mode: git_filemode_t) throws {
        var file = WireFile(path: shown(path), id: id.hexadecimal, kind: .file, size: 0)
        switch mode {
        case GIT_FILEMODE_COMMIT:
            file.kind = .submodule
            return try send(file)
        case GIT_FILEMODE_LINK: file.kind = .symlink
        default: break
        }
        var id = id
        var size = 0
        var type = GIT_OBJECT_ANY
        do {
            try check { git_odb_read_header(&size, &type, store.objects, &id) }
            guard type == GIT_OBJECT_BLOB else { throw WireFailure(.corrupt, "\(file.path) in \(store.place) is no file") }
            file.size = Int64(size)
            if file.kind == .symlink { return try send(file) }
            file.isTooLarge = file.size > limits.fileSize || size > Frame.maximumBody
            if file.isTooLarge { return try send(file) }
            bytes += file.size
            guard bytes <= limits.totalSize else {
                throw WireFailure(
                    .tooLarge, "the manifests of \(store.place) have more than \(limits.totalSize >> 20) MiB: choose a deeper path")
            }
            file.bytes = try content(of: id)
        } catch let error as LibraryError {
            throw store.damaged(file.path, error)
        }
        try send(file)
    }

    private func content(of id: git_oid) throws(LibraryError) -> [UInt8] {
        var id = id
        let object = try make { git_odb_read($0, store.objects, &id) }
        defer { git_odb_object_free(object) }
        return Array(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
    }

    private func shown(_ path: [UInt8]) -> String { GitNames.printable(path) }
}
