// Many names in a row are answered by one LIST, a few by nothing at all.

import ControllerRuntime
import KubernetesClient
import KubernetesModel
import StructuredData
import Synchronization
import TestSupport
import Testing

@testable import Reconciliation

@Suite(.timeLimit(.minutes(2))) struct AbsencesTests {
    private final class Clock: Sendable {
        private let now = Mutex(Duration.seconds(100))
        var time: WorkTime { WorkTime(now: { self.now.withLock { $0 } }) { _ in } }
        func go(_ pause: Duration) { now.withLock { $0 += pause } }
    }

    private func key(_ name: String, in shop: Shop) -> ObjectKey {
        ObjectKey(groupKind: .configMap, namespace: shop.namespace, name: name)
    }

    /// Asks for more names than a GET each is cheaper for.
    private func askForMany(_ absences: Absences, _ shop: Shop) async {
        for number in 0..<Absences.threshold { #expect(await !absences.isAbsent(key("n-\(number)", in: shop), Shop.configMaps)) }
    }

    @Test func oneListAnswersManyForAMoment() async throws {
        try await Shop.with { shop in
            try await shop.makeNamespace()
            try await shop.create(Shop.configMaps, ["metadata": ["name": "there"]])
            let clock = Clock()
            let absences = Absences(client: shop.client, time: clock.time)
            let before = shop.client.requestCounts
            await askForMany(absences, shop)
            #expect(shop.client.requestCounts == before)
            #expect(await absences.isAbsent(key("new", in: shop), Shop.configMaps))
            #expect(await !absences.isAbsent(key("there", in: shop), Shop.configMaps))
            #expect(await absences.isAbsent(key("other", in: shop), Shop.configMaps))
            #expect(shop.client.requestCounts.list == before.list + 1)
            // What was written meanwhile is there; what must be newer than the list is not known.
            await absences.wrote(key("new", in: shop), Shop.configMaps)
            #expect(await !absences.isAbsent(key("new", in: shop), Shop.configMaps))
            clock.go(.seconds(1))
            #expect(await absences.isAbsent(key("other", in: shop), Shop.configMaps, since: clock.time.now()))
            #expect(shop.client.requestCounts.list == before.list + 2)
            // After that moment a few names are asked for by GET again.
            clock.go(.seconds(3))
            #expect(await !absences.isAbsent(key("other", in: shop), Shop.configMaps))
            #expect(shop.client.requestCounts.list == before.list + 2)
        }
    }

    @Test func aListThatIsRefusedIsNotTriedAgainSoon() async throws {
        try await FaultServer.with({ _, _ in
            .json("{\"kind\": \"Status\", \"status\": \"Failure\", \"reason\": \"Forbidden\", \"code\": 403}", status: 403)
        }) { server in
            try await KubernetesClient.with(ClusterConnection(server: "http://127.0.0.1:\(server.port)")) { client in
                let clock = Clock()
                let absences = Absences(client: client, time: clock.time)
                for number in 0..<100 {
                    let key = ObjectKey(groupKind: .configMap, namespace: "shop", name: "n-\(number)")
                    #expect(await !absences.isAbsent(key, Shop.configMaps))
                }
                #expect(server.seen.count == 1)
            }
        }
    }
}
