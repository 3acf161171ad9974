// A report for people: the plan table with its totals, then what would change in each object, and what became of it.

import KubernetesModel
import Planning
package import Reconciliation
import StructuredData

/// Lines for a terminal or a log, sanitised, without newlines.
package struct PlanText: Sendable {
    package var style: Style
    /// All rows, also unchanged ones, file:line of each, and no field left out.
    package var wide: Bool
    /// Seconds since 1970, for `3m ago`.
    package var now: Double
    /// Whether nothing follows: then the plan also says what could not be verified, and how it is approved.
    package var isPreview: Bool

    package init(style: Style, wide: Bool = false, now: Double, isPreview: Bool = true) {
        self.style = style
        self.wide = wide
        self.now = now
        self.isPreview = isPreview
    }

    /// How many fields of one object are shown where not all are.
    static let fieldsShown = 40

    /// Heading, table, totals, and what keeps the plan from being carried out.
    package func plan(_ report: SyncReport) -> [String] {
        var lines = [heading(report)]
        let rows = report.operations.filter { wide || $0.kind != .unchanged }
        if !rows.isEmpty {
            var table = TextTable(["NAMESPACE", "KIND", "NAME", "OP"] + (wide ? ["FILE"] : []) + ["WHY"], indentation: "  ")
            table.rows = rows.map(row)
            lines += table.lines(style)
        }
        lines.append("  " + totals(report))
        for obstacle in report.plan.pruneObstacles {
            lines.append("  " + style.paint("nothing is pruned:", .yellow) + " " + Printable.text(obstacle))
        }
        if let hold = report.plan.hold, isPreview {
            lines.append("  " + style.paint("held:", .red) + " " + Printable.text(hold))
            lines.append("  to approve exactly this: --approve \(report.planDigest.prefix(12))")
        }
        return lines
    }

    /// Whether two revisions were compared, and the second changes nothing of this Application.
    func isUnaffected(_ report: SyncReport) -> Bool {
        report.revision.contains("..") && report.errors.isEmpty && !report.plan.hasDifferences
    }

    /// `app shop/web   main@sha1:3f2c1ab → live   14 objects`; of two revisions the second in place of `live`.
    func heading(_ report: SyncReport) -> String {
        let count = report.operations.count
        let name = style.paint(Printable.text(report.application.reference), .bold)
        let subject = report.commit.map { " \"\(Printable.shortened(Printable.text($0.subject), to: 60))\"" } ?? ""
        let objects = count == 1 ? "1 object" : "\(count) objects"
        guard !report.revision.isEmpty else { return "delete app \(name)   \(objects)" }
        let ends = PlanText.short(revision: report.revision).split(separator: "..")
        if let from = ends.first, let to = ends.dropFirst().first {
            return "app \(name)   \(from) \(style.arrow) \(to)\(subject)   \(objects)"
        }
        return "app \(name)   \(PlanText.short(revision: report.revision))\(subject) \(style.arrow) live   \(objects)"
    }

    private func row(_ operation: SyncReport.ReportedOperation) -> [TextTable.Cell] {
        let planned = operation.operation
        var why = operation.error ?? planned.why
        if planned.isUnverified, isPreview { why += why.isEmpty ? "unverified" : " (unverified)" }
        return [
            .init(planned.key.namespace ?? "-"), .init(planned.key.kind), .init(planned.key.name),
            .init(operation.kind.rawValue, PlanText.color(operation.kind)),
        ] + (wide ? [.init(planned.location?.shown ?? "-")] : [])
            + [.init(Printable.shortened(why, to: wide ? 2000 : 110))]
    }

    /// `Total: 1 create, 2 configure, 11 unchanged`.
    func totals(_ report: SyncReport) -> String {
        let counts = report.counts.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }
        return "Total: " + (counts.isEmpty ? "nothing" : counts.joined(separator: ", "))
    }

    /// What would change, object by object, for those that exist.
    package func changes(_ report: SyncReport) -> [String] {
        var lines: [String] = []
        for operation in report.operations where operation.kind != .create {
            let planned = operation.operation
            if planned.changes.isEmpty && planned.notes.isEmpty { continue }
            let place = planned.location.map { "   \(Printable.text($0.shown))" } ?? ""
            lines.append("")
            lines.append(
                style.paint(operation.kind.rawValue, PlanText.color(operation.kind)) + " "
                    + style.paint(Printable.text(planned.key.description), .bold) + style.paint(place, .dim))
            let shown = wide ? planned.changes[...] : planned.changes.prefix(PlanText.fieldsShown)
            for change in shown { lines += field(change) }
            if planned.changes.count > shown.count {
                lines.append("  … \(planned.changes.count - shown.count) more fields (-o wide shows all)")
            }
            lines += planned.notes.map { "  \(Printable.text($0))" }
        }
        if isPreview, report.operations.contains(where: { $0.operation.drift.map { !$0.stays } ?? false && $0.operation.write != nil }) {
            lines += ["", "Drift is put back by belay apply. To keep a value: commit it, or name its path in spec.drift.ignore."]
        }
        return lines
    }

    /// One field: path, both values, then who wrote the live one and where Git says the other.
    func field(_ change: FieldChange) -> [String] {
        let path = Printable.text(change.path.description)
        var lines: [String]
        let limit = wide ? 10_000 : ValueText.limit
        switch (change.from, change.to) {
        case (nil, let to): lines = [style.paint("  + \(path): \(ValueText.one(to, limit: limit))", .green)]
        case (let from, nil): lines = [style.paint("  - \(path): \(ValueText.one(from, limit: limit))", .red)]
        case (let from, let to):
            if let (old, new) = ValueText.areLines(from, to), let difference = LineDiff.lines(from: old, to: new) {
                lines = ["  ~ \(path):"] + difference.map(line)
            } else {
                let (old, new) = ValueText.two(from, to, limit: limit)
                lines = ["  ~ \(path): \(style.paint(old, .red)) \(style.arrow) \(style.paint(new, .green))"]
            }
        }
        let notes = [
            change.writer.map { $0.operation.isEmpty ? "writer \(writer($0))" : "live by \(writer($0))" },
            change.location.map { "Git \(Printable.text($0.shown))" },
        ]
        .compactMap { $0 }
        if !notes.isEmpty { lines.append(style.paint("      " + notes.joined(separator: ", "), .dim)) }
        return lines
    }

    private func line(_ line: LineDiff.Line) -> String {
        func text(_ text: String) -> String { Printable.shortened(Printable.text(text), to: wide ? 10_000 : 160) }
        return switch line {
        case .same(let same): "        \(text(same))"
        case .removed(let removed): style.paint("      - \(text(removed))", .red)
        case .added(let added): style.paint("      + \(text(added))", .green)
        case .omitted(let count): style.paint("        … \(count) equal \(count == 1 ? "line" : "lines")", .dim)
        }
    }

    /// `kubectl (Update, scale) 3m ago`.
    func writer(_ writer: Writer) -> String {
        let how = [writer.operation, writer.subresource ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
        let time = writer.time.map { " " + Moment.ago($0, now: now) } ?? ""
        return Printable.text(writer.manager) + (how.isEmpty ? "" : " (\(Printable.text(how)))") + time
    }

    /// `main@sha1:3f2c1ab`: the branch whole, the commit short; `main@sha1:3f2c1ab..main@sha1:9d0e1f2` of two.
    package static func short(revision: String) -> String {
        let ends = revision.split(separator: "..")
        if ends.count == 2 { return ends.map { short(revision: String($0)) }.joined(separator: "..") }
        let parts = revision.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, last.utf8.count >= 40 else { return Printable.text(revision) }
        return Printable.text(parts.dropLast().joined(separator: ":") + ":" + last.prefix(7))
    }

    static func color(_ kind: OperationKind) -> Style.Color? {
        switch kind {
        case .create: .green
        case .adopt, .configure: .yellow
        case .recreate, .prune, .blocked: .red
        case .skip, .unchanged: .dim
        }
    }
}
