// Field changes as the journal kept them (JSON, already redacted), for people.

import StructuredData

/// Lines for the `changes` of an operation and the `fields` of a drift episode.
struct RecordedFields {
    var style: Style
    var wide: Bool
    var now: Double

    /// `~ spec.replicas: 7 → 3`.
    func changes(_ changes: Value) -> [String] {
        lines(changes) { field in
            (path(field), text(field["from"]), text(field["to"]), "from", "to")
        }
    }

    /// `spec.replicas: 3 in Git, 7 live   kubectl (Update, scale) 3m ago`.
    func drift(_ fields: Value) -> [String] {
        let all = fields.array ?? []
        var lines = all.prefix(wide ? Int.max : 10).map { field in
            "    \(path(field)): \(style.paint(text(field["desired"]), .green)) in Git, \(style.paint(text(field["live"]), .red)) live"
                + style.paint("   by \(writer(field))", .dim)
        }
        if all.count > lines.count { lines.append("    … \(all.count - lines.count) more fields (-o wide shows all)") }
        return lines
    }

    /// `kubectl (Update, scale) 3m ago`.
    func writer(_ field: Value) -> String {
        guard let manager = field["manager"]?.string, !manager.isEmpty else { return "unknown (the API keeps no record)" }
        let how = [field["operation"]?.string, field["subresource"]?.string].compactMap { $0 }.filter { !$0.isEmpty }
        let time = field["time"]?.string.map { " " + Moment.ago($0, now: now) } ?? ""
        return Printable.text(manager) + (how.isEmpty ? "" : " (\(Printable.text(how.joined(separator: ", "))))") + time
    }

    private func lines(_ fields: Value, _ parts: (Value) -> (path: String, old: String, new: String, String, String)) -> [String] {
        let all = fields.array ?? []
        var lines = all.prefix(wide ? Int.max : PlanText.fieldsShown).map { field in
            let part = parts(field)
            let manager = field["manager"]?.string == nil ? "" : style.paint("   live by \(writer(field))", .dim)
            return "  ~ \(part.path): \(style.paint(part.old, .red)) \(style.arrow) \(style.paint(part.new, .green))\(manager)"
        }
        if all.count > lines.count { lines.append("  … \(all.count - lines.count) more fields (-o wide shows all)") }
        return lines
    }

    private func path(_ field: Value) -> String {
        let path = field["path"]?.string ?? ""
        return path.isEmpty ? "(the object)" : Printable.text(path)
    }

    private func text(_ value: Value?) -> String {
        guard let value, !value.isNull else { return "(absent)" }
        return Printable.shortened(ValueText.plain(value), to: wide ? 10_000 : ValueText.limit)
    }
}
