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

/// `belay-dev bare-apply --namespace NS… DIRECTORY`: the same requests with the same client, and nothing else.
struct BareApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bare-apply", abstract: "Send every manifest of a directory as a server-side apply, and do nothing else.")
    @Option(help: "Instead of what the manifests say; of several, each folder has the next one.") var namespace: [String] = []
    @Option var concurrency = 16
    @Argument var directory: String

    func run() async throws {
        let times = try await withBenchClient(concurrency: concurrency) { try await apply(with: $0) }
        print("\(times.each.count) objects in \(times.all), ms: \(BenchClient.percentiles(times.each))")
    }

    private func apply(with client: KubernetesClient) async throws -> (all: Duration, each: [Duration]) {
        let requests = try requests(try await client.discovery())
        let clock = ContinuousClock()
        let started = clock.now
        var times: [Duration] = []
        try await withThrowingTaskGroup(of: Duration.self) { group in
            var next = requests.makeIterator()
            func add() {
                guard let (resource, body) = next.next() else { return }
                group.addTask {
                    let sent = clock.now
                    _ = try await client.apply(resource, body: body, fieldManager: "bare", force: false, class: .managed)
                    return clock.now - sent
                }
            }
            for _ in 0..<concurrency { add() }
            while let time = try await group.next() {
                times.append(time)
                add()
            }
        }
        return (clock.now - started, times)
    }

    private func requests(_ discovery: Discovery) throws -> [(APIResource, Value)] {
        var requests: [(APIResource, Value)] = []
        var folders: [String: Int] = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: directory).sorted() where file.hasSuffix(".yaml") {
            guard let data = FileManager.default.contents(atPath: "\(directory)/\(file)") else { continue }
            let folder = (file as NSString).deletingLastPathComponent
            let number = folders[folder] ?? folders.count
            folders[folder] = number
            for document in try YAML.read(Array(data), file: file) {
                var object = Unstructured(document.value)
                guard let kind = object.groupVersionKind, let resource = discovery[kind] else { continue }
                if !namespace.isEmpty { object.namespace = namespace[number % namespace.count] }
                requests.append((resource, object.value))
            }
        }
        return requests
    }
}
