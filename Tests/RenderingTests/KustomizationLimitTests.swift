// What a kustomization may cost at most: depth, nodes, texts and work, each with the place that goes too far.

import KubernetesModel
import StructuredData
import Testing

@testable import Rendering

@Suite(.timeLimit(.minutes(5))) struct KustomizationLimitTests {
    private static func snapshot(_ files: [String: String]) -> SourceSnapshot {
        var snapshot = SourceSnapshot(revision: "main@sha1:1", commit: nil, treeID: "tree", path: "k", files: [], otherFiles: 0)
        for name in KustomizationFile.names { snapshot.entries["k/\(name)"] = .absent }
        for (name, text) in files {
            snapshot.entries["k/\(name)"] = .file(SourceFile(path: "k/\(name)", blobID: "blob \(name)", bytes: Array(text.utf8)))
        }
        return snapshot
    }

    private static func problem(_ files: [String: String]) -> String {
        do throws(RenderingFailure) {
            let result = try Kustomization.build(snapshot(files))
            return result.missing.isEmpty ? "built" : "missing \(result.missing)"
        } catch {
            return error.description
        }
    }

    private static func values(_ files: [String: String]) throws -> [Value] {
        let result = try Kustomization.build(snapshot(files))
        #expect(result.missing.isEmpty)
        return result.documents.map(\.value)
    }

    private static func map(_ more: String = "", value: String = "b", name: String = "x") -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\ndata: {a: \(value)}\n\(more)"
    }

    private static func pod(container: String = "c", image: String = "nginx:1") -> String {
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: \"\(container)\", image: \"\(image)\"}]}\n"
    }

    private static func replacement(_ path: String, from source: String = "source: {kind: ConfigMap, fieldPath: data.a}", _ options: String)
        -> String
    {
        "- \(source)\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths: [\(path)]\n    options: {\(options)}\n"
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    /// What stands 40 levels below a key of one letter.
    private static func nested(_ key: String) -> String { repeated("{\(key): ", 40) + "1" + repeated("}", 40) }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var files: [String: String]
        var says: String
        var place: String
    }

    private static let cases = [
        Case(
            testDescription: "a patch that moves a map into itself again and again",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\npatches:\n- path: p.yaml\n  target: {kind: ConfigMap}\n",
                "a.yaml": map("x: {}\n"),
                "p.yaml": repeated(
                    "- {op: add, path: /y, value: {}}\n- {op: move, from: /x, path: /y/k}\n- {op: move, from: /y, path: /x}\n", 20_000),
            ], says: "ConfigMap x is nested more than 100 levels deep", place: "k/p.yaml:"),
        Case(
            testDescription: "a patch that copies deep into what is deep",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\npatches:\n- path: p.yaml\n  target: {kind: ConfigMap}\n",
                "a.yaml": map("x: \(nested("k"))\ny: \(nested("k"))\nz: \(nested("k"))\n"),
                "p.yaml": "- {op: copy, from: /x, path: /y\(repeated("/k", 40))}\n- {op: copy, from: /y, path: /z\(repeated("/k", 39))}\n",
            ], says: "ConfigMap x is nested more than 100 levels deep", place: "k/p.yaml:2:"),
        Case(
            testDescription: "a replacement that puts what is deep into what is deep",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n"
                    + replacement(
                        repeated("y.", 80) + "y", from: "source: {kind: ConfigMap, fieldPath: x}", "create: true"),
                "a.yaml": map("x: \(nested("k"))\n"),
            ], says: "ConfigMap x is nested more than 100 levels deep", place: "k/kustomization.yaml:6:"),
        Case(
            testDescription: "a path of very many names",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\nconfigurations: [c.yaml]\nnamePrefix: p-\n", "a.yaml": map(),
                "c.yaml": "namePrefix:\n- {path: \(repeated("a/", 300_000))b, create: true}\n",
            ], says: "the path a/a/a… is nested more than 100 levels deep", place: "k/kustomization.yaml:3:"),
        Case(
            testDescription: "a replacement's path of very many names",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n"
                    + replacement("\"[\(repeated("a.", 300_000))b\"", "create: true"),
                "a.yaml": map(),
            ], says: "at most 4096", place: "k/kustomization.yaml:6:"),
        Case(
            testDescription: "types that refer twice to the next one",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\ncrds: [c.yaml]\n", "a.yaml": map(),
                "c.yaml": "p.A0: {Schema: {properties: {kind: {}, apiVersion: {}, metadata: {}, a: {$ref: p.A1}, b: {$ref: p.A1}}}}\n"
                    + (1..<50).map { "p.A\($0): {Schema: {properties: {a: {$ref: p.A\($0 + 1)}, b: {$ref: p.A\($0 + 1)}}}}\n" }.joined(),
            ], says: "the definitions come to more than 20000 fields", place: "k/kustomization.yaml:2:8"),
        Case(
            testDescription: "a replacement that doubles its source",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n"
                    + repeated(replacement("data.a", "delimiter: \"|\", index: 99999"), 64),
                "a.yaml": map(),
            ], says: "data.a of ConfigMap x becomes a text of", place: "k/kustomization.yaml:"),
        Case(
            testDescription: "variables that are long",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\nvars:\n- name: V\n  objref: {apiVersion: v1, kind: ConfigMap, name: x}\n"
                    + "  fieldref: {fieldpath: data.a}\nconfigurations: [c.yaml]\n",
                "a.yaml": map("spec: \(repeated("$(V)", 2000))\n", value: repeated("b", 1000)),
                "c.yaml": "varReference:\n- {path: spec, kind: ConfigMap}\n",
            ], says: "a text with variables of ConfigMap x becomes a text of", place: "k/a.yaml:5:"),
        Case(
            testDescription: "a long prefix of many names",
            files: [
                "kustomization.yaml": "namePrefix: \(repeated("p", 300_000))\nresources: [a.yaml]\n",
                "a.yaml": (0..<300).map { map(name: "x\($0)") }.joined(separator: "---\n"),
            ], says: "more than 48 MiB of texts", place: "k/kustomization.yaml:1:"),
        Case(
            testDescription: "a replacement that doubles its source's map",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n"
                    + (0..<64).map {
                        replacement("x.k\($0)", from: "source: {kind: ConfigMap, fieldPath: x}", "create: true")
                    }.joined(),
                "a.yaml": map("x: {s: t}\n"),
            ], says: "more than 2000000 nodes", place: "k/kustomization.yaml:"),
        Case(
            testDescription: "labels of very many objects",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\ncommonLabels:\n" + (0..<3000).map { "  l\($0): v\n" }.joined(),
                "a.yaml": (0..<1000).map { map(name: "x\($0)") }.joined(separator: "---\n"),
            ], says: "more than 2000000 nodes", place: "k/kustomization.yaml:3:"),
        Case(
            testDescription: "a list of very many elements that is merged",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\npatches: [{path: p.yaml}]\n",
                "a.yaml": pod().replacing("image:", with: "env: [\((0..<9000).map { "{name: E\($0)}" }.joined(separator: ", "))], image:"),
                "p.yaml": pod().replacing("image:", with: "env: [{name: E1, value: v}], image:"),
            ], says: "more work than is done for one", place: "k/p.yaml:4:"),
        Case(
            testDescription: "a pattern in a path that is none",
            files: [
                "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n" + replacement("\"spec.[name=(].image\"", "create: true"),
                "a.yaml": map(),
            ], says: "read as a regular expression and is none: a ) is missing", place: "k/kustomization.yaml:6:"),
    ]

    @Test(arguments: cases) func itEndsWithThePlaceThatGoesTooFar(_ hostile: Case) {
        let problem = Self.problem(hostile.files)
        #expect(problem.contains(hostile.says), "\(problem.prefix(500))")
        #expect(problem.hasPrefix(hostile.place), "\(problem.prefix(500))")
    }

    /// Each takes more than a lifetime where ways are tried one after the other.
    @Test func noPatternIsSlow() throws {
        let name = Self.repeated("a", 60)
        let element = try Self.values([
            "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n- sourceValue: new\n  targets:\n  - select: {kind: Pod}\n"
                + "    fieldPaths: [\"spec.containers.[name=^(a|a)*$].image\"]\n",
            "a.yaml": Self.pod(container: name),
        ])
        #expect(element.map { $0["spec"]?["containers"]?[0]?["image"]?.string } == ["new"])
        let none = Self.problem([
            "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n- sourceValue: new\n  targets:\n  - select: {kind: Pod}\n"
                + "    fieldPaths: [\"spec.containers.[name=^(a|a)*$].image\"]\n",
            "a.yaml": Self.pod(container: name + "b"),
        ])
        #expect(none.contains("has no field spec.containers.[name=^(a|a)*$].image"), "\(none)")
        let image = try Self.values([
            "kustomization.yaml": "resources: [a.yaml]\nimages: [{name: (a|a)*, newTag: new}]\n",
            "a.yaml": Self.pod(image: name) + "---\n" + Self.pod(image: name + "!").replacing("{name: x}", with: "{name: y}"),
        ])
        #expect(image.map { $0["spec"]?["containers"]?[0]?["image"]?.string } == [name + ":new", name + "!"])
    }

    @Test(arguments: [
        ("^\\pL+$", "grün", true), ("^\\pL+$", "a1", false), ("\\p{Nd}", "a1", true), ("^\\PN+$", "a1", false), ("^\\p{^N}+$", "ab", true),
        ("^[\\p{Lu}0-9]+$", "A1", true), ("^[\\p{Lu}0-9]+$", "a1", false), ("^[^\\p{Lu}]+$", "a1", true), ("^[^\\PL]+$", "ab", true),
        ("^(?i)\\p{Lu}+$", "ab", true), ("^\\p{Any}$", "-", true), ("^\\p{Zs}$", "\u{A0}", true),
    ]) func categoriesOfUnicode(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try PatternProgram(pattern).matches(text) == expected)
    }

    @Test(arguments: ["\\p", "\\pX", "\\p{", "\\p{L", "\\p{Klingon}", "[\\p{Q}]", "\\p{}"]) func noCategories(_ pattern: String) {
        #expect(throws: PatternProgram.Failure.self) { try PatternProgram(pattern) }
    }

    @Test func aFileIsReadOnceInEachDialect() throws {
        let tree = SourceTree(Self.snapshot([:]))
        func file(_ text: String) -> SourceFile { SourceFile(path: "k/a.yaml", blobID: "", bytes: Array(text.utf8)) }
        let first = try tree.documents(file("a: 1\n"))
        #expect(try tree.documents(file("b: 2\n")).map(\.value) == first.map(\.value))
        // In another dialect it is another thing.
        #expect(try tree.documents(file("b: 2\n"), .kubectl).map(\.value) == [["b": 2]])
        let own = SourceFile(path: "k/kustomization.yaml", blobID: "", bytes: Array("namePrefix: a-\n".utf8))
        #expect(try tree.kustomization(own).namePrefix?.text == "a-")
        let other = SourceFile(path: "k/kustomization.yaml", blobID: "", bytes: Array("namePrefix: b-\n".utf8))
        #expect(try tree.kustomization(other).namePrefix?.text == "a-")
        // That it was read is noted where it is looked up, and nowhere else.
        #expect(tree.reads.isEmpty)
    }

    @Test func workIsCountedAndSaidWithItsPlace() throws {
        let files = [
            "kustomization.yaml": "resources: [a.yaml]\nimages:\n- {name: a+, newTag: b}\n",
            "a.yaml": Self.pod(image: Self.repeated("a", 500)),
        ]
        let tree = SourceTree(Self.snapshot(files), limits: BuildLimits(maximumWork: 5000))
        let problem = #expect(throws: BuildProblem.self) { _ = try KustomizationBuild(tree: tree).build("k") }
        #expect(problem?.location == SourceLocation(file: "k/kustomization.yaml", line: 3, column: 4))
        #expect(problem?.message.contains("more work than is done for one") == true)
    }

    /// A path that is not followed to its end for that is not said to lead nowhere.
    @Test(arguments: [
        (target: "\"x.[name=q].y\"", source: "data.a", line: 6, column: 18), (target: "x.*.y", source: "data.a", line: 6, column: 18),
        (target: "data.a", source: "\"x.[name=q].y\"", line: 3, column: 29), (target: "data.a", source: "x.*.y", line: 3, column: 29),
    ]) func pathsThroughLongListsAreWork(_ paths: (target: String, source: String, line: Int, column: Int)) {
        let files = [
            "kustomization.yaml": "resources: [a.yaml]\nreplacements:\n"
                + Self.replacement(paths.target, from: "source: {kind: ConfigMap, fieldPath: \(paths.source)}", "create: false"),
            "a.yaml": Self.map("x: [\(Self.repeated("{z: 1}, ", 500)){z: 1}]\n"),
        ]
        let tree = SourceTree(Self.snapshot(files), limits: BuildLimits(maximumWork: 5000))
        let problem = #expect(throws: BuildProblem.self) { _ = try KustomizationBuild(tree: tree).build("k") }
        #expect(problem?.location == SourceLocation(file: "k/kustomization.yaml", line: paths.line, column: paths.column))
        #expect(problem?.message.contains("more work than is done for one") == true)
    }

    @Test func linesAndColumnsAreFound() throws {
        var text = ""
        for line in 1...2000 { text += line % 7 == 0 ? "\n" : "\(Self.repeated("ä", line % 40))|\(line)\n" }
        let source = SourceText(Array(text.utf8))
        for line in 1...2000 where line % 7 != 0 {
            let start = try #require(source.start(ofLine: line))
            let whole = Self.repeated("ä", line % 40) + "|\(line)"
            #expect(String(decoding: source.rest(from: start, atMost: 1000), as: UTF8.self) == whole)
            let bar = try #require(source.position(line: line, column: line % 40 + 1))
            #expect(String(decoding: source.rest(from: bar, atMost: 3), as: UTF8.self) == String("|\(line)".prefix(3)))
        }
        #expect(source.start(ofLine: 0) == nil && source.start(ofLine: 2002) == nil && source.start(ofLine: -5) == nil)
        #expect(source.position(line: 1, column: 0) == nil && source.position(line: 2002, column: 1) == nil)
        // Behind the end of a line, or of the file, nothing stands.
        let end = try #require(source.position(line: 3, column: 500))
        #expect(source.start(ofLine: 4) == end + 1 && source.rest(from: end, atMost: 5).isEmpty)
        #expect(source.position(line: 2001, column: 7) == source.bytes.count && SourceText([]).position(line: 1, column: 1) == 0)
        #expect(source.rest(from: source.bytes.count, atMost: 5).isEmpty && source.rest(from: 1 << 40, atMost: 5).isEmpty)
    }

    @Test func objectsAreFoundByTheirNamesWhateverHappened() throws {
        func resource(_ name: String) -> Resource {
            Resource(Node(["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)]]))
        }
        var set = ResourceSet()
        try set.append(contentsOf: [resource("a"), resource("b")])
        func found(_ name: String) -> [Int] { set.indices(named: name) { $0.type.kind == "ConfigMap" } }
        #expect(found("a") == [0] && found("c") == [])
        try set.append(resource("c"))
        #expect(found("c") == [2])
        try set.change(at: 0) { (resource) throws(BuildProblem) in
            resource.rememberID()
            resource.node.set(Node(.string("c")), at: ["metadata", "name"])
        }
        #expect(found("a") == [0] && found("c") == [0, 2])
        #expect(set.twin()?.name == "c")
        set.resources[2].node.set(Node(.string("d")), at: ["metadata", "name"])
        #expect(found("c") == [0] && found("d") == [2] && set.twin() == nil)
        set.resources.remove(at: 0)
        #expect(found("b") == [0] && found("a") == [])
        #expect(throws: BuildProblem.self) { try set.append(contentsOf: [resource("d")]) }
    }
}
