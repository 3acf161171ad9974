// Waiting for health where objects come and go between two looks: the test moves the time.

import Applying
import HealthAssessment
import KubernetesClient
import KubernetesModel
import StructuredData
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct HealthWaitTests {
    /// One that ends itself, such as a Job with `ttlSecondsAfterFinished`, in this state at the first look and gone at the second.
    private func endOf(_ condition: String?) async throws -> (HealthWait.Conclusion, HealthVerdict?) {
        var result: (HealthWait.Conclusion, HealthVerdict?)?
        try await Shop.with { shop in
            let widgets = Widgets(shop)
            let shop = widgets.shop
            _ = try await shop.apply(["crd.yaml": widgets.definition, "w.yaml": widgets.manifest("w")])
            if let condition { try await widgets.setReady("w", condition) }
            let pace = Pace(now: { .now }, sleep: { _ in try await shop.delete(widgets.resource, "w") }, jitter: { 0 })
            let wait = HealthWait(
                client: shop.client, rules: shop.application.health.rules, labelSelector: "", concurrency: 1, pace: pace)
            let key = ObjectKey(groupKind: widgets.resource.groupVersionKind.groupKind, namespace: shop.namespace, name: "w")
            let (conclusion, verdicts) = await wait.wait(
                for: [HealthSubject(key: key, resource: widgets.resource, mayEndItself: true)], until: .now.advanced(by: .seconds(600)))
            result = (conclusion, verdicts[key])
        }
        return try #require(result)
    }

    @Test func whatFailedAndRemovedItselfStaysFailed() async throws {
        let (conclusion, verdict) = try await endOf("Broken")
        #expect(conclusion == .degraded)
        #expect(verdict?.health == .degraded)
    }

    @Test func whatWasUnderWayAndRemovedItselfIsDone() async throws {
        let (conclusion, verdict) = try await endOf(nil)
        #expect(conclusion == .healthy)
        #expect(verdict?.health == .healthy && verdict?.message.contains("finished and removed") == true)
    }

    // MARK: With a watch

    /// What a watch tells at each look, the last for ever, and what each pause ended with; runs out of changes as a test without an end.
    private final class Watched: Sendable {
        private let looks: [[ObjectKey: HealthVerdict]]
        private let changes: [Bool]
        /// The number of the look that finds somebody else's doing; 0: none.
        private let disturbed: Int
        private let state = Mutex((looks: 0, marks: [Int](), sent: [KubernetesClient.RequestCounts]()))
        var looked: Int { state.withLock { $0.looks } }
        var marks: [Int] { state.withLock { $0.marks } }
        /// What had been sent before each pause.
        var sent: [KubernetesClient.RequestCounts] { state.withLock { $0.sent } }

        init(_ looks: [[ObjectKey: HealthVerdict]], changes: [Bool], disturbed: Int = 0) {
            self.looks = looks
            self.disturbed = disturbed
            self.changes = changes
        }

        func watch(_ client: KubernetesClient) -> HealthWatch {
            HealthWatch { _ in
                self.state.withLock { state in
                    state.looks += 1
                    return HealthWatch.Look(
                        verdicts: self.looks[min(state.looks, self.looks.count) - 1], mark: state.looks,
                        isDisturbed: state.looks == self.disturbed)
                }
            } change: { mark, _ in
                try self.state.withLock { state in
                    state.marks.append(mark)
                    state.sent.append(client.requestCounts)
                    guard state.marks.count <= self.changes.count else { throw CancellationError() }
                    return self.changes[state.marks.count - 1]
                }
            }
        }
    }

    private static let pace = Pace(now: { .now }, sleep: { _ in }, jitter: { 0 })

    private func wait(_ shop: Shop, _ watched: Watched, _ keys: [ObjectKey]) async -> HealthWait.Conclusion {
        let wait = HealthWait(
            client: shop.client, rules: [], labelSelector: "", concurrency: 1, pace: HealthWaitTests.pace,
            watch: watched.watch(shop.client))
        let subjects = keys.map { HealthSubject(key: $0, resource: Shop.configMaps) }
        return await wait.wait(for: subjects, until: .now.advanced(by: .seconds(600))).conclusion
    }

    @Test func whatTheWatchKnowsIsNotAskedFor() async throws {
        try await Shop.with { shop in
            let key = ObjectKey(groupKind: .configMap, namespace: shop.namespace, name: "c")
            let before = shop.client.requestCounts
            let verdicts = [HealthVerdict(.progressing, "1"), HealthVerdict(.progressing, "1"), HealthVerdict(.healthy)]
            let watched = Watched(verdicts.map { [key: $0] }, changes: [false, true])
            #expect(await wait(shop, watched, [key]) == .healthy)
            // Each wait is for what comes after the look before it.
            #expect(watched.marks == [1, 2])
            #expect(shop.client.requestCounts == before)
        }
    }

    @Test func somebodyElsesDoingEndsTheWaitButNotWhatIsHealthy() async throws {
        try await Shop.with { shop in
            let key = ObjectKey(groupKind: .configMap, namespace: shop.namespace, name: "c")
            let waits = HealthVerdict(.progressing, "1")
            let watched = Watched([[key: waits]], changes: [true, true], disturbed: 2)
            #expect(await wait(shop, watched, [key]) == .disturbed)
            #expect(watched.looked == 2)
            let healthy = Watched([[key: HealthVerdict(.healthy)]], changes: [], disturbed: 1)
            #expect(await wait(shop, healthy, [key]) == .healthy)
        }
    }

    @Test func whatTheWatchDoesNotKnowIsAskedForAfterAPauseAndNotAtAWake() async throws {
        try await Shop.with { shop in
            try await shop.makeNamespace()
            try await shop.create(Shop.configMaps, ["metadata": ["name": "c"]])
            let key = ObjectKey(groupKind: .configMap, namespace: shop.namespace, name: "c")
            let before = shop.client.requestCounts
            let watched = Watched([[:]], changes: [true, true, false])
            #expect(await wait(shop, watched, [key]) == .healthy)
            #expect(watched.sent == [before, before, before])
            #expect(shop.client.requestCounts.get == before.get + 1)
        }
    }

    /// Of the two only the one that the watch does not know costs a request, and what is gone is told by the server alone.
    @Test func whatIsGoneIsToldByTheServer() async throws {
        try await Shop.with { shop in
            try await shop.makeNamespace()
            let gone = ObjectKey(groupKind: .configMap, namespace: shop.namespace, name: "gone")
            let there = ObjectKey(groupKind: .configMap, namespace: shop.namespace, name: "there")
            let before = shop.client.requestCounts
            let watched = Watched([[there: HealthVerdict(.progressing)]], changes: [false])
            #expect(await wait(shop, watched, [gone, there]) == .degraded)
            #expect(shop.client.requestCounts.get == before.get + 2)
        }
    }
}
