// Repositories on this machine, read through the real belay-git.

import Foundation
import GitSource
import StructuredData
import TestSupport
import Testing

@Suite("Local repositories", .timeLimit(.minutes(20)))
struct LocalRepositoryTests {
    @Test("HEAD is read: its branch, the commit, Git's tree id, manifests in Git's order, the rest counted")
    func head() async throws {
        try await withGitRepository { repository in
            let commit = try await repository.commit(
                ["b.yaml": "b: 1\n", "a/x.yml": "x: 1\n", "a.json": "{}", "a/README.md": "hi", "run.sh": "echo"], "Add\n\nbody")
            let snapshot = try await read(repository)
            #expect(snapshot.revision == "main@sha1:\(commit)")
            #expect(snapshot.treeID == (try await repository.git("rev-parse", "HEAD^{tree}")))
            #expect(snapshot.files.map(\.path) == ["a.json", "a/x.yml", "b.yaml"])
            #expect(snapshot.files.map { String(decoding: $0.bytes, as: UTF8.self) } == ["{}", "x: 1\n", "b: 1\n"])
            #expect(snapshot.files[2].blobID == (try await repository.git("rev-parse", "HEAD:b.yaml")))
            #expect(snapshot.otherFiles == 2)
            #expect(
                snapshot.commit
                    == SourceSnapshot.Commit(
                        id: commit, subject: "Add", author: "Ada Tester <ada@example.com>", date: "2026-01-02T03:04:05+01:00",
                        committed: "2026-01-02T03:04:05+01:00"))
        }
    }

    @Test("Where it was cloned from is known, without credentials; a remote on this machine is none")
    func origin() async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            #expect(try await read(repository).origin == nil)
            try await repository.git("remote", "add", "origin", "https://ci-token:s3cret@git.example.com/team/shop.git")
            #expect(try await read(repository).origin == "https://git.example.com/team/shop.git")
            try await repository.git("remote", "set-url", "origin", "/srv/shop.git")
            #expect(try await read(repository).origin == nil)
        }
    }

    @Test("What is not committed is not read")
    func committedOnly() async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            try repository.write("a.yaml", "a: 2\n")
            try repository.write("new.yaml", "n: 1\n")
            let snapshot = try await read(repository)
            #expect(snapshot.files.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a: 1\n"])
        }
    }

    struct Naming: Sendable, CustomTestStringConvertible {
        var reference: GitRequest.Reference
        var revision: String
        var testDescription: String { "\(reference)" }
    }

    static let namings = [
        Naming(reference: .branch("main"), revision: "main@sha1:SECOND"),
        Naming(reference: .branch("team/old"), revision: "team/old@sha1:FIRST"),
        Naming(reference: .tag("v1"), revision: "v1@sha1:FIRST"),
        Naming(reference: .tag("light"), revision: "light@sha1:FIRST"),
        Naming(reference: .tag("nested"), revision: "nested@sha1:FIRST"),
        Naming(reference: .commit("FIRST"), revision: "sha1:FIRST"),
        Naming(reference: .commit("TAG"), revision: "sha1:FIRST"),
        Naming(reference: .name("refs/heads/main"), revision: "main@sha1:SECOND"),
        Naming(reference: .name("refs/pull/7/head"), revision: "refs/pull/7/head@sha1:FIRST"),
        Naming(reference: .unspecified("HEAD"), revision: "main@sha1:SECOND"),
        Naming(reference: .unspecified("main"), revision: "main@sha1:SECOND"),
        Naming(reference: .unspecified("v1"), revision: "v1@sha1:FIRST"),
        Naming(reference: .unspecified("refs/tags/both"), revision: "both@sha1:FIRST"),
        Naming(reference: .unspecified("FIRST"), revision: "sha1:FIRST"),
        Naming(reference: .semver("1.x"), revision: "1.10.0@sha1:FIRST"),
    ]

    @Test("References: branch, annotated and nested tags, commit, full ref, as typed")
    func references() async throws {
        try await withReferences { repository, first, second in
            let tag = try await repository.git("rev-parse", "refs/tags/v1")
            func filled(_ text: String) -> String {
                text.replacing("FIRST", with: first).replacing("SECOND", with: second).replacing("TAG", with: tag)
            }
            let source = try repository.source()
            for naming in Self.namings {
                let reference: GitRequest.Reference =
                    switch naming.reference {
                    case .commit(let id): .commit(filled(id))
                    case .unspecified(let text): .unspecified(filled(text))
                    case let other: other
                    }
                let snapshot = try await source.snapshot(GitRequest(repository: repository.path, reference: reference, path: ""))
                #expect(snapshot.revision == filled(naming.revision), "\(naming.reference)")
                let revision = try await source.revision(of: reference, in: repository.path)
                #expect(revision == filled(naming.revision), "\(naming.reference)")
            }
            await source.close()
        }
    }

    static let refusals: [(GitRequest.Reference, GitSourceError.Code, String)] = [
        (.unspecified("both"), .ambiguousReference, "refs/heads/both or refs/tags/both"),
        (.unspecified("nope"), .referenceNotFound, "it has both, main, team/old"),
        (.branch("v1"), .referenceNotFound, "there is a tag of this name"),
        (.tag("main"), .referenceNotFound, "there is a branch of this name"),
        (.unspecified("abc1234"), .referenceNotFound, "all 40 digits"),
        (.commit("abc1234"), .invalidReference, "40"),
        (.commit(String(repeating: "0", count: 40)), .referenceNotFound, "no commit 0000"),
        (.name("main"), .invalidReference, "refs/"),
        (.name("refs/heads/nope"), .referenceNotFound, "refs/heads/nope"),
        (.unspecified("HEAD~1"), .invalidReference, "HEAD~1"),
        (.unspecified("main@{yesterday}"), .invalidReference, "not resolved"),
        (.unspecified(":/Add"), .invalidReference, "not resolved"),
        (.unspecified("main^{tree}"), .invalidReference, "not resolved"),
        (.unspecified("--upload-pack=x"), .invalidReference, "no name"),
        (.unspecified(""), .invalidReference, "no name"),
        (.unspecified("a..b"), .invalidReference, "no name"),
        (.branch("x.lock"), .invalidReference, "no name"),
        (.tag("blob"), .invalidReference, "blob"),
        (.semver("9.x"), .referenceNotFound, "9.x"),
        (.semver("newest"), .invalidReference, "1.2.x"),
    ]

    @Test("References that cannot be resolved say why")
    func refusedReferences() async throws {
        try await withReferences { repository, _, _ in
            let source = try repository.source()
            for (reference, code, words) in Self.refusals {
                let error = await refusal {
                    try await source.snapshot(GitRequest(repository: repository.path, reference: reference, path: ""))
                }
                #expect(error?.code == code, "\(reference): \(String(describing: error))")
                #expect(error?.message.contains(words) == true, "\(reference): \(String(describing: error))")
            }
            await source.close()
        }
    }

    @Test("A commit that HEAD is detached at has no branch name")
    func detached() async throws {
        try await withGitRepository { repository in
            let commit = try await repository.commit(["a.yaml": "a: 1\n"])
            try await repository.git("checkout", "--quiet", "--detach")
            #expect(try await read(repository).revision == "sha1:\(commit)")
        }
    }

    @Test("An empty repository, and a HEAD whose branch is missing")
    func empty() async throws {
        try await withGitRepository { repository in
            let nothing = await refusal { try await read(repository) }
            #expect(nothing?.code == .referenceNotFound)
            #expect(nothing?.message.contains("has no commit yet") == true)
            try await repository.commit(["a.yaml": "a: 1\n"])
            try await repository.git("symbolic-ref", "HEAD", "refs/heads/gone")
            let dangling = await refusal { try await read(repository) }
            #expect(dangling?.code == .referenceNotFound)
            #expect(dangling?.message.contains("refs/heads/gone") == true)
            #expect(dangling?.message.contains("main") == true)
        }
    }

    @Test(
        "A path: its own tree id, full file names; slashes at its ends do not matter",
        arguments: ["deploy/prod", "deploy/prod/", "./deploy/prod"])
    func path(_ path: String) async throws {
        try await withGitRepository { repository in
            try await repository.commit(["deploy/prod/a.yaml": "a: 1\n", "deploy/b.yaml": "b: 1\n", "deploy/prod/sub/c.yaml": "c: 1\n"])
            let snapshot = try await read(repository, path: path)
            #expect(snapshot.path == "deploy/prod")
            #expect(snapshot.files.map(\.path) == ["deploy/prod/a.yaml", "deploy/prod/sub/c.yaml"])
            #expect(snapshot.treeID == (try await repository.git("rev-parse", "HEAD:deploy/prod")))
        }
    }

    @Test(
        "Paths that are no directory of the commit",
        arguments: [
            ("nope", GitSourceError.Code.pathNotFound, "the root has deploy"), ("deploy/nope", .pathNotFound, "deploy has no directories"),
            ("deploy/a.yaml", .pathNotFound, "is a file, and the path must be a folder: give deploy as the path, and include only /a.yaml"),
            ("deploy/a.yaml/x", .pathNotFound, "deploy/a.yaml"),
            ("top.yaml", .pathNotFound, "give . as the path, and include only /top.yaml"),
            ("link", .pathNotFound, "symbolic link"),
            ("../etc", .invalidPath, "no path inside"), ("/deploy", .invalidPath, "without a slash before it"),
            ("a\\b", .invalidPath, "backslashes"),
            ("deploy//x", .invalidPath, "no path"), ("deploy\u{0}", .invalidPath, "no path"), ("deploy/../deploy", .invalidPath, "no path"),
        ])
    func missingPath(_ path: String, _ code: GitSourceError.Code, _ words: String) async throws {
        try await withGitRepository { repository in
            try repository.link("link", to: "deploy")
            try await repository.commit(["deploy/a.yaml": "a: 1\n", "top.yaml": "a: 1\n"])
            let error = await refusal { try await read(repository, path: path) }
            #expect(error?.code == code)
            #expect(error?.message.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test("Symbolic links and submodules that look like manifests are told apart; links are not followed")
    func kinds() async throws {
        try await withGitRepository { repository in
            try repository.link("link.yaml", to: "/etc/passwd")
            try repository.link("other", to: "a.yaml")
            try repository.write("run.yaml", "r: 1\n")
            try await repository.git("update-index", "--add", "--cacheinfo", "160000,\(String(repeating: "1", count: 40)),sub.yaml")
            try await repository.git("add", "--all", ":!sub.yaml")
            try await repository.git("update-index", "--chmod=+x", "run.yaml")
            try await repository.git("commit", "--quiet", "--message", "kinds")
            let snapshot = try await read(repository)
            #expect(snapshot.files.map(\.path) == ["link.yaml", "run.yaml", "sub.yaml"])
            #expect(snapshot.files.map(\.kind) == [.symlink, .file, .submodule])
            #expect(snapshot.files[0].bytes.isEmpty)
            #expect(snapshot.files[2].blobID == String(repeating: "1", count: 40))
            #expect(snapshot.otherFiles == 1)
        }
    }

    @Test("What Rendering must refuse by name is among the files")
    func kustomizations() async throws {
        try await withGitRepository { repository in
            try await repository.commit([
                "Kustomization": "k: 1\n", "a/kustomization.yaml": "k: 1\n", "Chart.yaml": "c: 1\n", "x.YAML": "", ".yaml": "",
            ])
            let snapshot = try await read(repository)
            #expect(snapshot.files.map(\.path) == ["Chart.yaml", "Kustomization", "a/kustomization.yaml"])
            #expect(snapshot.otherFiles == 2)
        }
    }

    @Test("A file over the limit is reported with its size and not read; one at the limit is")
    func largeFile() async throws {
        try await withGitRepository { repository in
            try repository.write("big.yaml", bytes: Array(repeating: UInt8(ascii: "a"), count: 1001))
            try repository.write("fits.yaml", bytes: Array(repeating: UInt8(ascii: "a"), count: 1000))
            try await repository.commit()
            let source = try repository.source()
            let snapshot = try await source.snapshot(
                GitRequest(repository: repository.path, reference: .head, path: "", maximumFileSize: 1000))
            await source.close()
            #expect(snapshot.files.map(\.isTooLarge) == [true, false])
            #expect(snapshot.files.map(\.size) == [1001, 1000])
            #expect(snapshot.files.map(\.bytes.count) == [0, 1000])
        }
    }

    @Test("Names that are no UTF-8, control characters, and twins that Unicode calls equal")
    func names() async throws {
        try await withGitRepository { repository in
            try repository.write("a.yaml", "a: 1\n")
            try await repository.commit()
            let blob = try await repository.git("rev-parse", "HEAD:a.yaml")
            // Made with mktree: file systems and this test's strings would not carry such names.
            let names = ["caf\u{E9}", "cafe\u{301}", "tab\tname"]
            for name in names { try await repository.git("update-index", "--add", "--cacheinfo", "100644,\(blob),\(name).yaml") }
            try await repository.git("commit", "--quiet", "--message", "names")
            let snapshot = try await read(repository)
            #expect(snapshot.files.map { Array($0.path.utf8) }.contains(Array("caf\u{E9}.yaml".utf8)))
            #expect(snapshot.files.map { Array($0.path.utf8) }.contains(Array("cafe\u{301}.yaml".utf8)))
            #expect(snapshot.files.contains { $0.path == "tab\\x09name.yaml" })
            #expect(snapshot.files.count == 4)

            let latin = URL(fileURLWithPath: repository.scratch).appendingPathComponent("tree.txt")
            try Data(Array("100644 blob \(blob)\tcaf".utf8) + [0xE9] + Array(".yaml\n".utf8)).write(to: latin)
            let script = "git -C '\(repository.path)' mktree < '\(latin.path)'"
            let tree = try await Program("/bin/sh").run(["-c", script]).output.split(separator: "\n").first.map(String.init) ?? ""
            let commit = try await repository.git("commit-tree", "-m", "latin", tree)
            let source = try repository.source()
            let odd = try await source.snapshot(GitRequest(repository: repository.path, reference: .commit(commit), path: ""))
            await source.close()
            #expect(odd.files.map(\.path) == ["caf\\xE9.yaml"])
            #expect(odd.treeID == tree)
        }
    }

    @Test("A commit's texts are one printable line each")
    func texts() async throws {
        try await withGitRepository { repository in
            try await repository.git(
                "-c", "user.name=Eve\u{1B}[31m", "commit", "--quiet", "--allow-empty", "--author", "Eve \u{1B}[31mX <eve@example.com>",
                "--message",
                "Red \u{1B}[31m and \u{202E}turned\n\nbody")
            let commit = try await read(repository).commit
            #expect(commit?.subject == "Red [31m and turned")
            #expect(commit?.author == "Eve [31mX <eve@example.com>")
        }
    }

    @Test("A bare clone, a linked work tree, a folder below, the .git directory and a file URL are all the repository")
    func shapes() async throws {
        try await withGitRepository { repository in
            let commit = try await repository.commit(["deploy/a.yaml": "a: 1\n"])
            let bare = try await repository.bareClone("with blank.git")
            let linked = repository.scratch + "/linked"
            try await repository.git("worktree", "add", "--quiet", "-b", "side", linked)
            let source = try repository.source()
            let url = "file://" + bare.replacing(" ", with: "%20")
            for place in [bare, url, linked, linked + "/deploy", repository.path + "/deploy", repository.path + "/.git"] {
                let snapshot = try await source.snapshot(GitRequest(repository: place, reference: .head, path: "deploy"))
                #expect(snapshot.revision == (place.hasPrefix(linked) ? "side" : "main") + "@sha1:\(commit)", "\(place)")
                #expect(snapshot.files.map(\.path) == ["deploy/a.yaml"])
            }
            await source.close()
        }
    }

    @Test("Sparse and partial work trees and shallow clones are read")
    func extensions() async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            let commit = try await repository.commit(["a.yaml": "a: 2\n"])
            try await repository.git("config", "uploadpack.allowFilter", "true")
            let shallow = repository.scratch + "/shallow"
            try await repository.git("clone", "--quiet", "--depth", "1", "file://" + repository.path, shallow)
            let partial = repository.scratch + "/partial"
            try await repository.git("clone", "--quiet", "--filter=blob:none", "file://" + repository.path, partial)
            try await repository.git("-C", partial, "config", "core.repositoryFormatVersion", "1")
            try await repository.git("-C", partial, "sparse-checkout", "set", "--cone", "deploy")
            let source = try repository.source()
            for place in [shallow, partial] {
                let snapshot = try await source.snapshot(GitRequest(repository: place, reference: .head, path: ""))
                #expect(snapshot.revision == "main@sha1:\(commit)", "\(place)")
            }
            await source.close()
        }
    }

    @Test("A partial clone that lacks a manifest says what it is")
    func lackingPartialClone() async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            try await repository.git("config", "uploadpack.allowFilter", "true")
            let partial = repository.scratch + "/partial"
            try await repository.git("clone", "--quiet", "--filter=blob:none", "--no-checkout", "file://" + repository.path, partial)
            let error = await refusal { try await read(repository, at: partial) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("partial clone") == true, "\(String(describing: error))")
        }
    }

    @Test("Places that are no repository")
    func nowhere() async throws {
        try await withGitRepository { repository in
            let plain = repository.scratch + "/plain"
            try FileManager.default.createDirectory(atPath: plain, withIntermediateDirectories: true)
            for (place, words) in [(plain, "--dir"), (plain + "/missing", "No such file"), ("github.com/example/nope", "https://")] {
                let error = await refusal { try await read(repository, at: place) }
                #expect(error?.code == .notARepository, "\(place)")
                #expect(error?.message.contains(words) == true, "\(String(describing: error))")
            }
        }
    }

    @Test("A SHA-256 repository is named as not supported")
    func sha256() async throws {
        try await withGitRepository { repository in
            let other = repository.scratch + "/sha256"
            try await repository.git("init", "--quiet", "--object-format=sha256", other)
            let error = await refusal { try await read(repository, at: other) }
            #expect(error?.code == .unsupported)
            #expect(error?.message.contains("SHA-256") == true)
        }
    }

    @Test("A missing object is told as damage, with what to do")
    func damaged() async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            let blob = try await repository.git("rev-parse", "HEAD:a.yaml")
            try FileManager.default.removeItem(atPath: repository.path + "/.git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
            let error = await refusal { try await read(repository) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("a.yaml") == true)
            #expect(error?.message.contains("git fsck") == true)
        }
    }

    @Test("A tree that contains itself many times over is not walked to its end")
    func treeBomb() async throws {
        try await withGitRepository { repository in
            try await repository.commit(["a.yaml": "a: 1\n"])
            var tree = try await repository.git("rev-parse", "HEAD^{tree}")
            for _ in 0..<12 {
                let lines = (0..<10).map { "040000 tree \(tree)\td\($0)\n" }.joined()
                let list = repository.scratch + "/tree.txt"
                try Data(lines.utf8).write(to: URL(fileURLWithPath: list))
                tree =
                    try await Program("/bin/sh").run(["-c", "git -C '\(repository.path)' mktree < '\(list)'"]).output
                    .split(separator: "\n").first.map(String.init) ?? ""
            }
            let commit = try await repository.git("commit-tree", "-m", "bomb", tree)
            let source = try repository.source()
            let error = await refusal {
                try await source.snapshot(GitRequest(repository: repository.path, reference: .commit(commit), path: ""))
            }
            await source.close()
            #expect(error?.code == .tooLarge)
        }
    }

    // MARK: Helpers of this suite

    private func read(_ repository: GitRepository, at place: String? = nil, path: String = "") async throws -> SourceSnapshot {
        let source = try repository.source()
        do {
            let snapshot = try await source.snapshot(GitRequest(repository: place ?? repository.path, reference: .head, path: path))
            await source.close()
            return snapshot
        } catch {
            await source.close()
            throw error
        }
    }

    private func withReferences(_ body: (GitRepository, String, String) async throws -> Void) async throws {
        try await withGitRepository { repository in
            let first = try await repository.commit(["a.yaml": "a: 1\n"])
            try await repository.tag("v1", message: "first")
            try await repository.tag("light")
            try await repository.git("tag", "--annotate", "--message", "tag of a tag", "nested", "refs/tags/v1")
            try await repository.git("tag", "blob", "HEAD:a.yaml")
            for version in ["1.9.0", "1.10.0", "2.0.0-rc.1"] { try await repository.tag(version) }
            try await repository.tag("both")
            try await repository.git("branch", "both")
            try await repository.git("branch", "team/old")
            try await repository.git("update-ref", "refs/pull/7/head", first)
            let second = try await repository.commit(["a.yaml": "a: 2\n"])
            try await body(repository, first, second)
        }
    }
}

/// The error of a call that must fail; nil when it did not.
func refusal<Result>(_ body: () async throws -> Result) async -> GitSourceError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? GitSourceError
    }
}

extension GitRepository {
    /// A source with its cache beside the work tree.
    func source(_ credentials: GitCredentials = GitCredentials(), deadline: Duration = .seconds(30)) throws -> GitSource {
        try GitSource(cache: scratch + "/cache", credentials: credentials, deadline: deadline)
    }
}
