// Step 6: which fields of a live object have to go although a plain apply would leave them, and which stay with whom.

import KubernetesModel
import StructuredData

/// Fields that Git does not have, sorted by what becomes of them.
struct StaleFields: Sendable {
    /// Held by hands (alone or beside us) and not in Git: taken over, then applied away. Parents before children.
    var stale: [FieldPath] = []
    /// In Git, held by hands with another value: taken over too.
    var overridden: [FieldPath] = []
    /// Dropped by Git and kept in the object, because a program holds them.
    var kept: [(path: FieldPath, manager: String)] = []
    /// What the patch before the write makes ours.
    var moved: FieldSet {
        var set = FieldSet()
        for path in stale { set.insert(path) }
        for path in overridden { set.insert(path) }
        return set
    }

    init() {}

    /// - Parameters:
    ///   - live: the managedFields of the live object.
    ///   - object: the live object.
    ///   - answer: our field set in the dry-run's answer: what Git has.
    ///   - absorbed: entries whose fields we take: hands, our own updates, the Application that hands the object over.
    ///   - refused: paths that the server would not let go.
    init(
        live: [ManagedFieldsEntry], of object: Value, answer: FieldSet, fieldManager: String, ignored: [IgnoreRules.Place], kind: GroupKind,
        apiVersion: String, absorbed: (ManagedFieldsEntry) -> Bool, refused: [FieldPath], overridden differs: (FieldPath) -> Bool
    ) {
        var held = FieldSet()
        var others: [ManagedFieldsEntry] = []
        var owned = FieldSet()
        for entry in live {
            if Payload.isOurs(entry, fieldManager) {
                owned = owned.union(entry.fields)
            } else if absorbed(entry), entry.apiVersion.hasSameBytes(as: apiVersion) {
                held = held.union(entry.fields)
            } else if absorbed(entry) {
                // Written in another version: what the object has in ours under the same path is the same field.
                let same = FieldSet(entry.fields.paths.filter { object.value(at: $0) != nil })
                held = held.union(same)
                var rest = entry
                rest.fields = entry.fields.subtracting(same)
                if !rest.fields.isEmpty { others.append(rest) }
            } else {
                others.append(entry)
            }
        }
        if held.isEmpty && owned.isEmpty { return }

        var candidates = FieldSet()
        var staying = others.reduce(answer) { $0.union($1.fields) }
        let all = live.allFields.union(answer)
        for path in held.union(owned).subtracting(answer).paths {
            if Self.isProtected(path, kind) || refused.contains(where: { path.starts(with: $0) || $0.starts(with: path) })
                || ignored.contains(where: { path.starts(with: $0.path) })
            {
                if held.contains(path) { staying.insert(path) }
            } else if let other = others.first(where: { $0.fields.contains(path) || $0.fields.coversWhole(path, among: all) }) {
                if owned.contains(path), Self.isLeaf(path, owned) { kept.append((path, other.manager)) }
            } else {
                candidates.insert(path)
            }
        }
        // Children first: a parent goes only when nothing stays below it.
        for path in candidates.paths.reversed() {
            if !staying.subset(below: path).isEmpty {
                staying.insert(path)
            } else if held.contains(path) {
                stale.append(path)
            }
        }
        stale.reverse()
        for path in held.intersection(answer).leaves where differs(path) { overridden.append(path) }
    }

    private static func isLeaf(_ path: FieldPath, _ set: FieldSet) -> Bool { set.subset(below: path).isEmpty }

    /// What is never taken from hands: replicas that Git does not set, finalizers and owners, a namespace's finalizers, status.
    private static func isProtected(_ path: FieldPath, _ kind: GroupKind) -> Bool {
        guard case .field(let first) = path.elements.first else { return true }
        if first == "status" || path == .replicas { return true }
        if kind == .namespace, first == "spec" { return true }
        guard first == "metadata" else { return false }
        guard path.elements.count > 1, case .field(let second) = path.elements[1] else { return true }
        return second != "labels" && second != "annotations"
    }
}
