// Reads a directory as it lies, without Git: `--dir`.

import GitWire
import Glibc
import StructuredData

/// One reading of a directory; its limits are those of a repository.
struct DirectoryReader {
    private let limits: WireLimits
    private var files: [SourceFile] = []
    private var otherFiles = 0
    private var entries: Int64 = 0
    private var bytes: Int64 = 0

    private static let maximumDepth = 100

    init(maximumFileSize: Int) { limits = WireLimits(fileSize: Int64(clamping: maximumFileSize)) }

    /// Reads all manifests below `path`.
    /// - Throws: ``GitSourceError`` with `pathNotFound`, `unreadable` or `tooLarge`.
    consuming func read(_ path: String) throws(GitSourceError) -> SourceSnapshot {
        guard !path.isEmpty else { throw GitSourceError(code: .pathNotFound, message: "no directory is given") }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = errno
            let hint = reason == ENOTDIR ? "; to read one file give its directory, and include only the file" : ""
            throw GitSourceError(
                code: reason == EACCES ? .unreadable : .pathNotFound,
                message: "the directory \(path) cannot be read: \(systemError(reason))\(hint)")
        }
        let tree = try read(descriptor, prefix: [], shown: path, depth: 0)
        let id = GitObjectID.hexadecimal(GitObjectID.tree(tree))
        return SourceSnapshot(revision: "dir@tree:\(id)", commit: nil, treeID: id, path: "", files: files, otherFiles: otherFiles)
    }

    /// Takes over the descriptor.
    private mutating func read(_ descriptor: Int32, prefix: [UInt8], shown place: String, depth: Int) throws(GitSourceError) -> [GitObjectID
        .Entry]
    {
        guard depth < Self.maximumDepth else {
            close(descriptor)
            throw GitSourceError(code: .tooLarge, message: "\(place) is nested more than \(Self.maximumDepth) directories deep")
        }
        guard let directory = fdopendir(descriptor) else {
            close(descriptor)
            throw unreadable(place)
        }
        defer { closedir(directory) }
        var result: [GitObjectID.Entry] = []
        for item in try items(of: directory, place) {
            entries += 1
            guard entries <= limits.entries else {
                throw GitSourceError(
                    code: .tooLarge, message: "there are more than \(limits.entries) files below the directory: choose a deeper one")
            }
            let path = prefix + item.name
            let shown = GitNames.printable(path)
            switch item.type {
            case S_IFDIR:
                let child = openat(descriptor, item.cName, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                guard child >= 0 else { throw unreadable(shown) }
                let tree = try read(child, prefix: path + [UInt8(ascii: "/")], shown: shown, depth: depth + 1)
                // Git has no empty directories.
                if !tree.isEmpty { result.append(GitObjectID.Entry(mode: .directory, name: item.name, id: GitObjectID.tree(tree))) }
            case S_IFLNK where GitNames.isManifest(item.name):
                result.append(try link(item, in: descriptor, shown))
            case S_IFREG where GitNames.isManifest(item.name):
                result.append(try file(item, in: descriptor, shown))
            case let type where GitNames.isManifest(item.name) && type != S_IFLNK:
                throw GitSourceError(code: .unreadable, message: "\(shown) is no regular file")
            default:
                otherFiles += 1
            }
        }
        return result
    }

    private struct Item {
        var name: [UInt8]
        var type: mode_t
        var isExecutable: Bool
        var cName: [CChar] { name.map { CChar(bitPattern: $0) } + [0] }
        var sortKey: [UInt8] { type == S_IFDIR ? name + [UInt8(ascii: "/")] : name }
    }

    /// What is in the directory but `.git`, in Git's order.
    private func items(of directory: OpaquePointer, _ place: String) throws(GitSourceError) -> [Item] {
        var items: [Item] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                if errno != 0 { throw unreadable(place) }
                break
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if [".", "..", ".git"].contains(where: { name.elementsEqual($0.utf8) }) { continue }
            var item = Item(name: name, type: 0, isExecutable: false)
            var status = stat()
            guard fstatat(dirfd(directory), item.cName, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                throw unreadable(GitNames.printable(name))
            }
            item.type = status.st_mode & S_IFMT
            item.isExecutable = status.st_mode & S_IXUSR != 0
            items.append(item)
        }
        return items.sorted { $0.sortKey.lexicographicallyPrecedes($1.sortKey) }
    }

    private mutating func link(_ item: Item, in directory: Int32, _ shown: String) throws(GitSourceError) -> GitObjectID.Entry {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(directory, item.cName, &target, target.count)
        guard count >= 0 else { throw unreadable(shown) }
        let id = GitObjectID.blob(target[..<count].map { UInt8(bitPattern: $0) })
        files.append(SourceFile(path: shown, blobID: GitObjectID.hexadecimal(id), kind: .symlink, bytes: [], size: count))
        return GitObjectID.Entry(mode: .symlink, name: item.name, id: id)
    }

    private mutating func file(_ item: Item, in directory: Int32, _ shown: String) throws(GitSourceError) -> GitObjectID.Entry {
        let descriptor = openat(directory, item.cName, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(shown) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw unreadable(shown) }
        let mode: GitObjectID.Mode = item.isExecutable ? .executable : .file
        if Int64(status.st_size) > limits.fileSize {
            // Too large to be read: its id is that of its size, so that the tree's id still changes with it.
            let id = GitObjectID.blob(Array("too large: \(status.st_size)".utf8))
            files.append(
                SourceFile(path: shown, blobID: GitObjectID.hexadecimal(id), bytes: [], size: Int(status.st_size), isTooLarge: true))
            return GitObjectID.Entry(mode: mode, name: item.name, id: id)
        }
        let content = try self.content(of: descriptor, shown)
        let id = GitObjectID.blob(content)
        files.append(SourceFile(path: shown, blobID: GitObjectID.hexadecimal(id), bytes: content))
        return GitObjectID.Entry(mode: mode, name: item.name, id: id)
    }

    private mutating func content(of descriptor: Int32, _ shown: String) throws(GitSourceError) -> [UInt8] {
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw unreadable(shown)
            }
            if count == 0 { return content }
            content += chunk[..<count]
            bytes += Int64(count)
            guard Int64(content.count) <= limits.fileSize, bytes <= limits.totalSize else {
                throw GitSourceError(
                    code: .tooLarge,
                    message: "the manifests below the directory have more than \(limits.totalSize >> 20) MiB, or \(shown) grew meanwhile")
            }
        }
    }

    private func unreadable(_ shown: String) -> GitSourceError {
        GitSourceError(code: .unreadable, message: "\(shown) cannot be read: \(systemError())")
    }
}
