// What became of one row of a plan: the value between Applying and whoever records and prints it.

package import HealthAssessment
import KubernetesModel
package import Planning
package import StructuredData

/// What became of one row.
package struct OperationOutcome: Sendable {
    package enum Result: String, Sendable { case done, failed, skipped, blocked }
    /// The row as it was sent: after a failed precondition the one that was planned anew.
    package var operation: PlannedOperation
    package var result: Result
    /// Of the object as the server answered it; nil for a delete or a failure.
    package var uid: String?
    /// Of the object as the server answered it.
    package var health: HealthVerdict?
    /// The record to keep, made from the response.
    package var record: Record?
    /// For people; free of secrets.
    package var error: String?
    /// The field that the server objected to, where it named one.
    package var rejectedField: FieldPath?
    /// The create met an existing object: it is reported as `adopt`.
    package var adoptedInstead = false
    /// The deadline passed while it was still under way: running again may finish it.
    package var timedOut = false
    /// A delete was sent, or the object was seen terminating, and it is still there: it stays in the inventory.
    package var isSurvivor = false
    /// The row could not go on because this object is being deleted and still there.
    package var ending: EndingObject?
    /// Paths whose answer differs from the prediction: `unstable`, reported, never corrected.
    package var unstable: [FieldPath] = []
    package var warnings: [String] = []

    package init(operation: PlannedOperation, result: Result, error: String? = nil) {
        self.operation = operation
        self.result = result
        self.error = error
    }

    /// The outcome of a row that waits for an object to be gone, should it wait in vain.
    init(_ operation: PlannedOperation, waitsFor object: EndingObject, isInterrupted: Bool = false) {
        let state = (isInterrupted ? "interrupted while " : "") + object.state
        let isRecreated = if case .recreate = operation.write { true } else { false }
        self.init(operation: operation, result: .failed, error: isRecreated ? "deleted to be made anew, but \(state)" : state)
        timedOut = true
        isSurvivor = true
        ending = object
    }

    /// The outcome of a row that the next run goes on with.
    init(leaving operation: PlannedOperation, waitingFor object: EndingObject) {
        let isRecreated = if case .recreate = operation.write { true } else { false }
        self.init(
            operation: operation, result: .skipped,
            error: "\(isRecreated ? "not made anew yet" : "not gone yet"): \(object.state); the next run waits on")
        isSurvivor = true
        ending = object
    }

    /// The outcome of a row that has nothing to send: `blocked` for a blocked one, else `skipped`.
    package init(withoutWrite operation: PlannedOperation) {
        let isBlocked = operation.kind == .blocked
        self.init(operation: operation, result: isBlocked ? .blocked : .skipped, error: isBlocked ? operation.why : nil)
        record = operation.record
    }
}
