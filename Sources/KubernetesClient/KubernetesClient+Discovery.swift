// What the server serves: aggregated discovery, or the older way of one request a group version.

package import KubernetesModel
package import StructuredData

extension KubernetesClient {
    /// Aggregated discovery (`/api`, `/apis`), legacy where the server has none; incomplete groups are named, not left out.
    /// - Throws: where nothing at all could be learnt.
    package func discovery() async throws -> Discovery {
        async let core = discoveryDocument("/api")
        async let groups = discoveryDocument("/apis")
        var merged = DiscoveredResources()
        for (path, document) in [("/api", try await core), ("/apis", try await groups)] {
            switch document["kind"]?.string {
            case "APIGroupDiscoveryList": merged.add(aggregated: document)
            case "APIVersions", "APIGroupList": try await addLegacy(document, path: path, to: &merged)
            default:
                throw ClientError(
                    code: .malformedResponse,
                    message: "cannot ask \(path) on \(server): the answer is no discovery document; check the server's address")
            }
        }
        return merged.discovery
    }

    /// `{major, minor, gitVersion, …}` of `/version`.
    package func version() async throws -> Value {
        let subject = RequestSubject(verb: .discover, object: "/version")
        return try value(of: try await read("/version", subject, accept: "application/json"), subject)
    }

    private static let discoveryAccept =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
        + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

    private func discoveryDocument(_ path: String, accept: String = discoveryAccept) async throws -> Value {
        let subject = RequestSubject(verb: .discover, object: path)
        return try value(of: try await read(path, subject, accept: accept), subject)
    }

    private func addLegacy(_ index: Value, path: String, to merged: inout DiscoveredResources) async throws {
        let versions = DiscoveredResources.legacyVersions(index)
        // The limiter bounds how many are under way.
        let answers = try await withThrowingTaskGroup(of: (Int, Value?).self) { group in
            for (position, version) in versions.enumerated() {
                let versionPath =
                    "\(path)/" + version.apiVersion.split(separator: "/").map { APIPath.encoded(String($0)) }.joined(separator: "/")
                group.addTask {
                    do {
                        return (position, try await self.discoveryDocument(versionPath, accept: "application/json"))
                    } catch let error as ClientError where error.code != .unauthorized && error.code != .configuration {
                        return (position, nil)
                    }
                }
            }
            var answers: [Int: Value] = [:]
            for try await (position, value) in group { answers[position] = value }
            return answers
        }
        for (position, version) in versions.enumerated() {
            merged.add(legacy: answers[position], group: version.group, version: version.version)
        }
    }
}
