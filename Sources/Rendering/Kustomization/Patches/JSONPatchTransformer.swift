// `patchesJson6902`: a JSON patch for the objects that its target fits.

import StructuredData

struct JSONPatchTransformer: Transformer {
    let arguments: PatchArguments
    init(_ arguments: PatchArguments) { self.arguments = arguments }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        guard let target = arguments.target, target.name != nil else {
            throw BuildProblem(
                "an entry of patchesJson6902 names no object: write target with kind and name",
                at: arguments.target?.place ?? arguments.place)
        }
        let patch = try JSONPatch(try text(context))
        if patch.operations.isEmpty {
            throw BuildProblem("this JSON patch has no operations; write them, or remove the entry", at: arguments.place)
        }
        let match = try SelectorMatch(target, context.tree.limits)
        for index in set.resources.indices where match.matches(set.resources[index]) {
            try patch.apply(to: &set.resources[index], context.tree.limits)
        }
    }

    private func text(_ context: BuildContext) throws(BuildProblem) -> PatchText {
        switch (arguments.inline, arguments.path) {
        case (let inline?, nil): return PatchText(inline: inline, context.tree)
        case (nil, let path?): return PatchText(try context.file(path, purpose: "the patch"), context.tree)
        case (nil, nil):
            throw BuildProblem("an entry of patchesJson6902 has neither patch nor path; write one of them", at: arguments.place)
        case (_?, let path?):
            throw BuildProblem("an entry of patchesJson6902 has both patch and path; write one of them", at: path.place)
        }
    }
}
