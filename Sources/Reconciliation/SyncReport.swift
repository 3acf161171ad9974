// What one run did, or would do: the value behind `belay diff|apply|delete` in every output format (interfaces.md section 3).

import Applying
import HealthAssessment
package import KubernetesClient
package import KubernetesModel
package import Planning
package import StructuredData

/// The report of one Application's run; redacted throughout, so that it may be printed, stored and sent.
package struct SyncReport: Sendable {
    /// `planned` for a diff.
    package var phase: String
    package var application: Application
    package var runID: String
    package var revision: String
    package var commit: SourceSnapshot.Commit?
    package var plan: Plan
    /// The digest for `--approve`; the plan's approval digest.
    package var planDigest: String
    package var trigger: String
    /// RFC 3339 with milliseconds, UTC.
    package var startedAt: String
    package var finishedAt: String
    package var requests: KubernetesClient.RequestCounts
    /// One for each row of the plan, in its order.
    package var operations: [ReportedOperation]
    package var errors: [ReportedError]
    package var warnings: [String]
    package var outcome: Outcome
    /// What the run waited for to be gone when it ended.
    var endings: [EndingObject] = []

    /// How it ended, as the exit codes tell it.
    package enum Outcome: Sendable, Equatable {
        case succeeded
        /// `diff`: there are differences.
        case differences
        case failed
        /// Found before any write: usage, manifest, for diff also what the dry-run rejects.
        case invalid
        case timedOut
        case unreachable
        case superseded
        case refused

        package var exitCode: Int32 {
            switch self {
            case .succeeded: 0
            case .differences, .failed: 1
            case .invalid: 2
            case .timedOut: 3
            case .unreachable: 4
            case .superseded: 5
            case .refused: 6
            }
        }
    }

    package struct ReportedOperation: Sendable {
        package var operation: PlannedOperation
        /// `pending done failed skipped blocked`.
        package var result: String
        package var error: String?
        /// The field that the server objected to, where it named one.
        var rejectedField: FieldPath?
        /// The create met an existing object.
        package var adoptedInstead: Bool
        /// `healthy progressing degraded suspended missing unknown`; nil where health was not waited for.
        package var health: String?
        /// What the server's answer to the write told; nil where nothing was written.
        var answer: Answer?
        package init(operation: PlannedOperation, result: String, error: String? = nil, adoptedInstead: Bool = false) {
            self.operation = operation
            self.result = result
            self.error = error
            self.adoptedInstead = adoptedInstead
        }

        /// Whether drift was found that this row has not put right.
        var leavesDrift: Bool { operation.drift.map { $0.stays || result != "done" } ?? false }
    }

    /// An object as a run has left it.
    struct Answer: Sendable {
        var health: HealthVerdict
        var record: Record
    }

    package struct ReportedError: Sendable, Equatable {
        package var message: String
        package var location: SourceLocation?
        package init(message: String, location: SourceLocation? = nil) {
            self.message = message
            self.location = location
        }
    }

    package init(application: Application, runID: String, revision: String, plan: Plan, trigger: String, startedAt: String) {
        phase = "planned"
        self.application = application
        self.runID = runID
        self.revision = revision
        self.plan = plan
        planDigest = plan.approvalDigest.description
        self.trigger = trigger
        self.startedAt = startedAt
        finishedAt = startedAt
        requests = KubernetesClient.RequestCounts()
        operations = plan.operations.map { ReportedOperation(operation: $0, result: $0.plannedResult) }
        errors = []
        warnings = plan.warnings
        outcome = .succeeded
    }
}

extension PlannedOperation {
    /// The result of a row before anything is sent.
    var plannedResult: String { write != nil ? "pending" : kind == .blocked ? "blocked" : "skipped" }
}

/// Why a run could not even be planned, with its exit class.
package struct SyncFailure: Error, Sendable {
    package var outcome: SyncReport.Outcome
    package var errors: [SyncReport.ReportedError]
    /// What to do next; may be empty.
    package var hint: String
    package init(outcome: SyncReport.Outcome, errors: [SyncReport.ReportedError], hint: String = "") {
        self.outcome = outcome
        self.errors = errors
        self.hint = hint
    }
}
