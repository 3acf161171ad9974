// The tree that a strategic merge patch works on: nodes that are changed where they are, as kustomize's own are.

import StructuredData

/// A node by reference. A new map or list is the patch's own node, which is then merged with itself; so what the patch does to one
/// of them it does to both.
final class MergeNode {
    enum Content {
        case scalar(Value)
        case list([MergeNode])
        case map([Entry])
    }

    struct Entry {
        let key: String
        var value: MergeNode
    }

    var content: Content
    private(set) var place: SourceLocation
    private var former: [SourceLocation]
    private let twins: UInt32
    private var isVariable = false
    private var spelling: String?
    private(set) var style = Node.Style.asItStands

    init(_ content: Content, at place: SourceLocation) {
        self.content = content
        self.place = place
        former = []
        twins = 0
    }

    init(_ node: Node) {
        switch node.content {
        case .scalar(let value): content = .scalar(value)
        case .list(let list): content = .list(list.map { MergeNode($0) })
        case .map(let map): content = .map(map.entries.map { Entry(key: $0.key, value: MergeNode($0.value)) })
        }
        place = node.place
        former = node.former
        twins = node.twins
        isVariable = node.isVariable
        spelling = node.spelling
        style = node.style
    }

    /// The tree as it is now.
    var node: Node {
        let content: Node.Content =
            switch content {
            case .scalar(let value): .scalar(value)
            case .list(let list): .list(list.map(\.node))
            case .map(let entries): .map(Map(entries.map { Map.Entry(key: $0.key, value: $0.value.node) }))
            }
        var node = Node(content, at: place, former: former)
        node.twins = twins
        node.isVariable = isVariable
        node.spelling = spelling
        node.style = style
        return node
    }

    /// Becomes what another node is, and remembers where stood what it was.
    /// - Parameter isQuoted: whether it is written in quotes, and so is what it becomes.
    func become(_ other: MergeNode, content: Content, isQuoted: Bool) {
        if place != other.place, place != Node.generated { former.remember(place) }
        // Of a scalar only the characters are taken over; they are written as those before.
        if case .scalar = self.content, !isNull {
            if other.style == .time { style = isQuoted || style == .folded ? .asItStands : .time }
            if other.style != .time, style == .time { style = .asItStands }
        } else {
            style = other.style
        }
        spelling = isQuoted ? nil : other.spelling
        self.content = content
        place = other.place
        isVariable = other.isVariable
    }

    /// Takes back the places that it had before it became something else.
    func keepPlaces(of old: Node) {
        place = old.place
        former = old.former
    }

    /// Where the value stands that was written first: its quotes stay when its text is changed.
    var firstPlace: SourceLocation { former.last ?? place }

    var isNull: Bool { if case .scalar(.null) = content { true } else { false } }
    var list: [MergeNode]? { if case .list(let list) = content { list } else { nil } }
    var entries: [Entry]? { if case .map(let entries) = content { entries } else { nil } }
    var isScalar: Bool { if case .scalar = content { true } else { false } }

    /// Null, or a map or list without anything in it.
    var isEmpty: Bool {
        switch content {
        case .scalar(let value): value.isNull
        case .list(let list): list.isEmpty
        case .map(let entries): entries.isEmpty
        }
    }

    /// What keys and values of lists are compared by; nothing for lists and maps.
    var text: String {
        guard case .scalar(let value) = content else { return "" }
        return value.isNull ? "null" : Node(.scalar(value), at: place).text ?? ""
    }

    var kindName: String { node.kindName }

    /// The entry of a map.
    func field(_ key: String) -> MergeNode? { entries?.first { $0.key.hasSameBytes(as: key) }?.value }

    func removeField(_ key: String) {
        guard case .map(var entries) = content else { return }
        entries.removeAll { $0.key.hasSameBytes(as: key) }
        content = .map(entries)
    }

    func append(_ element: MergeNode) {
        guard case .list(var list) = content else { return }
        list.append(element)
        content = .list(list)
    }
}
