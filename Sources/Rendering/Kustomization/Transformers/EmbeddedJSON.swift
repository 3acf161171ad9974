// A replacement's path that leads on into a text that holds JSON: `data.config\.json.database.host`.

import StructuredData

/// Source: kustomize 5.8, `setValueInStructuredData`; of YAML in a text only what stands around it can be replaced here.
struct EmbeddedJSON {
    private let path: NodePath
    private let limits: BuildLimits
    private let place: SourceLocation

    /// - Parameter place: of the path.
    init(_ path: NodePath, _ limits: BuildLimits, at place: SourceLocation) {
        self.path = path
        self.limits = limits
        self.place = place
    }

    /// Changes what the path leads to inside of the first text on its way, and writes the text anew, its keys sorted.
    ///
    /// - Returns: false where no text with JSON stands on the way, or the rest of the path leads nowhere in it; nothing is changed then.
    func change(
        _ node: inout Node, creating fresh: Node?, _ body: (inout Node) throws(BuildProblem) -> Void
    ) throws(BuildProblem) -> Bool {
        guard let (count, text) = try text(in: node) else { return false }
        let bytes = Array(text.utf8)
        try limits.add(work: 20 * bytes.count, at: self.place)
        guard let first = bytes.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            let value = try? JSON.read(bytes)
        else { return false }
        var inner = Node(value)
        var place = Node.generated
        let rest = path.dropFirst(count)
        let isThere = rest.first(in: inner) != nil
        let found = try rest.visit(&inner, creating: fresh) { (target) throws(BuildProblem) in
            let old = target
            try body(&target)
            place = target.place
            if isThere { try check(target, instead: old) }
        }
        guard found > 0 else { return false }
        let isPretty = bytes.contains(UInt8(ascii: "\n")) && text.contains("  ")
        let written = EmbeddedJSON.written(inner.value, isPretty)
        try limits.add(textOf: written.utf8.count, "the text at \(path)", at: self.place)
        EmbeddedJSON.change(path.steps.prefix(count), in: &node) { $0.replace(with: .string(written), at: place) }
        return true
    }

    /// - Throws: ``BuildProblem`` where a number, a boolean or null becomes something else: kustomize leaves the whole text as it is then.
    private func check(_ new: Node, instead old: Node) throws(BuildProblem) {
        guard let before = old.scalar, let after = new.scalar else { return }
        switch (before, after) {
        case (.string, _), (.null, .null), (.bool, .bool), (.int, .int), (.int, .uint), (.int, .double), (.uint, .int), (.uint, .uint),
            (.uint, .double), (.double, .int), (.double, .uint), (.double, .double):
            return
        default:
            throw BuildProblem(
                "\(path) is \(before.kindName) inside of a text, and the replacement is \(after.kindName); kustomize changes nothing then, "
                    + "and does not say so: make both the same, with quotes around them or without", at: place)
        }
    }

    /// The first text on the path's way, and how many steps lead to it. This way is one: no `*` leads there, and an element is found by its
    /// whole value.
    private func text(in node: Node) throws(BuildProblem) -> (count: Int, text: String)? {
        var node = node
        for (count, step) in path.steps.enumerated() {
            switch node.content {
            case .scalar: return node.string.map { (count, $0) }
            case .list(let list):
                try limits.add(work: 30 * list.count, at: place)
                guard let index = EmbeddedJSON.index(step, in: list) else { return nil }
                node = list[index]
            case .map(let map):
                guard case .name(let name) = step, let index = map.index(of: name) else { return nil }
                node = map.entries[index].value
            }
        }
        return nil
    }

    private static func change(_ steps: ArraySlice<NodePath.Step>, in node: inout Node, _ body: (inout Node) -> Void) {
        guard let step = steps.first else { return body(&node) }
        node.changeList { list in
            if let index = index(step, in: list) { change(steps.dropFirst(), in: &list[index], body) }
        }
        node.changeMap { map in
            guard case .name(let name) = step, let index = map.index(of: name) else { return }
            map.change(at: index) { change(steps.dropFirst(), in: &$0, body) }
        }
    }

    private static func index(_ step: NodePath.Step, in list: [Node]) -> Int? {
        switch step {
        case .every: return nil
        case .name("-"): return list.indices.last
        case .name(let name): return Int(name).flatMap { list.indices.contains($0) ? $0 : nil }
        case .match(let field, let value, _): return list.firstIndex { (field.isEmpty ? $0.text : $0.text(at: field)) == value }
        }
    }

    /// As Go writes it: keys sorted, `<`, `>` and `&` escaped.
    private static func written(_ value: Value, _ isPretty: Bool) -> String {
        var text = ""
        write(value, isPretty, "", &text)
        return text
    }

    private static func write(_ value: Value, _ isPretty: Bool, _ indent: String, _ text: inout String) {
        // Whoever uses the text says that it is too long.
        if text.utf8.count > BuildLimits.maximumTextSize { return }
        let deeper = indent + "  "
        let newLine = isPretty ? "\n\(deeper)" : ""
        let end = isPretty ? "\n\(indent)" : ""
        switch value {
        case .array(let array) where !array.isEmpty:
            text += "["
            for (index, element) in array.enumerated() {
                text += (index == 0 ? "" : ",") + newLine
                write(element, isPretty, deeper, &text)
            }
            text += end + "]"
        case .object(let object) where !object.isEmpty:
            text += "{"
            for (index, entry) in object.entries.sorted(by: { $0.key.precedesByBytes($1.key) }).enumerated() {
                text += (index == 0 ? "" : ",") + newLine + escaped(.string(entry.key)) + (isPretty ? ": " : ":")
                write(entry.value, isPretty, deeper, &text)
            }
            text += end + "}"
        default: text += escaped(value)
        }
    }

    private static func escaped(_ value: Value) -> String {
        var text = ""
        for character in String(decoding: JSON.write(value), as: UTF8.self).unicodeScalars {
            switch character {
            case "<": text += "\\u003c"
            case ">": text += "\\u003e"
            case "&": text += "\\u0026"
            case "\u{2028}": text += "\\u2028"
            case "\u{2029}": text += "\\u2029"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
