// Repositories on a real sshd: host keys, keys, and the errors of both.

import Foundation
import StructuredData
import TestSupport
import Testing

@testable import GitSource

@Suite("Repositories over ssh", .enabled(if: GitSSHServer.isAvailable, "needs sshd and ssh-keygen"), .timeLimit(.minutes(20)))
struct SSHTests {
    @Test("Keys: which are let in, and what is said about the others")
    func keys() async throws {
        try await withServer { repository, server in
            for (key, code, words) in [
                ("ed25519", nil, ""), ("ecdsa", nil, ""), ("stranger", GitSourceError.Code.authentication, "refused the ssh key"),
                ("rsa", .authentication, "RSA keys cannot be used"), ("encrypted", .invalidConfiguration, "ssh-add"),
                ("missing", .invalidConfiguration, "cannot be read"),
            ] {
                let error = await refusal { try await read(repository, server, key: key, knownHosts: try server.knownHosts()) }
                #expect(error?.code == code, "\(key): \(String(describing: error))")
                #expect(words.isEmpty || error?.message.contains(words) == true, "\(key): \(String(describing: error))")
            }
        }
    }

    @Test("Host keys: any kind that is known is asked for; unknown and changed ones are refused with their fingerprints")
    func hostKeys() async throws {
        try await withServer { repository, server in
            for kinds in [["ed25519"], ["ecdsa"], ["ecdsa", "ed25519"]] {
                let error = await refusal { try await read(repository, server, knownHosts: try server.knownHosts(kinds)) }
                #expect(error == nil, "\(kinds): \(String(describing: error))")
            }
            let hashed = try server.knownHosts()
            let result = try await Program("ssh-keygen").run(["-H", "-f", hashed])
            try #require(result.status == 0)
            #expect(try String(contentsOfFile: hashed, encoding: .utf8).hasPrefix("|1|"))
            #expect(await refusal { try await read(repository, server, knownHosts: hashed) } == nil)

            let unknown = await refusal { try await read(repository, server, knownHosts: try server.knownHosts([])) }
            #expect(unknown?.code == .hostKey)
            #expect(unknown?.message.contains("is not in") == true, "\(String(describing: unknown))")
            let changed = await refusal { try await read(repository, server, knownHosts: try server.knownHosts(hostKeysOf: "other")) }
            #expect(changed?.code == .hostKey)
            #expect(changed?.message.contains("has changed") == true, "\(String(describing: changed))")
            for file in ["host_ed25519", "other_ed25519"] {
                let printed = try await Program("ssh-keygen").run(["-l", "-f", "\(server.directory)/\(file).pub"]).output
                let fingerprint = String(printed.split(separator: " ")[1])
                #expect(changed?.message.contains(fingerprint) == true, "\(fingerprint) in \(String(describing: changed))")
            }
        }
    }

    @Test("An agent is asked where no key file is given")
    func agent() async throws {
        try await withServer { repository, server in
            let socket = server.directory + "/agent"
            let agent = try ChildProcess.start("/usr/bin/ssh-agent", ["-D", "-a", socket], log: server.directory + "/agent.log")
            try await Wait.until("ssh-agent listens") { FileManager.default.fileExists(atPath: socket) }
            let added = try await Program("ssh-add", environment: ["SSH_AUTH_SOCK": socket]).run([server.key("ed25519")])
            try #require(added.status == 0, "\(added)")
            let worker = try await repository.wrapper("export SSH_AUTH_SOCK='\(socket)'")
            #expect(
                await refusal { try await read(repository, server, key: nil, knownHosts: try server.knownHosts(), worker: worker) } == nil)
            let without = try await repository.wrapper("unset SSH_AUTH_SOCK")
            let error = await refusal { try await read(repository, server, key: nil, knownHosts: try server.knownHosts(), worker: without) }
            #expect(error?.code == .authentication)
            #expect(error?.message.contains("--ssh-key FILE") == true)
            await ChildProcess.end([agent])
        }
    }

    @Test("A repository that is not there")
    func missing() async throws {
        try await withServer { repository, server in
            let error = await refusal { try await read(repository, server, at: "/nonexistent.git", knownHosts: try server.knownHosts()) }
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("nonexistent.git") == true, "\(String(describing: error))")
        }
    }

    private func read(
        _ repository: GitRepository, _ server: GitSSHServer, at path: String? = nil, key: String? = "ed25519", knownHosts: String,
        worker: String? = nil
    ) async throws {
        var credentials = GitCredentials()
        credentials.sshKeyFile = key.map { server.key($0) }
        credentials.knownHostsFile = knownHosts
        let source = try GitSource(
            worker: worker, cache: repository.scratch + "/\(UUID().uuidString)", credentials: credentials, deadline: .seconds(30))
        do {
            let snapshot = try await source.snapshot(
                GitRequest(repository: server.url(path ?? repository.path), reference: .head, path: ""))
            #expect(snapshot.files.map(\.path) == ["a.yaml"])
            await source.close()
        } catch {
            await source.close()
            throw error
        }
    }

    private func withServer(_ body: (GitRepository, GitSSHServer) async throws -> Void) async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            try await withGitSSHServer(repository) { server in try await body(repository, server) }
        }
    }
}
