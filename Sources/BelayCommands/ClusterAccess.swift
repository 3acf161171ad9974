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

    /// The connection for these Applications.
    /// - Throws: ``CommandFailure`` for a cluster elsewhere that `--context` does not name.
    func connection(for applications: [Application]) throws -> ClusterConnection {
        var connection = try connection()
        try guardRemote(connection, applications)
        for warning in connection.warnings { invocation.console.warn(warning) }
        let accounts = Set(
            applications.compactMap { application in
                application.destination.serviceAccountName.map { "system:serviceaccount:\(application.namespace):\($0)" }
            })
        if impersonates {
            guard accounts.count <= 1, accounts.isEmpty || applications.allSatisfy({ $0.destination.serviceAccountName != nil }) else {
                throw CommandFailure(
                    .invalid, "the Applications act as different service accounts, which --impersonate cannot do in one run",
                    hint: "apply them one after another")
            }
            guard let account = accounts.first else {
                throw CommandFailure(.invalid, "--impersonate needs spec.destination.serviceAccountName in the Application")
            }
            connection.impersonate = account
        } else {
            for application in applications {
                guard let account = application.destination.serviceAccountName else { continue }
                invocation.console.warn(
                    "\(application.reference) asks for the service account \(account); you act as yourself (--impersonate acts as it)")
            }
        }
        return connection
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
        throw ClientError(code: .configuration, message: "stub")
    }

    private func guardRemote(_ connection: ClusterConnection, _ applications: [Application]) throws {
        guard context == nil else { return }
        if let remote = applications.first(where: { $0.destination.kubeConfigSecretRef != nil }) {
            throw CommandFailure(
                .invalid, "\(remote.reference) goes to another cluster (spec.destination.kubeConfigSecretRef)",
                hint: "say which context that is: --context NAME")
        }
        // Without a context there is no kubeconfig: a pod talks to its own cluster.
        guard !connection.contextName.isEmpty, !ClusterAccess.isLoopback(connection.server) else { return }
        throw CommandFailure(
            .invalid, "the current context \(connection.contextName) is a cluster on another machine, \(connection.server)",
            hint: "name it, so that it cannot be the wrong one: --context \(connection.contextName)")
    }

    /// `localhost`, `*.localhost`, 127.0.0.0/8 and ::1, by the address as written.
    static func isLoopback(_ server: String) -> Bool {
        var host = server[...]
        if let scheme = host.range(of: "://") { host = host[scheme.upperBound...] }
        host = host.prefix { $0 != "/" }
        if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
        if host.hasPrefix("[") {
            return host.dropFirst().prefix { $0 != "]" } == "::1"
        }
        if let colon = host.lastIndex(of: ":") { host = host[..<colon] }
        let name = host.lowercased()
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
