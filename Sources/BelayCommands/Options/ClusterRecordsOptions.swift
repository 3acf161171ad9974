// Where `history` and `drift` look: in the journal, or in what the controller wrote into the cluster.

import ArgumentParser
import Journal
import KubernetesClient
import KubernetesModel

struct ClusterRecordsOptions: ParsableArguments {
    @Flag(name: .customLong("cluster"), help: "Ask the cluster what its controller recorded, not the journal (default: without a journal).")
    var asksCluster = false

    @Flag(name: [.customShort("A"), .long], help: "With the cluster: all namespaces.")
    var allNamespaces = false

    @OptionGroup var cluster: ClusterChoice

    /// Reads the Applications that are meant, and what `body` makes of them.
    /// - Returns: nil where the journal is to be read: it was named, it is there, or the cluster has no answer and was not asked for.
    func read<R: Sendable>(
        _ argument: ApplicationArgument, _ journal: JournalOptions,
        _ body: (ApplicationAccess, [ApplicationResource]) async throws -> R
    ) async throws -> R? {
        if asksCluster, journal.journal != nil { throw CommandFailure(.invalid, "--cluster and --journal exclude each other") }
        guard asksCluster || allNamespaces else {
            if journal.journal != nil { return nil }
            if Journal.exists(at: try journal.path) { return nil }
            do {
                return try await ask(argument, body)
            } catch is CommandFailure {
                return nil
            } catch is ClientError {
                return nil
            }
        }
        return try await ask(argument, body)
    }

    private func ask<R: Sendable>(
        _ argument: ApplicationArgument, _ body: (ApplicationAccess, [ApplicationResource]) async throws -> R
    ) async throws -> R {
        if allNamespaces, argument.application != nil || argument.namespace != nil {
            throw CommandFailure(.invalid, "-A means all Applications; leave out the name and -n, or -A")
        }
        let fallback = cluster.access
        let place = try argument.application.map {
            try ApplicationPlace($0, namespace: argument.namespace, default: fallback.namespace)
        }
        let namespace = argument.namespace ?? fallback.namespace
        if let problem = Names.namespaceProblem(namespace) { throw CommandFailure(.invalid, "--namespace \(problem)") }
        return try await cluster.withClient { client in
            let access = ApplicationAccess(client: client)
            if let place { return try await body(access, [try await access.application(place)]) }
            return try await body(access, try await access.applications(in: allNamespaces ? nil : namespace))
        }
    }
}
