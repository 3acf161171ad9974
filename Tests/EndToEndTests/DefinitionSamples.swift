// Applications, good and bad: what the reader and the API server's schema must agree on.

import Testing

/// An Application's spec, and what is said to it.
struct DefinitionSample: Sendable, CustomTestStringConvertible {
    /// YAML; indented by nothing.
    var spec: String
    /// A part of the API server's refusal; nil for a good one.
    var refusal: String?
    /// Whether the reader decides otherwise, and why.
    var difference: String?
    var name = "a"

    var testDescription: String { name == "a" ? spec : "\(name): \(spec)" }

    /// As a file; the spec lies one step in.
    var file: String {
        let lines = spec.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
        return "apiVersion: belay.dev/v1alpha1\nkind: Application\nmetadata:\n  name: \(name)\n  namespace: default\nspec:\n\(lines)\n"
    }

    static func of(_ fields: String, _ refusal: String? = nil, name: String = "a") -> DefinitionSample {
        DefinitionSample(spec: "source: {repoURL: https://example.com/a/b}\n" + fields, refusal: refusal, name: name)
    }

    static func source(_ fields: String, _ refusal: String? = nil, difference: String? = nil) -> DefinitionSample {
        DefinitionSample(spec: "source: {repoURL: https://example.com/a/b, \(fields)}", refusal: refusal, difference: difference)
    }

    static func repository(_ url: String, _ refusal: String? = nil, difference: String? = nil) -> DefinitionSample {
        DefinitionSample(spec: "source: {repoURL: '\(url.replacing("'", with: "''"))'}", refusal: refusal, difference: difference)
    }

    static let everyField = """
        source:
          repoURL: https://git.example.com/team/kubia.git
          ref: {branch: release/1.2}
          path: ./deploy//prod/
          include: ["*.yaml", "!draft.yaml", "a/**/b", "[!a]*", '\\#x']
          exclude: [test/]
          secretRef: {name: kubia-git}
          substitute: {values: {LEVEL: info, _empty: ""}, from: [{kind: ConfigMap, name: settings}, {kind: Secret, name: settings, optional: true}]}
        destination: {namespace: kubia, serviceAccountName: deployer.x, kubeConfigSecretRef: {name: prod, key: config.yaml}}
        interval: 90s
        timeout: 1h30m
        sync: {mode: Manual, prune: false, pruneLimit: {objects: 0, percent: 100}, createNamespace: false, onFailure: Stop, conflicts: Fail, adopt: Never}
        pin: {run: 01JD0000000000000000000000, reason: bad release, until: "2026-11-24T08:00:00Z"}
        drift:
          policy: Report
          ignore:
          - {kind: Deployment, name: "*", paths: [/spec/replicas], managers: [kube-controller-manager]}
          - {group: "", kind: ConfigMap, namespace: kubia, paths: ["/metadata/annotations/a~1b", "/data/~0x", "/spec/*/x"]}
          holds: [{group: apps, kind: Deployment, namespace: kubia, name: api, reason: hotfix 4711, until: "2026-11-24T08:00:00.5+01:00"}]
        health:
          wait: true
          rules: [{group: example.com, kind: Widget, healthy: [{type: Ready}], degraded: [{type: Ready, status: "False", reason: Broken}]}]
        dependsOn: [{name: infra}, {name: a, namespace: other}]
        suspend: {reason: incident 4711, until: "2028-02-29T23:59:59Z"}
        deletionPolicy: Orphan
        """

    static let good: [DefinitionSample] =
        [DefinitionSample(spec: everyField)]
        + [
            "https://example.com/a/b.git", "HTTPS://example.com/a", "https://example.com:8443/a", "ssh://git@example.com:22/a",
            "ssh://example.com/a", "git@example.com:team/a.git", "example.com:a", "https://[::1]/a", "file:///srv/a", "/srv/git/a'b",
            "https://example.com/~me/a%20b", "https://example.com//a", "https://example.com/a'b(c)@d:e", "git@host.example:/srv/x",
            "https://example.com/" + String(repeating: "a", count: 2028),
        ].map { repository($0) } + [
            source("ref: {tag: v1.0}"), source("ref: {commit: 3f2c1ab03f2c1ab03f2c1ab03f2c1ab03f2c1abF}"),
            source("ref: {commit: \(String(repeating: "a1", count: 32))}"), source("ref: {semver: '>=1.0 <2'}"),
            source("ref: {name: refs/heads/main}"), source("ref: {branch: feature/x-1_2}"), source("ref: null"),
            source("ref: {branch: a, tag: null}"),
            source("path: ''"), source("path: a/..b/c.."), source("path: .github"), source("include: []"), source("include: ['!a', b]"),
            of("interval: 1s"), of("interval: 8760h"), of("interval: '+1.5h'"), of("interval: .5h"), of("interval: 1500ms"),
            of("sync: {}"), of("drift: null"), of("health: {}"), of("destination: {}"), of("dependsOn: []"),
            of("dependsOn: [{name: b}]"), of("deletionPolicy: Prune"),
            of("drift: {ignore: [{kind: Widget, name: 'a*', paths: [/a//b]}]}"), of("", name: "a.b-c"),
            of("", name: String(repeating: "a", count: 240)), of("sync: {pruneLimit: {objects: 1000000}}"),
            of("suspend: {reason: \(String(repeating: "ä", count: 1024))}"),
        ]

    /// One or more for each rule of the schema.
    static let bad: [DefinitionSample] =
        addresses + paths + [
            // References.
            source("ref: {}", "spec.source.ref: Invalid value: must have exactly one of branch, tag, commit, semver or name"),
            source("ref: {branch: a, tag: b}", "must have exactly one of branch, tag, commit, semver or name"),
            source("ref: {branch: a..b}", "is no name that a branch or tag has in Git"),
            source("ref: {branch: -x}", "is no name that a branch or tag has in Git"),
            source("ref: {branch: a/}", "is no name that a branch or tag has in Git"),
            source("ref: {branch: a//b}", "is no name that a branch or tag has in Git"),
            source("ref: {branch: a/.b}", "is no name that a branch or tag has in Git"),
            source("ref: {tag: a.lock/b}", "is no name that a branch or tag has in Git"),
            source("ref: {tag: 'a b'}", "is no name that a branch or tag has in Git"),
            source("ref: {tag: 'a@{1}'}", "is no name that a branch or tag has in Git"),
            source("ref: {tag: '@'}", "is no name that a branch or tag has in Git"),
            source("ref: {tag: 'a\\b'}", "is no name that a branch or tag has in Git"),
            source("ref: {tag: 'a[b'}", "is no name that a branch or tag has in Git"),
            source("ref: {tag: a.}", "is no name that a branch or tag has in Git"),
            source("ref: {tag: 1.0}", "spec.source.ref.tag: Invalid value: \"integer\""),
            source("ref: {commit: abc123}", "must be a full commit id of 40 hexadecimal digits"),
            source("ref: {name: main}", "must be a full ref, which begins with refs/, such as refs/heads/main"),
            source("ref: {semver: ''}", "spec.source.ref.semver"),
            source("ref: main", "spec.source.ref: Invalid value: \"string\""),
            // Spelling and kinds of nodes.
            of("snyc: {}", "unknown field \"spec.snyc\""),
            of("sync: {purne: true}", "unknown field \"spec.sync.purne\""),
            of("sync: {mode: automatic}", "supported values: \"Automatic\", \"Manual\""),
            of("sync: {onFailure: Retry}", "supported values: \"Continue\", \"Stop\""),
            of("sync: {conflicts: Never}", "supported values: \"Force\", \"Fail\""),
            of("sync: {adopt: Sometimes}", "supported values: \"Unowned\", \"Always\", \"Never\""),
            of("sync: {prune: \"yes\"}", "spec.sync.prune: Invalid value"),
            of("sync: {pruneLimit: {objects: -1}}", "spec.sync.pruneLimit.objects: Invalid value: -1"),
            of("sync: {pruneLimit: {objects: 1000001}}", "should be less than or equal to 1000000"),
            of("sync: {pruneLimit: {percent: 101}}", "should be less than or equal to 100"),
            of("sync: {pruneLimit: {percent: 30%}}", "spec.sync.pruneLimit.percent: Invalid value"),
            of("deletionPolicy: Delete", "supported values: \"Prune\", \"Orphan\""),
            of("suspend: true", "spec.suspend: Invalid value: \"boolean\""),
            DefinitionSample(spec: "interval: 1m", refusal: "spec.source: Required value"),
            DefinitionSample(spec: "source: {path: a}", refusal: "spec.source.repoURL: Required value"),
            // Durations and times.
            of("interval: 60", "spec.interval: Invalid value: \"integer\""),
            of("interval: \"60\"", "must be a duration with a unit from 1s to 8760h"),
            of("interval: 0s", "must be a duration with a unit from 1s to 8760h"),
            of("interval: 500ms", "must be a duration with a unit from 1s to 8760h"),
            of("timeout: -5m", "must be a duration with a unit from 1s to 8760h"),
            of("timeout: 8761h", "must be a duration with a unit from 1s to 8760h"),
            of("timeout: 99999999999999999999h", "must be a duration with a unit from 1s to 8760h"),
            of("timeout: 1d", "must be a duration with a unit from 1s to 8760h"),
            of("timeout: 1us", "must be a duration with a unit from 1s to 8760h"),
            of(
                "suspend: {reason: a, until: tomorrow}",
                "spec.suspend.until: Invalid value: \"tomorrow\": must be a time of RFC 3339 with a zone"),
            of("suspend: {reason: a, until: '2026-11-24T08:00:00'}", "must be a time of RFC 3339 with a zone"),
            of("suspend: {reason: a, until: '2026-11-24T08:00Z'}", "must be a time of RFC 3339 with a zone"),
            of("suspend: {reason: a, until: '2026-11-24T24:00:00Z'}", "must be a time of RFC 3339 with a zone"),
            of("suspend: {reason: a, until: '2027-02-29T08:00:00Z'}", "spec.suspend.until"),
            of(
                "pin: {run: 01JD0000000000000000000000, reason: a, until: '2026-13-01T08:00:00Z'}", "must be a time of RFC 3339 with a zone"
            ),
            of("drift: {holds: [{kind: Deployment, name: a, reason: x, until: now}]}", "must be a time of RFC 3339 with a zone"),
            of("suspend: {until: '2026-11-24T08:00:00Z'}", "spec.suspend.reason: Required value"),
            of("suspend: {reason: ''}", "spec.suspend.reason"),
            of("suspend: {reason: \(String(repeating: "x", count: 1025))}", "spec.suspend.reason: Too long"),
            of("pin: {run: latest, reason: x}", "must be a run's id: 26 letters and digits, as belay history shows them"),
            of("pin: {run: 01JD000000000000000000000I, reason: x}", "must be a run's id"),
            of("pin: {run: 01JD0000000000000000000000}", "spec.pin.reason: Required value"),
            // Drift and health.
            of("drift: {policy: Fix}", "supported values: \"Correct\", \"Report\", \"Ignore\""),
            of(
                "drift: {ignore: [{kind: D, paths: [spec/replicas]}]}",
                "spec.drift.ignore[0].paths[0]: Invalid value: \"spec/replicas\": must be a JSON pointer"),
            of("drift: {ignore: [{kind: D, paths: [/a~2]}]}", "must be a JSON pointer"),
            of("drift: {ignore: [{kind: D, paths: [/a~]}]}", "must be a JSON pointer"),
            of("drift: {ignore: [{kind: D, paths: [/a/]}]}", "must be a JSON pointer"),
            of("drift: {ignore: [{kind: D, paths: [/]}]}", "must be a JSON pointer"),
            of("drift: {ignore: [{kind: D, paths: ['']}]}", "spec.drift.ignore[0].paths[0]"),
            of("drift: {ignore: [{kind: D, paths: []}]}", "spec.drift.ignore[0].paths: Invalid value"),
            of("drift: {ignore: [{kind: D}]}", "spec.drift.ignore[0].paths: Required value"),
            of("drift: {ignore: [{paths: [/spec]}]}", "spec.drift.ignore[0].kind: Required value"),
            of(
                "drift: {ignore: [\(Array(repeating: "{kind: D, paths: [/a]}", count: 51).joined(separator: ", "))]}",
                "spec.drift.ignore: Too many"),
            of("drift: {ignore: [{kind: D, paths: [\(Array(repeating: "/a", count: 51).joined(separator: ", "))]}]}", "paths: Too many"),
            of("drift: {holds: [{kind: Deployment, name: a}]}", "spec.drift.holds[0].reason: Required value"),
            of("drift: {holds: [{kind: Deployment, reason: a}]}", "spec.drift.holds[0].name: Required value"),
            of("health: {rules: [{kind: Widget, healthy: []}]}", "spec.health.rules[0].healthy: Invalid value"),
            of("health: {rules: [{kind: Widget}]}", "spec.health.rules[0].healthy: Required value"),
            of("health: {rules: [{kind: Widget, healthy: [{type: Ready, status: true}]}]}", "spec.health.rules[0].healthy[0].status"),
            of(
                "health: {rules: [{kind: Widget, healthy: [{type: Ready, status: Yes!}]}]}",
                "supported values: \"True\", \"False\", \"Unknown\""),
            // Names.
            of("destination: {namespace: Kubia}", "spec.destination.namespace: Invalid value: \"Kubia\""),
            of("destination: {namespace: \(String(repeating: "a", count: 64))}", "spec.destination.namespace: Too long"),
            of("destination: {serviceAccountName: \"\"}", "spec.destination.serviceAccountName"),
            of("destination: {serviceAccountName: a..b}", "spec.destination.serviceAccountName: Invalid value"),
            of("destination: {kubeConfigSecretRef: {key: a}}", "spec.destination.kubeConfigSecretRef.name: Required value"),
            of("destination: {kubeConfigSecretRef: {name: a, key: a/b}}", "must be a key of a Secret: letters, digits, '-', '_' and '.'"),
            of("destination: {kubeConfigSecretRef: {name: a, key: ..a}}", "must be a key of a Secret"),
            of("dependsOn: [{name: a}]", "spec.dependsOn names this Application itself"),
            of("dependsOn: [{name: A}]", "spec.dependsOn[0].name: Invalid value"),
            of("dependsOn: [null]", "spec.dependsOn[0]"),
            of("", "metadata.name must be no more than 240 bytes long", name: String(repeating: "a", count: 241)),
        ]

    private static let addresses: [DefinitionSample] = [
        repository("https://user:hunter2@example.com/a", "carries credentials; leave them out of the address"),
        repository("https://hunter2@example.com/a", "carries credentials"),
        repository("HTTPS://hunter2@example.com/a", "carries credentials"),
        repository("ssh://git:hunter2@example.com/a", "carries a password; leave it out of the address"),
        repository("git:hunter2@example.com/a", "carries a password"),
        repository("https://example.com/a?token=hunter2", "has a query or a fragment"),
        repository("https://example.com/a#hunter2", "has a query or a fragment"),
        repository("http://example.com/a", "must be https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH"),
        repository("git://example.com/a", "must be https://HOST/PATH"),
        repository("ftp://example.com/a", "must be https://HOST/PATH"),
        repository("example.com/a", "must be https://HOST/PATH"),
        repository("file://relative", "must be https://HOST/PATH"),
        repository("https://example.com", "must name a host (ASCII) and behind it the repository's path"),
        repository("https://example.com//", "must name a host (ASCII) and behind it"),
        repository("https:///a", "must name a host (ASCII) and behind it"),
        repository("https://bücher.example/a", "must name a host (ASCII) and behind it"),
        repository("ssh://-oProxyCommand=x@example.com/a", "must name a host (ASCII) and behind it"),
        repository("ssh://git@-x/a", "must name a host (ASCII) and behind it"),
        repository("git@example.com:", "must name a host (ASCII) and behind the colon the repository's path"),
        repository("git@-x:a", "must name a host (ASCII) and behind the colon"),
        repository("-uhttps://example.com/a", "contains a blank, a control character or a backslash, or begins with \"-\""),
        repository("https://exa mple.com/a", "contains a blank"),
        repository("https://example.com/a\u{2003}b", "contains a blank"),
        repository("https://example.com/a\\b", "contains a blank"),
        repository("git@example.com:a'$(x)'", "has a path with quotes or characters of the shell"),
        repository("ssh://example.com/a;b", "has a path with quotes or characters of the shell"),
        repository("", "spec.source.repoURL"),
        repository("https://example.com/" + String(repeating: "a", count: 2029), "spec.source.repoURL: Too long"),
        repository(".", "must be https://HOST/PATH", difference: "the command line reads a path from the file's folder"),
        repository("../..", "must be https://HOST/PATH", difference: "the command line reads a path from the file's folder"),
    ]

    private static let paths: [DefinitionSample] = [
        source("path: ../x", "must stay inside the repository: no \"..\""),
        source("path: a/../../x", "must stay inside the repository"),
        source("path: /etc", "must begin at the repository's root: leave out the slash at the start"),
        source("path: 'a\\b'", "contains a backslash or a control character"),
        source("path: \"a\\0b\"", "contains a backslash or a control character"),
        source("path: a/.Git/hooks", "leads into \".git\""),
        source("include: ['!a', '!b']", "has only patterns that begin with \"!\", which match nothing by themselves"),
        source("exclude: ['./a']", "is no pattern: it is empty, begins with \"./\" or ends with a backslash"),
        source("exclude: ['!/']", "is no pattern"),
        source("exclude: ['a\\']", "is no pattern"), source("exclude: ['a\\/']", "is no pattern"),
        source("include: [\"a[\"]", difference: "the schema does not look into brackets; the controller does"),
        source("exclude: a", "spec.source.exclude: Invalid value: \"string\""),
        source("exclude: [\(Array(repeating: "a", count: 101).joined(separator: ", "))]", "spec.source.exclude: Too many"),
        source("secretRef: {}", "spec.source.secretRef.name: Required value"), source("substitute: {}"),
        source("substitute: {values: {A: 3}}", "spec.source.substitute.values.A: Invalid value: \"integer\""),
        source("substitute: {values: {a-b: x}}", "must have names of letters, digits and '_' that do not begin with a digit"),
        source("substitute: {values: {1a: x}}", "must have names of letters"),
        source("substitute: {from: [{kind: Pod, name: a}]}", "spec.source.substitute.from[0].kind: Unsupported value"),
        source("substitute: {from: [{name: a}]}", "spec.source.substitute.from[0].kind: Required value"),
        source(
            "substitute: {from: [{kind: Secret, name: a}, {kind: Secret, name: a}]}", "must name each ConfigMap and Secret once"),
    ]
}
