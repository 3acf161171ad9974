// `patchesJson6902`: a JSON patch for the object that its target names.

import StructuredData

struct JSONPatchTransformer: Transformer {
    let arguments: PatchArguments
    init(_ arguments: PatchArguments) { self.arguments = arguments }
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
