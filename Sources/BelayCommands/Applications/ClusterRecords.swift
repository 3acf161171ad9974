// The journal's rows as far as the cluster has them: runs from an Application's status, open drift from its DriftReport.

import Journal
import KubernetesModel
import StructuredData

/// Reads leniently: what makes no row is left out.
enum ClusterRecords {
    /// The open episodes of one DriftReport, in its order.
    static func episodes(_ report: Value) -> [DriftEpisode] {
        let object = Unstructured(report)
        let application = "\(object.namespace ?? "")/\(object.name)"
        return (report["episodes"]?.array ?? []).prefix(200).compactMap { episode(String(cut(application, 320)), $0) }
    }

    private static let types: Set<String> = ["modified", "added", "removed", "unlabelled", "deleted"]

    private static func episode(_ application: String, _ value: Value) -> DriftEpisode? {
        let object = value["object"]
        guard let kind = text(object?["kind"], 63), let name = text(object?["name"], 253), let type = text(value["type"], 20),
            types.contains(type)
        else { return nil }
        let key = ObjectKey(
            groupKind: GroupKind(group: text(object?["group"], 253) ?? "", kind: kind), namespace: text(object?["namespace"], 63),
            name: name)
        let first = text(value["firstSeen"], 64) ?? ""
        var episode = DriftEpisode(
            id: text(value["id"], 64) ?? "", application: application, key: key, version: text(object?["version"], 63) ?? "", type: type,
            firstSeen: first, fields: .array((value["fields"]?.array ?? []).prefix(100).map(field)))
        episode.lastSeen = text(value["lastSeen"], 64) ?? first
        return episode
    }

    /// Every member that the JSON of `belay drift` promises.
    private static func field(_ value: Value) -> Value {
        var field: Object = ["path": .string(text(value["path"], 2048) ?? "")]
        for name in ["desired", "live"] { field[name] = value[name]?.string.map { .string(cut($0, 4096)) } ?? value[name] ?? .null }
        for name in ["manager", "operation", "subresource", "time"] { field[name] = text(value[name], 256).map { .string($0) } ?? .null }
        return .object(field)
    }

    /// The runs that the status lists, newest first; the counts are known of the newest alone.
    static func runs(_ application: ApplicationResource) -> [SyncRun] {
        application.runs.enumerated().compactMap { index, run in
            guard let phase = SyncRun.Phase(rawValue: run.phase), !run.id.isEmpty else { return nil }
            var row = SyncRun(
                id: run.id, application: application.reference, cluster: "", revision: run.revision, treeID: "", trigger: run.trigger,
                actor: "", startedAt: run.startedAt, planDigest: index == 0 ? application.planDigest ?? "" : "")
            row.phase = phase
            row.finishedAt = run.finishedAt
            row.commit = run.revision.split(separator: ":").last.map { String($0) }
            row.outcome = run.message.isEmpty ? nil : run.message
            if index == 0 { row.counts = application.counts }
            return row
        }
    }

    private static func text(_ value: Value?, _ limit: Int) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        return cut(text, limit)
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self)
    }
}
