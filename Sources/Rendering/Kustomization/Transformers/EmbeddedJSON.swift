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
        for count in path.steps.indices.dropFirst() {
            let outer = NodePath(Array(path.steps[..<count]))
            guard let text = outer.first(in: node)?.string else { continue }
            let bytes = Array(text.utf8)
            try limits.add(work: 20 * bytes.count, at: self.place)
            guard let first = bytes.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
                let value = try? JSON.read(bytes)
            else { return false }
            var inner = Node(value)
            var place = Node.generated
            let found = try NodePath(Array(path.steps[count...])).visit(&inner, creating: fresh) { (target) throws(BuildProblem) in
                try body(&target)
                place = target.place
            }
            guard found > 0 else { return false }
            let isPretty = text.contains("\n") && text.contains("  ")
            let written = EmbeddedJSON.written(inner.value, isPretty)
            try limits.add(textOf: written.utf8.count, "the text at \(path)", at: self.place)
            _ = try outer.visit(&node) { (target) throws(BuildProblem) in target.replace(with: .string(written), at: place) }
            return true
        }
        return false
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
