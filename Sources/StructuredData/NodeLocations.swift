// Where every node of a document stands, beside the tree and not inside of it: eight bytes a node.

/// The places of all nodes of one document, packed in the order in which a walk of the tree meets them.
package struct NodeLocations: Sendable {
    /// A line and a column, both from 1.
    struct Place: Sendable, Equatable {
        var line: UInt32
        private var columnAndMarks: UInt32
        private static let variable: UInt32 = 1 << 31
        private static let rewritten: UInt32 = 1 << 30

        init(line: UInt32, column: UInt32) {
            self.line = line
            columnAndMarks = min(column, Place.rewritten - 1)
        }

        var column: UInt32 { columnAndMarks & (Place.rewritten - 1) }

        /// Whether a scalar stands here that is written without quotes and may be one variable: `${NAME}`.
        var isVariable: Bool {
            get { columnAndMarks & Place.variable != 0 }
            set { columnAndMarks = newValue ? columnAndMarks | Place.variable : columnAndMarks & ~Place.variable }
        }

        /// Whether kustomize, which writes objects and reads them again, makes something else of the scalar that stands here: of a folded
        /// block (`>`), a date, and what is left out between braces. Known for ``YAMLDialect/kustomize`` only.
        var isRewritten: Bool {
            get { columnAndMarks & Place.rewritten != 0 }
            set { columnAndMarks = newValue ? columnAndMarks | Place.rewritten : columnAndMarks & ~Place.rewritten }
        }

        /// The same scalar, said to stand elsewhere.
        func moved(to place: Place) -> Place {
            var moved = place
            moved.columnAndMarks = place.column | (columnAndMarks & (Place.variable | Place.rewritten))
            return moved
        }
    }

    private let file: String
    private let places: [Place]
    /// Of a tree that was put together from several files: they, and for each node which of them; empty for a tree of one file.
    private var files: [String] = []
    private var fileOfNode: [UInt32] = []
    /// By the node's index in the walk.
    private var former: [Int: [SourceLocation]] = [:]

    package init() {
        file = ""
        places = []
    }

    /// - Parameter places: one for each node, parents before children; for a map entry's value that of its key.
    init(file: String, places: [Place]) {
        self.file = file
        self.places = places
    }

    /// The places of a tree whose nodes stand in several files.
    ///
    /// - Parameters:
    ///   - places: one for each node in the order of a walk, parents before children; without a file: the node is generated.
    ///   - former: by the index in `places`, where stood what the node took the place of, the latest first.
    ///   - variables: the indexes for which ``isVariable(at:)`` holds.
    package init(places: [SourceLocation], former: [Int: [SourceLocation]] = [:], variables: [Int] = []) {
        var numbers: [String: UInt32] = [:]
        var files: [String] = []
        fileOfNode = places.map { place in
            if let number = numbers[place.file] { return number }
            let number = UInt32(truncatingIfNeeded: files.count)
            numbers[place.file] = number
            files.append(place.file)
            return number
        }
        file = places.first?.file ?? ""
        self.files = files
        self.former = former
        var packed = places.map { Place(line: UInt32(truncatingIfNeeded: $0.line), column: UInt32(truncatingIfNeeded: $0.column)) }
        for index in variables where packed.indices.contains(index) { packed[index].isVariable = true }
        self.places = packed
    }

    /// Where the node at `path` stands in `root` (the tree these places were read with); for a map entry the place of its key.
    ///
    /// The nearest known ancestor's place where the path leads nowhere; nil only when nothing is known at all. A list
    /// element asked for by its keys is found too where the manifest leaves some of the keys to their defaults. A node that is
    /// generated has a place without a file.
    package func location(of path: FieldPath, in root: Value) -> SourceLocation? {
        let index = index(of: path, in: root)
        guard places.indices.contains(index) else { return places.isEmpty ? nil : location(at: 0) }
        return location(at: index)
    }

    /// Where stood what the node at `path` took the place of when overlays were applied, the latest first; empty for a node that stands
    /// as it was first written.
    package func formerLocations(of path: FieldPath, in root: Value) -> [SourceLocation] { former[index(of: path, in: root)] ?? [] }

    /// As ``formerLocations(of:in:)``, of the node at this position of a walk.
    package func formerLocations(at index: Int) -> [SourceLocation] { former[index] ?? [] }

    /// Whether the node at this position of a walk is a text that is written without quotes, begins with `${` and ends with `}`.
    package func isVariable(at index: Int) -> Bool { places.indices.contains(index) && places[index].isVariable }

    /// The positions for which ``isVariable(at:)`` holds.
    package var variables: [Int] { places.indices.filter { places[$0].isVariable } }

    /// The positions of scalars of which kustomize makes something else when it writes and reads them.
    package var rewritten: [Int] { places.indices.filter { places[$0].isRewritten } }

    /// The places of all nodes in the order of a walk.
    package var all: [SourceLocation] { places.indices.map { location(at: $0) } }

    /// The position in the walk of the node at `path`, or of its nearest ancestor that is there.
    private func index(of path: FieldPath, in root: Value) -> Int {
        var node = root
        var index = 0
        for element in path.elements {
            guard let position = node.position(of: element, lenient: true) else { break }
            index += 1
            switch node {
            case .object(let object):
                for entry in object.entries[..<position] { index += entry.value.nodeCount }
                node = object.entries[position].value
            case .array(let array):
                for value in array[..<position] { index += value.nodeCount }
                node = array[position]
            default: break
            }
        }
        return index
    }

    /// The places of the tree that begins at this index of the walk.
    fileprivate func part(from index: Int, count: Int) -> NodeLocations {
        guard index >= 0, count > 0, count <= places.count, index <= places.count - count else { return NodeLocations() }
        if !fileOfNode.isEmpty {
            return NodeLocations(
                places: (index..<(index + count)).map { location(at: $0) },
                variables: (0..<count).filter { places[index + $0].isVariable })
        }
        return NodeLocations(file: file, places: Array(places[index..<(index + count)]))
    }

    private func location(at index: Int) -> SourceLocation {
        let place = places[index]
        let number = fileOfNode.indices.contains(index) ? Int(fileOfNode[index]) : -1
        let file = files.indices.contains(number) ? files[number] : self.file
        return SourceLocation(file: file, line: Int(place.line), column: Int(place.column))
    }
}

extension YAMLDocument {
    /// The elements of the list under `key` of the root, each as a document of its own with its own places; nil where no
    /// list is. Takes one walk of the tree.
    package func elements(under key: String) -> [YAMLDocument]? {
        guard case .object(let object) = value, let position = object.index(of: key),
            case .array(let array) = object.entries[position].value
        else { return nil }
        var index = object.entries[..<position].reduce(2) { $0 + $1.value.nodeCount }
        return array.map { element in
            let count = element.nodeCount
            let places = locations.part(from: index, count: count)
            index += count
            return YAMLDocument(
                value: element, location: places.location(of: FieldPath(), in: element) ?? location, locations: places)
        }
    }
}

extension Value {
    /// The number of nodes of this tree, itself included; keys do not count.
    package var nodeCount: Int {
        switch self {
        case .array(let array): array.reduce(1) { $0 + $1.nodeCount }
        case .object(let object): object.entries.reduce(1) { $0 + $1.value.nodeCount }
        default: 1
        }
    }

    /// The number of levels of lists and maps: 0 for a scalar, 1 for a list of scalars.
    var height: Int {
        switch self {
        case .array(let array): 1 + (array.lazy.map(\.height).max() ?? 0)
        case .object(let object): 1 + (object.entries.lazy.map(\.value.height).max() ?? 0)
        default: 0
        }
    }
}
