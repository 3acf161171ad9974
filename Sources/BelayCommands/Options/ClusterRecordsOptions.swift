// Where `history` and `drift` look: in the journal, or in what the controller wrote into the cluster.

import ArgumentParser
import Journal
import KubernetesClient
import KubernetesModel

struct ClusterRecordsOptions: ParsableArguments {
    @Flag(
        name: .customLong("cluster"),
        help: "Ask the cluster what its controller recorded, and nothing else (default: the journal where the cluster knows nothing).")
    var asksCluster = false

    @Flag(name: [.customShort("A"), .long], help: "With the cluster: all namespaces.")
    var allNamespaces = false

    @OptionGroup var cluster: ClusterChoice

    /// Reads the Applications that are meant, and what `body` makes of them. Says on standard error what was read.
    /// - Returns: nil where the journal is to be read: it was named, no cluster is known, or the cluster knows no such Application and
    ///   the journal does.
    /// - Throws: also where a cluster is known and cannot be asked: what the journal has may be old.
    func read<R: Sendable>(
        _ argument: ApplicationArgument, _ journal: JournalOptions,
        _ body: (ApplicationAccess, [ApplicationResource]) async throws -> R
    ) async throws -> R? {
        if asksCluster, journal.journal != nil { throw CommandFailure(.invalid, "--cluster and --journal exclude each other") }
        let isAsked = asksCluster || allNamespaces
        if !isAsked {
            if journal.journal != nil { return nil }
            let hasJournal = Journal.exists(at: try journal.path)
            guard cluster.access.isConfigured, !(hasJournal && cluster.access.mustBeNamed) else { return try tellJournal(journal) }
        }
        do {
            return try await ask(argument, isAsked ? nil : journal, body)
        } catch {
            guard !isAsked, var failure = CommandFailure(error), Journal.exists(at: try journal.path) else { throw error }
            let path = try journal.path
            failure.hint = [failure.hint, "--journal \(path) reads what was recorded on this machine"].compactMap { $0 }.joined(
                separator: "; ")
            throw failure
        }
    }

    /// - Parameter journal: what is read where the cluster knows nothing; nil where only the cluster counts.
    private func ask<R: Sendable>(
        _ argument: ApplicationArgument, _ journal: JournalOptions?, _ body: (ApplicationAccess, [ApplicationResource]) async throws -> R
    ) async throws -> R? {
        if allNamespaces, argument.application != nil || argument.namespace != nil {
            throw CommandFailure(.invalid, "-A means all Applications; leave out the name and -n, or -A")
        }
        let fallback = cluster.access
        let place = try argument.application.map {
            try ApplicationPlace($0, namespace: argument.namespace, default: fallback.namespace)
        }
        let namespace = argument.namespace ?? fallback.namespace
        if let problem = Names.namespaceProblem(namespace) { throw CommandFailure(.invalid, "--namespace \(problem)") }
        return try await cluster.withClient { client -> R? in
            let access = ApplicationAccess(client: client)
            let found: [ApplicationResource]
            do {
                if let place {
                    let object = try await client.get(ApplicationAccess.applications, namespace: place.namespace, name: place.name)
                    found = object.map { [ApplicationResource($0.value)] } ?? []
                } else {
                    found = try await access.sorted(client.list(ApplicationAccess.applications, namespace: allNamespaces ? nil : namespace))
                }
            } catch let error as ClientError {
                if let journal, error.code == .kindNotServed { return try tellJournal(journal) }
                throw ApplicationAccess.explained(
                    error, place == nil ? "list" : "get", ApplicationAccess.applications,
                    place?.namespace ?? (allNamespaces ? nil : namespace))
            }
            if found.isEmpty, let journal, try await knows(argument, journal) { return try tellJournal(journal) }
            if found.isEmpty, let place { _ = try await access.application(place) }
            let answer = try await body(access, found)
            Invocation.current.console.say(
                "read from the cluster" + (fallback.contextName.map { " (context \(Printable.text($0)))" } ?? ""))
            return answer
        }
    }

    private func knows(_ argument: ApplicationArgument, _ options: JournalOptions) async throws -> Bool {
        guard Journal.exists(at: try options.path) else { return false }
        let journal = try options.open()
        let known = try await journal.applications()
        try await journal.close()
        return known.contains { reference in
            let parts = reference.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2, argument.namespace.map({ $0 == parts[0] }) ?? true else { return false }
            return argument.application.map { $0 == reference || $0 == parts[1] } ?? true
        }
    }

    /// - Returns: nil: the journal is to be read.
    private func tellJournal<R>(_ journal: JournalOptions) throws -> R? {
        let path = try journal.path
        // That there is none is told where it is opened.
        if Journal.exists(at: path) { Invocation.current.console.say("read from the journal \(Printable.text(path)), not from a cluster") }
        return nil
    }
}
