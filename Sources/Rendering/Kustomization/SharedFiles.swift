// What Applications on one base have in common: its files are fetched from Git and read as YAML once, not once for each of them.

package import StructuredData
import Synchronization

/// Keeps what was used last, so much that it takes little memory; what is not there any more is read again.
package final class SharedFiles: Sendable {
    /// At a commit a path leads to one thing for everybody who may read the commit. By bytes, as Git compares paths.
    private struct Place: Hashable {
        var commit: String
        var path: String
        static func == (left: Place, right: Place) -> Bool { left.commit == right.commit && left.path.hasSameBytes(as: right.path) }
        func hash(into hasher: inout Hasher) {
            hasher.combine(commit)
            hasher.combine(bytesOf: path)
        }
    }

    /// A file's text: the same in all commits that have it.
    private struct Text: Hashable {
        var path: String
        var blobID: String
        var dialect: YAMLDialect
        static func == (left: Text, right: Text) -> Bool {
            left.blobID == right.blobID && left.dialect == right.dialect && left.path.hasSameBytes(as: right.path)
        }
        func hash(into hasher: inout Hasher) {
            hasher.combine(blobID)
            hasher.combine(dialect)
            hasher.combine(bytesOf: path)
        }
    }

    private let entries: Mutex<RecentlyUsed<Place, SourceEntry>>
    private let documents: Mutex<RecentlyUsed<Text, [Node]>>
    private let kustomizations: Mutex<RecentlyUsed<Text, KustomizationFile>>

    /// - Parameters:
    ///   - maximumBytes: of files.
    ///   - maximumNodes: of what was read of them, some 200 bytes each; of kustomizations as many again.
    package init(maximumBytes: Int = 8 << 20, maximumNodes: Int = 60_000) {
        entries = Mutex(RecentlyUsed(maximumCost: maximumBytes))
        documents = Mutex(RecentlyUsed(maximumCost: maximumNodes))
        kustomizations = Mutex(RecentlyUsed(maximumCost: maximumNodes))
    }

    /// What stands at those of the paths of which it is known.
    ///
    /// Who asks has to have read something of that commit itself, as proof that it may.
    package func entries(_ paths: [String], at commit: String) -> [String: SourceEntry] {
        entries.withLock { entries in
            var found: [String: SourceEntry] = [:]
            for path in paths { found[path] = entries[Place(commit: commit, path: path)] }
            return found
        }
    }

    /// Keeps what was found at a commit.
    package func keep(_ found: [String: SourceEntry], at commit: String) {
        entries.withLock { entries in
            for (path, entry) in found {
                let size = if case .file(let file) = entry { file.bytes.count } else { 0 }
                entries.keep(entry, at: Place(commit: commit, path: path), cost: size + path.utf8.count + 200)
            }
        }
    }

    /// The documents of a file, and how many nodes they have.
    /// - Throws: ``BuildProblem`` where it is no YAML.
    func documents(_ file: SourceFile, _ dialect: YAMLDialect) throws(BuildProblem) -> (nodes: [Node], count: Int) {
        let text = Text(path: file.path, blobID: file.blobID, dialect: dialect)
        if let known = documents.withLock({ $0.entry(text) }) { return (known.value, known.cost) }
        let nodes = try Node.documents(file, dialect)
        let count = nodes.reduce(0) { $0 + $1.size.nodes }
        documents.withLock { $0.keep(nodes, at: text, cost: count) }
        return (nodes, count)
    }

    /// A kustomization's own file.
    /// - Throws: ``BuildProblem`` as ``KustomizationFile/init(_:)``.
    func kustomization(_ file: SourceFile) throws(BuildProblem) -> KustomizationFile {
        let text = Text(path: file.path, blobID: file.blobID, dialect: .kustomization)
        if let known = kustomizations.withLock({ $0[text] }) { return known }
        let kustomization = try KustomizationFile(file)
        kustomizations.withLock { $0.keep(kustomization, at: text, cost: kustomization.nodes) }
        return kustomization
    }
}

/// Values by key, as many as a cost allows: once those kept last cost half of it, those before that were not asked for since are dropped.
private struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    typealias Entry = (value: Value, cost: Int)
    private let maximumCost: Int
    private var young: [Key: Entry] = [:]
    private var old: [Key: Entry] = [:]
    private var cost = 0

    init(maximumCost: Int) { self.maximumCost = maximumCost }

    subscript(key: Key) -> Value? { mutating get { entry(key)?.value } }

    mutating func entry(_ key: Key) -> Entry? {
        if let entry = young[key] { return entry }
        guard let entry = old.removeValue(forKey: key) else { return nil }
        keep(entry.value, at: key, cost: entry.cost)
        return entry
    }

    /// What costs more than an eighth of everything is not kept.
    mutating func keep(_ value: Value, at key: Key, cost new: Int) {
        guard new <= maximumCost / 8 else { return }
        if let before = young.updateValue((value, new), forKey: key) { cost -= before.cost }
        cost += new
        guard cost > maximumCost / 2 else { return }
        old = young
        young = [:]
        cost = 0
    }
}
