// What a request is about, in the words of messages.

import KubernetesModel

/// The verb and the object of a request, for messages and for the decision what may be said.
package struct RequestSubject: Sendable {
    package enum Verb: String, Sendable {
        case get, list, apply, create, update, patch, delete, watch
        /// Discovery and `/version`.
        case discover = "ask"
        package var isRead: Bool {
            switch self {
            case .get, .list, .watch, .discover: true
            case .apply, .create, .update, .patch, .delete: false
            }
        }
    }
    package var verb: Verb
    package var dryRun: Bool
    /// `Deployment kubia/web`, `Deployments in kubia`, `/apis`.
    package var object: String
    /// The server's own texts may carry values of Secrets: then they are not repeated.
    package var isSecret: Bool

    package init(verb: Verb, dryRun: Bool = false, object: String, isSecret: Bool = false) {
        self.verb = verb
        self.dryRun = dryRun
        self.object = object
        self.isSecret = isSecret
    }

    init(verb: Verb, dryRun: Bool = false, _ resource: APIResource, namespace: String?, name: String?) {
        let kind = resource.groupVersionKind
        let object =
            name.map { "\(kind.kind) " + (namespace.map { "\($0)/" } ?? "") + $0 }
            ?? "\(resource.resource)\(namespace.map { " in \($0)" } ?? (resource.namespaced ? " in all namespaces" : ""))"
        self.init(verb: verb, dryRun: dryRun, object: PrintableText.line(object, limit: 400), isSecret: Self.mayCarrySecrets(resource))
    }

    private static func mayCarrySecrets(_ resource: APIResource) -> Bool {
        resource.groupVersionKind.groupKind == .secret || resource.resource == "secrets"
    }

    /// `cannot apply Deployment kubia/web on 10.0.0.1:6443`.
    func failure(on server: String) -> String { failure(of: object, server) }

    /// `cannot apply it on 10.0.0.1:6443`.
    func failureOfIt(on server: String) -> String { failure(of: "it", server) }

    private func failure(of object: String, _ server: String) -> String {
        "cannot \(dryRun ? "dry-run " : "")\(verb.rawValue) \(object) on \(server)"
    }
}
