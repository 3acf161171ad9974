// One sync from end to end: the only place that composes the stages.

package import Journal
package import KubernetesClient
package import KubernetesModel
package import StructuredData

/// Where manifests come from, beside what the Application itself says.
package struct RenderedSource: Sendable {
    package var snapshot: SourceSnapshot
    package init(snapshot: SourceSnapshot) { self.snapshot = snapshot }
}

/// Diffs, applies and deletes Applications against one cluster.
package struct Reconciler: Sendable {
    package enum Progress: Sendable {
        /// A phase began: `discover`, `read`, `ask`, `apply`, `prune`, `wait`.
        case phase(String)
        /// The plan is made and nothing is written yet; sent by `apply` and `delete`, once for each Application.
        case planned(SyncReport)
        case operation(SyncReport.ReportedOperation)
        case warning(String)
    }

    package struct Options: Sendable {
        /// Digest given by `--approve`: a prefix of at least 12 hex digits counts.
        package var approval: String?
        package var preflight = false
        package var wait: Bool?
        /// Asked before a prune within the limit on a terminal; nil: go on without asking.
        package var confirmPrune: (@Sendable (SyncReport) async -> Bool)?
        package var trigger = "cli"
        package var actor = ""
        package var concurrency = 16
        package init() {}
    }

    package var client: KubernetesClient
    /// nil: nothing is recorded (`diff`).
    package var journal: Journal?
    package var options: Options
    package var progress: @Sendable (Progress) -> Void

    package init(client: KubernetesClient, journal: Journal?, options: Options, progress: @escaping @Sendable (Progress) -> Void = { _ in }) {
        self.client = client
        self.journal = journal
        self.options = options
        self.progress = progress
    }

    /// Plans, writes nothing. The Applications are planned together: what one wants the other does not prune.
    package func diff(_ applications: [(Application, SourceSnapshot)]) async throws -> [SyncReport] { [] }

    /// Plans, applies, prunes, records.
    package func apply(_ applications: [(Application, SourceSnapshot)]) async throws -> [SyncReport] { [] }

    /// Prunes the whole inventory of an Application; `confirm` sees the plan first.
    package func delete(_ application: Application, confirm: @Sendable (SyncReport) async -> Bool) async throws -> SyncReport {
        throw SyncFailure(outcome: .failed, errors: [])
    }
}
