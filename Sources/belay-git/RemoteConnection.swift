// One conversation with a Git server: what it offers, and the fetch of some of it.

import CGit2Shim
import CLibgit2
import FoundationEssentials
import GitWire
import Glibc

/// The server showed a key that was not expected. Nothing was sent to it.
struct UnknownHostKey: Error {
    var key: WireRepository.HostKey
    /// As OpenSSH prints it, without `SHA256:`.
    var sha256: String
}

/// Connected when made. Redirects to other hosts are refused, credentials go to the configured server only, once.
final class RemoteConnection {
    private let remote: OpaquePointer
    private let source: WireRepository
    private let guest: RemoteCallbacks
    private let home: String?
    private var heads: [String: ReferenceTable.Target] = [:]
    private var headBranch: String?

    /// - Parameters:
    ///   - caches: where a home with the expected host keys may stand while the connection lasts.
    ///   - store: where fetched objects go; nil when only the refs are wanted.
    /// - Throws: ``WireFailure`` with the reason a person can act on; ``UnknownHostKey``.
    init(_ source: WireRepository, channel: Channel, caches: String, store: ObjectStore? = nil) throws {
        self.source = source
        guest = RemoteCallbacks(source, channel: channel)
        remote = try make { pointer in
            guard let store else { return git_remote_create_detached(pointer, source.location) }
            var options = git_remote_create_options()
            git_remote_create_options_init(&options, UInt32(GIT_REMOTE_CREATE_OPTIONS_VERSION))
            options.repository = store.repository
            options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF.rawValue | GIT_REMOTE_CREATE_SKIP_DEFAULT_FETCHSPEC.rawValue
            return git_remote_create_with_opts(pointer, source.location, &options)
        }
        home = source.hostKeys.isEmpty ? nil : Self.prepareHome(in: caches, for: source)
        try channel.send(.progress(.connecting, received: 0))
        var options = git_remote_connect_options()
        git_remote_connect_options_init(&options, UInt32(GIT_REMOTE_CONNECT_OPTIONS_VERSION))
        options.callbacks = guest.callbacks()
        options.proxy_opts.type = GIT_PROXY_AUTO
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        try talk { () throws(LibraryError) in try check { git_remote_connect_ext(remote, GIT_DIRECTION_FETCH, &options) } }
        try list()
    }

    deinit {
        git_remote_free(remote)
        if let home { try? FileManager.default.removeItem(atPath: home) }
    }

    private func talk(_ call: () throws(LibraryError) -> Void) throws {
        do throws(LibraryError) {
            try withExtendedLifetime(guest) { () throws(LibraryError) in try call() }
        } catch {
            if let unknown = guest.unknownHostKey { throw unknown }
            throw guest.failure ?? explain(error, source)
        }
    }

    // MARK: What the server offers

    private static let maximumReferences = 100_000

    private func list() throws {
        var list: UnsafeMutablePointer<UnsafePointer<git_remote_head>?>?
        var count = 0
        try talk { () throws(LibraryError) in try check { git_remote_ls(&list, &count, remote) } }
        guard count <= Self.maximumReferences else {
            throw WireFailure(.tooLarge, "\(source.location) has more than \(Self.maximumReferences) refs")
        }
        for case let head? in UnsafeBufferPointer(start: list, count: count) {
            guard let text = head.pointee.name else { continue }
            let name = String(cString: text)
            let id = head.pointee.oid.hexadecimal
            if name.hasSuffix("^{}") {
                heads[String(name.dropLast(3))]?.peeled = id
            } else {
                heads[name] = ReferenceTable.Target(id: id)
                if name == "HEAD", let target = head.pointee.symref_target { headBranch = String(cString: target) }
            }
        }
    }

    /// All refs, tags peeled, sorted by name.
    var references: [WireNamedReference] {
        names().compactMap { name in heads[name].map { WireNamedReference(name: name, id: $0.peeled ?? $0.id) } }
    }

    private func names() -> [String] {
        heads.keys.filter { GitNames.isFullReference($0) }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func choose(_ reference: WireReference) throws(WireFailure) -> ReferenceChoice {
        let table = ReferenceTable(
            place: source.location, headBranch: headBranch, head: heads["HEAD"]?.id, find: { self.heads[$0] }, names: { self.names() })
        return try table.choose(reference)
    }

    /// A name under which the server gives the target of a choice; nil when no ref points to it.
    func name(of choice: ReferenceChoice) -> String? {
        if let name = choice.fullName { return name }
        if heads["HEAD"]?.id == choice.target { return "HEAD" }
        return references.first { $0.id == choice.target }?.name ?? names().first { heads[$0]?.id == choice.target }
    }

    // MARK: Fetching

    /// Fetches full refs (or commits by id) with all their history, no tags, and ends the connection.
    ///
    /// The refs are kept under hashed names, so that a branch `a` and a later branch `a/b` do not stand in each other's way.
    func fetch(_ names: [String], received limit: Int64) throws {
        guest.maximumReceived = limit
        let specifications = names.map { strdup("+\($0):refs/belay/\(Self.hashed($0))") }
        defer { specifications.forEach { free($0) } }
        var options = git_fetch_options()
        git_fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        options.callbacks = guest.callbacks()
        options.prune = GIT_FETCH_NO_PRUNE
        options.update_fetchhead = 0
        options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        options.proxy_opts.type = GIT_PROXY_AUTO
        options.follow_redirects = GIT_REMOTE_REDIRECT_NONE
        var pointers = specifications
        try pointers.withUnsafeMutableBufferPointer { buffer in
            var list = git_strarray(strings: buffer.baseAddress, count: buffer.count)
            try talk { () throws(LibraryError) in try check { git_remote_fetch(remote, &list, &options, "fetch") } }
        }
    }

    private static func hashed(_ name: String) -> String {
        var id = git_oid()
        let bytes = Array(name.utf8)
        git_odb_hash(&id, bytes, bytes.count, GIT_OBJECT_BLOB)
        return id.hexadecimal
    }

    // MARK: Host keys

    /// A home with a `known_hosts` of the expected keys: libgit2 asks the server for the kind of key that it finds there, else it would be
    /// shown another kind than the one that is known. The parent removes the directory if this process is killed.
    private static func prepareHome(in caches: String, for source: WireRepository) -> String {
        let home = "\(caches)/ssh-\(getpid())"
        let lines = source.hostKeys.map { "\(source.knownHostsName) \($0.type) \($0.base64)\n" }.joined()
        try? FileManager.default.createDirectory(atPath: home + "/.ssh", withIntermediateDirectories: true)
        try? Data(lines.utf8).write(to: URL(fileURLWithPath: home + "/.ssh/known_hosts"))
        setenv("HOME", home, 1)
        _ = cg2_set_home_directory(home)
        return home
    }
}
