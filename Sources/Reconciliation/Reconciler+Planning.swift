// The last step of every preparation: what the server is asked, and the plan that follows from its answers.

import Applying
import FoundationEssentials
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

extension Reconciler {
    /// Asks until the planner knows enough, and plans.
    /// - Parameter before: what had been sent when the preparation began.
    /// - Throws: ``ClientError`` where the server cannot be reached.
    func prepared(
        _ planner: Planner, snapshot: SourceSnapshot?, parent: ApplySetParent?, store: any SetStore, startedAt: String,
        before: KubernetesClient.RequestCounts
    ) async throws -> PreparedApplication {
        let application = planner.desired.application
        let prober = Prober(
            client: client, fieldManager: FieldManager.name(for: application), concurrency: options.concurrency, pace: .system)
        let (answers, warnings) = try await prober.answers(for: planner)
        let plan = planner.plan(answers).resolvingApproval(options.approval)
        return PreparedApplication(
            application: application, snapshot: snapshot, desired: planner.desired, parent: parent, store: store, planner: planner,
            plan: plan, warnings: warnings, startedAt: startedAt, requests: client.requestCounts - before)
    }
}

extension Application.Hold {
    /// Whether its end is still to come. One whose end cannot be read holds: that is what was asked for.
    func isActive(at now: Date) -> Bool { until.flatMap(Timestamp.date).map { $0 > now } ?? true }
}
