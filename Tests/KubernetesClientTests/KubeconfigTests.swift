// Kubeconfig files as kubectl reads them: merged, resolved, and refused with words.

import Foundation
import KubernetesClient
import Testing

@Suite("kubeconfig")
struct KubeconfigTests {
    private static let first = """
        apiVersion: v1
        kind: Config
        current-context: one
        clusters:
        - {name: c, cluster: {server: "https://10.0.0.1:6443", certificate-authority-data: Q0E=}}
        - {name: local, cluster: {server: "https://127.0.0.1:6443"}}
        contexts:
        - {name: one, context: {cluster: c, user: u, namespace: team}}
        - {name: here, context: {cluster: local, user: u}}
        users:
        - {name: u, user: {token: first-token}}
        """
    private static let second = """
        apiVersion: v1
        kind: Config
        current-context: two
        clusters:
        - {name: c, cluster: {server: "https://10.9.9.9:6443"}}
        - {name: d, cluster: {server: "https://d.example.com/k8s/clusters/c-1/", tls-server-name: kubernetes}}
        contexts:
        - {name: two, context: {cluster: d, user: v}}
        users:
        - {name: u, user: {token: second-token, as: x}}
        - {name: v, user: {token: v-token}}
        """

    private func token(_ connection: ClusterConnection) -> String? {
        if case .token(let token) = connection.credential { token } else { nil }
    }

    @Test("of several files the first wins, entry by entry")
    func merge() async throws {
        try await withScratchDirectory { directory in
            let one = try directory.write("one", Self.first)
            let two = try directory.write("two", Self.second)
            let environment = ["KUBECONFIG": "\(directory.path)/missing::\(one):\(two):\(one)"]
            let current = try ClusterConnection.load(kubeconfig: nil, context: nil, environment: environment, allowExec: false)
            #expect(current.server == "https://10.0.0.1:6443")
            #expect(current.contextName == "one")
            #expect(current.namespace == "team")
            #expect(token(current) == "first-token")
            #expect(current.certificateAuthority == Array("CA".utf8))
            #expect(!current.contextWasExplicit && !current.isLoopback && current.needsExplicitContext)

            let other = try ClusterConnection.load(kubeconfig: nil, context: "two", environment: environment, allowExec: false)
            #expect(other.server == "https://d.example.com:443/k8s/clusters/c-1")
            #expect(other.tlsServerName == "kubernetes")
            #expect(token(other) == "v-token")
            #expect(other.namespace == "default")
            #expect(other.contextWasExplicit && !other.needsExplicitContext)

            let here = try ClusterConnection.load(kubeconfig: nil, context: "here", environment: environment, allowExec: false)
            #expect(here.isLoopback && !here.needsExplicitContext)

            let reversed = ["KUBECONFIG": "\(two):\(one)"]
            let swapped = try ClusterConnection.load(kubeconfig: nil, context: "one", environment: reversed, allowExec: false)
            #expect(swapped.server == "https://10.9.9.9:6443")
        }
    }

    @Test("a flag names one file, the home directory is the default")
    func whichFile() async throws {
        try await withScratchDirectory { directory in
            let one = try directory.write("home/.kube/config", Self.first)
            let two = try directory.write("two", Self.second)
            let environment = ["HOME": directory.path + "/home", "KUBECONFIG": two]
            #expect(
                try ClusterConnection.load(kubeconfig: one, context: nil, environment: environment, allowExec: false).contextName == "one")
            #expect(
                try ClusterConnection.load(kubeconfig: nil, context: nil, environment: environment, allowExec: false).contextName == "two")
            let home = ["HOME": directory.path + "/home", "KUBECONFIG": ""]
            #expect(try ClusterConnection.load(kubeconfig: nil, context: nil, environment: home, allowExec: false).contextName == "one")
            for (flag, environment) in [("\(directory.path)/nope", environment), (nil, ["HOME": "/nowhere"]), (nil, [:])] {
                let error = #expect(throws: ClientError.self) {
                    try ClusterConnection.load(kubeconfig: flag, context: nil, environment: environment, allowExec: false)
                }
                #expect(error?.code == .configuration)
            }
        }
    }

    private func load(_ text: String, context: String? = nil, allowExec: Bool = false, environment: [String: String] = [:]) async throws
        -> ClusterConnection
    {
        try await withScratchDirectory { directory in
            let file = try directory.write("config", text)
            try directory.write("certs/ca.crt", "CA")
            try directory.write("certs/client.crt", "CRT")
            try directory.write("certs/client.key", "KEY")
            return try ClusterConnection.load(kubeconfig: file, context: context, environment: environment, allowExec: allowExec)
        }
    }

    private func config(cluster: String = #"server: "https://127.0.0.1:1""#, user: String) -> String {
        """
        current-context: x
        clusters: [{name: c, cluster: {\(cluster)}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        users: [{name: u, user: {\(user)}}]
        """
    }

    @Test("certificates from data and from files beside the kubeconfig")
    func certificates() async throws {
        let files = try await load(
            config(
                cluster: #"server: "https://127.0.0.1:1", certificate-authority: certs/ca.crt"#,
                user: "client-certificate: certs/client.crt, client-key: certs/client.key"))
        #expect(files.certificateAuthority == Array("CA".utf8))
        #expect(files.clientCertificate == Array("CRT".utf8))
        #expect(files.clientKey == Array("KEY".utf8))
        let both = try await load(
            config(user: "client-certificate-data: REFUQQ==, client-certificate: certs/client.crt, client-key: certs/client.key"))
        #expect(both.clientCertificate == Array("DATA".utf8))
    }

    @Test("credentials")
    func credentials() async throws {
        guard case .basic("me", "pw") = try await load(config(user: "username: me, password: pw")).credential else {
            return #expect(Bool(false), "no basic credential")
        }
        guard case .tokenFile(let path) = try await load(config(user: "tokenFile: token, token: other")).credential else {
            return #expect(Bool(false), "no token file")
        }
        #expect(path.hasSuffix("/token") && path.hasPrefix("/"))
        guard case .none = try await load(config(user: "")).credential else { return #expect(Bool(false), "a credential from nowhere") }
        let impersonating = try await load(config(user: "token: t, as: jane, as-groups: [a, b], as-uid: '7', as-user-extra: {k: [v]}"))
        #expect(impersonating.impersonate == "jane")
        #expect(impersonating.impersonationDetails.groups == ["a", "b"])
        #expect(impersonating.impersonationDetails.extra == ["k": ["v"]])
    }

    @Test("an exec plugin is for the command line only")
    func exec() async throws {
        let text = config(
            user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, args: [a, b], env: [{name: K, value: V}],"
                + " installHint: install it, provideClusterInfo: true, interactiveMode: IfAvailable}")
        guard case .exec(let plugin) = try await load(text, allowExec: true).credential else { return #expect(Bool(false), "no plugin") }
        #expect(plugin.command.hasPrefix("/") && plugin.command.hasSuffix("/./bin/login"))
        #expect(plugin.arguments == ["a", "b"] && plugin.environment == ["K": "V"] && plugin.provideClusterInfo)
        let error = await #expect(throws: ClientError.self) { try await load(text, allowExec: false) }
        #expect(error?.message.contains("command line only") == true)
    }

    @Test("insecure and plain connections are said")
    func warnings() async throws {
        let insecure = try await load(config(cluster: #"server: "https://10.0.0.1", insecure-skip-tls-verify: true"#, user: "token: t"))
        #expect(insecure.insecureSkipTLSVerify)
        #expect(insecure.warnings.contains { $0.contains("insecure-skip-tls-verify") })
        let plain = try await load(config(cluster: "server: 'localhost:8080'", user: "token: t"))
        #expect(plain.server == "http://localhost:8080")
        #expect(plain.warnings.contains { $0.contains("not encrypted") })
        #expect(try await load(config(user: "token: t")).warnings.isEmpty)
    }

    @Test(
        "a proxy from the kubeconfig or the environment",
        arguments: [
            (#"server: "https://10.0.0.1", proxy-url: "http://p:3128""#, [:], "http://p:3128"),
            (#"server: "https://10.0.0.1", proxy-url: "socks5://p:1080""#, [:], "socks5://p:1080"),
            (#"server: "https://10.0.0.1""#, ["HTTPS_PROXY": "http://q:1"], "http://q:1"),
            (#"server: "https://10.0.0.1""#, ["https_proxy": "q:1"], "http://q:1"),
            (#"server: "https://10.0.0.1""#, ["HTTP_PROXY": "http://q:1"], nil),
            (#"server: "https://127.0.0.1""#, ["HTTPS_PROXY": "http://q:1"], nil),
            (#"server: "https://localhost:6443""#, ["HTTPS_PROXY": "http://q:1"], nil),
            (#"server: "https://[::1]:6443""#, ["HTTPS_PROXY": "http://q:1"], nil),
            (#"server: "https://10.0.0.1""#, ["HTTPS_PROXY": "http://q:1", "NO_PROXY": "10.0.0.0/8"], nil),
            (#"server: "https://11.0.0.1""#, ["HTTPS_PROXY": "http://q:1", "NO_PROXY": "10.0.0.0/8"], "http://q:1"),
            (#"server: "https://a.b.example.com""#, ["HTTPS_PROXY": "http://q:1", "NO_PROXY": "x, .example.com"], nil),
            (#"server: "https://a.example.com""#, ["HTTPS_PROXY": "http://q:1", "NO_PROXY": "example.com"], nil),
            (#"server: "https://badexample.com""#, ["HTTPS_PROXY": "http://q:1", "NO_PROXY": "example.com"], "http://q:1"),
            (#"server: "https://10.0.0.1""#, ["HTTPS_PROXY": "http://q:1", "NO_PROXY": "*"], nil),
        ] as [(String, [String: String], String?)])
    func proxy(cluster: String, environment: [String: String], url: String?) async throws {
        #expect(try await load(config(cluster: cluster, user: "token: t"), environment: environment).proxy == url)
    }

    @Test(
        "what cannot be used is refused, and said where",
        arguments: [
            ("[]", "map"), ("kind: Pod", "Pod"), ("a: [", "YAML"), ("current-context: {}", "current-context"), ("", "--context"),
            ("current-context: x", "no context \"x\""), ("current-context: x\ncontexts: {}", "not a list"),
            ("current-context: x\ncontexts: [{name: x, context: {}}]", "cluster"),
            ("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]", "no cluster \"c\""),
            ("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {}}]", "server"),
            ("current-context: x\ncontexts: [{name: x}, {name: x}]", "twice"), ("contexts: [{context: {}}]\ncurrent-context: x", "no name"),
            ("contexts: [{name: x, context: 7}]\ncurrent-context: x", "map"), ("a: 1\n---\nb: 2", "one document"),
        ])
    func refusedFiles(text: String, word: String) async throws {
        let error = await #expect(throws: ClientError.self) { try await load(text) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("/config") == true)
    }

    @Test(
        "servers that are none",
        arguments: [
            "ftp://x", "https://", "https://a b", "https://u:p@host", "https://host?x=1", "https://host/#f", "https://host:0",
            "https://host:99999",
            "https://host:x", "https://host/../x", "unix:///var/run/x", "https://[::1", "https://::1:6443:7",
        ])
    func refusedServers(server: String) async throws {
        let error = await #expect(throws: ClientError.self) { try await load(config(cluster: "server: '\(server)'", user: "token: t")) }
        #expect(error?.code == .configuration)
    }

    @Test(
        "users that cannot be",
        arguments: [
            "token: 12345", "client-certificate-data: REFUQQ==", "client-certificate-data: '***', client-key-data: REFUQQ==",
            "client-certificate: nowhere.crt, client-key: certs/client.key", "token: a, username: b", "auth-provider: {name: gcp}",
            "exec: {command: x}", "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}",
            "exec: {apiVersion: client.authentication.k8s.io/v1}",
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}", "as-groups: [a]",
        ])
    func refusedUsers(user: String) async throws {
        let error = await #expect(throws: ClientError.self) { try await load(config(user: user), allowExec: true) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains("\"u\"") == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("REFUQQ") == false && error?.message.contains("12345") == false)
    }

    @Test(
        "a kubeconfig from a Secret names no files and no programs of this machine",
        arguments: [
            "tokenFile: /etc/passwd", "client-certificate: /a, client-key-data: REFUQQ==",
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: sh}", "auth-provider: {name: x}",
        ])
    func untrusted(user: String) {
        let text = config(user: user)
        #expect(throws: ClientError.self) { try ClusterConnection.load(untrusted: Array(text.utf8), source: "Secret prod") }
    }

    @Test("a kubeconfig from a Secret that carries all itself is fine")
    func untrustedWhole() throws {
        let text = config(cluster: #"server: "https://10.1.1.1""#, user: "token: t")
        let connection = try ClusterConnection.load(untrusted: Array(text.utf8), source: "Secret prod")
        #expect(token(connection) == "t")
        let withFile = config(cluster: #"server: "https://10.1.1.1", certificate-authority: /etc/ssl/ca"#, user: "token: t")
        #expect(throws: ClientError.self) { try ClusterConnection.load(untrusted: Array(withFile.utf8), source: "Secret prod") }
    }

    @Test("in a cluster")
    func inCluster() async throws {
        try await withScratchDirectory { directory in
            let environment = ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"]
            #expect(throws: ClientError.self) { try ClusterConnection.inCluster(environment: environment, directory: directory.path) }
            try directory.write("token", "t\n")
            #expect(throws: ClientError.self) { try ClusterConnection.inCluster(environment: environment, directory: directory.path) }
            try directory.write("ca.crt", "CA")
            try directory.write("namespace", "team\n")
            let connection = try ClusterConnection.inCluster(environment: environment, directory: directory.path)
            #expect(connection.server == "https://10.0.0.1:443")
            #expect(connection.namespace == "team")
            #expect(!connection.needsExplicitContext)
            #expect(throws: ClientError.self) { try ClusterConnection.inCluster(environment: [:], directory: directory.path) }
            let v6 = try ClusterConnection.inCluster(
                environment: ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"], directory: directory.path)
            #expect(v6.server == "https://[fd00::1]:443")
        }
    }

    @Test(
        "loopback",
        arguments: [
            ("https://127.0.0.1:1", true), ("https://127.9.9.9", true), ("https://localhost", true), ("https://LOCALHOST:1", true),
            ("https://[::1]:1", true), ("https://10.0.0.1", false), ("https://127.0.0.1.example.com", false),
            ("https://localhost.example.com", false),
            ("https://127.1", false), ("https://1127.0.0.1", false), ("nonsense", false), ("https://kubernetes", false),
        ])
    func loopback(server: String, expected: Bool) { #expect(ClusterConnection(server: server).isLoopback == expected) }

    @Test("impersonation of a service account")
    func impersonation() {
        let connection = ClusterConnection(server: "https://a").impersonating(serviceAccount: "deployer", in: "kubia")
        #expect(connection.impersonate == "system:serviceaccount:kubia:deployer")
    }
}
