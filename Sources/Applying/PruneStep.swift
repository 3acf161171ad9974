// One row that is deleted because Git no longer has it.

import KubernetesModel
import Planning

struct PruneStep: Sendable {
    let applier: Applier
    let setIDs: Set<String>

    func run(_ operation: PlannedOperation) async throws(StopRun) -> OperationOutcome {
        do {
            guard case .delete(let version) = operation.write, let resource = operation.resource else {
                throw RowFailure.failed("a row to prune without a delete or a resource: a defect, please report it")
            }
            guard !setIDs.isEmpty, !setIDs.contains("") else { throw RowFailure.failed("refusing to prune without the id of the set") }
            if Task.isCancelled {
                return OperationOutcome(operation: operation, result: .skipped, error: "not deleted: the run was interrupted")
            }
            let removal = Removal(applier: applier, resource: resource, operation: operation)
            switch try await removal.run(uid: version.uid, requiredLabels: setIDs) {
            case .gone: return OperationOutcome(operation: operation, result: .done)
            case .notOurs(let reason): return OperationOutcome(operation: operation, result: .skipped, error: "left alone: \(reason)")
            case .held(let object): throw RowFailure.held(object)
            }
        } catch let stop as StopRun {
            throw stop
        } catch let failure as RowFailure {
            var outcome = failure.outcome(of: operation)
            outcome.isSurvivor = true
            return outcome
        } catch {
            var outcome = OperationOutcome(operation: operation, result: .failed, error: words(for: error))
            outcome.isSurvivor = true
            return outcome
        }
    }
}
