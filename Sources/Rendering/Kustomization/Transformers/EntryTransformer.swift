// Sets entries of maps: labels, selectors and annotations.

import StructuredData

struct EntryTransformer: Transformer {
    private let pairs: [(key: String, value: PlacedText)]
    private let fields: [FieldSpec]

    init(pairs: [(key: String, value: PlacedText)], fields: [FieldSpec]) {
        self.pairs = pairs.sorted { $0.key.precedesByBytes($1.key) }
        self.fields = fields
    }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        guard let first = pairs.first else { return }
        let fresh = Node(.map(Map()), at: first.value.place)
        for index in set.resources.indices {
            let type = set.resources[index].type
            for spec in fields where spec.matches(type) {
                let id = set.resources[index].id
                try spec.visit(&set.resources[index].node, creating: fresh) { (node) throws(BuildProblem) in
                    if node.isNull { return }
                    let isMap = node.changeMap { map in
                        for pair in pairs { map.set(pair.key, .string(pair.value.text), at: pair.value.place) }
                    }
                    guard isMap else {
                        throw BuildProblem(
                            "\(spec.shown) of \(id) is \(node.kindName), and must be a map", at: node.place)
                    }
                }
            }
        }
    }
}

extension Map {
    /// Sets an entry in place, or puts it behind the others.
    mutating func set(_ key: String, _ value: Value, at place: SourceLocation) {
        if let index = index(of: key) {
            change(at: index) { node in node.replace(with: value, at: place) }
        } else {
            self[key] = Node(value, at: place)
        }
    }
}
