// What stands at single paths of a commit: for kustomizations, which refer to files and folders anywhere in the repository.

import CLibgit2
import GitWire

/// Reads paths of one commit within limits; in their order each costs little.
struct EntryReader {
    private let finder: TreeFinder
    private var blobs: BlobReader
    private let send: (WireEntry) throws -> Void

    /// - Parameter send: takes each entry as it is read.
    /// - Throws: ``WireFailure`` with `corrupt` when the commit cannot be read.
    init(_ store: ObjectStore, at revision: WireRevision, limits: WireLimits, send: @escaping (WireEntry) throws -> Void) throws {
        finder = try TreeFinder(store, at: revision)
        blobs = BlobReader(
            store: store, limits: limits, subject: "the files that a kustomization refers to in",
            cure: "divide it into several Applications")
        self.send = send
    }

    /// Sends what stands at a path, and of a folder what stands at the names of a kustomization in it.
    /// - Throws: ``WireFailure``; what `send` throws.
    mutating func read(_ path: String) throws {
        guard GitNames.isInnerPath(path) else { throw WireFailure(.invalidPath, "not a path inside a repository") }
        guard let found = try finder.entry(at: path) else { return try send(.absent(path)) }
        guard found.mode == GIT_FILEMODE_TREE else { return try send(.file(blobs.file(path, found.id, found.mode))) }
        try send(.folder(path))
        for name in EntryReader.names(in: path) { try readFile(name) }
    }

    /// Sends what stands at the names of a kustomization in a folder, if there is one.
    /// - Returns: whether there is.
    mutating func readKustomization(in folder: String) throws -> Bool {
        let names = EntryReader.names(in: folder)
        guard try names.contains(where: { try finder.entry(at: $0).map { $0.mode != GIT_FILEMODE_TREE } ?? false }) else { return false }
        for name in names { try readFile(name) }
        return true
    }

    private mutating func readFile(_ path: String) throws {
        guard let found = try finder.entry(at: path) else { return try send(.absent(path)) }
        guard found.mode != GIT_FILEMODE_TREE else { return try send(.folder(path)) }
        try send(.file(blobs.file(path, found.id, found.mode)))
    }

    private static func names(in folder: String) -> [String] {
        GitNames.kustomizations.map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
    }
}

extension TreeFinder {
    /// What stands at a path, as `SourceEntry.identity` spells it.
    /// - Throws: ``WireFailure`` where a tree on the way cannot be read.
    func identity(of path: String) throws -> String {
        guard GitNames.isInnerPath(path), let found = try entry(at: path) else { return "absent" }
        switch found.mode {
        case GIT_FILEMODE_TREE: return "folder"
        case GIT_FILEMODE_LINK: return "symlink \(found.id.hexadecimal)"
        case GIT_FILEMODE_COMMIT: return "submodule \(found.id.hexadecimal)"
        default: return found.id.hexadecimal
        }
    }
}
