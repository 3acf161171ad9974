// How scalars are written in the files that a build reads: in quotes or not, and with which digits. Kustomize keeps that while it merges.

import StructuredData

/// Looks into the text at a node's place; used where it makes a difference, which is seldom.
struct WrittenScalars {
    private enum Form { case nothing, quoted, plain(Substring) }

    let tree: SourceTree
    init(_ tree: SourceTree) { self.tree = tree }

    /// Whether a null is written by leaving its value out.
    func isEmpty(_ place: SourceLocation) -> Bool {
        if case .nothing? = form(at: place) { true } else { false }
    }

    /// Whether a text stands in quotes or in a block: one that were something else without them does, wherever it stands.
    func isQuoted(_ text: String, at place: SourceLocation) -> Bool {
        if WrittenScalars.needsQuotes(text) { return true }
        if case .quoted? = form(at: place) { return true }
        return false
    }

    /// Whether a text were something else without quotes.
    static func needsQuotes(_ text: String) -> Bool { read(text).map { $0.string == nil } ?? false }

    /// The characters of a number, a boolean or null: `1.10`, `0x1F`, `~`; nil where they cannot be found.
    func text(of value: Value, at place: SourceLocation) -> String? {
        switch form(at: place) {
        case .nothing: return value.isNull ? "" : nil
        case .quoted, nil: return nil
        case .plain(let rest):
            for end in [nil, ",", "}", "]"] as [Character?] {
                let part = end.map { end in rest.prefix { $0 != end } } ?? rest
                let text = WrittenScalars.trimmed(part)
                if WrittenScalars.read(text) == value { return text }
            }
            return nil
        }
    }

    private static func read(_ text: String) -> Value? {
        guard !text.isEmpty, let documents = try? YAML.read(Array("- \(text)\n".utf8), file: "", dialect: .kustomize) else { return nil }
        return documents.count == 1 ? documents.first?.value[0] : nil
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" { text.unicodeScalars.removeLast() }
        return String(text)
    }

    /// What stands at a place, behind the key of a map's entry.
    private func form(at place: SourceLocation) -> Form? {
        guard let text = tree.text(at: place), let start = text.position(line: place.line, column: place.column) else { return nil }
        let characters = text.rest(from: start, atMost: WrittenScalars.longest)
        var rest = Substring(String(decoding: characters, as: UTF8.self))
        rest = WrittenScalars.withoutKey(rest) ?? rest
        rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
        guard let first = rest.unicodeScalars.first, !["#", ",", "}", "]"].contains(first) else { return .nothing }
        switch first {
        case "\"", "'", "|", ">": return .quoted
        case "&", "*", "!", "[", "{": return nil
        default: break
        }
        var end = rest.startIndex
        while end < rest.endIndex {
            if rest[end] == "#", end > rest.startIndex, rest[rest.index(before: end)] == " " { break }
            end = rest.index(after: end)
        }
        return .plain(rest[..<end])
    }

    /// Bytes of a key with its number: what is longer is not looked into.
    private static let longest = 1024

    /// The text behind `key:`; nil where there is no key.
    private static func withoutKey(_ text: Substring) -> Substring? {
        guard let first = text.first else { return nil }
        var index = text.startIndex
        if first == "\"" || first == "'" {
            index = text.index(after: index)
            while index < text.endIndex, text[index] != first {
                if text[index] == "\\", first == "\"" { index = text.index(after: index) }
                if index < text.endIndex { index = text.index(after: index) }
            }
            guard index < text.endIndex else { return nil }
            index = text.index(after: index)
            let rest = text[index...].drop { $0 == " " }
            return rest.first == ":" ? rest.dropFirst() : nil
        }
        while index < text.endIndex {
            let next = text.index(after: index)
            if text[index] == ":", next == text.endIndex || " \t\r".contains(text[next]) { return text[next...] }
            index = next
        }
        return nil
    }
}
