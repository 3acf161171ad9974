// Values that came from a Secret into another object: hidden in plans, rows and journals, wherever the list they stand in has gone.

import KubernetesModel
import StructuredData
import Testing

@testable import Planning

@Suite struct SecretPathTests {
    private static let canary = "s3cr3t-canary"
    private static let object: Value = [
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "namespace": "shop"],
        "spec": [
            "replicas": 3,
            "containers": [
                ["name": "a", "args": ["--open", "--key=s3cr3t-canary"], "env": [["name": "A", "value": "open"]]],
                ["name": "b", "env": [["name": "P", "value": "s3cr3t-canary"], ["name": "Q", "value": "open"]]],
            ],
        ],
    ]

    private static func desired(_ paths: [[FieldPath.Element]]) -> DesiredObject {
        var secrets = SecretPaths()
        for path in paths { secrets.insert(FieldPath(path)) }
        return DesiredObject(
            object: Unstructured(object),
            key: ObjectKey(groupKind: GroupKind(group: "apps", kind: "Deployment"), namespace: "shop", name: "web"),
            groupVersionKind: GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"), location: SourceLocation(file: "a.yaml"),
            secrets: secrets)
    }

    private static let spec = FieldPath.Element.field("spec")
    private static let containers = FieldPath.Element.field("containers")
    private static func named(_ name: String) -> FieldPath.Element { .key([.init(name: "name", json: "\"\(name)\"")]) }
    private static let web = desired([
        [spec, .field("replicas")], [spec, containers, .index(0), .field("args"), .index(1)],
        [spec, containers, .index(1), .field("env"), .index(0), .field("value")],
    ])
    /// Nothing is searched for: what is hidden is hidden for its place.
    private static let redaction = Redaction(key: [1, 2, 3])

    @Test(
        arguments: [
            ([spec, .field("replicas")], Value.int(5), true),
            ([spec, containers, named("b"), .field("env"), named("P"), .field("value")], "old", true),
            ([spec, containers, named("b"), .field("env"), named("Q"), .field("value")], "open", false),
            ([spec, containers, named("a"), .field("env"), named("A"), .field("value")], "open", false),
            // An element that Git does not have may be one that was renamed.
            ([spec, containers, named("c"), .field("env"), named("P"), .field("value")], "old", true),
            ([spec, containers, named("a"), .field("args"), .index(1)], "--key=old", true),
            ([spec, containers, named("a"), .field("args"), .value("\"--key=old\"")], "--key=old", true),
            ([spec, containers, named("a"), .field("image")], "web:1", false), ([.field("metadata"), .field("name")], "web", false),
        ] as [([FieldPath.Element], Value, Bool)])
    func whatIsHidden(_ path: [FieldPath.Element], _ value: Value, _ isHidden: Bool) {
        for isLive in [true, false] {
            let shown = Self.redaction.shown(value, at: FieldPath(path), of: Self.web, former: isLive ? Self.web.secrets : nil)
            if case .redacted = shown { #expect(isHidden) } else { #expect(!isHidden && shown == .value(value)) }
        }
    }

    @Test func wholeObjectsAndListsAreMaskedWithin() throws {
        let masked = Self.redaction.masking(Self.web)
        let text = String(decoding: JSON.write(masked), as: UTF8.self)
        #expect(!text.contains("canary"))
        #expect(masked.at("spec", "replicas")?.string?.hasPrefix("REDACTED(") == true)
        #expect(masked.at("spec", "containers")?[0]?["args"]?[0] == "--open")
        #expect(masked.at("spec", "containers")?[1]?["env"]?[1]?["value"] == "open")
        #expect(masked.at("metadata", "name") == "web")
        #expect(Redaction.hasMasked(masked) && !Redaction.hasMasked(Self.object))

        // A live list may have another order than Git's: none of its elements is shown.
        let args = FieldPath([Self.spec, Self.containers, Self.named("a"), .field("args")])
        let live = Self.redaction.shown(["--key=old", "--open"], at: args, of: Self.web, former: SecretPaths())
        guard case .value(.array(let list)) = live else {
            Issue.record("\(live)")
            return
        }
        #expect(list.allSatisfy { $0.string?.hasPrefix("REDACTED(") == true })
    }

    /// What the Secret says now is found anywhere, such as where Git used it until now.
    @Test func aKnownValueIsHiddenWhereverItStands() {
        let redaction = Redaction(key: [1], secretTexts: [Self.canary, "s3cr3t-canary-longer", "ab"])
        let open = Self.desired([])
        for value: Value in ["s3cr3t-canary", "x=s3cr3t-canary;", ["s3cr3t-canary"], ["a": "s3cr3t-canary-longer"]] {
            let shown = redaction.shown(value, at: FieldPath(fields: "spec", "other"), of: open)
            #expect(!"\(shown)".contains("canary"), "\(shown)")
        }
        #expect(redaction.shown("abc", at: FieldPath(fields: "spec", "other"), of: open) == .value("abc"))
        #expect(redaction.scrubbed("a s3cr3t-canary-longer b s3cr3t-canary") == "a REDACTED b REDACTED")
        // By bytes: the first of a secret may make one character with what stands before it.
        let odd = Redaction(key: [1], secretTexts: ["\u{301}s3cr3t", "\ncanary"])
        #expect(odd.scrubbed("e\u{301}s3cr3t \r\ncanary é") == "eREDACTED \rREDACTED é")
        #expect(odd.shown("e\u{301}s3cr3t", at: FieldPath(fields: "spec", "other"), of: open) != .value("e\u{301}s3cr3t"))
        let path = redaction.shown(
            FieldPath([Self.spec, Self.named(Self.canary), .value("\"s3cr3t-canary\"")]), of: open, former: SecretPaths())
        #expect(!path.description.contains("canary"), "\(path)")
    }

    /// A path names an element of a list by its keys: those are values of fields, of which one may come from a Secret.
    @Test(
        arguments: [
            // As Git has it, and as it was applied last: under another order of the list, or gone from Git.
            ("env[name=P].value", [containers, named("b"), .field("env"), named("P"), .field("value")], false),
            ("env[name=now]", [containers, named("k"), .field("env"), named("now")], true),
            ("env[name=earlier]", [containers, named("k"), .field("env"), named("earlier"), .field("value")], true),
            ("ports[80]", [containers, named("k"), .field("ports"), port(80, "TCP")], false),
            ("ports[8082]", [containers, named("k"), .field("ports"), port(8082, "TCP"), .field("hostPort")], true),
            ("args[now]", [containers, named("k"), .field("args"), .value("\"now\"")], true),
        ] as [(String, [FieldPath.Element], Bool)])
    func aKeyFromASecretIsHiddenInPaths(_ name: String, _ path: [FieldPath.Element], _ isHidden: Bool) {
        let keyed: [[FieldPath.Element]] = [
            [.field("env"), .index(0), .field("name")], [.field("ports"), .index(1), .field("containerPort")], [.field("args"), .index(0)],
        ].map { [Self.spec, Self.containers, .index(0)] + $0 }
        var secrets = SecretPaths()
        for path in keyed { secrets.insert(FieldPath(path)) }
        var desired = Self.desired(keyed)
        desired.object.value.set(
            [
                [
                    "name": "k", "env": [["name": "now"], ["name": "P"]], "args": ["now"],
                    "ports": [["containerPort": 80, "protocol": "TCP"], ["containerPort": 8082, "protocol": "TCP"]],
                ], ["name": "b", "env": [["name": "P"]]],
            ], at: ["spec", "containers"])
        let whole = FieldPath([Self.spec] + path)
        for former in [SecretPaths(), secrets] {
            let shown = Self.redaction.shown(whole, of: desired, former: former)
            #expect((shown != whole) == isHidden, "\(shown)")
            #expect(!isHidden || shown.description.contains("REDACTED("))
            #expect(shown.description.contains("TCP") == whole.description.contains("TCP"))
        }
        // Git has let go of it.
        let left = Self.redaction.shown(whole, of: Self.desired([]), former: secrets)
        #expect(
            !isHidden || !left.description.contains("earlier") && !left.description.contains("now") && !left.description.contains("8082"))
    }

    /// The server's own spelling, in which a key may have any character.
    @Test(arguments: [
        (".spec.replicas", ".spec.replicas"), (".spec.env[name=\"s3cr3t\"].value", ".spec.env[…].value"),
        (".spec.c[name=\"a\"].env[name=\"s3]cr[3t\"].value", ".spec.c[…].value"), (".spec.c[name=\"s3c\nr3t\"]", ".spec.c[…]"),
        (".spec.c[name=\"s3cr3t", ".spec.c[…]"),
    ])
    func aConflictIsToldWithoutKeys(path: String, told: String) {
        #expect(Text.withoutKeys(path) == told)
    }

    private static func port(_ number: Int, _ name: String) -> FieldPath.Element {
        .key([.init(name: "containerPort", json: "\(number)"), .init(name: "protocol", json: "\"\(name)\"")])
    }

    /// Git may have let go of a field whose value is no Secret's any more.
    @Test func whatWasSecretWhenItWasAppliedStaysSoInTheCluster() {
        let open = Self.desired([])
        let former = SecretPaths(text: Self.web.secrets.text)
        #expect(former == Self.web.secrets)
        let value = FieldPath([Self.spec, Self.containers, Self.named("b"), .field("env"), Self.named("P"), .field("value")])
        for (path, isHidden) in [(value, true), (FieldPath(fields: "spec", "replicas"), true), (FieldPath(fields: "spec", "other"), false)]
        {
            let shown = Self.redaction.shown("old", at: path, of: open, former: former)
            if case .redacted = shown { #expect(isHidden) } else { #expect(!isHidden && shown == .value("old")) }
            #expect(Self.redaction.shown("new", at: path, of: open) == .value("new"))
        }
        guard
            case .value(let spec) = Self.redaction.shown(
                Self.object["spec"] ?? .null, at: FieldPath(fields: "spec"), of: open, former: former)
        else {
            Issue.record("nothing is shown")
            return
        }
        #expect(!"\(spec)".contains("canary") && spec["containers"]?[0]?["name"] == "a")
        // Where Git says the same, only the one element is meant.
        let other = FieldPath([Self.spec, Self.containers, Self.named("b"), .field("env"), Self.named("Q"), .field("value")])
        #expect(Self.redaction.shown("open", at: other, of: Self.web, former: former) == .value("open"))

        for text in ["*", "what?", "{}", "[[{}]]"] {
            guard
                case .redacted = Self.redaction.shown("old", at: FieldPath(fields: "data", "a"), of: open, former: SecretPaths(text: text))
            else {
                Issue.record("\(text) hides nothing")
                continue
            }
        }
        var many = SecretPaths()
        for number in 0..<5000 { many.insert(FieldPath(fields: "data", "a-long-name-of-a-key-\(number)")) }
        #expect(many.text == "*")
    }

    /// The digest that decides whether anything is to be done sees another value.
    @Test func anotherSecretIsAnotherObject() {
        var other = Self.web
        other.object.value.set("other", at: ["spec", "secret"])
        let ignore = IgnoreRules([], for: Self.web.key)
        #expect(
            RecordDigests.desired(payload: Self.web.object.value, ignore: ignore, kind: Self.web.key.groupKind)
                != RecordDigests.desired(payload: other.object.value, ignore: ignore, kind: Self.web.key.groupKind))
    }
}
