// One sync from end to end: the only place that composes the stages.

package import Applying
package import Journal
package import KubernetesClient
package import KubernetesModel
import Planning
package import StructuredData

/// Diffs, applies and deletes Applications against one cluster.
package struct Reconciler: Sendable {
    package enum Progress: Sendable {
        /// A phase began: `discover`, `read`, `ask`, `apply`, `wait`, `prune`.
        case phase(String)
        /// The plan is made and nothing is written yet; sent by `apply` and `delete`, once for each Application.
        case planned(SyncReport)
        case operation(SyncReport.ReportedOperation)
        case warning(String)
        /// The run can do nothing but wait for these to be gone; empty: it goes on.
        case awaits([EndingObject])
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
        /// Whether a run that found nothing to do, no drift and nothing new in Git is a run to remember.
        package var recordsIdle = true
        /// The digest of a plan that is on record as held: held again it is no other run.
        package var heldPlan: String?
        /// Whether a newer revision is known by now: then nobody waits for the health of this one.
        package var isOvertaken: @Sendable () -> Bool = { false }
        /// Since when the health of this tree is waited for, where runs before this one have begun to; nil: from this run on.
        var waitsSince: ContinuousClock.Instant?
        /// What watches know of the members' health, so that the server need not be asked; nil: nobody watches.
        var watch: HealthWatch?
        /// Since when objects are waited for to be gone, where runs before this one have begun to: those that Git does not want any more
        /// are waited for by this one, too.
        var endings: [ObjectKey: ContinuousClock.Instant] = [:]
        /// Whether a deletion also waits for what is being deleted already.
        var awaitsEnds = false
        /// Told when the run begins to wait, for health or for the end of a deletion, and when it goes on.
        var isWaiting: @Sendable (Bool) async -> Void = { _ in }
        package init() {}
    }

    package var client: KubernetesClient
    /// nil: nothing is recorded (`diff`).
    package var journal: Journal?
    package var options: Options
    package var progress: @Sendable (Progress) -> Void
    /// Stands for secrets where there is no journal: made for this value, so that hashes mean nothing elsewhere.
    private let ownKey: [UInt8]

    package init(client: KubernetesClient, journal: Journal?, options: Options, progress: @escaping @Sendable (Progress) -> Void = { _ in })
    {
        self.client = client
        self.journal = journal
        self.options = options
        self.progress = progress
        var generator = SystemRandomNumberGenerator()
        ownKey = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    var redactionKey: [UInt8] { journal?.redactionKey ?? ownKey }

    /// Plans, writes nothing. The Applications are planned together: what one wants the other does not prune.
    ///
    /// - Returns: a report for each, in order; its outcome is `invalid` where a dry-run was rejected, else `differences` or `succeeded`.
    /// - Throws: what kept it from planning: `RenderingFailure`, `ClientError`, ``SyncFailure``.
    package func diff(_ applications: [(Application, SourceSnapshot)]) async throws -> [SyncReport] {
        try await DiffRun(reconciler: self).run(applications)
    }

    /// Plans, applies, prunes, records. All are planned before the first is written.
    ///
    /// - Returns: a report for each, in order, whatever became of it; after a cancellation those not begun are `interrupted` too.
    /// - Throws: what kept it from planning, before any write: `RenderingFailure`, `ClientError`, ``SyncFailure``; `JournalError` where
    ///   the record could not be kept (nothing more was written then).
    package func apply(_ applications: [(Application, SourceSnapshot)]) async throws -> [SyncReport] {
        try await SyncSession(reconciler: self).apply(applications)
    }

    /// Prunes the whole inventory of an Application, then its parent; `confirm` sees the plan first.
    ///
    /// - Returns: the report; `refused` where `confirm` said no.
    /// - Throws: as ``apply(_:)``.
    package func delete(_ application: Application, confirm: @Sendable (SyncReport) async -> Bool) async throws -> SyncReport {
        try await SyncSession(reconciler: self).delete(application, confirm: confirm)
    }
}
