// Two revisions against each other, rendered and without a cluster: `belay diff --from REV --to REV`.

import KubernetesModel
import Planning
import Reconciliation
import StructuredData

/// Says what the second side changes, in the form of a plan.
struct RevisionComparison {
    var application: Application
    var from: SourceSnapshot
    var to: SourceSnapshot
    /// Seconds since 1970.
    var now: Double

    /// Renders both sides of each Application.
    /// - Throws: ``CommandFailure`` with the errors of all that do not render.
    static func reports(
        _ sources: [(application: Application, from: SourceSnapshot, to: SourceSnapshot)], now: Double
    ) async throws -> [SyncReport] {
        let sides = try await RenderedApplication.render(sources.flatMap { [($0.application, $0.from), ($0.application, $0.to)] })
        return sources.enumerated().map { index, source in
            RevisionComparison(application: source.application, from: source.from, to: source.to, now: now)
                .report(sides[2 * index].objects, sides[2 * index + 1].objects)
        }
    }

    private func report(_ old: [DesiredObject], _ new: [DesiredObject]) -> SyncReport {
        let time = Moment.text(now)
        let revision = "\(from.revision)..\(to.revision)"
        let plan = Plan(
            application: application, parentID: "", revision: revision, treeID: to.treeID, operations: operations(old, new),
            approvalDigest: Digest(of: .string("\(from.treeID)..\(to.treeID)")))
        var report = SyncReport(application: application, runID: "", revision: revision, plan: plan, trigger: "cli", startedAt: time)
        report.commit = to.commit
        report.outcome = plan.hasDifferences ? .differences : .succeeded
        for index in report.operations.indices where report.operations[index].kind != .unchanged {
            report.operations[index].result = "pending"
        }
        return report
    }

    private func operations(_ old: [DesiredObject], _ new: [DesiredObject]) -> [PlannedOperation] {
        let before = Dictionary(old.map { ($0.key, $0) }) { first, _ in first }
        let after = Set(new.map(\.key))
        let redaction = Redaction(key: RedactionKey.random())
        var operations = new.map { object -> PlannedOperation in
            guard let twin = before[object.key] else {
                return operation(.create, object, "not in \(PlanText.short(revision: from.revision))")
            }
            let kind = object.key.groupKind
            let changes = ValueDifference.changes(
                from: redaction.masking(twin.object.value, of: kind), to: redaction.masking(object.object.value, of: kind))
            guard !changes.isEmpty else { return operation(.unchanged, object, "") }
            var operation = operation(.configure, object, changes.count == 1 ? "1 field differs" : "\(changes.count) fields differ")
            operation.changes = changes.map { change in
                var change = change
                if change.to != nil {
                    change.location = object.document?.location(of: change.path)
                }
                return change
            }
            return operation
        }
        operations += old.filter { !after.contains($0.key) }.map {
            operation(.prune, $0, "not in \(PlanText.short(revision: to.revision))")
        }
        return operations
    }

    private func operation(_ kind: OperationKind, _ object: DesiredObject, _ why: String) -> PlannedOperation {
        var operation = PlannedOperation(
            kind: kind, key: object.key, resource: nil, groupVersionKind: object.groupVersionKind, why: why)
        operation.location = object.location
        return operation
    }
}
