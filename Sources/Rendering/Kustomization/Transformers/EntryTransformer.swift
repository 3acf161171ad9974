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
        let limits = context.tree.limits
        for index in set.resources.indices {
            let type = set.resources[index].type
            let id = set.resources[index].id
            try limits.add(work: fields.count + pairs.count, at: first.value.place)
            var made = pairs.map { Node(.string($0.value.text), at: $0.value.place) }
            for position in made.indices { made[position].twins = set.resources[index].twins.newNumber() }
            var counts = pairs.map { _ in 0 }
            for spec in fields where spec.matches(type) {
                try spec.visit(&set.resources[index].node, creating: fresh) { (node) throws(BuildProblem) in
                    if node.isNull { return }
                    try limits.add(nodes: pairs.count, at: first.value.place)
                    let isMap = node.changeMap { map in
                        for (position, pair) in pairs.enumerated() where !map.change(pair.key, to: made[position]) {
                            map[pair.key] = made[position]
                            counts[position] += 1
                        }
                    }
                    guard isMap else {
                        throw BuildProblem("\(spec.shown) of \(id) is \(node.kindName), and must be a map", at: node.place)
                    }
                }
            }
            for position in made.indices where counts[position] > 1 { set.resources[index].twins.begin(made[position]) }
        }
    }
}

extension Map {
    /// Sets an entry in place.
    /// - Returns: false where there is none.
    mutating func change(_ key: String, to node: Node) -> Bool {
        guard let index = index(of: key) else { return false }
        change(at: index) { entry in entry.replace(with: node) }
        return true
    }

    /// Sets an entry in place, or puts it behind the others.
    mutating func set(_ key: String, _ value: Value, at place: SourceLocation) {
        let node = Node(value, at: place)
        if !change(key, to: node) { self[key] = node }
    }
}
