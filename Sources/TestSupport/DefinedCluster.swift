// Clusters that know Belay's kinds: a sandbox, or a real API server of their own, since where the kinds are every run asks for the
// Application, which other suites count.

import Foundation

/// Gives `body` a cluster with the CustomResourceDefinitions, as ``withCluster(controllers:_:)`` does without them.
package func withDefinedCluster<R>(controllers: Bool = false, _ body: (TestCluster) async throws -> R) async throws -> R {
    guard isRefereed else {
        return try await withCluster(controllers: controllers) { cluster in
            try await define(cluster)
            return try await body(cluster)
        }
    }
    let server = try await defined.value
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("cluster-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    return try await body(TestCluster(kind: .apiServer(server), kubeconfig: server.kubeconfig, scratch: scratch))
}

/// As ``withScenario(controllers:recording:_:)``, on a cluster with the CustomResourceDefinitions.
package func withDefinedScenario<R>(controllers: Bool = false, _ body: (Scenario) async throws -> R) async throws -> R {
    try await withDefinedCluster(controllers: controllers) { cluster in
        try await withGitRepository { repository in
            let namespace = "e2e-" + UUID().uuidString.prefix(8).lowercased()
            return try await body(
                Scenario(cluster: cluster, repository: repository, namespace: namespace, home: cluster.scratch + "/home"))
        }
    }
}

private let defined = Task {
    let server = try await APIServer()
    try await define(TestCluster(kind: .apiServer(server), kubeconfig: server.kubeconfig, scratch: server.directory))
    return server
}

private func define(_ cluster: TestCluster) async throws {
    let installed = try await Program(
        Scenario.binary("belay"), environment: ["KUBECONFIG": cluster.kubeconfig, "HOME": cluster.scratch]
    ).run(["install", "--crds-only"])
    guard installed.status == 0 else { throw TestSupportError("\(installed)") }
}
