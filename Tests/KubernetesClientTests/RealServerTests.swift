// The client against a real API server, where KUBEBUILDER_ASSETS names one.

import KubernetesClient
import KubernetesModel
import StructuredData
import TestSupport
import Testing

@Suite(
    "client and a real API server", .enabled(if: APIServer.assets != nil, "KUBEBUILDER_ASSETS names no API server"),
    .timeLimit(.minutes(20))
)
struct RealServerTests {
    private static let configMaps = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"), resource: "configmaps", namespaced: true)
    private static let secrets = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "Secret"), resource: "secrets", namespaced: true)
    private static let namespaces = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "Namespace"), resource: "namespaces", namespaced: false)
    private static let widgets = APIResource(
        groupVersionKind: GroupVersionKind(group: "example.com", version: "v1", kind: "Widget"), resource: "widgets", namespaced: true)

    private func withClient<Result>(_ namespace: String, _ body: (KubernetesClient) async throws -> Result) async throws -> Result {
        let server = try await APIServer.shared()
        let connection = try ClusterConnection.load(kubeconfig: server.kubeconfig, context: nil, environment: [:], allowExec: false)
        return try await KubernetesClient.with(connection) { client in
            _ = try await client.apply(
                Self.namespaces, body: ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]],
                fieldManager: "test", force: false, class: .managed)
            return try await body(client)
        }
    }

    private func configMap(_ name: String, in namespace: String, _ data: Object) -> Value {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "data": .object(data),
        ]
    }

    private func failure(_ body: () async throws -> some Any) async throws -> ClientError {
        try #require(await #expect(throws: ClientError.self) { _ = try await body() })
    }

    @Test("discovery names the kinds of the core group and of others, in the order of preference")
    func discovery() async throws {
        try await withClient("discovery") { client in
            let discovery = try await client.discovery()
            #expect(discovery.isComplete)
            let deployment = try #require(discovery[GroupVersionKind(group: "apps", version: "v1", kind: "Deployment")])
            #expect(deployment.resource == "deployments")
            #expect(deployment.namespaced)
            #expect(deployment.subresources.isSuperset(of: ["scale", "status"]))
            #expect(deployment.verbs.contains("patch"))
            #expect(discovery[GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler")]?.groupVersionKind.version == "v2")
            #expect(discovery[GroupKind(group: "", kind: "Namespace")]?.namespaced == false)
            #expect(discovery[GroupKind(group: "", kind: "ConfigMap")]?.shortNames == ["cm"])
            #expect(try await client.version()["major"]?.string == "1")

            // A group whose server does not answer is known by name only.
            let services = try #require(discovery[GroupKind(group: "apiregistration.k8s.io", kind: "APIService")])
            let broken: Value = [
                "apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": ["name": "v1.broken.example.com"],
                "spec": [
                    "group": "broken.example.com", "version": "v1", "groupPriorityMinimum": 100, "versionPriority": 10,
                    "insecureSkipTLSVerify": true, "service": ["name": "nowhere", "namespace": "discovery"],
                ],
            ]
            _ = try await client.apply(services, body: broken, fieldManager: "test", force: false, class: .managed)
            try await Wait.until("the broken group shows") {
                try await client.discovery().incompleteGroups == ["broken.example.com"]
            }
            let partial = try await client.discovery()
            #expect(!partial.isComplete)
            #expect(partial[deployment.groupVersionKind] == deployment)
            let resource = APIResource(
                groupVersionKind: GroupVersionKind(group: "broken.example.com", version: "v1", kind: "Thing"), resource: "things",
                namespaced: true)
            let error = try await failure { try await client.list(resource, namespace: "discovery") }
            #expect(error.code == .unavailable, "\(error)")
            _ = try await client.delete(
                services, namespace: nil, name: "v1.broken.example.com", options: .init(uid: nil, resourceVersion: nil), class: .managed)
        }
    }

    @Test("apply, read, change, conflict, delete")
    func lifeOfAnObject() async throws {
        try await withClient("life") { client in
            let resource = Self.configMaps
            #expect(try await client.get(resource, namespace: "life", name: "a") == nil)
            let body = configMap("a", in: "life", ["k": "1"])
            let predicted = try await client.apply(resource, body: body, fieldManager: "one", force: false, dryRun: true, class: .managed)
            #expect(predicted.created)
            #expect(try await client.get(resource, namespace: "life", name: "a") == nil)
            let made = try await client.apply(resource, body: body, fieldManager: "one", force: false, class: .managed)
            #expect(made.created)
            let uid = try #require(made.object.uid)
            #expect(made.object.managedFields.first?.manager == "one")
            #expect(made.object.managedFields.first?.fields.contains(FieldPath(fields: "data", "k")) == true)
            let again = try await client.apply(resource, body: body, fieldManager: "one", force: false, class: .managed)
            #expect(!again.created)
            #expect(again.object.resourceVersion == made.object.resourceVersion)

            let other = configMap("a", in: "life", ["k": "2"])
            let conflict = try await failure {
                try await client.apply(resource, body: other, fieldManager: "two", force: false, class: .managed)
            }
            #expect(conflict.code == .fieldConflict)
            #expect(conflict.conflicts == [.init(path: ".data.k", manager: "one")])
            let forced = try await client.apply(resource, body: other, fieldManager: "two", force: true, class: .managed)
            #expect(forced.object.value.at("data", "k")?.string == "2")

            var stale = other
            stale.set(made.object.resourceVersion.map { .string($0) }, at: ["metadata", "resourceVersion"])
            #expect(
                try await failure { try await client.apply(resource, body: stale, fieldManager: "two", force: true, class: .managed) }.code
                    == .conflict)
            var wrongUID = other
            wrongUID.set("11111111-1111-1111-1111-111111111111", at: ["metadata", "uid"])
            #expect(
                try await failure { try await client.apply(resource, body: wrongUID, fieldManager: "two", force: true, class: .managed) }
                    .code == .conflict)

            let patched = try await client.jsonPatch(
                resource, namespace: "life", name: "a",
                patch: [
                    ["op": "replace", "path": "/metadata/resourceVersion", "value": .string(forced.object.resourceVersion ?? "")],
                    ["op": "add", "path": "/data/p", "value": "x"],
                ], fieldManager: "three", class: .managed)
            #expect(patched.object.value.at("data", "p")?.string == "x")
            for patch: Value in [
                [["op": "replace", "path": "/metadata/resourceVersion", "value": "1"], ["op": "add", "path": "/data/q", "value": "x"]],
                [["op": "test", "path": "/data/k", "value": "nope"]], [["op": "remove", "path": "/data/nope"]],
            ] {
                let error = try await failure {
                    try await client.jsonPatch(resource, namespace: "life", name: "a", patch: patch, fieldManager: "three", class: .managed)
                }
                #expect(error.code == .conflict)
            }

            var options = KubernetesClient.DeleteOptions(uid: "11111111-1111-1111-1111-111111111111", resourceVersion: nil)
            let refused = try await failure {
                try await client.delete(resource, namespace: "life", name: "a", options: options, class: .managed)
            }
            #expect(refused.code == .conflict)
            options = .init(uid: uid, resourceVersion: patched.object.resourceVersion)
            #expect(try await client.delete(resource, namespace: "life", name: "a", options: options, class: .managed))
            #expect(try await !client.delete(resource, namespace: "life", name: "a", options: options, class: .managed))

            let counts = client.requestCounts
            #expect(counts.dryRun == 1)
            #expect(counts.delete == 3)
            #expect(counts.writes[.managed] == counts.apply + counts.patch + counts.delete)
        }
    }

    @Test("a list comes in pages and is whole, also metadata only")
    func pages() async throws {
        try await withClient("pages") { client in
            for index in 0..<7 {
                var body = configMap("c\(index)", in: "pages", ["i": .string("\(index)")])
                body.set(index.isMultiple(of: 2) ? "even" : "odd", at: ["metadata", "labels", "parity"])
                _ = try await client.create(Self.configMaps, body: body, fieldManager: "test", class: .managed)
            }
            // By label: where controllers run, each namespace has the cluster's certificates as a ConfigMap, too.
            let all = try await client.list(Self.configMaps, namespace: "pages", labelSelector: "parity", pageSize: 2)
            #expect(all.items.map(\.name) == (0..<7).map { "c\($0)" })
            #expect(all.items.allSatisfy { $0.kind == "ConfigMap" && $0.apiVersion == "v1" && $0.value["data"] != nil })
            #expect(!all.resourceVersion.isEmpty)
            let even = try await client.list(Self.configMaps, namespace: nil, labelSelector: "parity=even", metadataOnly: true, pageSize: 3)
            #expect(even.items.map(\.name) == ["c0", "c2", "c4", "c6"])
            #expect(even.items.allSatisfy { $0.kind == "ConfigMap" && $0.apiVersion == "v1" && $0.value["data"] == nil && $0.uid != nil })
        }
    }

    @Test("what the server refuses has its code, and its words without a Secret's")
    func refusals() async throws {
        try await withClient("refusals") { client in
            let missing = try await failure {
                try await client.apply(
                    Self.configMaps, body: configMap("a", in: "no-such-namespace", [:]), fieldManager: "t", force: false, class: .managed)
            }
            #expect(missing.code == .notFound)
            #expect(missing.message.contains("namespaces \"no-such-namespace\" not found"))
            #expect(try await failure { try await client.list(Self.widgets, namespace: "refusals") }.code == .kindNotServed)
            #expect(try await failure { try await client.get(Self.widgets, namespace: "refusals", name: "a") }.code == .kindNotServed)

            for (data, code) in [
                (["data": ["k": 8_675_309]] as Object, ClientError.Code.permanent), (["dat": ["k": "c2VjcmV0"]], .permanent),
            ] {
                var secret: Object = [
                    "apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s", "namespace": "refusals"],
                ]
                for entry in data { secret[entry.key] = entry.value }
                let error = try await failure {
                    try await client.apply(Self.secrets, body: .object(secret), fieldManager: "t", force: false, class: .managed)
                }
                #expect(error.code == code)
                #expect(!"\(error)".contains("8675309"))
                #expect(error.status?.message.contains("8675309") != true)
                #expect(error.message.contains("Secret refusals/s"))
            }

            var immutable = configMap("i", in: "refusals", ["a": "1"])
            immutable.set(true, at: ["immutable"])
            _ = try await client.apply(Self.configMaps, body: immutable, fieldManager: "t", force: false, class: .managed)
            immutable.set("2", at: ["data", "a"])
            let error = try await failure {
                try await client.apply(Self.configMaps, body: immutable, fieldManager: "t", force: false, class: .managed)
            }
            #expect(error.code == .immutable)
            let exists = try await failure {
                try await client.create(Self.configMaps, body: configMap("i", in: "refusals", [:]), fieldManager: "t", class: .managed)
            }
            #expect(exists.code == .alreadyExists)
            let unknown = try await failure {
                var body = configMap("u", in: "refusals", [:])
                body.set("x", at: ["dat"])
                return try await client.create(Self.configMaps, body: body, fieldManager: "t", class: .managed)
            }
            #expect(unknown.code == .badRequest)
        }
    }

    @Test("warnings of the server are collected")
    func warnings() async throws {
        try await withClient("warnings") { client in
            let pods = APIResource(
                groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "Pod"), resource: "pods", namespaced: true)
            let body: Value = [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": [
                    "name": "p", "namespace": "warnings",
                ],
                "spec": [
                    "containers": [["name": "c", "image": "i"]],
                    "nodeSelector": ["beta.kubernetes.io/os": "linux"],
                ],
            ]
            let answer = try await client.apply(pods, body: body, fieldManager: "t", force: false, dryRun: true, class: .managed)
            #expect(answer.warnings.contains { $0.contains("beta.kubernetes.io/os") })
        }
    }

    @Test("every character of a string comes through a server-side apply")
    func oddText() async throws {
        try await withClient("text") { client async throws in
            var text = String.UnicodeScalarView()
            for range in [0...0x2FF, 0x2000...0x206F, 0xD7F0...0xD7FF, 0xFE70...0xFFFF, 0x1F600...0x1F60F, 0x10FFF0...0x10FFFF]
                as [ClosedRange<UInt32>]
            {
                text.append(contentsOf: range.compactMap(Unicode.Scalar.init))
            }
            let value = Value.string(String(text) + " : # - {[ yes <<: *a &b !c %d @e `f \\u0041 ")
            let made = try await client.apply(
                Self.configMaps, body: configMap("odd", in: "text", ["k": value]), fieldManager: "t", force: false, class: .managed)
            #expect(made.object.value.at("data", "k") == value)
            #expect(try await client.get(Self.configMaps, namespace: "text", name: "odd")?.value.at("data", "k") == value)
        }
    }

    @Test("names with odd characters reach the object that is meant")
    func oddNames() async throws {
        try await withClient("odd") { client in
            let roles = APIResource(
                groupVersionKind: GroupVersionKind(group: "rbac.authorization.k8s.io", version: "v1", kind: "Role"), resource: "roles",
                namespaced: true)
            for name in ["system:a", "a?force=true", "a#b", "a b", "é", "a&b=c", "a\\b", "...", "A+B", "a;b", "\"quoted\""] {
                let body: Value = [
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
                    "metadata": ["name": .string(name), "namespace": "odd"], "rules": [],
                ]
                let made = try await client.apply(roles, body: body, fieldManager: "t", force: false, class: .managed)
                #expect(made.object.name.hasSameBytes(as: name))
                #expect(try await client.get(roles, namespace: "odd", name: name)?.uid == made.object.uid)
                let gone = try await client.delete(
                    roles, namespace: "odd", name: name, options: .init(uid: made.object.uid, resourceVersion: nil), class: .managed)
                #expect(gone)
            }
        }
    }
}
