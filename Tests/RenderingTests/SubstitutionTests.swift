// Variables in manifests: what is put in their place, what is left as it is, what is refused and where, and what becomes secret.

import KubernetesModel
import StructuredData
import Testing

@testable import Rendering

@Suite struct SubstitutionTests {
    private static let values: [String: String] = [
        "NAME": "web", "N": "3", "EMPTY": "", "YES": "yes", "FLOAT": "1.50", "BIG": "123456789012345678901234567890", "LINE": "3\n",
        "TEXT": "a b", "DATE": "2026-01-01", "DOLLAR": "${N}", "_x9": "odd", "MAP": "{a: 1}", "NULL": "null", "INF": ".inf",
    ]

    private static func application(
        _ values: [String: String]? = values, from: [Application.ValueSource] = []
    ) -> Application {
        var application = Application(
            namespace: "belay", name: "kubia", source: .init(repoURL: "/repo"), destination: .init(namespace: "kubia"))
        application.source.substitute = values.map { .init(values: $0, from: from) }
        return application
    }

    /// A ConfigMap's or, for what is no text, a custom object's field.
    private static func manifest(_ value: String) -> String {
        "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec:\n  x: \(value)\n"
    }

    private static func render(_ texts: [String: String], _ application: Application = application(), values: SubstitutionValues? = nil)
        throws(RenderingFailure) -> [DesiredObject]
    {
        try Renderer(application: application, values: values).render(Snapshots.texts(texts), discovery: nil)
    }

    private static func kustomized(_ value: String) -> [String: String] {
        ["kustomization.yaml": "resources: [a.yaml]\nnameSuffix: -b\n", "a.yaml": manifest(value)]
    }

    private static func snapshot(_ texts: [String: String]) -> SourceSnapshot {
        var snapshot = Snapshots.texts([:])
        var entries: [String: SourceEntry] = ["": .folder]
        for name in KustomizationFile.names { entries[name] = .absent }
        snapshot.entries = texts.reduce(into: entries) { entries, file in
            entries[file.key] = .file(SourceFile(path: file.key, blobID: "", bytes: Array(file.value.utf8)))
        }
        return snapshot
    }

    private static let put: [(written: String, expected: Value)] = [
        ("${NAME}", "web"), ("x-${NAME}-y", "x-web-y"), ("${NAME}${N}", "web3"), ("'${N}'", "3"), ("\"${N}\"", "3"),
        ("${N}", 3), ("${YES}", true), ("'${YES}'", "yes"), ("${FLOAT}", 1.5), ("${LINE}", 3), ("'${LINE}'", "3\n"), ("${TEXT}", "a b"),
        ("${EMPTY}", .null), ("\"${EMPTY}\"", ""), ("a${EMPTY}", "a"), ("${NULL}", .null), ("${INF}", ".inf"), ("${MAP}", "{a: 1}"),
        ("${DATE}", "2026-01-01"), ("${DOLLAR}", "${N}"), ("${_x9}", "odd"),
        ("${NONE:-5}", 5), ("'${NONE:-5}'", "5"), ("${NONE:-}", .null), ("${NONE:-a b}", "a b"), ("${EMPTY:-7}", 7), ("${N:-7}", 3),
        ("${NONE:-a:-b}", "a:-b"),
        ("$${N}", "${N}"), ("'$${N} and ${N}'", "${N} and 3"), ("$$${N}", "$${N}"), ("$", "$"), ("$N", "$N"), ("$(N)", "$(N)"),
        ("$$", "$$"), ("a$", "a$"), ("$$N", "$$N"), ("${N}0", "30"), ("|\n    ${N}", "3\n"), ("[\"${N}\", $N]", ["3", "$N"]),
        ("&a ${N}", 3), ("!!str ${N}", "3"), ("{a: \"${N}\"}", ["a": "3"]),
    ]

    @Test(arguments: SubstitutionTests.put)
    func whatIsPut(_ written: String, _ expected: Value) throws {
        let plain = try Self.render(["a.yaml": Self.manifest(written)])
        #expect(plain.first?.object.value.at("spec", "x") == expected)
        // Without the field nothing is touched.
        let off = try Self.render(["a.yaml": Self.manifest(written)], Self.application(nil))
        let read = try YAML.read(Array(Self.manifest(written).utf8), file: "a.yaml").first?.value
        #expect(off.first?.object.value.at("spec", "x") == read?.at("spec", "x"))
        // kustomize takes `yes` for a text.
        guard written != "${YES}", written != "!!str ${N}" else { return }
        let application = Self.application()
        let built = try Renderer(application: application).render(Self.snapshot(Self.kustomized(written)), discovery: nil)
        #expect(built.first?.object.value.at("spec", "x") == expected)
        #expect(built.first?.key.name == "a-b")
    }

    @Test func aliasesMergesListsAndPatchesKeepWhatWasPlain() throws {
        let text = """
            kind: List
            apiVersion: v1
            items:
            - apiVersion: example.com/v1
              kind: Widget
              metadata: {name: a}
              base: &base
                num: &n ${N}
                q: "${N}"
              spec:
                <<: *base
                again: *n
                both: *base
            """
        let spec = try Self.render(["a.yaml": text]).first?.object.value["spec"]
        #expect(spec == ["num": 3, "q": "3", "again": 3, "both": ["num": 3, "q": "3"]])

        let deployment = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: ${N}
              minReadySeconds: ${NONE:-1}
              revisionHistoryLimit: 1
              selector: {matchLabels: {app: "${NAME}"}}
              template:
                metadata: {labels: {app: "${NAME}"}}
                spec:
                  containers: [{name: web, image: "web:${N}"}]
            """
        let patch = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              revisionHistoryLimit: ${N}
              template:
                spec:
                  containers:
                  - name: web
                    env: [{name: A, value: "${N}"}]
            """
        let json = """
              - target: {kind: Deployment}
                patch: |-
                  - {op: add, path: /spec/progressDeadlineSeconds, value: 1}
                  - op: replace
                    path: /spec/progressDeadlineSeconds
                    value: ${N}
                  - op: add
                    path: /metadata/labels
                    value: {num: "${N}"}
            """
        let files = [
            "kustomization.yaml": "resources: [a.yaml]\npatches:\n  - {path: p.yaml}\n\(json)\n", "a.yaml": deployment, "p.yaml": patch,
        ]
        let object = try #require(
            try Renderer(application: Self.application()).render(Self.snapshot(files), discovery: nil).first)
        #expect(object.object.value.at("spec", "replicas") == 3)
        #expect(object.object.value.at("spec", "minReadySeconds") == 1)
        #expect(object.object.value.at("spec", "progressDeadlineSeconds") == 3)
        #expect(object.object.value.at("metadata", "labels", "num") == "3")
        #expect(object.object.value.at("spec", "revisionHistoryLimit") == 3)
        let container = object.object.value.at("spec", "template", "spec", "containers")?[0]
        #expect(container?["image"] == "web:3")
        #expect(container?["env"]?[0]?["value"] == "3")
        #expect(
            object.location(of: FieldPath(fields: "spec", "revisionHistoryLimit")) == SourceLocation(file: "p.yaml", line: 5, column: 3))
        #expect(object.location(of: FieldPath(fields: "spec", "replicas")) == SourceLocation(file: "a.yaml", line: 5, column: 3))
    }

    @Test func aReplacementIsReadAsWhatStoodThere() throws {
        let text = """
            apiVersion: example.com/v1
            kind: Widget
            metadata: {name: w}
            spec:
              plain: ${N}
              quoted: "${N}"
              number: 1
              text: "1"
              variable: ${NAME}
            """
        func replacement(_ source: String, _ targets: String) -> String {
            "- source: {kind: Widget, fieldPath: spec.\(source)}\n  targets: [{select: {kind: Widget}, fieldPaths: [\(targets)], "
                + "options: {create: true}}]\n"
        }
        func spec(_ replacements: String) throws -> Value? {
            let files = ["kustomization.yaml": "resources: [a.yaml]\nreplacements:\n\(replacements)", "a.yaml": text]
            return try Renderer(application: Self.application()).render(Self.snapshot(files), discovery: nil).first?.object.value["spec"]
        }
        let places = "spec.number, spec.text, spec.variable, spec.made"
        let plain = try spec(replacement("plain", places))
        #expect(plain == ["plain": 3, "quoted": "3", "number": 3, "text": "3", "variable": 3, "made": 3])
        let quoted = try spec(replacement("quoted", places))
        #expect(quoted == ["plain": 3, "quoted": "3", "number": 3, "text": "3", "variable": 3, "made": "3"])
    }

    /// To the build a variable is text: references follow, and a generator's hash stays what it is.
    @Test func namesWithVariablesFollow() throws {
        let pod = """
            apiVersion: v1
            kind: Pod
            metadata: {name: "${NAME}"}
            spec:
              containers:
              - name: a
                image: "web:${N}"
                envFrom: [{configMapRef: {name: "c-${NAME}"}}, {configMapRef: {name: made}}]
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: "c-${NAME}"}
            """
        let files = [
            "kustomization.yaml": "resources: [a.yaml]\nnamePrefix: p-\nconfigMapGenerator: [{name: made, literals: [\"a=${N}\"]}]\n",
            "a.yaml": pod,
        ]
        func built(_ number: String) throws -> [DesiredObject] {
            try Renderer(application: Self.application(["NAME": "web", "N": number])).render(Self.snapshot(files), discovery: nil)
        }
        let objects = try built("3")
        let names = objects.map(\.key.name)
        let generated = try #require(objects.first { $0.object.value.at("data", "a") == "3" }?.key.name)
        #expect(names.contains("p-web") && names.contains("p-c-web") && generated.hasPrefix("p-made-"), "\(names)")
        let sources = objects.first { $0.key.name == "p-web" }?.object.value.at("spec", "containers")?[0]?["envFrom"]
        #expect(sources?[0]?.at("configMapRef", "name") == "p-c-web")
        #expect(sources?[1]?.at("configMapRef", "name") == .string(generated))
        #expect(try built("4").map(\.key.name) == names)
    }

    @Test func anObjectMayBeLeftAsItIs() throws {
        let text =
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {belay.dev/substitute: disabled}}\n"
            + "data: {run: \"echo ${HOME} $${X}\"}\n"
        let object = try #require(try Self.render(["a.yaml": text]).first)
        #expect(object.object.value.at("data", "run") == "echo ${HOME} $${X}")
        #expect(object.object.annotation("belay.dev/substitute") == "disabled")
        let wrong = text.replacing("disabled", with: "never")
        let found = #expect(throws: RenderingFailure.self) { try Self.render(["a.yaml": wrong]) }
        #expect(found?.findings.contains { $0.message.contains("[\"belay.dev/substitute\"] is \"never\"; it must be disabled") } == true)
    }

    @Test func allThatIsUndefinedIsSaidWithItsPlace() throws {
        let text = """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: web
              labels:
                team: ${TEAM}
            data:
              a: "${A} and ${B}"
              b: ${N}
              c: "${1X}"
              d: "${A"
              e: ${A:=x}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: "x-${WHO}"
            """
        let found = #expect(throws: RenderingFailure.self) { try Self.render(["a.yaml": text]) }
        let told = (found?.findings ?? []).map(\.description)
        #expect(told.count == 8, "\(told)")
        for (place, variable) in [
            ("a.yaml:6:5", "TEAM"), ("a.yaml:8:3", "A,"), ("a.yaml:8:3", "B,"), ("a.yaml:10:3", "\"${1X}\""), ("a.yaml:11:3", "\"${A\""),
            ("a.yaml:12:3", "\"${A:=x}\""), ("a.yaml:17:3", "WHO"),
        ] { #expect(told.contains { $0.hasPrefix(place + ": ConfigMap") && $0.contains(variable) }, "\(place) \(told)") }
        // `b` is a number now, and no text.
        #expect(told.contains { $0.hasPrefix("a.yaml:9:3") && $0.contains("put it in quotes") })
        #expect(told.contains { $0.contains("write ${TEAM:-default}, or $${TEAM} where no variable is meant") })
    }

    @Test func aVariableInAKeyIsAnError() throws {
        let text = Self.manifest("{\"${N}\": 1, b: [{\"a-$${N}\": x}]}")
        let found = #expect(throws: RenderingFailure.self) { try Self.render(["a.yaml": text]) }
        let told = (found?.findings ?? []).map(\.description)
        #expect(told.count == 2, "\(told)")
        #expect(told.first?.hasPrefix("a.yaml:5:7: Widget a: spec.x[\"${N}\"] has a variable in its name") == true, "\(told)")
        #expect(told.allSatisfy { $0.contains("or give the object the annotation belay.dev/substitute: disabled") }, "\(told)")
        let disabled = text.replacing("{name: a}", with: "{name: a, annotations: {belay.dev/substitute: disabled}}")
        #expect(try Self.render(["a.yaml": disabled]).first?.object.value.at("spec", "x")?["${N}"] == 1)
    }

    private static func secret(_ data: [String: String], _ more: String = "") -> String {
        let lines = data.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)\n" }.joined()
        return "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n\(lines.isEmpty ? "" : "data:\n" + lines)\(more)"
    }

    /// Also what a generator has made of it.
    @Test func inASecretTheDecodedTextCounts() throws {
        func base64(_ text: String) -> String { Base64.encode(Array(text.utf8)) }
        let text = Self.secret(["a": base64("x ${N} $${N}"), "b": base64("plain"), "c": "/w=="], "stringData: {d: \"${N}\"}\n")
        let data = try Self.render(["a.yaml": text]).first?.object.value["data"]
        #expect(
            data == [
                "a": .string(base64("x 3 ${N}")), "b": .string(base64("plain")), "c": "/w==", "d": .string(base64("3")),
            ])
        let generated = [
            "kustomization.yaml":
                "secretGenerator: [{name: s, literals: [\"a=${N}\"]}]\ngeneratorOptions: {disableNameSuffixHash: true}\n"
        ]
        let built = try Renderer(application: Self.application()).render(Self.snapshot(generated), discovery: nil)
        #expect(built.first?.object.value.at("data", "a")?.string == base64("3"))
    }

    @Test func noFindingShowsWhatStandsInASecret() {
        let text = Self.secret(
            ["a": Base64.encode(Array("one${canary 1".utf8))], "stringData: {b: \"two${canary 2}\", c: \"three${NONE}canary 3\"}\n")
        let found = #expect(throws: RenderingFailure.self) { try Self.render(["a.yaml": text]) }
        #expect(found?.findings.count == 3)
        #expect(found?.description.contains("canary") == false, "\(found?.description ?? "")")
        #expect(found?.description.contains("data.a has a ${, which is no variable") == true, "\(found?.description ?? "")")
    }

    @Test func withoutAClusterItIsSaidWhatWasNotAsked() {
        let application = Self.application([:], from: [.init(kind: .configMap, name: "settings"), .init(kind: .secret, name: "keys")])
        let found = #expect(throws: RenderingFailure.self) {
            try Self.render(
                ["a.yaml": Self.manifest("${NAME}"), "b.yaml": Self.manifest("${NAME:-x}").replacing("name: a", with: "name: b")],
                application)
        }
        #expect(
            found?.findings.map(\.description) == [
                "a.yaml:5:3: Widget a: spec.x has the variable NAME, which spec.source.substitute.values does not have, and no cluster was "
                    + "asked for ConfigMap settings, Secret keys; define it in values to see the result without a cluster; "
                    + "write ${NAME:-default}, or $${NAME} where no variable is meant"
            ])
    }

    private static func found(
        _ configMap: Object, _ secret: [String: String], values: [String: String] = [:]
    ) -> (Application, SubstitutionValues?) {
        let sources = [Application.ValueSource(kind: .configMap, name: "c"), .init(kind: .secret, name: "s")]
        let application = application(values, from: sources)
        let data = Object(
            uniqueEntries: secret.map { Object.Entry(key: $0.key, value: .string(Base64.encode(Array($0.value.utf8)))) })
        return (
            application, application.source.substitute.map { SubstitutionValues($0, found: [sources[0]: configMap, sources[1]: data]) }
        )
    }

    @Test func whatValuesComeFromHasNoVariables() throws {
        let (application, values) = Self.found(["A": "1"], [:])
        var own = application
        own.namespace = "kubia"
        let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {A: \"${A}0\"}\n"
        #expect(try Self.render(["a.yaml": text], application, values: values).count == 1, "it is in another namespace")
        #expect(try Self.render(["a.yaml": text.replacing("${A}", with: "1")], own, values: values).count == 1)
        let found = #expect(throws: RenderingFailure.self) { try Self.render(["a.yaml": text], own, values: values) }
        #expect(
            found?.findings.map(\.description) == [
                "a.yaml:3:12: ConfigMap c: has variables, and is named by spec.source.substitute.from itself: leave it out of there, or write "
                    + "it without variables"
            ])
    }

    @Test func whoWins() throws {
        let (application, values) = Self.found(
            ["A": "c", "B": "c", "C": "c", "not.a.name": "x", "D": 1], ["B": "s", "C": "s"], values: ["C": "own"])
        #expect(
            values?.entries == [
                "A": .init("c", isSecret: false), "B": .init("s", isSecret: true), "C": .init("own", isSecret: false),
            ])
        let object = try #require(try Self.render(["a.yaml": Self.manifest("'${A} ${B} ${C}'")], application, values: values).first)
        #expect(object.object.value.at("spec", "x") == "c s own")
        #expect(object.secrets.paths == [FieldPath(fields: "spec", "x")])
        // Another value, or the same from another source, is another digest; without the key it is another one, too.
        let (_, others) = Self.found(["A": "c", "B": "s"], [:], values: ["C": "own"])
        #expect(values?.digest(key: [1]) != others?.digest(key: [1]))
        #expect(values?.digest(key: [1]) == values?.digest(key: [1]) && values?.digest(key: [1]) != values?.digest(key: [2]))
    }

    @Test(arguments: [
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"${S}\"}\n", "metadata.name would have its value from a Secret"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: \"${S}\"}\n", "metadata.namespace would have"),
        ("apiVersion: v1\nkind: \"${S}\"\nmetadata: {name: a}\n", "kind would have its value from a Secret"),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {belay.dev/wave: \"${S}\"}}\n",
            "metadata.annotations[\"belay.dev/wave\"] would have"
        ),
        (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {x: \"a ${S}\"}}\n",
            "metadata.labels.x has its value from a Secret"
        ),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: ${NUMBER}}\n", "data.x has its value from a Secret"),
        ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: ${S}\n", "data has its value from a Secret"),
    ])
    func noFindingShowsASecret(_ text: String, _ expected: String) {
        let secret = "s3cr3t canary"
        let (application, values) = Self.found([:], ["S": secret, "NUMBER": "918273645"])
        // A map in flow style cannot have `${` without quotes.
        let block = text.replacing("data: {x: ${NUMBER}}", with: "data:\n  x: ${NUMBER}")
        let found = #expect(throws: RenderingFailure.self) { try Self.render(["a.yaml": block], application, values: values) }
        #expect(found?.findings.contains { $0.message.contains(expected) } == true, "\(found?.description ?? "")")
        #expect(found?.description.contains("canary") == false && found?.description.contains("918273645") == false)
    }

    @Test func whatGrowsTooLargeIsRefused() {
        let large = String(repeating: "x", count: 1 << 20)
        let (application, values) = Self.found(["A": .string(large)], [:])
        let twice = #expect(throws: RenderingFailure.self) {
            try Self.render(["a.yaml": Self.manifest("'${A}${A}'")], application, values: values)
        }
        #expect(twice?.findings.first?.message.contains("has more than 1572864 bytes") == true)
        let many = "[" + Array(repeating: "'${A}'", count: 60).joined(separator: ", ") + "]"
        let all = #expect(throws: RenderingFailure.self) { try Self.render(["a.yaml": Self.manifest(many)], application, values: values) }
        #expect(all?.findings.first?.message.contains("bytes in all") == true)
    }
}
