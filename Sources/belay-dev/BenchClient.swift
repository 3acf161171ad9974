// What the subjects of the benchmarks share: a client as KUBECONFIG says, and times as percentiles.

import ArgumentParser
import Foundation
import KubernetesClient
import KubernetesModel

enum BenchClient {
    static func resource(_ client: KubernetesClient, _ group: String, _ kind: String) async throws -> APIResource {
        guard let resource = try await client.discovery()[GroupKind(group: group, kind: kind)] else {
            throw ValidationError("the cluster does not serve \(kind)")
        }
        return resource
    }

    /// `p50 4.1 p95 7.0 max 9.9`, in milliseconds.
    static func percentiles(_ times: [Duration]) -> String {
        let sorted = times.map { $0 / .milliseconds(1) }.sorted()
        guard let last = sorted.last else { return "none" }
        func part(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)] }
        return String(format: "p50 %.1f p95 %.1f max %.1f", part(0.5), part(0.95), last)
    }
}

/// Runs `body` with a client of its own.
func withBenchClient<R: Sendable>(concurrency: Int = 16, _ body: (KubernetesClient) async throws -> R) async throws -> R {
    let environment = ProcessInfo.processInfo.environment
    let connection = try ClusterConnection.load(kubeconfig: nil, context: nil, environment: environment, allowExec: false)
    let client = try KubernetesClient(connection: connection, concurrency: concurrency)
    do {
        let result = try await body(client)
        await client.shutdown()
        return result
    } catch {
        await client.shutdown()
        throw error
    }
}
