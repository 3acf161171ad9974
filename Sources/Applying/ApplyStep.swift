// One row that is applied: take over, apply, wait until it can carry what depends on it; after a failed precondition plan anew.

import HealthAssessment
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct ApplyStep: Sendable {
    let applier: Applier
    let kinds: KindResolver
    let context: RowContext

    static let replanLimit = 5

    func run(_ planned: PlannedOperation) async throws(StopRun) -> OperationOutcome {
        var operation = planned
        var replans = 0
        // Made by somebody between plan and write, and ours since: however it is planned then, it is adopted.
        var isMet = false
        while true {
            guard let write = operation.write else {
                var outcome = settled(operation)
                outcome.adoptedInstead = isMet && outcome.result == .done
                return outcome
            }
            if Task.isCancelled {
                return OperationOutcome(operation: operation, result: .skipped, error: "not sent: the run was interrupted")
            }
            do {
                var outcome = try await send(write, of: operation)
                outcome.adoptedInstead = isMet
                return outcome
            } catch let stop as StopRun {
                throw stop
            } catch let failure as RowFailure {
                let reason: String
                switch failure {
                case .stale(let text): reason = text
                case .met(let text): (reason, isMet) = (text, true)
                case .failed, .timedOut, .held: return failure.outcome(of: operation)
                }
                replans += 1
                guard replans <= ApplyStep.replanLimit else {
                    let text =
                        "changed under us \(ApplyStep.replanLimit) times in a row: \(reason); run again when its other writer is quiet"
                    return OperationOutcome(operation: operation, result: .failed, error: text)
                }
                do {
                    operation = try await applier.replan(operation)
                } catch let stop as StopRun {
                    throw stop
                } catch {
                    return OperationOutcome(
                        operation: operation, result: .failed, error: "\(reason); planning it anew failed: \(words(for: error))")
                }
            } catch {
                return OperationOutcome(operation: operation, result: .failed, error: words(for: error))
            }
        }
    }

    /// The outcome of a row that was planned anew and has nothing left to send.
    private func settled(_ operation: PlannedOperation) -> OperationOutcome {
        switch operation.kind {
        case .blocked: return OperationOutcome(operation: operation, result: .blocked, error: operation.why)
        case .skip: return OperationOutcome(operation: operation, result: .skipped)
        default:
            var outcome = OperationOutcome(operation: operation, result: .done)
            outcome.record = operation.record
            return outcome
        }
    }

    private func send(_ write: Write, of operation: PlannedOperation) async throws -> OperationOutcome {
        let resource = try await kinds.resource(for: operation, isFresh: context.kindIsFresh)
        switch write {
        case .apply(let apply):
            return try await send(apply, of: operation, to: resource)
        case .recreate(let version, let apply):
            let removal = Removal(applier: applier, resource: resource, operation: operation)
            switch try await removal.run(uid: version.uid, requiredLabels: nil) {
            case .gone: break
            case .notOurs(let reason): throw RowFailure.stale(reason)
            case .held(let object): throw RowFailure.held(object)
            }
            return try await send(apply, of: operation, to: resource)
        case .delete:
            throw RowFailure.failed("a delete among the rows to apply: a defect, please report it")
        }
    }

    private func send(_ write: ApplyWrite, of operation: PlannedOperation, to resource: APIResource) async throws -> OperationOutcome {
        var body = write.body
        let client = applier.client
        let fieldManager = applier.fieldManager
        let request = RepeatedRequest(
            applier: applier, operation: operation,
            circumstances: .init(kindIsFresh: context.kindIsFresh, expectsCreation: write.expectsCreation))

        if let patch = write.takeover {
            let key = operation.key
            let answer = try await request.send {
                try await client.jsonPatch(
                    resource, namespace: key.namespace, name: key.name, patch: patch, fieldManager: fieldManager,
                    withholdsTexts: operation.withholdsTexts, class: .managed)
            }
            body.set(answer.value.object.resourceVersion.map { .string($0) }, at: ["metadata", "resourceVersion"])
        }
        let payload = body
        let answer = try await request.send {
            try await client.apply(
                resource, body: payload, fieldManager: fieldManager, force: write.force, withholdsTexts: operation.withholdsTexts,
                class: .managed)
        }

        // After an answer that was lost, the object that is met may be our own.
        if write.expectsCreation, !answer.value.created, !answer.mayHaveBeenDone {
            let reason = "it was made by somebody else since it was planned"
            guard applier.refusesMet(operation, answer.value.object) else { throw RowFailure.met(reason) }
            let nothing = ApplyStep.nothing(of: answer.value.object)
            do {
                _ = try await request.send {
                    try await client.apply(resource, body: nothing, fieldManager: fieldManager, force: false, class: .managed)
                }
            } catch let failure as RowFailure {
                let why = failure.outcome(of: operation).error ?? "unknown"
                throw RowFailure.failed("\(reason); Belay's label and fields are still on it, because letting it go failed: \(why)")
            }
            throw RowFailure.stale(reason)
        }

        // A kind that was not served yet when the plan was made is known by now.
        var sent = operation
        sent.resource = resource
        var outcome = OperationOutcome(operation: sent, result: .done)
        outcome.uid = answer.value.object.uid
        outcome.health = assess(answer.value.object, rules: applier.healthRules)
        outcome.warnings = answer.value.warnings
        if let digest = operation.desiredDigest {
            let record = Planner.record(of: answer.value.object, desiredDigest: digest, fieldManager: fieldManager)
            outcome.record = write.leavesDrift ? record?.unproven : record
        }
        if let prediction = write.prediction, !write.expectsCreation {
            outcome.unstable = UnstablePaths.between(prediction: prediction, answer: answer.value.object.value)
        }
        if context.hasDependents {
            do {
                try await Readiness(applier: applier, resource: resource).wait(for: answer.value.object, key: operation.key)
            } catch let failure as RowFailure {
                var failed = failure.outcome(of: operation)
                failed.uid = outcome.uid
                failed.record = outcome.record
                return failed
            }
        }
        return outcome
    }
}

extension ApplyStep {
    /// The apply that lets all go that an unforced one just took: what others hold, or held too, stays as it is.
    private static func nothing(of object: Unstructured) -> Value {
        var body: Value = ["apiVersion": .string(object.apiVersion), "kind": .string(object.kind)]
        for field in ["name", "namespace", "uid"] {
            if let value = object.metadata?[field] { body.set(value, at: ["metadata", field]) }
        }
        return body
    }
}

/// Why a row did not succeed.
enum RowFailure: Error {
    /// A precondition did not hold: to be planned anew.
    case stale(String)
    /// A create met an object that we may have, and wrote to it: to be planned anew, with what else is on it.
    case met(String)
    case failed(String, field: FieldPath? = nil)
    /// Not done when the deadline passed, or when waiting was cancelled.
    case timedOut(String, survivor: Bool)
    /// Waits for the end of a deletion: the row is put aside.
    case held(EndingObject)

    func outcome(of operation: PlannedOperation) -> OperationOutcome {
        switch self {
        case .stale(let text), .met(let text): return OperationOutcome(operation: operation, result: .failed, error: text)
        case .failed(let text, let field):
            var outcome = OperationOutcome(operation: operation, result: .failed, error: text)
            outcome.rejectedField = field
            return outcome
        case .timedOut(let text, let survivor):
            var outcome = OperationOutcome(operation: operation, result: .failed, error: text)
            outcome.timedOut = true
            outcome.isSurvivor = survivor
            return outcome
        case .held(let object): return OperationOutcome(operation, waitsFor: object)
        }
    }
}

/// The words of an error for people, after the name of the object. The client's messages are free of tokens and of Secret values.
func words(for error: any Error) -> String {
    switch error {
    case let error as ClientError: error.messageOfIt
    case is CancellationError: "interrupted"
    default: "\(error)"
    }
}
