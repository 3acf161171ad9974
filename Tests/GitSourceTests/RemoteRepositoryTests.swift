// Repositories on a real HTTPS server with an authority of its own.

import Foundation
import StructuredData
import TestSupport
import Testing

@testable import GitSource

@Suite("Repositories over HTTPS", .enabled(if: GitServer.isAvailable, "needs nginx, fcgiwrap and openssl"), .timeLimit(.minutes(20)))
struct RemoteRepositoryTests {
    @Test("A private authority, Basic authentication, a second read that fetches nothing, a new commit, a branch that becomes a directory")
    func fetches() async throws {
        try await withServedRepository { repository, server in
            let first = try await repository.git("rev-parse", "HEAD")
            let source = try repository.source(server.credentials)
            let request = GitRequest(repository: server.url("repo.git", .closed), reference: .head, path: "deploy")
            let snapshot = try await source.snapshot(request)
            #expect(snapshot.revision == "main@sha1:\(first)")
            #expect(snapshot.files.map(\.path) == ["deploy/a.yaml"])
            #expect(snapshot.treeID == (try await repository.git("rev-parse", "HEAD:deploy")))

            let before = try server.requests().count
            #expect(try await source.snapshot(request).revision == snapshot.revision)
            let again = try server.requests().dropFirst(before)
            #expect(again.allSatisfy { $0.hasPrefix("GET ") }, "nothing was missing, so nothing is asked for")

            let second = try await repository.commit(["deploy/b.yaml": "b: 1\n"])
            try await server.push(repository, "main")
            #expect(try await source.snapshot(request).revision == "main@sha1:\(second)")

            try await repository.git("branch", "topic")
            try await server.push(repository, "topic")
            #expect(try await source.snapshot(server.request(.branch("topic"))).revision == "topic@sha1:\(second)")
            try await server.push(repository, ":topic", "main:refs/heads/topic/one")
            #expect(try await source.snapshot(server.request(.branch("topic/one"))).revision == "topic/one@sha1:\(second)")
            let gone = await refusal { try await source.snapshot(server.request(.branch("topic"))) }
            #expect(gone?.code == .referenceNotFound)

            try await repository.git("reset", "--quiet", "--hard", first)
            let rewritten = try await repository.commit(["deploy/c.yaml": "c: 1\n"])
            try await server.push(repository, "+main")
            #expect(try await source.snapshot(request).revision == "main@sha1:\(rewritten)")
            await source.close()
        }
    }

    @Test("Tags, full refs and commits: a tip, an older one, one of a tag only; one that is nowhere is named")
    func references() async throws {
        try await withGitRepository { repository in
            let first = try await repository.commit(["deploy/a.yaml": "a: 1\n"])
            try await repository.branch("side")
            let tagged = try await repository.commit(["deploy/a.yaml": "a: 2\n"])
            try await repository.tag("v1.2.0", message: "annotated")
            try await repository.checkout("main")
            try await repository.git("branch", "--quiet", "--delete", "--force", "side")
            try await repository.commit(["deploy/a.yaml": "a: 3\n"])
            let head = try await repository.commit(["deploy/a.yaml": "a: 4\n"])
            try await withGitServer(repository) { server in
                let clone = server.repositories + "/repo.git"
                try await repository.git("-C", clone, "update-ref", "refs/pull/7/head", first)
                let cases: [(GitRequest.Reference, String)] = [
                    (.tag("v1.2.0"), "v1.2.0@sha1:\(tagged)"), (.semver("^1"), "v1.2.0@sha1:\(tagged)"),
                    (.name("refs/pull/7/head"), "refs/pull/7/head@sha1:\(first)"), (.commit(head), "sha1:\(head)"),
                    (.commit(first), "sha1:\(first)"), (.commit(tagged), "sha1:\(tagged)"),
                    (.unspecified("v1.2.0"), "v1.2.0@sha1:\(tagged)"),
                ]
                for single in ["false", "true"] {
                    try await repository.git("-C", clone, "config", "uploadpack.allowAnySHA1InWant", single)
                    for (reference, revision) in cases {
                        // A cache of its own each time: what an earlier fetch brought must not help.
                        let source = try GitSource(
                            cache: repository.scratch + "/\(UUID().uuidString)", credentials: server.credentials, deadline: .seconds(30))
                        #expect(try await source.snapshot(server.request(reference)).revision == revision, "\(reference), single \(single)")
                        #expect(try await source.revision(of: reference, in: server.url()) == revision, "\(reference)")
                        await source.close()
                    }
                }
                let source = try repository.source(server.credentials)
                let nowhere = String(repeating: "12345678", count: 5)
                let error = await refusal { try await source.snapshot(server.request(.commit(nowhere))) }
                #expect(error?.code == .referenceNotFound)
                #expect(error?.message.contains("has no commit \(nowhere)") == true)
                await source.close()
            }
        }
    }

    @Test("A wrong password is sent at most twice, and never told")
    func wrongPassword() async throws {
        try await withServedRepository { repository, server in
            var credentials = server.credentials
            credentials.password = "hunter2-canary"
            let source = try repository.source(credentials)
            let error = await refusal { try await source.snapshot(server.request(.head, .closed)) }
            await source.close()
            #expect(error?.code == .authentication)
            #expect(error?.message.contains("refused the credentials of user ada") == true, "\(String(describing: error))")
            #expect(error?.message.contains("canary") == false)
            let tries = try server.requests().filter { $0.hasSuffix("401 with-credentials") }
            #expect((1...2).contains(tries.count))
        }
    }

    @Test("Without credentials the error says how to give them; a token goes as x-access-token")
    func missingCredentials() async throws {
        try await withServedRepository { repository, server in
            var credentials = GitCredentials()
            credentials.certificateAuthorityFile = server.certificateAuthority
            var source = try repository.source(credentials)
            let error = await refusal { try await source.snapshot(server.request(.head, .closed)) }
            await source.close()
            #expect(error?.code == .authentication)
            #expect(error?.message.contains("BELAY_GIT_TOKEN") == true)

            try "x-access-token:{PLAIN}t0ken\n".write(toFile: server.directory + "/users", atomically: true, encoding: .utf8)
            credentials.token = "t0ken"
            source = try repository.source(credentials)
            #expect(try await source.snapshot(server.request(.head, .closed)).files.count == 1)
            await source.close()
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var name: String
        var url: @Sendable (GitServer) -> String
        var code: GitSourceError.Code
        var words: String
        var testDescription: String { name }
    }

    static let refusals = [
        Refusal(name: "another host", url: { $0.url("repo.git", .elsewhere) }, code: .redirect, words: "redirects elsewhere"),
        Refusal(name: "downgrade to http", url: { $0.url("repo.git", .downgraded) }, code: .redirect, words: "redirects elsewhere"),
        Refusal(name: "a web page", url: { $0.url("repo.git", .page) }, code: .notARepository, words: "clone URL"),
        Refusal(name: "404", url: { $0.url("nope.git") }, code: .unreachable, words: "404"),
        Refusal(name: "500", url: { $0.url("repo.git", .broken) }, code: .unreachable, words: "500"),
        Refusal(name: "403", url: { $0.url("repo.git", .forbidden) }, code: .authentication, words: "403"),
        Refusal(name: "TLS 1.3 only", url: { "https://localhost:\($0.ports.modern)/open/repo.git" }, code: .tls, words: "TLS 1.2"),
        Refusal(name: "wrong name", url: { "https://localhost:\($0.ports.otherName)/open/repo.git" }, code: .tls, words: "another host"),
        Refusal(name: "IP address", url: { "https://127.0.0.1:\($0.ports.https)/open/repo.git" }, code: .tls, words: "DNS name"),
        Refusal(name: "expired", url: { "https://localhost:\($0.ports.expired)/open/repo.git" }, code: .tls, words: "expired"),
        Refusal(
            name: "TLS to a plain port", url: { "https://localhost:\($0.ports.http)/open/repo.git" }, code: .tls,
            words: "no secure connection"),
        Refusal(name: "unknown host", url: { _ in "https://nowhere.invalid/repo.git" }, code: .unreachable, words: "not known"),
        Refusal(name: "nobody listens", url: { _ in "https://localhost:1/repo.git" }, code: .unreachable, words: "cannot be read"),
    ]

    @Test("What a server can do wrong: code, words, and no credentials to anybody else")
    func refusals() async throws {
        try await withServedRepository { repository, server in
            let source = try repository.source(server.credentials)
            for wrong in Self.refusals {
                let error = await refusal {
                    try await source.snapshot(GitRequest(repository: wrong.url(server), reference: .head, path: ""))
                }
                #expect(error?.code == wrong.code, "\(wrong.name): \(String(describing: error))")
                #expect(error?.message.contains(wrong.words) == true, "\(wrong.name): \(String(describing: error))")
            }
            await source.close()
            let elsewhere = try server.requests().filter { $0.contains(" 127.0.0.1:") || $0.contains(" http ") }
            #expect(elsewhere.allSatisfy { $0.contains("anonymous") && !$0.contains("/private/") }, "\(elsewhere)")
        }
    }

    @Test("A redirect on the same host is followed")
    func moved() async throws {
        try await withServedRepository { repository, server in
            let source = try repository.source(server.credentials)
            #expect(try await source.snapshot(server.request(.head, .moved)).files.count == 1)
            await source.close()
        }
    }

    @Test("An authority that is not trusted is refused with the way to trust it; a file without certificates is refused at once")
    func unknownAuthority() async throws {
        try await withServedRepository { repository, server in
            let source = try repository.source()
            let error = await refusal { try await source.snapshot(server.request()) }
            await source.close()
            #expect(error?.code == .tls)
            #expect(error?.message.contains("--git-ca FILE") == true, "\(String(describing: error))")

            var credentials = GitCredentials()
            credentials.certificateAuthorityFile = server.directory + "/users"
            #expect(throws: GitSourceError.self) { try repository.source(credentials) }
            credentials.certificateAuthorityFile = server.directory + "/nope"
            #expect(throws: GitSourceError.self) { try repository.source(credentials) }
        }
    }

    @Test("The user's Git configuration is not read, a proxy of the environment is")
    func ambientConfiguration() async throws {
        try await withServedRepository { repository, server in
            let home = repository.scratch + "/home"
            try FileManager.default.createDirectory(atPath: home + "/.config/git", withIntermediateDirectories: true)
            let configuration = "[url \"https://nowhere.invalid/\"]\n\tinsteadOf = https://localhost:\(server.ports.https)/\n"
            for file in ["/.gitconfig", "/.config/git/config"] {
                try configuration.write(toFile: home + file, atomically: true, encoding: .utf8)
            }
            let misled = try await repository.wrapper(
                "export HOME='\(home)' XDG_CONFIG_HOME='\(home)/.config' GIT_CONFIG_GLOBAL='\(home)/.gitconfig' GIT_DIR=/nonexistent")
            var source = try GitSource(worker: misled, cache: repository.scratch + "/cache", credentials: server.credentials)
            #expect(try await source.snapshot(server.request()).files.count == 1)
            await source.close()

            let proxied = try await repository.wrapper("export HTTPS_PROXY=http://127.0.0.1:1")
            source = try GitSource(worker: proxied, cache: repository.scratch + "/cache", credentials: server.credentials)
            let error = await refusal { try await source.snapshot(server.request()) }
            await source.close()
            #expect(error?.code == .unreachable)
        }
    }

    @Test("Plain HTTP only where the policy allows it")
    func plainHTTP() async throws {
        try await withServedRepository { repository, server in
            let request = GitRequest(repository: "http://localhost:\(server.ports.http)/open/repo.git", reference: .head, path: "")
            for (allowed, code) in [(false, GitSourceError.Code.invalidURL), (true, nil)] {
                let source = try GitSource(
                    cache: repository.scratch + "/cache", credentials: server.credentials,
                    policy: RepositoryPolicy(allowsLocal: false, allowsPlainHTTP: allowed))
                #expect(await refusal { try await source.snapshot(request) }?.code == code)
                #expect(
                    await refusal { try await source.snapshot(GitRequest(repository: repository.path, reference: .head, path: "")) }?.code
                        == .invalidURL)
                await source.close()
            }
        }
    }

    @Test("An empty repository on a server")
    func emptyRepository() async throws {
        try await withServedRepository { repository, server in
            try await repository.git("init", "--quiet", "--bare", server.repositories + "/empty.git")
            let source = try repository.source(server.credentials)
            let error = await refusal {
                try await source.snapshot(GitRequest(repository: server.url("empty.git"), reference: .head, path: ""))
            }
            await source.close()
            #expect(error?.code == .referenceNotFound)
            #expect(error?.message.contains("has no commit yet") == true, "\(String(describing: error))")
        }
    }

    @Test("Two processes share a cache; one that is held for too long is told as such")
    func sharedCache() async throws {
        try await withServedRepository { repository, server in
            let sources = try (0..<3).map { _ in try repository.source(server.credentials) }
            let revisions = try await withThrowingTaskGroup(of: String.self) { group in
                for source in sources { group.addTask { try await source.snapshot(server.request()).revision } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(revisions.count == 1)
            for source in sources { await source.close() }

            let lock = try #require(
                try FileManager.default.contentsOfDirectory(atPath: repository.scratch + "/cache").first { $0.hasSuffix(".lock") })
            let descriptor = open(repository.scratch + "/cache/" + lock, O_RDWR | O_CLOEXEC)
            defer { close(descriptor) }
            #expect(flock(descriptor, LOCK_EX) == 0)
            let source = try repository.source(server.credentials, deadline: .seconds(1))
            let error = await refusal { try await source.snapshot(server.request()) }
            await source.close()
            #expect(error?.code == .cache)
            #expect(error?.message.contains("another process") == true)
        }
    }

    @Test("Caches of different credentials are different directories, and nobody else can read them")
    func separateCaches() async throws {
        try await withServedRepository { repository, server in
            var other = server.credentials
            other.identity = "team-b"
            for credentials in [server.credentials, other] {
                let source = try repository.source(credentials)
                _ = try await source.snapshot(server.request())
                await source.close()
            }
            let cache = repository.scratch + "/cache"
            let caches = try FileManager.default.contentsOfDirectory(atPath: cache).filter { $0.hasSuffix(".git") }
            #expect(caches.count == 2)
            for path in [cache] + caches.map({ cache + "/" + $0 }) {
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o700, "\(path)")
            }
        }
    }

    @Test("A cache directory that others can write is refused")
    func openCache() async throws {
        try await withGitRepository { repository in
            let cache = repository.scratch + "/cache"
            try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
            try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: cache)
            let error = #expect(throws: GitSourceError.self) { try CacheDirectory.prepare(cache) }
            #expect(error?.message.contains("chmod go-w") == true)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: cache)
            #expect(throws: Never.self) { try CacheDirectory.prepare(cache) }
        }
    }

    enum Damage: String, Sendable, CaseIterable {
        case truncatedLooseObject, truncatedBeforeFetch, emptyLooseObject, truncatedPack, flippedPack, missingHead, missingBlob,
            fileInPlaceOfCache
        var spins: Bool { self == .truncatedLooseObject || self == .truncatedBeforeFetch }
    }

    @Test("A damaged cache is put aside and made anew once", arguments: Damage.allCases)
    func damagedCache(_ damage: Damage) async throws {
        try await withServedRepository { repository, server in
            var source = try repository.source(server.credentials)
            let whole = try await source.snapshot(server.request())
            await source.close()
            try await inflict(damage, on: repository, commit: try await repository.git("rev-parse", "HEAD"))
            // An object cut short keeps libgit2 1.5 busy for ever: only the deadline ends it.
            if damage == .truncatedBeforeFetch {
                try await repository.commit(["deploy/b.yaml": "b: 1\n"])
                try await server.push(repository, "main")
            }
            source = try repository.source(server.credentials, deadline: .seconds(damage.spins ? 3 : 30))
            let mended = try await source.snapshot(server.request())
            #expect(mended.revision == "main@sha1:\(try await repository.git("rev-parse", "HEAD"))")
            #expect(mended.files.first?.bytes == whole.files.first?.bytes)
            await source.close()
            let aside = try FileManager.default.contentsOfDirectory(atPath: repository.scratch + "/cache").filter {
                $0.hasSuffix(".damaged")
            }
            #expect(aside.count == 1)
        }
    }

    private func inflict(_ damage: Damage, on repository: GitRepository, commit: String) async throws {
        let files = FileManager.default
        let cache = repository.scratch + "/cache"
        let name = try #require(try files.contentsOfDirectory(atPath: cache).first { $0.hasSuffix(".git") })
        let bare = cache + "/" + name
        let packs = bare + "/objects/pack"
        let pack = packs + "/" + (try #require(try files.contentsOfDirectory(atPath: packs).first { $0.hasSuffix(".pack") }))
        func loosen() async throws {
            let away = repository.scratch + "/away"
            try files.moveItem(atPath: packs, toPath: away)
            try files.createDirectory(atPath: packs, withIntermediateDirectories: true)
            let moved = away + "/" + URL(fileURLWithPath: pack).lastPathComponent
            let result = try await Program("/bin/sh").run(["-c", "git -C '\(bare)' unpack-objects -q < '\(moved)'"])
            try #require(result.status == 0, "\(result)")
        }
        func loose(_ id: String) -> String { "\(bare)/objects/\(id.prefix(2))/\(id.dropFirst(2))" }
        func rewrite(_ path: String, _ change: (inout Data) -> Void) throws {
            var data = try Data(contentsOf: URL(fileURLWithPath: path))
            change(&data)
            try files.removeItem(atPath: path)
            try data.write(to: URL(fileURLWithPath: path))
        }
        switch damage {
        case .truncatedLooseObject, .truncatedBeforeFetch:
            try await loosen()
            try rewrite(loose(commit)) { $0 = $0.prefix($0.count / 2) }
        case .emptyLooseObject:
            try await loosen()
            try rewrite(loose(commit)) { $0 = Data() }
        case .truncatedPack: try rewrite(pack) { $0 = $0.prefix(40) }
        case .flippedPack: try rewrite(pack) { data in for index in 20..<data.count - 20 { data[index] ^= 0x55 } }
        case .missingHead: try files.removeItem(atPath: bare + "/HEAD")
        case .missingBlob:
            try await loosen()
            try files.removeItem(atPath: loose(try await repository.git("rev-parse", "HEAD:deploy/a.yaml")))
        case .fileInPlaceOfCache:
            try files.removeItem(atPath: bare)
            try Data().write(to: URL(fileURLWithPath: bare))
        }
    }

    private func withServedRepository(_ body: (GitRepository, GitServer) async throws -> Void) async throws {
        try await withGitRepository { repository in
            try await repository.commit(["deploy/a.yaml": "a: 1\n"])
            try await withGitServer(repository) { server in try await body(repository, server) }
        }
    }
}

extension GitServer {
    /// The right user, password and authority.
    var credentials: GitCredentials {
        var credentials = GitCredentials()
        credentials.username = username
        credentials.password = password
        credentials.certificateAuthorityFile = certificateAuthority
        return credentials
    }

    func request(_ reference: GitRequest.Reference = .head, _ door: Door = .open) -> GitRequest {
        GitRequest(repository: url("repo.git", door), reference: reference, path: "")
    }
}

extension GitRepository {
    /// A worker that does something before it becomes belay-git.
    func wrapper(_ script: String) async throws -> String {
        try await program("\(script)\nexec '\(try WorkerProgram.find(nil))'\n")
    }

    /// A shell script that can be run. Another process writes it: were this one to, a child started meanwhile by another test could hold it
    /// open, and running it would fail with "Text file busy".
    func program(_ script: String) async throws -> String {
        let path = scratch + "/program-\(UUID().uuidString)"
        let result = try await Program("/bin/sh").run(["-c", #"cat >"$1"; chmod 755 "$1""#, "sh", path], input: "#!/bin/sh\n\(script)\n")
        try #require(result.status == 0, "\(result)")
        return path
    }
}
