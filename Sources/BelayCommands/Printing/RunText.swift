// Rows of the journal for people and as JSON.

import Journal
import KubernetesModel
import StructuredData

enum RunText {
    static func color(_ phase: SyncRun.Phase) -> Style.Color? {
        switch phase {
        case .succeeded: .green
        case .partial, .failed, .interrupted: .red
        case .held, .superseded: .yellow
        case .planned, .applying, .waiting: .cyan
        }
    }

    /// `4 create, 1 of them failed, 2 not done, 3 blocked`; `none` where everything was as it should be.
    static func changes(_ run: SyncRun) -> String {
        func count(_ name: String) -> Int { max(run.counts[name] ?? 0, 0) }
        let writes = ["create", "adopt", "configure", "recreate", "prune"].filter { count($0) > 0 }
        var parts = writes.map { "\(count($0)) \($0)" }
        // What failed is counted as what it was, too.
        if count("failed") > 0 { parts.append("\(count("failed"))\(writes.isEmpty ? "" : " of them") failed") }
        if run.undone > 0 {
            let isAll = run.undone == writes.reduce(0) { $0 + count($1) }
            parts.append(isAll ? "not done" : "\(run.undone)\(count("failed") > 0 ? "" : " of them") not done")
        }
        if count("blocked") > 0 { parts.append("\(count("blocked")) blocked") }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }
}

extension SyncRun {
    /// Whether it was a `belay delete`, which reads no source.
    var isDeletion: Bool { revision.isEmpty }

    /// One item of `SyncRunList`.
    var json: Value {
        [
            "id": .string(id), "application": .string(application), "cluster": .string(cluster), "revision": .string(revision),
            "commit": text(commit), "message": text(message), "author": text(author), "trigger": .string(trigger), "actor": .string(actor),
            "phase": .string(phase.rawValue), "startedAt": .string(startedAt), "finishedAt": text(finishedAt),
            "planDigest": .string(planDigest),
            "counts": .object(
                Object(
                    uniqueEntries: counts.sorted { $0.key.precedesByBytes($1.key) }
                        .map { Object.Entry(key: $0.key, value: .int(Int64($0.value))) })),
            "outcome": text(outcome),
        ]
    }
}

extension RunOperation {
    /// One operation of `SyncRun`.
    var json: Value {
        [
            "op": .string(kind), "group": .string(key.group), "version": .string(version), "kind": .string(key.kind),
            "namespace": text(key.namespace), "name": .string(key.name), "result": .string(result), "error": text(error),
            "why": .string(why), "source": source(file, line), "changes": changes.isNull ? .array([]) : changes,
        ]
    }
}

extension DriftEpisode {
    /// One item of `DriftEpisodeList`.
    var json: Value {
        [
            "id": .string(id), "application": .string(application),
            "object": [
                "group": .string(key.group), "version": .string(version), "kind": .string(key.kind), "namespace": text(key.namespace),
                "name": .string(key.name),
            ],
            "type": .string(type), "state": .string(resolvedAt == nil ? "open" : "resolved"), "firstSeen": .string(firstSeen),
            "lastSeen": .string(lastSeen), "resolvedAt": text(resolvedAt), "resolution": text(resolution),
            "fields": fields.isNull ? .array([]) : fields,
            "source": file == nil && commit == nil
                ? .null
                : [
                    "file": text(file), "line": line.flatMap { $0 > 0 ? .int(Int64($0)) : nil } ?? .null, "commit": text(commit),
                    "author": text(author),
                ],
        ]
    }
}

extension InventoryRow {
    /// One item of `Inventory`.
    func json(cluster: String) -> Value {
        [
            "group": .string(key.group), "version": .string(version), "kind": .string(key.kind), "namespace": text(key.namespace),
            "name": .string(key.name), "state": .string(state), "uid": text(uid), "cluster": .string(cluster),
        ]
    }
}

private func text(_ text: String?) -> Value { text.map { .string($0) } ?? .null }

private func source(_ file: String?, _ line: Int?) -> Value {
    guard let file else { return .null }
    return ["file": .string(file), "line": line.flatMap { $0 > 0 ? .int(Int64($0)) : nil } ?? .null]
}
