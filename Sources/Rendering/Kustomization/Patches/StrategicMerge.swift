// A strategic merge patch, as kustomize applies it (kyaml's merge2 and walk): maps are merged, lists of known types too, all else is replaced.

import StructuredData

/// Merges one patch into one object. Where kustomize does with unusual lists what nobody expects, so does this: what is built here is what
/// `kubectl kustomize` builds.
///
/// `$patch` is read in maps, and in lists that are merged; of `$retainKeys`, `$setElementOrder` and `$deleteFromPrimitiveList` kustomize
/// knows nothing, so that they are fields like any other.
struct StrategicMerge {
    /// What a place's text says beyond its value: quotes, and numbers as they are written.
    let written: WrittenScalars

    /// A `$patch: replace` of the whole object does nothing, as in kustomize.
    ///
    /// - Returns: nil where the patch deletes the object.
    /// - Throws: ``BuildProblem`` where a map stands against a list or a scalar, or a directive is not known.
    func merge(_ patch: Node, into object: Node) throws(BuildProblem) -> Node? {
        let root = MergeNode(object)
        return try walk(root, MergeNode(patch), nil).node.map { _ in root.node }
    }

    struct Outcome {
        /// nil: the field or element is to go.
        var node: MergeNode?
        /// Whether a null is kept: one that stood there before.
        var isKept = false
    }

    private enum Directive { case merge, replace, delete }

    /// - Parameters:
    ///   - object: what is there; nil: nothing.
    ///   - patch: what the patch says of it; nil: nothing.
    ///   - schema: nil: the type is not known.
    func walk(_ object: MergeNode?, _ patch: MergeNode?, _ schema: MergeSchema?) throws(BuildProblem) -> Outcome {
        let schema = schema ?? object.flatMap(StrategicMerge.schema) ?? patch.flatMap(StrategicMerge.schema)
        guard let first = [object, patch].compactMap({ $0 }).first(where: { !$0.isNull }) else {
            return try walkMap(object, patch, schema)
        }
        if let object, let patch, !object.isNull, !patch.isNull, !StrategicMerge.areAlike(object, patch) {
            throw BuildProblem(
                "the patch has \(patch.kindName) where the object has \(object.kindName)"
                    + (object.place.line > 0 ? " (\(object.place))" : "")
                    + "; make it the same, or replace the field with a JSON patch", at: patch.place)
        }
        switch first.content {
        case .map: return try walkMap(object, patch, schema)
        case .scalar: return Outcome(node: patch ?? object)
        case .list:
            if let keys = schema?.mergeKeys { return Outcome(node: try walkList(object, patch, keys, schema?.elements)) }
            return Outcome(node: patch ?? object)
        }
    }

    private static func areAlike(_ left: MergeNode, _ right: MergeNode) -> Bool {
        switch (left.content, right.content) {
        case (.map, .map), (.list, .list), (.scalar, .scalar): true
        default: false
        }
    }

    /// Of an object, or of something inside that says its type as objects do.
    private static func schema(of node: MergeNode) -> MergeSchema? {
        guard let apiVersion = node.field("apiVersion"), let kind = node.field("kind") else { return nil }
        return MergeSchema(apiVersion: apiVersion.text, kind: kind.text)
    }

    // MARK: Maps

    private func walkMap(_ object: MergeNode?, _ patch: MergeNode?, _ schema: MergeSchema?) throws(BuildProblem) -> Outcome {
        let start = try visitMap(object, patch)
        guard let target = start.node else { return start }
        let old = target.entries ?? []
        let isSame = target === patch
        var results: [Int: MergeNode] = [:]
        var added: [MergeNode.Entry] = []
        for pair in StrategicMerge.pairs(old, isSame ? old : patch?.entries ?? []) {
            let there = pair.left.map { old[$0].value }
            let outcome = try walk(there, pair.right, schema?.field(pair.key))
            guard let node = outcome.node, !node.isNull || outcome.isKept else { continue }
            if let index = pair.left, let there {
                if there !== node { there.become(node, content: content(of: node, over: there), isQuoted: isQuoted(there)) }
                results[index] = there
            } else {
                added.append(.init(key: pair.key, value: node))
            }
        }
        guard target.entries != nil else { return start }
        target.content = .map(
            old.indices.compactMap { index in results[index].map { MergeNode.Entry(key: old[index].key, value: $0) } } + added)
        return start
    }

    /// What becomes of the map itself, before its entries are looked at.
    private func visitMap(_ object: MergeNode?, _ patch: MergeNode?) throws(BuildProblem) -> Outcome {
        guard let object, !object.isNull else {
            if let patch, (try? takeDirective(ofMap: patch)) == .delete { return Outcome() }
            if patch == nil, let object,
                object.style == .anew || object.style == .json || object.style == .asItStands && !written.isEmpty(object.place)
            {
                return Outcome(node: object, isKept: true)
            }
            return Outcome(node: patch)
        }
        guard let patch else { return Outcome(node: object) }
        if patch.isNull { return Outcome() }
        switch try takeDirective(ofMap: patch) {
        case .delete: return Outcome()
        case .replace: return Outcome(node: patch)
        case .merge: return Outcome(node: object)
        }
    }

    /// The keys of two maps in order, each with its index on the left and its value on the right.
    private static func pairs(
        _ left: [MergeNode.Entry], _ right: [MergeNode.Entry]
    ) -> [(key: String, left: Int?, right: MergeNode?)] {
        let leftOrder = left.indices.sorted { left[$0].key.precedesByBytes(left[$1].key) }
        let rightOrder = right.indices.sorted { right[$0].key.precedesByBytes(right[$1].key) }
        var pairs: [(String, Int?, MergeNode?)] = []
        var (l, r) = (0, 0)
        while l < leftOrder.count || r < rightOrder.count {
            let leftKey = l < leftOrder.count ? left[leftOrder[l]].key : nil
            let rightKey = r < rightOrder.count ? right[rightOrder[r]].key : nil
            let isLeft = leftKey.map { key in rightKey.map { !$0.precedesByBytes(key) } ?? true } ?? false
            let isRight = rightKey.map { key in leftKey.map { !$0.precedesByBytes(key) } ?? true } ?? false
            pairs.append(((isLeft ? leftKey : rightKey) ?? "", isLeft ? leftOrder[l] : nil, isRight ? right[rightOrder[r]].value : nil))
            if isLeft { l += 1 }
            if isRight { r += 1 }
        }
        return pairs
    }

    /// A new value keeps the quotes of the old one: a number that takes the place of a text in quotes is a text.
    private func content(of node: MergeNode, over old: MergeNode) -> MergeNode.Content {
        guard case .scalar(let value) = node.content, value.string == nil, !value.isNull else { return node.content }
        guard isQuoted(old) else { return node.content }
        return .scalar(.string(written.text(of: value, at: node.place) ?? node.text))
    }

    private func isQuoted(_ node: MergeNode) -> Bool {
        guard case .scalar(.string(let text)) = node.content else { return false }
        return switch node.style {
        case .leftOut, .time: false
        case .asItStands, .folded: written.isQuoted(text, at: node.firstPlace)
        case .anew: WrittenScalars.needsQuotes(text)
        case .json: true
        }
    }

    /// Reads `$patch` of a map, and takes it out.
    private func takeDirective(ofMap patch: MergeNode) throws(BuildProblem) -> Directive {
        guard let word = patch.field("$patch") else { return .merge }
        let directive = try StrategicMerge.directive(word)
        patch.removeField("$patch")
        return directive
    }

    private static func directive(_ word: MergeNode) throws(BuildProblem) -> Directive {
        switch word.text {
        case "delete": return .delete
        case "replace": return .replace
        case "merge": return .merge
        default: throw BuildProblem("$patch is \(quotedForPeople(word.text)), and must be delete, replace or merge", at: word.place)
        }
    }
}

extension StrategicMerge {
    /// Reads the element `$patch: …` of a list, and takes it out.
    private func takeDirective(ofList patch: MergeNode) throws(BuildProblem) -> Directive {
        guard let element = patch.list?.first(where: { $0.field("$patch") != nil }), element.entries?.count == 1,
            let word = element.field("$patch")
        else { return .merge }
        let directive = try StrategicMerge.directive(word)
        try patch.setElement(nil, ["$patch"], [word.text])
        return directive
    }

    /// A list that is merged; nil: it is to go.
    private func walkList(
        _ object: MergeNode?, _ patch: MergeNode?, _ keys: [String], _ schema: MergeSchema?
    ) throws(BuildProblem) -> MergeNode? {
        var target: MergeNode
        if let object, !object.isNull {
            if let patch, patch.isNull { return nil }
            switch try patch.map({ (patch) throws(BuildProblem) in try takeDirective(ofList: patch) }) ?? .merge {
            case .delete: return nil
            case .replace: target = patch ?? object
            case .merge: target = object
            }
        } else {
            guard let patch else { return nil }
            target = patch
        }
        return try ListMerge(keys: keys, target: target, patch: patch, written.tree.limits) { (object, patch) throws(BuildProblem) in
            try walk(object, patch, schema).node
        }.merged()
    }
}
