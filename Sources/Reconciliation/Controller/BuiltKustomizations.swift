// Kustomizations as they were built last: a turn for another reason than a commit reads and builds nothing.

import KubernetesModel
import StructuredData

/// Keeps the ones used last, so many that their objects take little memory. Each is found by all that it was made of (`treeID`).
actor BuiltKustomizations {
    private struct Key: Hashable {
        var repository: String
        var path: String
        var treeID: String
    }

    private struct Entry {
        var snapshot: SourceSnapshot
        var nodes: Int
        var used: UInt64
    }

    /// About 100 bytes each.
    private let maximumNodes: Int
    private var entries: [Key: Entry] = [:]
    private var nodes = 0
    private var clock: UInt64 = 0

    init(maximumNodes: Int = 200_000) { self.maximumNodes = maximumNodes }

    /// What was kept of it; nil: nothing.
    func built(_ source: Application.Source, treeID: String) -> SourceSnapshot? {
        let key = Key(repository: source.repoURL, path: source.path, treeID: treeID)
        clock += 1
        entries[key]?.used = clock
        return entries[key]?.snapshot
    }

    /// Keeps a kustomization that was built; nothing of any other source.
    func keep(_ snapshot: SourceSnapshot, of source: Application.Source) {
        guard let built = snapshot.built else { return }
        let count = built.reduce(0) { $0 + $1.value.nodeCount }
        let key = Key(repository: source.repoURL, path: source.path, treeID: snapshot.treeID)
        if let old = entries.removeValue(forKey: key) { nodes -= old.nodes }
        guard count <= maximumNodes / 4 else { return }
        clock += 1
        entries[key] = Entry(snapshot: snapshot, nodes: count, used: clock)
        nodes += count
        while nodes > maximumNodes, let oldest = entries.min(by: { $0.value.used < $1.value.used }) {
            nodes -= oldest.value.nodes
            entries[oldest.key] = nil
        }
    }
}
