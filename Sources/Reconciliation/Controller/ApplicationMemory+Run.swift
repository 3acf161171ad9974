// What is remembered of a run: what was left as it is, what was put right how often, and what nobody follows.

import FoundationEssentials
import KubernetesModel
import Planning
import StructuredData

extension ApplicationMemory {
    /// Remembers what was left as it is, and what was put right how often.
    mutating func learn(_ report: SyncReport, _ prepared: PreparedApplication) {
        var rows: Set<ObjectKey> = []
        let now = Date()
        for row in report.operations {
            let key = row.operation.key
            rows.insert(key)
            if row.result == "done" {
                judged[key] = nil
                if row.operation.drift?.stays ?? false { continue }
                if let drift = row.operation.drift, drift.fields.isEmpty {
                    fights.corrected(key, path: "the object (\(drift.kind.rawValue))", writer: "another program", at: now)
                }
                for field in row.operation.drift?.fields ?? [] {
                    fights.corrected(
                        key, path: field.path.description, writer: field.writer?.manager ?? "another program", at: now)
                }
            } else if prepared.observed.proven.contains(key) {
                judged[key] = nil
            } else if row.operation.write == nil {
                // Not what it is now, but what it was when the plan was made; where it was read again for that, the next look tells.
                let seen = prepared.seen[key]
                let isPlannedOn = row.operation.plannedOn.map { $0 == seen?.version } ?? true
                judged[key] = isPlannedOn ? .some(seen) : nil
            }
        }
        for key in judged.keys where !rows.contains(key) { judged[key] = nil }
        drifted = Set(
            report.operations.filter { $0.operation.isHeldByOthers || $0.leavesDrift }
                .map(\.operation.key))
        let written = Set(report.operations.filter { $0.result == "done" }.map(\.operation.key))
        unfollowed = Set(
            prepared.observed.others.filter { $0.value.isUnfollowed(by: report.plan.parentID) && !written.contains($0.key) }.keys)
        // While nothing is let go, what is new in Git is not amiss.
        let isLetGo = report.outcome != .refused && report.outcome != .superseded
        unmade = Set(
            report.operations.filter { isLetGo && $0.operation.kind == .create && $0.result != "done" }.map(\.operation.key))
        passing = Set(prepared.desired.objects.filter { $0.removesItself }.map(\.key))
        let changed = report.operations.filter { row in
            guard let record = prepared.observed.records[row.operation.key], let digest = row.operation.desiredDigest else { return false }
            return !record.matches(desired: digest)
        }
        fights.expire(now, forgetting: Set(changed.map(\.operation.key)))
    }
}

extension DesiredObject {
    /// Whether the cluster deletes it when it has finished.
    fileprivate var removesItself: Bool { key.groupKind == .job && object.value.at("spec", "ttlSecondsAfterFinished")?.int != nil }
}

extension ObservedState.Existence {
    /// Whether it may be there, and not as a member of this set.
    fileprivate func isUnfollowed(by set: String) -> Bool {
        switch self {
        case .absent: false
        case .present(let object): object.label(Tracking.partOf).map { $0.hasSameBytes(as: set) } != true
        case .unknown: true
        }
    }
}
