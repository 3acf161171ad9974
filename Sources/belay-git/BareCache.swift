// The bare repository that keeps what was fetched of one URL with one credential. It is disposable: damaged, it is made anew.

import CLibgit2
import FoundationEssentials
import GitWire
import Glibc

/// A cache, locked against other processes until it goes out of use.
final class BareCache {
    let store: ObjectStore
    private let source: WireRepository
    private let channel: Channel
    private let directory: String
    private let lock: Int32

    /// Opens the cache or makes it.
    /// - Throws: ``WireFailure`` with `cache` when the directory cannot be written.
    init(_ source: WireRepository, in directory: String, channel: Channel) throws {
        let base = try Self.base(source, directory)
        self.source = source
        self.channel = channel
        self.directory = directory
        let lock = try Self.lock(base + ".lock", channel)
        do {
            store = try Self.store(base, source)
        } catch {
            close(lock)
            throw error
        }
        self.lock = lock
    }

    deinit { close(lock) }

    /// A commit that was fetched before, to be read beside whoever fetches now: what is in a repository is never changed, only added to,
    /// each pack in one step. Waits for nobody.
    /// - Returns: nil where it is not there, or the reference is no commit by its id.
    /// - Throws: ``WireFailure``.
    static func commit(
        _ reference: WireReference, of source: WireRepository, in directory: String
    ) throws -> (store: ObjectStore, choice: ReferenceChoice)? {
        let path = try base(source, directory) + ".git"
        guard !source.startsAnew, let choice = ReferenceChoice(commitOf: reference), let id = git_oid(hexadecimal: choice.target),
            let opened = try? make({ git_repository_open_bare($0, path) }),
            let store = try? ObjectStore(opened, place: source.location, cure: ""), store.has(id)
        else { return nil }
        return (store, choice)
    }

    private static func base(_ source: WireRepository, _ directory: String) throws -> String {
        guard !source.cacheKey.isEmpty, source.cacheKey.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else { throw WireFailure(.worker, "not a cache key") }
        return "\(directory)/\(source.cacheKey)"
    }

    private static func lock(_ path: String, _ channel: Channel) throws -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failed("make", path) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        try channel.send(.progress(.waiting, received: 0))
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let failure = failed("lock", path)
                close(descriptor)
                throw failure
            }
        }
        return descriptor
    }

    private static func store(_ base: String, _ source: WireRepository) throws -> ObjectStore {
        let path = base + ".git"
        if source.startsAnew { try setAside(base) }
        if let opened = try? make({ git_repository_open_bare($0, path) }) {
            removeLeftovers(path)
            return try ObjectStore(opened, place: source.location, cure: "")
        }
        if FileManager.default.fileExists(atPath: path) { try setAside(base) }
        do {
            let made = try make { pointer in
                var options = git_repository_init_options()
                git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
                options.flags = GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
                options.mode = 0o700
                return git_repository_init_ext(pointer, path, &options)
            }
            return try ObjectStore(made, place: source.location, cure: "")
        } catch let error as LibraryError {
            throw WireFailure(.cache, "the Git cache \(path) cannot be made: \(error.message)")
        }
    }

    /// Keeps a damaged cache for whoever wants to look at it, the newest one only.
    private static func setAside(_ base: String) throws {
        try? FileManager.default.removeItem(atPath: base + ".damaged")
        if rename(base + ".git", base + ".damaged") != 0, errno != ENOENT { throw failed("move", base + ".git") }
    }

    /// Removes what a killed fetch left behind; nobody else is writing, since the lock is held.
    private static func removeLeftovers(_ path: String) {
        let packs = path + "/objects/pack"
        for name in (try? FileManager.default.contentsOfDirectory(atPath: packs)) ?? [] where name.hasPrefix("pack_git2_") {
            unlink("\(packs)/\(name)")
        }
    }

    private static func failed(_ verb: String, _ path: String) -> WireFailure {
        WireFailure(.cache, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }

    // MARK: Fetching

    /// Asks the server what the reference is, and fetches it unless it is here. A commit by its id that came meanwhile needs no server.
    /// - Throws: what ``RemoteConnection`` throws; `referenceNotFound` for a commit that the server does not give.
    func fetch(_ reference: WireReference, received limit: Int64) throws -> ReferenceChoice {
        if let choice = ReferenceChoice(commitOf: reference), let id = git_oid(hexadecimal: choice.target), store.has(id) { return choice }
        let connection = try RemoteConnection(source, channel: channel, caches: directory, store: store)
        let choice = try connection.choose(reference)
        guard let id = git_oid(hexadecimal: choice.target) else { throw WireFailure(.worker, "a ref points to no object id") }
        if store.has(id) { return choice }
        try channel.send(.progress(.reading, received: 0))
        try store.walkNewest()
        try channel.send(.progress(.connecting, received: 0))
        if let name = connection.name(of: choice) {
            try connection.fetch([name], received: limit)
            guard store.has(id) else {
                throw WireFailure(.unreachable, "\(source.location) did not send \(choice.target), which it offers as \(name)")
            }
            return choice
        }
        // A commit that no ref points to: ask for it, and where the server does not give single commits, take the branches, then the tags.
        if (try? connection.fetch([choice.target], received: limit)) != nil, store.has(id) { return choice }
        for prefix in ["refs/heads/", "refs/tags/"] {
            let fallback = try RemoteConnection(source, channel: channel, caches: directory, store: store)
            let names = fallback.references.map(\.name).filter { $0.hasPrefix(prefix) }
            if names.isEmpty { continue }
            try fallback.fetch(names, received: limit)
            if store.has(id) { return choice }
        }
        throw WireFailure(
            .referenceNotFound,
            "\(source.location) has no commit \(choice.target) on any branch or tag: was it pushed, or was history rewritten?")
    }
}
