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
        let descriptor = try open(root: path)
        let tree = try read(descriptor, prefix: [], shown: path, depth: 0)
        let id = GitObjectID.hexadecimal(GitObjectID.tree(tree))
        return SourceSnapshot(revision: "dir@tree:\(id)", commit: nil, treeID: id, path: "", files: files, otherFiles: otherFiles)
    }

    private func open(root path: String) throws(GitSourceError) -> Int32 {
        guard !path.isEmpty else { throw GitSourceError(code: .pathNotFound, message: "no directory is given") }
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let reason = errno
            let hint = reason == ENOTDIR ? "; to read one file give its directory, and include only the file" : ""
            throw GitSourceError(
                code: reason == EACCES ? .unreadable : .pathNotFound,
                message: "the directory \(path) cannot be read: \(systemError(reason))\(hint)")
        }
        return descriptor
    }

    // MARK: Single paths

    /// What stands at paths, as ``GitSource/entries(inDirectory:paths:maximumFileSize:)`` has it.
    consuming func entries(_ paths: [String], in root: String) throws(GitSourceError) -> [String: SourceEntry] {
        let descriptor = try open(root: root)
        defer { close(descriptor) }
        var found: [String: SourceEntry] = [:]
        for path in paths where found[path] == nil {
            let entry = try entry(path, in: descriptor)
            found[path] = entry
            guard case .folder = entry else { continue }
            for name in GitNames.kustomizations {
                let inner = path.isEmpty ? name : "\(path)/\(name)"
                found[inner] = try self.entry(inner, in: descriptor)
            }
        }
        return found
    }

    private mutating func entry(_ path: String, in root: Int32) throws(GitSourceError) -> SourceEntry {
        guard GitNames.isInnerPath(path) else { return .absent }
        // By bytes: a slash with an accent behind it is a slash.
        var parts = path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        guard let last = parts.popLast() else { return .folder }
        var folder = dup(root)
        defer { if folder >= 0 { close(folder) } }
        for part in parts + [last] where part == ".git" { return .absent }
        for part in parts {
            let next = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let reason = errno
            if next < 0, ![ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(reason) {
                throw GitSourceError(code: .unreadable, message: "\(path) cannot be read: \(systemError(reason))")
            }
            close(folder)
            folder = next
            if folder < 0 { return .absent }
        }
        let name = Array(last.utf8CString)
        var status = stat()
        guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            // A name that no file system takes is the name of nothing.
            if [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno) { return .absent }
            throw unreadable(path)
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFLNK: return .file(try link(name, in: folder, path).0)
        case S_IFREG: return .file(try file(name, in: folder, path).0)
        default: throw GitSourceError(code: .unreadable, message: "\(path) is no regular file")
        }
    }

    // MARK: A whole directory

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
        let (file, id) = try link(item.cName, in: directory, shown)
        files.append(file)
        return GitObjectID.Entry(mode: .symlink, name: item.name, id: id)
    }

    private mutating func file(_ item: Item, in directory: Int32, _ shown: String) throws(GitSourceError) -> GitObjectID.Entry {
        let (file, id) = try file(item.cName, in: directory, shown)
        files.append(file)
        return GitObjectID.Entry(mode: item.isExecutable ? .executable : .file, name: item.name, id: id)
    }

    private func link(_ name: [CChar], in directory: Int32, _ shown: String) throws(GitSourceError) -> (SourceFile, id: [UInt8]) {
        var target = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(directory, name, &target, target.count)
        guard count >= 0 else { throw unreadable(shown) }
        let id = GitObjectID.blob(target[..<count].map { UInt8(bitPattern: $0) })
        return (SourceFile(path: shown, blobID: GitObjectID.hexadecimal(id), kind: .symlink, bytes: [], size: count), id)
    }

    private mutating func file(_ name: [CChar], in directory: Int32, _ shown: String) throws(GitSourceError) -> (SourceFile, id: [UInt8]) {
        let descriptor = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(shown) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw unreadable(shown) }
        if Int64(status.st_size) > limits.fileSize {
            // Too large to be read: its id is that of its size, so that the tree's id still changes with it.
            let id = GitObjectID.blob(Array("too large: \(status.st_size)".utf8))
            let size = Int(status.st_size)
            return (SourceFile(path: shown, blobID: GitObjectID.hexadecimal(id), bytes: [], size: size, isTooLarge: true), id)
        }
        let content = try self.content(of: descriptor, shown)
        let id = GitObjectID.blob(content)
        return (SourceFile(path: shown, blobID: GitObjectID.hexadecimal(id), bytes: content), id)
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
                    message:
                        "the files below the directory that are read have more than \(limits.totalSize >> 20) MiB, or \(shown) grew meanwhile"
                )
            }
        }
    }

    private func unreadable(_ shown: String) -> GitSourceError {
        GitSourceError(code: .unreadable, message: "\(shown) cannot be read: \(systemError())")
    }
}
