// Ownership of a workload's replicas as seen through its `scale` subresource, and back.

import StructuredData

/// Moves managedFields between a workload and its `Scale`.
///
/// An entry of the workload that owns the replicas is an entry of the Scale that owns `spec.replicas`, by the same
/// identity. What the Scale's writers take is taken from the workload's entries; an entry that is new on the Scale has no
/// time on the workload, as on a real server.
struct ScaleOwnership {
    static let apiVersion = "autoscaling/v1"
    private static let replicas = OwnedFields(fields: "spec", "replicas")

    let managed: ManagedFields
    let workloadVersion: String
    /// Where the workload keeps its replicas.
    let path: [PathElement]

    /// The entries of the Scale.
    var scaleEntries: ManagedFields {
        var entries = ManagedFields()
        for entry in managed.entries where entry.fields.contains(path) {
            var scaled = entry
            scaled.apiVersion = ScaleOwnership.apiVersion
            scaled.fields = ScaleOwnership.replicas
            entries[entry.identity] = scaled
        }
        return entries
    }

    /// The entries of the workload after those of its Scale have become `scaled`.
    func workloadEntries(after scaled: ManagedFields) -> ManagedFields {
        var result = ManagedFields()
        let owned = OwnedFields(path: path)
        for entry in managed.entries {
            var kept = entry
            if entry.fields.contains(path), scaled[entry.identity] == nil {
                kept.fields = entry.fields.subtracting(owned)
                if kept.fields.isEmpty { continue }
            }
            result[entry.identity] = kept
        }
        for entry in scaled.entries {
            if managed[entry.identity]?.fields.contains(path) == true || !entry.fields.contains([.field("spec"), .field("replicas")]) {
                continue
            }
            result[entry.identity] = ManagedFields.Entry(
                identity: entry.identity, apiVersion: workloadVersion, isApplied: entry.isApplied, fields: owned,
                time: managed[entry.identity]?.time)
        }
        return result
    }
}
