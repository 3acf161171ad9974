// Kinds as people type them: `Deployment`, `deployments`, `deploy`, `deployments.apps`.

import KubernetesModel
import StructuredData

enum KindName {
    /// `KIND/NAME`.
    /// - Throws: ``CommandFailure`` for anything else.
    static func split(_ text: String) throws -> (kind: String, name: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
            throw CommandFailure(.invalid, "\(text) names no object: write KIND/NAME, such as deployment/web")
        }
        if let problem = Names.pathSegmentProblem(parts[1]) { throw CommandFailure(.invalid, "the object's name \(parts[1]) \(problem)") }
        return (parts[0], parts[1])
    }

    /// The kind that is meant, as the server prefers it; of several groups the first, as kubectl does it.
    /// - Throws: ``CommandFailure`` with a kind that is near.
    static func resource(_ text: String, _ discovery: Discovery) throws -> APIResource {
        let parts = text.lowercased().split(separator: ".", maxSplits: 1).map(String.init)
        let word = parts.first ?? ""
        let group = parts.count == 2 ? parts[1] : nil
        func isMeant(_ resource: APIResource) -> Bool {
            if let group, resource.groupVersionKind.group != group { return false }
            return resource.groupVersionKind.kind.lowercased() == word || resource.resource == word
                || resource.shortNames.contains { $0.lowercased() == word }
        }
        guard let found = discovery.resources.first(where: isMeant) else {
            let names = discovery.resources.flatMap { [$0.groupVersionKind.kind.lowercased(), $0.resource] }
            let unknown = discovery.isComplete ? "" : "; some groups could not be asked"
            throw CommandFailure(
                .invalid, "the cluster knows no kind \(text)\(unknown)",
                hint: nearestName(to: word, among: names).map { "did you mean \($0)?" } ?? "kubectl api-resources lists the kinds")
        }
        return discovery[found.groupVersionKind.groupKind] ?? found
    }
}
