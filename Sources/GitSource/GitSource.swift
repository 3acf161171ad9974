// The parent's side of belay-git: starts it, asks it, times it out, kills and restarts it.

package import StructuredData

/// A source that could not be read: what failed, why, and what to do next. No credential ever stands in it.
package struct GitSourceError: Error, Sendable, CustomStringConvertible {
    /// Stable and bounded; the exit class hangs on it (`interfaces.md` section 1).
    package enum Code: String, Sendable {
        /// Exit 2: the request itself cannot be right.
        case invalidURL, invalidReference, invalidPath, invalidConfiguration, referenceNotFound, ambiguousReference
        case pathNotFound, notARepository, unreadable, unsupported
        /// Exit 4: not reached or not allowed.
        case unreachable, tls, authentication, hostKey, redirect, timeout
        /// Exit 1: it ran and failed.
        case tooLarge, corrupt, cache, worker
    }
    package var code: Code
    package var message: String
    package init(code: Code, message: String) {
        self.code = code
        self.message = message
    }
    package var description: String { message }
}

/// What opens a repository.
package struct GitCredentials: Sendable {
    package var username: String?
    package var password: String?
    /// Sent as the password of user `x-access-token` unless `username` is set.
    package var token: String?
    package var sshKeyFile: String?
    /// PEM file with the CA to trust besides the system's.
    package var certificateAuthorityFile: String?
    package init() {}
}

/// What of a repository to read.
package struct GitRequest: Sendable {
    /// https, ssh, scp-like, file, or a local path.
    package var repository: String
    /// As `Application.GitReference` says it, spelled for the worker: `HEAD`, `refs/…`, a commit, or `?NAME` for "as typed".
    package var reference: Reference
    package var path: String
    package var maximumFileSize: Int
    package init(repository: String, reference: Reference, path: String, maximumFileSize: Int = 2 << 20) {
        self.repository = repository
        self.reference = reference
        self.path = path
        self.maximumFileSize = maximumFileSize
    }
    package enum Reference: Sendable, Equatable {
        case head
        case branch(String)
        case tag(String)
        case commit(String)
        case name(String)
        /// Full ref, 40 hex digits, branch, tag, in this order; a branch and a tag of one name is an error.
        case unspecified(String)
    }
}

/// Reads repositories through a `belay-git` child; one per set of trust. `close` must be awaited.
package actor GitSource {
    /// - Parameters:
    ///   - worker: the `belay-git` program; nil: `BELAY_GIT_PATH`, else beside the running program.
    ///   - cache: the directory of bare caches, made 0700 when missing.
    ///   - deadline: per request; afterwards the child is killed.
    package init(worker: String? = nil, cache: String, credentials: GitCredentials, deadline: Duration = .seconds(60)) throws(GitSourceError) {
        throw GitSourceError(code: .worker, message: "stub")
    }

    /// Fetches (remote repositories) and reads the path at the reference.
    package func snapshot(_ request: GitRequest) async throws(GitSourceError) -> SourceSnapshot {
        throw GitSourceError(code: .worker, message: "stub")
    }

    /// Reads a directory as it lies, without Git: `--dir`.
    package static func directory(_ path: String, maximumFileSize: Int = 2 << 20) throws(GitSourceError) -> SourceSnapshot {
        throw GitSourceError(code: .worker, message: "stub")
    }

    /// Ends the child.
    package func close() async {}
}
