// Real kubectls, which build kustomizations too: the machine's own, and the newest one from PyPI.

import Foundation
import StructuredData
import TestSupport

struct Kubectl: Sendable {
    let path: String
    /// Of the kustomize in it: `5.8.1`.
    let kustomize: String

    /// Those that there are; the second one where `scripts/test` has named it.
    static func all() async throws -> [Kubectl] {
        var paths = [found ?? "kubectl"]
        if let newest = ProcessInfo.processInfo.environment["BELAY_KUBECTL_NEWEST"], !newest.isEmpty { paths.append(newest) }
        var all: [Kubectl] = []
        for path in paths {
            let said = try await Program(path).run(["version", "--client", "-o", "json"])
            let version = try JSON.read(Array(said.output.utf8))["kustomizeVersion"]?.string ?? ""
            let kubectl = Kubectl(path: path, kustomize: version.hasPrefix("v") ? String(version.dropFirst()) : version)
            if !all.contains(where: { $0.kustomize == kubectl.kustomize }) { all.append(kubectl) }
        }
        return all
    }

    /// The one on the path.
    private static var found: String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/kubectl" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Nothing is fetched: without git, and with a proxy that is not there.
    private static let isolation = ["PATH": "/nonexistent", "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"]

    /// What it builds; nil where it fails.
    func build(_ folder: String) async throws -> (objects: [Value]?, said: String) {
        let result = try await Program(path, environment: Kubectl.isolation).run(["kustomize", folder])
        guard result.status == 0 else { return (nil, result.errors) }
        return (try YAML.read(Array(result.output.utf8), file: "kubectl").map(\.value), "")
    }
}
