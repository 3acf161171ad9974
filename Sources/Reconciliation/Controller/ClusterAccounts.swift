// As whom the controller acts: one client, with its own watches, for each service account that Applications name.

import ControllerRuntime
import KubernetesClient
import KubernetesModel

/// One identity in the cluster.
struct ClusterAccount: Sendable {
    let client: KubernetesClient
    let cache: LiveCache
    let values: ValueWatches
    let absences: Absences
}

/// All identities in use. Applications without a service account share the controller's own.
actor ClusterAccounts {
    /// `system:serviceaccount:NAMESPACE:NAME`; nil for the controller itself.
    private typealias Identity = String?

    private let connection: ClusterConnection
    private let answered: @Sendable (AnsweredRequest) -> Void
    private let makeCache: @Sendable (KubernetesClient) -> LiveCache
    private let makeValues: @Sendable (KubernetesClient) -> ValueWatches
    private var accounts: [Identity: ClusterAccount] = [:]

    init(
        connection: ClusterConnection, answered: @escaping @Sendable (AnsweredRequest) -> Void = { _ in },
        makeCache: @escaping @Sendable (KubernetesClient) -> LiveCache,
        makeValues: @escaping @Sendable (KubernetesClient) -> ValueWatches
    ) {
        self.connection = connection
        self.answered = answered
        self.makeCache = makeCache
        self.makeValues = makeValues
    }

    /// - Parameter account: a service account of the Application's namespace; nil: the controller's own identity.
    /// - Throws: ``ClientError`` `configuration`.
    func account(_ name: String?, in namespace: String) throws -> ClusterAccount {
        let connection = name.map { self.connection.impersonating(serviceAccount: $0, in: namespace) } ?? self.connection
        if let known = accounts[connection.impersonate] { return known }
        let client = try KubernetesClient(connection: connection, answered: answered)
        let account = ClusterAccount(
            client: client, cache: makeCache(client), values: makeValues(client), absences: Absences(client: client))
        accounts[connection.impersonate] = account
        return account
    }

    /// What the variables of an Application stand for is followed by one identity at most.
    func leaveValues(of reference: String, besides account: ClusterAccount? = nil) async {
        for other in accounts.values where other.values !== account?.values { await other.values.leave(reference) }
    }

    /// Ends the watches and connections of identities that no Application uses any more.
    /// - Parameter used: the service accounts of all Applications, each with the namespace; nil: the controller itself, which stays anyhow.
    func keep(only used: [(name: String?, namespace: String)]) async {
        let identities = Set(
            used.map { account in
                account.name.map { connection.impersonating(serviceAccount: $0, in: account.namespace).impersonate }
                    ?? connection.impersonate
            })
        for identity in accounts.keys where identity != connection.impersonate && !identities.contains(identity) {
            guard let account = accounts.removeValue(forKey: identity) else { continue }
            await account.cache.stop()
            await account.values.stop()
            await account.client.shutdown()
        }
    }

    /// The caches in use.
    var caches: [LiveCache] { accounts.values.map(\.cache) }

    /// Ends the watches, then the connections.
    func stop() async {
        for account in accounts.values {
            await account.cache.stop()
            await account.values.stop()
        }
        for account in accounts.values { await account.client.shutdown() }
    }
}
