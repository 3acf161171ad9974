// Kustomizations in place of files: what they come to is checked and placed as every manifest is.

import KubernetesModel
import StructuredData

extension Renderer {
    /// - Parameter file: the kustomization's own.
    func render(
        kustomization file: SourceFile, _ snapshot: SourceSnapshot, discovery: Discovery?
    ) throws(RenderingFailure) -> [DesiredObject] {
        let place = SourceLocation(file: file.path)
        guard application.source.include.isEmpty, application.source.exclude.isEmpty else {
            throw RenderingFailure(findings: [
                Finding(
                    message: "is a kustomization, which says itself what belongs to it: spec.source.include and exclude do not go with it; "
                        + "remove them (or exclude this file to apply the manifests beside it as they are)", location: place)
            ])
        }
        let documents = try documents(snapshot, place)
        var findings = FindingList()
        var manifests: [Manifest] = []
        var substitution = substitution(.kustomize)
        for document in documents {
            var document = document
            if document.location.file.isEmpty { document.location = place }
            let (manifest, found) = Manifest.checked(document, isItem: false, &substitution)
            if let manifest { manifests.append(manifest) }
            findings.append(contentsOf: found)
        }
        var scopes = ScopeResolver(discovery: discovery, definitions: manifests.compactMap(\.definition))
        let objects = self.place(manifests, scopes: &scopes, into: &findings)
        if findings.isEmpty, objects.isEmpty {
            findings.append(
                Finding(
                    message: "the kustomization comes to no object; an empty source would remove everything, so nothing is done "
                        + "(belay delete removes on purpose)", location: place))
        }
        if !findings.isEmpty { throw RenderingFailure(findings: findings.sorted(), unserved: scopes.unserved) }
        return objects
    }

    /// What was built, or is built now.
    private func documents(_ snapshot: SourceSnapshot, _ place: SourceLocation) throws(RenderingFailure) -> [YAMLDocument] {
        let documents: [YAMLDocument]
        if let built = snapshot.built {
            documents = built
        } else {
            let result = try Kustomization.build(snapshot)
            if let path = result.missing.sorted(by: { $0.precedesByBytes($1) }).first {
                throw RenderingFailure(findings: [Finding(message: "\(path), which it refers to, was not read", location: place)])
            }
            documents = result.documents
        }
        return documents
    }
}
