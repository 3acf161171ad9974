// From an entry of a tree to the file that it is: its bytes within limits, or what it is instead.

import CLibgit2
import GitWire

/// Reads the files of one answer; together they may have so many bytes and no more.
struct BlobReader {
    private let store: ObjectStore
    private let limits: WireLimits
    /// What to say where there are more: `the manifests of X`, and what to do.
    private let subject: String
    private let cure: String
    private var bytes: Int64 = 0

    init(store: ObjectStore, limits: WireLimits, subject: String, cure: String) {
        self.store = store
        self.limits = limits
        self.subject = subject
        self.cure = cure
    }

    /// - Parameters:
    ///   - path: as the answer names the file.
    ///   - mode: of a file, link or submodule.
    /// - Throws: ``WireFailure`` with `tooLarge` or `corrupt`.
    mutating func file(_ path: String, _ id: git_oid, _ mode: git_filemode_t) throws -> WireFile {
        var file = WireFile(path: path, id: id.hexadecimal, kind: .file, size: 0)
        switch mode {
        case GIT_FILEMODE_COMMIT:
            file.kind = .submodule
            return file
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
            if file.kind == .symlink { return file }
            file.isTooLarge = file.size > limits.fileSize || size > Frame.maximumBody
            if file.isTooLarge { return file }
            bytes += file.size
            guard bytes <= limits.totalSize else {
                throw WireFailure(.tooLarge, "\(subject) \(store.place) have more than \(limits.totalSize >> 20) MiB: \(cure)")
            }
            file.bytes = try content(of: id)
        } catch let error as LibraryError {
            throw store.damaged(file.path, error)
        }
        return file
    }

    private func content(of id: git_oid) throws(LibraryError) -> [UInt8] {
        var id = id
        let object = try make { git_odb_read($0, store.objects, &id) }
        defer { git_odb_object_free(object) }
        return Array(UnsafeRawBufferPointer(start: git_odb_object_data(object), count: git_odb_object_size(object)))
    }
}
