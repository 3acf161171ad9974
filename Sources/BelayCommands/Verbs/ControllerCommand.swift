// `belay controller`: keeps the Applications of a cluster, in it or beside it, until it is stopped.

import ArgumentParser
import Foundation
import GitSource
import Journal
import KubernetesClient
import KubernetesModel
import Logging
import ReconcilerAPI
import Reconciliation

struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller", abstract: "Keep the Applications of a cluster fast to Git until stopped.",
        discussion: """
            Watches the Applications, polls their repositories, applies every commit, records drift and puts it right. Runs in a cluster \
            (belay install) or beside one. Logs are JSON lines on standard error.
            """)

    @OptionGroup(title: "Cluster") var cluster: ClusterChoice
    @OptionGroup var journal: JournalOptions

    @Option(name: .shortAndLong, help: ArgumentHelp("Look at Applications of this namespace only.", valueName: "namespace"))
    var namespace: String?

    @Option(help: ArgumentHelp("Whom to act as for Applications that name no service account.", valueName: "name"))
    var defaultServiceAccount: String?

    @Flag(help: "Let Applications name repositories on this machine's own disk.")
    var allowFileRepositories = false

    @Option(
        help: ArgumentHelp(
            "The namespace of the lease (default: that of the pod, else belay-system, or default where that is not there).",
            valueName: "namespace"))
    var leaseNamespace: String?

    @Option(
        help: ArgumentHelp("Where /healthz, /readyz and /metrics are served.", valueName: "host:port"),
        transform: ListenAddress.init(argument:))
    var healthAddress = ListenAddress.loopback(8081)

    @Option(help: ArgumentHelp("How many Applications are worked on at once.", valueName: "number"))
    var workers = 16

    func validate() throws {
        if !(1...256).contains(workers) { throw ValidationError("--workers is a number from 1 to 256") }
    }

    func run() async throws {
        let invocation = Invocation.current
        let access = ClusterAccess(kubeconfig: cluster.kubeconfig, context: cluster.context, invocation: invocation)
        let connection = try access.connection(for: [])
        var options = try options(invocation)
        if options.leaseNamespace.isEmpty {
            do {
                options.leaseNamespace = try await access.withClient(connection, Self.leaseNamespace)
            } catch is CancellationError {
                // Stopped before it began: as orderly an end as any.
                return
            }
        }
        let journal = try self.journal.open()
        let logger = Logger(label: "belay.controller") { JSONLogHandler(label: $0) }
        let registry = PrometheusRegistry()
        options.metrics = registry
        let controller = Controller(connection: connection, journal: journal, options: options, logger: logger)
        let server = HealthServer(
            address: healthAddress, metrics: registry, health: { controller.health.stall }, readiness: { controller.health.obstacle })
        do {
            try await serving(server, logger) { try await controller.run() }
        } catch {
            try? await journal.close()
            throw error
        }
        try await journal.close()
    }

    /// Runs `body` beside the server; whichever fails ends both.
    private func serving(_ server: HealthServer, _ logger: Logger, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await server.run { logger.info("health and metrics are served", metadata: ["port": "\($0)"]) }
                return false
            }
            group.addTask {
                try await body()
                return true
            }
            while let isDone = try await group.next() {
                if isDone { group.cancelAll() }
            }
        }
    }

    /// Beside a cluster: where an installed controller has its lease, so that both never work at once.
    private static func leaseNamespace(_ client: KubernetesClient) async throws -> String {
        let namespaces = APIResource(
            groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "Namespace"), resource: "namespaces", namespaced: false)
        do {
            let found = try await client.get(namespaces, namespace: nil, name: Installation.defaultNamespace)
            return found == nil ? "default" : Installation.defaultNamespace
        } catch let error as ClientError where error.code == .forbidden {
            // Whoever may not even ask has the rights of an installed controller, which are there.
            return Installation.defaultNamespace
        }
    }

    private func options(_ invocation: Invocation) throws -> Controller.Options {
        let environment = invocation.environment
        func set(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        var options = Controller.Options()
        options.namespace = namespace
        options.defaultServiceAccount = defaultServiceAccount
        options.leaseNamespace = leaseNamespace ?? set("POD_NAMESPACE") ?? ""
        options.identity = (set("POD_NAME") ?? ProcessInfo.processInfo.hostName) + "_" + UUID().uuidString.prefix(8).lowercased()
        options.workers = workers
        options.gitCache = try invocation.gitCache()
        options.gitWorker = set("BELAY_GIT_PATH")
        options.repositories = RepositoryPolicy(
            allowsLocal: allowFileRepositories, allowsPlainHTTP: set("BELAY_GIT_ALLOW_HTTP") == "1")
        return options
    }
}

extension ListenAddress {
    fileprivate init(argument: String) throws {
        do throws(Invalid) {
            try self.init(argument)
        } catch {
            throw ValidationError("--health-address: \(error)")
        }
    }
}
