// What differs between two versions of an object, as three sets of fields.

import StructuredData

struct Comparison {
    var added = OwnedFields()
    var modified = OwnedFields()
    var removed = OwnedFields()

    var isSame: Bool { added.isEmpty && modified.isEmpty && removed.isEmpty }

    /// What is changed or new.
    var written: OwnedFields { modified.union(added) }

    /// Without the paths of `ignored` and all that is below them.
    func excluding(_ ignored: OwnedFields) -> Comparison {
        if ignored.isEmpty { return self }
        return Comparison(
            added: added.subtractingBelow(ignored), modified: modified.subtractingBelow(ignored),
            removed: removed.subtractingBelow(ignored))
    }
}

/// A node's comparison: whether the node itself was added, modified or removed, and what is below it.
private struct NodeComparison {
    var isAdded = false
    var isModified = false
    var isRemoved = false
    var below = Comparison()

    mutating func insert(_ element: PathElement, _ node: NodeComparison) {
        below.added.insert(element, isMember: node.isAdded, below: node.below.added)
        below.modified.insert(element, isMember: node.isModified, below: node.below.modified)
        below.removed.insert(element, isMember: node.isRemoved, below: node.below.removed)
    }
}

extension Schema {
    func compare(_ old: Value, _ new: Value, _ shape: Shape) -> Comparison { compareNode(old, new, shape).below }

    private func compareNode(_ old: Value?, _ new: Value?, _ shape: Shape) -> NodeComparison {
        var node = NodeComparison()
        if let old, let new, old == new { return node }
        var isLeaf = false
        if new == nil {
            isLeaf = compareAtom(atom(shape, for: old), old, new, &node)
        } else if old == nil {
            isLeaf = compareAtom(atom(shape, for: new), old, new, &node)
        } else {
            let left = atom(shape, for: old)
            let right = atom(shape, for: new)
            switch (left, right) {
            case (.map, .map), (.list, .list), (.scalar, .scalar): break
            default: _ = compareAtom(left, old, new, &node)
            }
            isLeaf = compareAtom(right, old, new, &node)
        }
        if !isLeaf {
            if old == nil { node.isAdded = true } else if new == nil { node.isRemoved = true }
        }
        return node
    }

    /// - Returns: whether the node was treated as one leaf.
    private func compareAtom(_ atom: Atom, _ old: Value?, _ new: Value?, _ node: inout NodeComparison) -> Bool {
        func leaf() -> Bool {
            if old == nil {
                node.isAdded = true
            } else if new == nil {
                node.isRemoved = true
            } else if old != new {
                node.isModified = true
            }
            return true
        }
        switch atom {
        case .scalar: return leaf()
        case .list(let list):
            let left = old?.array ?? []
            let right = new?.array ?? []
            if list.kind == .atomic || left.isEmpty && right.isEmpty { return leaf() }
            compareItems(list, left, right, &node)
            return false
        case .map(let map):
            let left = old?.object ?? Object()
            let right = new?.object ?? Object()
            if map.isAtomic || left.isEmpty && right.isEmpty { return leaf() }
            for entry in left {
                let child = childShape(entry.key, of: map) ?? self[deduced]
                node.insert(.field(entry.key), compareNode(entry.value, right[entry.key], child))
            }
            for entry in right where left[entry.key] == nil {
                let child = childShape(entry.key, of: map) ?? self[deduced]
                node.insert(.field(entry.key), compareNode(nil, entry.value, child))
            }
            return false
        }
    }

    private func compareItems(_ list: Shape.List, _ old: [Value], _ new: [Value], _ node: inout NodeComparison) {
        let left = NamedItems(old, list, self)
        let right = NamedItems(new, list, self)
        let shape = self[list.element]
        for element in left.order + right.order.filter({ left[$0] == nil }) {
            let before = left[element] ?? []
            let after = right[element] ?? []
            switch (before.count, after.count) {
            case (0...1, 0...1): node.insert(element, compareNode(before.first, after.first, shape))
            case (2..., 2...):
                if before != after { node.insert(element, NodeComparison(isModified: true)) }
            case (2..., _):
                if let first = after.first { node.insert(element, compareNode(nil, first, shape)) }
                node.insert(element, NodeComparison(isRemoved: true))
            default:
                if let first = before.first { node.insert(element, compareNode(first, nil, shape)) }
                node.insert(element, NodeComparison(isAdded: true))
            }
        }
    }
}

/// The items of an associative list by their element; items that cannot be named are left out.
struct NamedItems {
    private(set) var order: [PathElement] = []
    private var items: [(element: PathElement, values: [Value])] = []

    init(_ values: [Value], _ list: Shape.List, _ schema: Schema) {
        for value in values {
            guard let element = try? schema.element(of: value, in: list).get() else { continue }
            if let index = items.firstIndex(where: { $0.element == element }) {
                items[index].values.append(value)
            } else {
                items.append((element, [value]))
                order.append(element)
            }
        }
    }

    subscript(element: PathElement) -> [Value]? { items.first { $0.element == element }?.values }
}
