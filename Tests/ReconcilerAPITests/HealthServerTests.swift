// The server over a real socket, asked by a client of its own kind.

import AsyncHTTPClient
import CoreMetrics
import Foundation
import NIOCore
import NIOHTTP1
import ReconcilerAPI
import Synchronization
import TestSupport
import Testing

@Suite("Health and metrics over HTTP", .timeLimit(.minutes(2)))
struct HealthServerTests {
    struct Answer: Equatable {
        var status: Int
        var type: String
        var body: String
    }

    @Test("Well: ok; not well: 503 and the reason in one line; each question has its own path")
    func health() async throws {
        let reason = Mutex<String?>(nil)
        try await withServer(
            health: { reason.withLock { $0 } }, readiness: { "the first list of Applications\nhas not come yet" }
        ) { url async throws in
            for path in ["/healthz", "/livez", "/healthz?verbose"] {
                #expect(try await ask(url + path) == Answer(status: 200, type: "text/plain; charset=utf-8", body: "ok\n"), "\(path)")
            }
            #expect(try await ask(url + "/readyz").status == 503)
            #expect(try await ask(url + "/readyz").body == "the first list of Applications has not come yet\n")
            reason.withLock { $0 = "the queue stands still" }
            #expect(
                try await ask(url + "/healthz")
                    == Answer(status: 503, type: "text/plain; charset=utf-8", body: "the queue stands still\n"))
        }
    }

    @Test("Metrics are text of version 0.0.4 with the figures of this process, over IPv6 where the machine has it")
    func metrics() async throws {
        let registry = PrometheusRegistry()
        registry.makeCounter(label: "belay_test_total", dimensions: [("result", "ok")]).increment(by: 2)
        let hasIPv6 = (try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8))?.contains(" lo\n") == true
        try await withServer(hasIPv6 ? "[::1]:0" : "127.0.0.1:0", registry) { url async throws in
            let answer = try await ask(url + "/metrics")
            #expect(answer.status == 200)
            #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.body.contains("belay_test_total{result=\"ok\"} 2\n"))
            for name in ["process_cpu_seconds_total", "process_open_fds", "process_resident_memory_bytes", "process_start_time_seconds"] {
                #expect(answer.body.contains("\n\(name) "), "\(name)")
            }
        }
    }

    @Test("Other paths are not found, other methods not allowed; HEAD is GET without a body")
    func refusals() async throws {
        try await withServer { url async throws in
            for path in ["", "/", "/healthz/", "/metrics/x", "/debug", "/%2e%2e/metrics"] {
                #expect(try await ask(url + path).status == 404, "\(path)")
            }
            for method in [HTTPMethod.POST, .PUT, .DELETE, .OPTIONS] {
                #expect(try await ask(url + "/metrics", method).status == 405, "\(method)")
            }
            #expect(try await ask(url + "/healthz", .HEAD) == Answer(status: 200, type: "text/plain; charset=utf-8", body: ""))
        }
    }

    @Test("Cancelled, it answers what was asked before, takes no more, and ends without an error")
    func graceful() async throws {
        let (asked, isAsked) = AsyncStream.makeStream(of: Void.self)
        let (answers, answer) = AsyncStream.makeStream(of: Void.self)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = HealthServer(
            address: try ListenAddress("127.0.0.1:0"), metrics: PrometheusRegistry(),
            health: {
                isAsked.yield()
                for await _ in answers { break }
                return nil
            }, readiness: { nil }, patience: .seconds(60))
        let running = Task { try await server.run { port.yield($0) } }
        let bound = try #require(await first(ports))
        let pending = Task { try await ask("http://127.0.0.1:\(bound)/healthz") }
        _ = await first(asked)
        // The table is read while it changes: one look may miss a line.
        try await Wait.until("the port is in the table") { listens(on: bound) }
        running.cancel()
        try await Wait.until("no more connections are taken") { !listens(on: bound) }
        answer.yield()
        #expect(try await pending.value.body == "ok\n")
        try await running.value
    }

    @Test("A task that is cancelled already ends; a request longer than the patience holds nothing up")
    func impatient() async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let (asked, isAsked) = AsyncStream.makeStream(of: Void.self)
        let server = HealthServer(
            address: try ListenAddress("127.0.0.1:0"), metrics: PrometheusRegistry(),
            health: {
                isAsked.yield()
                let (never, _) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                return nil
            }, readiness: { nil }, patience: .milliseconds(50))
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await server.run()
        }
        try await cancelled.value
        let running = Task { try await server.run { port.yield($0) } }
        let bound = try #require(await first(ports))
        let pending = Task { try? await ask("http://127.0.0.1:\(bound)/healthz") }
        _ = await first(asked)
        running.cancel()
        try await running.value
        _ = await pending.value
    }

    @Test("An address that is taken is named")
    func taken() async throws {
        try await withServer { url async throws in
            let address = try ListenAddress(String(url.dropFirst("http://".count)))
            let second = HealthServer(address: address, metrics: PrometheusRegistry(), health: { nil }, readiness: { nil })
            let error = await #expect(throws: HealthServer.StartError.self) { try await second.run() }
            #expect(error?.description.contains("cannot listen on \(address)") == true, "\(String(describing: error))")
        }
    }

    @Test(
        "Addresses",
        arguments: [
            ("127.0.0.1:8081", "127.0.0.1", 8081), (":8081", "0.0.0.0", 8081), ("[::1]:0", "::1", 0),
            ("[fe80::1%eth0]:1", "fe80::1%eth0", 1),
            ("localhost:65535", "localhost", 65535),
        ])
    func addresses(_ text: String, _ host: String, _ port: Int) throws {
        let address = try ListenAddress(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(try ListenAddress(address.description) == address)
    }

    @Test(
        "No addresses",
        arguments: [
            "", "8081", "localhost", "localhost:", "a:65536", "a:-1", "a:+1", "::1:80", "[::1]", "[localhost]:80", "http://a:80", "a b:1",
        ])
    func noAddresses(_ text: String) throws {
        let error = #expect(throws: ListenAddress.Invalid.self) { try ListenAddress(text) }
        #expect(error?.description.contains("HOST:PORT") == true)
    }

    // MARK: Helpers of this suite

    private func withServer(
        _ address: String = "127.0.0.1:0", _ registry: PrometheusRegistry = PrometheusRegistry(),
        health: @escaping HealthServer.Question = { nil }, readiness: @escaping HealthServer.Question = { nil },
        _ body: (_ url: String) async throws -> Void
    ) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        var address = try ListenAddress(address)
        let server = HealthServer(address: address, metrics: registry, health: health, readiness: readiness)
        let running = Task {
            defer { port.finish() }
            try await server.run { port.yield($0) }
        }
        do {
            address.port = try #require(await first(ports))
            try await body("http://\(address)")
        } catch {
            running.cancel()
            _ = await running.result
            throw error
        }
        running.cancel()
        try await running.value
    }

    /// Read from the kernel: a connection made at the wrong moment would itself be one to wait for.
    private func listens(on port: Int) -> Bool {
        let hexadecimal = String(port, radix: 16, uppercase: true)
        let digits = String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
        let table = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        return table.split(separator: "\n").contains { $0.contains("0100007F:\(digits) 00000000:0000 0A") }
    }

    private func first<Element: Sendable>(_ stream: AsyncStream<Element>) async -> Element? {
        for await element in stream { return element }
        return nil
    }

    private func ask(_ url: String, _ method: HTTPMethod = .GET) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        return Answer(
            status: Int(response.status.code), type: response.headers.first(name: "content-type") ?? "", body: String(buffer: body))
    }
}
