// What became of a run, for people and for logs: a line per change with a stable first word, the closing line, and the failures.

import KubernetesModel
import Planning
package import Reconciliation
import StructuredData

/// Lines about the end of operations and runs, sanitised.
package enum OutcomeText {
    /// `configured  Deployment shop/web`; nil for rows that changed nothing and need nobody.
    package static func line(_ operation: SyncReport.ReportedOperation, _ style: Style) -> String? {
        let (word, color) = word(operation)
        guard let word else { return nil }
        let padded = style.paint(word, color) + String(repeating: " ", count: max(0, 12 - word.utf8.count))
        let health = operation.health.map { $0 == "healthy" ? "" : "   \(Printable.text($0))" } ?? ""
        let why = operation.error ?? (operation.result == "blocked" ? operation.operation.why : "")
        return padded + Printable.text(operation.operation.key.description) + health
            + (why.isEmpty ? "" : ": \(Printable.shortened(Printable.text(why), to: 400))")
    }

    private static func word(_ operation: SyncReport.ReportedOperation) -> (String?, Style.Color?) {
        switch operation.result {
        case "failed": return ("failed", .red)
        case "blocked": return ("blocked", .red)
        case "done": break
        default: return (nil, nil)
        }
        return switch operation.kind {
        case .create: ("created", .green)
        case .adopt: ("adopted", .yellow)
        case .configure: ("configured", .yellow)
        case .recreate: ("recreated", .red)
        case .prune: ("pruned", .red)
        case .unchanged, .skip, .blocked: (nil, nil)
        }
    }

    /// `succeeded   1 created, 11 unchanged in 3.2s   shop/web   run 01J…`.
    package static func closing(_ report: SyncReport, _ style: Style) -> String {
        let word = report.phase
        let color: Style.Color = report.outcome == .succeeded ? .green : .red
        let counts = done(report)
        let took = Moment.span(from: report.startedAt, to: report.finishedAt)
        return style.paint(Printable.text(word), color) + String(repeating: " ", count: max(1, 12 - word.utf8.count))
            + (counts.isEmpty ? "nothing to do" : counts) + (took == "-" ? "" : " in \(took)")
            + "   \(Printable.text(report.application.reference))" + (report.runID.isEmpty ? "" : "   run \(Printable.text(report.runID))")
    }

    /// `1 created, 1 failed, 11 unchanged`: what happened, not what was planned.
    static func done(_ report: SyncReport) -> String {
        var counts: [(String, Int)] = []
        func count(_ word: String) {
            if let index = counts.firstIndex(where: { $0.0 == word }) { counts[index].1 += 1 } else { counts.append((word, 1)) }
        }
        for operation in report.operations {
            switch (operation.kind, operation.result) {
            case (.unchanged, _): count("unchanged")
            case (_, "failed"): count("failed")
            case (.blocked, _), (_, "blocked"): count("blocked")
            case (.skip, _), (_, "skipped"): count("skipped")
            case (_, "pending"): count("not tried")
            default: if let word = word(operation).0 { count(word) }
            }
        }
        let order = ["created", "adopted", "configured", "recreated", "pruned", "failed", "blocked", "not tried", "skipped", "unchanged"]
        return order.compactMap { word in counts.first { $0.0 == word }.map { "\($0.1) \($0.0)" } }.joined(separator: ", ")
    }

    /// Why a run did not succeed; nil for one that did, and for a plain difference.
    package static func failure(_ report: SyncReport) -> CommandFailure? {
        guard report.outcome != .succeeded, report.outcome != .differences else { return nil }
        var details = report.errors
        for operation in report.operations where report.plan.hold == nil {
            guard let error = problem(operation), !details.contains(where: { $0.message.contains(error) }) else { continue }
            details.append(.init(message: "\(operation.operation.key): \(error)", location: operation.operation.location))
        }
        let name = report.application.reference
        if details.count == 1, let only = details.first, only.location == nil {
            return CommandFailure(ExitStatus(report.outcome), "\(name): \(only.message)", hint: hint(report))
        }
        let headline =
            switch report.outcome {
            case .timedOut: "\(name) was not done in time; it is safe to run it again"
            case .superseded: "\(name) was superseded by a newer run"
            case .refused: report.plan.hold.map { "\(name) is held: \($0)" } ?? "\(name) was refused before anything was written"
            case .unreachable: "\(name): the cluster cannot be reached, or does not allow it"
            case .invalid: "\(name) cannot be applied as it stands"
            case .failed, .succeeded, .differences:
                report.operations.contains { $0.result == "done" }
                    ? "\(name) was \(report.revision.isEmpty ? "deleted" : "applied") in part" : "\(name) failed"
            }
        return CommandFailure(ExitStatus(report.outcome), headline, details: details, hint: hint(report))
    }

    private static func hint(_ report: SyncReport) -> String? {
        report.plan.hold == nil ? nil : "belay diff shows the plan; to approve exactly this: --approve \(report.planDigest.prefix(12))"
    }

    private static func problem(_ operation: SyncReport.ReportedOperation) -> String? {
        if let error = operation.error { return error }
        let isBlocked = operation.result == "blocked" || operation.kind == .blocked
        return isBlocked ? operation.operation.why : operation.result == "failed" ? "failed" : nil
    }
}
