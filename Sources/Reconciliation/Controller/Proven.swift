// The members that a run which waits has seen as they are recorded: what becomes otherwise is somebody else's doing.

import KubernetesModel
import Planning

/// Of one run. What is otherwise from the start, and what the run itself writes anew, counts for nothing.
actor Proven {
    /// Each with the record that it was seen by.
    private var seen: [ObjectKey: Record] = [:]

    /// Forgets what goes by the run's own doing.
    func disregard(_ keys: Set<ObjectKey>) { for key in keys { seen[key] = nil } }

    /// Takes up what is now as it is recorded.
    /// - Returns: whether something that was so before, by the same record, is so no longer. A Job that ends or has gone is none of that:
    ///   the cluster may have removed it when it was finished.
    func hasLost(_ members: [ObjectKey: LiveCache.Member], _ records: [ObjectKey: Record], fieldManager: String) -> Bool {
        var hasLost = false
        for (key, record) in records {
            let summary = members[key]?.summary
            if let summary, !summary.isTerminating, summary.matches(record, fieldManager: fieldManager) {
                seen[key] = record
            } else if seen.removeValue(forKey: key) == record {
                let mayEndItself = key.groupKind == .job && summary?.isTerminating ?? true
                if !mayEndItself { hasLost = true }
            }
        }
        return hasLost
    }
}
