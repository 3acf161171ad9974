// HTTP to one API server: two clients, so that watches never starve requests, and answers read whole or not at all.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOSSL

/// Sends one HTTP request and reads its whole answer; knows nothing of Kubernetes but its headers.
final class Transport: Sendable {
    /// A request as it goes out.
    struct Request: Sendable {
        var method: HTTPMethod
        /// Path and query, encoded.
        var path: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]?
    }

    static let connectTimeout = TimeAmount.seconds(5)
    /// Longer than the 30 s that an admission webhook may take, and than the API server's own minute.
    static let deadline = TimeAmount.seconds(65)
    /// How many watches may be open at once.
    static let mostWatches = 1024
    /// What an answer may have unpacked.
    static let largestAnswer = 256 << 20

    /// `host:port`.
    let server: String
    private let base: String
    /// The `Host` header where TLS is told another name than the server's.
    private let hostHeader: String?
    private let tls: TLSConfiguration
    private let requests: HTTPClient
    /// For streams only: they would block everything else.
    private let watches: HTTPClient

    /// - Parameter watchSilence: how long a watch may be without a byte: longer than two of the server's bookmarks are apart.
    init(_ connection: ClusterConnection, concurrency: Int, watchSilence: Duration) throws(ClientError) {
        guard let address = ServerAddress(connection.server) else {
            throw ClientError(configuration: "the server is no http or https URL: \(PrintableText.line(connection.server, limit: 200))")
        }
        server = address.description
        tls = try TLSSetup.configuration(for: connection)
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout = .init(connect: Transport.connectTimeout)
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .enabled(limit: .size(Transport.largestAnswer))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(1, concurrency)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .automatic
        if let proxy = connection.proxy {
            do { configuration.proxy = try ProxyAddress(proxy).client } catch { throw ClientError(configuration: error.message) }
        }
        var host = address.host
        if let name = connection.tlsServerName, address.isSecure, name.lowercased() != host {
            configuration.dnsOverride = [name: host]
            host = name
            hostHeader = server
        } else {
            hostHeader = nil
        }
        base = "\(address.isSecure ? "https" : "http")://\(ServerAddress.bracketed(host)):\(address.port)\(address.pathPrefix)"
        requests = HTTPClient(configuration: configuration)
        // A connection for each: with HTTP/2 the hundred streams of the one connection would be a limit.
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Transport.mostWatches
        configuration.timeout.read = .nanoseconds(Int64(watchSilence / .nanoseconds(1)))
        configuration.decompression = .disabled
        watches = HTTPClient(configuration: configuration)
    }

    func shutdown() async {
        // A second shutdown fails, and that is all that can fail here.
        try? await requests.shutdown()
        try? await watches.shutdown()
    }

    /// - Throws: ``TransportFailure``, `ClientError` for an unusable certificate, `CancellationError`.
    func send(_ request: Request, identity: CredentialSource.Identity, subject: RequestSubject, mostBytes: Int) async throws -> APIAnswer {
        let message = try clientRequest(request, identity: identity)
        var httpStatus: Int?
        do {
            let response = try await requests.execute(message, timeout: Transport.deadline)
            httpStatus = Int(response.status.code)
            return try await answer(response, mostBytes: mostBytes, subject: subject).withholding(identity.authorization)
        } catch let error as ClientError {
            throw error
        } catch {
            if Task.isCancelled || error is CancellationError { throw CancellationError() }
            throw TransportFailure(error, subject: subject, server: server, httpStatus: httpStatus)
        }
    }

    /// What a request for a stream was answered.
    enum Opened: Sendable {
        case stream(HTTPClientResponse.Body)
        /// No 2xx: the whole answer.
        case refused(APIAnswer)
    }

    /// Opens a stream: what is answered has no deadline as a whole, and none of its parts may be longer in coming than the silence
    /// that the transport was made with.
    /// - Throws: as ``send(_:identity:subject:mostBytes:)``.
    func open(_ request: Request, identity: CredentialSource.Identity, subject: RequestSubject) async throws -> Opened {
        let message = try clientRequest(request, identity: identity)
        var httpStatus: Int?
        do {
            let response = try await watches.execute(message, deadline: .distantFuture)
            if response.status == .ok { return .stream(response.body) }
            httpStatus = Int(response.status.code)
            return .refused(try await answer(response, mostBytes: 1 << 20, subject: subject).withholding(identity.authorization))
        } catch let error as ClientError {
            throw error
        } catch {
            if Task.isCancelled || error is CancellationError { throw CancellationError() }
            throw TransportFailure(error, subject: subject, server: server, httpStatus: httpStatus)
        }
    }

    private func answer(_ response: HTTPClientResponse, mostBytes: Int, subject: RequestSubject) async throws -> APIAnswer {
        let body = try await read(response, mostBytes: mostBytes, subject: subject)
        return APIAnswer(
            httpStatus: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "", body: body,
            retryAfter: response.headers.first(name: "retry-after"), date: response.headers.first(name: "date"),
            location: response.headers.first(name: "location"),
            warnings: response.headers[canonicalForm: "warning"].flatMap { WarningHeader.texts(String($0)) })
    }

    private func clientRequest(_ request: Request, identity: CredentialSource.Identity) throws(ClientError) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: base + request.path)
        message.method = request.method
        if let hostHeader { message.headers.add(name: "host", value: hostHeader) }
        message.headers.add(name: "user-agent", value: "belay")
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        if let authorization = identity.authorization { message.headers.add(name: "authorization", value: authorization) }
        if let certificate = identity.certificate {
            var own = tls
            try TLSSetup.addIdentity(certificate: certificate.chain, key: certificate.key, of: "the credential plugin", to: &own)
            message.tlsConfiguration = own
        }
        if let body = request.body { message.body = .bytes(ByteBuffer(bytes: body)) }
        return message
    }

    private func read(_ response: HTTPClientResponse, mostBytes: Int, subject: RequestSubject) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        let announced = response.headers.first(name: "content-encoding") == nil ? response.headers.first(name: "content-length") : nil
        if let length = announced.flatMap({ Int($0) }) {
            if length > mostBytes { throw tooLarge(mostBytes, subject) }
            bytes.reserveCapacity(max(0, length))
        }
        for try await part in response.body {
            if bytes.count + part.readableBytes > mostBytes { throw tooLarge(mostBytes, subject) }
            bytes.append(contentsOf: part.readableBytesView)
        }
        return bytes
    }

    private func tooLarge(_ limit: Int, _ subject: RequestSubject) -> ClientError {
        ClientError(
            code: .malformedResponse, subject, on: server, "the answer has more than \(limit >> 20) MiB, which is refused")
    }
}
