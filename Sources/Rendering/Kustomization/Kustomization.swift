// The way from a snapshot of a kustomization to its objects as documents, for whoever checks them as plain manifests are checked.

package import KubernetesModel
package import StructuredData

/// A folder that is built as a kustomization.
package struct Kustomization: Sendable {
    /// What a build came to.
    package struct Result: Sendable {
        /// In kustomize's order; each with the places of its nodes, of several files perhaps.
        package var documents: [YAMLDocument]
        /// What was looked at, by path from the root, with what was found there.
        package var reads: [String: String]
        /// What has to be read before anything can be built; then there are no documents.
        package var missing: Set<String> = []
    }

    /// How many paths one kustomization may refer to, with all that it is made of.
    static let maximumEntries = 20_000
    /// How many nodes its objects may have together.
    static let maximumNodes = 1_000_000
    /// How many bytes their files may have together.
    static let maximumBytes = 48 << 20

    /// Whether the folder of a snapshot that has entries is built as a kustomization: it is where a file of such a name is none of Flux's
    /// objects, whose kind has the same name, and `include` and `exclude` let it pass. Else the folder is a plain directory.
    package static func isBuilt(_ snapshot: SourceSnapshot, _ source: Application.Source) -> Bool {
        let filter = try? SourceFilter(source)
        return KustomizationFile.names.contains { name in
            guard case .file(let file)? = snapshot.entries[KustomizationFile.path(name, in: snapshot.path)], file.isKustomization else {
                return false
            }
            return filter?.selects(name, isFolder: false) ?? true
        }
    }

    /// Reads what a kustomization refers to, level by level, and builds it.
    ///
    /// - Parameters:
    ///   - snapshot: with the entries of its own file.
    ///   - files: what was read before, for this one and others.
    ///   - read: gives what stands at paths from the root; with a folder also what stands at the names of a kustomization in it. Called
    ///     about as often as kustomizations refer to each other in a row.
    /// - Returns: the snapshot with what was built, what was looked at and its `treeID`. Where it cannot be built, the entries stay, and
    ///   ``Renderer`` says what is wrong.
    /// - Throws: what `read` throws; ``RenderingFailure`` where there is more to read than is read of one source.
    package static func gather(
        _ snapshot: SourceSnapshot, sharing files: SharedFiles = SharedFiles(),
        _ read: @Sendable ([String]) async throws -> [String: SourceEntry]
    ) async throws -> SourceSnapshot {
        var snapshot = snapshot
        var references = SourceReferences(folder: snapshot.path, sharing: files)
        var levels = 0
        var work = 0
        while true {
            levels += 1
            // Deeper than a build goes nothing is looked for in advance: the build says so.
            var wanted = levels > KustomizationBuild.maximumDepth ? [] : references.unread(in: snapshot.entries)
            if wanted.isEmpty {
                let (result, problem) = attempt(snapshot, sharing: files, &work)
                guard !result.missing.isEmpty else { return snapshot.finished(result, isBuilt: problem == nil) }
                wanted = result.missing
            }
            let found = try await read(wanted.sorted { $0.precedesByBytes($1) })
            snapshot.entries.merge(found) { _, new in new }
            for path in wanted where snapshot.entries[path] == nil { snapshot.entries[path] = .absent }
            try snapshot.checkAmount(isTooDeep: levels > 2 * KustomizationBuild.maximumDepth)
        }
    }

    /// - Parameter snapshot: with the entries that were read so far.
    /// - Throws: ``RenderingFailure`` with what is wrong.
    package static func build(_ snapshot: SourceSnapshot) throws(RenderingFailure) -> Result {
        var work = 0
        let (result, problem) = attempt(snapshot, sharing: SharedFiles(), &work)
        if let problem { throw RenderingFailure(findings: [.init(message: problem.message, location: problem.location)]) }
        return result
    }

    /// As ``build(_:)``, with what was looked at whatever comes of it.
    /// - Parameter work: that of the attempts before, then with this one's (``BuildLimits/work``).
    private static func attempt(
        _ snapshot: SourceSnapshot, sharing files: SharedFiles, _ work: inout Int
    ) -> (Result, BuildProblem?) {
        let tree = SourceTree(snapshot, sharing: files, limits: BuildLimits(work: work))
        defer { work = tree.limits.work }
        do throws(BuildProblem) {
            let resources = try KustomizationBuild(tree: tree).build(snapshot.path)
            var left = maximumNodes
            if let resource = resources.first(where: { !$0.node.counts(into: &left) }) {
                throw BuildProblem(
                    "the kustomization comes to more than \(maximumNodes) nodes in all; divide it into several Applications",
                    at: resource.origin)
            }
            return (Result(documents: resources.map { $0.node.document(at: $0.origin) }, reads: tree.reads), nil)
        } catch {
            return (Result(documents: [], reads: tree.reads, missing: error.missing), error.missing.isEmpty ? error : nil)
        }
    }
}

extension SourceSnapshot {
    /// Its kustomization's own file, the first of them; nil of a plain directory.
    var kustomization: SourceFile? {
        for name in KustomizationFile.names {
            if case .file(let file)? = entries[KustomizationFile.path(name, in: path)] { return file }
        }
        return nil
    }

    fileprivate func finished(_ result: Kustomization.Result, isBuilt: Bool) -> SourceSnapshot {
        var snapshot = self
        snapshot.reads = result.reads
        snapshot.treeID = SourceSnapshot.treeID(ofReads: result.reads)
        guard isBuilt else { return snapshot }
        snapshot.built = result.documents
        let own = KustomizationFile.names.map { KustomizationFile.path($0, in: path) }
        snapshot.entries = entries.filter { own.contains($0.key) }
        return snapshot
    }

    fileprivate func checkAmount(isTooDeep: Bool) throws(RenderingFailure) {
        let bytes = entries.values.reduce(0) { sum, entry in
            if case .file(let file) = entry { sum + file.bytes.count } else { sum }
        }
        guard isTooDeep || entries.count > Kustomization.maximumEntries || bytes > Kustomization.maximumBytes else { return }
        let place = SourceLocation(file: kustomization?.path ?? path)
        throw RenderingFailure(findings: [
            .init(
                message: "the kustomization refers to more than \(Kustomization.maximumEntries) files or "
                    + "\(Kustomization.maximumBytes >> 20) MiB with all that it is made of, or they to each other too deep; divide it into "
                    + "several Applications",
                location: place)
        ])
    }
}

extension KustomizationFile {
    /// Where a file of this name stands in a folder, from the root.
    static func path(_ name: String, in folder: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }
}

extension Node {
    /// Takes its nodes from what is left; false once there is nothing left.
    fileprivate func counts(into left: inout Int) -> Bool {
        left -= 1
        guard left >= 0 else { return false }
        switch content {
        case .scalar: return true
        case .list(let list): return list.allSatisfy { $0.counts(into: &left) }
        case .map(let map): return map.entries.allSatisfy { $0.value.counts(into: &left) }
        }
    }
}
