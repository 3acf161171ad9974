// HTTP in, HTTP out: the token, the body's limit, and watches as lines of JSON.

import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import StructuredData

struct HTTPFrontend: Sendable {
    let cluster: ClusterBox
    let token: String
    let log: RequestLog

    private static let bodyLimit = 3 << 20
    private static let bookmarkInterval = Duration.seconds(45)

    func respond(to request: Request) async throws -> Response {
        var headers: [String: String] = [:]
        for field in request.headers {
            let name = field.name.canonicalName
            headers[name] = headers[name].map { $0 + ", " + field.value } ?? field.value
        }
        let target = request.head.path ?? "/"
        let mark = target.firstIndex(of: "?")
        let path = String(target[..<(mark ?? target.endIndex)])
        var wire = WireRequest(
            method: request.method.rawValue, path: HTTPFrontend.decoded(path, isQuery: false),
            query: HTTPFrontend.query(mark.map { target[target.index(after: $0)...] } ?? ""), headers: headers, body: [])
        guard isAuthorized(headers["authorization"]) else { return answer(.failure(.unauthorized)) }
        do {
            let body = try await request.body.collect(upTo: HTTPFrontend.bodyLimit)
            wire.body = Array(body.readableBytesView)
        } catch is NIOTooManyBytesError {
            return answer(.failure(.tooLarge("Request entity too large: limit is \(HTTPFrontend.bodyLimit)")))
        }
        let (response, logged) = cluster.answer(wire)
        log.append(logged)
        return answer(response)
    }

    /// Compares all bytes whatever differs first.
    private func isAuthorized(_ header: String?) -> Bool {
        guard let header else { return false }
        let wanted = Array("Bearer \(token)".utf8)
        let given = Array(header.utf8)
        guard wanted.count == given.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(wanted, given) { difference |= a ^ b }
        return difference == 0
    }

    private func answer(_ response: WireResponse) -> Response {
        var headers = HTTPFields()
        headers[.cacheControl] = "no-cache, private"
        for header in response.headers {
            if let name = HTTPField.Name(header.name) { headers.append(HTTPField(name: name, value: header.value)) }
        }
        let status = HTTPResponse.Status(code: response.code)
        switch response.body {
        case .bytes(let bytes, let contentType):
            headers[.contentType] = contentType
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .watch(let watch):
            headers[.contentType] = "application/json"
            let cluster = cluster
            return Response(
                status: status, headers: headers,
                body: ResponseBody { writer in
                    try await HTTPFrontend.write(watch, cluster: cluster, to: &writer)
                    try await writer.finish(nil)
                })
        }
    }

    // MARK: Watches

    private enum Line: Sendable {
        case item(WatchItem)
        case tick
        case end
    }

    /// Writes the events as they come, a bookmark now and then, until the watch's time is over.
    @concurrent
    private static func write(_ watch: WatchStream, cluster: ClusterBox, to writer: inout any ResponseBodyWriter) async throws {
        // The head goes out with the first bytes: an empty write makes clients see the watch as open.
        try await writer.write(ByteBuffer())
        let (lines, continuation) = AsyncStream.makeStream(of: Line.self)
        let clock = ContinuousClock()
        // Ended below, when the lines end or the connection does.
        let pump = Task {
            for await item in watch.items { continuation.yield(.item(item)) }
            continuation.yield(.end)
        }
        let timer = Task {
            let deadline = clock.now + .seconds(watch.timeoutSeconds)
            while clock.now < deadline {
                let next = min(clock.now + bookmarkInterval, deadline)
                do { try await clock.sleep(until: next) } catch { return }
                if next < deadline { continuation.yield(.tick) }
            }
            continuation.yield(.end)
        }
        defer {
            pump.cancel()
            timer.cancel()
        }
        // The next bookmark tells at least this much.
        for await line in lines {
            switch line {
            case .item(.event(let type, let object)):
                try await writer.write(event(type, type == "BOOKMARK" ? object : watch.present(object)))
            case .item(.bookmark(let revision)): try await writer.write(bookmark(watch, revision))
            case .item(.failure(let failure)):
                try await writer.write(event("ERROR", failure.status))
                return
            case .tick:
                if watch.sendsBookmarks { try await writer.write(bookmark(watch, cluster.revision)) }
            case .end: return
            }
        }
    }

    private static func event(_ type: String, _ object: Value) -> ByteBuffer {
        ByteBuffer(bytes: JSON.write(["type": .string(type), "object": object]) + [UInt8(ascii: "\n")])
    }

    private static func bookmark(_ watch: WatchStream, _ revision: UInt64) -> ByteBuffer {
        event(
            "BOOKMARK",
            [
                "kind": .string(watch.kind), "apiVersion": .string(watch.apiVersion),
                "metadata": ["resourceVersion": .string(String(revision))],
            ])
    }

    // MARK: Queries

    private static func query(_ text: Substring) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(parts.first ?? "", isQuery: true), parts.count > 1 ? decoded(parts[1], isQuery: true) : "")
        }
    }

    private static func decoded(_ text: some StringProtocol, isQuery: Bool) -> String {
        var bytes: [UInt8] = []
        let source = Array(text.utf8)
        var index = 0
        func digit(_ byte: UInt8) -> UInt8? {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
            default: nil
            }
        }
        while index < source.count {
            let byte = source[index]
            if byte == UInt8(ascii: "%"), index + 2 < source.count, let high = digit(source[index + 1]), let low = digit(source[index + 2])
            {
                bytes.append(high << 4 | low)
                index += 3
                continue
            }
            bytes.append(isQuery && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
