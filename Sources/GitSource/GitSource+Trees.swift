// One look at a repository for many Applications: which commit stands there now, and which of their folders it changed.

import GitWire
package import StructuredData

/// The trees of many paths at one commit.
package struct SourceTrees: Sendable {
    /// `main@sha1:3f2c1ab…`, as the snapshot spells it.
    package var revision: String
    package var commit: SourceSnapshot.Commit
    /// Of a repository on this machine: the URL that it was cloned from, without credentials; nil where it has none.
    package var origin: String?
    /// For each path, as it was given, Git's tree id, or the error that a snapshot of it would throw.
    package var trees: [String: Result<String, GitSourceError>]
    package init(
        revision: String, commit: SourceSnapshot.Commit, origin: String? = nil, trees: [String: Result<String, GitSourceError>] = [:]
    ) {
        self.revision = revision
        self.commit = commit
        self.origin = origin
        self.trees = trees
    }
}

extension GitSource {
    /// The tree ids of paths at a reference, all of one commit, without reading what is in them.
    ///
    /// The server is asked once, and sends what is missing in the cache; nothing is sent to it for a commit by its id that was fetched
    /// before. Beyond 5,000 paths the others are looked up at the commit that the first were.
    ///
    /// - Throws: ``GitSourceError`` for what is wrong with the repository or the reference. A path that is wrong has its error in the
    ///   answer.
    package func trees(
        of reference: GitRequest.Reference, in repository: String, paths: [String]
    ) async throws(GitSourceError) -> SourceTrees {
        let address = try RepositoryAddress(repository, policy: policy)
        let sorted = PathsByFolder(paths)
        let inner = sorted.folders
        var first: (revision: WireRevision, origin: String)?
        var answers: [Result<String, WireFailure>] = []
        repeat {
            let asked = Array(inner[answers.count...].prefix(WireRequest.maximumPaths))
            let wanted: WireReference =
                if let first { .commit(first.revision.commit) } else { try await wireReference(reference, address) }
            let limits = WireLimits(fileSize: 0)
            let answer = try await ask(address) { .trees($0, wanted, paths: asked, received: limits.received) }
            guard case .commit(let revision, let origin) = answer.last, answer.trees.count == asked.count else { throw Self.unexpected }
            if first == nil { first = (revision, origin) }
            answers += answer.trees
        } while answers.count < inner.count
        guard let first else { throw Self.unexpected }
        return SourceTrees(
            revision: Self.spelled(first.revision), commit: Self.commit(first.revision),
            origin: first.origin.isEmpty ? nil : first.origin,
            trees: sorted.spread(answers.map { $0.mapError { GitSourceError($0) } }))
    }
}

/// Paths as they were given, by the folders that they mean: sorted, each once, compared by bytes.
private struct PathsByFolder {
    private var given: [[UInt8]: [String]] = [:]
    private var order: [[UInt8]] = []
    private var refused: [String: Result<String, GitSourceError>] = [:]

    init(_ paths: [String]) {
        var seen: [String: String] = [:]
        for path in paths {
            if let twin = seen.updateValue(path, forKey: path) {
                // Strings that Unicode calls equal stand for one key, and may be two folders.
                if !twin.utf8.elementsEqual(path.utf8) { refused[path] = .failure(Self.twins(path)) }
                continue
            }
            do throws(GitSourceError) {
                given[Array(try GitSource.innerPath(path).utf8), default: []].append(path)
            } catch {
                refused[path] = .failure(error)
            }
        }
        order = given.keys.sorted { $0.lexicographicallyPrecedes($1) }
    }

    var folders: [String] { order.map { String(decoding: $0, as: UTF8.self) } }

    /// - Parameter answers: one for each of `folders`.
    func spread(_ answers: [Result<String, GitSourceError>]) -> [String: Result<String, GitSourceError>] {
        var result: [String: Result<String, GitSourceError>] = [:]
        for (folder, answer) in zip(order, answers) {
            for path in given[folder] ?? [] { result[path] = answer }
        }
        return result.merging(refused) { _, refused in refused }
    }

    private static func twins(_ path: String) -> GitSourceError {
        GitSourceError(
            code: .invalidPath,
            message: "two paths are spelled \(GitNames.line(path, limit: 200)) and differ only in how their letters are composed: "
                + "rename one of the folders")
    }
}
