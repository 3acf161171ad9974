// The loop of belay-git: a request in, its answer out, until the parent closes the pipe.

import CLibgit2
import GitWire
import Glibc

/// Answers requests one after the other. A request that fails leaves the worker ready for the next.
final class Worker {
    private let channel: Channel
    private var cacheDirectory: String?

    init(channel: Channel) { self.channel = channel }

    /// Returns when the parent has gone; ends the process when the parent speaks something else.
    func run() {
        do {
            while let frame = try channel.receive() {
                let request = try WireRequest(frame)
                do {
                    try answer(request)
                } catch let failure as WireFailure {
                    try channel.send(.failure(failure))
                } catch let unknown as UnknownHostKey {
                    try channel.send(.unknownHostKey(unknown.key, sha256: unknown.sha256))
                } catch let error as LibraryError {
                    try channel.send(.failure(WireFailure(.worker, "libgit2: \(error.message)")))
                }
            }
        } catch {
            complain("\(error)")
            exit(1)
        }
    }

    private func answer(_ request: WireRequest) throws {
        if case .hello(let hello) = request { return try greet(hello) }
        guard let cacheDirectory else { throw WireFailure(.worker, "no hello") }
        switch request {
        case .hello:
            break
        case .references(let repository):
            let references =
                repository.isLocal
                ? try ObjectStore(local: repository.location).references()
                : try RemoteConnection(repository, channel: channel, caches: cacheDirectory).references
            for start in stride(from: 0, to: references.count, by: 1000) {
                try channel.send(.references(Array(references[start..<min(start + 1000, references.count)])))
            }
            try channel.send(.done)
        case .resolve(let repository, let reference):
            if repository.isLocal {
                let store = try ObjectStore(local: repository.location)
                try channel.send(.revision(store.revision(of: store.choose(reference))))
            } else {
                let choice = try RemoteConnection(repository, channel: channel, caches: cacheDirectory).choose(reference)
                try channel.send(.revision(WireRevision(commit: choice.commit, name: choice.shortName)))
            }
        case .snapshot(let repository, let reference, let path, let stopsAtKustomization, let limits):
            guard GitNames.isInnerPath(path) else { throw WireFailure(.invalidPath, "not a path inside a repository") }
            try read(repository, reference, in: cacheDirectory, received: limits.received) { store, choice, origin in
                try send(
                    choice, from: store, path: path, stopsAtKustomization: stopsAtKustomization, limits: limits, origin: origin)
            }
        case .entries(let repository, let reference, let paths, let limits):
            try read(repository, reference, in: cacheDirectory, received: limits.received) { store, choice, origin in
                try channel.send(.progress(.reading, received: 0))
                let revision = try store.revision(of: choice)
                var entries = try EntryReader(store, at: revision, limits: limits) { [channel] in try channel.send(.entry($0)) }
                for path in paths { try entries.read(path) }
                try channel.send(.commit(revision, origin: origin))
            }
        case .identities(let repository, let reference, let paths, let received):
            try read(repository, reference, in: cacheDirectory, received: received) { store, choice, origin in
                try channel.send(.progress(.reading, received: 0))
                let revision = try store.revision(of: choice)
                let finder = try TreeFinder(store, at: revision)
                for start in stride(from: 0, to: paths.count, by: 1000) {
                    try channel.send(.identities(paths[start..<min(start + 1000, paths.count)].map(finder.identity)))
                }
                try channel.send(.commit(revision, origin: origin))
            }
        case .trees(let repository, let reference, let paths, let received):
            try read(repository, reference, in: cacheDirectory, received: received) { store, choice, origin in
                try send(paths, of: choice, from: store, origin: origin)
            }
        }
    }

    /// Opens a repository, of a remote one the cache with what the reference needs, and reads it; while the cache is held where something is fetched.
    private func read(
        _ repository: WireRepository, _ reference: WireReference, in caches: String, received: Int64,
        _ body: (ObjectStore, ReferenceChoice, _ origin: String) throws -> Void
    ) throws {
        if repository.isLocal {
            let store = try ObjectStore(local: repository.location)
            try body(store, store.choose(reference), store.origin ?? "")
        } else if let (store, choice) = try BareCache.commit(reference, of: repository, in: caches) {
            try body(store, choice, "")
        } else {
            let cache = try BareCache(repository, in: caches, channel: channel)
            let choice = try cache.fetch(reference, received: received)
            try body(cache.store, choice, "")
        }
    }

    private func greet(_ hello: WireHello) throws {
        guard hello.version == wireVersion else {
            throw WireFailure(
                .worker,
                "this belay-git speaks version \(wireVersion) of the protocol, belay version \(hello.version): install both from one release"
            )
        }
        guard cacheDirectory == nil else { throw WireFailure(.worker, "a second hello") }
        try Library.start(trusting: hello)
        cacheDirectory = hello.cache
        try channel.send(.hello(version: wireVersion, library: LIBGIT2_VERSION))
    }

    private func send(
        _ choice: ReferenceChoice, from store: ObjectStore, path: String, stopsAtKustomization: Bool, limits: WireLimits, origin: String
    ) throws {
        try channel.send(.progress(.reading, received: 0))
        let revision = try store.revision(of: choice)
        let tree = try TreeFinder(store, at: revision).tree(at: path)
        if stopsAtKustomization {
            var entries = try EntryReader(store, at: revision, limits: limits) { [channel] in try channel.send(.entry($0)) }
            if try entries.readKustomization(in: path) {
                return try channel.send(.snapshot(revision, treeID: tree.hexadecimal, otherFiles: 0, origin: origin))
            }
        }
        var reader = TreeReader(store: store, limits: limits) { [channel] file throws in try channel.send(.file(file)) }
        try reader.read(tree, below: path)
        try channel.send(.snapshot(revision, treeID: tree.hexadecimal, otherFiles: reader.otherFiles, origin: origin))
    }

    /// So many that a message of the longest refusals is within the limit of a frame's head.
    private static let treesInMessage = 32

    private func send(_ paths: [String], of choice: ReferenceChoice, from store: ObjectStore, origin: String) throws {
        try channel.send(.progress(.reading, received: 0))
        let revision = try store.revision(of: choice)
        let finder = try TreeFinder(store, at: revision)
        for start in stride(from: 0, to: paths.count, by: Self.treesInMessage) {
            var trees: [Result<String, WireFailure>] = []
            for path in paths[start..<min(start + Self.treesInMessage, paths.count)] {
                do {
                    guard GitNames.isInnerPath(path) else { throw WireFailure(.invalidPath, "not a path inside a repository") }
                    trees.append(.success(try finder.tree(at: path).hexadecimal))
                } catch let failure as WireFailure where failure.code == .pathNotFound || failure.code == .invalidPath {
                    trees.append(.failure(failure))
                }
            }
            try channel.send(.trees(trees))
        }
        try channel.send(.commit(revision, origin: origin))
    }
}
