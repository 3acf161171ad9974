// Who waits for the next thing that happens to a set is woken by the watch.

import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData
import Synchronization
import TestSupport
import Testing

@testable import Reconciliation

@Suite(.timeLimit(.minutes(5))) struct LiveCacheTests {
    /// Pauses that a test ends.
    private final class Pauses: Sendable {
        let open = Mutex<[AsyncStream<Void>.Continuation]>([])
        var time: WorkTime {
            WorkTime(now: { .zero }) { _ in
                let (stream, end) = AsyncStream.makeStream(of: Void.self)
                self.open.withLock { $0.append(end) }
                for await _ in stream {}
            }
        }
        var count: Int { open.withLock { $0.count } }
        /// Gives other tasks their turn until so many were asked for, or the test's time is up.
        func reach(_ wanted: Int) async throws {
            while count < wanted {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        func end() { for pause in open.withLock({ $0 }) { pause.finish() } }
    }

    /// Gives `body` a cache that follows a shop's ConfigMaps, where one of the set `set` is.
    private func following(_ pauses: Pauses, _ body: (Shop, LiveCache) async throws -> Void) async throws {
        try await Shop.with { shop in
            try await shop.makeNamespace()
            try await shop.create(Shop.configMaps, ["metadata": ["name": "c", "labels": [Tracking.partOf: "set"]]])
            let cache = LiveCache(client: shop.client, key: [1], rules: { _ in [] }, changed: { _ in }, kindIsGone: {}, time: pauses.time)
            let failures = await cache.follow([.init(resource: Shop.configMaps, namespace: shop.namespace)])
            #expect(failures.isEmpty)
            try await body(shop, cache)
            await cache.stop()
        }
    }

    /// An account that may list in its namespace only is refused once, not once a minute for ever.
    @Test func whatIsRefusedEverywhereIsAskedForOnce() async throws {
        let clock = Mutex(Duration.zero)
        let pauses = Mutex(0)
        // Pauses are over at once: whoever asks again does it without an end.
        let time = WorkTime(now: { clock.withLock { $0 } }) { _ in pauses.withLock { $0 += 1 } }
        try await FaultServer.with({ _, _ in
            .json("{\"kind\": \"Status\", \"status\": \"Failure\", \"reason\": \"Forbidden\", \"code\": 403}", status: 403)
        }) { server in
            try await KubernetesClient.with(ClusterConnection(server: "http://127.0.0.1:\(server.port)")) { client in
                let cache = LiveCache(client: client, key: [1], rules: { _ in [] }, changed: { _ in }, kindIsGone: {}, time: time)
                let scope = LiveCache.Scope(resource: Shop.configMaps, namespace: nil)
                for _ in 1...3 { #expect(await cache.follow([scope])[scope]?.code == .forbidden) }
                #expect(server.seen.count == 1)
                // Rights may come.
                clock.withLock { $0 += .seconds(3600) }
                #expect(await cache.follow([scope])[scope]?.code == .forbidden)
                #expect(server.seen.count == 2)
                await cache.stop()
                #expect(server.seen.count == 2)
            }
        }
    }

    @Test func aChangeOfAMemberWakes() async throws {
        let pauses = Pauses()
        try await following(pauses) { shop, cache in
            let mark = await cache.mark
            async let change = cache.change(of: "set", since: mark, within: .seconds(9))
            try await pauses.reach(1)
            try await shop.edit(Shop.configMaps, "c") { $0.set(["level": "2"], at: ["data"]) }
            #expect(await change)
            // What has happened since the mark is not waited for.
            #expect(await cache.change(of: "set", since: mark, within: .seconds(9)))
            #expect(pauses.count == 1)
        }
    }

    @Test func theEndOfAMemberWakes() async throws {
        let pauses = Pauses()
        try await following(pauses) { shop, cache in
            async let change = cache.change(of: "set", since: await cache.mark, within: .seconds(9))
            try await pauses.reach(1)
            #expect(await cache.inhabited(of: [shop.namespace, "elsewhere"]) == [shop.namespace])
            try await shop.delete(Shop.configMaps, "c")
            #expect(await change)
            #expect(await cache.inhabited(of: [shop.namespace]).isEmpty)
            #expect(await cache.members(of: ["set"]).isEmpty)
        }
    }

    @Test func anotherSetDoesNot() async throws {
        let pauses = Pauses()
        try await following(pauses) { shop, cache in
            async let change = cache.change(of: "other", since: await cache.mark, within: .seconds(9))
            try await pauses.reach(1)
            async let own = cache.change(of: "set", since: await cache.mark, within: .seconds(9))
            try await pauses.reach(2)
            try await shop.edit(Shop.configMaps, "c") { $0.set(["level": "2"], at: ["data"]) }
            #expect(await own)
            pauses.end()
            #expect(await !change)
        }
    }

    @Test func cancellationAndTheEndOfTheCacheEndTheWait() async throws {
        let pauses = Pauses()
        try await following(pauses) { _, cache in
            let mark = await cache.mark
            let cancelled = Task { await cache.change(of: "set", since: mark, within: .seconds(9)) }
            try await pauses.reach(1)
            cancelled.cancel()
            #expect(await !cancelled.value)
            let stopped = Task { await cache.change(of: "set", since: mark, within: .seconds(9)) }
            try await pauses.reach(2)
            await cache.stop()
            #expect(await !stopped.value)
        }
    }

    /// Only where all of a kind and namespace is known, it is known what is not there.
    @Test func whatIsNotThereIsKnownWhereItIsFollowed() async throws {
        try await following(Pauses()) { shop, cache in
            func key(_ name: String, _ kind: GroupKind = .configMap, in namespace: String? = nil) -> ObjectKey {
                ObjectKey(groupKind: kind, namespace: namespace ?? shop.namespace, name: name)
            }
            let asked: Set = [key("c"), key("gone"), key("gone", in: "elsewhere"), key("gone", .secret)]
            #expect(await cache.missing(of: asked) == [key("gone")])
        }
    }
}
