// What the transformers of a kustomization have in common.

import StructuredData

/// Changes the objects of a kustomization. The order in which they come is the build's.
protocol Transformer {
    /// - Throws: ``BuildProblem``.
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem)
}

/// Several transformers, one after the other.
struct TransformerSequence: Transformer {
    let parts: [any Transformer]
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        for part in parts { try part.transform(&set, context) }
    }
}

/// What a transformer or generator may ask for beside the objects.
struct BuildContext {
    let tree: SourceTree
    /// Of the kustomization, from the repository's root: paths are written from here, and files are read from here or below.
    let folder: String
    /// The fields that transformers are about: kustomize's own, and those of `configurations`.
    var fields: FieldConfiguration

    /// A file that the kustomization names. As kustomize does it, only files in its folder or below are read.
    /// - Parameter purpose: what it is for: `the patch`.
    /// - Throws: ``BuildProblem``.
    func file(_ path: PlacedText, purpose: PathPurpose) throws(BuildProblem) -> SourceFile {
        if RemoteReference.isURL(path.text) {
            throw BuildProblem(
                "\(purpose.subject(RemoteReference.shown(path.text))) is fetched from elsewhere, which is not done here: copy it into this "
                    + "folder and name the copy", at: path.place)
        }
        let resolved = try SourceTree.resolve(path.text, from: folder, purpose: purpose, at: path.place)
        guard SourceTree.isInside(resolved, folder) else {
            throw BuildProblem(
                "\(purpose.subject(path.text)) stands outside of the kustomization's folder \(folder.isEmpty ? "." : folder): only "
                    + "folders may be named above it; move the file, or make its folder a kustomization", at: path.place)
        }
        return try tree.file(resolved, purpose: purpose, at: path.place)
    }
}
