// `<<`: a map takes over the entries of others, in the order in which kubectl does it.

import CLibYAML

extension YAMLReader {
    /// A map in the making that has a `<<`: its entries with the places of each.
    struct MergingMap {
        /// Whether what the map says itself stays, even where it stands before the merge.
        let ownWins: Bool
        private(set) var entries: [Object.Entry] = []
        private var places: [[Place]] = []
        /// Whether the map itself says the key, not a merge.
        private var isOwn: [Bool] = []
        private(set) var positions: [KeyBytes: Int] = [:]

        init(ownWins: Bool) { self.ownWins = ownWins }

        /// Takes an entry that stands in the map itself; it replaces what a merge brought.
        /// - Returns: the place of the same key when the map has it itself before.
        mutating func setOwn(_ entry: Object.Entry, _ entryPlaces: [Place]) -> Place? {
            if let position = positions[KeyBytes(entry.key)], isOwn[position] { return places[position].first }
            set(entry, entryPlaces, own: true)
            return nil
        }

        /// Takes over an entry of another map; it replaces what stands there before.
        mutating func set(_ entry: Object.Entry, _ entryPlaces: [Place], own: Bool) {
            if let position = positions[KeyBytes(entry.key)] {
                if !own, isOwn[position], ownWins { return }
                entries[position].value = entry.value
                places[position] = entryPlaces
                isOwn[position] = isOwn[position] || own
            } else {
                positions[KeyBytes(entry.key)] = entries.count
                entries.append(entry)
                places.append(entryPlaces)
                isOwn.append(own)
            }
        }

        func appendPlaces(to all: inout [Place]) {
            for entryPlaces in places { all.append(contentsOf: entryPlaces) }
        }
    }

    /// Reads the value of a `<<` and takes over its entries; of several maps the earlier ones win.
    mutating func merge(into map: inout MergingMap, depth: Int, at keyPlace: Place) throws(YAMLError) {
        let valuePlace = place
        let isList = event.pointee.type == YAML_SEQUENCE_START_EVENT
        let first = places.count
        let value = try node(depth: depth, at: valuePlace)
        let valuePlaces = try detachPlaces(from: first)
        switch value {
        case .object(let object): takeOver(object, valuePlaces[1...], into: &map)
        case .array(let array) where isList:
            var start = 1
            var parts: [(object: Object, places: ArraySlice<Place>)] = []
            for element in array {
                guard case .object(let object) = element else { throw notAMap(element, at: valuePlaces[start]) }
                let end = start + element.nodeCount
                parts.append((object, valuePlaces[(start + 1)..<end]))
                start = end
            }
            for part in parts.reversed() { takeOver(part.object, part.places, into: &map) }
        default: throw notAMap(value, at: valuePlace)
        }
    }

    private func takeOver(_ object: Object, _ objectPlaces: ArraySlice<Place>, into map: inout MergingMap) {
        var start = objectPlaces.startIndex
        for entry in object.entries {
            let end = start + entry.value.nodeCount
            map.set(entry, Array(objectPlaces[start..<end]), own: false)
            start = end
        }
    }

    private func notAMap(_ value: Value, at place: Place) -> YAMLError {
        error("\"<<\" takes a map, an alias of a map, or a list of those; this is \(value.kindName)", at: place)
    }

    /// Takes the entries read so far, from `start` on, out of the stack, and their places out of the document's.
    mutating func separate(from start: Int, firstPlace: Int) throws(YAMLError) -> MergingMap {
        var map = MergingMap(ownWins: dialect == .kustomize)
        let own = try detachPlaces(from: firstPlace + 1)
        var index = 0
        for entry in entries.take(from: start) {
            let count = entry.value.nodeCount
            let earlier = map.setOwn(entry, Array(own[index..<(index + count)]))
            if let earlier { throw repeated(entry.key, at: own[index], first: earlier) }
            index += count
        }
        return map
    }

    /// Cuts off the document's places from `first` on; anchors that stand there keep their own copy.
    mutating func detachPlaces(from first: Int) throws(YAMLError) -> [Place] {
        forgetSpellings()
        while let last = anchorEnds.last, last.firstPlace >= first {
            anchorEnds.removeLast()
            if case .inDocument(let firstPlace, let count) = anchors[last.name]?.content, firstPlace == last.firstPlace {
                try self.count(count, at: place)
                anchors[last.name]?.content = .apart(Array(places[firstPlace..<(firstPlace + count)]))
            }
        }
        let own = Array(places[first...])
        places.removeSubrange(first...)
        return own
    }
}
