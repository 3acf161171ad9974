// What a follower is told while the API server lists, watches, forgets, fails and lies.

import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct ReflectorTests {
    private static let configMaps = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"), resource: "configmaps", namespaced: true)

    private static func list(_ names: [String], version: String, next: String = "") -> FaultAnswer {
        let items = names.map { #"{"metadata":{"name":"\#($0)","resourceVersion":"1"}}"# }.joined(separator: ",")
        return .json(
            #"{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)","continue":"\#(next)"},"items":[\#(items)]}"#
        )
    }

    private static func event(_ type: String, _ name: String, _ version: String) -> String {
        #"{"type":"\#(type)","object":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"\#(name)","resourceVersion":"\#(version)"}}}"#
            + "\n"
    }
    private static func expired(_ status: Int = 410) -> FaultAnswer {
        .json(#"{"kind":"Status","status":"Failure","message":"too old","reason":"Expired","code":410}"#, status: status)
    }
    private static let down = FaultAnswer.json(#"{"kind":"Status","status":"Failure","message":"down","code":503}"#, status: 503)

    private final class Story: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ event: Reflector.Event) {
            let line =
                switch event {
                case .relisting: "relisting"
                case .page(let items): "page " + items.map(\.name).joined(separator: " ")
                case .listed: "listed"
                case .changed(let event): "\(event.kind.rawValue) \(event.object.name)"
                case .recovered: "recovered"
                case .failing(let error, _): "failing \(error.code.rawValue)"
                }
            lines.withLock { $0.append(line) }
        }
    }

    /// Follows a server that gives these answers in turn and then stays silent; ends when `count` events were told.
    private func follow(
        _ answers: [FaultAnswer], until count: Int, moving: Bool = false
    ) async throws -> (story: [String], asked: [String], pauses: [Duration]) {
        let clock = ManualTime()
        let story = Story()
        return try await FaultServer.with({ _, number in
            answers.indices.contains(number) ? answers[number] : FaultAnswer(ending: .silent)
        }) { server in
            // Repeated requests of the client itself wait in no time.
            let client = try KubernetesClient(connection: ClusterConnection(server: "http://127.0.0.1:\(server.port)")) { _ in
                await Task.yield()
            }
            let reflector = Reflector(
                client: client, scope: Reflector.Scope(resource: Self.configMaps, labelSelector: "a"), time: clock.time,
                backoff: Backoff(longest: .seconds(60), jitter: { 1 }), lasting: { .seconds(400) })
            let task = Task { await reflector.run { story.add($0) } }
            while story.all.count < count || (moving && server.seen.count <= answers.count) {
                try Task.checkCancellation()
                if clock.sleeping > 0 { clock.advance(by: .seconds(60)) }
                await Task.yield()
            }
            let asked = server.seen.map { request in
                let query = request.uri.split(separator: "?").last ?? ""
                let version = query.split(separator: "&").first { $0.hasPrefix("resourceVersion=") }
                return query.contains("watch=1") ? "watch \(version?.dropFirst("resourceVersion=".count) ?? "")" : "list"
            }
            task.cancel()
            await task.value
            await client.shutdown()
            return (story.all, asked, clock.pauses)
        }
    }

    @Test func aListInPagesThenEventsFromItsVersion() async throws {
        let (story, asked, _) = try await follow(
            [
                Self.list(["a", "b"], version: "5", next: "more"), Self.list(["c"], version: "7"),
                .json(Self.event("ADDED", "d", "8") + Self.event("DELETED", "a", "9")),
            ], until: 6, moving: true)
        #expect(story.prefix(6) == ["relisting", "page a b", "page c", "listed", "ADDED d", "DELETED a"])
        #expect(asked.prefix(4) == ["list", "list", "watch 7", "watch 9"])
    }

    /// A bookmark is not told, and the next stream begins at it.
    @Test func aBookmarkIsWhereTheNextStreamBegins() async throws {
        let (story, asked, _) = try await follow(
            [Self.list([], version: "5"), .json(Self.event("BOOKMARK", "", "70")), .json(Self.event("ADDED", "a", "71"))], until: 4)
        #expect(story == ["relisting", "page ", "listed", "ADDED a"])
        #expect(asked.prefix(3) == ["list", "watch 5", "watch 70"])
    }

    @Test(arguments: ["status", "event"]) func aForgottenVersionIsListedAnew(_ shape: String) async throws {
        let forgotten =
            shape == "status"
            ? Self.expired()
            : .json(#"{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired","code":410}}"# + "\n")
        let (story, asked, pauses) = try await follow(
            [Self.list(["a"], version: "5"), forgotten, Self.list(["b"], version: "9"), .json(Self.event("ADDED", "c", "10"))], until: 7)
        #expect(story == ["relisting", "page a", "listed", "relisting", "page b", "listed", "ADDED c"])
        #expect(asked.prefix(4) == ["list", "watch 5", "list", "watch 9"])
        #expect(pauses.isEmpty, "the first time it is listed at once")
    }

    @Test func aListThatExpiresBetweenItsPagesBeginsAnew() async throws {
        let (story, _, _) = try await follow(
            [Self.list(["a"], version: "5", next: "more"), Self.expired(), Self.list(["b"], version: "6")], until: 5)
        #expect(story == ["relisting", "page a", "relisting", "page b", "listed"])
    }

    /// Events are not told twice nor lost where a stream breaks: the next begins after the last whole one, at once and without a word.
    @Test func aCutStreamGoesOnAfterTheLastEvent() async throws {
        let whole = Array(Self.event("ADDED", "b", "6").utf8), half = Array(Self.event("ADDED", "c", "7").utf8.prefix(40))
        let (story, asked, _) = try await follow(
            [Self.list(["a"], version: "5"), FaultAnswer(body: whole + half, ending: .cut), .json(Self.event("ADDED", "c", "7"))], until: 5)
        #expect(story == ["relisting", "page a", "listed", "ADDED b", "ADDED c"])
        #expect(asked.prefix(3) == ["list", "watch 5", "watch 6"])
    }

    @Test func aServerThatIsDownIsAskedForEverWithGrowingPauses() async throws {
        let (story, asked, pauses) = try await follow(
            [Self.list(["a"], version: "5")] + Array(repeating: Self.down, count: 9) + [.json(Self.event("ADDED", "b", "6"))], until: 14)
        #expect(story.filter { $0 == "failing unavailable" }.count == 9)
        #expect(story.last == "ADDED b")
        #expect(asked.filter { $0 == "list" }.count == 1)
        #expect(pauses.prefix(9) == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) }[...])
    }

    /// Of a quiet kind no event comes for long: that the stream is open again is enough.
    @Test func aStreamThatIsOpenAgainIsToldBeforeItsFirstEvent() async throws {
        let open = FaultAnswer(body: Array(" ".utf8), ending: .open)
        let (story, asked, _) = try await follow(
            [Self.list(["a"], version: "5"), FaultAnswer(ending: .closed), Self.down, open], until: 6)
        #expect(story == ["relisting", "page a", "listed", "failing unreachable", "failing unavailable", "recovered"])
        #expect(asked.filter { $0 == "list" }.count == 1)
    }

    /// A server that ends every stream at once is no reason for a storm of requests.
    @Test func emptyStreamsAreNotAskedForWithoutAPause() async throws {
        let (_, _, pauses) = try await follow(
            [Self.list(["a"], version: "5"), .json(""), .json(""), .json(Self.event("ADDED", "b", "6"))], until: 4)
        #expect(pauses.prefix(2) == [.seconds(1), .seconds(2)])
    }

    @Test func whatIsForbiddenIsTold() async throws {
        let (story, _, _) = try await follow(
            [.json(#"{"kind":"Status","status":"Failure","message":"no","reason":"Forbidden","code":403}"#, status: 403)], until: 2)
        #expect(story == ["relisting", "failing forbidden"])
    }
}
