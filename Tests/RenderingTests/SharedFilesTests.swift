// What Applications on one base share of its files, and what they never do: another text, another commit, another path.

import StructuredData
import Testing

@testable import Rendering

@Suite("Shared files")
struct SharedFilesTests {
    private static func file(_ path: String, _ text: String, blobID: String) -> SourceFile {
        SourceFile(path: path, blobID: blobID, bytes: Array(text.utf8))
    }

    private static func read(_ files: SharedFiles, _ file: SourceFile, _ dialect: YAMLDialect = .kustomize) throws -> Value? {
        try files.documents(file, dialect).nodes.first?.value
    }

    @Test("A text is read once: under its id it stays what it was")
    func readOnce() throws {
        let files = SharedFiles()
        let first = Self.file("base/web.yaml", "a: {b: 1}", blobID: "1")
        #expect(try Self.read(files, first) == ["a": ["b": 1]])
        #expect(try files.documents(first, .kustomize).count == 3)
        // No commit has another text under that id: what is read of it was not read again.
        #expect(try Self.read(files, Self.file("base/web.yaml", "a: 2", blobID: "1")) == ["a": ["b": 1]])
    }

    @Test("Another id, path or dialect is another text")
    func others() throws {
        let files = SharedFiles()
        _ = try Self.read(files, Self.file("base/web.yaml", "a: yes", blobID: "1"))
        #expect(try Self.read(files, Self.file("base/web.yaml", "a: no", blobID: "2")) == ["a": "no"])
        #expect(try Self.read(files, Self.file("base/web.yaml", "a: yes", blobID: "1"), .kustomization) == ["a": true])
        let elsewhere = try files.documents(Self.file("other/web.yaml", "a: yes", blobID: "1"), .kustomize)
        #expect(elsewhere.nodes.first?.place.file == "other/web.yaml")
    }

    @Test("What cannot be read says so every time")
    func broken() {
        let files = SharedFiles()
        for _ in 0..<2 {
            #expect(throws: BuildProblem.self) { try files.documents(Self.file("a.yaml", "a: [", blobID: "1"), .kustomize) }
            #expect(throws: BuildProblem.self) { try files.kustomization(Self.file("kustomization.yaml", "resourcez: []", blobID: "2")) }
        }
    }

    @Test("An entry is one of a commit and a path, compared by bytes")
    func entries() {
        let files = SharedFiles()
        files.keep(["base": .folder, "caf\u{E9}": .absent], at: "one")
        #expect(files.entries(["base", "elsewhere"], at: "one").mapValues(\.identity) == ["base": "folder"])
        #expect(files.entries(["base"], at: "two").isEmpty)
        #expect(files.entries(["cafe\u{301}"], at: "one").isEmpty)
        #expect(files.entries(["caf\u{E9}"], at: "one").count == 1)
    }

    @Test("What was not asked for lately goes, what is asked for stays, and what is too large is not kept", arguments: [1_000, 4_000])
    func memory(paths: Int) {
        let files = SharedFiles(maximumBytes: 100_000)
        files.keep(["much": .file(Self.file("much", String(repeating: "x", count: 20_000), blobID: "1"))], at: "one")
        #expect(files.entries(["much"], at: "one").isEmpty)
        files.keep(["asked": .folder, "forgotten": .folder], at: "one")
        var most = 0
        for index in 0..<paths {
            files.keep(["\(index)": .folder], at: "one")
            #expect(files.entries(["asked"], at: "one").count == 1)
            most = index
        }
        #expect(files.entries(["forgotten"], at: "one").isEmpty)
        #expect(files.entries(["\(most)"], at: "one").count == 1)
        #expect(files.entries((0..<paths).map(String.init), at: "one").count <= 500)
    }
}
