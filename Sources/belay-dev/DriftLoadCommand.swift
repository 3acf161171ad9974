// The drift benchmark: changes members behind Git's back and takes the time until each is in the journal, and until it is put right.

import ArgumentParser
import ControllerRuntime
import Foundation
import Journal
import KubernetesClient
import KubernetesModel
import TestSupport

/// `belay-dev drift-load --journal FILE --namespace NS…`.
struct DriftLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drift-load", abstract: "Change members of the controller's load, and time how they are recorded and put right.",
        discussion:
            "Times count from the server's answer to the change: until a reader of the journal finds its episode, and until a watch has the object as Git has it."
    )
    @Option var count = 200
    @Option(help: "How many changes are under way at once.") var atOnce = 1
    @Option var seed: UInt64 = 1
    @Option var journal: String
    @Option var namespace: [String]

    func run() async throws {
        let journal = try Journal(path: self.journal)
        try await withBenchClient(concurrency: 64) { client in
            let changes = try await changes(client)
            let resources = Set(changes.map(\.resource))
            let sightings = Sightings()
            await withTaskGroup(of: Void.self) { group in
                for resource in resources { group.addTask { await follow(resource, client, sightings) } }
                await sightings.listed(resources.count)
                let results = await measure(changes, client, journal, sightings)
                group.cancelAll()
                report(results)
            }
        }
        try await journal.close()
    }

    private struct Result: Sendable {
        var change: DriftChange
        var recorded: Duration?
        var corrected: Duration?
        var problem: String?
    }

    private static let patience = Duration.seconds(20)

    // MARK: The load

    /// No two of one Application.
    private func changes(_ client: KubernetesClient) async throws -> [DriftChange] {
        var members: [String: [(APIResource, Unstructured)]] = [:]
        for (group, kind) in [("apps", "Deployment"), ("", "ServiceAccount"), ("", "Service"), ("networking.k8s.io", "Ingress")] {
            let resource = try await BenchClient.resource(client, group, kind)
            for namespace in namespace {
                for object in try await client.list(resource, namespace: namespace, labelSelector: "applyset.kubernetes.io/part-of").items {
                    members["\(namespace)/\(object.name)", default: []].append((resource, object))
                }
            }
        }
        var generator = SeededGenerator(seed: seed)
        let chosen = members.sorted { $0.key < $1.key }.shuffled(using: &generator).prefix(count)
        return chosen.enumerated().compactMap { index, entry in
            let kind = DriftChange.Kind.allCases[index % DriftChange.Kind.allCases.count]
            let needsDeployment = kind == .scale || kind == .env
            let candidates = entry.value.filter { !needsDeployment || $0.0.groupVersionKind.kind == "Deployment" }
            guard let (resource, object) = candidates.randomElement(using: &generator), let key = object.key, let uid = object.uid else {
                return nil
            }
            return DriftChange(kind: kind, resource: resource, key: key, uid: uid)
        }
    }

    // MARK: Watching

    private func follow(_ resource: APIResource, _ client: KubernetesClient, _ sightings: Sightings) async {
        await Reflector(client: client, scope: .init(resource: resource)).run { event in
            switch event {
            case .listed: await sightings.isListed()
            case .changed(let event) where event.kind != .deleted: await sightings.see(event.object)
            default: break
            }
        }
    }

    /// Tells when a watch had the object as Git has it.
    private actor Sightings {
        private var expected: [ObjectKey: DriftChange] = [:]
        private var seen: [ObjectKey: ContinuousClock.Instant] = [:]
        private var lists = 0

        func isListed() { lists += 1 }

        func listed(_ count: Int) async {
            while lists < count { try? await Task.sleep(for: .milliseconds(20)) }
        }

        /// The change is about to be made: only what comes after its answer counts.
        func expect(_ change: DriftChange) {
            expected[change.key] = change
            seen[change.key] = nil
        }

        func see(_ object: Unstructured) {
            guard let key = object.key, let change = expected[key] else { return }
            // The first state that is right comes after one that is not, except where the object was gone.
            seen[key] = change.isCorrected(in: object) ? seen[key] ?? .now : nil
        }

        func time(of key: ObjectKey) -> ContinuousClock.Instant? { seen[key] }
    }

    // MARK: Measuring

    private func measure(
        _ changes: [DriftChange], _ client: KubernetesClient, _ journal: Journal, _ sightings: Sightings
    ) async -> [Result] {
        await withTaskGroup(of: Result.self) { group in
            var results: [Result] = []
            var next = changes.makeIterator()
            func add() {
                guard let change = next.next() else { return }
                group.addTask { await measure(change, client, journal, sightings) }
            }
            for _ in 0..<max(1, atOnce) { add() }
            while let result = await group.next() {
                results.append(result)
                add()
            }
            return results
        }
    }

    private func measure(
        _ change: DriftChange, _ client: KubernetesClient, _ journal: Journal, _ sightings: Sightings
    ) async -> Result {
        let application = "\(change.key.namespace ?? "")/\(change.key.name)"
        var result = Result(change: change)
        do {
            let old = Set(try await journal.episodes(application: application, openOnly: false, limit: 50).map(\.id))
            await sightings.expect(change)
            try await change.make(with: client)
            let clock = ContinuousClock()
            let begun = clock.now
            while (result.recorded == nil || result.corrected == nil) && clock.now - begun < Self.patience {
                if result.recorded == nil {
                    let episodes = try await journal.episodes(application: application, openOnly: false, limit: 50)
                    let found = episodes.filter { !old.contains($0.id) && $0.key == change.key }
                    if let episode = found.first {
                        result.recorded = clock.now - begun
                        if episode.type != change.kind.episode { result.problem = "is called \(episode.type)" }
                    }
                }
                if let seen = await sightings.time(of: change.key) { result.corrected = max(.zero, seen - begun) }
                try await Task.sleep(for: .milliseconds(4))
            }
            if result.recorded == nil { result.problem = "was never recorded" }
            if result.corrected == nil { result.problem = (result.problem ?? "was recorded") + ", and not put right" }
        } catch {
            result.problem = "\(error)"
        }
        return result
    }

    private func report(_ results: [Result]) {
        func line(_ name: String, _ part: [Result]) {
            let recorded = BenchClient.percentiles(part.compactMap(\.recorded)),
                corrected = BenchClient.percentiles(part.compactMap(\.corrected))
            print("\(name)\t\(part.count)\trecorded \(recorded)\tcorrected \(corrected)")
        }
        for kind in DriftChange.Kind.allCases { line(kind.rawValue, results.filter { $0.change.kind == kind }) }
        line("all", results)
        for result in results {
            if let problem = result.problem { print("problem\t\(result.change.kind.rawValue) of \(result.change.key) \(problem)") }
        }
    }
}
