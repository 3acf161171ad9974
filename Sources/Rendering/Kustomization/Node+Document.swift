// From documents with places to nodes and back, so that everything behind rendering names lines as it does for plain manifests.

import StructuredData

extension Node {
    init(_ document: YAMLDocument) {
        var walk = Walk(
            places: document.locations.all, spellings: document.spellings, variables: Set(document.locations.variables),
            rewritten: Set(document.locations.rewritten))
        self.init(document.value, &walk, document.location)
    }

    private struct Walk {
        let places: [SourceLocation]
        let spellings: [Int: String]
        let variables: Set<Int>
        let rewritten: Set<Int>
        var index = 0
    }

    private init(_ value: Value, _ places: inout Walk, _ nearest: SourceLocation) {
        let index = places.index
        let place = places.places.indices.contains(index) ? places.places[index] : nearest
        places.index += 1
        switch value {
        case .array(let array):
            var list: [Node] = []
            list.reserveCapacity(array.count)
            for element in array { list.append(Node(element, &places, place)) }
            self.init(.list(list), at: place)
        case .object(let object):
            var entries: [Map.Entry] = []
            entries.reserveCapacity(object.count)
            for entry in object.entries { entries.append(Map.Entry(key: entry.key, value: Node(entry.value, &places, place))) }
            self.init(.map(Map(entries)), at: place)
        default:
            self.init(.scalar(value), at: place)
            if !places.spellings.isEmpty { spelling = places.spellings[index] }
            if !places.variables.isEmpty { isVariable = places.variables.contains(index) }
            if !places.rewritten.isEmpty, places.rewritten.contains(index) { style = Style(ofRewritten: value) }
        }
    }

    /// The tree with its places, of several files perhaps.
    /// - Parameter location: where the object as a whole is said to stand.
    func document(at location: SourceLocation) -> YAMLDocument {
        var places: [SourceLocation] = []
        var former: [Int: [SourceLocation]] = [:]
        var variables: [Int] = []
        collect(&places, &former, &variables)
        return YAMLDocument(
            value: value, location: location, locations: NodeLocations(places: places, former: former, variables: variables))
    }

    private func collect(_ places: inout [SourceLocation], _ former: inout [Int: [SourceLocation]], _ variables: inout [Int]) {
        if isVariable { variables.append(places.count) }
        if !self.former.isEmpty { former[places.count] = self.former }
        places.append(place)
        switch content {
        case .scalar: break
        case .list(let list): for element in list { element.collect(&places, &former, &variables) }
        case .map(let map): for entry in map.entries { entry.value.collect(&places, &former, &variables) }
        }
    }
}
