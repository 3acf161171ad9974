// A diff: plans, and says what it would do. No journal, no write.

import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct DiffRun: Sendable {
    let reconciler: Reconciler

    func run(_ sources: [(Application, SourceSnapshot)]) async throws -> [SyncReport] {
        let prepared = try await Preparation(reconciler: reconciler, purpose: .diff).prepare(sources)
        return prepared.map { prepared in
            var report = prepared.report(runID: "", trigger: reconciler.options.trigger)
            report.finishedAt = Timestamp.now()
            report.requests = prepared.requests
            report.warnings += prepared.warnings.lines
            let rejected = prepared.plan.operations.filter(\.isRejected)
            if rejected.isEmpty {
                report.outcome = prepared.plan.hasDifferences ? .differences : .succeeded
            } else {
                report.outcome = .invalid
                report.errors = rejected.map { SyncReport.ReportedError(message: "\($0.key): \($0.why)", location: $0.location) }
            }
            return report
        }
    }
}
