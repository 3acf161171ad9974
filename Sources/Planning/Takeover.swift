// The JSON patch of managedFields that is sent before an apply: it makes ours what has to go, and lets go what has to stay.

import KubernetesModel
import StructuredData

/// Builds one patch; empty where there is nothing to move.
struct Takeover: Sendable {
    var fieldManager: String
    /// The version that the apply is made in.
    var apiVersion: String
    /// Paths that become ours: from whichever of the absorbed entries holds them.
    var moved = FieldSet()
    /// Paths that nobody holds and that become ours.
    var claimed = FieldSet()
    /// Paths of ours that go to ``FieldManager/released``.
    var released: [FieldPath] = []
    /// The manager of the Application that hands the object over: its whole entry becomes ours.
    var predecessor: String?
    /// Label and annotation that the object changes hands by; nil where it does not.
    var marks: (partOf: String, application: String)?
    /// Versions whose entries are rewritten to `apiVersion`: they are no longer served, or lack fields of the new one.
    var rewritten: Set<String> = []

    /// - Parameter absorbed: entries that `moved` is taken from.
    /// - Returns: RFC 6902 operations, the first a test of the live resourceVersion; nil where nothing changes or the live
    ///   managedFields cannot be read whole (then nothing may be written back).
    func patch(of live: Unstructured, absorbed: (ManagedFieldsEntry) -> Bool) -> Value? {
        guard let version = live.resourceVersion, let entries = try? live.allManagedFields() else { return nil }
        // Without any managedFields the server would give all to `before-first-apply` at our apply; what has to go becomes ours first.
        var ours = entries.isEmpty ? moved.union(claimed) : claimed
        var time: String?
        var result: [ManagedFieldsEntry] = []
        var place: Int?
        var isChanged = !ours.isEmpty
        for var entry in entries {
            if rewritten.contains(entry.apiVersion) {
                entry.apiVersion = apiVersion
                isChanged = true
            }
            let isPredecessor = predecessor.map { entry.operation == .apply && entry.manager.hasSameBytes(as: $0) } ?? false
            if Payload.isOurs(entry, fieldManager) || isPredecessor {
                if isPredecessor { isChanged = true }
                if place == nil {
                    place = result.count
                    time = entry.time
                    entry.manager = fieldManager
                    result.append(entry)
                }
                ours = ours.union(entry.fields)
            } else if absorbed(entry) {
                let taken = entry.fields.intersection(moved)
                if !taken.isEmpty {
                    ours = ours.union(taken)
                    entry.fields = entry.fields.subtracting(taken)
                    isChanged = true
                }
                if !entry.fields.isEmpty { result.append(entry) }
            } else {
                result.append(entry)
            }
        }
        var letGo = FieldSet()
        for path in released where ours.contains(path) {
            ours.remove(path)
            letGo.insert(path)
        }
        if !letGo.isEmpty { isChanged = true }
        guard isChanged || marks != nil else { return nil }

        if let place {
            result[place].fields = ours
        } else if !ours.isEmpty {
            result.append(
                ManagedFieldsEntry(
                    manager: fieldManager, operation: .apply, apiVersion: apiVersion, time: nil, subresource: nil, fields: ours))
        }
        result.removeAll { $0.fields.isEmpty }
        if !letGo.isEmpty { add(letGo, to: &result, time: time) }
        return .array(operations(on: live, version: version, entries: result))
    }

    private func add(_ fields: FieldSet, to entries: inout [ManagedFieldsEntry], time: String?) {
        let old = entries.firstIndex {
            $0.manager.hasSameBytes(as: FieldManager.released) && $0.operation == .update && $0.apiVersion.hasSameBytes(as: apiVersion)
        }
        if let old {
            entries[old].fields = entries[old].fields.union(fields)
        } else {
            entries.append(
                ManagedFieldsEntry(
                    manager: FieldManager.released, operation: .update, apiVersion: apiVersion, time: time, subresource: nil,
                    fields: fields))
        }
    }

    private func operations(on live: Unstructured, version: String, entries: [ManagedFieldsEntry]) -> [Value] {
        var operations: [Value] = [["op": "test", "path": "/metadata/resourceVersion", "value": .string(version)]]
        if let marks {
            for (map, key, text) in [
                ("labels", Tracking.partOf, marks.partOf), ("annotations", Tracking.application, marks.application),
            ] {
                if live.metadata?[map]?.object == nil {
                    operations.append(["op": "add", "path": .string("/metadata/\(map)"), "value": [:]])
                }
                let pointer = "/metadata/\(map)/" + key.replacing("/", with: "~1")
                operations.append(["op": "add", "path": .string(pointer), "value": .string(text)])
            }
        }
        operations.append(["op": "add", "path": "/metadata/managedFields", "value": .array(entries.map(\.value))])
        return operations
    }
}
