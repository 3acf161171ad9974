// What a watch asks of its repository.

import GitSource

/// Questions about one reference of one repository.
struct RepositoryReader: Sendable {
    /// The commit that stands there now, with the trees of these paths; asks the server.
    var trees: @Sendable (_ paths: [String]) async throws -> SourceTrees
    /// The identities of what stands at these paths at a commit that was found before; asks nobody.
    var identities: @Sendable (_ paths: [String], _ commit: String) async throws -> [String: String]
    /// The credentials do not open it (any more).
    var forget: @Sendable () async -> Void

    init(_ access: GitPool.Access, _ reference: GitRequest.Reference, _ git: GitPool) {
        trees = { try await git.source(for: access, .asking).trees(of: reference, in: access.repository, paths: $0) }
        identities = { try await git.source(for: access, .reading).identities(of: $0, at: .commit($1), in: access.repository) }
        forget = { await git.forget(access) }
    }

    init(
        trees: @escaping @Sendable ([String]) async throws -> SourceTrees,
        identities: @escaping @Sendable ([String], String) async throws -> [String: String]
    ) {
        self.trees = trees
        self.identities = identities
        forget = {}
    }
}
