// Reads a map of a kustomization field by field, and finds what it does not know.

import KubernetesModel
import StructuredData

/// A text with its place.
struct PlacedText: Sendable {
    var text: String
    var place: SourceLocation
}

/// One map: each field is asked for once, and `finish` says which were not. Names are found as Go's JSON finds them: exactly, else by
/// their letters alone, whether large or small.
struct FieldReader {
    private let map: Map
    private let subject: String
    let place: SourceLocation
    private var known: [String] = []
    private var seen: Set<Int> = []

    /// - Parameter subject: how errors call the map: `an entry of images`.
    /// - Throws: ``BuildProblem`` where it is no map.
    init(_ node: Node, _ subject: String) throws(BuildProblem) {
        guard let map = node.map else {
            throw BuildProblem("\(subject) is \(node.kindName), and must be a map", at: node.place)
        }
        self.map = map
        self.subject = subject
        place = node.place
    }

    /// The node of a field; nil where it is missing or null.
    mutating func node(_ name: String) -> Node? {
        known.append(name)
        let index = map.index(of: name) ?? map.entries.firstIndex { $0.key.lowercased() == name.lowercased() }
        guard let index else { return nil }
        seen.insert(index)
        let node = map.entries[index].value
        return node.isNull ? nil : node
    }

    mutating func text(_ name: String) throws(BuildProblem) -> PlacedText? {
        guard let node = node(name) else { return nil }
        guard let text = node.string else { throw wrong(name, node, node.scalar == nil ? "a text" : "a text, with quotes around it") }
        return PlacedText(text: text, place: node.place)
    }

    /// - Throws: ``BuildProblem`` also where it is missing or empty.
    mutating func requiredText(_ name: String) throws(BuildProblem) -> PlacedText {
        guard let text = try text(name), !text.text.isEmpty else { throw BuildProblem("\(subject) has no \(name); write it", at: place) }
        return text
    }

    mutating func bool(_ name: String) throws(BuildProblem) -> Bool? {
        guard let node = node(name) else { return nil }
        guard case .scalar(.bool(let bool)) = node.content else { throw wrong(name, node, "true or false") }
        return bool
    }

    mutating func int(_ name: String) throws(BuildProblem) -> (value: Int, place: SourceLocation)? {
        guard let node = node(name) else { return nil }
        guard let int = node.scalar?.int else { throw wrong(name, node, "a number") }
        return (Int(int), node.place)
    }

    /// Empty where the field is missing.
    mutating func nodes(_ name: String) throws(BuildProblem) -> [Node] {
        guard let node = node(name) else { return [] }
        guard let list = node.list else { throw wrong(name, node, "a list") }
        return list
    }

    mutating func texts(_ name: String) throws(BuildProblem) -> [PlacedText] {
        var texts: [PlacedText] = []
        for node in try nodes(name) {
            guard let text = node.string else { throw wrong("an element of \(name)", node, "a text") }
            texts.append(PlacedText(text: text, place: node.place))
        }
        return texts
    }

    /// A map of texts, in its order; empty where the field is missing. A null is the empty text.
    mutating func pairs(_ name: String) throws(BuildProblem) -> [(key: String, value: PlacedText)] {
        guard let node = node(name) else { return [] }
        guard let map = node.map else { throw wrong(name, node, "a map of texts") }
        var pairs: [(String, PlacedText)] = []
        for entry in map.entries {
            guard let text = entry.value.isNull ? "" : entry.value.string else {
                throw wrong("\(name).\(entry.key)", entry.value, "a text, with quotes around it")
            }
            pairs.append((entry.key, PlacedText(text: text, place: entry.value.place)))
        }
        return pairs
    }

    func wrong(_ name: String, _ node: Node, _ wanted: String) -> BuildProblem {
        BuildProblem("\(subject): \(name) is \(node.kindName), and must be \(wanted)", at: node.place)
    }

    /// - Throws: ``BuildProblem`` for the first field that was not asked for.
    func finish() throws(BuildProblem) {
        for (index, entry) in map.entries.enumerated() where !seen.contains(index) {
            let hint = nearestName(to: entry.key, among: known).map { "; did you mean \($0)?" } ?? "; remove it"
            throw BuildProblem("\(subject) has no field \(quotedForPeople(entry.key))\(hint)", at: entry.value.place)
        }
    }
}
