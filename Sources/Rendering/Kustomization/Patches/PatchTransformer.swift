// `patches`: one patch, strategic merge or JSON 6902, for one or many objects.

import StructuredData

struct PatchTransformer: Transformer {
    let arguments: PatchArguments
    init(_ arguments: PatchArguments) { self.arguments = arguments }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        switch try PatchContent(try text(context)) {
        case .merge(let patches): try merge(patches, into: &set, context)
        case .json(let patch): try apply(patch, to: &set, context.tree.limits)
        }
    }

    private func text(_ context: BuildContext) throws(BuildProblem) -> PatchText {
        let inline = arguments.inline.map { PatchText(trimming: $0, context.tree) }
        switch (inline?.firstByte == nil ? nil : inline, arguments.path) {
        case (let text?, nil): return text
        case (nil, let path?): return PatchText(try context.file(path, purpose: "the patch"), context.tree)
        case (nil, nil): throw BuildProblem("an entry of patches has neither patch nor path; write one of them", at: arguments.place)
        case (_?, let path?): throw BuildProblem("an entry of patches has both patch and path; write one of them", at: path.place)
        }
    }

    private func merge(_ patches: [Resource], into set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        let merge = MergePatch(
            written: WrittenScalars(context.tree), allowsNameChange: arguments.allowsNameChange,
            allowsKindChange: arguments.allowsKindChange)
        guard let target = arguments.target else {
            for patch in patches { try merge.apply(patch, toItsTargetIn: &set) }
            return
        }
        guard let patch = patches.first else { return }
        if patches.count > 1 {
            throw BuildProblem(
                "a patch with a target is one document, and this one has \(patches.count): give each an entry of its own, or leave target "
                    + "out so that each is for the object that it names", at: target.place)
        }
        let match = try SelectorMatch(target, context.tree.limits)
        try merge.apply(patch, to: set.resources.indices.filter { match.matches(set.resources[$0]) }, of: &set)
    }

    private func apply(_ patch: JSONPatch, to set: inout ResourceSet, _ limits: BuildLimits) throws(BuildProblem) {
        guard let target = arguments.target else {
            if patch.operations.isEmpty { return }
            throw BuildProblem(
                "a JSON patch does not say which object it is for: write target with its kind and name beside it",
                at: arguments.place)
        }
        let match = try SelectorMatch(target, limits)
        for index in set.resources.indices where match.matches(set.resources[index]) {
            set.resources[index].rememberID()
            try patch.apply(to: &set.resources[index], limits)
        }
    }
}

extension JSONPatch {
    /// Applies the patch to one object, which becomes JSON for it and loses how it was written. Where kustomize has put notes of its own
    /// among the annotations, a patch finds that map, whether it is written or not. Afterwards annotations are made texts.
    func apply(to resource: inout Resource, _ limits: BuildLimits) throws(BuildProblem) {
        if resource.hasNotes, resource.node.at("metadata", "annotations")?.isNull ?? true {
            let place = operations.first?["path"]?.place ?? Node.generated
            resource.node.set(Node(.map(Map()), at: place), at: ["metadata", "annotations"])
        }
        resource.node.rewrite()
        resource.node = try applied(to: resource.node, named: resource.subject, limits)
        resource.node.write(.anew)
        resource.node.makeTexts(ofMetadata: "annotations", nil)
        resource.twins.forget()
    }
}
