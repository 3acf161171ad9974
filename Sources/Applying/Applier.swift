// Executes the rows of a Plan: stages in order, bounded concurrency, every outcome reported. Decides nothing.

package import KubernetesClient
package import KubernetesModel
package import Planning
import StructuredData

/// Sends the writes of a plan for one Application.
///
/// A write that is under way is never cancelled: cancelling the task ends waiting and starts nothing new; rows that were not
/// begun are then `skipped`.
package struct Applier: Sendable {
    /// Whether the next stage begins.
    package enum StageVerdict: Sendable {
        case goOn
        /// The rest is `blocked`: something is not as it should be.
        case fail(String)
        /// The rest is `skipped`: there is no point in it any more.
        case stop(String)
    }

    package typealias StageDone = @Sendable (_ settled: [OperationOutcome], _ next: Int) async throws -> StageVerdict

    package var client: KubernetesClient
    package var fieldManager: String
    package var concurrency: Int
    package var onFailure: Application.SyncPolicy.OnFailure
    package var deadline: ContinuousClock.Instant
    /// Called before a mutating request is sent, each time; when it throws, nothing is sent and the run stops.
    package var willSend: @Sendable (PlannedOperation) async throws -> Void
    /// Called once for every row with its outcome, from the task that made it; when it throws, the run stops.
    package var didSend: @Sendable (OperationOutcome) async throws -> Void
    /// Plans one object anew after a failed precondition; called at most 5 times for an object.
    package var replan: @Sendable (PlannedOperation) async throws -> PlannedOperation
    /// Whether an object that a create met may not be had: it is of another owner. `met` has our marks on it by then.
    package var refusesMet: @Sendable (PlannedOperation, _ met: Unstructured) -> Bool
    /// Called between two stages, with all outcomes so far and the number of the stage that is next: waits until a wave is healthy.
    package var stageDone: StageDone?
    /// What the Application says of kinds without a rule of ours.
    package var healthRules: [Application.HealthRule]
    package var pace: Pace
    /// What is done while rows wait for the end of a deletion.
    package var ends = EndHooks()

    package init(
        client: KubernetesClient, fieldManager: String, concurrency: Int = 16, onFailure: Application.SyncPolicy.OnFailure = .continue,
        deadline: ContinuousClock.Instant,
        willSend: @escaping @Sendable (PlannedOperation) async throws -> Void,
        didSend: @escaping @Sendable (OperationOutcome) async throws -> Void,
        replan: @escaping @Sendable (PlannedOperation) async throws -> PlannedOperation,
        refusesMet: @escaping @Sendable (PlannedOperation, Unstructured) -> Bool = { _, _ in false },
        stageDone: StageDone? = nil,
        healthRules: [Application.HealthRule] = [],
        pace: Pace = .system
    ) {
        self.client = client
        self.fieldManager = fieldManager
        self.concurrency = concurrency
        self.onFailure = onFailure
        self.deadline = deadline
        self.willSend = willSend
        self.didSend = didSend
        self.replan = replan
        self.refusesMet = refusesMet
        self.stageDone = stageDone
        self.healthRules = healthRules
        self.pace = pace
    }

    /// Sends creates, adoptions, changes and re-creations in the plan's order graph.
    ///
    /// A row that fails makes the rows that depend on it `blocked`, naming it; the others go on unless `onFailure` is `.stop`.
    /// Rows without a write get an outcome too: `blocked` for a blocked row, else `skipped`.
    /// - Returns: one outcome for each row, in the order of `operations`.
    /// - Throws: what `willSend`, `didSend` or `stageDone` threw, after all requests under way have ended.
    package func apply(_ operations: [PlannedOperation]) async throws -> [OperationOutcome] {
        let kinds = KindResolver(client: client, pace: pace, deadline: deadline)
        return try await Execution(applier: self, operations: operations, reversed: false).run { operation, context in
            try await ApplyStep(applier: self, kinds: kinds, context: context).run(operation)
        }
    }

    /// Deletes, in reverse order of stages: live GET, our label, uid and resourceVersion preconditions, done at NotFound.
    ///
    /// - Parameter setIDs: values of the label `applyset.kubernetes.io/part-of` of which an object must carry one to be deleted.
    /// - Returns: one outcome for each row, in the order of `operations`; a survivor is `failed` with what holds it.
    /// - Throws: as ``apply(_:)``.
    package func prune(_ operations: [PlannedOperation], setIDs: Set<String>) async throws -> [OperationOutcome] {
        try await Execution(applier: self, operations: operations, reversed: true).run { operation, _ in
            try await PruneStep(applier: self, setIDs: setIDs).run(operation)
        }
    }
}

/// Raised by a closure of the caller: the run stops, as against a row that fails.
struct StopRun: Error { var cause: any Error }

extension Applier {
    func announce(_ operation: PlannedOperation) async throws(StopRun) {
        do { try await willSend(operation) } catch { throw StopRun(cause: error) }
    }
}

/// Runs a request that ends in its own time: a write under way is never cancelled with its caller.
package func shielded<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    // A task of its own, so that cancellation does not reach it; awaited right here.
    try await Task { try await body() }.value
}
