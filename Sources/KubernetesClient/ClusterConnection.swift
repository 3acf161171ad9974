// Where a cluster is and how to be let in.

/// Where a cluster is and how to be let in: the outcome of reading kubeconfig files or the in-cluster files.
package struct ClusterConnection: Sendable {
    package enum Credential: Sendable {
        case none
        case token(String)
        /// Read again when it is 10 seconds old, and after a 401.
        case tokenFile(String)
        case basic(username: String, password: String)
        /// An exec credential plugin: CLI only.
        case exec(ExecPlugin)
    }

    package struct ExecPlugin: Sendable {
        /// A program on PATH, or a path.
        package var command: String
        package var arguments: [String]
        /// In addition to our own environment.
        package var environment: [String: String]
        /// `client.authentication.k8s.io/v1` or `/v1beta1`.
        package var apiVersion: String
        /// What the kubeconfig says to do where the program is missing.
        package var installHint: String
        /// Whether the plugin is told the cluster's address and CA.
        package var provideClusterInfo: Bool
        package init(
            command: String, arguments: [String], environment: [String: String], apiVersion: String, installHint: String = "",
            provideClusterInfo: Bool = false
        ) {
            self.command = command
            self.arguments = arguments
            self.environment = environment
            self.apiVersion = apiVersion
            self.installHint = installHint
            self.provideClusterInfo = provideClusterInfo
        }
    }

    /// Groups, uid and extra fields to impersonate beside the user.
    package struct ImpersonationDetails: Sendable, Equatable {
        package var groups: [String] = []
        package var uid: String?
        package var extra: [String: [String]] = [:]
        package init() {}
    }

    /// `https://host:port[/prefix]`, without a slash at its end.
    package var server: String
    package var credential: Credential
    /// PEM bytes; nil for the system's roots.
    package var certificateAuthority: [UInt8]?
    package var clientCertificate: [UInt8]?
    package var clientKey: [UInt8]?
    package var tlsServerName: String?
    package var insecureSkipTLSVerify: Bool
    /// A user to act as: `system:serviceaccount:NAMESPACE:NAME`, or any other.
    package var impersonate: String?
    package var impersonationDetails = ImpersonationDetails()
    /// `http://host:port` or `socks5://host:port`, with user and password if need be; nil for a direct connection.
    package var proxy: String?
    /// The context's default namespace; `default` where none is set.
    package var namespace: String
    /// For messages: the context's name.
    package var contextName: String
    /// Whether the context was asked for by name (or is the cluster that we run in), not just the current one.
    package var contextWasExplicit = false
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

    /// Whether the server is this machine: `localhost`, 127.0.0.0/8 or ::1. A remote one needs `--context` on the CLI.
    package var isLoopback: Bool { ServerAddress(server)?.isLoopback ?? false }

    /// A remote destination that nobody named: the CLI refuses to write to it.
    package var needsExplicitContext: Bool { !isLoopback && !contextWasExplicit }

    /// `host:port`, for messages.
    package var serverName: String { ServerAddress(server)?.description ?? server }

    /// This connection under the identity of a service account.
    package func impersonating(serviceAccount name: String, in namespace: String) -> ClusterConnection {
        var copy = self
        copy.impersonate = "system:serviceaccount:\(namespace):\(name)"
        copy.impersonationDetails = ImpersonationDetails()
        return copy
    }
}

extension ClusterConnection: CustomStringConvertible, CustomReflectable {
    /// Context and server; never a credential.
    package var description: String { "context \"\(contextName)\" on \(serverName)" }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension ClusterConnection.Credential: CustomStringConvertible, CustomReflectable {
    /// The kind of credential; never the credential.
    package var description: String {
        switch self {
        case .none: "none"
        case .token: "token"
        case .tokenFile(let path): "token file \(path)"
        case .basic: "basic"
        case .exec(let plugin): "plugin \(plugin.command)"
        }
    }
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
