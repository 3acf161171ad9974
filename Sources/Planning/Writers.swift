// Who wrote a field, as far as managedFields know it.

import KubernetesModel
import StructuredData

extension Writer {
    /// A field, label or object that went leaves no trace in the API.
    package static let unknown = Writer(manager: "unknown (the API keeps no record)", operation: "", subresource: nil, time: nil)

    /// The entry that owns `path` most exactly, of several the latest; nil where nobody else does than Belay.
    static func find(_ path: FieldPath, in entries: [ManagedFieldsEntry], except fieldManager: String? = nil) -> Writer? {
        var best: (depth: Int, entry: ManagedFieldsEntry)?
        let all = entries.allFields
        for entry in entries {
            if entry.manager.hasSameBytes(as: FieldManager.released) { continue }
            if let fieldManager, entry.manager.hasSameBytes(as: fieldManager) { continue }
            guard let depth = Self.depth(of: path, in: entry.fields, among: all) else { continue }
            if let current = best, (current.depth, current.entry.time ?? "") >= (depth, entry.time ?? "") { continue }
            best = (depth, entry)
        }
        return best.map {
            Writer(
                manager: $0.entry.manager, operation: $0.entry.operation.rawValue, subresource: $0.entry.subresource, time: $0.entry.time)
        }
    }

    /// How much of `path` the set knows: one more than its length for the path itself or something below it.
    private static func depth(of path: FieldPath, in fields: FieldSet, among all: FieldSet) -> Int? {
        if fields.containsAnything(at: path) { return path.elements.count + 1 }
        var elements = path.elements
        while elements.popLast() != nil, !elements.isEmpty {
            let prefix = FieldPath(elements)
            if fields.contains(prefix) && all.subset(below: prefix).isEmpty { return elements.count }
        }
        return nil
    }

    /// `kubectl (scale)`, `kubectl-edit`.
    package var short: String { subresource.map { "\(manager) (\($0))" } ?? manager }
}
