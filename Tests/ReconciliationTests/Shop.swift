// A shop in a namespace of its own: one Application, its files, its journal, and the hands that change things behind Git's back.

import Foundation
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import Reconciliation
import SandboxCluster
import StructuredData
import Synchronization
import TestSupport
import Testing

/// One Application on a cluster, applied from files given as text.
struct Shop: Sendable {
    let client: KubernetesClient
    let journal: Journal
    var application: Application
    /// Who else may be asked while a run goes on.
    let progress = ProgressLog()

    var namespace: String { application.namespace }

    /// Gives `body` a shop with a fresh namespace name (not made yet), on a sandbox of its own or on the cluster of
    /// `BELAY_TEST_KUBECONFIG`.
    static func with(name: String = "web", _ body: (Shop) async throws -> Void) async throws {
        if let kubeconfig = ProcessInfo.processInfo.environment["BELAY_TEST_KUBECONFIG"] {
            let connection = try ClusterConnection.load(kubeconfig: kubeconfig, context: nil, environment: [:], allowExec: false)
            return try await with(connection, name, body)
        }
        let server = SandboxServer(controllers: false)
        let address = try await server.start()
        do {
            let connection = try ClusterConnection.load(untrusted: Array(address.kubeconfigYAML.utf8), source: "the sandbox")
            try await with(connection, name, body)
            await server.shutdown()
        } catch {
            await server.shutdown()
            throw error
        }
    }

    private static func with(_ connection: ClusterConnection, _ name: String, _ body: (Shop) async throws -> Void) async throws {
        try await KubernetesClient.with(connection) { client in
            let namespace = "shop-" + UUID().uuidString.prefix(8).lowercased()
            try await body(Shop(client: client, journal: try Journal(path: nil), application: application(namespace, name)))
        }
    }

    static func application(_ namespace: String, _ name: String) -> Application {
        var application = Application(
            namespace: namespace, name: name, source: .init(repoURL: "https://git.example.com/\(name).git"),
            destination: .init(namespace: namespace))
        application.timeout = .seconds(600)
        return application
    }

    // MARK: - Runs

    func reconciler(_ configure: (inout Reconciler.Options) -> Void = { _ in }) -> Reconciler {
        var options = Reconciler.Options()
        options.actor = "ada"
        configure(&options)
        return Reconciler(client: client, journal: journal, options: options, progress: progress.add)
    }

    /// - Parameter committed: the committer's time; empty: not known.
    static func snapshot(_ files: [String: String], committed: String = "") -> SourceSnapshot {
        let tree = Digest(of: Array(files.sorted { $0.key < $1.key }.map { "\($0.key)\n\($0.value)" }.joined().utf8)).description
        return SourceSnapshot(
            revision: "main@sha1:\(tree.prefix(7))",
            commit: .init(
                id: String(tree.prefix(40)), subject: "Change the shop", author: "Ada <ada@example.com>", date: "2026-11-23T10:00:00Z",
                committed: committed),
            treeID: tree, path: "",
            files: files.sorted { $0.key < $1.key }.map { name, text in
                SourceFile(path: name, blobID: Digest(of: Array(text.utf8)).description, bytes: Array(text.utf8))
            }, otherFiles: 0)
    }

    func apply(_ files: [String: String], _ configure: (inout Reconciler.Options) -> Void = { _ in }) async throws -> SyncReport {
        let reports = try await reconciler(configure).apply([(application, Shop.snapshot(files))])
        return try #require(reports.first)
    }

    func diff(_ files: [String: String]) async throws -> SyncReport {
        let reports = try await reconciler().diff([(application, Shop.snapshot(files))])
        return try #require(reports.first)
    }

    // MARK: - The cluster

    static let configMaps = resource("v1", "ConfigMap", "configmaps")
    static let secrets = resource("v1", "Secret", "secrets")
    static let deployments = resource("apps/v1", "Deployment", "deployments")
    static let services = resource("v1", "Service", "services")
    static let namespaces = resource("v1", "Namespace", "namespaces", namespaced: false)

    private static func resource(_ apiVersion: String, _ kind: String, _ plural: String, namespaced: Bool = true) -> APIResource {
        let parts = apiVersion.split(separator: "/")
        return APIResource(
            groupVersionKind: GroupVersionKind(
                group: parts.count == 2 ? String(parts[0]) : "", version: String(parts.last ?? ""), kind: kind),
            resource: plural, namespaced: namespaced)
    }

    func get(_ resource: APIResource, _ name: String) async throws -> Unstructured? {
        try await client.get(resource, namespace: resource.namespaced ? namespace : nil, name: name)
    }

    /// What a person does with `kubectl edit`.
    func edit(_ resource: APIResource, _ name: String, by manager: String = "kubectl-edit", _ change: (inout Value) -> Void) async throws {
        var object = try #require(try await get(resource, name)).value
        change(&object)
        _ = try await client.update(resource, body: object, fieldManager: manager, class: .managed)
    }

    func create(_ resource: APIResource, _ body: Value, by manager: String = "kubectl-create") async throws {
        var body = body
        if resource.namespaced { body.set(.string(namespace), at: ["metadata", "namespace"]) }
        body.set(.string(resource.groupVersionKind.apiVersion), at: ["apiVersion"])
        body.set(.string(resource.groupVersionKind.kind), at: ["kind"])
        _ = try await client.create(resource, body: body, fieldManager: manager, class: .managed)
    }

    func delete(_ resource: APIResource, _ name: String) async throws {
        _ = try await client.delete(
            resource, namespace: resource.namespaced ? namespace : nil, name: name, options: .init(uid: nil, resourceVersion: nil),
            class: .managed)
    }

    func makeNamespace() async throws {
        try await create(Shop.namespaces, ["metadata": ["name": .string(namespace)]])
    }

    /// Those that the parent names.
    var sources: [String] {
        get async throws { try await parent?.annotation("belay.dev/source")?.split(separator: "\n").map(String.init) ?? [] }
    }

    var parent: Unstructured? {
        get async throws { try await get(Shop.configMaps, "belay-\(application.name)") }
    }
}

/// What a run said while it went on.
final class ProgressLog: Sendable {
    private let said = Mutex<(warnings: [String], phases: [String])>(([], []))
    var warnings: [String] { said.withLock { $0.warnings } }
    var phases: [String] { said.withLock { $0.phases } }

    func add(_ progress: Reconciler.Progress) {
        said.withLock { said in
            switch progress {
            case .warning(let text): said.warnings.append(text)
            case .phase(let phase): said.phases.append(phase)
            case .planned, .operation, .awaits: break
            }
        }
    }
}

/// A kind of its own, whose health is what its status says.
struct Widgets {
    var shop: Shop
    let group: String

    init(_ shop: Shop) {
        self.shop = shop
        group = "\(shop.namespace).example.com"
        let rule = Application.HealthRule(
            group: group, kind: "Widget", healthy: [.init(type: "Ready")], degraded: [.init(type: "Broken")])
        self.shop.application.health.rules = [rule]
    }

    private var kind: WidgetKind { WidgetKind(group: group) }
    var definition: String { kind.definition }
    func manifest(_ name: String) -> String { kind.manifest(name) }

    var resource: APIResource {
        APIResource(groupVersionKind: GroupVersionKind(group: group, version: "v1", kind: "Widget"), resource: "widgets", namespaced: true)
    }

    func setReady(_ name: String, _ condition: String = "Ready") async throws {
        try await shop.edit(resource, name, by: "widget-controller") {
            $0.set([["type": .string(condition), "status": "True"]], at: ["status", "conditions"])
        }
    }
}

extension SyncReport {
    /// `create ConfigMap a: done`, without unchanged rows.
    var lines: [String] {
        operations.filter { $0.kind != .unchanged }.map { "\($0.kind) \($0.operation.key.kind) \($0.operation.key.name): \($0.result)" }
    }

    func row(_ name: String) -> ReportedOperation? { operations.first { $0.operation.key.name == name } }
}

/// Manifests of the shop.
enum Manifest {
    static func configMap(_ name: String, _ data: String = "k: v", _ metadata: String = "") -> String {
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)\(metadata.isEmpty ? "" : ", " + metadata)}\ndata: {\(data)}\n"
    }

    static func deployment(_ name: String, replicas: Int = 0, image: String = "nginx:1", config: String? = nil) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: \(name)
          labels: {app: \(name)}
        spec:
          replicas: \(replicas)
          selector:
            matchLabels: {app: \(name)}
          template:
            metadata:
              labels: {app: \(name)}
            spec:
              containers:
              - name: web
                image: \(image)
        """ + (config.map { "\n        envFrom: [{configMapRef: {name: \($0)}}]\n" } ?? "\n")
    }
}
