// Reports in every format, to standard output.

import KubernetesModel
import Planning
import Reconciliation
import StructuredData

/// Prints what `diff`, `apply` and `delete` found or did.
struct ReportPrinter {
    var format: OutputFormat
    var console: Console
    var now: Double
    /// Whether this is a diff, and nothing follows.
    var isPreview = false

    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml, .name, .markdown, .junit]

    var text: PlanText { PlanText(style: console.outputStyle, wide: format == .wide, now: now, isPreview: isPreview) }

    /// The whole of some reports: for `diff`, and for `apply` in formats for machines.
    func print(_ reports: [SyncReport]) {
        switch format {
        case .table, .wide:
            var wasShort = true
            for (index, report) in reports.enumerated() {
                // Of several Applications at two revisions each, those that the second does not touch take one line.
                let isShort = reports.count > 1 && text.isUnaffected(report)
                if index > 0, !(isShort && wasShort) { console.print("") }
                let lines = isShort ? [text.heading(report) + "   not affected"] : text.plan(report) + text.changes(report)
                for line in lines { console.print(line) }
                wasShort = isShort
            }
        case .json, .yaml: print(value(reports))
        case .name:
            for report in reports {
                for operation in report.operations where operation.kind != .unchanged { console.print(ReportPrinter.name(operation)) }
            }
        case .markdown: console.printBytes(Array(MarkdownReport.text(reports).utf8))
        case .junit: console.printBytes(Array(JUnitReport.text(reports, style: PlanText(style: Style(), now: now)).utf8))
        }
    }

    /// Why there is no report, for those who read the output: one report with nothing but errors for each Application.
    func print(_ failure: CommandFailure, _ applications: [Application]) {
        guard !format.isTable, format != .name else { return }
        let unknown = Application(namespace: "", name: "", source: .init(repoURL: ""), destination: .init(namespace: ""))
        let time = Moment.text(now)
        let reports = (applications.isEmpty ? [unknown] : applications).map { application -> SyncReport in
            let plan = Plan(
                application: application, parentID: "", revision: "", treeID: "", operations: [], approvalDigest: Digest(of: .null))
            var report = SyncReport(application: application, runID: "", revision: "", plan: plan, trigger: "cli", startedAt: time)
            report.planDigest = ""
            report.outcome = failure.status.outcome
            report.phase = failure.status == .refused ? "held" : failure.status == .superseded ? "superseded" : "failed"
            report.errors = failure.details.isEmpty ? [.init(message: failure.message)] : failure.details
            if !failure.findings.isEmpty {
                let others = failure.findings.keys.sorted { $0.precedesByBytes($1) }.joined(separator: ", ")
                report.errors =
                    failure.findings[application.reference] ?? [.init(message: "nothing was planned, because of the errors in \(others)")]
            }
            return report
        }
        guard applications.isEmpty, var value = reports.first?.json, format == .json || format == .yaml else { return print(reports) }
        value.set("", at: ["application"])
        print(value)
    }

    private func print(_ value: Value) {
        console.printBytes(format == .yaml ? Array(YAML.write(value).utf8) : Printable.json(JSON.writeIndented(value)))
    }

    /// One report as it stands, several as a list.
    private func value(_ reports: [SyncReport]) -> Value {
        if reports.count == 1, let only = reports.first { return only.json }
        return ["apiVersion": "belay.dev/v1alpha1", "kind": "SyncReportList", "items": .array(reports.map(\.json))]
    }

    /// `deployment.apps/web`, as kubectl names objects.
    static func name(_ operation: SyncReport.ReportedOperation) -> String {
        let key = operation.operation.key
        return Printable.text("\(key.groupKind.description.lowercased())/\(key.name)")
    }
}
