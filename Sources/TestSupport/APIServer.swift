// A real etcd and kube-apiserver from KUBEBUILDER_ASSETS (the envtest convention), and kube-controller-manager where it is there, on
// free loopback ports, with their own certificates.

import Foundation

/// A real API server, started once for a test process and ended with it.
package final class APIServer: Sendable {
    package let kubeconfig: String
    package let auditLog: String
    package let version: String
    package let directory: String
    /// Whether all of kube-controller-manager runs: then Deployments get their pods and ServiceAccounts are asked for, as in any cluster.
    package let hasControllers: Bool
    private let processes: [Process]

    /// The folder with the binaries, when there is one.
    package static var assets: String? {
        guard let folder = ProcessInfo.processInfo.environment["KUBEBUILDER_ASSETS"],
            FileManager.default.isExecutableFile(atPath: folder + "/kube-apiserver")
        else { return nil }
        return folder
    }

    /// Whether ``shared()`` runs kube-controller-manager, too.
    package static var hasControllers: Bool {
        Recording.folder == nil && assets.map { FileManager.default.isExecutableFile(atPath: $0 + "/kube-controller-manager") } ?? false
    }

    /// What runs beside the API server, where kube-controller-manager is there.
    package enum Controllers: Sendable {
        /// All of them, as in any cluster.
        case all
        case none
        /// Only the one that scales as HorizontalPodAutoscalers say, every second.
        case autoscaler
    }

    // Beside controllers, which write in their own time, no two recordings would be the same.
    private static let start = Task<APIServer, any Error> { try await APIServer(controllers: Recording.folder == nil ? .all : .none) }

    /// The one server of this process, started at the first call; a bare one where transcripts are recorded.
    package static func shared() async throws -> APIServer { try await start.value }

    /// A server of its own, for as long as the process.
    package init(controllers wanted: Controllers = .all) async throws {
        guard let assets = APIServer.assets else { throw TestSupportError("KUBEBUILDER_ASSETS names no folder with kube-apiserver") }
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("apiserver-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        self.directory = directory
        auditLog = directory + "/audit.log"
        kubeconfig = directory + "/kubeconfig"

        try await APIServer.makeCertificates(in: directory)
        let token = UUID().uuidString
        try """
        \(token),admin,admin,"system:masters"
        \(token)-limited,limited,limited,"people"
        \(token)-outsider,outsider,outsider,"people"

        """.write(toFile: directory + "/tokens.csv", atomically: true, encoding: .utf8)
        try """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules:
        - level: Metadata
        """.write(toFile: directory + "/audit-policy.yaml", atomically: true, encoding: .utf8)
        let etcdPort = try FreePort.next(), peerPort = try FreePort.next(), port = try FreePort.next()
        let etcd = FileManager.default.isExecutableFile(atPath: assets + "/etcd") ? assets + "/etcd" : "/usr/bin/etcd"

        let controllers = assets + "/kube-controller-manager"
        let runsControllers = wanted != .none && FileManager.default.isExecutableFile(atPath: controllers)
        hasControllers = runsControllers && wanted == .all

        var started: [Process] = []
        started.append(
            try ChildProcess.start(
                etcd,
                [
                    "--name", "test", "--data-dir", directory + "/etcd", "--listen-client-urls", "http://127.0.0.1:\(etcdPort)",
                    "--advertise-client-urls", "http://127.0.0.1:\(etcdPort)", "--listen-peer-urls", "http://127.0.0.1:\(peerPort)",
                    "--initial-advertise-peer-urls", "http://127.0.0.1:\(peerPort)", "--initial-cluster",
                    "test=http://127.0.0.1:\(peerPort)",
                    "--log-level", "warn",
                ], log: directory + "/etcd.log"))
        started.append(
            try ChildProcess.start(
                assets + "/kube-apiserver",
                [
                    "--etcd-servers=http://127.0.0.1:\(etcdPort)", "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1",
                    "--secure-port=\(port)", "--endpoint-reconciler-type=none", "--tls-cert-file=\(directory)/server.crt",
                    "--tls-private-key-file=\(directory)/server.key", "--cert-dir=\(directory)",
                    "--token-auth-file=\(directory)/tokens.csv",
                    "--authorization-mode=RBAC", "--service-account-issuer=https://kubernetes.default.svc",
                    "--service-account-key-file=\(directory)/account.pub", "--service-account-signing-key-file=\(directory)/account.key",
                    "--service-cluster-ip-range=10.0.0.0/16",
                    // As every cluster has it: what runs on each node (a network, a storage driver) is privileged.
                    "--allow-privileged=true",
                    // Without its controller no namespace gets the ServiceAccount that this admission wants of every pod.
                    hasControllers ? "--enable-admission-plugins=ServiceAccount" : "--disable-admission-plugins=ServiceAccount",
                    "--audit-policy-file=\(directory)/audit-policy.yaml", "--audit-log-path=\(auditLog)", "--audit-log-maxsize=2000",
                ], log: directory + "/apiserver.log"))
        let authority = try Data(contentsOf: URL(fileURLWithPath: directory + "/ca.crt")).base64EncodedString()
        try """
        apiVersion: v1
        kind: Config
        current-context: test
        clusters:
        - name: test
          cluster: {server: "https://127.0.0.1:\(port)", certificate-authority-data: \(authority)}
        contexts:
        - name: test
          context: {cluster: test, user: admin}
        - name: limited
          context: {cluster: test, user: limited}
        - name: outsider
          context: {cluster: test, user: outsider}
        users:
        - name: admin
          user: {token: \(token)}
        - name: limited
          user: {token: \(token)-limited}
        - name: outsider
          user: {token: \(token)-outsider}
        """.write(toFile: kubeconfig, atomically: true, encoding: .utf8)

        let curl = Program("curl")
        let ready = [
            "-sf", "--noproxy", "*", "--max-time", "5", "--cacert", directory + "/ca.crt", "-H", "Authorization: Bearer \(token)",
            "https://127.0.0.1:\(port)/readyz",
        ]
        try await Wait.until("kube-apiserver is ready (see \(directory)/apiserver.log)", for: .seconds(90)) {
            try await curl.run(ready).status == 0
        }
        if runsControllers {
            let only =
                wanted == .autoscaler
                ? ["--controllers=horizontal-pod-autoscaler-controller", "--horizontal-pod-autoscaler-sync-period=1s"] : []
            started.append(
                try ChildProcess.start(
                    controllers,
                    only + [
                        "--kubeconfig", kubeconfig, "--authentication-kubeconfig", kubeconfig, "--authorization-kubeconfig", kubeconfig,
                        "--bind-address=127.0.0.1", "--secure-port=0", "--cert-dir=\(directory)", "--leader-elect=false",
                        "--service-account-private-key-file=\(directory)/account.key", "--root-ca-file=\(directory)/ca.crt",
                        "--concurrent-namespace-syncs=10",
                        // It is to be as fast as the server, not as slow as its own care for one: 20 requests a second are few for tests.
                        "--kube-api-qps=500", "--kube-api-burst=500",
                    ], log: directory + "/controllers.log"))
        }
        if hasControllers {
            let account = Array(ready.dropLast()) + ["https://127.0.0.1:\(port)/api/v1/namespaces/default/serviceaccounts/default"]
            try await Wait.until("kube-controller-manager works (see \(directory)/controllers.log)", for: .seconds(90)) {
                try await curl.run(account).status == 0
            }
        }
        processes = started
        let said = try await Program(assets + "/kube-apiserver").run(["--version"])
        version = said.output.split(separator: " ").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? "unknown"
    }

    private static func makeCertificates(in directory: String) async throws {
        let script = """
            set -e
            cd "$1"; umask 077
            openssl ecparam -name prime256v1 -genkey -noout -out ca.key
            openssl req -x509 -new -key ca.key -days 30 -subj /CN=test-ca -out ca.crt -addext basicConstraints=critical,CA:TRUE
            openssl ecparam -name prime256v1 -genkey -noout -out server.key
            openssl req -new -key server.key -subj /CN=kube-apiserver -out server.csr
            printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\\n' > ext
            openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out server.crt -extfile ext
            openssl genrsa -out account.key 2048
            openssl rsa -in account.key -pubout -out account.pub
            """
        let result = try await Program("sh").run(["-c", script, "sh", directory])
        guard result.status == 0 else { throw TestSupportError("openssl failed: \(result)") }
    }
}
