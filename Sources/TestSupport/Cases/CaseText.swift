// How a case's expectations are spelt: one line for each row, change, request and episode of a report.

import StructuredData

enum CaseText {
    /// A value as compact JSON; what is not there as `(absent)`.
    static func json(_ value: Value?) -> String {
        guard let value, !value.isNull else { return "(absent)" }
        return String(decoding: JSON.write(value), as: UTF8.self)
    }

    /// `configure Deployment/web`, `blocked ConfigMap/a`, `create ConfigMap/b failed`; the unchanged are left out.
    /// Of several Applications each row begins with the name of its own: `app: create ConfigMap/b`.
    static func rows(_ report: Value) -> [String] {
        operations(report).compactMap { application, row in
            guard let op = row["op"]?.string, op != "unchanged" else { return nil }
            let result = row["result"]?.string ?? ""
            let isExpected = ["done", "pending", "blocked"].contains(result) || (op == "skip" && result == "skipped")
            return "\(application)\(op) \(object(row))" + (isExpected ? "" : " \(result)")
        }
    }

    /// All rows of a report, or of a list of reports with what stands before each.
    private static func operations(_ report: Value) -> [(application: String, row: Value)] {
        guard let reports = report["items"]?.array else { return (report["operations"]?.array ?? []).map { ("", $0) } }
        return reports.flatMap { report in
            let name = report["application"]?.string?.split(separator: "/").last.map { "\($0): " } ?? ""
            return (report["operations"]?.array ?? []).map { (name, $0) }
        }
    }

    /// `Deployment/web spec.replicas 3 → 1 by kubectl/scale`; of a Secret `data.key REDACTED(1) → REDACTED(2)`, where equal numbers
    /// are equal values of this report.
    static func changes(_ report: Value) -> [String] {
        let lines = operations(report).flatMap { application, row in
            (row["changes"]?.array ?? []).map { change in
                let values = "\(sorted(change["from"])) → \(sorted(change["to"]))"
                return "\(application)\(object(row)) \(change["path"]?.string ?? "") \(values)\(writer(change))"
            }
        }
        let hash = #/REDACTED\(([0-9a-f]{12})\)/#
        var hashes: [Substring] = []
        // Numbered in the order that the lines have without their hashes.
        return lines.sorted { $0.replacing(hash, with: "").precedesByBytes($1.replacing(hash, with: "")) }.map { line in
            line.replacing(hash) { match in
                if !hashes.contains(match.1) { hashes.append(match.1) }
                return "REDACTED(\((hashes.firstIndex(of: match.1) ?? 0) + 1))"
            }
        }
    }

    /// Servers differ in the order of the keys.
    private static func sorted(_ value: Value?) -> String { value.map { $0.isNull ? json(nil) : CanonicalJSON.text(of: $0) } ?? json(nil) }

    /// `modified Deployment/web spec.replicas by kubectl: resolved reverted`; several fields are sorted and joined by a comma.
    static func episodes(_ list: Value) -> [String] {
        (list["items"]?.array ?? []).map { item in
            let fields = (item["fields"]?.array ?? []).map { ($0["path"]?.string ?? "") + writer($0) }.sorted()
            let end = [item["state"]?.string, item["resolution"]?.string].compactMap { $0 }.joined(separator: " ")
            return
                ([item["type"]?.string ?? "", object(item["object"] ?? .null)] + (fields.isEmpty ? [] : [fields.joined(separator: ", ")]))
                .joined(separator: " ") + ": " + end
        }
    }

    private static func writer(_ change: Value) -> String {
        guard let manager = change["manager"]?.string else { return "" }
        return " by " + manager + (change["subresource"]?.string.map { "/" + $0 } ?? "")
    }

    private static func object(_ row: Value) -> String {
        if let text = row.string { return text }
        return "\(row["kind"]?.string ?? "")/\(row["name"]?.string ?? "")"
    }
}
