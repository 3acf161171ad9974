// Reads what an Application's variables stand for: ConfigMaps and Secrets of its namespace, each by name.

import KubernetesClient
import KubernetesModel
import Rendering
import StructuredData

struct VariableReader: Sendable {
    /// Of whom the rights count: the user, the Application's service account, or the controller.
    let client: KubernetesClient

    static func resource(_ kind: Application.ValueSource.Kind) -> APIResource {
        APIResource(
            groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: kind.rawValue),
            resource: kind == .secret ? "secrets" : "configmaps", namespaced: true)
    }

    /// - Returns: nil where nothing is substituted. Without `from` nothing is asked.
    /// - Throws: `SyncFailure` that names all that is missing; ``ClientError``.
    func values(of application: Application) async throws -> SubstitutionValues? {
        guard let substitution = application.source.substitute else { return nil }
        var found: [Application.ValueSource: Object] = [:]
        var missing: [SyncReport.ReportedError] = []
        for source in substitution.from {
            let object = try await client.get(
                Self.resource(source.kind), namespace: application.namespace, name: source.name)
            if let object {
                found[source] = object.value["data"]?.object ?? Object()
            } else if !source.isOptional {
                missing.append(
                    .init(
                        message:
                            "\(application.reference): there is no \(source.kind.rawValue) \(application.namespace)/\(source.name), which "
                            + "spec.source.substitute.from names; make it, or say optional: true"))
            }
        }
        guard missing.isEmpty else { throw SyncFailure(outcome: .invalid, errors: missing) }
        return SubstitutionValues(substitution, found: found)
    }
}

extension Application {
    /// Whether its variables have values that the cluster keeps.
    var hasValuesInCluster: Bool { !(source.substitute?.from.isEmpty ?? true) }
}
