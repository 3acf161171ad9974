// A real sshd for tests, which lets one key in and serves what git-upload-pack serves.

import Foundation

/// A running sshd on a loopback port, for the user that runs the tests.
package struct GitSSHServer: Sendable {
    package let port: Int
    package let user: String
    package let directory: String
    /// Private keys that are let in: `ed25519`, `ecdsa`, `rsa`, and `encrypted` (ed25519 with a passphrase); `stranger` is not.
    package func key(_ name: String) -> String { directory + "/" + name }
    /// A known_hosts file with this server's keys of the kinds given: `ed25519`, `ecdsa`.
    package func knownHosts(_ kinds: [String] = ["ed25519"], hostKeysOf server: String? = nil) throws -> String {
        let lines = try kinds.map { kind in
            let key = try String(contentsOfFile: "\(directory)/\(server ?? "host")_\(kind).pub", encoding: .utf8).split(separator: " ")
            return "[localhost]:\(port) \(key[0]) \(key[1])\n"
        }
        let file = directory + "/known_hosts-\(UUID().uuidString)"
        try lines.joined().write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }
    /// The ssh URL of a path on this machine.
    package func url(_ path: String) -> String { "ssh://\(user)@localhost:\(port)\(path)" }

    package static var isAvailable: Bool {
        ["/usr/sbin/sshd", "/usr/bin/ssh-keygen"].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// Starts an sshd, and ends it after `body`, whatever comes of it.
package func withGitSSHServer<Result>(
    _ repository: GitRepository, _ body: (GitSSHServer) async throws -> Result
) async throws -> Result {
    let directory = repository.scratch + "/ssh-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let port = try FreePort.next()
    let script = """
        set -e
        cd "$1"; umask 077
        new() { ssh-keygen -q -t "$2" -N "${3:-}" -C test -f "$1"; }
        new host_ed25519 ed25519; new host_ecdsa ecdsa; new other_ed25519 ed25519; new other_ecdsa ecdsa
        new ed25519 ed25519; new ecdsa ecdsa; new rsa rsa; new encrypted ed25519 passphrase; new stranger ed25519
        cat ed25519.pub ecdsa.pub rsa.pub encrypted.pub >authorized
        id -un
        """
    let keys = try await Program("sh").run(["-c", script, "sh", directory])
    guard keys.status == 0 else { throw TestSupportError("ssh-keygen failed: \(keys)") }
    let user = keys.output.trimmingCharacters(in: .whitespacesAndNewlines)
    try """
    ListenAddress 127.0.0.1
    Port \(port)
    HostKey \(directory)/host_ed25519
    HostKey \(directory)/host_ecdsa
    AuthorizedKeysFile \(directory)/authorized
    PidFile none
    StrictModes no
    UsePAM no
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    PermitRootLogin prohibit-password
    """.write(toFile: directory + "/sshd_config", atomically: true, encoding: .utf8)
    // As root, sshd wants the directory of its system service.
    if user == "root" { try? FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true) }
    let server = try ChildProcess.start(
        "/usr/bin/env",
        ["-i", "PATH=/usr/sbin:/usr/bin:/bin", "setsid", "/usr/sbin/sshd", "-D", "-e", "-f", directory + "/sshd_config"],
        log: directory + "/sshd.log")
    do {
        try await Wait.until("sshd listens (see \(directory)/sshd.log)") { GitServer.isListening(port) }
        let result = try await body(GitSSHServer(port: port, user: user, directory: directory))
        await ChildProcess.end([server])
        return result
    } catch {
        await ChildProcess.end([server])
        throw error
    }
}
