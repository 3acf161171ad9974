// How a case's expectations are spelt: one line for each row, change, request and episode of a report.

import StructuredData

enum CaseText {
    /// A value as compact JSON; what is not there as `(absent)`.
    static func json(_ value: Value?) -> String {
        guard let value, !value.isNull else { return "(absent)" }
        return String(decoding: JSON.write(value), as: UTF8.self)
    }

    /// `configure Deployment/web`, `blocked ConfigMap/a`, `create ConfigMap/b failed`; the unchanged are left out.
    static func rows(_ report: Value) -> [String] {
        (report["operations"]?.array ?? []).compactMap { row in
            guard let op = row["op"]?.string, op != "unchanged" else { return nil }
            let result = row["result"]?.string ?? ""
            let isExpected = ["done", "pending", "blocked"].contains(result) || (op == "skip" && result == "skipped")
            return "\(op) \(object(row))" + (isExpected ? "" : " \(result)")
        }
    }

    /// `Deployment/web spec.replicas 3 → 1 by kubectl/scale`.
    static func changes(_ report: Value) -> [String] {
        (report["operations"]?.array ?? []).flatMap { row in
            (row["changes"]?.array ?? []).map { change in
                "\(object(row)) \(change["path"]?.string ?? "") \(json(change["from"])) → \(json(change["to"]))" + writer(change)
            }
        }
    }

    /// `modified Deployment/web spec.replicas by kubectl: resolved reverted`; several fields are joined by a comma.
    static func episodes(_ list: Value) -> [String] {
        (list["items"]?.array ?? []).map { item in
            let fields = (item["fields"]?.array ?? []).map { ($0["path"]?.string ?? "") + writer($0) }
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
