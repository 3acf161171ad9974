// A cluster for one test: the embedded sandbox, or a real API server when the suite is refereed. The assertions are the same.

import Foundation
package import SandboxCluster

/// A cluster to talk to, and what it was asked.
package struct TestCluster: Sendable {
    package enum Kind: Sendable {
        case sandbox(SandboxServer)
        case apiServer(APIServer)
    }
    package let kind: Kind
    /// Path of a kubeconfig with an administrator's token.
    package let kubeconfig: String
    /// A directory of this test, gone at its end.
    package let scratch: String

    package init(kind: Kind, kubeconfig: String, scratch: String) {
        self.kind = kind
        self.kubeconfig = kubeconfig
        self.scratch = scratch
    }

    /// Whether this is a real kube-apiserver.
    package var isReal: Bool {
        if case .apiServer = kind { true } else { false }
    }

    /// Runs kubectl as the administrator.
    package func kubectl(_ arguments: String..., input: String = "", environment: [String: String] = [:]) async throws -> ProgramResult {
        try await run(arguments, input: input, environment: environment)
    }

    /// Runs kubectl as the administrator.
    package func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) async throws -> ProgramResult {
        var variables = environment
        variables["KUBECONFIG"] = variables["KUBECONFIG"] ?? kubeconfig
        variables["HOME"] = scratch
        return try await Program(TestCluster.kubectlPath, environment: variables).run(arguments, input: input)
    }

    /// `KUBECTL`, else the one beside the real API server, else the one on the path.
    private static var kubectlPath: String {
        if let named = ProcessInfo.processInfo.environment["KUBECTL"] { return named }
        if let assets = APIServer.assets, FileManager.default.isExecutableFile(atPath: assets + "/kubectl") { return assets + "/kubectl" }
        return "kubectl"
    }

    /// The requests that clients whose User-Agent begins with `agent` made during `body`, in the server's order of ending. Where other
    /// tests have installed the kind Application, each run asks whether there is one of its name: a no is left out.
    package func requests(of agent: String, during body: () async throws -> Void) async throws -> [ServerRequest] {
        switch kind {
        case .sandbox(let server):
            let before = server.requestLog.requests.count
            try await body()
            return server.requestLog.requests.dropFirst(before).map(ServerRequest.init).filter { $0.userAgent.hasPrefix(agent) }
        case .apiServer(let server):
            let before = try await mark(server)
            try await body()
            let after = try await mark(server)
            let data = try Data(contentsOf: URL(fileURLWithPath: server.auditLog))
            let requests = data[before..<after].split(separator: UInt8(ascii: "\n")).compactMap { ServerRequest(auditLine: Array($0)) }
            return requests.filter { request in
                let isNo = request.resource == "applications" && request.verb == "get" && request.code == 404
                return request.userAgent.hasPrefix(agent) && !isNo
            }
        }
    }

    /// Sends a request that can be recognised and waits for it in the audit log: all that ended before it is written by then.
    /// - Returns: the log's size behind it, in bytes.
    private func mark(_ server: APIServer) async throws -> Int {
        let marker = "mark-\(UUID().uuidString)"
        let asked = try await kubectl("get", "--raw", "/version?\(marker)=1")
        guard asked.status == 0 else { throw TestSupportError("cannot mark the audit log: \(asked)") }
        var size = 0
        try await Wait.until("\(marker) is in the audit log") {
            let data = try Data(contentsOf: URL(fileURLWithPath: server.auditLog))
            guard let range = data.range(of: Data(marker.utf8), options: .backwards) else { return false }
            guard let end = data[range.upperBound...].firstIndex(of: UInt8(ascii: "\n")) else { return false }
            size = end + 1
            return true
        }
        return size
    }
}

/// Whether the end-to-end suite of this process runs against a real API server.
package var isRefereed: Bool { APIServer.assets != nil && ProcessInfo.processInfo.environment["BELAY_REFEREE"] == "1" }

/// Gives `body` a cluster: a sandbox of its own, or the process's one real API server (use names of your own in it).
/// - Parameter controllers: whether the sandbox runs its controllers; a real API server alone has none.
package func withCluster<R>(controllers: Bool = false, _ body: (TestCluster) async throws -> R) async throws -> R {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("cluster-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    if isRefereed {
        let server = try await APIServer.shared()
        return try await body(TestCluster(kind: .apiServer(server), kubeconfig: server.kubeconfig, scratch: scratch))
    }
    let server = SandboxServer(controllers: controllers)
    let address = try await server.start()
    let kubeconfig = scratch + "/kubeconfig"
    try address.kubeconfigYAML.write(toFile: kubeconfig, atomically: true, encoding: .utf8)
    do {
        let result = try await body(TestCluster(kind: .sandbox(server), kubeconfig: kubeconfig, scratch: scratch))
        await server.shutdown()
        return result
    } catch {
        await server.shutdown()
        throw error
    }
}
