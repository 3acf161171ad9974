// The text of a patch, from a file or from inside of a kustomization, with the places that its nodes have.

import StructuredData

struct PatchText {
    /// What there is to read.
    let bytes: [UInt8]
    /// Where the whole patch stands: its file, or the field that holds it.
    let place: SourceLocation
    /// A file of its own; nil: the text stands in another one.
    private let source: SourceFile?
    private let file: String
    private let tree: SourceTree
    /// Of a text inside of a kustomization: how far its lines and columns are from the file's; nil: all of it is said to stand at `place`.
    private let shift: (lines: Int, columns: Int)?

    init(_ file: SourceFile, _ tree: SourceTree) {
        bytes = file.bytes
        source = file
        self.tree = tree
        place = SourceLocation(file: file.path, line: 1, column: 1)
        self.file = file.path
        shift = (0, 0)
    }

    /// - Parameter node: a text; its place is that of its key, or of itself in a list.
    init(inline node: Node, _ tree: SourceTree) {
        bytes = Array((node.string ?? "").utf8)
        place = node.place
        source = nil
        self.tree = tree
        file = node.place.file
        shift = PatchText.shift(node.place, tree)
    }

    /// As ``init(inline:_:)``, without white space at the end: kustomize takes it off what stands under `patches`, and with it the last
    /// line break of a block.
    init(trimming node: Node, _ tree: SourceTree) {
        var trimmed = node
        if let text = node.string, let last = text.unicodeScalars.last, last.properties.isWhitespace {
            var scalars = text.unicodeScalars[...]
            while scalars.last?.properties.isWhitespace ?? false { scalars.removeLast() }
            trimmed.content = .scalar(.string(String(scalars)))
        }
        self.init(inline: trimmed, tree)
    }

    /// The first byte that is no white space.
    var firstByte: UInt8? { bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } }

    /// - Throws: ``BuildProblem`` where it is no YAML.
    func documents(_ dialect: YAMLDialect) throws(BuildProblem) -> [Node] {
        if let source { return try tree.documents(source, dialect) }
        try tree.limits.add(work: 20 * bytes.count, at: place)
        do throws(YAMLError) {
            let nodes = try YAML.read(bytes, file: file, dialect: dialect).map { Node($0) }
            return nodes.map { moved($0) }
        } catch {
            throw BuildProblem(error.message, at: moved(error.location))
        }
    }

    private func moved(_ location: SourceLocation) -> SourceLocation {
        guard let shift else { return place }
        if shift == (0, 0) || location.line == 0 { return location }
        return SourceLocation(
            file: location.file, line: location.line + shift.lines, column: location.column == 0 ? 0 : location.column + shift.columns)
    }

    private func moved(_ node: Node) -> Node {
        if let shift, shift == (0, 0) { return node }
        var node = node
        node.place = moved(node.place)
        switch node.content {
        case .scalar: break
        case .list(let list): node.content = .list(list.map { moved($0) })
        case .map(let map): node.content = .map(Map(map.entries.map { .init(key: $0.key, value: moved($0.value)) }))
        }
        return node
    }

    /// Of a literal block: its first line is the one below `|`, and its columns begin behind its indentation.
    private static func shift(_ place: SourceLocation, _ tree: SourceTree) -> (lines: Int, columns: Int)? {
        guard let text = tree.text(at: place), let start = text.start(ofLine: place.line) else { return nil }
        let header = text.rest(from: start, atMost: longestHeader)
        guard header.count < longestHeader else { return nil }
        let words = String(decoding: header, as: UTF8.self).split { $0 == " " || $0 == "\r" }
        let marks = words.prefix { !$0.hasPrefix("#") }
        guard let mark = marks.last, mark.hasPrefix("|"), !mark.contains(where: \.isNumber) else { return nil }
        var column = 0
        for byte in text.bytes[header.endIndex...] {
            switch byte {
            case UInt8(ascii: "\n"): column = 0
            case 0x20: column += 1
            case 0x0D: break
            default: return (place.line, column)
            }
        }
        return nil
    }

    /// In a longer line no block begins.
    private static let longestHeader = 4096
}
