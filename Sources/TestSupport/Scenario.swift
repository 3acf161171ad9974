// One team's set-up: a repository, a cluster, a namespace of its own, and the belay program.

import Foundation
package import StructuredData

/// A Git repository whose `deploy` folder is kept in a namespace of a cluster by the Application `app`.
package struct Scenario: Sendable {
    package let cluster: TestCluster
    package let repository: GitRepository
    package let namespace: String
    package var name = "app"
    /// Another machine has another home: no journal, no cache.
    package var home: String
    /// In place of the cluster's own, for a way to it by a detour, that belay and kubectl take.
    package var kubeconfig: String?

    package init(cluster: TestCluster, repository: GitRepository, namespace: String, home: String, kubeconfig: String? = nil) {
        self.cluster = cluster
        self.repository = repository
        self.namespace = namespace
        self.home = home
        self.kubeconfig = kubeconfig
    }

    package var program: Program {
        Program(
            Scenario.binary("belay"),
            environment: [
                "KUBECONFIG": kubeconfig ?? cluster.kubeconfig, "HOME": home, "XDG_STATE_HOME": home + "/state",
                "XDG_CACHE_HOME": home + "/cache", "BELAY_GIT_PATH": Scenario.binary("belay-git"),
            ])
    }

    package var source: [String] { ["--repo", repository.path, "--path", "deploy", "--name", name, "-n", namespace] }

    /// Runs `belay VERB SOURCE …`.
    package func belay(_ verb: String, _ more: String...) async throws -> ProgramResult {
        try await program.run([verb] + source + more)
    }

    /// Runs `belay` with exactly these arguments.
    package func run(_ arguments: String...) async throws -> ProgramResult { try await program.run(arguments) }

    /// Runs `belay VERB SOURCE -o json` and reads the report.
    package func report(_ verb: String, _ more: String...) async throws -> (result: ProgramResult, json: Value) {
        let result = try await program.run([verb] + source + ["-o", "json"] + more)
        return (result, try result.json())
    }

    /// kubectl in the scenario's namespace.
    package func kubectl(
        _ arguments: String..., input: String = "", environment: [String: String] = [:]
    ) async throws -> ProgramResult {
        var environment = environment
        if let kubeconfig { environment["KUBECONFIG"] = kubeconfig }
        return try await cluster.run(["-n", namespace] + arguments, input: input, environment: environment)
    }

    /// Makes the scenario's namespace, as somebody else would have.
    package func makeNamespace() async throws {
        let made = try await kubectl(
            "create", "-f", "-", input: "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(namespace)}\n")
        guard made.status == 0 else { throw TestSupportError("\(made)") }
    }

    /// Makes a ConfigMap in the scenario's namespace, as somebody else would have.
    package func makeConfigMap(_ name: String) async throws {
        let made = try await kubectl(
            "create", "-f", "-", input: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\ndata: {mine: \"yes\"}\n")
        guard made.status == 0 else { throw TestSupportError("\(made)") }
    }

    /// The live object, or nil when kubectl does not find it.
    package func object(_ target: String) async throws -> Value? {
        let result = try await kubectl("get", target, "-o", "json", "--show-managed-fields")
        return result.status == 0 ? try result.json() : nil
    }

    /// The same repository and cluster from a machine that was never used before.
    package func onAnotherMachine() -> Scenario {
        var other = self
        other.home = home + "-\(UUID().uuidString.prefix(8))"
        return other
    }

    /// Where the build put one of our programs.
    package static func binary(_ name: String) -> String {
        let folder = ProcessInfo.processInfo.environment["BELAY_BIN_PATH"] ?? FileManager.default.currentDirectoryPath + "/.build/debug"
        return folder + "/" + name
    }
}

/// Gives `body` a repository, a cluster and a fresh namespace name (not made yet).
/// - Parameter recording: what the transcript is called that this becomes where `BELAY_RECORD` asks for it.
package func withScenario<R>(
    controllers: Bool = false, recording: Recording? = nil, _ body: (Scenario) async throws -> R
) async throws -> R {
    try await withCluster(controllers: controllers) { cluster in
        try await withGitRepository { repository in
            if let recording, let folder = Recording.folder, case .apiServer(let server) = cluster.kind {
                return try await recording.record(cluster, repository, version: server.version, into: folder, body)
            }
            let namespace = "e2e-" + UUID().uuidString.prefix(8).lowercased()
            return try await body(
                Scenario(cluster: cluster, repository: repository, namespace: namespace, home: cluster.scratch + "/home"))
        }
    }
}

extension ProgramResult {
    /// Whether standard output or error has this text.
    package func says(_ text: String) -> Bool { output.contains(text) || errors.contains(text) }

    /// Standard output as JSON.
    /// - Throws: ``TestSupportError`` with both streams where it is none.
    package func json() throws -> Value {
        do {
            return try JSON.read(Array(output.utf8))
        } catch {
            throw TestSupportError("no JSON (\(error)) from: \(self)")
        }
    }
}

/// The rows of a report with this op.
package func operations(_ report: Value, _ op: String) -> [Value] {
    (report["operations"]?.array ?? []).filter { $0["op"]?.string == op }
}

/// The paths of all changes of all rows, with both values and the manager.
package func changes(_ report: Value) -> [(path: String, from: Value?, to: Value?, manager: String?)] {
    (report["operations"]?.array ?? []).flatMap { $0["changes"]?.array ?? [] }.map {
        ($0["path"]?.string ?? "", $0["from"], $0["to"], $0["manager"]?.string)
    }
}
