// Health and metrics over plain HTTP: what a kubelet asks, and what Prometheus scrapes.

import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Serves `/healthz`, `/livez`, `/readyz` and `/metrics`. Nothing that it answers is secret, and nothing can be changed through it.
package struct HealthServer: Sendable {
    /// Why something is not well, in a few words; nil when it is.
    package typealias Question = @Sendable () async -> String?

    /// It could not listen.
    package struct StartError: Error, Sendable, CustomStringConvertible {
        package var description: String
    }

    private let address: ListenAddress
    private let registry: PrometheusRegistry
    private let health: Question
    private let readiness: Question
    private let patience: Duration

    /// - Parameters:
    ///   - metrics: what `/metrics` tells, besides the figures of this process.
    ///   - health: for `/healthz` and `/livez`: a reason is a reason to start the process anew.
    ///   - readiness: for `/readyz`.
    ///   - patience: how long requests under way may take once the server is to stop.
    package init(
        address: ListenAddress, metrics: PrometheusRegistry, health: @escaping Question, readiness: @escaping Question,
        patience: Duration = .seconds(5)
    ) {
        self.address = address
        registry = metrics
        self.health = health
        self.readiness = readiness
        self.patience = patience
    }

    /// Serves until the task is cancelled, then lets requests under way end.
    ///
    /// - Parameter listening: told the port once connections are accepted.
    /// - Throws: ``StartError`` when the address cannot be used. A cancelled task is no error.
    package func run(listening: @escaping @Sendable (_ port: Int) -> Void = { _ in }) async throws {
        var quiet = Logger(label: "belay.health")
        quiet.logLevel = .critical
        let application = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in await respond(to: request) },
            server: .http1(configuration: .init(idleTimeout: .seconds(90))),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: nil, reuseAddress: true,
                availableConnectionsDelegate: MaximumAvailableConnections(Self.maximumConnections)),
            onServerRunning: { channel in listening(channel.localAddress?.port ?? 0) }, logger: quiet)
        var configuration = ServiceGroupConfiguration(services: [application], logger: quiet)
        configuration.maximumGracefulShutdownDuration = patience
        let group = ServiceGroup(configuration: configuration)
        // A task of its own: cancelled with this one it would cut requests off. It ends before this function does.
        let serving = Task { try await group.run() }
        do {
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
        } catch is CancellationError {
            // Requests that took longer than the patience were cut off.
        } catch {
            throw StartError(description: "cannot listen on \(address) for health and metrics: \(error)")
        }
    }

    private static let maximumConnections = 200

    // MARK: Answers

    private func respond(to request: Request) async -> Response {
        let path = request.uri.path
        guard ["/healthz", "/livez", "/readyz", "/metrics"].contains(path) else { return Self.text(.notFound, "not found") }
        guard request.method == .get || request.method == .head else {
            var refusal = Self.text(.methodNotAllowed, "only GET and HEAD are answered here")
            refusal.headers[.allow] = "GET, HEAD"
            return refusal
        }
        let response =
            switch path {
            case "/metrics": Self.text(.ok, registry.text() + ProcessFigures.text(), type: "text/plain; version=0.0.4; charset=utf-8")
            case "/readyz": Self.answer(await readiness())
            default: Self.answer(await health())
            }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func answer(_ reason: String?) -> Response {
        guard let reason else { return text(.ok, "ok\n") }
        let line = reason.split(whereSeparator: \.isNewline).joined(separator: " ")
        return text(.serviceUnavailable, (line.isEmpty ? "no reason given" : line) + "\n")
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String, type: String = "text/plain; charset=utf-8") -> Response {
        Response(
            status: status, headers: [.contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
