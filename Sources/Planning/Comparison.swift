// What differs between a live object and what it would be: field by field, list elements told apart by their keys.

package import KubernetesModel
package import StructuredData

/// One place where two trees differ; values as they are, not yet fit to be shown.
package struct Difference: Sendable, Equatable {
    package var path: FieldPath
    /// nil where the field is absent.
    package var from: Value?
    package var to: Value?
}

package enum Comparison {
    /// What differs between two states of one object, in the order of the first; without status, managedFields, resourceVersion
    /// and generation, and without what nobody manages in either (defaults that follow, a webhook's random words).
    package static func differences(from: Unstructured, to: Unstructured) -> [Difference] {
        let entries = from.managedFields + to.managedFields
        let managed = entries.allFields
        return differences(from: from.value, to: to.value, keys: ListKeys([managed])).filter { isManaged($0, managed) }
    }

    /// The paths in which the response to a write differs from its prediction.
    package static func unstablePaths(prediction: Value, response: Unstructured) -> [FieldPath] {
        differences(from: Unstructured(prediction), to: response).map(\.path)
    }

    static func differences(from: Value, to: Value, keys: ListKeys) -> [Difference] {
        var comparison = Walk(keys: keys)
        comparison.compare(from.comparable, to.comparable, [])
        return comparison.found
    }

    static func isManaged(_ difference: Difference, _ managed: FieldSet) -> Bool {
        managed.owns(difference.path, among: managed)
    }

    private struct Walk {
        var keys: ListKeys
        var found: [Difference] = []

        mutating func compare(_ from: Value?, _ to: Value?, _ path: [FieldPath.Element]) {
            switch (from, to) {
            case (.object(let left)?, .object(let right)?): compare(left, right, path)
            case (.object(let left)?, nil) where isOpen(left, path): compare(left, Object(), path)
            case (nil, .object(let right)?) where isOpen(right, path): compare(Object(), right, path)
            case (.array(let left)?, .array(let right)?): compare(left, right, path)
            default:
                if from != to { found.append(Difference(path: FieldPath(path), from: from, to: to)) }
            }
        }

        /// A map that came or went is told field by field; an element of a list as a whole.
        private func isOpen(_ object: Object, _ path: [FieldPath.Element]) -> Bool {
            guard case .field? = path.last else { return path.isEmpty }
            return !object.isEmpty
        }

        private mutating func compare(_ from: Object, _ to: Object, _ path: [FieldPath.Element]) {
            for (index, entry) in from.entries.enumerated() {
                let twin = index < to.count && to.entries[index].key.hasSameBytes(as: entry.key) ? to.entries[index].value : to[entry.key]
                compare(entry.value, twin, path + [.field(entry.key)])
            }
            for (index, entry) in to.entries.enumerated() {
                if index < from.count, from.entries[index].key.hasSameBytes(as: entry.key) { continue }
                if from.index(of: entry.key) == nil { compare(nil, entry.value, path + [.field(entry.key)]) }
            }
        }

        private mutating func compare(_ from: [Value], _ to: [Value], _ path: [FieldPath.Element]) {
            if from == to { return }
            let here = FieldPath(path)
            if let left = keys.elements(of: from, at: here), let right = keys.elements(of: to, at: here) {
                let before = found.count
                compare(from, left, to, right, path)
                // The same elements in another order.
                if found.count == before { found.append(Difference(path: here, from: .array(from), to: .array(to))) }
            } else if from.count == to.count, from.allSatisfy({ $0.object != nil }), to.allSatisfy({ $0.object != nil }) {
                for index in from.indices { compare(from[index], to[index], path + [.index(index)]) }
            } else {
                found.append(Difference(path: here, from: .array(from), to: .array(to)))
            }
        }

        private mutating func compare(
            _ from: [Value], _ left: [FieldPath.Element], _ to: [Value], _ right: [FieldPath.Element], _ path: [FieldPath.Element]
        ) {
            var positions: [FieldPath.Element: Int] = [:]
            for (index, element) in right.enumerated() { positions[element] = index }
            for (index, element) in left.enumerated() {
                let twin = positions.removeValue(forKey: element)
                compare(from[index], twin.map { to[$0] }, path + [element])
            }
            for (index, element) in right.enumerated() where positions[element] != nil { compare(nil, to[index], path + [element]) }
        }
    }
}

extension Value {
    /// Without what says nothing about the wanted state.
    fileprivate var comparable: Value {
        guard case .object(let object) = self else { return self }
        var entries: [Object.Entry] = []
        entries.reserveCapacity(object.count)
        for entry in object where entry.key != "status" {
            guard entry.key == "metadata", case .object(let metadata) = entry.value else {
                entries.append(entry)
                continue
            }
            let kept = metadata.entries.filter { !Self.bookkeeping.contains($0.key) }
            entries.append(Object.Entry(key: entry.key, value: .object(Object(uniqueEntries: kept))))
        }
        return .object(Object(uniqueEntries: entries))
    }

    private static let bookkeeping: Set<String> = [
        "managedFields", "resourceVersion", "generation", "selfLink", "uid", "creationTimestamp",
    ]
}
