// Executes the rows of a Plan: stages in order, bounded concurrency, every outcome reported. Decides nothing.

package import KubernetesClient
package import KubernetesModel
package import Planning
package import StructuredData

/// What became of one row.
package struct OperationOutcome: Sendable {
    package enum Result: String, Sendable { case done, failed, skipped, blocked }
    package var operation: PlannedOperation
    package var result: Result
    /// The object as the server answered it; nil for a delete or a failure.
    package var response: Unstructured?
    /// The record to keep, made from the response.
    package var record: Record?
    /// For people; free of secrets.
    package var error: String?
    /// The create met an existing object: it is reported as `adopt`.
    package var adoptedInstead = false
    /// Paths whose answer differs from the prediction: `unstable`, reported, never corrected.
    package var unstable: [FieldPath] = []
    package var warnings: [String] = []

    package init(operation: PlannedOperation, result: Result) {
        self.operation = operation
        self.result = result
    }
}

/// Sends the writes of a plan for one Application.
package struct Applier: Sendable {
    package var client: KubernetesClient
    package var fieldManager: String
    package var concurrency: Int
    package var onFailure: Application.SyncPolicy.OnFailure
    package var deadline: ContinuousClock.Instant
    /// Called before a request is sent; when it throws, nothing is sent and the run stops.
    package var willSend: @Sendable (PlannedOperation) async throws -> Void
    /// Called once for every row with its outcome.
    package var didSend: @Sendable (OperationOutcome) async throws -> Void
    /// Plans one object anew after a failed precondition; called at most 5 times for an object.
    package var replan: @Sendable (PlannedOperation) async throws -> PlannedOperation

    package init(
        client: KubernetesClient, fieldManager: String, concurrency: Int = 16, onFailure: Application.SyncPolicy.OnFailure = .continue,
        deadline: ContinuousClock.Instant,
        willSend: @escaping @Sendable (PlannedOperation) async throws -> Void,
        didSend: @escaping @Sendable (OperationOutcome) async throws -> Void,
        replan: @escaping @Sendable (PlannedOperation) async throws -> PlannedOperation
    ) {
        self.client = client
        self.fieldManager = fieldManager
        self.concurrency = concurrency
        self.onFailure = onFailure
        self.deadline = deadline
        self.willSend = willSend
        self.didSend = didSend
        self.replan = replan
    }

    /// Sends creates, adoptions, changes and re-creations in the plan's order graph.
    package func apply(_ operations: [PlannedOperation]) async throws -> [OperationOutcome] { [] }

    /// Deletes, in reverse order of stages: live GET, our label, uid and resourceVersion preconditions, done at NotFound.
    package func prune(_ operations: [PlannedOperation], parentID: String) async throws -> [OperationOutcome] { [] }
}
