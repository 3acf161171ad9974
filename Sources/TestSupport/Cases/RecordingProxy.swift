// Stands before an API server and keeps what is asked and answered: how transcripts of the cases are made.

import AsyncHTTPClient
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
package import StructuredData
import Synchronization

/// One request and its answer, as they went over the wire; bodies are JSON, or a string where they are none.
package struct RecordedExchange: Sendable {
    package var method: String
    /// Percent-encoded, with the query.
    package var target: String
    package var userAgent: String
    /// Whom the kubeconfig calls so; empty for its current user, the administrator.
    package var user = ""
    package var contentType: String
    package var body: Value?
    package var status: Int
    package var warnings: [String]
    package var answer: Value
}

/// A proxy on a loopback port, in plain HTTP. It brings its own credentials: the server's administrator, or whom a context of the
/// server's kubeconfig names.
package final class RecordingProxy: Sendable {
    /// Path of a kubeconfig that leads through the proxy, with the contexts of the server's own.
    package let kubeconfig: String
    private let exchanges: Mutex<[RecordedExchange]>
    private let server: ServerAccess
    private let client: HTTPClient
    private let order = RecordingOrder()
    private let answering: Answering
    private let keeps: Keeping

    /// Which requests are of interest.
    package typealias Keeping = @Sendable (_ method: String, _ target: String) -> Bool
    /// What the proxy answers by itself to a method and target, in place of the server; nil: the server is asked.
    package typealias Answering = @Sendable (_ method: String, _ target: String) -> (status: Int, text: String, warning: String?)?

    /// All that ended so far, in that order; discovery and watches are passed on and not kept.
    package var recorded: [RecordedExchange] { exchanges.withLock { $0 } }

    private init(server: ServerAccess, kubeconfig: String, answering: @escaping Answering, keeps: @escaping Keeping) {
        self.answering = answering
        self.keeps = keeps
        self.server = server
        self.kubeconfig = kubeconfig
        exchanges = Mutex([])
        var tls = TLSConfiguration.makeClientConfiguration()
        // The server is a test fixture on loopback with an authority of its own.
        tls.certificateVerification = .none
        client = HTTPClient(configuration: HTTPClient.Configuration(tlsConfiguration: tls))
    }

    /// Runs a proxy before the server of `cluster`'s kubeconfig during `body`.
    ///
    /// - Parameters:
    ///   - credential: the bearer token that the administrator's clients send to the proxy; it is not passed on.
    ///   - answering: what the proxy answers by itself. A text that is JSON is sent as such; a warning alone is added to the answer of
    ///     the server, with status 0.
    ///   - keeps: which requests about objects are recorded; all others are only passed on.
    package static func with<R>(
        _ cluster: TestCluster, credential: String = "", answering: @escaping Answering = { _, _ in nil },
        keeps: @escaping Keeping = { _, _ in true }, _ body: (RecordingProxy) async throws -> R
    ) async throws -> R {
        let server = try ServerAccess(kubeconfig: cluster.kubeconfig)
        let proxy = RecordingProxy(
            server: server, kubeconfig: cluster.scratch + "/proxy-\(UUID().uuidString)", answering: answering, keeps: keeps)
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        var quiet = Logger(label: "proxy")
        quiet.logLevel = .critical
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in try await proxy.pass(request) },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in found.yield(channel.localAddress?.port ?? 0) }, logger: quiet)
        // Ended below, whatever comes of the body.
        let running = Task { try await application.run() }
        func end() async {
            running.cancel()
            _ = try? await running.value
            try? await proxy.client.shutdown()
        }
        do {
            var port = 0
            for await first in ports {
                port = first
                break
            }
            try server.kubeconfig(through: "http://127.0.0.1:\(port)", credential: credential)
                .write(toFile: proxy.kubeconfig, atomically: true, encoding: .utf8)
            let result = try await body(proxy)
            await end()
            return result
        } catch {
            await end()
            throw error
        }
    }

    private func pass(_ request: Request) async throws -> Response {
        let target = request.head.path ?? "/"
        guard isKept(request.method.rawValue, target) else { return try await forward(request, to: target) }
        return try await order.pass("\(request.method.rawValue) \(target)") { try await self.forward(request, to: target) }
    }

    private func forward(_ request: Request, to target: String) async throws -> Response {
        let body = try await request.body.collect(upTo: 64 << 20)
        let own = answering(request.method.rawValue, target)
        if let own, own.status != 0 {
            return Response(
                status: HTTPResponse.Status(code: own.status),
                headers: [.contentType: own.text.hasPrefix("{") ? "application/json" : "text/plain"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: own.text)))
        }
        let user = server.user(sending: request.headers[.authorization])
        let isKept = isKept(request.method.rawValue, target)
        var sent = HTTPClientRequest(url: server.address + target)
        sent.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers
        where !["host", "content-length", "authorization", "accept-encoding"].contains(field.name.canonicalName) {
            guard field.name == .accept, isKept else {
                sent.headers.add(name: field.name.canonicalName, value: field.value)
                continue
            }
            // What is answered in protobuf could not be read here.
            let value = field.value.split(separator: ",").filter { !$0.contains("protobuf") }.joined(separator: ",")
            sent.headers.add(name: field.name.canonicalName, value: value.isEmpty ? "application/json" : value)
        }
        sent.headers.replaceOrAdd(name: "authorization", value: "Bearer \(server.token(of: user))")
        let bytes = Array(body.readableBytesView)
        if !bytes.isEmpty { sent.body = .bytes(bytes) }
        let answer = try await client.execute(sent, timeout: .seconds(120))
        if target.contains("watch=") {
            // What happens is told when it happens.
            let type = answer.headers.first(name: "content-type") ?? "application/json"
            return Response(
                status: HTTPResponse.Status(code: Int(answer.status.code)), headers: [.contentType: type],
                body: ResponseBody(asyncSequence: answer.body))
        }
        let answered = Array(try await answer.body.collect(upTo: 64 << 20).readableBytesView)

        if isKept {
            func content(_ bytes: [UInt8]) -> Value { (try? JSON.read(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self)) }
            let exchange = RecordedExchange(
                method: request.method.rawValue, target: target, userAgent: request.headers[.userAgent] ?? "", user: user,
                contentType: request.headers[.contentType] ?? "", body: bytes.isEmpty ? nil : content(bytes),
                status: Int(answer.status.code),
                warnings: answer.headers["warning"], answer: content(answered))
            exchanges.withLock { $0.append(exchange) }
        }
        var headers = HTTPFields()
        for field in answer.headers where ["content-type", "warning", "retry-after"].contains(field.name.lowercased()) {
            if let name = HTTPField.Name(field.name) { headers.append(HTTPField(name: name, value: field.value)) }
        }
        if let warning = own?.warning, let name = HTTPField.Name("warning") { headers.append(HTTPField(name: name, value: warning)) }
        return Response(
            status: HTTPResponse.Status(code: Int(answer.status.code)), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answered)))
    }

    /// Requests about objects; what discovery and the schema say is compared elsewhere.
    private func isKept(_ method: String, _ target: String) -> Bool {
        guard keeps(method, target) else { return false }
        let parts = target.split(separator: "?", maxSplits: 1)
        let path = parts.first?.split(separator: "/") ?? []
        if parts.count > 1, parts[1].contains("watch=") { return false }
        return (path.first == "api" && path.count > 2) || (path.first == "apis" && path.count > 3)
    }
}
