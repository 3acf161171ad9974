// Reports for a pull request's comment: a table, then each object's changes folded away, never longer than a comment may be.

import KubernetesModel
import Planning
package import Reconciliation
import StructuredData

/// Markdown of one or several reports. What does not fit is left out object by object, and counted.
package enum MarkdownReport {
    /// What GitHub takes for one comment.
    package static let limit = 65_536
    /// Kept free for the closing line.
    private static let reserve = 200

    package static func text(_ reports: [SyncReport], limit: Int = limit) -> String {
        var text = ""
        var missing = 0
        func fits(_ more: String) -> Bool { text.utf8.count + more.utf8.count <= limit - reserve }
        for report in reports {
            let changed = report.operations.filter { $0.kind != .unchanged }
            let heading = heading(report)
            guard fits(heading) else {
                missing += changed.count
                continue
            }
            text += heading
            if !changed.isEmpty {
                text += "| Op | Kind | Namespace | Name | Why |\n|---|---|---|---|---|\n"
                var isFull = false
                for operation in changed {
                    let row = row(operation)
                    isFull = isFull || !fits(row)
                    if isFull { missing += 1 } else { text += row }
                }
                text += "\n"
                for operation in changed where !operation.operation.changes.isEmpty && operation.kind != .create && !isFull {
                    let block = details(operation)
                    isFull = !fits(block)
                    if !isFull { text += block }
                }
                if isFull && missing == 0 {
                    text += "The changes of some objects are left out: the report would be too long for a comment.\n\n"
                }
            }
            for error in report.errors {
                let line = "- " + code((error.location.map { "\($0): " } ?? "") + error.message) + "\n"
                if fits(line) { text += line }
            }
        }
        if missing > 0 { text += "… and \(missing) more objects: the report would be too long for a comment.\n" }
        return text
    }

    private static func heading(_ report: SyncReport) -> String {
        let counts = report.counts.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        var text = "### \(code(report.application.reference)) at \(code(PlanText.short(revision: report.revision)))\n\n"
        text += "**\(counts.isEmpty ? "nothing" : counts)**"
        text += report.outcome == .differences || report.outcome == .succeeded ? "\n\n" : " (\(report.phase))\n\n"
        if let hold = report.plan.hold { text += "Held: \(code(hold)), approval \(code(String(report.planDigest.prefix(12))))\n\n" }
        return text
    }

    private static func row(_ operation: SyncReport.ReportedOperation) -> String {
        let key = operation.operation.key
        let why = Printable.shortened(operation.error ?? operation.operation.why, to: 300)
        let op = operation.kind.rawValue + (operation.result == "failed" ? " (failed)" : "")
        let cells = [op, code(key.kind), code(key.namespace ?? ""), code(key.name), code(why)]
        return "| " + cells.joined(separator: " | ") + " |\n"
    }

    private static func details(_ operation: SyncReport.ReportedOperation) -> String {
        var lines: [String] = []
        for change in operation.operation.changes.prefix(PlanText.fieldsShown) {
            let path = Printable.text(change.path.description)
            if let (old, new) = ValueText.areLines(change.from, change.to), let difference = LineDiff.lines(from: old, to: new) {
                lines.append("  \(path):")
                lines += difference.map(line)
                continue
            }
            let (old, new) = ValueText.two(change.from, change.to)
            if change.from != nil { lines.append("- \(path): \(old)" + (change.writer.map { "   # \(Printable.text($0.manager))" } ?? "")) }
            if change.to != nil { lines.append("+ \(path): \(new)") }
        }
        let more = operation.operation.changes.count - PlanText.fieldsShown
        if more > 0 { lines.append("  … \(more) more fields") }
        let longest = lines.map(longestRunOfBackticks).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        let place = operation.operation.location.map { " (\($0.shown))" } ?? ""
        let title = html("\(operation.kind.rawValue) \(operation.operation.key)\(place)")
        return
            "<details><summary><code>\(title)</code></summary>\n\n\(fence)diff\n\(lines.joined(separator: "\n"))\n\(fence)\n\n</details>\n\n"
    }

    private static func line(_ line: LineDiff.Line) -> String {
        switch line {
        case .same(let text): "    \(Printable.text(text))"
        case .removed(let text): "-   \(Printable.text(text))"
        case .added(let text): "+   \(Printable.text(text))"
        case .omitted(let count): "    … \(count) equal lines"
        }
    }

    /// A code span: nothing inside is read as Markdown, HTML or a mention.
    static func code(_ text: String) -> String {
        let safe = Printable.text(text).replacing("|", with: "\\|")
        guard !safe.isEmpty else { return "" }
        let fence = String(repeating: "`", count: longestRunOfBackticks(safe) + 1)
        let pad = safe.hasPrefix("`") || safe.hasSuffix("`") ? " " : ""
        return fence + pad + safe + pad + fence
    }

    private static func html(_ text: String) -> String {
        Printable.text(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private static func longestRunOfBackticks(_ text: String) -> Int {
        var longest = 0, run = 0
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
