// Watches that end, break, lie and fall silent.

import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct WatchTests {
    private static let configMaps = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"), resource: "configmaps", namespaced: true)

    private static func line(_ type: String, _ name: String, _ version: String) -> String {
        #"{"type":"\#(type)","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"\#(name)","resourceVersion":"\#(version)"}}}"#
            + "\n"
    }
    private static let three = line("ADDED", "a", "11") + line("MODIFIED", "ä", "12") + line("DELETED", "a", "13")

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }

    /// What was seen of a watch, as `ADDED a 11`, and how it ended: nil where the server ended it.
    private func watch(
        _ answer: FaultAnswer, from version: String = "10", silence: Duration = .seconds(20)
    ) async throws -> (seen: [String], error: ClientError?, requests: [SeenRequest]) {
        try await FaultServer.with({ _, _ in answer }) { server in
            let client = try KubernetesClient(
                connection: ClusterConnection(server: "http://127.0.0.1:\(server.port)"), watchSilence: silence)
            var seen: [String] = []
            var failure: ClientError?
            do {
                try await client.watch(Self.configMaps, namespace: "n", labelSelector: "app=web", from: version, lasting: .seconds(60)) {
                    let object = $0.object
                    seen.append("\($0.kind.rawValue) \(object.name) \(object.resourceVersion ?? "")")
                }
            } catch let error as ClientError {
                failure = error
            }
            await client.shutdown()
            return (seen, failure, server.seen)
        }
    }

    @Test func eventsComeInOrderAndTheServersEndIsNoError() async throws {
        let (seen, error, requests) = try await watch(.json(Self.three))
        #expect(error == nil)
        #expect(seen == ["ADDED a 11", "MODIFIED ä 12", "DELETED a 13"])
        #expect(
            requests.map(\.uri) == [
                "/api/v1/namespaces/n/configmaps?watch=1&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=60&labelSelector=app%3Dweb"
            ])
    }

    @Test func aBookmarkMovesTheVersionAndNoMore() async throws {
        let bookmark = #"{"type":"BOOKMARK","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"resourceVersion":"99"}}}"#
        let (seen, error, _) = try await watch(.json(bookmark + "\n"))
        #expect(error == nil)
        #expect(seen == ["BOOKMARK  99"])
    }

    /// Wherever the network cuts it: whole lines count, the rest does not.
    @Test func aStreamMayBeCutAnywhere() async throws {
        let bytes = Array(Self.three.utf8)
        var starts: [Int] = [0]
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
        for length in stride(from: 0, through: bytes.count, by: 3) {
            let whole = try #require(starts.lastIndex { $0 <= length })
            let (seen, error, _) = try await watch(FaultAnswer(body: Array(bytes[..<length])))
            #expect(seen.count == whole, "cut at \(length)")
            #expect((error?.code == .unreachable) == !starts.contains(length), "cut at \(length): \(error?.message ?? "no error")")
        }
    }

    @Test func aConnectionThatBreaksIsAnError() async throws {
        let (seen, error, _) = try await watch(FaultAnswer(body: Array(Self.three.utf8), ending: .cut))
        #expect(seen.count == 3)
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("cannot watch configmaps in n") == true)
    }

    @Test func aSilentConnectionIsLeft() async throws {
        let (seen, error, _) = try await watch(
            FaultAnswer(body: Array(Self.three.utf8), ending: .open), silence: .seconds(3))
        #expect(seen.count == 3)
        #expect(error?.code == .timeout)
    }

    private static let expired =
        #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old resource version: 10 (20)","reason":"Expired","code":410}"#

    @Test(arguments: ["status", "event"]) func aVersionThatIsGoneIsExpiredInBothShapes(_ shape: String) async throws {
        let answer =
            shape == "status"
            ? FaultAnswer.json(Self.expired, status: 410)
            : .json(Self.line("ADDED", "a", "11") + #"{"type":"ERROR","object":\#(Self.expired)}"# + "\n")
        let (seen, error, _) = try await watch(answer)
        #expect(seen.count == (shape == "status" ? 0 : 1))
        #expect(error?.code == .expired)
    }

    @Test func withoutAVersionNothingIsAsked() async throws {
        let (_, error, requests) = try await watch(.json(""), from: "")
        #expect(error?.code == .expired)
        #expect(requests.isEmpty)
    }

    /// As a kube-apiserver says it whose etcd cannot tell its progress.
    @Test(arguments: [
        (
            #"{"kind":"Status","status":"Failure","message":"feature RequestWatchProgress is disabled","code":500}"#,
            "unavailable"
        ),
        (#"{"kind":"Status","status":"Failure","message":"configmaps is forbidden","reason":"Forbidden","code":403}"#, "forbidden"),
        (#"{"kind":"Status","status":"Failure","message":"odd"}"#, "unavailable"),
    ])
    func anErrorInsideOfA200IsThatError(_ status: String, _ code: String) async throws {
        let (_, error, _) = try await watch(.json(#"{"type":"ERROR","object":\#(status)}"# + "\n"))
        #expect(error?.code.rawValue == code)
    }

    @Test(arguments: ["<html>\n", "{}\n", #"{"type":"NEWS","object":{}}"# + "\n", #"{"type":"ADDED","object":7}"# + "\n"])
    func whatIsNoEventIsNotTaken(_ text: String) async throws {
        let (seen, error, _) = try await watch(.json(text))
        #expect(seen.isEmpty && error?.code == .malformedResponse)
    }

    @Test func aForbiddenWatchIsRefusedAsAnyRequest() async throws {
        let status = #"{"kind":"Status","status":"Failure","message":"no","reason":"Forbidden","code":403}"#
        let (_, error, requests) = try await watch(.json(status, status: 403))
        #expect(error?.code == .forbidden)
        #expect(requests.count == 1)
    }

    /// 150 watches stay open and a request is answered all the same: with one client they would block it.
    @Test func watchesDoNotStarveRequests() async throws {
        let object = #"{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"}}"#
        try await FaultServer.with({ request, _ in
            request.uri.contains("watch=1") ? FaultAnswer(body: Array(Self.line("ADDED", "a", "11").utf8), ending: .open) : .json(object)
        }) { server in
            let client = try KubernetesClient(connection: ClusterConnection(server: "http://127.0.0.1:\(server.port)"))
            let open = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<150 {
                    group.addTask {
                        try await client.watch(Self.configMaps, namespace: nil, from: "1") { _ in open.add() }
                    }
                }
                while open.value < 150 {
                    try Task.checkCancellation()
                    await Task.yield()
                }
                let answered = try await client.get(Self.configMaps, namespace: "n", name: "a")
                #expect(answered?.name == "a")
                group.cancelAll()
                while let result = await group.nextResult() {
                    guard case .failure(let error) = result, error is CancellationError else {
                        Issue.record("a watch ended otherwise: \(result)")
                        continue
                    }
                }
            }
            await client.shutdown()
        }
    }
}
