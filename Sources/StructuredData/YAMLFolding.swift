// Folded texts (`>`): kustomize writes them folded and reads that again, which does not always come to the same text.

package enum YAMLFolding {
    /// What a folded text has become when kustomize has written and read it: a line break more before indented lines, and where the text
    /// begins with an indented line a break less between others. Source: go-yaml v3, `yaml_emitter_write_folded_scalar`, which looks
    /// at the first character of the text where that behind the break is meant.
    package static func text(_ text: String) -> String {
        guard isWrittenFolded(text.utf8) else { return text }
        let lines = text.utf8.split(separator: lineFeed, omittingEmptySubsequences: false)
        let doubles = lines.first { !$0.isEmpty }.map { !isIndented($0) } ?? false
        var result: [UInt8] = []
        var breaks = 0
        var before: Substring.UTF8View?
        for (index, line) in lines.enumerated() {
            if index > 0 { breaks += 1 }
            if line.isEmpty { continue }
            let kept: Int
            if let before {
                let written = breaks + (doubles && !isIndented(before) ? 1 : 0)
                kept = isIndented(before) || isIndented(line) ? written : written - 1
            } else {
                kept = breaks
            }
            result += kept == 0 ? [UInt8(ascii: " ")] : Array(repeating: lineFeed, count: kept)
            if before == nil, breaks == 0 { result.removeAll() }
            result += line
            breaks = 0
            before = line
        }
        if breaks > 1, doubles, let before, !isIndented(before) { breaks += 1 }
        return String(decoding: result + Array(repeating: lineFeed, count: breaks), as: UTF8.self)
    }

    private static let lineFeed = UInt8(ascii: "\n")

    private static func isIndented(_ line: Substring.UTF8View) -> Bool {
        line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t")
    }

    /// Whether it is written folded: a text with blanks at the end of a line, or with characters that go-yaml escapes, is put in quotes.
    private static func isWrittenFolded(_ text: String.UTF8View) -> Bool {
        guard text.contains(lineFeed) else { return false }
        var last: UInt8 = 0
        for byte in text {
            if byte == lineFeed, last == UInt8(ascii: " ") { return false }
            if byte < 0x20 && byte != lineFeed && byte != UInt8(ascii: "\t") || byte == 0x7F || byte >= 0xF0 { return false }
            last = byte
        }
        return last != UInt8(ascii: " ")
    }
}
