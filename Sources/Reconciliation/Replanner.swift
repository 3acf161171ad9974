// Plans one object anew after a write's precondition failed: reads it, asks again, keeps its place in the order.

import Applying
import KubernetesClient
import KubernetesModel
import Planning

struct Replanner: Sendable {
    let client: KubernetesClient
    let planner: Planner
    let fieldManager: String

    /// - Returns: the object's new row, with the old one's stage and dependencies.
    /// - Throws: ``ClientError`` where the object cannot be read.
    func replan(_ operation: PlannedOperation) async throws -> PlannedOperation {
        let key = operation.key
        guard let resource = operation.resource else { return operation }
        let live = try await client.get(resource, namespace: key.namespace, name: key.name)
        let again = planner.replanning(key, existence: live.map(ObservedState.Existence.present) ?? .absent)
        let prober = Prober(client: client, fieldManager: fieldManager, concurrency: 1, pace: .system)
        let (answers, _) = try await prober.answers(for: again)
        guard var row = again.plan(answers).operations.first(where: { $0.key == key }) else { return operation }
        row.stage = operation.stage
        row.dependencies = operation.dependencies
        return row
    }
}
