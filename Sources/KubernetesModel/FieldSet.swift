// Sets of fields, as managedFields carries them (FieldsV1), with their algebra.

package import StructuredData

/// A set of field paths (structured-merge-diff's `fieldpath.Set`): a tree whose nodes may themselves be members (the entry `.`).
///
/// The root is never a member: nobody owns "the whole object". Paths are compared by their bytes, list keys and set values as
/// the server compares them (`80` and `80.0` are one value).
package struct FieldSet: Sendable {
    struct Node: Sendable {
        var element: FieldPath.Element
        var isMember: Bool
        var children: FieldSet
    }

    /// Strictly ascending by element; each is a member or has children.
    var nodes: [Node] = []

    package init() {}

    init(nodes: [Node]) { self.nodes = nodes }

    /// The set of these paths; the root path is ignored.
    package init(_ paths: some Sequence<FieldPath>) {
        for path in paths { insert(path) }
    }

    package var isEmpty: Bool { nodes.isEmpty }

    /// How many members there are, at all depths.
    package var count: Int {
        nodes.reduce(0) { $0 + ($1.isMember ? 1 : 0) + $1.children.count }
    }

    /// Whether this very path is a member (not only an ancestor or descendant of one).
    package func contains(_ path: FieldPath) -> Bool {
        node(at: path.elements[...])?.isMember ?? false
    }

    /// Whether this path or a path below it is a member.
    package func containsAnything(at path: FieldPath) -> Bool {
        path.isRoot ? !isEmpty : node(at: path.elements[...]) != nil
    }

    /// The members below `path`, as paths that start there; `path` itself is left out.
    package func subset(below path: FieldPath) -> FieldSet {
        path.isRoot ? self : node(at: path.elements[...])?.children ?? FieldSet()
    }

    /// Makes this path a member; its ancestors do not become members. The root path is ignored.
    package mutating func insert(_ path: FieldPath) { insert(path.elements[...]) }

    /// Removes this path and, if asked, all below it. With the root path and `andBelow` nothing is left.
    package mutating func remove(_ path: FieldPath, andBelow: Bool = false) {
        if path.isRoot {
            if andBelow { nodes = [] }
        } else {
            remove(path.elements[...], andBelow: andBelow)
        }
    }

    /// All members, in order, parents before children.
    package var paths: [FieldPath] {
        var found: [FieldPath] = []
        collect(into: &found, prefix: [], leavesOnly: false)
        return found
    }

    /// The members that have no member below them, in order.
    package var leaves: [FieldPath] {
        var found: [FieldPath] = []
        collect(into: &found, prefix: [], leavesOnly: true)
        return found
    }
}

extension FieldSet {
    /// What is in either set.
    package func union(_ other: FieldSet) -> FieldSet {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return combined(with: other, keepingLeft: true, keepingRight: true) { left, right in
            Node(
                element: left.element, isMember: left.isMember || right.isMember,
                children: left.children.union(right.children))
        }
    }

    /// What is in both sets.
    package func intersection(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return FieldSet() }
        return combined(with: other, keepingLeft: false, keepingRight: false) { left, right in
            Node(
                element: left.element, isMember: left.isMember && right.isMember,
                children: left.children.intersection(right.children))
        }
    }

    /// What is in this set and not in the other, path by path: taking away a parent leaves its children.
    package func subtracting(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return self }
        return combined(with: other, keepingLeft: true, keepingRight: false) { left, right in
            Node(
                element: left.element, isMember: left.isMember && !right.isMember,
                children: left.children.subtracting(right.children))
        }
    }

    /// What is in this set, neither in the other nor below a member of the other.
    package func subtractingRecursively(_ other: FieldSet) -> FieldSet {
        if isEmpty || other.isEmpty { return self }
        return combined(with: other, keepingLeft: true, keepingRight: false) { left, right in
            right.isMember
                ? Node(element: left.element, isMember: false, children: FieldSet())
                : Node(
                    element: left.element, isMember: left.isMember,
                    children: left.children.subtractingRecursively(right.children))
        }
    }

    /// Whether every member of this set is a member of the other.
    package func isSubset(of other: FieldSet) -> Bool { subtracting(other).isEmpty }

    /// Whether no path is a member of both.
    package func isDisjoint(with other: FieldSet) -> Bool { intersection(other).isEmpty }

    private func combined(
        with other: FieldSet, keepingLeft: Bool, keepingRight: Bool, _ join: (Node, Node) -> Node
    ) -> FieldSet {
        var result: [Node] = []
        result.reserveCapacity(keepingRight ? max(nodes.count, other.nodes.count) : nodes.count)
        var (left, right) = (nodes[...], other.nodes[...])
        while let l = left.first, let r = right.first {
            switch FieldElementOrder.compare(l.element, r.element) {
            case .before:
                if keepingLeft { result.append(l) }
                left.removeFirst()
            case .after:
                if keepingRight { result.append(r) }
                right.removeFirst()
            case .same:
                let node = join(l, r)
                if node.isMember || !node.children.isEmpty { result.append(node) }
                left.removeFirst()
                right.removeFirst()
            }
        }
        if keepingLeft { result.append(contentsOf: left) }
        if keepingRight { result.append(contentsOf: right) }
        return FieldSet(nodes: result)
    }
}

extension FieldSet: Equatable {
    /// The same members.
    package static func == (left: FieldSet, right: FieldSet) -> Bool {
        guard left.nodes.count == right.nodes.count else { return false }
        for (l, r) in zip(left.nodes, right.nodes) {
            guard l.isMember == r.isMember, FieldElementOrder.compare(l.element, r.element) == .same,
                l.children == r.children
            else { return false }
        }
        return true
    }
}

extension FieldSet: CustomStringConvertible {
    /// One path a line, as people read them.
    package var description: String { paths.map(\.description).joined(separator: "\n") }
}

extension FieldSet {
    /// Where `element` stands, or where it would have to be inserted.
    func position(of element: FieldPath.Element) -> (index: Int, found: Bool) {
        var (low, high) = (0, nodes.count)
        while low < high {
            let middle = low + (high - low) / 2
            switch FieldElementOrder.compare(nodes[middle].element, element) {
            case .before: low = middle + 1
            case .after: high = middle
            case .same: return (middle, true)
            }
        }
        return (low, false)
    }

    private func node(at path: ArraySlice<FieldPath.Element>) -> Node? {
        guard let first = path.first else { return nil }
        let (index, found) = position(of: first)
        guard found else { return nil }
        return path.count == 1 ? nodes[index] : nodes[index].children.node(at: path.dropFirst())
    }

    private mutating func insert(_ path: ArraySlice<FieldPath.Element>) {
        guard let first = path.first else { return }
        let (index, found) = position(of: first)
        if !found { nodes.insert(Node(element: first, isMember: false, children: FieldSet()), at: index) }
        if path.count == 1 {
            nodes[index].isMember = true
        } else {
            nodes[index].children.insert(path.dropFirst())
        }
    }

    private mutating func remove(_ path: ArraySlice<FieldPath.Element>, andBelow: Bool) {
        guard let first = path.first else { return }
        let (index, found) = position(of: first)
        guard found else { return }
        if path.count > 1 {
            nodes[index].children.remove(path.dropFirst(), andBelow: andBelow)
        } else {
            nodes[index].isMember = false
            if andBelow { nodes[index].children = FieldSet() }
        }
        if !nodes[index].isMember && nodes[index].children.isEmpty { nodes.remove(at: index) }
    }

    private func collect(into found: inout [FieldPath], prefix: [FieldPath.Element], leavesOnly: Bool) {
        for node in nodes {
            let path = prefix + [node.element]
            if node.isMember && !(leavesOnly && !node.children.isEmpty) { found.append(FieldPath(path)) }
            node.children.collect(into: &found, prefix: path, leavesOnly: leavesOnly)
        }
    }
}
