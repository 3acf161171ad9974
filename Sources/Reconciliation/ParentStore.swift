// Reads and writes the parent ConfigMap of a set, with the ConfigMaps that carry its further records.

import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct ParentStore: SetStore {
    let client: KubernetesClient
    let application: Application

    /// Belay's own objects are written under this manager, not under an Application's.
    static let fieldManager = "belay"
    static let configMaps = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "ConfigMap"), resource: "configmaps", namespaced: true)

    private var namespace: String { application.namespace }
    var place: String { "ConfigMap \(namespace)/\(ApplySet.parentName(of: application))" }

    func hold(run: String, contents: ApplySetParent.Contents, current: Unstructured?) -> any SetHold {
        RunLock(store: self, run: run, contents: contents, current: current)
    }

    func isComplete(_ parent: Unstructured) -> Bool { true }

    func save(_ contents: ApplySetParent.Contents, previous: Unstructured?) async throws {
        _ = try await write(contents, previous: previous)
    }

    /// The parent as it is; nil when it does not exist.
    /// - Throws: ``ClientError``; ``ParentRefusal`` where it may not be used.
    func read() async throws -> ApplySetParent? {
        let name = ApplySet.parentName(of: application)
        guard let object = try await client.get(ParentStore.configMaps, namespace: namespace, name: name) else { return nil }
        var further: [Unstructured] = []
        for name in ApplySetParent.furtherNames(of: object) {
            if let part = try await client.get(ParentStore.configMaps, namespace: namespace, name: name) { further.append(part) }
        }
        return try ApplySetParent(object, further: further, application: application)
    }

    /// Creates or replaces the parent; further records first, so that the parent never names what is not there.
    ///
    /// - Parameter previous: what was read last; a write since then is refused with `.conflict` (`.alreadyExists` for nil).
    /// - Returns: the parent as it was answered.
    func write(_ contents: ApplySetParent.Contents, previous: Unstructured?) async throws -> Unstructured {
        let bodies = ApplySetParent.bodies(of: contents, application: application, previous: previous)
        for body in bodies.dropFirst() {
            _ = try await client.apply(
                ParentStore.configMaps, body: body, fieldManager: ParentStore.fieldManager, force: true, class: .own)
        }
        let answer =
            previous == nil
            ? try await client.create(ParentStore.configMaps, body: bodies[0], fieldManager: ParentStore.fieldManager, class: .own)
            : try await client.update(ParentStore.configMaps, body: bodies[0], fieldManager: ParentStore.fieldManager, class: .own)
        let kept = Set(bodies.dropFirst().compactMap { $0.at("metadata", "name")?.string })
        for name in previous.map(ApplySetParent.furtherNames) ?? [] where !kept.contains(name) {
            try await remove(name, uid: nil, resourceVersion: nil)
        }
        return answer.object
    }

    /// Removes the parent as it was read, and its further records.
    func remove(_ parent: Unstructured) async throws {
        for name in ApplySetParent.furtherNames(of: parent) { try await remove(name, uid: nil, resourceVersion: nil) }
        try await remove(parent.name, uid: parent.uid, resourceVersion: parent.resourceVersion)
    }

    private func remove(_ name: String, uid: String?, resourceVersion: String?) async throws {
        let options = KubernetesClient.DeleteOptions(uid: uid, resourceVersion: resourceVersion)
        _ = try await client.delete(ParentStore.configMaps, namespace: namespace, name: name, options: options, class: .own)
    }
}
