// The Git workers of the controller: for each host and set of credentials one that asks the server and one that reads what was fetched.
// A dead server holds up no other, and nobody who puts back what was applied.

import Foundation
import GitSource
import KubernetesClient
import KubernetesModel
import StructuredData

/// Hands out Git sources with the credentials that Applications name.
actor GitPool {
    /// Which repository, opened how.
    struct Access: Hashable, Sendable {
        var repository: String
        /// Where the Secret is; nil where the repository is open to all.
        var namespace: String?
        var secret: String?
    }

    /// What a worker is for. Each does one thing after the other.
    enum Purpose {
        /// What stands at a reference now, which may be fetched.
        case asking
        /// A commit that was found before.
        case reading
    }

    private struct Key: Hashable {
        var purpose: Purpose
        var host: String
        var namespace: String?
        var secret: String?
    }

    private let client: KubernetesClient
    private let cache: String
    private let worker: String?
    private let policy: RepositoryPolicy
    private let folder: String
    private var sources: [Key: GitSource] = [:]

    private static let secrets = APIResource(
        groupVersionKind: GroupVersionKind(group: "", version: "v1", kind: "Secret"), resource: "secrets", namespaced: true)

    /// - Parameters:
    ///   - client: reads the Secrets, by name.
    ///   - cache: of bare repositories.
    ///   - worker: the `belay-git` program; nil: found as `GitSource` does it.
    init(client: KubernetesClient, cache: String, worker: String?, policy: RepositoryPolicy) {
        self.client = client
        self.cache = cache
        self.worker = worker
        self.policy = policy
        folder = NSTemporaryDirectory() + "belay-credentials-\(UUID().uuidString)"
    }

    /// - Throws: `GitSourceError`, also where the Secret is missing or has nothing in it that opens a repository.
    func source(for access: Access, _ purpose: Purpose) async throws -> GitSource {
        let key = GitPool.key(access, purpose)
        if let known = sources[key] { return known }
        let credentials = try await credentials(access)
        if let known = sources[key] { return known }
        let source = try GitSource(worker: worker, cache: cache, credentials: credentials, policy: policy)
        sources[key] = source
        return source
    }

    /// What was read of the Secret does not open the repository (any more): it is read again at the next use.
    func forget(_ access: Access) async {
        guard access.secret != nil else { return }
        // Who reads what was fetched needs no credentials and is not interrupted: that worker ends with its last request.
        sources[GitPool.key(access, .reading)] = nil
        await sources.removeValue(forKey: GitPool.key(access, .asking))?.close()
    }

    /// Ends the workers of hosts and credentials that none of these needs.
    func keep(only used: [Access]) async {
        let keys = Set(used.flatMap { [GitPool.key($0, .asking), GitPool.key($0, .reading)] })
        for key in sources.keys where !keys.contains(key) { await sources.removeValue(forKey: key)?.close() }
    }

    /// Ends the workers and removes the keys that were written for them.
    func stop() async {
        for source in sources.values { await source.close() }
        sources = [:]
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func credentials(_ access: Access) async throws -> GitCredentials {
        var credentials = GitCredentials()
        guard let namespace = access.namespace, let name = access.secret else { return credentials }
        let secret: Unstructured?
        do {
            secret = try await client.get(GitPool.secrets, namespace: namespace, name: name)
        } catch let error as ClientError {
            throw GitSourceError(
                code: error.isTransient ? .unreachable : .invalidConfiguration,
                message: "the Secret \(namespace)/\(name) with the credentials of the repository cannot be read: \(error.message)")
        }
        guard let data = secret?.value["data"]?.object else {
            throw GitSourceError(
                code: .invalidConfiguration,
                message: "there is no Secret \(namespace)/\(name), which spec.source.secretRef names, or nothing is in it")
        }
        func bytes(_ key: String) -> [UInt8]? { data[key]?.string.flatMap { Base64.decode($0.utf8) } }
        func text(_ key: String) -> String? {
            bytes(key).map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
        }
        credentials.username = text("username")
        credentials.password = text("password")
        credentials.token = text("bearerToken")
        credentials.identity = "\(namespace)/\(name)"
        credentials.sshKeyFile = try bytes("identity").map { try write($0, "identity", of: access) }
        credentials.knownHostsFile = try bytes("known_hosts").map { try write($0, "known_hosts", of: access) }
        credentials.certificateAuthorityFile = try bytes("ca.crt").map { try write($0, "ca.crt", of: access) }
        return credentials
    }

    /// For belay-git, which reads keys from files: 0600 in a folder of 0700 that goes with the controller.
    private func write(_ bytes: [UInt8], _ name: String, of access: Access) throws -> String {
        let place = "\(folder)/\(access.namespace ?? "")/\(access.secret ?? "")"
        let file = "\(place)/\(name)"
        do {
            try FileManager.default.createDirectory(
                atPath: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw GitSourceError(code: .cache, message: "cannot make \(place): \(error.localizedDescription)")
        }
        guard FileManager.default.createFile(atPath: file, contents: Data(bytes), attributes: [.posixPermissions: 0o600]) else {
            throw GitSourceError(code: .cache, message: "cannot write \(file)")
        }
        return file
    }

    private static func key(_ access: Access, _ purpose: Purpose) -> Key {
        Key(purpose: purpose, host: host(of: access.repository), namespace: access.namespace, secret: access.secret)
    }

    /// What stands before the path; the whole of a path on this machine.
    private static func host(of repository: String) -> String {
        guard let scheme = repository.range(of: "://") else {
            return repository.firstIndex(of: ":").map { String(repository[..<$0]) } ?? ""
        }
        let rest = repository[scheme.upperBound...]
        return String(rest.prefix { $0 != "/" })
    }
}
