// The objects of a run as the journal kept them: for a rollback when Git is away.

import Journal
import KubernetesModel
import Planning
import StructuredData

struct KeptRun: Sendable {
    let journal: Journal
    let run: SyncRun

    /// What the run wanted. Secrets, and objects with values from Secrets, are kept without these: they stay as they are
    /// in the cluster.
    /// - Parameter hasLatestValues: with what the variables stood for in the newest run of the same tree that went well.
    /// - Throws: ``ApplicationTurn/Obstacle`` where the run's manifests are not kept; `JournalError`.
    func state(of application: Application, hasLatestValues: Bool = false) async throws -> DesiredState {
        var manifests = hasLatestValues ? try await kept(by: twins().filter { $0.phase == .succeeded }) : []
        if manifests.isEmpty { manifests = try await kept(by: [run]) }
        // A run that found nothing to do keeps no rows: those of the newest one with the same tree stand for it.
        if manifests.isEmpty { manifests = try await kept(by: twins()) }
        guard !manifests.isEmpty else {
            throw ApplicationTurn.Obstacle(
                .failed, "the manifests of the run \(run.id) are not kept any more, and its commit cannot be read", isStalled: true)
        }
        var objects: [DesiredObject] = []
        for manifest in manifests {
            guard let value = try? JSON.read(manifest.json) else {
                throw ApplicationTurn.Obstacle(
                    .failed, "the manifest of \(manifest.key) in the run \(run.id) cannot be read any more, so the run cannot be repeated",
                    isStalled: true)
            }
            var object = Unstructured(value)
            if manifest.key.groupKind == .secret || Redaction.hasMasked(value) { object.setAnnotation(Tracking.apply, "ignore") }
            objects.append(
                DesiredObject(
                    object: object, key: manifest.key,
                    groupVersionKind: GroupVersionKind(group: manifest.key.group, version: manifest.version, kind: manifest.key.kind),
                    location: SourceLocation(file: manifest.file ?? "run \(run.id)", line: manifest.line ?? 0)))
        }
        return DesiredState(application: application, revision: run.revision, treeID: run.treeID, objects: objects)
    }

    /// A commit with the run's tree; nil where none is known. A run that was made of what the journal kept has none itself.
    func commit() async throws -> String? {
        if let commit = run.commit { return commit }
        return try await twins().lazy.compactMap(\.commit).first
    }

    /// The manifests of the first of the runs that has any.
    private func kept(by runs: [SyncRun]) async throws -> [KeptManifest] {
        for run in runs {
            if let manifests = try await journal.manifests(of: run.id), !manifests.isEmpty { return manifests }
        }
        return []
    }

    /// The Application's runs of the same tree, the newest first.
    private func twins() async throws -> [SyncRun] {
        try await journal.runs(application: run.application, limit: 200).filter { $0.treeID == run.treeID }
    }
}
