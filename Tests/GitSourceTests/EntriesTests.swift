// Single paths of a commit, and of a directory as it lies: what a kustomization refers to.

import Foundation
import GitSource
import GitWire
import StructuredData
import TestSupport
import Testing

@Suite("Entries", .timeLimit(.minutes(20)))
struct EntriesTests {
    private static let paths = [
        "", "base", "base/web.yaml", "base/run.sh", "base/nope", "base/web.yaml/below", "link", "link/a", "sub", "sub/a",
        "over/kustomization.yml",
        "über.txt", "big.txt", "../out", "a//b", "/etc/passwd", "deep/er/x", ".git", ".git/config", "base/kustomization.yaml",
        long, "\(long)/a", "link/\u{301}a",
    ]
    /// Longer than any file system takes.
    private static let long = String(repeating: "n", count: 300)

    private static func fill(_ repository: GitRepository) async throws {
        try repository.link("link", to: "base")
        try repository.write("big.txt", bytes: Array(repeating: 0x61, count: 101))
        try await repository.commit([
            "base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": "w: 1\n", "base/run.sh": "#!/bin/sh\n",
            "base/\u{301}a": "through a link\n", "over/kustomization.yml": "o: 1\n", "deep/er/x": "x\n", "\u{FC}ber.txt": "u\n",
        ])
        try repository.link("base/away", to: "/etc/passwd")
        try await repository.commit()
    }

    /// What is found at each path, in words.
    private func words(_ entries: [String: SourceEntry]) -> [String: String] {
        entries.mapValues { entry in
            guard case .file(let file) = entry else { return entry.identity }
            return "\(file.kind) \(file.isTooLarge ? "too large" : String(decoding: file.bytes, as: UTF8.self))"
        }
    }

    private static let expected: [String: String] = [
        "": "folder", "kustomization.yaml": "absent", "kustomization.yml": "absent", "Kustomization": "absent",
        "base": "folder", "base/kustomization.yaml": "file resources: [web.yaml]\n", "base/kustomization.yml": "absent",
        "base/Kustomization": "absent", "base/web.yaml": "file w: 1\n", "base/run.sh": "file #!/bin/sh\n", "base/nope": "absent",
        "base/web.yaml/below": "absent", "link": "symlink ", "link/a": "absent", "sub": "absent", "sub/a": "absent",
        "over/kustomization.yml": "file o: 1\n", "über.txt": "file u\n", "big.txt": "file too large", "../out": "absent", "a//b": "absent",
        "/etc/passwd": "absent", "deep/er/x": "file x\n", ".git": "absent", ".git/config": "absent",
        long: "absent", "\(long)/a": "absent", "link/\u{301}a": "absent",
    ]

    @Test("Files of every name, folders with the names of a kustomization, and what is not there; never through links or out of the tree")
    func ofACommit() async throws {
        try await withGitRepository { repository in
            try await Self.fill(repository)
            let source = try repository.source()
            let found = try await source.entries(at: .head, in: repository.path, paths: Self.paths, maximumFileSize: 100)
            #expect(words(found) == Self.expected)
            for (path, entry) in found {
                guard case .file(let file) = entry else { continue }
                #expect(file.path == path)
                #expect(file.blobID == (try await repository.git("rev-parse", "HEAD:\(path)")))
            }
            let identities = try await source.identities(of: Self.paths, at: .head, in: repository.path)
            #expect(identities.count == Self.paths.count)
            for path in Self.paths { #expect(identities[path] == found[path]?.identity, "\(path)") }
            #expect(try await source.entries(at: .head, in: repository.path, paths: []).isEmpty)
            await source.close()
        }
    }

    @Test("A directory as it lies has the same entries as a commit of it")
    func ofADirectory() async throws {
        try await withGitRepository { repository in
            try await Self.fill(repository)
            let found = try GitSource.entries(inDirectory: repository.path, paths: Self.paths, maximumFileSize: 100)
            #expect(words(found) == Self.expected)
            let source = try repository.source()
            let committed = try await source.entries(at: .head, in: repository.path, paths: Self.paths)
            await source.close()
            for path in Self.paths where path != "big.txt" { #expect(found[path]?.identity == committed[path]?.identity, "\(path)") }
            let away = try GitSource.entries(inDirectory: repository.path, paths: ["base/away", "base/away/x"])
            #expect(words(away) == ["base/away": "symlink ", "base/away/x": "absent"])
            let nowhere = await refusal { try GitSource.entries(inDirectory: repository.path + "/nope", paths: [""]) }
            #expect(nowhere?.code == .pathNotFound)
            #expect(mkfifo(repository.path + "/pipe", 0o600) == 0)
            let pipe = await refusal { try GitSource.entries(inDirectory: repository.path, paths: ["pipe"]) }
            #expect(pipe?.message == "pipe is no regular file")
        }
    }

    @Test("Submodules are named, and nothing below them is there")
    func submodule() async throws {
        try await withGitRepository { repository in
            let commit = try await repository.commit(["a": "a\n"])
            try await repository.git("update-index", "--add", "--cacheinfo", "160000,\(commit),sub")
            try await repository.git("commit", "--quiet", "--message", "a submodule")
            let source = try repository.source()
            let found = try await source.entries(at: .head, in: repository.path, paths: ["sub", "sub/a"])
            #expect(words(found) == ["sub": "submodule ", "sub/a": "absent"])
            let identities = try await source.identities(of: ["sub", "sub/a"], at: .head, in: repository.path)
            #expect(identities == ["sub": "submodule \(commit)", "sub/a": "absent"])
            await source.close()
        }
    }

    @Test("More paths than one message takes")
    func thousands() async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a/x": "x\n"])
            let source = try repository.source()
            let paths = (0...WireRequest.maximumPaths).map { "a/\($0)" } + ["a/x"]
            let found = try await source.identities(of: paths, at: .head, in: repository.path)
            #expect(found.count == paths.count)
            #expect(found.filter { $0.value != "absent" }.keys.sorted() == ["a/x"])
            #expect(try await source.entries(at: .head, in: repository.path, paths: paths).count == paths.count)
            await source.close()
        }
    }

    @Test("A snapshot may stop at a kustomization: then it has its file and nothing else; a plain directory is read as ever")
    func stopping() async throws {
        try await withGitRepository { repository in
            try await Self.fill(repository)
            try await repository.commit(["plain/a.yaml": "a: 1\n", "odd/kustomization.yaml/a.yaml": "a: 1\n"])
            let source = try repository.source()
            for path in ["base", "over", "plain", "odd", ""] {
                var request = GitRequest(repository: repository.path, reference: .head, path: path)
                let whole = try await source.snapshot(request)
                #expect(whole.entries.isEmpty)
                request.stopsAtKustomization = true
                let snapshot = try await source.snapshot(request)
                #expect(snapshot.treeID == whole.treeID && snapshot.revision == whole.revision)
                guard ["base", "over"].contains(path) else {
                    #expect(snapshot.files.map(\.path) == whole.files.map(\.path))
                    #expect(snapshot.entries.isEmpty)
                    continue
                }
                #expect(snapshot.files.isEmpty)
                #expect(
                    Set(snapshot.entries.keys) == Set(["kustomization.yaml", "kustomization.yml", "Kustomization"].map { "\(path)/\($0)" }))
                #expect(snapshot.entries.values.filter { $0.identity != "absent" }.count == 1)
            }
            await source.close()
        }
    }

    @Test("Of a server: once a commit was fetched, nothing is asked for what stands in it", .enabled(if: GitServer.isAvailable))
    func remote() async throws {
        try await withGitRepository { repository in
            try await Self.fill(repository)
            try await withGitServer(repository) { server in
                let source = try repository.source(server.credentials)
                let url = server.url("repo.git", .closed)
                let snapshot = try await source.snapshot(GitRequest(repository: url, reference: .branch("main"), path: "base"))
                let commit = try #require(snapshot.commit?.id)
                let before = try server.requests().count
                let found = try await source.entries(at: .commit(commit), in: url, paths: ["over/kustomization.yml"])
                #expect(words(found) == ["over/kustomization.yml": "file o: 1\n"])
                #expect(try await source.identities(of: ["base"], at: .commit(commit), in: url) == ["base": "folder"])
                #expect(try server.requests().count == before)
                await source.close()
            }
        }
    }
}
