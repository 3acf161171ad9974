// The namespaces that must be there before the parent: its own home, and the destination that `createNamespace` makes.

import Applying
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct HomeNamespaces: Sendable {
    let reconciler: Reconciler
    let prepared: PreparedApplication

    private static let resource = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "Namespace"), resource: "namespaces", namespaced: false)

    private var application: Application { prepared.application }

    /// Applies the rows of namespaces that Git has and the parent needs, and makes the destination that Git does not have.
    ///
    /// - Returns: why it failed; nil when the parent can be written.
    /// - Throws: ``ClientError``.
    func prepare(_ applier: Applier) async throws -> String? {
        guard prepared.parent == nil else {
            try await createDestination()
            return nil
        }
        let home = ObjectKey(groupKind: .namespace, namespace: nil, name: application.namespace)
        let rows = prepared.plan.operations.filter { $0.key == home && $0.write != nil && $0.kind != .prune }.map { row in
            var row = row
            row.dependencies = []
            return row
        }
        if !rows.isEmpty {
            let outcomes = try await applier.apply(rows)
            if let failed = outcomes.first(where: { $0.result != .done }) { return "\(failed.operation.key): \(failed.error ?? "failed")" }
        }
        try await createDestination()
        return nil
    }

    /// Makes the namespace that the parent lives in: it was found missing.
    /// - Throws: ``ClientError``; ``SyncFailure`` where it may not be made.
    func createHome() async throws {
        guard application.sync.createNamespace else {
            throw SyncFailure(
                outcome: .failed, errors: [.init(message: "there is no namespace \(application.namespace), where the inventory is kept")],
                hint: "create it, or set sync.createNamespace")
        }
        try await create(application.namespace)
    }

    private func createDestination() async throws {
        let name = application.destination.namespace
        let isInGit = prepared.desired.objects.contains { $0.key.groupKind == .namespace && $0.key.name == name }
        guard application.sync.createNamespace, !isInGit, prepared.observed.namespaces[name] == .missing else { return }
        try await create(name)
    }

    /// A namespace that is never a member: nothing of it is kept or pruned.
    private func create(_ name: String) async throws {
        let client = reconciler.client
        let body: Value = ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
        do {
            _ = try await shielded {
                try await client.create(HomeNamespaces.resource, body: body, fieldManager: ParentStore.fieldManager, class: .own)
            }
        } catch let error as ClientError where error.code == .alreadyExists {}
    }
}
