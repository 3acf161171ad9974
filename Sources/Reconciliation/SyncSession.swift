// Applications of one call, claimed on this machine, planned together, then run one after another.

import FoundationEssentials
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct SyncSession: Sendable {
    let reconciler: Reconciler

    /// How often a run is planned anew because another one wrote to the same set in between.
    private static let attempts = 3

    func apply(_ sources: [(Application, SourceSnapshot)]) async throws -> [SyncReport] {
        let begun = Timestamp.now()
        return try await claiming(sources.map(\.0)) { dead in
            let preparation = Preparation(
                reconciler: reconciler, purpose: .apply(dead: dead, preflight: reconciler.options.preflight), begun: begun)
            let prepared = try await preparation.prepare(sources)
            if let rejected = preflightRejections(prepared) { return rejected }
            var reports: [SyncReport] = []
            for plan in prepared {
                do {
                    reports.append(
                        try await repeating(plan, preparation) { prepared, seen in
                            try await ApplyRun(reconciler: reconciler, prepared: prepared).run(confirmed: seen)
                        })
                } catch let failure as SyncFailure where !reports.isEmpty {
                    // What was done before it is told all the same.
                    reports.append(try await ended(plan, failure))
                }
            }
            return reports
        }
    }

    /// The report of an Application that could not be planned anew, after others of the call were written.
    private func ended(_ prepared: PreparedApplication, _ failure: SyncFailure) async throws -> SyncReport {
        let phase: SyncRun.Phase =
            switch failure.outcome {
            case .superseded: .superseded
            case .refused: .held
            default: .failed
            }
        let message = failure.errors.map(\.message).joined(separator: "; ")
        return try await RunParts(reconciler: reconciler, prepared: prepared)
            .ended(phase, failure.outcome, failure.hint.isEmpty ? message : "\(message); \(failure.hint)")
    }

    func delete(_ application: Application, confirm: @Sendable (SyncReport) async -> Bool) async throws -> SyncReport {
        try await claiming([application]) { dead in
            let preparation = Preparation(reconciler: reconciler, purpose: .delete(dead: dead))
            let prepared = try await preparation.prepareDeletion(of: application)
            return try await repeating(prepared, preparation) { prepared, seen in
                try await DeleteRun(reconciler: reconciler, prepared: prepared).run(confirmed: seen, confirm: confirm)
            }
        }
    }

    /// Runs `body`; where the set changed between plan and first write, plans again.
    private func repeating(
        _ first: PreparedApplication, _ preparation: Preparation,
        _ body: (PreparedApplication, _ confirmed: Digest?) async throws -> SyncReport
    ) async throws -> SyncReport {
        var prepared = first
        var confirmed: Digest?
        for attempt in 1... {
            do {
                return try await body(prepared, confirmed)
            } catch let changed as SetChanged {
                guard attempt < SyncSession.attempts else {
                    throw SyncFailure(
                        outcome: .refused,
                        errors: [
                            .init(message: "another run writes to \(prepared.application.reference) at the same time: \(changed.message)")
                        ],
                        hint: "run again when it is done")
                }
                confirmed = changed.confirmed
                prepared = try await preparation.prepareAgain(prepared)
            }
        }
        throw CancellationError()
    }

    /// With `--preflight` nothing is written when the server rejects anything of any Application.
    private func preflightRejections(_ prepared: [PreparedApplication]) -> [SyncReport]? {
        guard reconciler.options.preflight, prepared.contains(where: { $0.plan.operations.contains(where: \.isRejected) }) else {
            return nil
        }
        return prepared.map { prepared in
            var report = prepared.report(runID: "", trigger: reconciler.options.trigger)
            report.outcome = .invalid
            report.phase = SyncRun.Phase.failed.rawValue
            report.finishedAt = Timestamp.now()
            report.requests = prepared.requests
            report.warnings += prepared.warnings.lines
            report.errors = prepared.plan.operations.filter(\.isRejected).map {
                SyncReport.ReportedError(message: "\($0.key): \($0.why)", location: $0.location)
            }
            return report
        }
    }

    /// Claims the Applications on this machine while `body` runs; it is told which runs of theirs are dead.
    private func claiming<R>(_ applications: [Application], _ body: (Set<String>) async throws -> R) async throws -> R {
        guard let journal = reconciler.journal else { return try await body([]) }
        var claims: [RunClaim] = []
        var dead: Set<String> = []
        for application in applications.sorted(by: { $0.reference.precedesByBytes($1.reference) }) {
            let reference = application.reference
            let claim = try await self.claim(application, in: journal)
            claims.append(claim)
            guard claim.isExclusive else { continue }
            for run in try await journal.closeInterrupted(application: reference, cluster: nil) {
                dead.insert(run.id)
                reconciler.progress(.warning("the run \(run.id) of \(reference) ended without a word; it is closed as interrupted"))
            }
        }
        let result = try await body(dead)
        withExtendedLifetime(claims) {}
        return result
    }

    private func claim(_ application: Application, in journal: Journal) async throws -> RunClaim {
        let end = ContinuousClock.now.advanced(by: Preparation.patience(application))
        var told = false
        while true {
            if let claim = try journal.claim(application.reference) { return claim }
            guard ContinuousClock.now < end else {
                throw SyncFailure(
                    outcome: .refused,
                    errors: [.init(message: "another run of \(application.reference) is under way on this machine")],
                    hint: "wait until it is done and run again")
            }
            if !told { reconciler.progress(.warning("waiting for another run of \(application.reference) on this machine")) }
            told = true
            try await ContinuousClock().sleep(for: .milliseconds(500))
        }
    }
}

/// Another run wrote to the set after it was planned on: nothing was written by this one.
struct SetChanged: Error {
    var message: String
    /// The digest of the plan that a person has already agreed to.
    var confirmed: Digest?
}
