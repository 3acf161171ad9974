// Files to validated desired objects: everything that can be wrong is found in one pass and said with its place.

package import KubernetesModel
package import StructuredData

/// All that is wrong with a source; never empty. Rendering is atomic: with one of these nothing is desired.
package struct RenderingFailure: Error, Sendable {
    package typealias Finding = KubernetesModel.Finding
    /// In the order of file, line and column.
    package var findings: [Finding]
    package init(findings: [Finding]) { self.findings = findings }
}

/// Renders a directory of plain YAML and JSON manifests.
package struct Renderer: Sendable {
    package var application: Application
    package var limits: YAMLLimits

    package init(application: Application, limits: YAMLLimits = YAMLLimits()) {
        self.application = application
        self.limits = limits
    }

    /// Reads, expands, defaults and validates. Needs no cluster: scopes of built-in kinds are known, those of custom kinds
    /// come from CRDs of the same source or from `discovery`; a kind of unknown scope is an error only once a cluster was asked.
    ///
    /// - Parameter discovery: what the cluster serves; nil for `render` and `validate`.
    /// - Returns: objects in the order of file and document, keys unique.
    /// - Throws: ``RenderingFailure`` with every finding.
    package func render(_ snapshot: SourceSnapshot, discovery: Discovery?) throws(RenderingFailure) -> [DesiredObject] { [] }
}
