// From flags and environment to a connection: which kubeconfig files, which context, or the cluster that we run in.

import Foundation
import KubernetesModel
import StructuredData

extension ClusterConnection {
    /// Reads the kubeconfig as kubectl does: `kubeconfig` if given, else the files of `KUBECONFIG` merged, else `~/.kube/config`;
    /// where there is none, the cluster that this process runs in.
    /// - Parameters:
    ///   - context: the context to use instead of `current-context`.
    ///   - allowExec: whether credential plugins may be started (CLI only).
    /// - Throws: ``ClientError`` of code `configuration`, saying which file and what to do.
    package static func load(
        kubeconfig: String?, context: String?, environment: [String: String], allowExec: Bool
    ) throws(ClientError) -> ClusterConnection {
        let candidates = kubeconfigPaths(explicit: kubeconfig, environment: environment)
        var files: [KubeconfigFile] = []
        for path in candidates.paths {
            guard FileManager.default.fileExists(atPath: path) else {
                if candidates.mustExist { throw ClientError(configuration: "\(path): no such file") }
                continue
            }
            files.append(try KubeconfigFile(path: path))
        }
        if files.isEmpty {
            if context == nil, environment["KUBERNETES_SERVICE_HOST"].map({ !$0.isEmpty }) ?? false {
                return try inCluster(environment: environment)
            }
            let tried = candidates.paths.isEmpty ? "HOME is not set" : "looked for \(candidates.paths.joined(separator: ", "))"
            throw ClientError(configuration: "no kubeconfig found (\(tried)); pass --kubeconfig FILE or set KUBECONFIG")
        }
        return try Kubeconfig(files: files).connection(context: context, allowExec: allowExec, environment: environment)
    }

    /// Reads a kubeconfig that came from the cluster (a Secret): everything must stand in it. Files and programs of this machine
    /// that it names are refused, since whoever wrote it is not who runs this process.
    /// - Parameter source: what to call it in messages.
    package static func load(untrusted bytes: [UInt8], source: String, context: String? = nil) throws(ClientError) -> ClusterConnection {
        let file = try KubeconfigFile(bytes: bytes, path: source, isTrusted: false)
        return try Kubeconfig(files: [file]).connection(context: context, allowExec: false, environment: [:])
    }

    /// The cluster that this process runs in, as its pod's service account.
    /// - Parameter directory: where the service account's files are mounted.
    package static func inCluster(
        environment: [String: String], directory: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws(ClientError) -> ClusterConnection {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty, let port = environment["KUBERNETES_SERVICE_PORT"],
            let address = ServerAddress("https://\(ServerAddress.bracketed(host)):\(port)")
        else {
            throw ClientError(
                configuration: "not in a cluster: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not name a server")
        }
        let tokenFile = directory + "/token"
        guard FileManager.default.isReadableFile(atPath: tokenFile) else {
            throw ClientError(
                configuration: "\(tokenFile) cannot be read; the pod needs a service account with automountServiceAccountToken")
        }
        var connection = ClusterConnection(
            server: "https://\(address)", credential: .tokenFile(tokenFile), contextName: "in-cluster")
        connection.certificateAuthority = try LocalFile.read(directory + "/ca.crt", what: "the cluster's CA")
        if let text = FileManager.default.contents(atPath: directory + "/namespace").map({ String(decoding: $0, as: UTF8.self) }) {
            let name = text.trimmingCharacters(in: .whitespacesAndNewlines)
            if Names.namespaceProblem(name) == nil { connection.namespace = name }
        }
        connection.contextWasExplicit = true
        return connection
    }

    /// As kubectl: a flag names one file that must exist; of `KUBECONFIG` those that exist; else the file in the home directory.
    private static func kubeconfigPaths(explicit: String?, environment: [String: String]) -> (paths: [String], mustExist: Bool) {
        if let explicit, !explicit.isEmpty { return ([explicit], true) }
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            var seen: Set<String> = []
            return (list.split(separator: ":").map(String.init).filter { seen.insert($0).inserted }, false)
        }
        guard let home = environment["HOME"], !home.isEmpty else { return ([], false) }
        return ([home + "/.kube/config"], false)
    }
}

extension ClientError {
    init(configuration message: String) { self.init(code: .configuration, message: message) }
}

/// Small files that credentials and certificates stand in.
enum LocalFile {
    /// - Throws: `configuration`, naming the file and what it is for; also beyond 4 MiB.
    static func read(_ path: String, what: String) throws(ClientError) -> [UInt8] {
        let handle: FileHandle
        do { handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path)) } catch {
            throw ClientError(configuration: "\(what) cannot be read: \(path): \(reason(error))")
        }
        defer { try? handle.close() }
        let limit = 4 << 20
        let data: Data
        do { data = try handle.read(upToCount: limit + 1) ?? Data() } catch {
            throw ClientError(configuration: "\(what) cannot be read: \(path): \(reason(error))")
        }
        if data.count > limit { throw ClientError(configuration: "\(what) is too large: \(path) has more than 4 MiB") }
        return Array(data)
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return (underlying ?? error as NSError).localizedDescription
    }
}
