// One team's set-up: a repository, a cluster, a namespace of its own, and the belay program.

import Foundation
import StructuredData
import TestSupport
import Testing

/// A Git repository whose `deploy` folder is kept in a namespace of a cluster by the Application `app`.
struct Scenario {
    let cluster: TestCluster
    let repository: GitRepository
    let namespace: String
    var name = "app"
    /// Another machine has another home: no journal, no cache.
    var home: String

    var program: Program {
        Program(
            Scenario.binary("belay"),
            environment: [
                "KUBECONFIG": cluster.kubeconfig, "HOME": home, "XDG_STATE_HOME": home + "/state", "XDG_CACHE_HOME": home + "/cache",
                "BELAY_GIT_PATH": Scenario.binary("belay-git"),
            ])
    }

    var source: [String] { ["--repo", repository.path, "--path", "deploy", "--name", name, "-n", namespace] }

    /// Runs `belay VERB SOURCE …`.
    func belay(_ verb: String, _ more: String...) async throws -> ProgramResult {
        try await program.run([verb] + source + more)
    }

    /// Runs `belay` with exactly these arguments.
    func run(_ arguments: String...) async throws -> ProgramResult { try await program.run(arguments) }

    /// Runs `belay VERB SOURCE -o json` and reads the report.
    func report(_ verb: String, _ more: String...) async throws -> (result: ProgramResult, json: Value) {
        let result = try await program.run([verb] + source + ["-o", "json"] + more)
        do {
            return (result, try JSON.read(Array(result.output.utf8)))
        } catch {
            throw TestSupportError("no JSON (\(error)) from: \(result)")
        }
    }

    /// kubectl in the scenario's namespace.
    func kubectl(_ arguments: String..., input: String = "", environment: [String: String] = [:]) async throws -> ProgramResult {
        try await cluster.run(["-n", namespace] + arguments, input: input, environment: environment)
    }

    /// Makes the scenario's namespace, as somebody else would have.
    func makeNamespace() async throws {
        let made = try await cluster.kubectl(
            "create", "-f", "-", input: "apiVersion: v1\nkind: Namespace\nmetadata: {name: \(namespace)}\n")
        #expect(made.status == 0, "\(made)")
    }

    /// Makes a ConfigMap in the scenario's namespace, as somebody else would have.
    func makeConfigMap(_ name: String) async throws {
        let made = try await kubectl(
            "create", "-f", "-", input: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \(name)}\ndata: {mine: \"yes\"}\n")
        #expect(made.status == 0, "\(made)")
    }

    /// The live object, or nil when kubectl does not find it.
    func object(_ target: String) async throws -> Value? {
        let result = try await kubectl("get", target, "-o", "json", "--show-managed-fields")
        return result.status == 0 ? try JSON.read(Array(result.output.utf8)) : nil
    }

    /// The same repository and cluster from a machine that was never used before.
    func onAnotherMachine() -> Scenario {
        var other = self
        other.home = home + "-\(UUID().uuidString.prefix(8))"
        return other
    }

    static func binary(_ name: String) -> String {
        let folder = ProcessInfo.processInfo.environment["BELAY_BIN_PATH"] ?? FileManager.default.currentDirectoryPath + "/.build/debug"
        return folder + "/" + name
    }
}

/// Gives `body` a repository, a cluster and a fresh namespace name (not made yet).
func withScenario<R>(controllers: Bool = false, _ body: (Scenario) async throws -> R) async throws -> R {
    try await withCluster(controllers: controllers) { cluster in
        try await withGitRepository { repository in
            let namespace = "e2e-" + UUID().uuidString.prefix(8).lowercased()
            let scenario = Scenario(cluster: cluster, repository: repository, namespace: namespace, home: cluster.scratch + "/home")
            return try await body(scenario)
        }
    }
}

extension ProgramResult {
    /// Whether standard output or error has this text.
    func says(_ text: String) -> Bool { output.contains(text) || errors.contains(text) }
}

/// The rows of a report with this op.
func operations(_ report: Value, _ op: String) -> [Value] {
    (report["operations"]?.array ?? []).filter { $0["op"]?.string == op }
}

/// The paths of all changes of all rows, with both values and the manager.
func changes(_ report: Value) -> [(path: String, from: Value?, to: Value?, manager: String?)] {
    (report["operations"]?.array ?? []).flatMap { $0["changes"]?.array ?? [] }.map {
        ($0["path"]?.string ?? "", $0["from"], $0["to"], $0["manager"]?.string)
    }
}
