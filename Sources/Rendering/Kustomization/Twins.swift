// Labels and annotations that are set in several places of an object at once stay one thing, as they do in kustomize.

import StructuredData

/// Where kustomize makes a label or an annotation in several places of an object, it puts one node into all of them. Who changes it in
/// one place later changes it in all: an overlay's `labels` without selectors, or a patch of `metadata.labels`, also changes the
/// selector that the base's `commonLabels` made. A JSON patch makes them separate nodes again.
///
/// Here every such node has a number, and after each step what was changed in one place is changed in the others.
struct Twins: Sendable {
    /// What the nodes of each number were at the end of the last step.
    private var known: [UInt32: Node] = [:]
    private var last: UInt32 = 0

    mutating func newNumber() -> UInt32 {
        last &+= 1
        return last
    }

    /// From now on the nodes with this number are one.
    mutating func begin(_ node: Node) { known[node.twins] = node }

    /// What is there is separate from now on.
    mutating func forget() { known = [:] }

    /// Brings what was changed in one place to the others.
    mutating func settle(_ root: inout Node) {
        if known.isEmpty { return }
        var changed: [UInt32: Node] = [:]
        collectChanges(root, &changed)
        if changed.isEmpty { return }
        Twins.spread(changed, &root)
        known.merge(changed) { _, new in new }
    }

    private func collectChanges(_ node: Node, _ changed: inout [UInt32: Node]) {
        if node.twins != 0, let twin = known[node.twins], twin.place != node.place || twin.scalar != node.scalar {
            changed[node.twins] = node
        }
        switch node.content {
        case .scalar: break
        case .list(let list): for element in list { collectChanges(element, &changed) }
        case .map(let map): for entry in map.entries { collectChanges(entry.value, &changed) }
        }
    }

    private static func spread(_ changed: [UInt32: Node], _ node: inout Node) {
        if node.twins != 0, let twin = changed[node.twins], twin.place != node.place || twin.scalar != node.scalar {
            node.replace(with: twin)
        }
        node.changeList { list in
            for index in list.indices { spread(changed, &list[index]) }
        }
        node.changeMap { map in
            for index in map.entries.indices { map.change(at: index) { spread(changed, &$0) } }
        }
    }
}

extension Resource {
    mutating func settleTwins() { twins.settle(&node) }
}

extension Node {
    /// The tree of a node, none of it one with anything else.
    var alone: Node {
        var copy = self
        copy.twins = 0
        copy.changeList { list in
            for index in list.indices { list[index] = list[index].alone }
        }
        copy.changeMap { map in
            for index in map.entries.indices { map.change(at: index) { $0 = $0.alone } }
        }
        return copy
    }
}
