// Who reads a ConfigMap or Secret is woken when it changes, comes or goes, by one watch for all readers, and not when it is another's.

import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData
import Synchronization
import Testing

@testable import Reconciliation

@Suite(.timeLimit(.minutes(5))) struct ValueWatchesTests {
    private final class Woken: Sendable {
        private let names = Mutex<[String]>([])
        func add(_ name: String) { names.withLock { $0.append(name) } }
        var all: [String] { names.withLock { $0.sorted() } }

        /// Waits until these, and no others, were woken since the last time.
        func take(_ expected: String...) async throws {
            while all.count < expected.count {
                try Task.checkCancellation()
                await Task.yield()
            }
            #expect(
                names.withLock { names in
                    defer { names = [] }
                    return names.sorted()
                } == expected)
        }
    }

    private func with(_ body: (Shop, ValueWatches, Woken) async throws -> Void) async throws {
        try await Shop.with { shop in
            try await shop.makeNamespace()
            let woken = Woken()
            let watches = ValueWatches(client: shop.client) { woken.add($0) }
            try await body(shop, watches, woken)
            await watches.stop()
        }
    }

    private func place(_ shop: Shop, _ kind: Application.ValueSource.Kind, _ name: String) -> ValueWatches.Place {
        .init(namespace: shop.namespace, kind: kind, name: name)
    }

    @Test func changesWakeThoseWhoRead() async throws {
        try await with { shop, watches, woken in
            let (map, secret) = (place(shop, .configMap, "settings"), place(shop, .secret, "keys"))
            try await shop.create(Shop.configMaps, ["metadata": ["name": "settings"], "data": ["A": "1"]])
            try await shop.create(Shop.configMaps, ["metadata": ["name": "other"]])
            #expect(await watches.follow([map, secret], for: "a", asksAgain: true))
            let before = shop.client.requestCounts.list
            #expect(await watches.follow([map], for: "b", asksAgain: true))
            #expect(shop.client.requestCounts.list == before, "what is followed is not asked for again")
            #expect(woken.all.isEmpty, "who waits for the first LIST reads what it tells")

            try await shop.edit(Shop.configMaps, "other") { $0.set(["A": "2"], at: ["data"]) }
            try await shop.edit(Shop.configMaps, "settings") { $0.set(["A": "2"], at: ["data"]) }
            try await woken.take("a", "b")
            try await shop.create(Shop.secrets, ["metadata": ["name": "keys"]])
            try await woken.take("a")
            try await shop.delete(Shop.secrets, "keys")
            try await woken.take("a")

            // `a` reads something else from now on.
            #expect(await watches.follow([secret], for: "a", asksAgain: true))
            try await shop.edit(Shop.configMaps, "settings") { $0.set(["A": "3"], at: ["data"]) }
            try await woken.take("b")
            await watches.leave("b")
            #expect(await !watches.isFollowing([map]))
            #expect(await watches.isFollowing([secret]))
        }
    }

    @Test func nobodyWaitsForAStoppedOne() async throws {
        try await with { shop, watches, woken in
            #expect(await watches.follow([], for: "a", asksAgain: true))
            await watches.stop()
            #expect(await !watches.follow([place(shop, .configMap, "settings")], for: "a", asksAgain: true))
            #expect(woken.all.isEmpty)
        }
    }
}
