// Files to validated desired objects: everything that can be wrong is found in one pass and said with its place.

package import KubernetesModel
package import StructuredData

/// All that is wrong with a source; never empty. Rendering is atomic: with one of these nothing is desired.
package struct RenderingFailure: Error, Sendable, CustomStringConvertible {
    package typealias Finding = KubernetesModel.Finding
    /// In the order of file, line and column.
    package var findings: [Finding]
    /// Kinds that the cluster did not serve when it was asked: it may by now.
    package var unserved: Set<GroupVersionKind>
    package init(findings: [Finding], unserved: Set<GroupVersionKind> = []) {
        self.findings = findings
        self.unserved = unserved
    }
    /// One finding a line.
    package var description: String { findings.map(\.description).joined(separator: "\n") }
}

/// Renders a directory of plain YAML and JSON manifests, or a kustomization.
package struct Renderer: Sendable {
    package var application: Application
    /// Of one file.
    package var limits: YAMLLimits
    /// Nodes of all files together; bounds the memory that a source can take.
    package var maximumNodes = 1_000_000
    /// Documents and list items of all files together, and files that cannot be parsed.
    package var maximumObjects = 30_000
    /// What the Application's variables stand for; nil: as far as the Application says it itself. Without `spec.source.substitute` nothing
    /// is substituted.
    package var values: SubstitutionValues?

    package init(application: Application, values: SubstitutionValues? = nil, limits: YAMLLimits = YAMLLimits()) {
        self.application = application
        self.values = values
        self.limits = limits
    }

    func substitution(_ dialect: YAMLDialect) -> Substitution? {
        application.source.substitute.map { Substitution(values ?? SubstitutionValues($0), dialect: dialect, limits: limits) }
    }

    /// Reads, expands, defaults and validates. Needs no cluster: scopes of built-in kinds are known, those of custom kinds
    /// come from CRDs of the same source or from `discovery`; a kind of unknown scope is an error only once a cluster was asked.
    ///
    /// Objects marked `belay.dev/apply: ignore` are among the result, so that nobody takes them for removed. What only the server writes (`status`, uid, managedFields, …)
    /// is dropped, `stringData` becomes `data`, and a Job or ReplicationController without labels gets its template's.
    ///
    /// - Parameter discovery: what the cluster serves; nil for `render` and `validate`.
    /// - Returns: objects in the order of file and document, those of a kustomization in its order; keys unique; never none.
    /// - Throws: ``RenderingFailure`` with every finding.
    package func render(_ snapshot: SourceSnapshot, discovery: Discovery?) throws(RenderingFailure) -> [DesiredObject] {
        if let file = snapshot.kustomization { return try render(kustomization: file, snapshot, discovery: discovery) }
        var findings = FindingList()
        let selection = SourceSelection(snapshot, source: application.source, into: &findings)
        let manifests = read(selection, into: &findings)
        var scopes = ScopeResolver(discovery: discovery, definitions: manifests.compactMap(\.definition))
        let objects = place(manifests, scopes: &scopes, into: &findings)
        if findings.isEmpty, objects.isEmpty {
            findings.append(selection.emptiness(snapshot))
        }
        if !findings.isEmpty { throw RenderingFailure(findings: findings.sorted(), unserved: scopes.unserved) }
        return objects
    }

    /// Parses every file once and checks every object by itself.
    private func read(_ selection: SourceSelection, into findings: inout FindingList) -> [Manifest] {
        var manifests: [Manifest] = []
        var nodes = 0
        var count = 0
        var substitution = substitution(.kubectl)
        for file in selection.files {
            var reader = ManifestReader(file: file, limits: limits, nodesLeft: maximumNodes - nodes, substitution: substitution)
            reader.read()
            substitution = reader.substitution
            findings.append(contentsOf: reader.findings)
            nodes += reader.nodes
            count += reader.count
            if reader.exceedsSource || count > maximumObjects {
                let limit = reader.exceedsSource ? "\(maximumNodes) nodes" : "\(maximumObjects) objects"
                findings.append(
                    Finding(
                        message:
                            "with this file the source holds more than \(limit) in all; the files after it were not read. "
                            + "Divide the source into several Applications",
                        location: SourceLocation(file: file.path)))
                break
            }
            // Once something is wrong nothing is desired: of a large source only what later findings are about is kept.
            manifests += findings.isEmpty || nodes < 200_000 ? reader.manifests : reader.manifests.map(\.withoutContent)
        }
        return manifests
    }

    /// Gives every object its namespace and finds those that are named twice.
    func place(_ manifests: [Manifest], scopes: inout ScopeResolver, into findings: inout FindingList) -> [DesiredObject] {
        var objects: [DesiredObject] = []
        var places = IdentityTable()
        for manifest in manifests {
            guard let kind = manifest.groupVersionKind else { continue }
            let isNamespaced: Bool
            switch scopes.scope(of: kind) {
            case .namespaced, .unknown: isNamespaced = true
            case .cluster: isNamespaced = false
            case .problem where manifest.isIgnored: isNamespaced = true
            case .problem(let message, let field):
                findings.append(manifest.finding(message, at: FieldPath(fields: field)))
                continue
            }
            guard let name = manifest.name, !manifest.hasUnusableNamespace else { continue }
            let namespace = isNamespaced ? manifest.namespace ?? application.destination.namespace : nil
            let key = ObjectKey(groupKind: kind.groupKind, namespace: namespace, name: name)
            if let problem = reservedProblem(key) ?? (manifest.isSubstituted ? circleProblem(key) : nil) {
                findings.append(manifest.finding(problem, at: FieldPath(fields: "metadata", "name")))
            }
            places.insert(key, at: manifest.document.location)
            objects.append(
                DesiredObject(
                    object: manifest.object(inNamespace: namespace), key: key, groupVersionKind: kind, location: manifest.document.location,
                    document: manifest.document, secrets: manifest.secrets))
        }
        findings.append(contentsOf: places.findings)
        return objects
    }

    /// An object that variables have their values from, and that has variables itself, could change for ever.
    private func circleProblem(_ key: ObjectKey) -> String? {
        guard key.group.isEmpty, key.namespace?.hasSameBytes(as: application.namespace) ?? false else { return nil }
        let isSource = (application.source.substitute?.from ?? []).contains {
            $0.kind.rawValue == key.kind && $0.name.hasSameBytes(as: key.name)
        }
        return isSource
            ? "has variables, and is named by spec.source.substitute.from itself: leave it out of there, or write it without variables"
            : nil
    }

    /// The ConfigMaps in which the direct verbs keep the inventory.
    private func reservedProblem(_ key: ObjectKey) -> String? {
        guard key.kind == "ConfigMap", key.group.isEmpty, key.namespace?.hasSameBytes(as: application.namespace) ?? false else {
            return nil
        }
        let prefix = "belay-\(application.name)".utf8
        guard key.name.utf8.starts(with: prefix) else { return nil }
        let rest = key.name.utf8.dropFirst(prefix.count)
        let isNumbered = rest.first == UInt8(ascii: "-") && rest.count > 1 && rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
        return rest.isEmpty || isNumbered
            ? "metadata.name is the name under which Belay keeps this Application's inventory; choose another" : nil
    }
}
