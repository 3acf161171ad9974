// Whom a server's kubeconfig knows, for a proxy that stands before the server.

import Foundation
import StructuredData

/// The server and the users of a test cluster's kubeconfig.
struct ServerAccess: Sendable {
    /// `https://127.0.0.1:PORT`.
    let address: String
    private let tokens: [String: String]
    private let contexts: [(name: String, user: String)]
    private let current: (name: String, user: String)

    /// - Throws: ``TestSupportError`` where it has no server or no token for its current context.
    init(kubeconfig: String) throws {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: kubeconfig)))
        let config = try YAML.read(bytes, file: "kubeconfig").first?.value
        func entries(_ list: String) -> [(name: String, value: Value)] {
            (config?[list]?.array ?? []).map { ($0["name"]?.string ?? "", $0) }
        }
        let users = entries("users").compactMap { user in user.value.at("user", "token")?.string.map { (user.name, $0) } }
        tokens = Dictionary(users) { first, _ in first }
        contexts = entries("contexts").map { ($0.name, $0.value.at("context", "user")?.string ?? "") }
        guard let address = entries("clusters").first?.value.at("cluster", "server")?.string,
            let current = contexts.first(where: { $0.name == config?["current-context"]?.string }), tokens[current.user] != nil
        else { throw TestSupportError("no server and token in \(kubeconfig)") }
        self.address = address
        self.current = current
    }

    /// A kubeconfig with the same contexts that leads to `proxy`; users send their names as tokens, the current one `credential`.
    func kubeconfig(through proxy: String, credential: String) -> String {
        let users = Set(contexts.map(\.user)).sorted().map { user in
            let token = user == current.user ? credential : user
            return "{name: \(user), user: {\(token.isEmpty ? "" : "token: \"\(token)\"")}}"
        }
        return """
            apiVersion: v1
            kind: Config
            current-context: \(current.name)
            clusters: [{name: proxy, cluster: {server: "\(proxy)"}}]
            contexts: [\(contexts.map { "{name: \($0.name), context: {cluster: proxy, user: \($0.user)}}" }.joined(separator: ", "))]
            users: [\(users.joined(separator: ", "))]
            """
    }

    /// Who sends this Authorization header to the proxy; empty for the current user, and for what nobody here was given.
    func user(sending authorization: String?) -> String {
        guard let authorization, authorization.hasPrefix("Bearer ") else { return "" }
        let name = String(authorization.dropFirst("Bearer ".count))
        return tokens[name] == nil || name == current.user ? "" : name
    }

    /// The token that the server knows; `user` as ``user(sending:)`` has it.
    func token(of user: String) -> String { tokens[user.isEmpty ? current.user : user] ?? "" }
}
