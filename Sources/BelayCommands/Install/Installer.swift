// Applies the objects of an installation, and takes them away again.

import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData

/// Objects of Belay itself in one cluster.
struct Installer {
    static let fieldManager = "belay-install"

    let client: KubernetesClient
    /// For a line about each object.
    let say: @Sendable (String) -> Void

    /// Server-side apply of each object in order; behind the CustomResourceDefinitions it waits until they are served.
    /// - Parameter force: takes fields from other managers.
    func apply(_ objects: [Value], force: Bool, timeout: Duration) async throws {
        let discovery = try await client.discovery()
        var definitions: [(APIResource, String)] = []
        for object in objects.map(Unstructured.init) {
            let resource = try served(object, discovery)
            if object.kind != Installer.definition, !definitions.isEmpty {
                try await waitUntilEstablished(definitions, timeout: timeout)
                definitions = []
            }
            let answer: KubernetesClient.WriteAnswer
            do {
                answer = try await client.apply(
                    resource, body: object.value, fieldManager: Installer.fieldManager, force: force, class: .own)
            } catch let error as ClientError where error.code == .fieldConflict {
                throw CommandFailure(.failure, error.message, hint: "another program wrote these fields; --force-conflicts takes them")
            }
            say("\(Installer.shown(object)) \(answer.created ? "created" : "applied")")
            for warning in answer.warnings { say("warning: \(warning)") }
            if object.kind == Installer.definition { definitions.append((resource, object.name)) }
        }
        if !definitions.isEmpty { try await waitUntilEstablished(definitions, timeout: timeout) }
    }

    typealias Found = (resource: APIResource, object: Unstructured)

    /// What an installation in this namespace made, in the order in which it makes it: roles wherever they are, the rest in that
    /// namespace, and the kinds.
    /// - Throws: ``CommandFailure`` (refused) where it was Helm that made it.
    func installed(in namespace: String) async throws -> [Found] {
        let discovery = try await client.discovery()
        var found: [Found] = []
        for object in Definitions.all.map(Unstructured.init) {
            guard let resource = object.groupVersionKind.flatMap({ discovery[$0] }),
                let live = try await client.get(resource, namespace: nil, name: object.name)
            else { continue }
            found.append((resource, live))
        }
        let selector = Installation.selector.entries.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ",")
        for kind in Installer.kinds {
            guard let resource = discovery[kind] else { continue }
            let scope = resource.namespaced && kind.group != Installer.roles ? namespace : nil
            found += try await client.list(resource, namespace: scope, labelSelector: selector).items
                .filter { kind != .namespace || $0.name.hasSameBytes(as: namespace) }.map { (resource, $0) }
        }
        if let helm = found.first(where: { $0.object.label("app.kubernetes.io/managed-by") == "Helm" }) {
            throw CommandFailure(
                .refused, "\(Installer.shown(helm.object)) was installed by Helm", hint: "use helm upgrade and helm uninstall")
        }
        return found
    }

    /// Removes roles of an earlier installation that these objects have no more: rights that were taken back.
    func removeFormerRoles(_ objects: [Value], in namespace: String) async throws {
        let wanted = Set(objects.compactMap { Unstructured($0).key })
        try await remove(
            try await installed(in: namespace).filter { found in
                found.resource.groupVersionKind.group == Installer.roles && found.object.key.map { !wanted.contains($0) } ?? false
            })
    }

    /// Deletes these very objects, the last first.
    func remove(_ objects: [Found]) async throws {
        for (resource, object) in objects.reversed() {
            let options = KubernetesClient.DeleteOptions(uid: object.uid, resourceVersion: nil)
            let wasThere = try await client.delete(
                resource, namespace: object.namespace, name: object.name, options: options, class: .own)
            say("\(Installer.shown(object)) \(wasThere ? "deleted" : "was gone")")
        }
    }

    /// `NAMESPACE/NAME` of every Application in the cluster.
    func applications() async throws -> [String] {
        guard let resource = try await client.discovery()[.application] else { return [] }
        return try await client.list(resource, namespace: nil, metadataOnly: true).items.map { "\($0.namespace ?? "")/\($0.name)" }
    }

    private static let definition = GroupKind.customResourceDefinition.kind
    private static let roles = GroupKind.clusterRole.group
    private static let kinds: [GroupKind] = [
        .namespace, .serviceAccount, .clusterRole, GroupKind(group: roles, kind: "ClusterRoleBinding"),
        GroupKind(group: roles, kind: "Role"), GroupKind(group: roles, kind: "RoleBinding"), .persistentVolumeClaim,
        GroupKind(group: "apps", kind: "Deployment"),
    ]

    static func shown(_ object: Unstructured) -> String {
        "\(object.kind) " + (object.namespace.map { "\($0)/" } ?? "") + object.name
    }

    private func served(_ object: Unstructured, _ discovery: Discovery) throws -> APIResource {
        if let kind = object.groupVersionKind, let resource = discovery[kind] { return resource }
        throw CommandFailure(.failure, "the cluster does not serve \(object.apiVersion) \(object.kind), which Belay needs")
    }

    private func waitUntilEstablished(_ definitions: [(resource: APIResource, name: String)], timeout: Duration) async throws {
        let end = ContinuousClock.now + timeout
        for definition in definitions {
            while true {
                let live = try await client.get(definition.resource, namespace: nil, name: definition.name)
                let conditions = live?.value.at("status", "conditions")?.array ?? []
                if conditions.contains(where: { $0["type"]?.string == "Established" && $0["status"]?.string == "True" }) { break }
                if let refused = conditions.first(where: { $0["type"]?.string == "NamesAccepted" && $0["status"]?.string == "False" }) {
                    throw CommandFailure(
                        .failure, "\(definition.name) is not served: \(refused["message"]?.string ?? "its names are taken")")
                }
                if ContinuousClock.now >= end {
                    throw CommandFailure(
                        .timedOut, "\(definition.name) is not served after \(DurationText.format(timeout))", hint: "run it again")
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
