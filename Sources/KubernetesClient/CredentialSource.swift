// Who we are, for each request: tokens that rotate in files or come from a plugin, read when they are needed.

import Foundation

/// Gives every request its credential, and a fresh one after a 401.
actor CredentialSource {
    /// What a request carries.
    struct Identity: Sendable {
        /// The value of the `Authorization` header.
        var authorization: String?
        /// A certificate that a plugin gave, in place of the connection's.
        var certificate: (chain: [UInt8], key: [UInt8])?

        func isSame(as other: Identity) -> Bool {
            authorization == other.authorization && certificate?.chain == other.certificate?.chain
        }
    }

    /// How long a token file's content is taken for current; the kubelet rotates it long before the token ends.
    private static let fileLifetime = Duration.seconds(10)

    private let connection: ClusterConnection
    private var fileToken: (text: String, read: ContinuousClock.Instant)?
    private var plugin: ExecCredential?
    private var pluginRun: Task<ExecCredential, any Error>?

    init(_ connection: ClusterConnection) { self.connection = connection }

    /// Whether a 401 may be the fault of a credential that is out of date.
    nonisolated var canRefresh: Bool {
        switch connection.credential {
        case .tokenFile, .exec: true
        case .none, .token, .basic: false
        }
    }

    /// - Parameter refused: what the server answered 401 to; it is looked up anew, unless another request has done so meanwhile.
    func identity(insteadOf refused: Identity?) async throws -> Identity {
        let current = try await identity(fresh: false)
        guard let refused, current.isSame(as: refused) else { return current }
        return try await identity(fresh: true)
    }

    private func identity(fresh: Bool) async throws -> Identity {
        switch connection.credential {
        case .none: return Identity()
        case .token(let token): return Identity(authorization: try bearer(token, "the token of context \"\(connection.contextName)\""))
        case .basic(let username, let password):
            return Identity(authorization: "Basic " + Data("\(username):\(password)".utf8).base64EncodedString())
        case .tokenFile(let path):
            if !fresh, let fileToken, .now - fileToken.read < CredentialSource.fileLifetime {
                return Identity(authorization: fileToken.text)
            }
            let bytes = try LocalFile.read(path, what: "the token file")
            let text = try bearer(String(decoding: bytes, as: UTF8.self), "the token file \(path)")
            fileToken = (text, .now)
            return Identity(authorization: text)
        case .exec(let description):
            let credential = try await pluginCredential(description, fresh: fresh)
            return Identity(
                authorization: try credential.token.map { try bearer($0, "the token of \(description.command)") },
                certificate: credential.clientCertificate.flatMap { chain in credential.clientKey.map { (chain, $0) } })
        }
    }

    private func bearer(_ text: String, _ what: String) throws(ClientError) -> String {
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if token.isEmpty { throw ClientError(configuration: "\(what) is empty") }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ClientError(
                configuration: "\(what) is no bearer token: it has a space, a line break or another character that cannot be sent")
        }
        return "Bearer " + token
    }

    private func pluginCredential(_ description: ClusterConnection.ExecPlugin, fresh: Bool) async throws -> ExecCredential {
        if let running = pluginRun { return try await running.value }
        if !fresh, let plugin, plugin.expires.map({ $0 - 10 > Date().timeIntervalSince1970 }) ?? true { return plugin }
        // Awaited right below, and by everyone who asks meanwhile: the plugin runs once, however many requests want it.
        let run = Task { [connection] in try await ExecCredential.obtain(from: description, connection: connection) }
        pluginRun = run
        defer { pluginRun = nil }
        let credential = try await withTaskCancellationHandler {
            try await run.value
        } onCancel: {
            run.cancel()
        }
        plugin = credential
        return credential
    }
}
