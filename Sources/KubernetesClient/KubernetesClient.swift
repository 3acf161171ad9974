// The Kubernetes API of one cluster as one identity: how requests are sent, counted, repeated and refused.

import AsyncHTTPClient
import Foundation
import KubernetesModel
import NIOHTTP1
import StructuredData
import Synchronization

/// A client of one cluster as one identity. Safe to share; every request has a deadline; `shutdown` must be awaited.
package final class KubernetesClient: Sendable {
    /// Why we write: every mutating request says so.
    package enum WriteClass: String, Sendable { case managed, own, lease }

    package let connection: ClusterConnection
    private let transport: Transport
    private let credentials: CredentialSource
    private let limiter: RequestLimiter
    private let counts = Mutex(RequestCounts())
    private let sleep: @Sendable (Duration) async throws -> Void
    private let answered: @Sendable (AnsweredRequest) -> Void

    /// - Parameters:
    ///   - connection: where and as whom (``ClusterConnection``).
    ///   - concurrency: how many requests may be under way at once; shrinks on 429 and grows again.
    ///   - watchSilence: how long a watch may be without a byte; the server's bookmarks are about a minute apart.
    ///   - sleep: how to wait before a request is repeated; tests replace it.
    ///   - answered: told of each request; must be quick.
    /// - Throws: ``ClientError`` of code `configuration` where certificates or the address cannot be used.
    package init(
        connection: ClusterConnection, concurrency: Int = 16, watchSilence: Duration = .seconds(130),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        answered: @escaping @Sendable (AnsweredRequest) -> Void = { _ in }
    ) throws {
        self.connection = connection
        self.sleep = sleep
        self.answered = answered
        credentials = CredentialSource(connection)
        limiter = RequestLimiter(maximum: concurrency, sleep: sleep)
        transport = try Transport(connection, concurrency: concurrency, watchSilence: watchSilence)
    }

    /// Makes a client, and shuts it down after `body`, whatever comes of it.
    package static func with<Result>(
        _ connection: ClusterConnection, concurrency: Int = 16, _ body: (KubernetesClient) async throws -> Result
    ) async throws -> Result {
        let client = try KubernetesClient(connection: connection, concurrency: concurrency)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Closes all connections; requests under way fail.
    package func shutdown() async { await transport.shutdown() }

    /// What was sent so far, retries included.
    package var requestCounts: RequestCounts { counts.withLock { $0 } }

    /// `host:port`, for messages.
    var server: String { transport.server }

    /// A request before credentials and retries.
    struct Call: Sendable {
        var subject: RequestSubject
        var request: Transport.Request
        var safety: RetryPolicy.Safety
        /// Of a write that is no dry-run.
        var writeClass: WriteClass?
        var mostBytes = Transport.largestAnswer
    }

    /// Sends a call until it has an answer of 2xx or a failure that is final.
    /// - Throws: ``ClientError``, `CancellationError`.
    func send(_ call: Call) async throws -> APIAnswer {
        var tries = 0
        var refused: CredentialSource.Identity?
        while true {
            tries += 1
            let identity = try await credentials.identity(insteadOf: refused)
            let failure: (error: ClientError, kind: RetryPolicy.Failure)
            do {
                let answer = try await sendOnce(call, as: identity)
                guard let error = answer.error(for: call.subject, server: server, now: Date().timeIntervalSince1970) else { return answer }
                if error.code == .unauthorized, credentials.canRefresh, refused == nil {
                    refused = identity
                    continue
                }
                failure = (error, retryKind(error))
            } catch let broken as TransportFailure {
                failure = (broken.error, broken.kind)
            }
            let pause = RetryPolicy.pause(
                after: failure.kind, call.safety, tries: tries, retryAfter: failure.error.retryAfter, jitter: Double.random(in: 0..<1))
            guard let pause else { throw failure.error }
            try await sleep(pause)
        }
    }

    /// Opens a stream. What keeps it from being opened is for the caller to wait out, who knows for how long: only a refused
    /// credential is renewed here, once.
    /// - Throws: ``ClientError``, `CancellationError`.
    func open(_ call: Call) async throws -> HTTPClientResponse.Body {
        var request = call.request
        request.headers += impersonationHeaders
        var refused: CredentialSource.Identity?
        while true {
            let identity = try await credentials.identity(insteadOf: refused)
            counts.withLock { $0.count(call.subject, call.writeClass) }
            let begun = ContinuousClock.now
            func tell(_ status: Int?) {
                answered(AnsweredRequest(method: request.method.rawValue, status: status, took: begun.duration(to: .now)))
            }
            do {
                switch try await transport.open(request, identity: identity, subject: call.subject) {
                case .stream(let body):
                    tell(200)
                    return body
                case .refused(let answer):
                    tell(answer.httpStatus)
                    guard let error = answer.error(for: call.subject, server: server, now: Date().timeIntervalSince1970) else {
                        throw malformed("it is no stream", answer, call.subject)
                    }
                    guard error.code == .unauthorized, credentials.canRefresh, refused == nil else { throw error }
                    refused = identity
                }
            } catch let broken as TransportFailure {
                tell(nil)
                throw broken.error
            }
        }
    }

    private func retryKind(_ error: ClientError) -> RetryPolicy.Failure {
        switch error.code {
        case .tooManyRequests: .rejected
        case .unavailable: .transient
        default: .permanent
        }
    }

    private func sendOnce(_ call: Call, as identity: CredentialSource.Identity) async throws -> APIAnswer {
        var request = call.request
        request.headers += impersonationHeaders
        try await limiter.enter()
        let begun = ContinuousClock.now
        var status: Int?
        defer { answered(AnsweredRequest(method: request.method.rawValue, status: status, took: begun.duration(to: .now))) }
        do {
            counts.withLock { $0.count(call.subject, call.writeClass) }
            let answer = try await transport.send(request, identity: identity, subject: call.subject, mostBytes: call.mostBytes)
            status = answer.httpStatus
            let isThrottled = answer.httpStatus == 429
            let asked = answer.retryAfter.flatMap { RetryPolicy.retryAfter($0, date: answer.date, now: Date().timeIntervalSince1970) }
            limiter.leave(throttledFor: isThrottled ? asked ?? .zero : nil, succeeded: answer.httpStatus < 300)
            return answer
        } catch {
            limiter.leave(throttledFor: nil, succeeded: false)
            throw error
        }
    }

    private var impersonationHeaders: [(name: String, value: String)] {
        guard let user = connection.impersonate else { return [] }
        let details = connection.impersonationDetails
        var headers = [(name: "Impersonate-User", value: user)]
        headers += details.groups.map { ("Impersonate-Group", $0) }
        if let uid = details.uid { headers.append(("Impersonate-Uid", uid)) }
        for (key, values) in details.extra.sorted(by: { $0.key.precedesByBytes($1.key) }) {
            headers += values.map { ("Impersonate-Extra-" + APIPath.encoded(key.lowercased()), $0) }
        }
        return headers
    }

    /// Reads a 2xx answer as an object.
    /// - Throws: `malformedResponse` for anything else: broken JSON is never taken for a part of a list.
    func value(of answer: APIAnswer, _ subject: RequestSubject) throws(ClientError) -> Value {
        do {
            let value = try JSON.read(answer.body)
            if value.object != nil { return value }
            throw malformed("it is \(value.kindName), not an object", answer, subject)
        } catch let error as ClientError {
            throw error
        } catch {
            throw malformed("it is no JSON (\(answer.body.count) bytes, \(error))", answer, subject)
        }
    }

    func malformed(_ what: String, _ answer: APIAnswer, _ subject: RequestSubject) -> ClientError {
        let done = subject.verb.isRead || subject.dryRun ? "" : "; it was done all the same"
        return ClientError(
            code: .malformedResponse, subject, on: server,
            "the answer (HTTP \(answer.httpStatus)) cannot be read: " + PrintableText.line(what, limit: 200) + done,
            httpStatus: answer.httpStatus)
    }
}

extension KubernetesClient: CustomReflectable {
    /// Nothing of what is inside is for a log: tokens are.
    package var customMirror: Mirror { Mirror(self, children: ["server": server]) }
}
