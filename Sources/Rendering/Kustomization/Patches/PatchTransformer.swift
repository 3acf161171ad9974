// `patches`: one patch, strategic merge or JSON 6902, for one or many objects.

import StructuredData

struct PatchTransformer: Transformer {
    let arguments: PatchArguments
    init(_ arguments: PatchArguments) { self.arguments = arguments }
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
