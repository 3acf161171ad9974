// The verbs of the Kubernetes API, over two HTTP clients (requests and watches), one function for paths, one for writes.

package import KubernetesModel
package import StructuredData

/// A client of one cluster as one identity. Safe to share; every request has a deadline; `shutdown` must be awaited.
package final class KubernetesClient: Sendable {
    /// Why we write: every mutating request says so.
    package enum WriteClass: String, Sendable { case managed, own, lease }

    package struct RequestCounts: Sendable, Equatable {
        package var get = 0
        package var list = 0
        package var watch = 0
        package var apply = 0
        package var dryRun = 0
        package var create = 0
        package var update = 0
        package var patch = 0
        package var delete = 0
        package init() {}
    }

    package struct ObjectList: Sendable {
        package var items: [Unstructured]
        package var resourceVersion: String
        package init(items: [Unstructured], resourceVersion: String) {
            self.items = items
            self.resourceVersion = resourceVersion
        }
    }

    package struct WriteAnswer: Sendable {
        package var object: Unstructured
        /// HTTP 201.
        package var created: Bool
        /// The server's `Warning:` headers.
        package var warnings: [String]
        package init(object: Unstructured, created: Bool, warnings: [String]) {
            self.object = object
            self.created = created
            self.warnings = warnings
        }
    }

    package struct DeleteOptions: Sendable {
        package var uid: String?
        package var resourceVersion: String?
        package var propagation = "Background"
        package init(uid: String?, resourceVersion: String?) {
            self.uid = uid
            self.resourceVersion = resourceVersion
        }
    }

    /// - Parameters:
    ///   - connection: where and as whom (``ClusterConnection``).
    ///   - concurrency: how many requests may be under way at once; shrinks on 429 and grows again.
    package init(connection: ClusterConnection, concurrency: Int = 16) throws { throw ClientError(code: .configuration, message: "stub") }

    /// Closes all connections; requests under way fail.
    package func shutdown() async {}

    /// What was sent so far, retries included.
    package var requestCounts: RequestCounts { RequestCounts() }

    /// Aggregated discovery (`/api`, `/apis`), legacy where the server has none; incomplete groups are named, not left out.
    package func discovery() async throws -> Discovery { throw ClientError(code: .configuration, message: "stub") }

    /// `{major, minor, gitVersion, …}` of `/version`.
    package func version() async throws -> Value { throw ClientError(code: .configuration, message: "stub") }

    /// - Returns: nil for 404 of the object; a kind that is not served throws `.kindNotServed`.
    package func get(_ resource: APIResource, namespace: String?, name: String) async throws -> Unstructured? {
        throw ClientError(code: .configuration, message: "stub")
    }

    /// All pages, or an error: never a part. An expired page restarts the list. Items carry apiVersion and kind.
    package func list(
        _ resource: APIResource, namespace: String?, labelSelector: String? = nil, metadataOnly: Bool = false, pageSize: Int = 500
    ) async throws -> ObjectList { throw ClientError(code: .configuration, message: "stub") }

    /// Server-side apply with `fieldValidation=Strict`. `body` names the object; `class` is not asked for dry-runs.
    package func apply(
        _ resource: APIResource, body: Value, fieldManager: String, force: Bool, dryRun: Bool = false, class writeClass: WriteClass
    ) async throws -> WriteAnswer { throw ClientError(code: .configuration, message: "stub") }

    package func create(_ resource: APIResource, body: Value, fieldManager: String, dryRun: Bool = false, class writeClass: WriteClass)
        async throws -> WriteAnswer
    { throw ClientError(code: .configuration, message: "stub") }

    /// PUT; with `resourceVersion` in the body the server refuses what is stale.
    package func update(_ resource: APIResource, body: Value, fieldManager: String, dryRun: Bool = false, class writeClass: WriteClass)
        async throws -> WriteAnswer
    { throw ClientError(code: .configuration, message: "stub") }

    /// `application/json-patch+json`.
    package func jsonPatch(
        _ resource: APIResource, namespace: String?, name: String, patch: Value, fieldManager: String, dryRun: Bool = false,
        class writeClass: WriteClass
    ) async throws -> WriteAnswer { throw ClientError(code: .configuration, message: "stub") }

    /// Deletes one named object. An empty or invalid name is refused here, before any request.
    /// - Returns: false when the object was already gone (404).
    package func delete(
        _ resource: APIResource, namespace: String?, name: String, options: DeleteOptions, class writeClass: WriteClass
    ) async throws -> Bool { throw ClientError(code: .configuration, message: "stub") }
}

/// Where a cluster is and how to be let in: the outcome of reading kubeconfig files or the in-cluster files.
package struct ClusterConnection: Sendable {
    package enum Credential: Sendable {
        case none
        case token(String)
        /// Read again when the file changes and after a 401.
        case tokenFile(String)
        case basic(username: String, password: String)
        /// An exec credential plugin: CLI only.
        case exec(ExecPlugin)
    }
    package struct ExecPlugin: Sendable {
        package var command: String
        package var arguments: [String]
        package var environment: [String: String]
        package var apiVersion: String
        package init(command: String, arguments: [String], environment: [String: String], apiVersion: String) {
            self.command = command
            self.arguments = arguments
            self.environment = environment
            self.apiVersion = apiVersion
        }
    }
    /// `https://host:port[/prefix]`.
    package var server: String
    package var credential: Credential
    /// PEM bytes; nil for the system's roots.
    package var certificateAuthority: [UInt8]?
    package var clientCertificate: [UInt8]?
    package var clientKey: [UInt8]?
    package var tlsServerName: String?
    package var insecureSkipTLSVerify: Bool
    package var impersonate: String?
    /// The context's default namespace; `default` where none is set.
    package var namespace: String
    /// For messages: the context's name.
    package var contextName: String
    /// Said once by the CLI: insecure TLS, plain http.
    package var warnings: [String]

    package init(server: String, credential: Credential = .none, namespace: String = "default", contextName: String = "") {
        self.server = server
        self.credential = credential
        insecureSkipTLSVerify = false
        self.namespace = namespace
        self.contextName = contextName
        warnings = []
    }
}
