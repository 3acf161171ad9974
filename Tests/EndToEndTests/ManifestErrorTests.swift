// A manifest error: exit 2, the place, every one of them, quickly, and not one request to the cluster.

import StructuredData
import TestSupport
import Testing

@Suite struct ManifestErrorTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: String
        var bytes: [UInt8]
        /// What must be said.
        var says: String

        init(_ what: String, _ text: String, says: String, file: String = "deploy/bad.yaml") {
            testDescription = what
            self.file = file
            bytes = Array(text.utf8)
            self.says = says
        }
    }

    private static let head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "

    static let mistakes: [Mistake] = {
        var all = [
            Mistake("tab", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n", says: "deploy/bad.yaml:4"),
            Mistake("duplicate key", head + "a\ndata:\n  x: \"1\"\n  x: \"2\"\n", says: "deploy/bad.yaml:7"),
            Mistake("missing kind", "apiVersion: v1\nmetadata:\n  name: a\n", says: "deploy/bad.yaml:1"),
            Mistake("missing name", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels: {a: b}\n", says: "deploy/bad.yaml"),
            Mistake("name with a slash", head + "a/b\n", says: "deploy/bad.yaml:4"),
            Mistake("name with a question mark", head + "\"a?force=true\"\n", says: "deploy/bad.yaml:4"),
            Mistake("a list as document", "- a\n- b\n", says: "deploy/bad.yaml:1"),
            Mistake("a scalar as document", "hello\n", says: "deploy/bad.yaml:1"),
            Mistake("unterminated quote", head + "a\ndata:\n  x: \"1\n", says: "deploy/bad.yaml:6"),
            Mistake("nested brackets", "a: " + String(repeating: "[", count: 100_000), says: "deploy/bad.yaml:1"),
            Mistake("a kustomization below", "resources: [a.yaml]\n", says: "kustomization", file: "deploy/x/kustomization.yaml"),
            Mistake(
                "a kustomization without its file", "resources: [a.yaml]\n", says: "deploy/kustomization.yaml:1",
                file: "deploy/kustomization.yaml"),
            Mistake(
                "a kustomization elsewhere", "resources: [../../x]\n", says: "leads out of the repository",
                file: "deploy/kustomization.yaml"),
        ]
        var zero = Mistake("NUL bytes", head + "a\ndata:\n  x: a", says: "deploy/bad.yaml")
        zero.bytes += [0, 0, 10]
        all.append(zero)
        var latin = Mistake("bad UTF-8", head + "a\ndata:\n  x: caf", says: "deploy/bad.yaml:6")
        latin.bytes += [0xE9, 10]
        all.append(latin)
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for (name, before) in zip("bcdefghi", "abcdefgh") {
            bomb += "\(name): &\(name) [" + (0..<9).map { _ in "*\(before)" }.joined(separator: ",") + "]\n"
        }
        all.append(Mistake("alias bomb", bomb, says: "deploy/bad.yaml"))
        return all
    }()

    @Test(arguments: mistakes) func aMistakeIsNamedBeforeAnyRequest(_ mistake: Mistake) async throws {
        try await withScenario { team in
            try team.repository.write("deploy/good.yaml", Self.head + "good\n")
            try team.repository.write(mistake.file, bytes: mistake.bytes)
            try await team.repository.commit()
            for verb in ["validate", "render", "apply"] {
                let clock = ContinuousClock()
                var result: ProgramResult?
                let requests = try await team.cluster.requests(of: "belay") {
                    let started = clock.now
                    result =
                        try await
                        (verb == "apply"
                        ? team.belay("apply")
                        : team.program.run([verb, "--repo", team.repository.path, "--path", "deploy", "--name", "app"]))
                    #expect(clock.now - started < .seconds(120), "hangs")
                }
                let said = try #require(result)
                #expect(said.status == 2, "\(said)")
                #expect(said.says(mistake.says), "\(said)")
                #expect(requests.isEmpty, "\(verb) sent \(requests)")
            }
        }
    }

    @Test func everyErrorIsSaidInOneRun() async throws {
        try await withScenario { team in
            try await team.repository.commit([
                "deploy/one.yaml": Self.head + "a/b\n", "deploy/two.yaml": "kind: ConfigMap\nmetadata: {name: x}\n",
                "deploy/three.yaml": "a: [\n",
            ])
            let result = try await team.belay("validate")
            #expect(result.status == 2)
            for file in ["one", "two", "three"] { #expect(result.says("deploy/\(file).yaml:"), "\(result)") }
        }
    }

    @Test func twoFilesWithOneObjectAreBothNamed() async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/one.yaml": Self.head + "same\n", "deploy/two.yaml": Self.head + "same\n"])
            let result = try await team.belay("apply")
            #expect(result.status == 2)
            #expect(result.says("deploy/one.yaml:1") && result.says("deploy/two.yaml:1"), "\(result)")
        }
    }

    @Test(arguments: ["deploy", "nowhere"]) func anEmptyOrMissingPathIsAnError(_ path: String) async throws {
        try await withScenario { team in
            try await team.repository.commit(["deploy/README.md": "nothing here\n"])
            let result = try await team.run("apply", "--repo", team.repository.path, "--path", path, "--name", "app", "-n", team.namespace)
            #expect(result.status == 2, "\(result)")
            #expect(result.says(path), "\(result)")
        }
    }
}
