// A small HTTP/1.1 server on loopback that answers as a test wants it, byte by byte if need be.

import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL
import Synchronization

/// What the server answers to one request.
package struct FaultAnswer: Sendable {
    package enum Ending: Sendable {
        case whole
        /// The connection is closed after the body, which is announced to be longer than it is.
        case cut
        /// The connection is closed at once, without any answer.
        case closed
        /// Nothing ever comes.
        case silent
        /// After the body nothing more comes, and the connection stays open.
        case open
    }
    package var status = 200
    package var headers: [(String, String)] = [("content-type", "application/json")]
    package var body: [UInt8] = []
    package var ending = Ending.whole
    /// Answered only when this many requests have come.
    package var afterRequests = 0

    package init(
        status: Int = 200, headers: [(String, String)] = [("content-type", "application/json")], body: [UInt8] = [],
        ending: Ending = .whole,
        afterRequests: Int = 0
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.ending = ending
        self.afterRequests = afterRequests
    }

    package static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> FaultAnswer {
        FaultAnswer(status: status, headers: [("content-type", "application/json")] + headers, body: Array(text.utf8))
    }
}

/// A request as the server saw it.
package struct SeenRequest: Sendable {
    package var method: String
    package var uri: String
    package var headers: [String: String]
    package var body: String
}

package final class FaultServer: Sendable {
    package typealias Script = @Sendable (SeenRequest, Int) -> FaultAnswer

    package let port: Int
    private let channel: any Channel
    private let log: RequestLog

    /// Requests in the order they came.
    package var seen: [SeenRequest] { log.requests.withLock { $0 } }

    fileprivate final class RequestLog: Sendable {
        let requests = Mutex<[SeenRequest]>([])
    }

    private init(tls: TLSConfiguration?, _ script: @escaping Script) async throws {
        let log = RequestLog()
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(log: log, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.log = log
    }

    /// - Parameter script: the answer to the request with this number, from 0.
    package static func with<Result>(
        tls: TLSConfiguration? = nil, _ script: @escaping Script, _ body: (FaultServer) async throws -> Result
    ) async throws -> Result {
        let server = try await FaultServer(tls: tls, script)
        do {
            let result = try await body(server)
            try? await server.channel.close()
            return result
        } catch {
            try? await server.channel.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let log: RequestLog
        private let script: Script
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(log: RequestLog, script: @escaping Script) {
            self.log = log
            self.script = script
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let part): body.append(contentsOf: part.readableBytesView)
            case .end:
                guard let head else { return }
                let request = SeenRequest(
                    method: head.method.rawValue, uri: head.uri,
                    headers: Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { "\($0),\($1)" }),
                    body: String(decoding: body, as: UTF8.self))
                let number = log.requests.withLock { requests in
                    requests.append(request)
                    return requests.count - 1
                }
                answerWhenDue(script(request, number), context: context)
            }
        }

        private func answerWhenDue(_ answer: FaultAnswer, context: ChannelHandlerContext) {
            guard log.requests.withLock({ $0.count }) < answer.afterRequests else { return self.answer(answer, context: context) }
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(5)) { bound.value.0.answerWhenDue(answer, context: bound.value.1) }
        }

        private func answer(_ answer: FaultAnswer, context: ChannelHandlerContext) {
            switch answer.ending {
            case .silent: return
            case .closed:
                context.close(promise: nil)
                return
            case .whole, .cut, .open: break
            }
            var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status))
            for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
            let isCut = answer.ending == .cut
            if answer.ending == .open { head.headers.replaceOrAdd(name: "transfer-encoding", value: "chunked") }
            if head.headers["transfer-encoding"].isEmpty {
                head.headers.replaceOrAdd(name: "content-length", value: String(answer.body.count + (isCut ? 100 : 0)))
            }
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let part = HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: answer.body)))
            if isCut {
                let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
                context.writeAndFlush(wrapOutboundOut(part)).whenComplete { _ in bound.value.close(promise: nil) }
            } else if answer.ending == .open {
                context.writeAndFlush(wrapOutboundOut(part), promise: nil)
            } else {
                context.write(wrapOutboundOut(part), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
