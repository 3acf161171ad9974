// Where `history` and `drift` look: in the journal, or in what the controller wrote into the cluster.

import ArgumentParser
import Journal
import KubernetesClient
import KubernetesModel

struct ClusterRecordsOptions: ParsableArguments {
    @Flag(
        name: .customLong("cluster"), inversion: .prefixedNo,
        help: "Only what the cluster lists, or only the journal (default: both, where the cluster has the Application).")
    var asksCluster: Bool?

    @Flag(name: [.customShort("A"), .long], help: "With the cluster: all namespaces.")
    var allNamespaces = false

    @OptionGroup var cluster: ClusterChoice

    /// Reads the Applications that are meant, and what `body` makes of them and of what the journal has of them. Says on standard error
    /// what was read.
    /// - Returns: nil where only the journal is to be read: that was asked for, no cluster is known, or the cluster knows no such
    ///   Application and the journal does.
    /// - Throws: also where a cluster is known and cannot be asked, and no journal was named: what a journal has may be old.
    func read<R: Sendable>(
        _ argument: ApplicationArgument, _ journal: JournalOptions,
        _ body: (ApplicationAccess, [ApplicationResource], JournalRecords) async throws -> R
    ) async throws -> R? {
        if asksCluster == true, journal.journal != nil { throw CommandFailure(.invalid, "--cluster and --journal exclude each other") }
        if asksCluster == false, allNamespaces { throw CommandFailure(.invalid, "-A is of a cluster; leave out -A or --no-cluster") }
        try journal.checkNamed()
        let isAsked = asksCluster == true || allNamespaces
        if !isAsked {
            let isKnown = cluster.access.isConfigured && !(journal.journal != nil && cluster.access.contextName == nil)
            guard asksCluster != false, isKnown else { return try tellJournal(journal) }
        }
        do {
            return try await ask(argument, journal, canFallBack: !isAsked, body)
        } catch {
            guard !isAsked, var failure = CommandFailure(error), Journal.exists(at: try journal.path) else { throw error }
            if journal.journal != nil, failure.status == .unreachable {
                Invocation.current.console.warn("the cluster cannot be asked: \(failure.message)")
                return try tellJournal(journal)
            }
            failure.hint = [failure.hint, "--no-cluster reads what was recorded on this machine"].compactMap { $0 }.joined(separator: "; ")
            throw failure
        }
    }

    /// - Parameter canFallBack: whether the journal is read alone where the cluster knows nothing.
    private func ask<R: Sendable>(
        _ argument: ApplicationArgument, _ journal: JournalOptions, canFallBack: Bool,
        _ body: (ApplicationAccess, [ApplicationResource], JournalRecords) async throws -> R
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
        return try await cluster.withClient(.reading) { client -> R? in
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
                if canFallBack, error.code == .kindNotServed { return try tellJournal(journal) }
                throw ApplicationAccess.explained(
                    error, place == nil ? "list" : "get", ApplicationAccess.applications,
                    place?.namespace ?? (allNamespaces ? nil : namespace))
            }
            if found.isEmpty, canFallBack, try await knows(argument, journal) { return try tellJournal(journal) }
            if found.isEmpty, let place { _ = try await access.application(place) }
            let records = try await records(of: found, journal)
            let answer = try await body(access, found, records ?? JournalRecords())
            let context = fallback.contextName.map { " (context \(Printable.text($0)))" } ?? ""
            let also = records == nil ? "" : " and from the journal \(Printable.text(try journal.path))"
            Invocation.current.console.say("read from the cluster\(context)\(also)")
            return answer
        }
    }

    /// - Returns: nil where there is no journal, or one was neither named nor can be read.
    private func records(of applications: [ApplicationResource], _ options: JournalOptions) async throws -> JournalRecords? {
        guard asksCluster == nil, !applications.isEmpty, let path = try? options.path, Journal.exists(at: path) else { return nil }
        do {
            let journal = try options.open()
            let records = try await JournalRecords.read(journal, of: applications)
            try await journal.close()
            return records
        } catch let error as JournalError {
            if options.journal != nil { throw error }
            Invocation.current.console.warn("the journal \(path) cannot be read: \(error.message)")
            return nil
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
