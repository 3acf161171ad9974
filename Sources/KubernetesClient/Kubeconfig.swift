// Several kubeconfig files merged, and one context of them resolved.

import KubernetesModel
import StructuredData

/// The merge of kubeconfig files: of entries with one name, and of `current-context`, the first file's stands
/// (Kubernetes documentation, "Organizing Cluster Access Using kubeconfig Files").
struct Kubeconfig {
    private var currentContext: String?
    private var clusters: [KubeconfigFile.Entry] = []
    private var users: [KubeconfigFile.Entry] = []
    private var contexts: [KubeconfigFile.Entry] = []
    private var paths: [String] = []

    init(files: [KubeconfigFile]) {
        for file in files {
            paths.append(file.path)
            currentContext = currentContext ?? file.currentContext
            Kubeconfig.add(file.clusters, to: &clusters)
            Kubeconfig.add(file.users, to: &users)
            Kubeconfig.add(file.contexts, to: &contexts)
        }
    }

    private static func add(_ more: [KubeconfigFile.Entry], to entries: inout [KubeconfigFile.Entry]) {
        for entry in more where find(entry.name, in: entries) == nil { entries.append(entry) }
    }

    private static func find(_ name: String, in entries: [KubeconfigFile.Entry]) -> KubeconfigFile.Entry? {
        entries.first { $0.name.hasSameBytes(as: name) }
    }

    private var files: String { paths.joined(separator: ", ") }

    /// - Parameter context: nil for the current one.
    func connection(context wanted: String?, allowExec: Bool, environment: [String: String]) throws(ClientError) -> ClusterConnection {
        let names = contexts.map(\.name).joined(separator: ", ")
        guard let contextName = wanted ?? currentContext else {
            throw ClientError(
                configuration: "\(files): no current-context is set; pass --context NAME"
                    + (names.isEmpty ? "" : " (there are: \(names))"))
        }
        guard let context = Kubeconfig.find(contextName, in: contexts) else {
            throw ClientError(
                configuration: "\(files): there is no context \"\(contextName)\"" + (names.isEmpty ? "" : " (there are: \(names))"))
        }
        guard let clusterName = try context.text("cluster") else {
            throw ClientError(configuration: "\(context.what("cluster")) is not set")
        }
        guard let cluster = Kubeconfig.find(clusterName, in: clusters) else {
            throw ClientError(configuration: "\(context.what("cluster")): there is no cluster \"\(clusterName)\"")
        }
        var connection = try target(cluster, environment: environment)
        connection.contextName = contextName
        connection.contextWasExplicit = wanted != nil
        if let namespace = try context.text("namespace") {
            if let problem = Names.namespaceProblem(namespace) {
                throw ClientError(configuration: "\(context.what("namespace")) \"\(namespace)\" \(problem)")
            }
            connection.namespace = namespace
        }
        if let userName = try context.text("user") {
            guard let user = Kubeconfig.find(userName, in: users) else {
                throw ClientError(configuration: "\(context.what("user")): there is no user \"\(userName)\"")
            }
            try addIdentity(user, to: &connection, allowExec: allowExec)
        }
        return connection
    }

    private func target(_ cluster: KubeconfigFile.Entry, environment: [String: String]) throws(ClientError) -> ClusterConnection {
        guard let text = try cluster.text("server") else { throw ClientError(configuration: "\(cluster.what("server")) is not set") }
        let insecure = try cluster.flag("insecure-skip-tls-verify")
        let authority = try cluster.data("certificate-authority", what: "the certificate authority")
        let url = text.contains("://") ? text : (insecure || authority != nil ? "https://" : "http://") + text
        guard let address = ServerAddress(url) else {
            throw ClientError(configuration: "\(cluster.what("server")) is no http or https URL: \(PrintableText.line(text, limit: 200))")
        }
        let server = (address.isSecure ? "https://" : "http://") + address.description + address.pathPrefix
        var connection = ClusterConnection(server: server)
        connection.certificateAuthority = authority
        connection.insecureSkipTLSVerify = insecure
        connection.tlsServerName = try cluster.text("tls-server-name")
        let proxy = try cluster.text("proxy-url")
        do { connection.proxy = try ProxyAddress.choose(configured: proxy, for: address, environment: environment)?.url } catch {
            throw ClientError(configuration: proxy == nil ? error.message : "\(cluster.what("proxy-url")): \(error.message)")
        }
        if insecure && address.isSecure {
            connection.warnings.append("TLS certificates of \(address) are not verified (insecure-skip-tls-verify)")
        }
        if !address.isSecure { connection.warnings.append("the connection to \(address) is not encrypted (http)") }
        return connection
    }

    private func addIdentity(_ user: KubeconfigFile.Entry, to connection: inout ClusterConnection, allowExec: Bool) throws(ClientError) {
        connection.clientCertificate = try user.data("client-certificate", what: "the client certificate")
        connection.clientKey = try user.data("client-key", what: "the client key")
        if (connection.clientCertificate == nil) != (connection.clientKey == nil) {
            throw ClientError(configuration: "\(user.file): \"\(user.name)\" needs both client-certificate and client-key, or neither")
        }
        if let provider = user.fields["auth-provider"], !provider.isNull {
            throw ClientError(
                configuration: "\(user.what("auth-provider")) (\(provider["name"]?.string ?? "unnamed")) is not supported, nor is it by "
                    + "kubectl since 1.26; use an exec credential plugin or a token")
        }
        let token = try user.text("token")
        let tokenFile = try user.text("tokenFile")
        let username = try user.text("username")
        let exec = try execPlugin(user)
        if (token != nil || tokenFile != nil) && username != nil {
            throw ClientError(configuration: "\(user.file): \"\(user.name)\" has a token and a username: only one is possible")
        }
        if let tokenFile {
            connection.credential = .tokenFile(try user.localPath(tokenFile, "tokenFile"))
        } else if let token {
            connection.credential = .token(token)
        } else if let username {
            connection.credential = .basic(username: username, password: try user.text("password") ?? "")
        } else if let exec {
            guard allowExec, user.isTrusted else {
                throw ClientError(
                    configuration: "\(user.what("exec")): credential plugins (\(exec.command)) run on the command line only; use a token, "
                        + "a token file or a client certificate")
            }
            connection.credential = .exec(exec)
        }
        if let name = try user.text("as") { connection.impersonate = name }
        connection.impersonationDetails = try impersonationDetails(user)
        if connection.impersonate == nil, connection.impersonationDetails != ClusterConnection.ImpersonationDetails() {
            throw ClientError(configuration: "\(user.what("as-groups")) needs \"as\", the user to impersonate")
        }
    }

    private func impersonationDetails(_ user: KubeconfigFile.Entry) throws(ClientError) -> ClusterConnection.ImpersonationDetails {
        var details = ClusterConnection.ImpersonationDetails()
        details.groups = try user.list("as-groups")
        details.uid = try user.text("as-uid")
        for entry in user.fields["as-user-extra"]?.object ?? Object() {
            details.extra[entry.key] = (entry.value.array ?? []).compactMap(\.string)
        }
        return details
    }

    private func execPlugin(_ user: KubeconfigFile.Entry) throws(ClientError) -> ClusterConnection.ExecPlugin? {
        guard let exec = user.fields["exec"], !exec.isNull else { return nil }
        let entry = KubeconfigFile.Entry(
            name: user.name, fields: exec, file: user.file, directory: user.directory, isTrusted: user.isTrusted)
        guard let command = try entry.text("command") else { throw ClientError(configuration: "\(user.what("exec.command")) is not set") }
        let version = try entry.text("apiVersion") ?? ""
        guard version == "client.authentication.k8s.io/v1" || version == "client.authentication.k8s.io/v1beta1" else {
            throw ClientError(
                configuration: "\(user.what("exec.apiVersion")) must be client.authentication.k8s.io/v1 or v1beta1, not \"\(version)\"")
        }
        if try entry.text("interactiveMode") == "Always" {
            throw ClientError(
                configuration: "\(user.what("exec")): \(command) wants a terminal (interactiveMode: Always), which it cannot have")
        }
        var environment: [String: String] = [:]
        for variable in exec["env"]?.array ?? [] {
            if let name = variable["name"]?.string, !name.isEmpty { environment[name] = variable["value"]?.string ?? "" }
        }
        let isRelative = command.contains("/") && !command.hasPrefix("/")
        return ClusterConnection.ExecPlugin(
            command: isRelative ? user.directory + "/" + command : command, arguments: try entry.list("args"), environment: environment,
            apiVersion: version, installHint: try entry.text("installHint") ?? "", provideClusterInfo: try entry.flag("provideClusterInfo"))
    }
}
