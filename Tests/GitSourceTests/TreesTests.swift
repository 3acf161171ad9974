// Many paths of one commit in one look; and what is read from the cache although the server is gone.

import Foundation
import GitSource
import GitWire
import StructuredData
import TestSupport
import Testing

@Suite("Trees of many paths", .timeLimit(.minutes(20)))
struct TreesTests {
    @Test("Each path has Git's tree id or the error that a snapshot of it has; the revision is the snapshot's")
    func sameAsSnapshot() async throws {
        try await withGitRepository { repository in
            try await Self.fill(repository)
            try await repository.git("remote", "add", "origin", "https://ci-token:s3cret@git.example.com/team/shop.git")
            let source = try repository.source()
            let found = try await source.trees(of: .head, in: repository.path, paths: Self.paths)
            #expect(found.trees.count == Self.paths.count)
            for path in Self.paths {
                let request = GitRequest(repository: repository.path, reference: .head, path: path)
                do throws(GitSourceError) {
                    let snapshot = try await source.snapshot(request)
                    #expect((try? found.trees[path]?.get()) == snapshot.treeID, "\(path)")
                    #expect(found.revision == snapshot.revision)
                    #expect(found.commit == snapshot.commit)
                    #expect(found.origin == snapshot.origin)
                } catch {
                    let other = #expect(throws: GitSourceError.self) { try found.trees[path]?.get() }
                    #expect(other?.code == error.code, "\(path)")
                    #expect(other?.message == error.message, "\(path)")
                }
            }
            #expect(found.origin == "https://git.example.com/team/shop.git")
            #expect(try found.trees["deploy"]?.get() == (try await repository.git("rev-parse", "HEAD:deploy")))
            #expect(try found.trees[""]?.get() == (try await repository.git("rev-parse", "HEAD^{tree}")))
            #expect(found.trees.values.filter { (try? $0.get()) == nil }.count == 9, "what is wrong in `paths`")
            await source.close()
        }
    }

    @Test("References are those of snapshots; none of their errors is told of a path")
    func references() async throws {
        try await withGitRepository { repository in
            let first = try await repository.commit(["deploy/a.yaml": "a: 1\n"])
            try await repository.tag("v1.2.0", message: "annotated")
            let tree = try await repository.git("rev-parse", "HEAD:deploy")
            try await repository.commit(["deploy/a.yaml": "a: 2\n"])
            let source = try repository.source()
            let cases: [(GitRequest.Reference, String)] = [
                (.tag("v1.2.0"), "v1.2.0@sha1:\(first)"), (.semver("1.x"), "v1.2.0@sha1:\(first)"), (.commit(first), "sha1:\(first)"),
                (.unspecified("v1.2.0"), "v1.2.0@sha1:\(first)"), (.unspecified(first.uppercased()), "sha1:\(first)"),
            ]
            for (reference, revision) in cases {
                let found = try await source.trees(of: reference, in: repository.path, paths: ["deploy"])
                #expect(found.revision == revision)
                #expect(try found.trees["deploy"]?.get() == tree)
            }
            let none = try await source.trees(of: .head, in: repository.path, paths: [])
            #expect(none.revision == "main@sha1:\(try await repository.git("rev-parse", "HEAD"))")
            #expect(none.trees.isEmpty)
            let missing = await refusal { try await source.trees(of: .branch("nope"), in: repository.path, paths: ["deploy"]) }
            #expect(missing?.code == .referenceNotFound)
            let nowhere = await refusal { try await source.trees(of: .head, in: repository.scratch, paths: ["deploy"]) }
            #expect(nowhere?.code == .notARepository)
            await source.close()
        }
    }

    @Test("A damaged tree fails the whole look, for it says nothing of the paths")
    func damaged() async throws {
        try await withGitRepository { repository in
            try await repository.commit(["deploy/web/a.yaml": "a: 1\n", "other/a.yaml": "a: 1\n"])
            let tree = try await repository.git("rev-parse", "HEAD:deploy")
            try FileManager.default.removeItem(atPath: repository.path + "/.git/objects/\(tree.prefix(2))/\(tree.dropFirst(2))")
            let source = try repository.source()
            #expect(try await source.trees(of: .head, in: repository.path, paths: ["other"]).trees.count == 1)
            let error = await refusal { try await source.trees(of: .head, in: repository.path, paths: ["other", "deploy/web"]) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("deploy/web") == true, "\(String(describing: error))")
            await source.close()
        }
    }

    @Test("Paths that Unicode calls equal are not taken for one another")
    func twins() async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            let source = try repository.source()
            let found = try await source.trees(of: .head, in: repository.path, paths: ["caf\u{E9}", "", "cafe\u{301}", ""])
            await source.close()
            #expect(found.trees.count == 2)
            let error = #expect(throws: GitSourceError.self) { try found.trees["caf\u{E9}"]?.get() }
            #expect(error?.code == .invalidPath)
            #expect(error?.message.contains("rename one of the folders") == true)
        }
    }

    @Test("More paths than one message takes, in folders of thousands, each with its own answer")
    func thousands() async throws {
        try await withGitRepository { repository in
            let count = WireRequest.maximumPaths + 700
            try await Self.fillWithFolders(repository, count)
            let commit = try await repository.git("rev-parse", "HEAD")
            let source = try repository.source()
            let paths = (0..<count).map { "apps/team-\($0 % 3)/app-\($0)" } + ["apps/nope", "apps/team-0/app-1"]
            let found = try await source.trees(of: .head, in: repository.path, paths: paths.shuffled())
            await source.close()
            #expect(found.revision == "main@sha1:\(commit)")
            #expect(found.trees.count == count + 2)
            let all = try await repository.git("ls-tree", "-r", "-d", "HEAD").split(separator: "\n")
            var ids: [Substring: Substring] = [:]
            for line in all {
                let parts = line.split(separator: "\t")
                ids[parts[1]] = parts[0].suffix(40)
            }
            for path in paths {
                #expect((try? found.trees[path]?.get()) == ids[path[...]].map(String.init), "\(path)")
            }
        }
    }

    // MARK: A server

    static let isServed = GitServer.isAvailable

    @Test("Of a server: fetched once, an unchanged commit asks for refs only, a new one brings new trees", .enabled(if: isServed))
    func remote() async throws {
        try await withGitRepository { repository in
            try await Self.fill(repository)
            try await withGitServer(repository) { server in
                let source = try repository.source(server.credentials)
                let url = server.url("repo.git", .closed)
                let first = try await source.trees(of: .branch("main"), in: url, paths: Self.paths)
                #expect(first.origin == nil)
                #expect(try first.trees["deploy/web"]?.get() == (try await repository.git("rev-parse", "HEAD:deploy/web")))
                let message = #expect(throws: GitSourceError.self) { try first.trees["nope"]?.get() }?.message
                #expect(message?.contains("there is no nope in \(url) at ") == true, "\(message ?? "")")

                let before = try server.requests().count
                #expect(try await source.trees(of: .branch("main"), in: url, paths: Self.paths).revision == first.revision)
                let again = try server.requests().dropFirst(before)
                #expect(!again.isEmpty)
                #expect(again.allSatisfy { $0.hasPrefix("GET ") }, "nothing was missing, so nothing is asked for")

                let head = try await repository.commit(["deploy/web/new.yaml": "n: 1\n"])
                try await server.push(repository, "main")
                let second = try await source.trees(of: .branch("main"), in: url, paths: Self.paths)
                #expect(second.revision == "main@sha1:\(head)")
                #expect(try second.trees["deploy/web"]?.get() != first.trees["deploy/web"]?.get())
                #expect(try second.trees["other"]?.get() == first.trees["other"]?.get())

                // What the look fetched serves the snapshots: by the commit nothing is asked, not even the refs.
                let fetched = try server.requests().count
                let request = GitRequest(repository: url, reference: .commit(head), path: "deploy/web")
                #expect(try await source.snapshot(request).treeID == second.trees["deploy/web"]?.get())
                #expect(try server.requests().count == fetched)
                await source.close()
            }
        }
    }

    @Test("A commit that was fetched is read with the server gone; a branch, and a commit that was not, are not", .enabled(if: isServed))
    func serverGone() async throws {
        try await withGitRepository { repository in
            try await Self.fill(repository)
            let first = try await repository.git("rev-parse", "HEAD")
            let tree = try await repository.git("rev-parse", "HEAD:deploy")
            try await repository.commit(["deploy/a.yaml": "a: 2\n"])
            var url = ""
            var credentials = GitCredentials()
            try await withGitServer(repository) { server in
                url = server.url("repo.git", .closed)
                credentials = server.credentials
                let source = try repository.source(credentials)
                _ = try await source.trees(of: .head, in: url, paths: [])
                await source.close()
            }
            let late = try await repository.commit(["deploy/a.yaml": "a: 3\n"])
            let source = try repository.source(credentials)
            for reference in [GitRequest.Reference.commit(first), .commit(first.uppercased()), .unspecified(first)] {
                let snapshot = try await source.snapshot(GitRequest(repository: url, reference: reference, path: "deploy"))
                #expect(snapshot.revision == "sha1:\(first)")
                #expect(snapshot.treeID == tree)
                #expect(snapshot.files.first?.bytes == Array("a: 1\n".utf8))
                let found = try await source.trees(of: reference, in: url, paths: ["deploy", "nope"])
                #expect(try found.trees["deploy"]?.get() == tree)
                #expect(throws: GitSourceError.self) { try found.trees["nope"]?.get() }
            }
            for reference in [GitRequest.Reference.branch("main"), .head, .commit(late)] {
                #expect(await refusal { try await source.trees(of: reference, in: url, paths: ["deploy"]) }?.code == .unreachable)
            }
            // Whoever shares no identity shares no cache.
            await source.close()
            credentials.identity = "team-b"
            let other = try repository.source(credentials)
            let stranger = await refusal {
                try await other.snapshot(GitRequest(repository: url, reference: .commit(first), path: "deploy"))
            }
            #expect(stranger?.code == .unreachable)
            await other.close()
        }
    }

    // MARK: What the repositories hold

    /// Nine of them are wrong.
    private static let paths = [
        "", ".", "deploy", "deploy/", "./deploy/web", "deploy/web", "deploy/web/deep/er", "other", "\u{FC}ber",
        "nope", "deploy/nope", "deploy/a.yaml", "deploy/a.yaml/x", "link", "sub", "../etc", "/deploy", "deploy//web",
    ]

    private static func fill(_ repository: GitRepository) async throws {
        try repository.link("link", to: "deploy")
        try await repository.commit([
            "deploy/a.yaml": "a: 1\n", "deploy/web/a.yaml": "w: 1\n", "deploy/web/deep/er/a.yaml": "d: 1\n", "other/a.yaml": "o: 1\n",
            "\u{FC}ber/a.yaml": "u: 1\n",
        ])
        let commit = try await repository.git("rev-parse", "HEAD")
        try await repository.git("update-index", "--add", "--cacheinfo", "160000,\(commit),sub")
        try await repository.git("commit", "--quiet", "--message", "a submodule")
    }

    /// `apps/team-T/app-N/a.yaml`, each with a content of its own, made without a work tree.
    private static func fillWithFolders(_ repository: GitRepository, _ count: Int) async throws {
        var stream = "commit refs/heads/main\ncommitter A <a@example.com> 1767323045 +0100\ndata 4\nmany\n"
        for index in 0..<count {
            let content = "n: \(index)\n"
            stream += "M 100644 inline apps/team-\(index % 3)/app-\(index)/a.yaml\ndata \(content.utf8.count)\n\(content)\n"
        }
        let file = repository.scratch + "/stream"
        try Data(stream.utf8).write(to: URL(fileURLWithPath: file))
        let result = try await Program("/bin/sh").run(["-c", "git -C '\(repository.path)' fast-import --quiet < '\(file)'"])
        try #require(result.status == 0, "\(result)")
    }
}
