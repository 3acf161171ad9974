// One Application, read and planned: everything a run needs, and nothing is written yet.

import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct PreparedApplication: Sendable {
    var application: Application
    /// nil for a delete: Git is not read.
    var snapshot: SourceSnapshot?
    var desired: DesiredState
    /// The parent as it was read; nil where there is none.
    var parent: ApplySetParent?
    /// Where the parent is kept.
    var store: any SetStore
    var planner: Planner
    var plan: Plan
    /// What the server warned of in dry-runs.
    var warnings: ServerWarnings
    /// RFC 3339 with milliseconds, UTC.
    var startedAt: String
    /// What reading and planning sent.
    var requests: KubernetesClient.RequestCounts

    /// The members by digest, as the plan was made on them.
    var seen: [ObjectKey: MemberSummary] = [:]
    /// Why what left Git is not deleted in this run, although nothing is wrong with it; nil where it is, or nothing left.
    var withheld: String?

    var observed: ObservedState { planner.observed }
    /// The ids that members carry.
    var setIDs: Set<String> { planner.options.formerIDs.union([plan.parentID]) }
    var fieldManager: String { FieldManager.name(for: application) }

    /// The last records of members that stay, with those that the plan's dry-runs gave.
    var knownRecords: [ObjectKey: Record] {
        var records = observed.records
        for operation in plan.operations {
            if let record = operation.record { records[operation.key] = record }
        }
        return records
    }

    /// The empty report of this plan.
    func report(runID: String, trigger: String) -> SyncReport {
        var report = SyncReport(
            application: application, runID: runID, revision: desired.revision, plan: plan, trigger: trigger, startedAt: startedAt)
        report.commit = snapshot?.commit
        return report
    }
}
