// The way from a snapshot of a kustomization to its objects as documents, for whoever checks them as plain manifests are checked.

import KubernetesModel
package import StructuredData

/// A folder that is built as a kustomization.
package struct Kustomization: Sendable {
    /// What a build came to.
    package struct Result: Sendable {
        /// In kustomize's order; each with the places of its nodes, of several files perhaps.
        package var documents: [YAMLDocument]
        /// What was looked at, by path from the root, with what was found there.
        package var reads: [String: String]
        /// What has to be read before anything can be built; then there are no documents.
        package var missing: Set<String> = []
    }

    /// - Parameter snapshot: with the entries that were read so far.
    /// - Throws: ``RenderingFailure`` with what is wrong.
    package static func build(_ snapshot: SourceSnapshot) throws(RenderingFailure) -> Result {
        let tree = SourceTree(snapshot)
        do throws(BuildProblem) {
            let resources = try KustomizationBuild(tree: tree).build(snapshot.path)
            return Result(documents: resources.map { $0.node.document(at: $0.origin) }, reads: tree.reads)
        } catch {
            guard error.missing.isEmpty else { return Result(documents: [], reads: tree.reads, missing: error.missing) }
            throw RenderingFailure(findings: [.init(message: error.message, location: error.location)])
        }
    }
}
