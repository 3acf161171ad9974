// Exec credential plugins (client.authentication.k8s.io): another program says who we are. CLI only.

import Foundation
import StructuredData
import Subprocess
import SystemPackage

/// What a credential plugin answered.
struct ExecCredential: Sendable {
    var token: String?
    var clientCertificate: [UInt8]?
    var clientKey: [UInt8]?
    /// Seconds since 1970; nil where the credential does not expire.
    var expires: Double?

    /// Longer than a person needs to answer a browser's question.
    private static let timeLimit = Duration.seconds(120)

    /// Runs the plugin once. Its standard error is ours, so that it can talk to the user; its output is bounded.
    /// - Throws: `configuration` or `unauthorized`; never with the plugin's output in the text.
    static func obtain(from plugin: ClusterConnection.ExecPlugin, connection: ClusterConnection) async throws -> ExecCredential {
        let name = "the credential plugin \(plugin.command)"
        var environment: [Environment.Key: String?] = [:]
        for (key, value) in plugin.environment { environment[.init(stringLiteral: key)] = value }
        environment["KUBERNETES_EXEC_INFO"] = String(decoding: JSON.write(request(for: plugin, connection: connection)), as: UTF8.self)
        let answer: (status: TerminationStatus, output: [UInt8])?
        do {
            answer = try await limited(to: timeLimit) { [environment] in
                let executable: Executable = plugin.command.contains("/") ? .path(FilePath(plugin.command)) : .name(plugin.command)
                var options = PlatformOptions()
                options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
                let result = try await Subprocess.run(
                    executable, arguments: Arguments(plugin.arguments), environment: .inherit.updating(environment),
                    platformOptions: options, output: .bytes(limit: 1 << 20),
                    error: .currentStandardError)
                return (result.terminationStatus, result.standardOutput)
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            let hint = plugin.installHint.isEmpty ? "" : "; \(PrintableText.line(plugin.installHint, limit: 1_000))"
            throw ClientError(configuration: "\(name) could not be run: \(PrintableText.line("\(error)", limit: 300))\(hint)")
        }
        try Task.checkCancellation()
        guard let answer else {
            throw ClientError(code: .unauthorized, message: "\(name) gave no answer within \(timeLimit.spoken) and was stopped")
        }
        guard answer.status == .exited(0) else {
            throw ClientError(code: .unauthorized, message: "\(name) failed (\(answer.status)); sign in with it and try again")
        }
        return try read(answer.output, apiVersion: plugin.apiVersion, name: name)
    }

    /// Reads the plugin's output.
    static func read(_ output: [UInt8], apiVersion: String, name: String) throws(ClientError) -> ExecCredential {
        guard let value = try? JSON.read(output) else { throw ClientError(configuration: "\(name) answered something that is no JSON") }
        guard value["kind"]?.string == "ExecCredential" else { throw ClientError(configuration: "\(name) answered no ExecCredential") }
        guard value["apiVersion"]?.string == apiVersion else {
            let version = PrintableText.line(value["apiVersion"]?.string ?? "", limit: 100)
            throw ClientError(configuration: "\(name) answered in version \"\(version)\", the kubeconfig asks for \(apiVersion)")
        }
        guard let status = value["status"], status.object != nil else {
            throw ClientError(configuration: "\(name) answered without a status")
        }
        var credential = ExecCredential()
        credential.token = status["token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        credential.clientCertificate = status["clientCertificateData"]?.string.map { Array($0.utf8) }
        credential.clientKey = status["clientKeyData"]?.string.map { Array($0.utf8) }
        if let text = status["expirationTimestamp"]?.string {
            guard let expires = WireTime.rfc3339(text) else {
                throw ClientError(configuration: "\(name) answered with an expirationTimestamp that is no RFC 3339 time")
            }
            credential.expires = expires
        }
        guard (credential.clientCertificate == nil) == (credential.clientKey == nil) else {
            throw ClientError(configuration: "\(name) answered with only one of client certificate and client key")
        }
        guard credential.token != nil || credential.clientCertificate != nil else {
            throw ClientError(configuration: "\(name) answered with neither a token nor a client certificate")
        }
        return credential
    }

    private static func request(for plugin: ClusterConnection.ExecPlugin, connection: ClusterConnection) -> Value {
        var spec: Object = ["interactive": false]
        if plugin.provideClusterInfo {
            var cluster: Object = ["server": .string(connection.server)]
            if let name = connection.tlsServerName { cluster["tls-server-name"] = .string(name) }
            if connection.insecureSkipTLSVerify { cluster["insecure-skip-tls-verify"] = true }
            if let authority = connection.certificateAuthority {
                cluster["certificate-authority-data"] = .string(Data(authority).base64EncodedString())
            }
            if let proxy = connection.proxy { cluster["proxy-url"] = .string(proxy) }
            spec["cluster"] = .object(cluster)
        }
        return ["apiVersion": .string(plugin.apiVersion), "kind": "ExecCredential", "spec": .object(spec)]
    }

    /// - Returns: nil when the limit was reached first; the body is cancelled then.
    private static func limited<Result: Sendable>(
        to limit: Duration, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
