// From the cluster options to a client: the kubeconfig read, the guard against the wrong cluster, one client for one run.

import Foundation
import KubernetesClient
import KubernetesModel

/// What the options say of the cluster.
struct ClusterAccess {
    var kubeconfig: String?
    var context: String?
    var impersonates = false
    var invocation: Invocation

    init(kubeconfig: String?, context: String?, invocation: Invocation) {
        self.kubeconfig = kubeconfig
        self.context = context
        self.invocation = invocation
    }

    init(options: ClusterOptions, invocation: Invocation) {
        self.init(kubeconfig: options.kubeconfig, context: options.context, invocation: invocation)
        impersonates = options.impersonate
    }

    /// The namespace of the context; `default` where no kubeconfig can be read (which the first request will say).
    var namespace: String { (try? connection().namespace) ?? "default" }

    /// Whether anything says which cluster is meant. What it says may be wrong, which is an error when it is asked.
    var isConfigured: Bool {
        func isSet(_ name: String) -> Bool { invocation.environment[name].map { !$0.isEmpty } ?? false }
        if kubeconfig != nil || context != nil || isSet("KUBECONFIG") || isSet("KUBERNETES_SERVICE_HOST") { return true }
        return invocation.environment["HOME"].map { FileManager.default.fileExists(atPath: $0 + "/.kube/config") } ?? false
    }

    /// For messages; nil where no kubeconfig can be read.
    var contextName: String? { try? connection().contextName }

    enum Purpose {
        case reading, writing
    }

    /// The connection for these Applications.
    /// - Throws: ``CommandFailure`` for a cluster elsewhere that is to be written to and that `--context` does not name.
    func connection(for applications: [Application], _ purpose: Purpose = .writing) throws -> ClusterConnection {
        let connection = try connection()
        if purpose == .writing { try guardRemote(connection, applications) }
        for warning in connection.warnings { invocation.console.warn(warning) }
        guard impersonates else {
            for application in applications {
                guard let account = application.destination.serviceAccountName else { continue }
                invocation.console.warn(
                    "\(application.reference) asks for the service account \(account); you act as yourself (--impersonate acts as it)")
            }
            return connection
        }
        guard let first = applications.first, let account = first.destination.serviceAccountName else {
            throw CommandFailure(.invalid, "--impersonate needs spec.destination.serviceAccountName in the Application")
        }
        guard applications.allSatisfy({ $0.destination.serviceAccountName == account && $0.namespace == first.namespace }) else {
            throw CommandFailure(
                .invalid, "the Applications act as different service accounts, which --impersonate cannot do in one run",
                hint: "apply them one after another")
        }
        return connection.impersonating(serviceAccount: account, in: first.namespace)
    }

    /// Runs `body` with a client that is shut down afterwards.
    func withClient<R: Sendable>(_ connection: ClusterConnection, _ body: (KubernetesClient) async throws -> R) async throws -> R {
        let client = try KubernetesClient(connection: connection)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func connection() throws -> ClusterConnection {
        try ClusterConnection.load(
            kubeconfig: kubeconfig.map(invocation.absolute), context: context, environment: invocation.environment, allowExec: true)
    }

    private func guardRemote(_ connection: ClusterConnection, _ applications: [Application]) throws {
        guard context == nil else { return }
        if let remote = applications.first(where: { $0.destination.kubeConfigSecretRef != nil }) {
            throw CommandFailure(
                .invalid, "\(remote.reference) goes to another cluster (spec.destination.kubeConfigSecretRef)",
                hint: "say which context that is: --context NAME")
        }
        guard connection.needsExplicitContext else { return }
        throw CommandFailure(
            .invalid, "the current context \(connection.contextName) is a cluster on another machine, \(connection.serverName)",
            hint: "name it, so that it cannot be the wrong one: --context \(connection.contextName)")
    }
}
