// A kustomization in place of files: how it is read, and what becomes of it as desired objects. What it builds has tests of its own.

import KubernetesModel
import StructuredData
import Synchronization
import Testing

@testable import Rendering

@Suite struct KustomizationRenderingTests {
    /// A repository of texts that counts how often it is asked.
    private final class Repository: Sendable {
        private let texts: [String: String]
        private let asked = Mutex<[[String]]>([])

        init(_ texts: [String: String]) { self.texts = texts }

        var questions: [[String]] { asked.withLock { $0 } }

        private func entry(_ path: String) -> SourceEntry {
            if let text = texts[path] {
                return .file(SourceFile(path: path, blobID: "blob of \(text)", bytes: Array(text.utf8)))
            }
            return texts.keys.contains { $0.hasPrefix(path + "/") } ? .folder : .absent
        }

        @Sendable func read(_ paths: [String]) -> [String: SourceEntry] {
            asked.withLock { $0.append(paths) }
            var found: [String: SourceEntry] = [:]
            for path in paths {
                found[path] = entry(path)
                guard case .folder? = found[path] else { continue }
                for name in KustomizationFile.names { found["\(path)/\(name)"] = entry("\(path)/\(name)") }
            }
            return found
        }

        /// Before anything but the folder was looked at.
        func start(_ path: String) -> SourceSnapshot {
            var snapshot = SourceSnapshot(revision: "main@sha1:1", commit: nil, treeID: "tree", path: path, files: [], otherFiles: 0)
            snapshot.entries = read([path])
            asked.withLock { $0 = [] }
            return snapshot
        }
    }

    private func application(_ change: (inout Application) -> Void = { _ in }) -> Application {
        var application = Application(
            namespace: "belay", name: "kubia", source: .init(repoURL: "/repo"), destination: .init(namespace: "kubia"))
        change(&application)
        return application
    }

    private static let web = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  level: \"1\"\n"
    private static let shop = [
        "base/kustomization.yaml": "resources:\n- web.yaml\n", "base/web.yaml": web, "base/readme.md": "r",
        "overlays/a/kustomization.yaml":
            "namespace: shop\nresources:\n- ../../base\n- own\nconfigMapGenerator:\n- name: made\n  files:\n  - key=x.txt\n",
        "overlays/a/x.txt": "x", "overlays/a/own/kustomization.yaml": "resources: [role.yaml]\n",
        "overlays/a/own/role.yaml": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: own}\n",
    ]

    @Test func itIsReadLevelByLevelAndBuiltOnce() async throws {
        let repository = Repository(Self.shop)
        let start = repository.start("overlays/a")
        #expect(Kustomization.isBuilt(start, application().source))
        let snapshot = try await Kustomization.gather(start, repository.read)
        #expect(
            repository.questions == [
                ["base", "overlays/a/own", "overlays/a/x.txt"], ["base/web.yaml", "overlays/a/own/role.yaml"],
            ])
        #expect(snapshot.built?.count == 3)
        #expect(Set(snapshot.entries.keys) == Set(KustomizationFile.names.map { "overlays/a/\($0)" }))
        #expect(snapshot.reads["base/web.yaml"] == "blob of \(Self.web)")
        #expect(snapshot.reads["base"] == "folder" && snapshot.reads["base/Kustomization"] == "absent")
        #expect(snapshot.reads["base/readme.md"] == nil)
        #expect(snapshot.treeID == SourceSnapshot.treeID(ofReads: snapshot.reads) && snapshot.treeID.count == 40)
        #expect(
            snapshot.readFiles == [
                "base/kustomization.yaml", "base/web.yaml", "overlays/a/kustomization.yaml", "overlays/a/own/kustomization.yaml",
                "overlays/a/own/role.yaml", "overlays/a/x.txt",
            ])
    }

    @Test func theTreeIsThatOfWhatWasReadAndOfNothingElse() async throws {
        func tree(_ change: [String: String]) async throws -> String {
            let repository = Repository(Self.shop.merging(change) { $1 })
            return try await Kustomization.gather(repository.start("overlays/a"), repository.read).treeID
        }
        let tree0 = try await tree([:])
        #expect(try await tree(["base/readme.md": "changed", "overlays/a/other.yaml": "x", "overlays/b/kustomization.yaml": "x"]) == tree0)
        for (path, text) in [
            ("base/web.yaml", Self.web + "# more\n"), ("overlays/a/x.txt", "y"), ("base/Kustomization", "resources: []"),
            ("overlays/a/kustomization.yaml", (Self.shop["overlays/a/kustomization.yaml"] ?? "") + "nameSuffix: -x\n"),
        ] {
            #expect(try await tree([path: text]) != tree0, "\(path)")
        }
        // As documented, so that journals of older releases are understood.
        #expect(
            SourceSnapshot.treeID(ofReads: ["b": "absent", "a/x": "folder"])
                == String(Digest(of: Array("a/x\0folder\nb\0absent\n".utf8)).description.prefix(40)))
    }

    @Test func itsObjectsAreCheckedAndPlacedAsManifestsAre() async throws {
        let repository = Repository(Self.shop)
        let snapshot = try await Kustomization.gather(repository.start("overlays/a"), repository.read)
        let objects = try Renderer(application: application()).render(snapshot, discovery: nil)
        #expect(Set(objects.map(\.key.name)).isSuperset(of: ["web", "own"]))
        #expect(objects.allSatisfy { $0.key.namespace == "shop" })
        let web = try #require(objects.first { $0.key.name == "web" })
        #expect(web.location.file == "base/web.yaml" && web.location.line == 1)
        #expect(web.location(of: FieldPath(fields: "data", "level")).description.hasPrefix("base/web.yaml:6"))
        #expect(web.location(of: FieldPath(fields: "metadata", "namespace")).description.hasPrefix("overlays/a/kustomization.yaml:1"))
        let made = try #require(objects.first { $0.key.name.hasPrefix("made-") })
        #expect(made.location.file == "overlays/a/kustomization.yaml")
        // What nobody wrote has the place of its object.
        for object in objects {
            for field in ["apiVersion", "kind"] { #expect(!object.location(of: FieldPath(fields: field)).file.isEmpty) }
        }
        // The snapshot's entries alone, without what was built, come to the same.
        var unbuilt = repository.start("overlays/a")
        for paths in repository.questions { unbuilt.entries.merge(repository.read(paths)) { $1 } }
        unbuilt.entries.merge(repository.read(["base", "base/web.yaml", "overlays/a/own", "overlays/a/own/role.yaml", "overlays/a/x.txt"]))
        { $1 }
        #expect(try Renderer(application: application()).render(unbuilt, discovery: nil).map(\.object) == objects.map(\.object))
    }

    private struct Mistake: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var files: [String: String]
        var finding: String
        var exclude: [String] = []
    }

    private static let mistakes = [
        Mistake(testDescription: "no objects", files: ["k/kustomization.yaml": "namePrefix: a-\n"], finding: "k/kustomization.yaml"),
        Mistake(
            testDescription: "an object that is wrong",
            files: [
                "k/kustomization.yaml": "resources: [a.yaml]\n",
                "k/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {n: 1}\n",
            ],
            finding: "k/a.yaml:4:8: ConfigMap a: data.n"),
        Mistake(
            testDescription: "patterns", files: ["k/kustomization.yaml": "resources: [a.yaml]\n"],
            finding:
                "k/kustomization.yaml: is a kustomization, which says itself what belongs to it: spec.source.include and exclude do not go",
            exclude: ["other.yaml"]),
        Mistake(
            testDescription: "a missing file", files: ["k/kustomization.yaml": "resources:\n- nope.yaml\n"],
            finding: "k/kustomization.yaml:2:3: "),
        Mistake(
            testDescription: "out of the repository", files: ["k/kustomization.yaml": "resources:\n- ../../x\n"],
            finding: "k/kustomization.yaml:2:3: the resource \"../../x\" leads out of the repository"),
        Mistake(
            testDescription: "a circle",
            files: ["k/kustomization.yaml": "resources: [../l]\n", "l/kustomization.yaml": "resources: [../k]\n"],
            finding: "l/kustomization.yaml:1:13: a kustomization refers to itself: k → l → k"),
        Mistake(testDescription: "no YAML", files: ["k/kustomization.yaml": "resources: [\n"], finding: "k/kustomization.yaml:"),
    ]

    @Test(arguments: mistakes) private func whatIsWrongIsSaidWithItsPlace(_ mistake: Mistake) async throws {
        let repository = Repository(mistake.files)
        let snapshot = try await Kustomization.gather(repository.start("k"), repository.read)
        let renderer = Renderer(application: application { $0.source.exclude = mistake.exclude })
        let failure = #expect(throws: RenderingFailure.self) { _ = try renderer.render(snapshot, discovery: nil) }
        #expect(failure?.findings.count == 1)
        #expect(failure?.description.hasPrefix(mistake.finding) == true, "\(String(describing: failure))")
        // What mends it wakes.
        #expect(snapshot.reads["k/kustomization.yaml"]?.hasPrefix("blob") == true)
        #expect(snapshot.treeID.count == 40)
    }

    @Test func aThousandLevelsAreRefusedAndNotReadToTheEnd() async throws {
        var files: [String: String] = [:]
        for level in 0..<1000 { files["l\(level)/kustomization.yaml"] = "resources: [../l\(level + 1)]\n" }
        let repository = Repository(files)
        let snapshot = try await Kustomization.gather(repository.start("l0"), repository.read)
        let failure = #expect(throws: RenderingFailure.self) {
            _ = try Renderer(application: application()).render(snapshot, discovery: nil)
        }
        #expect(failure?.description.contains("more than 100 deep") == true, "\(String(describing: failure))")
        #expect(repository.questions.count < 120)
    }

    /// Each level names both of the next: looked at one by one they would be 2 to the power of 40.
    @Test(arguments: ["resources: []\n", "resources: [a.yaml]\n"]) func whatMultipliesComesToAnEnd(_ last: String) async throws {
        var files = [
            "l40a/kustomization.yaml": last + "namePrefix: a\n", "l40b/kustomization.yaml": last + "namePrefix: b\n",
            "l40a/a.yaml": Self.web, "l40b/a.yaml": Self.web,
        ]
        for level in 0..<40 {
            for side in ["a", "b"] {
                files["l\(level)\(side)/kustomization.yaml"] =
                    "resources: [../l\(level + 1)a, ../l\(level + 1)b]\nnamePrefix: \(side)\n"
            }
        }
        let repository = Repository(files)
        let snapshot = try await Kustomization.gather(repository.start("l0a"), repository.read)
        #expect(repository.questions.count < 50)
        #expect(throws: RenderingFailure.self) { _ = try Renderer(application: application()).render(snapshot, discovery: nil) }
    }

    @Test func moreThanIsReadOfOneSourceIsRefused() async throws {
        let names = (0..<Kustomization.maximumEntries).map { "f\($0).yaml" }
        let repository = Repository(["k/kustomization.yaml": "resources: [\(names.joined(separator: ", "))]\n"])
        let failure = await #expect(throws: RenderingFailure.self) {
            _ = try await Kustomization.gather(repository.start("k"), repository.read)
        }
        #expect(failure?.description.hasPrefix("k/kustomization.yaml: the kustomization refers to more than 20000 files") == true)
    }

    @Test func whatIsNoKustomizationIsAPlainDirectory() {
        let flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n"
        #expect(!Kustomization.isBuilt(Repository(["k/kustomization.yaml": flux]).start("k"), application().source))
        let repository = Repository(["k/kustomization.yaml": "resources: []\n", "k/Kustomization/x": ""])
        let both = Repository(["k/kustomization.yaml": flux, "k/kustomization.yml": "resources: []\n"])
        #expect(Kustomization.isBuilt(both.start("k"), application().source))
        #expect(!Kustomization.isBuilt(Repository(["k/Kustomization/x": ""]).start("k"), application().source))
        for (include, exclude, isBuilt) in [
            ([], ["/kustomization.yaml"], false), ([], ["kustomization.*"], false), (["a.yaml"], [], false), (["*.yaml"], [], true),
            ([], ["a.yaml"], true),
        ] as [([String], [String], Bool)] {
            let source = Application.Source(repoURL: "/repo", include: include, exclude: exclude)
            #expect(Kustomization.isBuilt(repository.start("k"), source) == isBuilt, "\(include) \(exclude)")
        }
    }
}
