// A scratch Git repository for tests: made by the real git with an environment of its own, gone at the end.

import Foundation

/// A repository with a work tree in a temporary directory; its default branch is `main`.
///
/// Nothing of the machine's or the user's Git configuration is read. Author and dates are fixed, so equal content gives equal ids.
package struct GitRepository: Sendable {
    /// The work tree's absolute path.
    package let path: String
    /// A directory beside the work tree, removed with it; for clones, keys and the like.
    package let scratch: String

    /// Writes a file below the work tree, making its directories. Not committed yet.
    package func write(_ name: String, _ text: String) throws {
        try write(name, bytes: Array(text.utf8))
    }

    /// Writes a file of these bytes below the work tree, making its directories. Not committed yet.
    package func write(_ name: String, bytes: [UInt8]) throws {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    /// Removes a file or directory from the work tree. Not committed yet.
    package func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + name)
    }

    /// Makes a symbolic link below the work tree. Not committed yet.
    package func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
    }

    /// Commits the whole work tree as it lies, empty commits included.
    /// - Returns: the commit's id, 40 hex digits.
    @discardableResult
    package func commit(_ message: String = "Change") async throws -> String {
        try await git("add", "--all")
        try await git("commit", "--quiet", "--allow-empty", "--message", message)
        return try await git("rev-parse", "HEAD")
    }

    /// Writes the files (name to text) and commits the whole work tree.
    /// - Returns: the commit's id, 40 hex digits.
    @discardableResult
    package func commit(_ files: [String: String], _ message: String = "Change") async throws -> String {
        for (name, text) in files { try write(name, text) }
        return try await commit(message)
    }

    /// Gives the last commit another time of its own: the committer's.
    /// - Returns: its new id.
    @discardableResult
    package func amend(committed time: String) async throws -> String {
        var environment = Self.neutralEnvironment(home: scratch)
        environment["GIT_COMMITTER_DATE"] = time
        let result = try await Program("git", environment: environment).run(["-C", path, "commit", "--quiet", "--amend", "--no-edit"])
        guard result.status == 0 else { throw TestSupportError("\(result)") }
        return try await git("rev-parse", "HEAD")
    }

    /// Makes a lightweight tag at HEAD, or an annotated one where there is a message.
    package func tag(_ name: String, message: String? = nil) async throws {
        if let message {
            try await git("tag", "--annotate", "--message", message, name)
        } else {
            try await git("tag", name)
        }
    }

    /// Makes a branch at HEAD and switches to it.
    package func branch(_ name: String) async throws {
        try await git("checkout", "--quiet", "-b", name)
    }

    /// Switches to a branch that exists.
    package func checkout(_ name: String) async throws {
        try await git("checkout", "--quiet", name)
    }

    /// Makes a bare clone beside the work tree.
    /// - Returns: its absolute path.
    @discardableResult
    package func bareClone(_ name: String = "clone.git") async throws -> String {
        let target = scratch + "/" + name
        try await git("clone", "--quiet", "--bare", path, target)
        return target
    }

    /// Runs git in the work tree.
    /// - Returns: its standard output without the newline at the end.
    /// - Throws: ``TestSupportError`` when it does not exit 0.
    @discardableResult
    package func git(_ arguments: String...) async throws -> String {
        try await Self.git(["-C", path] + arguments, home: scratch)
    }

    static func git(_ arguments: [String], home: String) async throws -> String {
        let result = try await Program("git", environment: neutralEnvironment(home: home)).run(arguments)
        guard result.status == 0 else { throw TestSupportError("\(result)") }
        return result.output.hasSuffix("\n") ? String(result.output.dropLast()) : result.output
    }

    /// Variables such as `GIT_DIR` or `GIT_SSL_CAINFO` of the calling process would beat any configuration, so none is inherited.
    static func neutralEnvironment(home: String) -> [String: String] {
        [
            "HOME": home,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Ada Tester",
            "GIT_AUTHOR_EMAIL": "ada@example.com",
            "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+01:00",
            "GIT_COMMITTER_NAME": "Ada Tester",
            "GIT_COMMITTER_EMAIL": "ada@example.com",
            "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+01:00",
        ]
    }
}

/// Makes an empty repository (branch `main`, no commit), and removes it after `body`, whatever comes of it.
package func withGitRepository<Result>(_ body: (GitRepository) async throws -> Result) async throws -> Result {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("belay-git-\(UUID().uuidString.prefix(8))").path
    let tree = scratch + "/tree"
    try FileManager.default.createDirectory(atPath: tree, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    _ = try await GitRepository.git(["init", "--quiet", "--initial-branch", "main", tree], home: scratch)
    return try await body(GitRepository(path: tree, scratch: scratch))
}
