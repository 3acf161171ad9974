// From an Application's source to its snapshot: a plain directory with its files, or a kustomization with all that it refers to.

package import GitSource
package import KubernetesModel
package import Rendering
package import StructuredData

/// The one way in which sources are read, on the command line and by the controller.
package enum SourceReading {
    /// Reads the source at a reference. All of it comes from one commit; a server is asked at most once.
    /// - Parameter files: what was read before of commits, for this source and others.
    /// - Throws: `GitSourceError`; `RenderingFailure` where a kustomization refers to more than is read of one source.
    package static func snapshot(
        of source: Application.Source, at reference: GitRequest.Reference, from git: GitSource, sharing files: SharedFiles
    ) async throws -> SourceSnapshot {
        var request = GitRequest(repository: source.repoURL, reference: reference, path: source.path)
        request.stopsAtKustomization = true
        let found = try await git.snapshot(request)
        guard !found.entries.isEmpty, let commit = found.commit else { return found }
        let here = GitRequest.Reference.commit(commit.id)
        guard Kustomization.isBuilt(found, source) else {
            request.reference = here
            request.stopsAtKustomization = false
            var plain = try await git.snapshot(request)
            plain.revision = found.revision
            return plain
        }
        let repository = source.repoURL
        return try await Kustomization.gather(found, sharing: files) { paths in
            var entries = files.entries(paths, at: commit.id)
            let others = paths.filter { entries[$0] == nil }
            if !others.isEmpty {
                let read = try await git.entries(at: here, in: repository, paths: others)
                files.keep(read, at: commit.id)
                entries.merge(read) { known, _ in known }
            }
            return entries
        }
    }

    /// Reads the source as it lies in a folder that stands for the repository's root: files are named from there, as a commit of them would
    /// be, and nothing outside of it is read.
    /// - Throws: as ``snapshot(of:at:from:sharing:)``.
    package static func snapshot(of source: Application.Source, inFolder root: String) async throws -> SourceSnapshot {
        let path = source.path
        // What is wrong with the folder itself is said where it is read as a plain one.
        let entries = (try? GitSource.entries(inDirectory: root, paths: [path])) ?? [:]
        var own = SourceSnapshot(revision: "", commit: nil, treeID: "", path: path, files: [], otherFiles: 0)
        own.entries = entries.filter { if case .file = $0.value { true } else { false } }
        if !own.entries.isEmpty, case .folder? = entries[path], Kustomization.isBuilt(own, source) {
            own.entries = entries
            var snapshot = try await Kustomization.gather(own) { try GitSource.entries(inDirectory: root, paths: $0) }
            snapshot.revision = "dir@tree:\(snapshot.treeID)"
            return snapshot
        }
        guard !path.isEmpty else { return try GitSource.directory(root) }
        var snapshot = try GitSource.directory(root + "/" + path)
        for index in snapshot.files.indices { snapshot.files[index].path = path + "/" + snapshot.files[index].path }
        snapshot.path = path
        return snapshot
    }
}
