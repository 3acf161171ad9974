// `patchesStrategicMerge`: files or inline patches, each for the object that it names.

import StructuredData

struct StrategicMergePatches: Transformer {
    let patches: [PatchArguments]
    init(_ patches: [PatchArguments]) { self.patches = patches }
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
