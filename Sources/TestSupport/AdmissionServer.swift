// A mutating admission webhook on loopback, over HTTPS with an authority of its own: what stands before the objects of many clusters.

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
package import StructuredData
import Synchronization

/// Answers AdmissionReviews with the JSON patch that it is given for an object.
package final class AdmissionServer: Sendable {
    /// `https://127.0.0.1:PORT/mutate`.
    package let url: String
    /// PEM in base64, as a webhook configuration has it.
    package let authority: String
    private let reviews: Reviews

    /// How many reviews were answered so far.
    package var count: Int { reviews.count.withLock { $0 } }

    private final class Reviews: Sendable {
        let count = Mutex(0)
        func add() { count.withLock { $0 += 1 } }
    }

    private init(port: Int, authority: String, reviews: Reviews) {
        url = "https://127.0.0.1:\(port)/mutate"
        self.authority = authority
        self.reviews = reviews
    }

    /// Runs a server during `body`.
    ///
    /// - Parameter patch: RFC 6902 operations for an object as it would be stored; empty: let it pass as it is.
    package static func with<R: Sendable>(
        patch: @escaping @Sendable (_ object: Value) -> [Value], _ body: (AdmissionServer) async throws -> R
    ) async throws -> R {
        let scratch = FileManager.default.temporaryDirectory.appendingPathComponent("webhook-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let made = try await Program("sh").run(["-c", certificates, "sh", scratch])
        guard made.status == 0 else { throw TestSupportError("openssl failed: \(made)") }
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(scratch + "/server.crt").map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: scratch + "/server.key", format: .pem)))
        let authority = try Data(contentsOf: URL(fileURLWithPath: scratch + "/ca.crt")).base64EncodedString()

        let reviews = Reviews()
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        var quiet = Logger(label: "webhook")
        quiet.logLevel = .critical
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                let sent = Array(try await request.body.collect(upTo: 8 << 20).readableBytesView)
                reviews.add()
                return Response(
                    status: .ok, headers: [.contentType: "application/json"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.write(answer(try JSON.read(sent), patch)))))
            },
            server: try .tls(.http1(), tlsConfiguration: tls), configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in found.yield(channel.localAddress?.port ?? 0) }, logger: quiet)
        // Ended below, whatever comes of the body.
        let running = Task { try await application.run() }
        do {
            var port = 0
            for await first in ports {
                port = first
                break
            }
            let result = try await body(AdmissionServer(port: port, authority: authority, reviews: reviews))
            running.cancel()
            _ = try? await running.value
            return result
        } catch {
            running.cancel()
            _ = try? await running.value
            throw error
        }
    }

    private static func answer(_ review: Value, _ patch: (Value) -> [Value]) -> Value {
        let operations = patch(review.at("request", "object") ?? .null)
        var response: Value = ["uid": review.at("request", "uid") ?? "", "allowed": true]
        if !operations.isEmpty {
            response.set("JSONPatch", at: ["patchType"])
            response.set(.string(Data(JSON.write(.array(operations))).base64EncodedString()), at: ["patch"])
        }
        return ["apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response]
    }

    private static let certificates = """
        set -e
        cd "$1"; umask 077
        openssl ecparam -name prime256v1 -genkey -noout -out ca.key
        openssl req -x509 -new -key ca.key -days 30 -subj /CN=webhook-ca -out ca.crt -addext basicConstraints=critical,CA:TRUE
        openssl ecparam -name prime256v1 -genkey -noout -out server.key
        openssl req -new -key server.key -subj /CN=webhook -out server.csr
        printf 'subjectAltName=IP:127.0.0.1\\n' > ext
        openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out server.crt -extfile ext
        """
}
