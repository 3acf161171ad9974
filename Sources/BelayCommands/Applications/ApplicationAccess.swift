// Reading and changing Applications through the API server, with the caller's own rights, and what to do where these are missing.

import KubernetesClient
import KubernetesModel
import StructuredData

/// The Applications of one cluster.
struct ApplicationAccess: Sendable {
    static let fieldManager = "belay-cli"

    let client: KubernetesClient

    static let applications = APIResource(
        groupVersionKind: GroupVersionKind(group: Definitions.group, version: Definitions.version, kind: Application.kind),
        resource: "applications", namespaced: true, subresources: ["status"])
    static let driftReports = APIResource(
        groupVersionKind: GroupVersionKind(group: Definitions.group, version: Definitions.version, kind: "DriftReport"),
        resource: "driftreports", namespaced: true)
    static let events = APIResource(
        groupVersionKind: GroupVersionKind(group: "events.k8s.io", version: "v1", kind: "Event"), resource: "events", namespaced: true)

    /// - Throws: ``CommandFailure`` where there is none, with the names that are near.
    func application(_ place: ApplicationPlace) async throws -> ApplicationResource {
        let found = try await asking("get", Self.applications, place.namespace) {
            try await client.get(Self.applications, namespace: place.namespace, name: place.name)
        }
        if let found { return ApplicationResource(found.value) }
        throw await missing(place)
    }

    /// By namespace and name.
    func applications(in namespace: String?, labels: String? = nil) async throws -> [ApplicationResource] {
        let list = try await asking("list", Self.applications, namespace) {
            try await client.list(Self.applications, namespace: namespace, labelSelector: labels)
        }
        return sorted(list)
    }

    func sorted(_ list: KubernetesClient.ObjectList) -> [ApplicationResource] {
        list.items.map { ApplicationResource($0.value) }.sorted { left, right in
            left.namespace.hasSameBytes(as: right.namespace)
                ? left.name.precedesByBytes(right.name) : left.namespace.precedesByBytes(right.namespace)
        }
    }

    func driftReport(_ place: ApplicationPlace) async throws -> Value? {
        try await asking("get", Self.driftReports, place.namespace) {
            try await client.get(Self.driftReports, namespace: place.namespace, name: place.name)
        }?.value
    }

    func driftReports(in namespace: String?) async throws -> [Value] {
        try await asking("list", Self.driftReports, namespace) {
            try await client.list(Self.driftReports, namespace: namespace)
        }.items.map(\.value)
    }

    /// Patches an Application as it is at that moment; where somebody else was faster, `build` is asked again.
    /// - Parameters:
    ///   - known: as it was read just now; nil reads it.
    ///   - build: throws where it should not be changed; an empty patch changes nothing.
    func change(
        _ place: ApplicationPlace, known: ApplicationResource? = nil, _ build: (ApplicationResource) throws -> ApplicationPatch
    ) async throws -> ApplicationResource {
        var application = known
        for _ in 0..<Self.mostAttempts {
            let current: ApplicationResource
            if let application { current = application } else { current = try await self.application(place) }
            let patch = try build(current)
            if patch.isEmpty { return current }
            do {
                let answer = try await client.jsonPatch(
                    Self.applications, namespace: place.namespace, name: place.name, patch: patch.value, fieldManager: Self.fieldManager,
                    class: .own)
                return ApplicationResource(answer.object.value)
            } catch let error as ClientError where error.code == .conflict {
                application = nil
            } catch let error as ClientError {
                if error.code == .notFound { throw await missing(place) }
                throw Self.explained(error, "patch", Self.applications, place.namespace)
            }
        }
        throw CommandFailure(.failure, "\(place) is changed by others all the time", hint: "try again")
    }

    /// The controller writes several times in a run.
    private static let mostAttempts = 20

    /// Runs `body`, and says which right is missing where it was refused.
    func asking<R: Sendable>(_ verb: String, _ resource: APIResource, _ namespace: String?, _ body: () async throws -> R) async throws -> R
    {
        do {
            return try await body()
        } catch let error as ClientError {
            throw Self.explained(error, verb, resource, namespace)
        }
    }

    static func explained(_ error: ClientError, _ verb: String, _ resource: APIResource, _ namespace: String?) -> any Error {
        guard var failure = CommandFailure(error) else { return error }
        let kind = resource.groupVersionKind
        switch error.code {
        case .kindNotServed where kind.group == Definitions.group:
            failure = CommandFailure(
                .invalid, "this cluster does not know Applications of Belay: \(error.message)",
                hint: "belay install --crds-only puts the kinds there; without a controller use belay apply")
        case .forbidden:
            let name = kind.group.isEmpty ? resource.resource : "\(resource.resource).\(kind.group)"
            failure.hint =
                "this needs the right to \(verb) \(name) in \(namespace.map { "the namespace \($0)" } ?? "all namespaces"); try -n NAMESPACE, or ask: "
                + "kubectl auth can-i \(verb) \(name) \(namespace.map { "-n \($0)" } ?? "-A")"
            if namespace != nil { failure.hint = failure.hint?.replacing("try -n NAMESPACE, or ask: ", with: "ask: ") }
        default: break
        }
        return failure
    }

    private func missing(_ place: ApplicationPlace) async -> CommandFailure {
        // Names of others are a help, and no reason to fail.
        let others = (try? await client.list(Self.applications, namespace: place.namespace, metadataOnly: true).items.map(\.name)) ?? []
        let near = nearestName(to: place.name, among: others)
        return CommandFailure(
            .invalid, "there is no Application \(place)",
            hint: near.map { "did you mean \($0)?" }
                ?? (others.isEmpty
                    ? "belay get -A lists those of all namespaces" : "there are \(words(others.prefix(10).map { String($0) }))"))
    }
}

/// One Application's name and namespace, valid as such.
struct ApplicationPlace: Sendable, Hashable, CustomStringConvertible {
    var namespace: String
    var name: String

    var description: String { "\(namespace)/\(name)" }

    init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    init(_ application: ApplicationResource) { self.init(namespace: application.namespace, name: application.name) }

    /// - Parameter text: `NAME` or `NAMESPACE/NAME`.
    /// - Throws: ``CommandFailure`` for what cannot be the name of one.
    init(_ text: String, namespace: String?, default fallback: @autoclosure () -> String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let name = parts.last else {
            throw CommandFailure(.invalid, "\(text) is no Application: write NAME or NAMESPACE/NAME")
        }
        if parts.count == 2, let namespace, namespace != parts[0] {
            throw CommandFailure(.invalid, "\(text) and -n \(namespace) name two namespaces")
        }
        self.init(namespace: parts.count == 2 ? parts[0] : namespace ?? fallback(), name: name)
        if let problem = Names.dnsSubdomainProblem(name) { throw CommandFailure(.invalid, "the Application's name \(name) \(problem)") }
        if let problem = Names.namespaceProblem(self.namespace) {
            throw CommandFailure(.invalid, "the namespace \(self.namespace) \(problem)")
        }
    }
}
