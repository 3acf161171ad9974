// Hands, owners, ignore rules, redaction, comparison, quantities: the tables and walks that rows are made of.

import KubernetesModel
import StructuredData
import Testing

@testable import Planning

struct FieldRuleTests {
    private func entry(_ manager: String, _ operation: ManagedFieldsEntry.Operation = .update, subresource: String? = nil)
        -> ManagedFieldsEntry
    {
        ManagedFieldsEntry(
            manager: manager, operation: operation, apiVersion: "v1", time: nil, subresource: subresource, fields: FieldSet())
    }

    @Test(arguments: [
        "kubectl", "kubectl-edit", "kubectl-client-side-apply", "kubectl-set", "before-first-apply", "oc", "k9s", "Lens", "dashboard",
    ])
    func peoplesToolsAreHands(manager: String) {
        for operation in [ManagedFieldsEntry.Operation.apply, .update] {
            #expect(Hands.standard.hold(entry(manager, operation)))
            #expect(Hands.standard.hold(entry(manager, operation, subresource: "scale")))
            #expect(!Hands.standard.hold(entry(manager, operation, subresource: "status")))
            #expect(!Hands.standard.hold(entry(manager, operation, subresource: "ephemeralcontainers")))
        }
    }

    @Test(arguments: ["kube-controller-manager", "argocd-controller", "helm", "Helm", "belay:a/b", "kubectlx", "cert-manager", ""])
    func programsAreNoHands(manager: String) { #expect(!Hands.standard.contains(manager: manager)) }

    @Test func handsCanBeExtended() {
        var hands = Hands.standard
        hands.names.insert("our-portal")
        hands.prefixes.append("ops-")
        #expect(hands.contains(manager: "our-portal") && hands.contains(manager: "ops-anna"))
    }

    // MARK: Owners

    private static let marks: [(String, String)] = [
        ("annotations: {argocd.argoproj.io/tracking-id: 'shop:apps/Deployment:ns/x'}", "Argo CD application shop"),
        ("labels: {argocd.argoproj.io/instance: shop}", "Argo CD application shop"),
        (
            "labels: {kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: flux-system}",
            "Flux Kustomization flux-system/apps"
        ),
        (
            "labels: {helm.toolkit.fluxcd.io/name: podinfo, helm.toolkit.fluxcd.io/namespace: flux-system}",
            "Flux HelmRelease flux-system/podinfo"
        ),
        ("annotations: {meta.helm.sh/release-name: r, meta.helm.sh/release-namespace: ns}", "Helm release ns/r"),
        ("labels: {kapp.k14s.io/app: '1'}", "kapp app 1"), ("annotations: {configsync.gke.io/manager: ':root'}", "Config Sync"),
        ("annotations: {objectset.rio.cattle.io/id: x}", "Rancher"), ("labels: {olm.owner: op}", "OLM (op)"),
        ("labels: {operators.coreos.com/etcd.ns: ''}", "OLM (etcd.ns)"), ("labels: {kluctl.io/discriminator: d}", "kluctl"),
        ("labels: {applyset.kubernetes.io/part-of: applyset-x-v1}", "another ApplySet (applyset-x-v1)"),
        (
            "labels: {applyset.kubernetes.io/part-of: applyset-x-v1}, annotations: {belay.dev/application: a/other}", "Application a/other"
        ), ("ownerReferences: [{kind: ReplicaSet, name: web-7d4, controller: true, uid: '1'}]", "ReplicaSet web-7d4"),
        (
            "labels: {app.kubernetes.io/instance: shop}, managedFields: [{manager: argocd-controller, operation: Update}]",
            "Argo CD application shop"
        ),
        ("managedFields: [{manager: 'belay:a/other', operation: Apply}]", "Application belay:a/other"),
    ]

    @Test(arguments: marks)
    func marksNameTheOwner(metadata: String, owner: String) throws {
        let live = try Samples.object("{apiVersion: v1, kind: ConfigMap, metadata: {name: x, \(metadata)}}")
        let found = Ownership.owner(of: live, parentID: "ours", reference: "apps/demo", fieldManager: "belay:apps/demo", desired: nil)
        #expect(found?.description.contains(owner) ?? false, "\(found?.description ?? "nobody")")
    }

    @Test(arguments: [
        "labels: {app.kubernetes.io/managed-by: Helm, app.kubernetes.io/instance: shop}", "labels: {olm.managed: 'false'}",
        "annotations: {configmanagement.gke.io/managed: disabled}", "labels: {applyset.kubernetes.io/part-of: ours}",
        "ownerReferences: [{kind: ReplicaSet, name: web, uid: '1'}]", "annotations: {belay.dev/application: a/other}",
        "managedFields: [{manager: 'belay:a/other', operation: Update}, {manager: belay-released, operation: Update}]",
    ])
    func someMarksAreNone(metadata: String) throws {
        let live = try Samples.object("{apiVersion: v1, kind: ConfigMap, metadata: {name: x, \(metadata)}}")
        #expect(Ownership.owner(of: live, parentID: "ours", reference: "apps/demo", fieldManager: "belay:apps/demo", desired: nil) == nil)
    }

    @Test func anOwnerThatGitItselfNamesIsNone() throws {
        let live = try Samples.object(
            "{apiVersion: v1, kind: Pod, metadata: {name: x, ownerReferences: [{kind: Job, name: j, controller: true, uid: '1'}]}}")
        #expect(Ownership.owner(of: live, parentID: "p", reference: "a/b", fieldManager: "belay:a/b", desired: live) == nil)
    }

    // MARK: Ignore rules

    private static let deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {a.b/c: x, "t~il": y}}
        spec:
          replicas: 1
          template:
            spec:
              containers:
              - {name: web, image: a, args: [x, y]}
              - {name: side, image: b}
        """

    @Test(arguments: [
        ("/spec/replicas", ["spec.replicas"]), ("/metadata/labels/a.b~1c", ["metadata.labels[\"a.b/c\"]"]),
        ("/metadata/labels/t~0il", ["metadata.labels[\"t~il\"]"]),
        ("/spec/template/spec/containers/1/image", ["spec.template.spec.containers[name=side].image"]),
        ("/spec/template/spec/containers/web/image", ["spec.template.spec.containers[name=web].image"]),
        (
            "/spec/template/spec/containers/*/image",
            ["spec.template.spec.containers[name=web].image", "spec.template.spec.containers[name=side].image"]
        ), ("/spec/template/spec/containers/0/args/1", ["spec.template.spec.containers[name=web].args[1]"]),
        ("/spec/*", ["spec.replicas", "spec.template"]), ("/nowhere/at/all", []), ("/spec/template/spec/containers/7", []), ("", []),
        ("spec/replicas", []), ("/", []),
    ])
    func pointersFindTheirPlaces(pointer: String, paths: [String]) throws {
        let object = try Samples.object(Self.deployment)
        let rules = IgnoreRules(
            [.init(kind: "Deployment", paths: [pointer])],
            for: ObjectKey(groupKind: .init(group: "apps", kind: "Deployment"), namespace: "n", name: "web"))
        #expect(rules.places(in: [object.value], keys: ListKeys()).map(\.path.description) == paths)
    }

    @Test(arguments: [
        (Application.IgnoreRule(kind: "Deployment", name: "w*", paths: ["/spec"]), true),
        (Application.IgnoreRule(kind: "Deployment", name: "x*", paths: ["/spec"]), false),
        (Application.IgnoreRule(kind: "StatefulSet", paths: ["/spec"]), false),
        (Application.IgnoreRule(kind: "*", paths: ["/spec"]), true),
        (Application.IgnoreRule(group: "batch", kind: "Deployment", paths: ["/spec"]), false),
        (Application.IgnoreRule(group: "apps", kind: "Deployment", name: "w?b", namespace: "n", paths: ["/spec"]), true),
        (Application.IgnoreRule(kind: "Deployment", namespace: "other", paths: ["/spec"]), false),
    ])
    func rulesFitByKindAndName(rule: Application.IgnoreRule, fits: Bool) throws {
        let object = try Samples.object(Self.deployment)
        let rules = IgnoreRules([rule], for: ObjectKey(groupKind: .init(group: "apps", kind: "Deployment"), namespace: "n", name: "web"))
        #expect(rules.places(in: [object.value], keys: ListKeys()).isEmpty != fits)
        #expect((rules.digestValue == .array([])) != fits)
    }

    @Test(arguments: [
        ("*", "", true), ("a*c", "abbbc", true), ("a*c", "abbb", false), ("a?c", "abc", true), ("?", "", false), ("**", "x", true),
        ("a*b*c", "a1b2b3c", true), ("", "", true), ("", "x", false),
    ])
    func globs(pattern: String, text: String, matches: Bool) { #expect(Glob.matches(pattern, text) == matches) }

    @Test func globsDoNotExplode() {
        let pattern = String(repeating: "*a", count: 50) + "b"
        #expect(!Glob.matches(pattern, String(repeating: "a", count: 2_000)))
    }

    // MARK: Redaction

    private static let redaction = Redaction(key: [1, 2, 3])

    @Test func secretsAreHiddenByType() throws {
        let kind = GroupKind.secret
        let secret = Value.string("aHVudGVyMg==")
        func shown(_ path: FieldPath, _ value: Value, _ kind: GroupKind = kind) -> Shown { Self.redaction.shown(value, at: path, of: kind) }
        #expect(shown(FieldPath(fields: "data", "password"), secret) == .redacted(Self.redaction.hash(secret)))
        #expect(shown(FieldPath(fields: "stringData", "password"), secret) != .value(secret))
        #expect(shown(FieldPath(fields: "unheard", "of"), secret) != .value(secret))
        #expect(shown(FieldPath(fields: "type"), "Opaque") == .value("Opaque"))
        #expect(shown(FieldPath(fields: "metadata", "labels", "a"), "b") == .value("b"))
        #expect(shown(FieldPath(fields: "data", "password"), secret, .configMap) == .value(secret))
        let lastApplied = FieldPath([.field("metadata"), .field("annotations"), .field(Tracking.lastApplied)])
        #expect(shown(lastApplied, "{}", .configMap) == .redacted(Self.redaction.hash("{}")))
        let unknownCopy = FieldPath([.field("metadata"), .field("annotations"), .field("some.tool/state")])
        #expect(shown(unknownCopy, "{\"data\":{}}") != .value("{\"data\":{}}"))
        #expect(shown(unknownCopy, "{\"data\":{}}", .configMap) == .value("{\"data\":{}}"))
    }

    @Test func wholeSecretsAreMasked() throws {
        let object = try Samples.object(
            """
            apiVersion: v1
            kind: Secret
            type: Opaque
            metadata:
              name: creds
              annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"data":{"password":"aHVudGVyMg=="}}', note: fine}
              managedFields: [{manager: x, fieldsV1: {'f:data': {'v:"aHVudGVyMg=="': {}}}}]
            data: {password: aHVudGVyMg==, list: [aHVudGVyMg==]}
            """)
        for path in [FieldPath(), FieldPath(fields: "metadata"), FieldPath(fields: "data"), FieldPath.annotations] {
            let value = try #require(object.value.value(at: path))
            let shown = Self.redaction.shown(value, at: path, of: .secret)
            #expect(!"\(shown)".contains("aHVudGVyMg"), "\(path)")
        }
        let masked = Self.redaction.masking(object.value, of: .secret)
        #expect(masked.at("metadata", "annotations", "note") == "fine")
        #expect(masked["data"]?["password"]?.string?.hasPrefix("REDACTED(") ?? false)
        #expect(masked["type"] == "Opaque")
    }

    @Test func hashesAreKeyed() {
        #expect(Self.redaction.hash("a") == Self.redaction.hash("a"))
        #expect(Self.redaction.hash("a") != Self.redaction.hash("b"))
        #expect(Self.redaction.hash("a") != Redaction(key: [9]).hash("a"))
        #expect(Self.redaction.hash("a").count == 12)
    }

    // MARK: Comparison

    private func differences(_ from: String, _ to: String) throws -> [String] {
        Comparison.differences(
            from: try Samples.object(from).value, to: try Samples.object(to).value, keys: ListKeys()
        ).map { "\($0.path): \($0.from.map(ListKeys.text) ?? "-") → \($0.to.map(ListKeys.text) ?? "-")" }
    }

    @Test(arguments: [
        ("{spec: {replicas: 1}}", "{spec: {replicas: 2}}", ["spec.replicas: 1 → 2"]),
        ("{a: {x: 1}}", "{a: {x: 1, z: 2}}", ["a.z: - → 2"]), ("{a: {x: 1}}", "{}", ["a.x: 1 → -"]), ("{a: {}}", "{}", ["a: {} → -"]),
        ("{a: 1}", "{a: 1.0}", []), ("{a: '1'}", "{a: 1}", ["a: \"1\" → 1"]),
        (
            "{containers: [{name: a, image: x}, {name: b}]}", "{containers: [{name: b}, {name: a, image: w}]}",
            ["containers[name=a].image: \"x\" → \"w\""]
        ),
        ("{containers: [{name: a}, {name: b}]}", "{containers: [{name: b}]}", ["containers[name=a]: {\"name\":\"a\"} → -"]),
        (
            "{containers: [{name: a}, {name: b}]}", "{containers: [{name: b}, {name: a}]}",
            ["containers: [{\"name\":\"a\"},{\"name\":\"b\"}] → [{\"name\":\"b\"},{\"name\":\"a\"}]"]
        ), ("{args: [a, b]}", "{args: [a, c]}", ["args: [\"a\",\"b\"] → [\"a\",\"c\"]"]),
        ("{rules: [{verbs: [get]}]}", "{rules: [{verbs: [list]}]}", ["rules[0].verbs: [\"get\"] → [\"list\"]"]),
        (
            "{ports: [{port: 80}, {port: 80, protocol: UDP}]}", "{ports: [{port: 80, name: x}, {port: 80, protocol: UDP}]}",
            ["ports[port=80,protocol=TCP].name: - → \"x\""]
        ),
        (
            "{metadata: {finalizers: [a, b]}}", "{metadata: {finalizers: [b, c]}}",
            ["metadata.finalizers[=\"a\"]: \"a\" → -", "metadata.finalizers[=\"c\"]: - → \"c\""]
        ),
        (
            "{status: {a: 1}, metadata: {resourceVersion: '1', generation: 1, uid: x}}",
            "{status: {a: 2}, metadata: {resourceVersion: '2'}}", []
        ),
        ("{a: \"caf\\u00e9\"}", "{a: \"cafe\\u0301\"}", ["a: \"caf\u{e9}\" → \"cafe\u{301}\""]),
    ])
    func comparing(from: String, to: String, expected: [String]) throws {
        let found = try differences(from, to)
        #expect(found.count == expected.count && zip(found, expected).allSatisfy { $0.hasSameBytes(as: $1) }, "\(found)")
    }

    @Test func whatNobodyManagesIsNoDifference() throws {
        let live = try Samples.object(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: x
              annotations: {webhook.example.com/nonce: "1"}
              managedFields: [{manager: a, operation: Apply, apiVersion: v1, fieldsV1: {'f:data': {'f:k': {}}}}]
            data: {k: "1"}
            """)
        var predicted = live
        predicted.setAnnotation("webhook.example.com/nonce", "2")
        #expect(Comparison.differences(from: live, to: predicted).isEmpty)
        predicted.value.set("2", at: ["data", "k"])
        #expect(Comparison.differences(from: live, to: predicted).map(\.path.description) == ["data.k"])
        #expect(Comparison.unstablePaths(prediction: live.value, response: predicted).map(\.description) == ["data.k"])
    }

    @Test(arguments: [
        ("1", "1000m", true), ("0.5", "500m", true), ("1Gi", "1024Mi", true), ("1Gi", "1073741824", true), ("1G", "1Gi", false),
        ("1e3", "1k", true), ("1.5Gi", "1536Mi", true), ("0", "0Gi", true), ("-1", "1", false), ("1", "2", false), ("abc", "abc", false),
        ("100000000000000000000", "1", false), ("1Ei", "1024Pi", true), ("", "", false), ("0.0000000001", "0", false),
    ])
    func quantities(left: String, right: String, same: Bool) {
        #expect((Quantity(left) == Quantity(right) && Quantity(left) != nil) == same)
    }
}
