// Which Applications of a cluster: `APP`, `NAMESPACE/APP`, `-n NAMESPACE`, `-A`; and which cluster.

import ArgumentParser
import KubernetesClient
import KubernetesModel

/// One Application.
struct ApplicationTarget: ParsableArguments {
    @Argument(help: ArgumentHelp("The Application: NAME, or NAMESPACE/NAME.", valueName: "app"))
    var application: String

    @Option(name: .shortAndLong, help: "The Application's namespace (default: the context's).")
    var namespace: String?

    func validate() throws {
        if application.isEmpty { throw ValidationError("the Application's name is empty") }
        if let problem = namespace.flatMap(Names.namespaceProblem) { throw ValidationError("--namespace \(problem)") }
    }

    func place(_ access: ClusterAccess) throws -> ApplicationPlace {
        try ApplicationPlace(application, namespace: namespace, default: access.namespace)
    }
}

/// One Application, or all of a namespace, or all.
struct ApplicationScope: ParsableArguments {
    @Argument(help: ArgumentHelp("The Application: NAME, or NAMESPACE/NAME (default: all of the namespace).", valueName: "app"))
    var application: String?

    @Option(name: .shortAndLong, help: "The namespace (default: the context's).")
    var namespace: String?

    @Flag(name: [.customShort("A"), .long], help: "All namespaces.")
    var allNamespaces = false

    func validate() throws {
        if application?.isEmpty == true { throw ValidationError("the Application's name is empty") }
        if let problem = namespace.flatMap(Names.namespaceProblem) { throw ValidationError("--namespace \(problem)") }
        if allNamespaces, application != nil { throw ValidationError("-A means all Applications; leave out the name, or -A") }
        if allNamespaces, namespace != nil { throw ValidationError("-A and -n exclude each other") }
    }

    /// nil: all of ``namespace(_:)``.
    func place(_ access: ClusterAccess) throws -> ApplicationPlace? {
        try application.map { try ApplicationPlace($0, namespace: namespace, default: access.namespace) }
    }

    /// nil: all namespaces.
    func namespace(_ access: ClusterAccess) -> String? { allNamespaces ? nil : namespace ?? access.namespace }
}

/// As `install` and `controller` know it.

/// Which cluster, as oneself.
struct ClusterChoice: ParsableArguments {
    @Option(
        help: ArgumentHelp("The kubeconfig file (default: $KUBECONFIG, then ~/.kube/config, then in-cluster).", valueName: "file"),
        completion: .file())
    var kubeconfig: String?

    @Option(
        help: ArgumentHelp("The kubeconfig context; must be given to write to a cluster that is not on this machine.", valueName: "name"))
    var context: String?

    func validate() throws {
        if kubeconfig?.isEmpty == true { throw ValidationError("--kubeconfig is empty") }
        if context?.isEmpty == true { throw ValidationError("--context is empty") }
    }

    var access: ClusterAccess { ClusterAccess(kubeconfig: kubeconfig, context: context, invocation: .current) }

    /// - Parameter purpose: what is only read may be read from whichever cluster is the current one.
    func withClient<R: Sendable>(
        _ purpose: ClusterAccess.Purpose = .writing, _ body: (KubernetesClient) async throws -> R
    ) async throws -> R {
        let access = access
        return try await access.withClient(try access.connection(for: [], purpose), body)
    }
}
