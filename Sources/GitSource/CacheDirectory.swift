// The directory of bare caches: for its owner only, one cache per address and credential.

import Crypto
import Foundation
import Glibc

enum CacheDirectory {
    static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// Makes the directory with mode 0700 where it is missing, and makes sure that nobody else can write it.
    /// - Throws: ``GitSourceError`` with `cache`.
    static func prepare(_ absolute: String) throws(GitSourceError) {
        if mkdir(absolute, 0o700) != 0, errno == ENOENT {
            let parent = URL(fileURLWithPath: absolute).deletingLastPathComponent().path
            try? FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            mkdir(absolute, 0o700)
        }
        var status = stat()
        guard stat(absolute, &status) == 0 else {
            throw GitSourceError(code: .cache, message: "the cache directory \(absolute) cannot be made: \(systemError())")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw GitSourceError(code: .cache, message: "the cache directory \(absolute) is no directory")
        }
        guard status.st_uid == geteuid() else {
            throw GitSourceError(
                code: .cache, message: "the cache directory \(absolute) belongs to another user, who could change what is applied")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw GitSourceError(
                code: .cache,
                message: "the cache directory \(absolute) can be written by others, who could change what is applied: chmod go-w it")
        }
    }

    /// The name of the cache of an address for whoever the credentials are. Passwords and tokens do not count: they are renewed, and the
    /// server is asked before a cache is read. Only a commit by its id is read without that: tenants who must not read what others
    /// fetched need identities of their own.
    static func key(_ address: RepositoryAddress, _ credentials: GitCredentials) -> String {
        let kind =
            switch (address.scheme, credentials.token ?? credentials.password) {
            case (.ssh, _): "ssh \(credentials.sshKeyFile ?? "agent")"
            case (_, nil): "anonymous"
            case (_, _?): "user \(credentials.username ?? "")"
            }
        let text = [address.canonical, address.user ?? "", kind, credentials.identity ?? ""].joined(separator: "\n")
        let digest = SHA256.hash(data: Data(text.utf8))
        return digest.prefix(20).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
