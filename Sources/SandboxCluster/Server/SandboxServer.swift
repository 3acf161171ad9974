// The sandbox as a server: HTTPS on loopback with a token, one cluster behind one lock.

import Foundation
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import StructuredData
import Synchronization

/// An embedded single-node Kubernetes-compatible API server.
///
/// Everything is in memory; with a data directory the objects are read from `snapshot.json` at start and written there at
/// shutdown. Certificates and token are new at each start.
package final class SandboxServer: Sendable {
    /// Where clients find the server.
    package struct Address: Sendable {
        /// `https://127.0.0.1:PORT`
        package let url: String
        /// A whole kubeconfig with one context, `sandbox`.
        package let kubeconfigYAML: String
        /// PEM of the throw-away certificate authority.
        package let certificateAuthority: String
        /// The bearer token of the one user, who may do everything.
        package let token: String
    }

    /// A server that cannot start, or was asked twice.
    package struct StartError: Error, CustomStringConvertible {
        package let description: String
    }

    /// What was asked so far.
    package let requestLog: RequestLog

    private let port: Int
    private let dataDirectory: String?
    private let cluster: ClusterBox
    private let token: String
    private let running = Mutex<Running?>(nil)

    private struct Running {
        var server: Task<Void, any Error>
        var controllers: Task<Void, Never>?
    }

    /// - Parameters:
    ///   - port: on 127.0.0.1; 0 takes a free one.
    ///   - dataDirectory: where the snapshot is kept; nil keeps nothing.
    ///   - controllers: whether workloads get pods, and owners and namespaces are cleaned up, as with a controller manager
    ///     and a kubelet; without them it is a bare API server.
    ///   - requestLog: where requests are noted.
    package init(port: Int = 0, dataDirectory: String? = nil, controllers: Bool = true, requestLog: RequestLog = RequestLog()) {
        self.port = port
        self.dataDirectory = dataDirectory
        self.requestLog = requestLog
        cluster = ClusterBox(options: Cluster.Options(hasControllers: controllers))
        var identities = IdentitySource()
        token = (identities.uid() + identities.uid()).filter { $0 != "-" }
    }

    /// Starts to serve and returns once connections are accepted.
    package func start() async throws -> Address {
        if running.withLock({ $0 != nil }) { throw StartError(description: "the sandbox is already running") }
        if let dataDirectory { try cluster.restore(from: dataDirectory) }
        let certificates = try SandboxCertificates.make()
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(certificates.certificatePEM.utf8)).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(certificates.privateKeyPEM.utf8), format: .pem)))
        tls.applicationProtocols = ["http/1.1"]
        var logger = Logger(label: "belay.sandbox")
        logger.logLevel = .critical
        let frontend = HTTPFrontend(cluster: cluster, token: token, log: requestLog)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            responder: CallbackResponder { (request: Request, context: BasicRequestContext) in try await frontend.respond(to: request) },
            server: try .tls(.http1(), tlsConfiguration: tls),
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port), serverName: nil, reuseAddress: true),
            onServerRunning: { channel in
                continuation.yield(channel.localAddress?.port ?? 0)
                continuation.finish()
            }, logger: logger)
        // Ended by `shutdown`, which cancels it and waits for it.
        let server = Task {
            defer { continuation.finish() }
            try await application.run()
        }
        var bound: Int?
        for await port in ports { bound = port }
        guard let bound, bound != 0 else {
            _ = try await server.value
            throw StartError(description: "the sandbox could not listen on 127.0.0.1:\(port)")
        }
        // Ended by `shutdown` too.
        let controllers = cluster.hasControllers ? Task { [cluster] in await ControllerLoop(cluster: cluster).run() } : nil
        running.withLock { $0 = Running(server: server, controllers: controllers) }
        let url = "https://127.0.0.1:\(bound)"
        return Address(
            url: url, kubeconfigYAML: kubeconfig(url, certificates), certificateAuthority: certificates.authorityPEM, token: token)
    }

    /// Ends all watches and connections, writes the snapshot where there is a data directory, and waits for the end.
    package func shutdown() async {
        guard
            let running = running.withLock({ running in
                defer { running = nil }
                return running
            })
        else { return }
        cluster.hub.closeAll()
        running.controllers?.cancel()
        running.server.cancel()
        await running.controllers?.value
        _ = await running.server.result
        if let dataDirectory { cluster.save(to: dataDirectory) }
    }

    /// Forgets the past, as etcd's compaction does: watches and pages from before now get 410.
    package func compact() { cluster.compact() }

    /// How many watches are open.
    package var openWatches: Int { cluster.hub.openCount }

    private func kubeconfig(_ url: String, _ certificates: SandboxCertificates) -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: sandbox
        clusters:
        - name: sandbox
          cluster:
            server: \(url)
            certificate-authority-data: \(Base64.encode(Array(certificates.authorityPEM.utf8)))
        contexts:
        - name: sandbox
          context:
            cluster: sandbox
            user: sandbox
        users:
        - name: sandbox
          user:
            token: \(token)

        """
    }
}
