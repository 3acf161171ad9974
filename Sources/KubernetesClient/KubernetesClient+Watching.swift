// WATCH: events as they come, until the server ends the stream; every way in which one breaks has its error.

import AsyncHTTPClient
import Foundation
package import KubernetesModel
import NIOCore
import NIOHTTP1
import StructuredData

extension KubernetesClient {
    /// One event of a watch. A bookmark's object has a resourceVersion and nothing else; that of a deletion is the last that the watch
    /// could see: an object that lost the label which was selected by is told as deleted too.
    package struct WatchEvent: Sendable, Equatable {
        package enum Kind: String, Sendable { case added = "ADDED", modified = "MODIFIED", deleted = "DELETED", bookmark = "BOOKMARK" }
        package var kind: Kind
        package var object: Unstructured

        package init(kind: Kind, object: Unstructured) {
            self.kind = kind
            self.object = object
        }
    }

    /// Watches a kind from a list's resourceVersion on, with bookmarks, until the server ends the stream; then it returns, and the caller
    /// goes on from the last resourceVersion it saw.
    ///
    /// - Parameters:
    ///   - resourceVersion: of a list or of the last event; never empty: "any" would begin with objects of any age.
    ///   - lasting: after which time the server should end the stream.
    ///   - onOpen: called when the server has begun to answer, which for a quiet kind is long before its first event.
    ///   - onEvent: called for one event after the other; what it throws ends the watch and is thrown.
    /// - Throws: ``ClientError``: `expired` for a resourceVersion that is gone, in both shapes (HTTP 410, and an ERROR event in a 200);
    ///   `timeout` for a stream that was silent for too long; `unreachable` for one that was cut, in a line or between two;
    ///   `malformedResponse` for what is no event; `CancellationError`.
    package func watch(
        _ resource: APIResource, namespace: String?, labelSelector: String? = nil, fieldSelector: String? = nil,
        from resourceVersion: String, lasting: Duration = .seconds(300), onOpen: () async -> Void = {},
        onEvent: (WatchEvent) async throws -> Void
    ) async throws {
        let subject = RequestSubject(verb: .watch, resource, namespace: namespace, name: nil)
        guard !resourceVersion.isEmpty else {
            throw ClientError(code: .expired, message: "\(subject.failure(on: server)): there is no resourceVersion to begin from")
        }
        var query: [(name: String, value: String)] = [
            ("watch", "1"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
            ("timeoutSeconds", String(max(1, lasting.components.seconds))),
        ]
        if let labelSelector, !labelSelector.isEmpty { query.append(("labelSelector", labelSelector)) }
        if let fieldSelector, !fieldSelector.isEmpty { query.append(("fieldSelector", fieldSelector)) }
        let path = try APIPath.collection(resource, namespace: namespace) + APIPath.query(query)
        let request = Transport.Request(method: .GET, path: path, headers: [("accept", "application/json")], body: nil)
        let body = try await open(Call(subject: subject, request: request, safety: .read))
        await onOpen()
        var lines = WatchLines()
        var parts = body.makeAsyncIterator()
        while true {
            let part: ByteBuffer?
            do { part = try await parts.next() } catch { throw brokenOff(error, subject) }
            guard let part else { break }
            for line in try lines.append(part.readableBytesView) { try await onEvent(event(line, subject)) }
        }
        if lines.isInLine {
            throw ClientError(code: .unreachable, message: "\(subject.failure(on: server)): the stream broke off in the middle of an event")
        }
    }

    private func brokenOff(_ error: any Error, _ subject: RequestSubject) -> any Error {
        if Task.isCancelled || error is CancellationError { return CancellationError() }
        return TransportFailure(error, subject: subject, server: server, httpStatus: nil).error
    }

    private func event(_ line: [UInt8], _ subject: RequestSubject) throws(ClientError) -> WatchEvent {
        func malformed(_ what: String) -> ClientError {
            ClientError(code: .malformedResponse, message: "\(subject.failure(on: server)): an event cannot be read: \(what)")
        }
        guard let value = try? JSON.read(line) else { throw malformed("it is no JSON (\(line.count) bytes)") }
        let type = value["type"]?.string ?? ""
        guard let object = value["object"], object.object != nil else { throw malformed("it has no object") }
        if type == "ERROR" {
            let code = Int(clamping: object["code"]?.int ?? 0)
            let answer = APIAnswer(
                httpStatus: (400..<600).contains(code) ? code : 500, contentType: "application/json", body: JSON.write(object))
            throw answer.error(for: subject, server: server, now: Date().timeIntervalSince1970) ?? malformed("it is an error without one")
        }
        guard let kind = WatchEvent.Kind(rawValue: type) else { throw malformed("its type is \(PrintableText.line(type, limit: 40))") }
        return WatchEvent(kind: kind, object: Unstructured(object))
    }
}
