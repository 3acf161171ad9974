// What stands at single paths of a commit, wherever in the repository: what a kustomization refers to, and whether it is still the same.

import GitWire
package import StructuredData

extension GitSource {
    /// What stands at each of the paths, from the root, at a reference; of a folder also what stands at the names of a kustomization in it.
    ///
    /// Files of every name are read. A path that cannot be one of a repository has nothing at it. Nothing is sent to a server for a commit
    /// by its id that was fetched before.
    /// - Throws: ``GitSourceError``; `tooLarge` where the files together are.
    package func entries(
        at reference: GitRequest.Reference, in repository: String, paths: [String], maximumFileSize: Int = YAMLLimits().fileSize
    ) async throws(GitSourceError) -> [String: SourceEntry] {
        let address = try RepositoryAddress(repository, policy: policy)
        let limits = WireLimits(fileSize: Int64(clamping: maximumFileSize))
        var entries: [String: SourceEntry] = [:]
        for (wanted, some) in try await questions(paths, reference, address) {
            let answer = try await ask(address) { .entries($0, wanted, paths: some, limits) }
            guard case .commit = answer.last else { throw Self.unexpected }
            entries.merge(answer.entries) { _, new in new }
        }
        for path in paths where entries[path] == nil { entries[path] = .absent }
        return entries
    }

    /// The identities (``SourceEntry/identity``) of what stands at the paths, without reading it. Otherwise as ``entries(at:in:paths:maximumFileSize:)``.
    /// - Throws: ``GitSourceError``.
    package func identities(
        of paths: [String], at reference: GitRequest.Reference, in repository: String
    ) async throws(GitSourceError) -> [String: String] {
        let address = try RepositoryAddress(repository, policy: policy)
        let received = WireLimits(fileSize: 0).received
        var identities: [String: String] = [:]
        for (wanted, some) in try await questions(paths, reference, address) {
            let answer = try await ask(address) { .identities($0, wanted, paths: some, received: received) }
            guard case .commit = answer.last, answer.identities.count == some.count else { throw Self.unexpected }
            for (path, identity) in zip(some, answer.identities) { identities[path] = identity }
        }
        for path in paths where identities[path] == nil { identities[path] = SourceEntry.absent.identity }
        return identities
    }

    /// What stands at paths below a directory as it lies: as of a commit of it whose root the directory is. Links are not followed, and
    /// nothing outside is reached.
    /// - Throws: ``GitSourceError`` with `pathNotFound`, `unreadable` or `tooLarge`.
    package static func entries(
        inDirectory root: String, paths: [String], maximumFileSize: Int = YAMLLimits().fileSize
    ) throws(GitSourceError) -> [String: SourceEntry] {
        try DirectoryReader(maximumFileSize: maximumFileSize).entries(paths, in: root)
    }

    /// The paths in the order in which they are found fastest, in requests that are not too large; all of one commit.
    private func questions(
        _ paths: [String], _ reference: GitRequest.Reference, _ address: RepositoryAddress
    ) async throws(GitSourceError) -> [(WireReference, [String])] {
        let sorted = Set(paths).filter(GitNames.isInnerPath).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        var wanted = try await wireReference(reference, address)
        if sorted.count > WireRequest.maximumPaths {
            let answer = try await ask(address) { .trees($0, wanted, paths: [], received: WireLimits(fileSize: 0).received) }
            guard case .commit(let revision, _) = answer.last else { throw Self.unexpected }
            wanted = .commit(revision.commit)
        }
        return stride(from: 0, to: sorted.count, by: WireRequest.maximumPaths).map {
            (wanted, Array(sorted[$0..<min($0 + WireRequest.maximumPaths, sorted.count)]))
        }
    }
}
