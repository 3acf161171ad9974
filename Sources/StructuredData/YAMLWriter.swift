// YAML for people: block style, lists at their parent's indentation as kubectl writes them, text of several lines as it is.

/// Writes one document.
struct YAMLWriter {
    private(set) var text = ""

    mutating func writeDocument(_ value: Value) {
        switch value {
        case .object(let object) where !object.isEmpty: entries(object, indent: 0, isFirstInline: true)
        case .array(let array) where !array.isEmpty: elements(array, indent: 0, isFirstInline: true)
        default:
            scalar(value, indent: -2)
            text += "\n"
        }
    }

    /// - Parameter isFirstInline: whether the first entry continues the line that is being written.
    private mutating func entries(_ object: Object, indent: Int, isFirstInline: Bool) {
        var isInline = isFirstInline
        for entry in object.entries {
            if !isInline { pad(indent) }
            isInline = false
            key(entry.key, indent: indent)
            switch entry.value {
            case .object(let child) where !child.isEmpty:
                text += "\n"
                entries(child, indent: indent + 2, isFirstInline: false)
            case .array(let child) where !child.isEmpty:
                text += "\n"
                elements(child, indent: indent, isFirstInline: false)
            default:
                text += " "
                scalar(entry.value, indent: indent)
                text += "\n"
            }
        }
    }

    private mutating func elements(_ array: [Value], indent: Int, isFirstInline: Bool) {
        var isInline = isFirstInline
        for element in array {
            if !isInline { pad(indent) }
            isInline = false
            text += "- "
            switch element {
            case .object(let child) where !child.isEmpty: entries(child, indent: indent + 2, isFirstInline: true)
            case .array(let child) where !child.isEmpty: elements(child, indent: indent + 2, isFirstInline: true)
            default:
                scalar(element, indent: indent)
                text += "\n"
            }
        }
    }

    /// Writes the key and its colon; a key that is too long for YAML's short form gets a line of its own.
    private mutating func key(_ key: String, indent: Int) {
        let shown = YAMLText.inline(key)
        if shown.utf8.count <= 1000 {
            text += shown + ":"
        } else {
            text += "? " + shown + "\n"
            pad(indent)
            text += ":"
        }
    }

    private mutating func scalar(_ value: Value, indent: Int) {
        switch value {
        case .null: text += "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .int(let int): text += String(int)
        case .uint(let uint): text += String(uint)
        case .double(let double): text += YAMLText.number(double)
        case .array: text += "[]"
        case .object: text += "{}"
        case .string(let string):
            if YAMLText.canBeLiteral(string) {
                literal(string, indent: indent + 2)
            } else {
                text += YAMLText.inline(string)
            }
        }
    }

    /// Writes `|` and the lines, without the break behind the last.
    private mutating func literal(_ string: String, indent: Int) {
        let lineFeed = UInt8(ascii: "\n")
        var lines = string.utf8.split(separator: lineFeed, omittingEmptySubsequences: false)
        text += "|"
        if let first = string.utf8.first, first == 0x20 || first == 0x09 || first == lineFeed { text += "2" }
        if string.utf8.last != lineFeed {
            text += "-"
        } else {
            lines.removeLast()
            if lines.last?.isEmpty == true { text += "+" }
        }
        for line in lines {
            text += "\n"
            if line.isEmpty { continue }
            pad(max(indent, 2))
            text += Substring(line)
        }
    }

    private mutating func pad(_ count: Int) {
        for _ in 0..<max(count, 0) { text += " " }
    }
}
