// The only doors to libgit2: its settings, its errors, its object ids.

import CGit2Shim
import CLibgit2
import GitWire
import Glibc

/// A call of libgit2 that failed; read at once, since the library keeps it per thread and overwrites it.
struct LibraryError: Error {
    var code: Int32
    /// A `git_error_t`: net, ssl, http, ssh, odb, zlib …
    var area: Int32
    /// One line, printable; it may quote what a server said.
    var message: String

    var isNotFound: Bool { code == GIT_ENOTFOUND.rawValue }
    func isIn(_ areas: git_error_t...) -> Bool { areas.contains { Int32($0.rawValue) == area } }
    func says(_ words: String) -> Bool { message.contains(words) }
}

/// Runs one call of libgit2 and turns a negative code into an error.
@discardableResult
func check(_ call: () -> Int32) throws(LibraryError) -> Int32 {
    // The last error is thread-local and stays: without this a failure could be told with an older one's words.
    git_error_clear()
    let code = call()
    if code >= 0 { return code }
    guard let last = git_error_last() else { throw LibraryError(code: code, area: 0, message: "libgit2 gave no reason (code \(code))") }
    let message = last.pointee.message.map { String(cString: $0) } ?? "no text"
    throw LibraryError(code: code, area: last.pointee.klass, message: GitNames.line(message))
}

/// Makes one handle of libgit2; the caller frees it.
func make(_ call: (UnsafeMutablePointer<OpaquePointer?>) -> Int32) throws(LibraryError) -> OpaquePointer {
    var handle: OpaquePointer?
    try check { call(&handle) }
    guard let handle else { throw LibraryError(code: -1, area: 0, message: "libgit2 made nothing and gave no error") }
    return handle
}

/// Sets what holds for the whole process. Called once, with the hello.
enum Library {
    /// The most bytes an object of a received pack may unpack to. Large files in old history are common; forges stop at 100 MB.
    private static let maximumObjectSize = 512 << 20
    private static let maximumObjects = 20_000_000

    static func start(trusting hello: WireHello) throws {
        guard git_libgit2_init() > 0 else { throw WireFailure(.worker, "libgit2 does not start") }
        // Nothing of the machine's or the user's configuration is read: `insteadOf` alone could send a fetch elsewhere.
        for level in [GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL] {
            try check { cg2_set_search_path(level.rawValue, "/nonexistent") }
        }
        // The check guards those who run hooks and commands out of a stranger's repository. Here objects are read and nothing is run,
        // and CI containers read checkouts that another user owns.
        try check { cg2_set_owner_validation(0) }
        try check { cg2_set_strict_hash_verification(1) }
        try check { cg2_set_fsync(1) }
        try check { cg2_set_user_agent("belay") }
        try check { cg2_set_pack_file_limit(256) }
        try check { cg2_set_pack_maximum_objects(maximumObjects) }
        try check { cg2_set_pack_maximum_object_size(maximumObjectSize) }
        // Extensions that change nothing for a reader of objects and refs: sparse checkouts and partial clones carry them.
        let names: [String] = ["worktreeconfig", "partialclone", "preciousobjects", "relativeworktrees"]
        let copies = names.compactMap { (name: String) in strdup(name) }
        defer { copies.forEach { free($0) } }
        let pointers = copies.map { UnsafePointer<CChar>($0) }
        try check { cg2_set_extensions(pointers, pointers.count) }
        try trust(hello)
    }

    /// The authorities of TLS servers: the system's and those of the hello. The store of libgit2 is one per process.
    private static func trust(_ hello: WireHello) throws {
        if hello.moreAuthorities.isEmpty {
            if let file = hello.systemAuthorities { try check { cg2_set_certificate_file(file) } }
            return
        }
        var bundle = hello.systemAuthorities.flatMap { contents(of: $0) } ?? []
        bundle.append(UInt8(ascii: "\n"))
        bundle += hello.moreAuthorities
        // A file that has no name: nothing to remove, nothing left behind by a kill.
        let descriptor = cg2_memory_file("authorities")
        guard descriptor >= 0 else { throw WireFailure(.worker, "no memory for the certificate authorities") }
        defer { close(descriptor) }
        var written = 0
        while written < bundle.count {
            let count = bundle.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written) }
            guard count > 0 else { throw WireFailure(.worker, "no memory for the certificate authorities") }
            written += count
        }
        do throws(LibraryError) {
            try check { cg2_set_certificate_file("/proc/self/fd/\(descriptor)") }
        } catch {
            throw WireFailure(.invalidConfiguration, "the certificate authorities cannot be read: \(error.message)")
        }
    }
}

/// The bytes of a file; nil when it cannot be read or has more than 16 MiB.
func contents(of path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count < 0 { return nil }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
        if bytes.count > 16 << 20 { return nil }
    }
}

extension git_oid {
    /// - Returns: nil when these are not 40 hexadecimal digits.
    init?(hexadecimal text: String) {
        self.init()
        guard GitNames.isObjectID(text), git_oid_fromstr(&self, text) == 0 else { return nil }
    }

    /// 40 hexadecimal digits, in lower case.
    var hexadecimal: String {
        var copy = self
        var text = [CChar](repeating: 0, count: 41)
        git_oid_tostr(&text, text.count, &copy)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
