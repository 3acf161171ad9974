// What is said of a kustomization that cannot be built: at which line, what to do, and never a secret. And how its files are read.

import KubernetesModel
import StructuredData
import Testing

@testable import Rendering

@Suite struct KustomizationMessageTests {
    private struct Mistake: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var kustomization: String
        var says: String
        var files: [String: String] = [:]
    }

    private static let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: b}\n"

    private func read(_ files: [String: String], _ paths: [String]) -> [String: SourceEntry] {
        var found: [String: SourceEntry] = [:]
        for path in paths {
            if let text = files[path] {
                found[path] = .file(SourceFile(path: path, blobID: text, bytes: Array(text.utf8)))
            } else {
                found[path] = files.keys.contains { $0.hasPrefix(path + "/") } ? .folder : .absent
            }
            guard case .folder? = found[path] else { continue }
            for name in KustomizationFile.names { found.merge(read(files, ["\(path)/\(name)"])) { first, _ in first } }
        }
        return found
    }

    /// - Returns: the snapshot, and how often was asked for more.
    private func gather(_ files: [String: String]) async throws -> (snapshot: SourceSnapshot, questions: Int) {
        var start = SourceSnapshot(revision: "main@sha1:1", commit: nil, treeID: "tree", path: "k", files: [], otherFiles: 0)
        start.entries = read(files, ["k"])
        let asked = Counter()
        let snapshot = try await Kustomization.gather(start) { paths in
            await asked.count()
            return read(files, paths)
        }
        return (snapshot, await asked.value)
    }

    private actor Counter {
        var value = 0
        func count() { value += 1 }
    }

    private func problem(_ files: [String: String]) async throws -> String {
        let (snapshot, _) = try await gather(files)
        let failure = #expect(throws: RenderingFailure.self) { _ = try Kustomization.build(snapshot) }
        return failure?.description ?? ""
    }

    // MARK: Secrets

    /// Each has `hunter2` where a value, a path or a patch is mistyped.
    private static let secrets = [
        Mistake(
            testDescription: "a value as a file", kustomization: "secretGenerator:\n- name: x\n  files: [password=hunter2]\n",
            says: "k/kustomization.yaml:3:11: the file that is named here is not in the repository"),
        Mistake(
            testDescription: "two equals signs", kustomization: "secretGenerator:\n- name: x\n  files: [a=b=hunter2]\n",
            says: "k/kustomization.yaml:3:11: an entry under files of the Secret x has more than one \"=\""),
        Mistake(
            testDescription: "a value as a file of lines", kustomization: "secretGenerator:\n- name: x\n  envs: [p=hunter2]\n",
            says: "k/kustomization.yaml:3:10: the file that is named here is not in the repository"),
        Mistake(
            testDescription: "a literal without a key", kustomization: "secretGenerator:\n- name: x\n  literals: [hunter2]\n",
            says: "k/kustomization.yaml:3:14: a literal of the Secret x is no KEY=value"),
        Mistake(
            testDescription: "a value of several lines in a file of lines", kustomization: "secretGenerator:\n- name: x\n  envs: [e]\n",
            says: "k/e:2:1: this line of the Secret x is no KEY=value", files: ["k/e": "KEY=begin\nhunter2+/\n"]),
        Mistake(
            testDescription: "a patch as a path", kustomization: "patches:\n- path: |\n    kind: Secret\n    stringData: {p: hunter2}\n",
            says: "k/kustomization.yaml:2:3: the patch that is named here is a text of several lines"),
        Mistake(
            testDescription: "a patch of one line as a path", kustomization: "patches:\n- path: \"stringData: {p: hunter2}\"\n",
            says: "k/kustomization.yaml:2:3: the patch that is named here is not in the repository"),
        Mistake(
            testDescription: "a patch that is not closed",
            kustomization: "patchesStrategicMerge:\n- '{\"kind\": Secret, \"stringData\": {\"p\": \"hunter2\"}'\n",
            says: "k/kustomization.yaml:2:3: "),
        Mistake(
            testDescription: "a manifest as a resource", kustomization: "resources:\n- |\n  kind: Secret\n  stringData: {p: hunter2}\n",
            says: "k/kustomization.yaml:2:3: the resource that is named here is a text of several lines"),
        Mistake(
            testDescription: "a plugin that is not closed", kustomization: "transformers:\n- '{kind: Secret, data: {p: hunter2}'\n",
            says: "k/kustomization.yaml:2:3: "),
        Mistake(
            testDescription: "a password and a token", kustomization: "resources: [\"https://u:hunter2@example.com/a?token=hunter2\"]\n",
            says: "k/kustomization.yaml:1:13: the resource \"https://example.com/a?…\" is fetched from elsewhere"),
        Mistake(
            testDescription: "a password without a scheme", kustomization: "resources: [\"u:hunter2@example.com/a\"]\n",
            says: "k/kustomization.yaml:1:13: the resource \"example.com/a\" is not there; correct the path"),
        Mistake(
            testDescription: "a patch that is fetched", kustomization: "patches: [{path: \"https://u:hunter2@example.com/a?t=hunter2\"}]\n",
            says: "k/kustomization.yaml:1:12: the patch \"https://example.com/a?…\" is fetched from elsewhere"),
        Mistake(
            testDescription: "a patch of another kind",
            kustomization: "resources: [s.yaml]\npatches:\n- patch: |-\n    apiVersion: v1\n    kind: Secret\n    metadata: {name: x}\n"
                + "    stringData: {p: [hunter2]}\n",
            says: "k/kustomization.yaml:7:18: the patch has a list where the object has a string (k/s.yaml:4:14)",
            files: ["k/s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: x}\nstringData: {p: hunter2}\n"]),
    ]

    @Test(arguments: secrets) private func noMessageHoldsASecret(_ mistake: Mistake) async throws {
        let said = try await problem(mistake.files.merging(["k/kustomization.yaml": mistake.kustomization]) { first, _ in first })
        #expect(said.hasPrefix(mistake.says), "\(said)")
        #expect(!said.contains("hunter2"), "\(said)")
    }

    // MARK: Places

    @Test func aPluginInTheKustomizationHasItsLines() async throws {
        let text = """
            resources: [a.yaml]
            # a comment
            transformers:
            - a-file.yaml
            - |-
              apiVersion: builtin
              kind: AnnotationsTransformer
              metadata: {name: x}
              annotations:
                q: z
              fieldSpecs: [{path: metadata/annotations, create: true}]
            - |
              apiVersion: builtin
              kind: PatchTransformer
              metadata: {name: y}
              target: {kind: ConfigMap}
              patch: |-
                - op: replace
                  path: /data/a
                  value: new

            """
        let file = "apiVersion: builtin\nkind: PrefixTransformer\nmetadata: {name: z}\nprefix: p-\nfieldSpecs: [{path: metadata/name}]\n"
        let (snapshot, _) = try await gather(["k/kustomization.yaml": text, "k/a.yaml": Self.map, "k/a-file.yaml": file])
        let built = try #require(snapshot.built?.first)
        func place(_ path: String...) -> String {
            let path = FieldPath(path.map { .field($0) })
            return built.locations.location(of: path, in: built.value)?.description ?? ""
        }
        #expect(place("metadata", "annotations", "q") == "k/kustomization.yaml:10:5")
        #expect(place("data", "a").hasPrefix("k/kustomization.yaml:20:"))
        #expect(place("metadata", "name") == "k/a-file.yaml:4:1")
        let wrong = text.replacing("kind: PatchTransformer", with: "kind: Unknown")
        let said = try await problem(["k/kustomization.yaml": wrong, "k/a.yaml": Self.map, "k/a-file.yaml": file])
        #expect(said.hasPrefix("k/kustomization.yaml:14:3: Unknown is no transformer that is built in here"), "\(said)")
    }

    @Test func aGeneratorThatIsTooLargeIsNamedAtItsFile() async throws {
        let value = String(repeating: "x", count: 600_000)
        let said = try await problem([
            "k/kustomization.yaml": "configMapGenerator:\n- name: big\n  files:\n  - a\n  - b\n", "k/a": value, "k/b": value,
        ])
        #expect(said.hasPrefix("k/kustomization.yaml:5:5: with this the ConfigMap big has 1200000 bytes of values"), "\(said)")
    }

    @Test func openAPIDefinitionsAreRefusedAndAVersionIsNot() async throws {
        let said = try await problem(["k/kustomization.yaml": "resources: [a.yaml]\nopenapi:\n  path: s.json\n", "k/a.yaml": Self.map])
        #expect(said.hasPrefix("k/kustomization.yaml:3:3: openapi.path changes"), "\(said)")
        let (snapshot, _) = try await gather([
            "k/kustomization.yaml": "resources: [a.yaml]\nopenapi: {version: v1.21.2}\n", "k/a.yaml": Self.map,
        ])
        #expect(snapshot.built?.count == 1)
    }

    // MARK: Reading

    /// One question for the files, and not one for each.
    @Test func theFilesOfPluginsAreReadTogether() async throws {
        var files = ["k/kustomization.yaml": "resources: [a.yaml]\ngenerators: [g.yaml]\ntransformers: [t.yaml]\n", "k/a.yaml": Self.map]
        var generator = "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: many}\nfiles:\n"
        var transformers: [String] = []
        for number in 0..<250 {
            files["k/f\(number)"] = "x"
            generator += "- \(number % 2 == 0 ? "" : "key\(number)=")f\(number)\n"
            files["k/p\(number).yaml"] = "- {op: add, path: /data/p\(number), value: x}\n"
            transformers.append(
                "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: p\(number)}\npath: p\(number).yaml\ntarget: {name: x}\n")
        }
        files["k/g.yaml"] = generator
        files["k/t.yaml"] = transformers.joined(separator: "---\n")
        let (snapshot, questions) = try await gather(files)
        #expect(snapshot.built?.count == 2)
        #expect(questions <= 4)
    }

    @Test func whatKustomizeWouldFetchIsRemote() {
        for text in [
            "https://example.com/a.yaml", "HTTPS://example.com/a/b", "ssh://git@example.com/a/b", "git::https://example.com/a/b",
            "file:///a/b", "github.com/a/b", "GitHub.com/a/b/c?ref=main", "github.com:a/b", "git@example.com:a/b", "git@example.com:a.git",
            "u@example.com/a/b", "u@example.com/_git/a", "org-1@dev.azure.com/a//b",
        ] {
            #expect(RemoteReference.isRemote(text), "\(text)")
        }
        for text in [
            "base", "../base", "my_git/base", "x?ref=main", "github.com/a", "github.common/a/b", "gitlab.com/a/b", "git@example.com/a",
            "git@:a/b", "a@b/c", "1@a/b/c", "a/b@c/d/e", "a.git/b", "a//b", "http:/a", "@a/b/c", "",
        ] {
            #expect(!RemoteReference.isRemote(text), "\(text)")
        }
    }

    /// To Swift a slash with an accent behind it is one letter, to kustomize it is a slash.
    @Test func aPathIsDividedByItsBytes() throws {
        let place = SourceLocation(file: "k/kustomization.yaml", line: 1, column: 1)
        #expect(try SourceTree.resolve("a/../\u{301}b", from: "k", purpose: "the file", at: place) == "k/\u{301}b")
        #expect(throws: BuildProblem.self) { _ = try SourceTree.resolve("../../\u{301}b", from: "k", purpose: "the file", at: place) }
    }
}
