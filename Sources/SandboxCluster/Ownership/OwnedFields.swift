// A set of field paths as a tree: what one manager owns, and what two objects differ in.

import StructuredData

/// A set of paths. An entry is a path's next element, whether the path that ends there is a member, and what is below.
struct OwnedFields: Sendable {
    struct Entry: Sendable {
        var element: PathElement
        var isMember: Bool
        var below: OwnedFields
    }

    /// Sorted by element; no entry is neither member nor parent of one.
    private(set) var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    init() {}

    init(path: [PathElement]) { insert(path[...]) }

    init(fields: String...) { insert(fields.map { .field($0) }[...]) }

    private func position(of element: PathElement) -> (index: Int, found: Bool) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            switch entries[middle].element.compare(element) {
            case 0: return (middle, true)
            case ..<0: low = middle + 1
            default: high = middle
            }
        }
        return (low, false)
    }

    /// Adds an entry, joining it with one of the same element.
    mutating func insert(_ element: PathElement, isMember: Bool, below: OwnedFields = OwnedFields()) {
        guard isMember || !below.isEmpty else { return }
        let (index, found) = position(of: element)
        if found {
            entries[index].isMember = entries[index].isMember || isMember
            if !below.isEmpty { entries[index].below = entries[index].below.union(below) }
        } else {
            entries.insert(Entry(element: element, isMember: isMember, below: below), at: index)
        }
    }

    private mutating func insert(_ path: ArraySlice<PathElement>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            insert(first, isMember: true)
        } else {
            var below = OwnedFields()
            below.insert(path.dropFirst())
            insert(first, isMember: false, below: below)
        }
    }

    func contains(_ path: [PathElement]) -> Bool {
        guard let first = path.first else { return false }
        let (index, found) = position(of: first)
        guard found else { return false }
        return path.count == 1 ? entries[index].isMember : entries[index].below.contains(Array(path.dropFirst()))
    }

    func entry(_ element: PathElement) -> Entry? {
        let (index, found) = position(of: element)
        return found ? entries[index] : nil
    }

    /// Members, as the server lists them: those of one level before those below.
    var paths: [[PathElement]] {
        var all: [[PathElement]] = []
        collect(into: &all, prefix: [])
        return all
    }

    private func collect(into all: inout [[PathElement]], prefix: [PathElement]) {
        for entry in entries where entry.isMember { all.append(prefix + [entry.element]) }
        for entry in entries where !entry.below.isEmpty { entry.below.collect(into: &all, prefix: prefix + [entry.element]) }
    }

    /// Walks both sets in order.
    private func zipped(_ other: OwnedFields, _ body: (PathElement, Entry?, Entry?) -> Void) {
        var left = entries[...]
        var right = other.entries[...]
        while let a = left.first, let b = right.first {
            switch a.element.compare(b.element) {
            case 0:
                body(a.element, a, b)
                left.removeFirst()
                right.removeFirst()
            case ..<0:
                body(a.element, a, nil)
                left.removeFirst()
            default:
                body(b.element, nil, b)
                right.removeFirst()
            }
        }
        for entry in left { body(entry.element, entry, nil) }
        for entry in right { body(entry.element, nil, entry) }
    }

    private mutating func append(_ element: PathElement, _ isMember: Bool, _ below: OwnedFields) {
        if isMember || !below.isEmpty { entries.append(Entry(element: element, isMember: isMember, below: below)) }
    }

    func union(_ other: OwnedFields) -> OwnedFields {
        if isEmpty { return other }
        if other.isEmpty { return self }
        var result = OwnedFields()
        zipped(other) { element, left, right in
            if let left, let right {
                result.append(element, left.isMember || right.isMember, left.below.union(right.below))
            } else if let only = left ?? right {
                result.entries.append(only)
            }
        }
        return result
    }

    func intersection(_ other: OwnedFields) -> OwnedFields {
        if isEmpty || other.isEmpty { return OwnedFields() }
        var result = OwnedFields()
        zipped(other) { element, left, right in
            guard let left, let right else { return }
            result.append(element, left.isMember && right.isMember, left.below.intersection(right.below))
        }
        return result
    }

    /// The members that are not members of `other`.
    func subtracting(_ other: OwnedFields) -> OwnedFields {
        if isEmpty || other.isEmpty { return self }
        var result = OwnedFields()
        zipped(other) { element, left, right in
            guard let left else { return }
            if let right {
                result.append(element, left.isMember && !right.isMember, left.below.subtracting(right.below))
            } else {
                result.entries.append(left)
            }
        }
        return result
    }

    /// The members that are neither members of `other` nor below one.
    func subtractingBelow(_ other: OwnedFields) -> OwnedFields {
        if isEmpty || other.isEmpty { return self }
        var result = OwnedFields()
        zipped(other) { element, left, right in
            guard let left else { return }
            guard let right else { return result.entries.append(left) }
            if right.isMember { return }
            result.append(element, left.isMember, left.below.subtractingBelow(right.below))
        }
        return result
    }
}

extension OwnedFields: Equatable {
    static func == (left: OwnedFields, right: OwnedFields) -> Bool {
        left.entries.count == right.entries.count
            && zip(left.entries, right.entries).allSatisfy {
                $0.isMember == $1.isMember && $0.element == $1.element && $0.below == $1.below
            }
    }
}

extension OwnedFields {
    /// The value of managedFields' `fieldsV1`.
    var fieldsV1: Value {
        .object(
            Object(
                uniqueEntries: entries.map { entry in
                    guard !entry.below.isEmpty else { return Object.Entry(key: entry.element.fieldsV1Key, value: .object(Object())) }
                    var below = entry.below.fieldsV1.object ?? Object()
                    if entry.isMember {
                        below = Object(uniqueEntries: [Object.Entry(key: ".", value: .object(Object()))] + below.entries)
                    }
                    return Object.Entry(key: entry.element.fieldsV1Key, value: .object(below))
                }))
    }

    /// Reads `fieldsV1`; nil when it is no object or has a malformed key. Elements of an unknown kind are left out.
    init?(fieldsV1 value: Value) {
        guard let object = value.object else { return nil }
        for entry in object where entry.key != "." {
            guard entry.key.utf8.count >= 2, entry.key.utf8.dropFirst().first == UInt8(ascii: ":") else { return nil }
            guard let element = PathElement(fieldsV1Key: entry.key) else { continue }
            guard let child = entry.value.object, let below = OwnedFields(fieldsV1: entry.value) else { return nil }
            insert(element, isMember: child.isEmpty || child["."] != nil || below.isEmpty, below: below)
        }
    }
}
