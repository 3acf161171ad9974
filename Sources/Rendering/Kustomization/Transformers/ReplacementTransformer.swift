// `replacements`: a value of one object, put into others.

import FoundationEssentials
import StructuredData

/// Source of the rules: kustomize's `replacement` filter.
struct ReplacementTransformer: Transformer {
    let arguments: [ReplacementArguments]
    init(_ arguments: [ReplacementArguments]) { self.arguments = arguments }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        for entry in arguments {
            for replacement in try replacements(of: entry, context) { try carryOut(replacement, &set, context.tree.limits) }
        }
    }

    private func replacements(of entry: ReplacementArguments, _ context: BuildContext) throws(BuildProblem) -> [Replacement] {
        guard let path = entry.path else { return [try Replacement(entry.node, context.tree.limits)] }
        if entry.node["source"] != nil || entry.node["targets"] != nil {
            throw BuildProblem("an entry of replacements has a path and says more: write one or the other", at: entry.place)
        }
        var replacements: [Replacement] = []
        for document in try context.tree.documents(try context.file(path, purpose: "the replacement")).prefix(1) {
            for node in document.list ?? [document] { replacements.append(try Replacement(node, context.tree.limits)) }
        }
        return replacements
    }

    private func carryOut(_ replacement: Replacement, _ set: inout ResourceSet, _ limits: BuildLimits) throws(BuildProblem) {
        let value = try self.value(of: replacement, set, limits)
        let size = value.size
        for target in replacement.targets {
            try limits.add(work: 100 + 20 * set.resources.count, at: target.place)
            for index in set.resources.indices where target.matches(set.resources[index]) {
                try put(value, size, into: &set.resources[index], target, limits)
            }
        }
    }

    // MARK: The value

    private func value(of replacement: Replacement, _ set: ResourceSet, _ limits: BuildLimits) throws(BuildProblem) -> Node {
        guard let source = replacement.source else {
            let text = replacement.value ?? PlacedText(text: "", place: replacement.place)
            return Node(.scalar(.string(text.text)), at: text.place)
        }
        // A copy: what changes it later does not change what it was taken from.
        let value = try self.value(of: source, set, limits)
        try limits.add(work: 100 * value.size.nodes, at: source.place)
        return value.alone
    }

    private func value(of source: Replacement.Source, _ set: ResourceSet, _ limits: BuildLimits) throws(BuildProblem) -> Node {
        let found = set.resources.filter(source.matches)
        guard let resource = found.first else {
            throw BuildProblem(
                "the source of a replacement, \(source.subject), is not among the objects; write its kind, name and namespace as they stand in the base",
                at: source.place)
        }
        if found.count > 1 {
            let shown = found.prefix(5).map { "\($0.id) (\($0.origin))" }.joined(separator: ", ")
            throw BuildProblem("the source of a replacement may be \(shown): say more of it", at: source.place)
        }
        let value = source.path.first(in: resource.node)
        try limits.check()
        guard let node = value, !node.isNull, node.list?.isEmpty != true, node.map?.isEmpty != true else {
            throw BuildProblem(
                "\(resource.id) (\(resource.origin)) has no field \(source.path), which a replacement takes; correct fieldPath, or write the field",
                at: source.place)
        }
        guard !source.options.delimiter.isEmpty else { return node }
        guard let text = node.text else {
            throw BuildProblem(
                "\(source.path) of \(resource.id) is \(node.kindName); only a text can be divided by \(quotedForPeople(source.options.delimiter)); correct fieldPath, or remove delimiter",
                at: source.place)
        }
        let parts = text.components(separatedBy: source.options.delimiter)
        guard parts.indices.contains(source.options.index) else {
            throw BuildProblem(
                "\(source.path) of \(resource.id) has \(parts.count == 1 ? "1 part" : "\(parts.count) parts"), and no part \(source.options.index) (the first is 0); correct index or delimiter",
                at: source.place)
        }
        var part = node
        part.content =
            node.string == nil ? .scalar(YAML.plainScalar(parts[source.options.index])) : .scalar(.string(parts[source.options.index]))
        return part
    }

    // MARK: The targets

    private func put(
        _ value: Node, _ size: (nodes: Int, depth: Int), into resource: inout Resource, _ target: Replacement.Target, _ limits: BuildLimits
    ) throws(BuildProblem) {
        let subject = resource.subject
        for (path, place) in target.paths {
            try BuildLimits.check(depth: path.steps.count + size.depth, subject, at: place)
            try limits.add(work: 20 + 20 * path.steps.count, at: place)
            func set(_ node: inout Node) throws(BuildProblem) {
                try limits.add(nodes: size.nodes, at: place)
                try self.set(&node, to: value, target.options, subject, path, place)
                if let text = node.string { try limits.add(textOf: text.utf8.count, "\(path) of \(subject)", at: place) }
            }
            let fresh = target.options.creates ? ReplacementTransformer.fresh(for: value) : nil
            let isInside = try EmbeddedJSON(path, limits, at: place).change(&resource.node, creating: fresh) {
                (node) throws(BuildProblem) in try set(&node)
            }
            if isInside { continue }
            let count = try path.visit(&resource.node, creating: fresh) { (node) throws(BuildProblem) in try set(&node) }
            try limits.check()
            if count == 0 {
                let hint =
                    path.steps.contains { if case .name = $0 { false } else { true } }
                    ? "; neither * nor a pattern leads to a value inside of a text: name the element" : ""
                throw BuildProblem(
                    target.options.creates
                        ? "\(subject) has no field \(path), and it cannot be made there; write it in the object\(hint)"
                        : "\(subject) has no field \(path), where a replacement shall go; write it, or options: {create: true}\(hint)",
                    at: place)
            }
        }
    }

    /// What is made where a target is missing: it takes the value's kind, and of a scalar what its text means as plain YAML.
    private static func fresh(for value: Node) -> Node {
        switch value.content {
        case .scalar: Node(.scalar(.null), at: Node.generated)
        case .list: Node(.list([]), at: Node.generated)
        case .map: Node(.map(Map()), at: Node.generated)
        }
    }

    private func set(
        _ node: inout Node, to value: Node, _ options: Replacement.Options, _ subject: String, _ path: NodePath, _ place: SourceLocation
    ) throws(BuildProblem) {
        var content = value.content
        if !options.delimiter.isEmpty {
            guard node.scalar != nil else {
                throw BuildProblem(
                    "\(path) of \(subject) is \(node.kindName); only a text can be divided by \(quotedForPeople(options.delimiter)); correct the path, or remove delimiter",
                    at: place)
            }
            var parts = (node.text ?? "").components(separatedBy: options.delimiter)
            let text = value.text ?? ""
            if options.index < 0 {
                parts.insert(text, at: 0)
            } else if options.index >= parts.count {
                parts.append(text)
            } else {
                parts[options.index] = text
            }
            content = .scalar(.string(parts.joined(separator: options.delimiter)))
        }
        // A variable that is copied whole is read as what stood there, too; where nothing stood, as it is written at its source.
        var isVariable = value.isVariable && options.delimiter.isEmpty
        if let old = node.scalar {
            // Only the text is taken over; what stood there says whether it is a text or a number.
            let text = (options.delimiter.isEmpty ? value : Node(content, at: value.place)).text ?? ""
            if !old.isNull { isVariable = text.hasPrefix("${") && text.hasSuffix("}") && (node.isVariable || old.string == nil) }
            if case .string = old { content = .scalar(.string(text)) } else { content = .scalar(YAML.plainScalar(text)) }
        }
        // Of a text that is made where nothing stood, only whether it is a date is taken over.
        let style = node.scalar == nil ? value.style : node.isNull ? (value.style == .time ? .time : .asItStands) : node.style
        node.replace(with: content, at: value.place)
        node.isVariable = isVariable
        node.style = style
    }
}
