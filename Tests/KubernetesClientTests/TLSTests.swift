// TLS: whom the client trusts, and who it says it is, with certificates made by openssl for the test.

import Foundation
import KubernetesClient
import KubernetesModel
import NIOSSL
import StructuredData
import TestSupport
import Testing

@Suite("TLS", .timeLimit(.minutes(20)))
struct TLSTests {
    /// A CA, a server certificate for 127.0.0.1 and `kubernetes`, one for another name, client keys of three kinds.
    private struct Certificates: Sendable {
        var directory: String

        func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))) }

        static func make(in directory: String) async throws -> Certificates {
            let script = """
                set -e
                cd "$1"
                openssl ecparam -name prime256v1 -genkey -noout -out ca.key
                openssl req -x509 -new -key ca.key -days 2 -subj /CN=ca -out ca.crt -addext basicConstraints=critical,CA:TRUE
                openssl req -x509 -new -key ca.key -days 2 -subj /CN=other-ca -out other-ca.crt
                sign() {
                    openssl req -new -key "$1.key" -subj "/CN=$1" -out "$1.csr"
                    printf '%s\\n' "$2" > ext
                    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out "$1.crt" -extfile ext
                }
                openssl ecparam -name prime256v1 -genkey -noout -out server.key
                sign server subjectAltName=IP:127.0.0.1,DNS:kubernetes
                cp server.key elsewhere.key; sign elsewhere subjectAltName=DNS:elsewhere.example.com
                openssl ecparam -name prime256v1 -genkey -noout -out ec.key; sign ec extendedKeyUsage=clientAuth
                openssl genrsa -traditional -out rsa.key 2048; sign rsa extendedKeyUsage=clientAuth
                openssl pkcs8 -topk8 -nocrypt -in rsa.key -out pkcs8.key; sign pkcs8 extendedKeyUsage=clientAuth
                openssl pkcs8 -topk8 -in ec.key -out encrypted.key -passout pass:x; cp ec.crt encrypted.crt
                """
            let result = try await Program("sh").run(["-c", script, "sh", directory])
            guard result.status == 0 else { throw TestSupportError("openssl failed: \(result)") }
            return Certificates(directory: directory)
        }

        func server(_ name: String = "server", clientsMustShow: Bool = false) throws -> TLSConfiguration {
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(bytes(name + ".crt")).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: bytes(name + ".key"), format: .pem)))
            if clientsMustShow {
                tls.certificateVerification = .noHostnameVerification
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(bytes("ca.crt")))
            }
            return tls
        }
    }

    private func withServer(
        _ name: String = "server", clientsMustShow: Bool = false,
        _ body: (Certificates, FaultServer, ClusterConnection) async throws -> Void
    ) async throws {
        try await withScratchDirectory { directory in
            let certificates = try await Certificates.make(in: directory.path)
            try await FaultServer.with(tls: try certificates.server(name, clientsMustShow: clientsMustShow)) { _, _ in
                .json(#"{"gitVersion":"v1"}"#)
            } _: { server async throws in
                var connection = ClusterConnection(server: "https://127.0.0.1:\(server.port)", credential: .token("t"), contextName: "x")
                connection.certificateAuthority = try certificates.bytes("ca.crt")
                try await body(certificates, server, connection)
            }
        }
    }

    private func version(_ connection: ClusterConnection) async throws -> String? {
        let client = try KubernetesClient(connection: connection) { _ in }
        do {
            let version = try await client.version()
            await client.shutdown()
            return version["gitVersion"]?.string
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private func failure(_ connection: ClusterConnection) async throws -> ClientError {
        try #require(await #expect(throws: ClientError.self) { _ = try await version(connection) })
    }

    @Test("a server with an address in its certificate is trusted through its CA; by another name if told so")
    func trusted() async throws {
        try await withServer { _, server, connection async throws in
            #expect(try await version(connection) == "v1")
            var named = connection
            named.tlsServerName = "kubernetes"
            #expect(try await version(named) == "v1")
            #expect(server.seen.last?.headers["host"] == "127.0.0.1:\(server.port)")
        }
        try await withServer("elsewhere") { _, server, connection async throws in
            var named = connection
            named.tlsServerName = "elsewhere.example.com"
            #expect(try await version(named) == "v1")
            named.tlsServerName = "wrong.example.com"
            #expect(try await failure(named).message.contains("tls-server-name"))
            #expect(server.seen.count == 1)
        }
    }

    @Test("a stranger's certificate is refused before the token is sent, unless nobody wants to know")
    func untrusted() async throws {
        try await withServer { certificates, server, connection async throws in
            var stranger = connection
            stranger.certificateAuthority = try certificates.bytes("other-ca.crt")
            let error = try await failure(stranger)
            #expect(error.code == .unreachable)
            #expect(error.message.contains("certificate-authority"))
            stranger.certificateAuthority = nil
            #expect(try await failure(stranger).code == .unreachable)
            #expect(server.seen.isEmpty)
            stranger.insecureSkipTLSVerify = true
            #expect(try await version(stranger) == "v1")
        }
        try await withServer("elsewhere") { _, server, connection async throws in
            #expect(try await failure(connection).message.contains("another name"))
            #expect(server.seen.isEmpty)
        }
    }

    @Test("a client certificate with a key of each kind")
    func clientCertificates() async throws {
        try await withServer(clientsMustShow: true) { certificates, _, connection async throws in
            _ = try await failure(connection)
            for kind in ["ec", "rsa", "pkcs8"] {
                var shown = connection
                shown.clientCertificate = try certificates.bytes(kind + ".crt")
                shown.clientKey = try certificates.bytes(kind + ".key")
                #expect(try await version(shown) == "v1")
            }
        }
    }

    @Test("certificates and keys that are none are refused before anything is sent")
    func unusable() async throws {
        try await withServer { certificates, _, connection async throws in
            let good = (certificate: try certificates.bytes("ec.crt"), key: try certificates.bytes("ec.key"))
            let encrypted = try certificates.bytes("encrypted.key")
            for (authority, certificate, key, word) in [
                (Array("x".utf8), good.certificate, good.key, "certificate authority"),
                ([], good.certificate, good.key, "certificate authority"),
                (nil, Array("x".utf8), good.key, "client certificate"), (nil, good.certificate, Array("x".utf8), "client key"),
                (nil, good.certificate, encrypted, "encrypted"), (nil, good.key, good.certificate, "client certificate"),
            ] {
                var bad = connection
                bad.certificateAuthority = authority
                bad.clientCertificate = certificate
                bad.clientKey = key
                let error = #expect(throws: ClientError.self) { _ = try KubernetesClient(connection: bad) }
                #expect(error?.code == .configuration)
                #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test("a plain port behind https, and TLS behind http, are said")
    func wrongProtocol() async throws {
        try await FaultServer.with({ _, _ in .json("{}") }) { server async throws in
            #expect(try await failure(ClusterConnection(server: "https://127.0.0.1:\(server.port)")).code == .unreachable)
        }
        try await withServer { _, server, _ async throws in
            let error = try await failure(ClusterConnection(server: "http://127.0.0.1:\(server.port)"))
            #expect(error.code == .unreachable || error.code == .malformedResponse)
        }
    }

    @Test("a credential plugin gives a token, once until it expires; its certificate too")
    func execPlugin() async throws {
        try await withServer(clientsMustShow: true) { certificates, server, connection async throws in
            func plugin(_ script: String, version: String = "client.authentication.k8s.io/v1") -> ClusterConnection {
                var own = connection
                own.credential = .exec(
                    .init(
                        command: "sh", arguments: ["-c", script, "sh", certificates.directory], environment: ["EXTRA": "e"],
                        apiVersion: version,
                        installHint: "install it", provideClusterInfo: true))
                return own
            }
            let answer = #"""
                cd "$1"; echo x >> runs; printf '%s' "$KUBERNETES_EXEC_INFO" > info
                pem() { awk '{printf "%s\\n", $0}' "$1"; }
                printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-%s","clientCertificateData":"%s","clientKeyData":"%s"%s}}' "$EXTRA" "$(pem ec.crt)" "$(pem ec.key)"
                """#
            let client = try KubernetesClient(connection: plugin(answer + #" ',"expirationTimestamp":"2999-01-01T00:00:00Z"'"#)) { _ in }
            for _ in 0..<3 { #expect(try await client.version()["gitVersion"]?.string == "v1") }
            await client.shutdown()
            #expect(server.seen.map { $0.headers["authorization"] } == ["Bearer from-e", "Bearer from-e", "Bearer from-e"])
            #expect(try String(decoding: certificates.bytes("runs"), as: UTF8.self) == "x\n")
            let info = String(decoding: try certificates.bytes("info"), as: UTF8.self)
            #expect(
                info.contains(#""interactive":false"#) && info.contains(connection.server) && info.contains("certificate-authority-data"))

            let expired = try KubernetesClient(connection: plugin(answer + #" ',"expirationTimestamp":"2001-01-01T00:00:00Z"'"#)) { _ in }
            for _ in 0..<2 { _ = try await expired.version() }
            await expired.shutdown()
            #expect(try String(decoding: certificates.bytes("runs"), as: UTF8.self) == "x\nx\nx\n")

            for (script, word) in [
                ("exit 3", "failed"), ("echo topsecret", "no JSON"), ("echo '{}'", "no ExecCredential"), (answer + " ''", "v1beta1"),
                (#"echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{}}'"#, "neither"),
            ] {
                let error = try await failure(plugin(script, version: "client.authentication.k8s.io/v1beta1"))
                #expect(error.message.contains(word), "\(error.message)")
                #expect(!error.message.contains("topsecret"))
            }
            var missing = connection
            missing.credential = .exec(
                .init(
                    command: "no-such-plugin", arguments: [], environment: [:], apiVersion: "client.authentication.k8s.io/v1",
                    installHint: "get it from X"))
            let error = try await failure(missing)
            #expect(error.code == .configuration && error.message.contains("get it from X"))
        }
    }
}
