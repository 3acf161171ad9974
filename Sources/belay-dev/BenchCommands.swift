// The benchmarks' own subjects: the load, and the bare loop of PATCH requests that stands for the limit.

import ArgumentParser
import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData

/// `belay-dev mixed-manifests --count N DIRECTORY`.
struct MixedManifestsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mixed-manifests", abstract: "Write the manifests that the apply benchmarks apply.")
    @Option var count = 1000
    @Argument var directory: String

    func run() throws { try MixedManifests(count: count).write(to: directory) }
}

/// `belay-dev bare-apply --namespace NS DIRECTORY`: the same requests with the same client, and nothing else.
struct BareApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bare-apply", abstract: "Send every manifest of a directory as a server-side apply, and do nothing else.")
    @Option var namespace: String
    @Option var concurrency = 16
    @Argument var directory: String

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let connection = try ClusterConnection.load(kubeconfig: nil, context: nil, environment: environment, allowExec: false)
        let client = try KubernetesClient(connection: connection, concurrency: concurrency)
        do {
            try await apply(with: client)
            await client.shutdown()
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func apply(with client: KubernetesClient) async throws {
        let discovery = try await client.discovery()
        var requests: [(APIResource, Value)] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: directory).sorted() {
            guard let data = FileManager.default.contents(atPath: "\(directory)/\(file)") else { continue }
            for document in try YAML.read(Array(data), file: file) {
                var object = Unstructured(document.value)
                guard let kind = object.groupVersionKind, let resource = discovery[kind] else { continue }
                object.namespace = namespace
                requests.append((resource, object.value))
            }
        }
        let clock = ContinuousClock()
        let started = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            var next = requests.makeIterator()
            func add() {
                guard let (resource, body) = next.next() else { return }
                group.addTask {
                    _ = try await client.apply(resource, body: body, fieldManager: "bare", force: false, class: .managed)
                }
            }
            for _ in 0..<concurrency { add() }
            while try await group.next() != nil { add() }
        }
        print("\(requests.count) objects in \(clock.now - started)")
    }
}
