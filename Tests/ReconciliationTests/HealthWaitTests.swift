// Waiting for health where objects come and go between two looks: the test moves the time.

import Applying
import HealthAssessment
import KubernetesClient
import KubernetesModel
import StructuredData
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
}
