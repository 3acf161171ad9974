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

    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml, .name, .markdown, .junit]

    var text: PlanText { PlanText(style: console.outputStyle, wide: format == .wide, now: now) }

    /// The whole of some reports: for `diff`, and for `apply` in formats for machines.
    func print(_ reports: [SyncReport]) {
        switch format {
        case .table, .wide:
            for (index, report) in reports.enumerated() {
                if index > 0 { console.print("") }
                for line in text.plan(report) + text.changes(report) { console.print(line) }
            }
        case .json: console.printBytes(Printable.json(JSON.writeIndented(value(reports))))
        case .yaml: console.printBytes(Array(YAML.write(value(reports)).utf8))
        case .name:
            for report in reports {
                for operation in report.operations where operation.kind != .unchanged { console.print(ReportPrinter.name(operation)) }
            }
        case .markdown: console.printBytes(Array(MarkdownReport.text(reports).utf8))
        case .junit: console.printBytes(Array(JUnitReport.text(reports, style: PlanText(style: Style(), now: now)).utf8))
        }
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
