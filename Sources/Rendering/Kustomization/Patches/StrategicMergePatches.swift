// `patchesStrategicMerge`: files or inline patches, each for the object that it names.

import StructuredData

struct StrategicMergePatches: Transformer {
    let patches: [PatchArguments]
    init(_ patches: [PatchArguments]) { self.patches = patches }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        var all: [Resource] = []
        for patch in patches { all += try resources(patch, context) }
        let merge = MergePatch(written: WrittenScalars(context.tree))
        for patch in all { try merge.apply(patch, to: [try merge.target(of: patch, in: &set)], of: &set) }
    }

    /// An entry is a patch where it can be read as one, else the name of a file.
    private func resources(_ arguments: PatchArguments, _ context: BuildContext) throws(BuildProblem) -> [Resource] {
        guard let node = arguments.inline else { return [] }
        guard let text = node.string else {
            throw BuildProblem(
                "an entry of patchesStrategicMerge is \(node.kindName), and must be a path or the text of a patch", at: node.place)
        }
        do throws(BuildProblem) {
            return try PatchContent.resources(PatchText(inline: node, context.tree))
        } catch let problem {
            if PathPurpose.hasLines(text) { throw problem }
            let file: SourceFile
            do throws(BuildProblem) {
                file = try context.file(PlacedText(text: text, place: node.place), purpose: "the patch")
            } catch {
                throw error.missing.isEmpty && !PathPurpose.isPlain(text) ? problem : error
            }
            return try PatchContent.resources(PatchText(file, context.tree))
        }
    }
}
