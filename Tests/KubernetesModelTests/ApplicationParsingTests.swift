// Every field of an Application: read, refused with its place, written and read back.

import StructuredData
import Testing

@testable import KubernetesModel

@Suite struct ApplicationParsingTests {
    static let full = """
        apiVersion: belay.dev/v1alpha1
        kind: Application
        metadata:
          name: kubia
          namespace: apps
          labels: {team: web}
          resourceVersion: "12"
        spec:
          source:
            repoURL: https://git.example.com/team/kubia.git
            ref: {branch: release/1.2}
            path: ./deploy//prod/
            include: ["*.yaml", "!draft.yaml"]
            exclude: [test/]
            secretRef: {name: kubia-git}
            substitute:
              values: {LEVEL: info, _empty: ""}
              from: [{kind: ConfigMap, name: settings}, {kind: Secret, name: keys, optional: true}]
          destination: {namespace: kubia, serviceAccountName: deployer, kubeConfigSecretRef: {name: prod, key: config}}
          interval: 90s
          timeout: 1h30m
          sync: {mode: Manual, prune: false, pruneLimit: {objects: 0, percent: 100}, createNamespace: false, onFailure: Stop, conflicts: Fail, adopt: Never}
          pin: {run: 01JD0000000000000000000000, reason: bad release, until: 2026-11-24T08:00:00Z}
          drift:
            policy: Report
            ignore:
              - {kind: Deployment, name: "*", paths: [/spec/replicas], managers: [kube-controller-manager]}
              - {group: apps, kind: Deployment, namespace: kubia, paths: ["/metadata/annotations/a~1b", "/spec/*/x"]}
            holds: [{kind: Deployment, name: api, reason: hotfix 4711, until: 2026-11-24T08:00:00+01:00}]
          health:
            wait: true
            rules: [{group: example.com, kind: Widget, healthy: [{type: Ready}], degraded: [{type: Ready, status: "False", reason: Broken}]}]
          dependsOn: [{name: infra}, {name: base, namespace: other}]
          suspend: {reason: incident 4711}
          deletionPolicy: Orphan
        status: {whatever: 1}
        """

    @Test func readsEveryField() throws {
        let application = try #require(try Application.parse(Array(Self.full.utf8), file: "app.yaml").first)
        #expect(application.reference == "apps/kubia")
        #expect(application.source.repoURL == "https://git.example.com/team/kubia.git")
        #expect(application.source.ref == .branch("release/1.2"))
        #expect(application.source.path == "deploy/prod")
        #expect(application.source.include == ["*.yaml", "!draft.yaml"])
        #expect(application.source.exclude == ["test/"])
        #expect(application.source.secretRef?.name == "kubia-git")
        #expect(
            application.source.substitute
                == .init(
                    values: ["LEVEL": "info", "_empty": ""],
                    from: [.init(kind: .configMap, name: "settings"), .init(kind: .secret, name: "keys", isOptional: true)]))
        #expect(application.destination.namespace == "kubia")
        #expect(application.destination.serviceAccountName == "deployer")
        #expect(application.destination.kubeConfigSecretRef == .init(name: "prod", key: "config"))
        #expect(application.interval == .seconds(90))
        #expect(application.timeout == .seconds(5400))
        #expect(application.sync.mode == .manual && !application.sync.prune && !application.sync.createNamespace)
        #expect(application.sync.pruneLimitObjects == 0 && application.sync.pruneLimitPercent == 100)
        #expect(application.sync.onFailure == .stop && application.sync.conflicts == .fail && application.sync.adopt == .never)
        #expect(application.pin == .init(run: "01JD0000000000000000000000", reason: "bad release", until: "2026-11-24T08:00:00Z"))
        #expect(application.drift.policy == .report)
        #expect(
            application.drift.ignore == [
                .init(kind: "Deployment", paths: ["/spec/replicas"], managers: ["kube-controller-manager"]),
                .init(group: "apps", kind: "Deployment", namespace: "kubia", paths: ["/metadata/annotations/a~1b", "/spec/*/x"]),
            ])
        #expect(
            application.drift.holds == [.init(kind: "Deployment", name: "api", reason: "hotfix 4711", until: "2026-11-24T08:00:00+01:00")])
        #expect(application.health.wait)
        #expect(
            application.health.rules == [
                .init(
                    group: "example.com", kind: "Widget", healthy: [.init(type: "Ready")],
                    degraded: [.init(type: "Ready", status: .false, reason: "Broken")])
            ])
        #expect(application.dependsOn == [.init(namespace: "apps", name: "infra"), .init(namespace: "other", name: "base")])
        #expect(application.suspend == .init(reason: "incident 4711", until: nil))
        #expect(application.deletionPolicy == .orphan)
    }

    @Test func theLeastHasTheDefaults() throws {
        let text =
            "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec: {source: {repoURL: /repo}, sync: , drift: null}\n"
        let application = try #require(try Application.parse(Array(text.utf8), file: "app.yaml", defaultNamespace: "team").first)
        var expected = Application(
            namespace: "team", name: "a", source: Application.Source(repoURL: "/repo"),
            destination: Application.Destination(namespace: "team"))
        #expect(application == expected)
        #expect(application.interval == .seconds(60) && application.timeout == .seconds(300) && application.deletionPolicy == .prune)
        expected.destination.namespace = "other"
        #expect(application != expected)
    }

    @Test func isWrittenAndReadBack() throws {
        let application = try #require(try Application.parse(Array(Self.full.utf8), file: "app.yaml").first)
        #expect(try Application(journalled: application.value) == application)
        let text = YAML.write(application.value)
        #expect(try Application.parse(Array(text.utf8), file: "again.yaml") == [application])
    }

    @Test(arguments: [
        Application.GitReference.head, .branch("a"), .tag("v1"), .commit(String(repeating: "a1", count: 20)), .name("refs/heads/x"),
        .semver(">=1.0"), .unspecified("main"),
    ]) func everyReferenceIsReadBack(_ reference: Application.GitReference) throws {
        var application = Application(
            namespace: "n", name: "a", source: Application.Source(repoURL: "https://example.com/a"),
            destination: Application.Destination(namespace: "n"))
        application.source.ref = reference
        #expect(try Application(journalled: application.value) == application)
    }

    @Test func aReferenceAsTypedStandsInNoFile() {
        #expect(findings("source: {repoURL: /r, ref: {asTyped: main}}").contains { $0.contains("no field \"asTyped\"") })
    }

    /// The findings for a spec, which begins on line 5, indented by two.
    private func findings(_ spec: String) -> [String] {
        let body = spec.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
        return findings(file: "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: a}\nspec:\n\(body)\n")
    }

    private func findings(file: String) -> [String] {
        do throws(ApplicationError) {
            _ = try Application.parse(Array(file.utf8), file: "app.yaml")
            return []
        } catch {
            return error.findings.map { "\($0.location.line):\($0.location.column): \($0.message)" }
        }
    }

    static let source = "source: {repoURL: https://example.com/a/b}\n"

    @Test(arguments: [
        // Unknown fields and wrong kinds of nodes.
        ("snyc: {}", ["6:3: spec has no field \"snyc\"; did you mean sync?"]),
        ("sync: {purne: true}", ["6:10: spec.sync has no field \"purne\"; did you mean prune?"]),
        ("sync: {pruneLimit: {object: 1}}", ["6:23: spec.sync.pruneLimit has no field \"object\"; did you mean objects?"]),
        (
            "sync: [a]",
            ["6:3: spec.sync is a list; it must be a map with mode, prune, pruneLimit, createNamespace, onFailure, conflicts or adopt"]
        ),
        (
            "destination: kubia",
            ["6:3: spec.destination is the text \"kubia\"; it must be a map with namespace, serviceAccountName or kubeConfigSecretRef"]
        ),
        ("dependsOn: infra", ["6:3: spec.dependsOn is the text \"infra\"; it must be a list of maps"]),
        ("dependsOn: [null]", ["6:15: spec.dependsOn[0] is null; it must be a map with name or namespace"]),
        ("dependsOn: [{name: a}]", ["6:16: spec.dependsOn[0].name is this Application itself"]),
        // Enumerations, booleans, numbers.
        ("sync: {mode: automatic}", ["6:10: spec.sync.mode is \"automatic\"; it must be Automatic or Manual; did you mean Automatic?"]),
        ("sync: {prune: \"yes\"}", ["6:10: spec.sync.prune is the text \"yes\"; it must be true or false"]),
        (
            "sync: {pruneLimit: {objects: -1, percent: 101}}",
            [
                "6:23: spec.sync.pruneLimit.objects is the number -1; it must be a whole number from 0 to 1000000",
                "6:36: spec.sync.pruneLimit.percent is the number 101; it must be a whole number from 0 to 100",
            ]
        ),
        (
            "sync: {pruneLimit: {percent: 30%}}",
            ["6:23: spec.sync.pruneLimit.percent is the text \"30%\"; it must be a whole number from 0 to 100"]
        ),
        ("deletionPolicy: Delete", ["6:3: spec.deletionPolicy is \"Delete\"; it must be Prune or Orphan"]),
        // Durations and times.
        ("interval: 60", ["6:3: spec.interval is the number 60; it must be a duration with a unit, such as 90s, 5m or 1h30m"]),
        ("interval: \"60\"", ["6:3: spec.interval \"60\" has no unit; write 60s or 60m"]),
        ("interval: 0s", ["6:3: spec.interval \"0s\" is zero; a duration is longer than zero"]),
        ("interval: 500ms", ["6:3: spec.interval is \"500ms\"; it must be at least 1s"]),
        ("timeout: -5m", ["6:3: spec.timeout \"-5m\" is negative; a duration is longer than zero"]),
        ("timeout: 99999999999999999999h", ["6:3: spec.timeout \"99999999999999999999h\" is longer than a year (8760h)"]),
        ("timeout: 1d", ["6:3: spec.timeout \"1d\" has the unit d; write days as hours, such as 24h"]),
        (
            "suspend: {reason: a, until: tomorrow}",
            ["6:24: spec.suspend.until \"tomorrow\" is no time of RFC 3339, such as 2026-11-24T08:00:00Z"]
        ),
        (
            "suspend: true",
            ["6:3: spec.suspend is the boolean true; it is a map with the reason and, if you like, an end: write suspend: {reason: WHY}"]
        ),
        ("suspend: {until: 2026-11-24T08:00:00Z}", ["6:3: spec.suspend.reason is missing"]),
        (
            "pin: {run: latest, reason: x}",
            ["6:9: spec.pin.run \"latest\" is no run's id (26 letters and digits, as belay history shows them)"]
        ),
        // Drift and health.
        (
            "drift: {ignore: [{kind: Deployment, paths: [spec/replicas]}]}",
            ["6:47: spec.drift.ignore[0].paths[0] \"spec/replicas\" does not begin with \"/\"; a JSON pointer looks like /spec/replicas"]
        ),
        (
            "drift: {ignore: [{kind: Deployment, paths: [/a~2]}]}",
            [
                "6:47: spec.drift.ignore[0].paths[0] \"/a~2\" has a \"~\" that is not followed by 0 or 1; \"~\" is written ~0 and \"/\" in a key ~1"
            ]
        ),
        (
            "drift: {ignore: [{kind: Deployment}]}",
            ["6:20: spec.drift.ignore[0].paths is missing; name the fields that may differ, such as /spec/replicas"]
        ),
        ("drift: {ignore: [{paths: [/spec]}]}", ["6:20: spec.drift.ignore[0].kind is missing"]),
        ("drift: {holds: [{kind: Deployment, name: a}]}", ["6:19: spec.drift.holds[0].reason is missing"]),
        (
            "health: {rules: [{kind: Widget, healthy: []}]}",
            ["6:35: spec.health.rules[0].healthy is empty; name at least one condition, such as {type: Ready}"]
        ),
        (
            "health: {rules: [{kind: Widget, healthy: [{type: Ready, status: true}]}]}",
            ["6:59: spec.health.rules[0].healthy[0].status is the boolean true; it must be True, False or Unknown; put it in quotes"]
        ),
        // Names.
        (
            "destination: {namespace: Kubia}",
            [
                "6:17: spec.destination.namespace \"Kubia\" must consist of lower case letters, digits and '-', and start and end with a letter or digit"
            ]
        ),
        ("destination: {namespace: 5}", ["6:17: spec.destination.namespace is read as the number 5; put it in quotes to make it text"]),
        ("destination: {serviceAccountName: \"\"}", ["6:17: spec.destination.serviceAccountName is empty"]),
    ]) func refuses(_ spec: String, _ expected: [String]) { #expect(findings(Self.source + spec) == expected) }

    @Test func lengthsHaveLimits() {
        func long(_ count: Int) -> String { String(repeating: "ä", count: count) }
        #expect(findings(Self.source + "suspend: {reason: \(long(1024))}") == [])
        #expect(findings(Self.source + "suspend: {reason: \(long(1025))}") == ["6:13: spec.suspend.reason is longer than 1024 characters"])
        #expect(
            findings(Self.source + "interval: \(String(repeating: "0", count: 64))1s") == [
                "6:3: spec.interval is longer than 64 characters"
            ])
        let holds = Array(repeating: "{kind: D, name: a, reason: x}", count: 101).joined(separator: ", ")
        #expect(findings(Self.source + "drift: {holds: [\(holds)]}") == ["6:11: spec.drift.holds has 101 elements; at most 100 are taken"])
        let managers = Array(repeating: "a", count: 51).joined(separator: ", ")
        #expect(
            findings(Self.source + "drift: {ignore: [{kind: D, paths: [/a], managers: [\(managers)]}]}") == [
                "6:43: spec.drift.ignore[0].managers has 51 elements; at most 50 are taken"
            ])
    }

    @Test(arguments: [("file:///r", true), ("FILE:///r", true), ("/r", true), ("https://a/b", false), ("a:b", false)])
    func knowsLocalRepositories(_ url: String, _ isLocal: Bool) { #expect(Application.Source(repoURL: url).isLocal == isLocal) }

    @Test(arguments: [
        ("source: {}", "5:3: spec.source.repoURL is missing"),
        ("interval: 1m", "4:1: spec.source is missing"),
        (
            "source: {repoURL: https://user:hunter2@example.com/a}",
            "5:12: spec.source.repoURL carries credentials; leave them out of the address"
        ),
        ("source: {repoURL: https://hunter2@example.com/a}", "5:12: spec.source.repoURL carries credentials"),
        ("source: {repoURL: ssh://git:hunter2@example.com/a}", "5:12: spec.source.repoURL carries a password"),
        ("source: {repoURL: git:hunter2@example.com/a}", "5:12: spec.source.repoURL carries a password"),
        ("source: {repoURL: https://example.com/a?token=hunter2}", "5:12: spec.source.repoURL has a query or a fragment"),
        ("source: {repoURL: http://example.com/a}", "5:12: spec.source.repoURL uses http"),
        ("source: {repoURL: git://example.com/a}", "5:12: spec.source.repoURL uses the git protocol"),
        ("source: {repoURL: ftp://example.com/a}", "5:12: spec.source.repoURL has the scheme \"ftp\""),
        ("source: {repoURL: https://example.com}", "5:12: spec.source.repoURL names a host and no repository"),
        ("source: {repoURL: https:///a}", "5:12: spec.source.repoURL names no host"),
        ("source: {repoURL: example.com/a}", "5:12: spec.source.repoURL is no repository's address"),
        ("source: {repoURL: \"-uhttps://example.com/a\"}", "5:12: spec.source.repoURL begins with \"-\""),
        ("source: {repoURL: \"ssh://-oProxyCommand=x@example.com/a\"}", "5:12: spec.source.repoURL has a user that begins with \"-\""),
        ("source: {repoURL: \"git@example.com:a'$(x)'\"}", "5:12: spec.source.repoURL has a path with quotes"),
        ("source: {repoURL: \"https://exa mple.com/a\"}", "5:12: spec.source.repoURL contains a blank"),
        ("source: {repoURL: https://bücher.example/a}", "5:12: spec.source.repoURL has a host outside of ASCII"),
        ("source: {repoURL: file://relative}", "5:12: spec.source.repoURL has a file URL without an absolute path"),
        ("source: {repoURL: /r, path: ../x}", "5:25: spec.source.path \"../x\" contains \"..\""),
        ("source: {repoURL: /r, path: a/../../x}", "5:25: spec.source.path \"a/../../x\" contains \"..\""),
        ("source: {repoURL: /r, path: /etc}", "5:25: spec.source.path \"/etc\" is absolute"),
        ("source: {repoURL: /r, path: 'a\\b'}", "5:25: spec.source.path \"a\\b\" contains a backslash"),
        ("source: {repoURL: /r, path: \"a\\0b\"}", "5:25: spec.source.path \"a\\u{0}b\" contains a control character"),
        ("source: {repoURL: /r, path: a/.git/hooks}", "5:25: spec.source.path \"a/.git/hooks\" leads into \".git\""),
        ("source: {repoURL: /r, ref: {}}", "5:25: spec.source.ref names nothing; it must have exactly one of"),
        ("source: {repoURL: /r, ref: {branch: a, tag: b}}", "5:25: spec.source.ref has branch and tag; it must have exactly one of"),
        ("source: {repoURL: /r, ref: main}", "5:25: spec.source.ref is the text \"main\"; it must be a map"),
        ("source: {repoURL: /r, ref: {branch: a..b}}", "5:31: spec.source.ref.branch \"a..b\" contains \"..\""),
        ("source: {repoURL: /r, ref: {branch: -x}}", "5:31: spec.source.ref.branch \"-x\" begins with \"-\""),
        ("source: {repoURL: /r, ref: {tag: 1.0}}", "5:31: spec.source.ref.tag is read as the number 1; put it in quotes to make it text"),
        ("source: {repoURL: /r, ref: {commit: abc123}}", "5:31: spec.source.ref.commit \"abc123\" is no full commit id"),
        ("source: {repoURL: /r, ref: {name: main}}", "5:31: spec.source.ref.name \"main\" is no full ref"),
        ("source: {repoURL: /r, include: [\"a[\"]}", "5:35: spec.source.include[0] \"a[\" has a \"[\" without \"]\""),
        ("source: {repoURL: /r, include: [\"!a\"]}", "5:25: spec.source.include has only patterns that begin with \"!\""),
        ("source: {repoURL: /r, exclude: a}", "5:25: spec.source.exclude is the text \"a\"; it must be a list of texts"),
        ("source: {repoURL: /r, substitute: {value: {}}}", "5:38: spec.source.substitute has no field \"value\"; did you mean values?"),
        (
            "source: {repoURL: /r, substitute: {values: {A: 3}}}",
            "5:47: spec.source.substitute.values.A is read as the number 3; put it in quotes to make it text"
        ),
        ("source: {repoURL: /r, substitute: {values: {A: }}}", "5:47: spec.source.substitute.values.A is null; it must be text, \"\""),
        (
            "source: {repoURL: /r, substitute: {values: {a-b: x}}}",
            "5:47: spec.source.substitute.values has the key \"a-b\", which is no name of a variable"
        ),
        ("source: {repoURL: /r, substitute: {values: {1a: x}}}", "5:47: spec.source.substitute.values has the key \"1a\""),
        ("source: {repoURL: /r, substitute: {values: [a]}}", "5:38: spec.source.substitute.values is a list; it must be a map of texts"),
        ("source: {repoURL: /r, substitute: {from: [{kind: Pod, name: a}]}}", "5:46: spec.source.substitute.from[0].kind is \"Pod\""),
        ("source: {repoURL: /r, substitute: {from: [{name: a}]}}", "5:45: spec.source.substitute.from[0].kind is missing"),
        ("source: {repoURL: /r, substitute: {from: [{kind: Secret}]}}", "5:45: spec.source.substitute.from[0].name is missing"),
        (
            "source: {repoURL: /r, substitute: {from: [{kind: Secret, name: a}, {kind: Secret, name: a, optional: true}]}}",
            "5:70: spec.source.substitute.from[1] names the Secret a again, as from[0] does; remove one"
        ),
        ("source: {repoURL: /r, secretRef: {}}", "5:25: spec.source.secretRef.name is missing"),
    ]) func refusesSource(_ spec: String, _ expected: String) {
        let found = findings(spec)
        #expect(found.count == 1 && found.allSatisfy { $0.hasPrefix(expected) }, "\(found)")
        #expect(!found.contains { $0.contains("hunter2") })
    }

    @Test(arguments: [
        "https://example.com/a/b.git", "https://example.com:8443/a", "ssh://git@example.com:22/a", "git@example.com:team/a.git",
        "example.com:a", "https://[::1]/a", "file:///srv/a", "/srv/git/a", ".", "./a", "../a", "https://example.com/~me/a%20b",
    ]) func takesRepository(_ url: String) { #expect(findings("source: {repoURL: \"\(url)\"}") == []) }

    @Test(arguments: [
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\n",
            "1:1: this document is no Application: it is \"argoproj.io/v1alpha1\" \"Application\""
        ),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n", "2:1: this document is no Application: it is \"v1\" \"ConfigMap\""),
        ("a: b\n", "1:1: this document is no Application: it has neither apiVersion nor kind"),
        ("- a\n", "1:1: this document is a list; an Application is a map"),
        ("# nothing\n", "0:0: there is no Application in this file"),
        ("a: [\n", "2:1: "),
        ("apiVersion: belay.dev/v1alpha1\nkind: Application\n", "1:1: metadata is missing"),
        (
            "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: yes}\nspec: {source: {repoURL: /r}}\n",
            "3:12: metadata.name is read as the boolean true"
        ),
        (
            "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {generateName: a-, name: b}\nspec: {source: {repoURL: /r}}\n",
            "3:12: metadata.generateName cannot be used"
        ),
        (
            "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: a, lables: {}}\nspec: {source: {repoURL: /r}}\n",
            "3:21: metadata has no field \"lables\"; did you mean labels?"
        ),
        (
            "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: a, annotations: {a: 1}}\nspec: {source: {repoURL: /r}}\n",
            "3:35: metadata.annotations.a is read as the number 1"
        ),
    ]) func refusesFile(_ text: String, _ expected: String) {
        let found = findings(file: text)
        #expect(found.first?.hasPrefix(expected) ?? false, "\(found)")
    }

    @Test func severalInOneFile() throws {
        func one(_ name: String) -> String {
            "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata: {name: \(name)}\nspec: {source: {repoURL: /r}}\n"
        }
        let two = try Application.parse(Array((one("a") + "---\n" + one("b")).utf8), file: "app.yaml")
        #expect(two.map(\.name) == ["a", "b"])
        #expect(
            findings(file: one("a") + "---\n" + one("a")) == [
                "6:1: Application default/a stands in this file twice; the other one is at app.yaml:1:1"
            ])
        #expect(findings(file: one("a") + "---\nkind: ConfigMap\n---\n" + one("B")).count == 2)
    }
}
