// render, validate and diff --from, on folders and on real repositories.

import BelayCommands
import Foundation
import StructuredData
import TestSupport
import Testing

@Suite struct SourceVerbTests {
    private static let service = """
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {ports: [{port: 80}]}

        """
    private static let secret = """
        apiVersion: v1
        kind: Secret
        metadata: {name: token}
        stringData: {password: hunter2, user: ana}

        """

    @Test func renderShowsThePlaceAndHidesSecrets() async throws {
        try await withProgram { program in
            try program.write(Self.service + "---\n" + Self.secret, to: "deploy/all.yaml")
            let run = await program.run("render", "--dir", "deploy", "-n", "shop")
            #expect(run.status == 0)
            #expect(run.output.contains("---\n# all.yaml:1\napiVersion: v1\nkind: Service"))
            #expect(run.output.contains("# all.yaml:6\n"))
            #expect(run.output.contains("namespace: shop"))
            #expect(run.output.contains("password: REDACTED("))
            for hidden in ["hunter2", "aHVudGVyMg==", "belay.dev"] { #expect(!run.output.contains(hidden)) }
            #expect(await program.run("render", "--dir", "deploy", "--show-secrets").output.contains("password: aHVudGVyMg=="))
            #expect(await program.run("render", "--dir", "deploy", "-o", "name").output == "service/web\nsecret/token\n")
            let list = try JSON.read(Array(await program.run("render", "--dir", "deploy", "-o", "json").output.utf8))
            #expect(list["kind"] == "List" && list["items"]?.array?.count == 2)
            let marked = await program.run("render", "--dir", "deploy", "--name", "web", "--tracking").output
            #expect(marked.contains("applyset.kubernetes.io/part-of: applyset-") && marked.contains("belay.dev/source: all.yaml"))
            #expect(await program.run("render", "--dir", "deploy", "--tracking").status == 2)
        }
    }

    @Test func patternsChooseTheFilesOfARepositoryWithMoreThanManifests() async throws {
        try await withProgram { program in
            try program.write(Self.service, to: "repo/deploy/web.yaml")
            try program.write("replicas: 3\n", to: "repo/deploy/values.yaml")
            try program.write("resources: [../web.yaml]\n", to: "repo/deploy/tool/kustomization.yaml")
            try program.write(Self.secret, to: "repo/deploy/test/secret.yml")
            let refused = await program.run("validate", "--dir", "repo", "--path", "deploy")
            #expect(refused.status == 2)
            #expect(
                refused.error.contains(
                    "hint: to leave out what is no manifest: --exclude /tool/kustomization.yaml --exclude /values.yaml\n"))
            let hinted = ["--dir", "repo", "--path", "deploy", "--exclude", "/tool/kustomization.yaml", "--exclude", "/values.yaml"]
            #expect(await program.run(words: ["render", "-o", "name"] + hinted).output == "secret/token\nservice/web\n")
            let narrowed = hinted + ["--exclude", "test/"]
            #expect(await program.run(words: ["render", "-o", "name"] + narrowed).output == "service/web\n")
            #expect(await program.run("render", "-o", "name", "--dir", "repo", "--include", "web.*").output == "service/web\n")
            let rendered = await program.run("render", "--dir", "repo", "--path", "deploy")
            #expect(rendered.status == 2 && rendered.error.contains("--exclude /values.yaml"))
            for wrong in [["--exclude", "[a"], ["--exclude", ""], ["--include", "!a"]] {
                #expect(await program.run(words: ["validate", "--dir", "repo"] + wrong).status == 2, "\(wrong)")
            }
            try program.write(
                "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: shop}\n"
                    + "spec: {source: {repoURL: ., path: deploy}}\n", to: "repo/app.yaml")
            #expect(await program.run("validate", "-f", "repo/app.yaml", "--exclude", "a").error.contains("spec.source.exclude"))
            #expect(await program.run("validate", "-f", "repo/app.yaml", "--dir", "repo").error.contains("hint: what is no manifest"))
        }
    }

    @Test func twinsGetAHintThatChoosesNone() async throws {
        try await withProgram { program in
            try program.write(Self.service, to: "repo/a.yaml")
            try program.write(Self.service, to: "repo/b.yaml")
            let run = await program.run("render", "--dir", "repo")
            #expect(run.status == 2 && run.error.contains("hint: --path FOLDER reads one folder only"))
        }
    }

    /// 1 would say that there are differences.
    @Test func aFailureOfDiffIsNoDifference() async throws {
        try await withProgram { program in
            try await withGitRepository { repository in
                try await repository.commit(["a.yaml": Self.service])
                let blob = try await repository.git("rev-parse", "HEAD:a.yaml")
                try repository.remove(".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))")
                #expect(await program.run("diff", "--repo", repository.path, "--name", "web").status == 4)
                #expect(await program.run("validate", "--repo", repository.path).status == 4)
            }
        }
    }

    @Test func renderedYAMLReadsBackAsTheSameObjects() async throws {
        try await withProgram { program in
            try program.write(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hostile}\ndata: {a: \"\\e[2J\\u202e\\n# b\", b: \"yes\", c: \"multi\\nline\\n\"}\n",
                to: "d/a.yaml")
            let yaml = await program.run("render", "--dir", "d").output
            let json = try JSON.read(Array(await program.run("render", "--dir", "d", "-o", "json").output.utf8))
            #expect(try YAML.read(Array(yaml.utf8), file: "x").map(\.value) == json["items"]?.array)
            #expect(!(yaml.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" }))
        }
    }

    @Test func validateFindsEverything() async throws {
        try await withProgram { program in
            try program.write(Self.service, to: "good/a.yaml")
            let good = await program.run("validate", "--dir", "good")
            #expect(good.status == 0)
            #expect(good.output.hasPrefix("1 object in 1 file at dir@tree:"))

            try program.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, name: b}\n", to: "bad/a.yaml")
            try program.write("kind: Service\nmetadata:\n\tname: x\n", to: "bad/b.yaml")
            try program.write("kind: Service\nmetadata: {name: x/y}\n", to: "bad/c.yaml")
            let bad = await program.run("validate", "--dir", "bad")
            #expect(bad.status == 2)
            #expect(bad.output.contains("a.yaml:3:"))
            #expect(bad.output.contains("b.yaml:3:"))
            #expect(bad.output.contains("c.yaml:1"))
            #expect(bad.error.hasPrefix("error: "))

            let json = await program.run("validate", "--dir", "bad", "-o", "json")
            #expect(json.status == 2)
            let report = try JSON.read(Array(json.output.utf8))
            #expect(try JSONSchema("validation-report.schema.json").problems(report) == [])
            #expect(report["valid"] == false)
            let files = Set(report["errors"]?.array?.compactMap { $0["file"]?.string } ?? [])
            #expect(files == ["a.yaml", "b.yaml", "c.yaml"])

            let junit = await program.run("validate", "--dir", "bad", "-o", "junit")
            #expect(junit.status == 2)
            #expect(junit.output.contains("tests=\"3\" failures=\"3\""))
        }
    }

    @Test(arguments: ["diff", "apply"])
    func aManifestErrorNeedsNoCluster(_ verb: String) async throws {
        try await withProgram { program in
            try program.write("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n- x\n", to: "bad/a.yaml")
            let run = await program.run(verb, "--dir", "bad", "--name", "web")
            #expect(run.status == 2)
            #expect(run.error.contains("cannot render default/web at dir@tree:"))
            #expect(run.error.contains("a.yaml:5:1: "))
            let json = await program.run(verb, "--dir", "bad", "--name", "web", "-o", "json")
            #expect(json.status == 2)
            let report = try JSON.read(Array(json.output.utf8))
            #expect(try JSONSchema("sync-report.schema.json").problems(report) == [])
            #expect(report["outcome"] == "invalid")
            #expect(report["errors"]?[0]?["line"] == 5)
        }
    }

    @Test func ofSeveralApplicationsOnlyTheWrongOneIsBlamed() async throws {
        try await withProgram { program in
            try await withGitRepository { repository in
                func application(_ name: String) -> String {
                    "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: \(name), namespace: shop}\n"
                        + "spec: {source: {repoURL: \(repository.path), path: \(name)}, destination: {namespace: shop}}\n"
                }
                _ = try await repository.commit([
                    "good/a.yaml": configMap("a"), "bad/b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: b\n",
                ])
                try program.write(application("good") + "---\n" + application("bad"), to: "apps.yaml")
                for verb in ["diff", "apply"] {
                    let run = await program.run(verb, "-f", "apps.yaml", "-o", "json")
                    #expect(run.status == 2)
                    #expect(run.error.contains("cannot render shop/bad at ") && !run.error.contains("shop/good"), "\(run.error)")
                    let reports = try JSON.read(Array(run.output.utf8))["items"]
                    #expect(reports?[0]?["application"] == "shop/good")
                    #expect(reports?[0]?["errors"]?[0]?["message"] == "nothing was planned, because of the errors in shop/bad")
                    #expect(reports?[0]?["errors"]?[0]?["file"] == .null)
                    #expect(reports?[1]?["application"] == "shop/bad")
                    #expect(reports?[1]?["errors"]?[0]?["file"] == "bad/b.yaml")
                }
                // A repository that cannot be read hides nothing of the others, and stands in the report.
                try program.write(application("none") + "---\n" + application("bad"), to: "unread.yaml")
                let text = await program.run("validate", "-f", "unread.yaml")
                #expect(text.status == 2)
                #expect(text.error.contains("cannot read the source of shop/none: ") && text.output.contains("bad/b.yaml:4:1: "), "\(text)")
                let unread = await program.run("validate", "-f", "unread.yaml", "-o", "json")
                #expect(unread.status == 2)
                #expect(unread.error.contains("cannot read the source of shop/none: "))
                let report = try JSON.read(Array(unread.output.utf8))
                #expect(try JSONSchema("validation-report.schema.json").problems(report) == [])
                #expect(report["valid"] == false && report["errors"]?.array?.count == 2)
                let junit = await program.run("validate", "-f", "apps.yaml", "-o", "junit")
                #expect(junit.status == 2)
                #expect(junit.output.split(separator: "<?xml").count == 1, "one document: \(junit.output)")
                #expect(junit.output.contains("name=\"shop/good\" tests=\"1\" failures=\"0\""))
                #expect(junit.output.contains("name=\"shop/bad\" tests=\"1\" failures=\"1\""))
            }
        }
    }

    @Test func applicationFiles() async throws {
        try await withProgram { program in
            try program.write(Self.service, to: "repo/deploy/a.yaml")
            try program.write(
                "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: shop}\n"
                    + "spec:\n  source: {repoURL: ./repo, path: deploy}\n  destination: {namespace: shop}\n", to: "app.yaml")
            let run = await program.run("render", "-f", "app.yaml", "--dir", "repo", "--tracking")
            #expect(run.status == 0)
            #expect(run.output.contains("# deploy/a.yaml:1") && run.output.contains("belay.dev/source: deploy/a.yaml"))
            for (line, says) in [
                ("-f repo/deploy/a.yaml", "--dir FOLDER --name NAME"), ("-f repo", "is a folder"), ("-f nope.yaml", "there is no file"),
                ("-f app.yaml -f app.yaml", "given twice"), ("-f app.yaml -n other", "not in namespace other"),
                ("-f app.yaml --dir elsewhere", "elsewhere/deploy"),
            ] {
                let refused = await program.run(words: ["validate"] + line.split(separator: " ").map(String.init))
                #expect(refused.status == 2)
                #expect(refused.error.contains(says), "\(refused.error)")
            }
        }
    }

    @Test func twoRevisionsAgainstEachOther() async throws {
        try await withProgram { program in
            try await withGitRepository { repository in
                let first = try await repository.commit([
                    "deploy/a.yaml": Self.service, "deploy/s.yaml": Self.secret, "deploy/old.yaml": configMap("old"),
                ])
                try repository.remove("deploy/old.yaml")
                let second = try await repository.commit([
                    "deploy/a.yaml": Self.service.replacing("80", with: "8080"),
                    "deploy/s.yaml": Self.secret.replacing("hunter2", with: "hunter3"),
                    "deploy/new.yaml": configMap("new"),
                ])
                let run = await program.run(words: words(repository, ["--from", first]))
                #expect(run.status == 1)
                #expect(run.error.isEmpty)
                #expect(run.output.contains("Total: 1 create, 2 configure, 1 prune"))
                #expect(
                    run.output.hasPrefix(
                        "app default/unnamed   sha1:\(first.prefix(7)) → main@sha1:\(second.prefix(7)) \"Change\"   4 objects\n"))
                #expect(run.output.contains("~ spec.ports[port=80]") || run.output.contains("spec.ports"))
                #expect(run.output.contains("REDACTED(") && !run.output.contains("hunter") && !run.output.contains("aHVudGVy"))
                #expect(run.output.contains("Git deploy/"))
                #expect(await program.run(words: words(repository, ["--from", second, "--to", "main"])).status == 0)
                let json = await program.run(words: words(repository, ["--from", first, "--to", second, "-o", "json"]))
                let report = try JSON.read(Array(json.output.utf8))
                #expect(try JSONSchema("sync-report.schema.json").problems(report) == [])
                #expect(report["revision"] == .string("sha1:\(first)..sha1:\(second)"))
                #expect(await program.run(words: words(repository, ["--from", "nope"])).status == 2)
                let rendered = await program.run("render", "--repo", repository.path, "--path", "deploy", "--ref", first, "-o", "name")
                #expect(rendered.output == "service/web\nconfigmap/old\nsecret/token\n")
            }
        }
    }

    private static let base = [
        "base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": service,
        "overlays/a/kustomization.yaml": "namespace: shop\nresources:\n- ../../base\n- token.yaml\n", "overlays/a/token.yaml": secret,
        "overlays/b/kustomization.yaml": "resources: [../../base]\nnamePrefix: b-\n",
    ]

    @Test func kustomizationsInAFolder() async throws {
        try await withProgram { program in
            for (name, text) in Self.base { try program.write(text, to: "repo/\(name)") }
            let run = await program.run("render", "--dir", "repo", "--path", "overlays/a")
            #expect(run.status == 0, "\(run.error)")
            #expect(run.output.contains("# base/web.yaml:1\n") && run.output.contains("namespace: shop"))
            #expect(run.output.contains("password: REDACTED("))
            let wide = await program.run("render", "--dir", "repo", "--path", "overlays/a", "-o", "wide").output
            #expect(wide.contains("Service shop/web   base/web.yaml:1\n"))
            #expect(wide.contains("Secret shop/token   overlays/a/token.yaml:1\n"))
            #expect(wide.contains("\n  metadata.namespace  overlays/a/kustomization.yaml:1\n"))
            #expect(!wide.contains("hunter2") && !wide.contains("aHVudGVyMg=="))
            let prefixed = await program.run("render", "--dir", "repo", "--path", "overlays/b", "-o", "wide").output
            #expect(prefixed.contains("  metadata.name  overlays/b/kustomization.yaml:2, before: base/web.yaml:3\n"), "\(prefixed)")
            let valid = await program.run("validate", "--dir", "repo", "--path", "overlays/a")
            #expect(valid.output.hasPrefix("2 objects in 4 files at dir@tree:"), "\(valid)")
            let same = await program.run("validate", "--dir", "repo", "--path", "overlays/a").output
            try program.write("changed", to: "repo/base/readme.md")
            #expect(await program.run("validate", "--dir", "repo", "--path", "overlays/a").output == same)
            try program.write(Self.service.replacing("80", with: "81"), to: "repo/base/web.yaml")
            #expect(await program.run("validate", "--dir", "repo", "--path", "overlays/a").output != same)

            let outside = await program.run("render", "--dir", "repo/overlays/a")
            #expect(outside.status == 2)
            #expect(outside.error.contains("kustomization.yaml:3:3: the resource \"../../base\" leads out of the repository"))
            #expect(outside.error.contains("hint: with --dir only that folder is read"))
            let patterns = await program.run("render", "--dir", "repo", "--path", "overlays/a", "--exclude", "/x.yaml")
            #expect(patterns.status == 2 && patterns.error.contains("spec.source.include and exclude do not go with it"))
            let plain = ["render", "--dir", "repo", "--path", "overlays/a", "--exclude", "/kustomization.yaml", "-o", "name"]
            #expect(await program.run(words: plain).output == "secret/token\n")
        }
    }

    @Test func ofSeveralApplicationsAtTwoRevisionsEachSaysWhetherItIsAffected() async throws {
        try await withProgram { program in
            try await withGitRepository { repository in
                for name in ["a", "b"] {
                    try program.write(
                        "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: \(name), namespace: shop}\n"
                            + "spec:\n  source: {repoURL: \(repository.path), path: overlays/\(name)}\n  destination: {namespace: shop}\n",
                        to: "\(name).yaml")
                }
                let first = try await repository.commit(Self.base)
                let second = try await repository.commit(["base/web.yaml": Self.service.replacing("80", with: "81")])
                let third = try await repository.commit(["overlays/a/token.yaml": Self.secret.replacing("ana", with: "bob")])
                func diff(_ from: String, _ to: String, _ more: String...) async -> ProgramRun {
                    await program.run(words: ["diff", "--from", from, "--to", to, "-f", "a.yaml", "-f", "b.yaml"] + more)
                }
                let base = await diff(first, second)
                #expect(base.status == 1)
                #expect(base.output.components(separatedBy: "1 configure").count == 3, "\(base.output)")
                #expect(base.output.contains("configure Service shop/b-web   base/web.yaml:1"))
                let one = await diff(second, third)
                #expect(one.status == 1)
                #expect(one.output.hasPrefix("app shop/a   sha1:"))
                #expect(
                    one.output.hasSuffix(
                        "\n\napp shop/b   sha1:\(second.prefix(7)) → sha1:\(third.prefix(7)) \"Change\"   1 object   not affected\n"))
                let none = await diff(third, third)
                #expect(none.status == 0)
                #expect(none.output.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
                let json = try JSON.read(Array(await diff(second, third, "-o", "json").output.utf8))
                #expect(json["kind"] == "SyncReportList" && json["items"]?.array?.count == 2)
            }
        }
    }

    private func words(_ repository: GitRepository, _ more: [String]) -> [String] {
        ["diff", "--repo", repository.path, "--path", "deploy"] + more
    }

    private func configMap(_ name: String) -> String { "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\n" }
}
