// What GitSource is asked for, and what opens the repository.

import StructuredData

/// What opens a repository.
package struct GitCredentials: Sendable {
    package var username: String?
    package var password: String?
    /// Sent as the password of user `x-access-token` unless `username` is set.
    package var token: String?
    /// A private key in OpenSSH's format or PEM, not encrypted; without it ssh-agent is asked.
    package var sshKeyFile: String?
    /// PEM file with the CA to trust besides the system's.
    package var certificateAuthorityFile: String?
    /// The host keys to trust; without it `~/.ssh/known_hosts` and `/etc/ssh/ssh_known_hosts`.
    package var knownHostsFile: String?
    /// Whose credentials these are, where several tenants share a cache directory: caches of different identities are never shared. A
    /// commit by its id is read from the cache of its identity without asking the server whether the password is (still) right.
    package var identity: String?
    package init() {}
}

/// What of a repository to read.
package struct GitRequest: Sendable {
    /// https, ssh, scp-like, file, or a local path.
    package var repository: String
    /// As `Application.GitReference` says it, spelled for the worker: `HEAD`, `refs/…`, a commit, or `?NAME` for "as typed".
    package var reference: Reference
    /// From the repository's root; slashes at its end and a `./` before it are left out.
    package var path: String
    package var maximumFileSize: Int
    /// Whether of a folder with a kustomization only what stands at the names of its file is read, as `entries` of the snapshot.
    package var stopsAtKustomization = false
    package init(repository: String, reference: Reference, path: String, maximumFileSize: Int = YAMLLimits().fileSize) {
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
        /// The tag with the highest version in a range: `1.2.x`, `^1.2`, `>=1.0.0 <2.0.0`.
        case semver(String)
        /// Full ref, 40 hex digits, branch, tag, in this order; a branch and a tag of one name is an error.
        case unspecified(String)
    }
}

/// Which repositories may be read at all.
package struct RepositoryPolicy: Sendable {
    /// Local paths and `file://`.
    package var allowsLocal: Bool
    /// `http://`, which neither hides nor proves anything.
    package var allowsPlainHTTP: Bool
    package init(allowsLocal: Bool, allowsPlainHTTP: Bool = false) {
        self.allowsLocal = allowsLocal
        self.allowsPlainHTTP = allowsPlainHTTP
    }
    /// A person at a terminal, or a pipeline: local repositories too; plain HTTP where `BELAY_GIT_ALLOW_HTTP` is `1`.
    package static var commandLine: RepositoryPolicy {
        RepositoryPolicy(allowsLocal: true, allowsPlainHTTP: environmentVariable("BELAY_GIT_ALLOW_HTTP") == "1")
    }
}
