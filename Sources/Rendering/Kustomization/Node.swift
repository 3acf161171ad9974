// A manifest in the making: every node knows where it was written, so that overlays can change it and its lines stay right.

import StructuredData

/// A tree like ``Value``, with a place at every node.
struct Node: Sendable {
    enum Content: Sendable {
        /// Null, a boolean, a number or a text; never a list or a map.
        case scalar(Value)
        case list([Node])
        case map(Map)
    }

    var content: Content
    /// Where what stands here was written; for the value of a map's entry the place of its key. Without a file: nobody wrote it.
    var place: SourceLocation
    /// How a scalar that is no text is written where it would be written otherwise here: `1.10`, `True`.
    var spelling: String?
    /// Whether it is a text that was written without quotes as one variable: `${NAME}`.
    var isVariable = false
    var style = Style.asItStands
    /// Where stood what this took the place of, the latest first: of the base, for a field that an overlay set.
    var former: [SourceLocation] = []
    /// Nodes of one object with the same number are one to kustomize; 0: this one stands alone. See ``Twins``.
    var twins: UInt32 = 0

    /// How kustomize writes a scalar that it reads again.
    enum Style: Sendable {
        /// As in the file.
        case asItStands
        /// As a folded block: `>`.
        case folded
        /// Without quotes, so that it is a date or time.
        case time
        /// Not at all, between braces: `{a: , b: 1}`.
        case leftOut
        /// Anew, since a JSON patch went over the object: without needless quotes, and null as `null`.
        case anew
        /// As in JSON, since the object was taken out of a list: every text in quotes.
        case json
    }

    /// The place of what is made and not written.
    static let generated = SourceLocation(file: "")

    init(_ content: Content, at place: SourceLocation, former: [SourceLocation] = []) {
        self.content = content
        self.place = place
        self.former = former
    }

    /// A tree that stands at one place.
    init(_ value: Value, at place: SourceLocation = Node.generated) {
        switch value {
        case .array(let array): content = .list(array.map { Node($0, at: place) })
        case .object(let object):
            content = .map(Map(object.entries.map { Map.Entry(key: $0.key, value: Node($0.value, at: place)) }))
        default: content = .scalar(value)
        }
        self.place = place
    }

    /// The tree without its places.
    var value: Value {
        switch content {
        case .scalar(let value): value
        case .list(let list): .array(list.map(\.value))
        case .map(let map): .object(Object(uniqueEntries: map.entries.map { Object.Entry(key: $0.key, value: $0.value.value) }))
        }
    }
}

extension Node {
    var isNull: Bool { if case .scalar(.null) = content { true } else { false } }
    var string: String? { if case .scalar(.string(let text)) = content { text } else { nil } }
    var scalar: Value? { if case .scalar(let value) = content { value } else { nil } }
    var list: [Node]? { if case .list(let list) = content { list } else { nil } }
    var map: Map? { if case .map(let map) = content { map } else { nil } }
    /// `a string`, `a list`, `a map`.
    var kindName: String {
        switch content {
        case .scalar(let value): value.kindName
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// A scalar as it is written: `80`, `1.10`, `true`; nil for null, lists and maps.
    var text: String? {
        if let spelling, !isNull, string == nil { return spelling }
        return switch content {
        case .scalar(.string(let text)): text
        case .scalar(.bool(let bool)): bool ? "true" : "false"
        case .scalar(.int(let int)): String(int)
        case .scalar(.uint(let uint)): String(uint)
        case .scalar(.double(let double)): String(decoding: NumberText.json(double), as: UTF8.self)
        default: nil
        }
    }

    /// The entry of a map; nil for every other node. Set to nil it is removed; set in anything but a map, nothing happens.
    subscript(key: String) -> Node? {
        get { map?[key] }
        set {
            guard case .map(var map) = content else { return }
            content = .scalar(.null)
            map[key] = newValue
            content = .map(map)
        }
    }

    /// The node reached by keys of maps alone.
    func at(_ keys: String...) -> Node? { at(keys[...]) }

    func at(_ keys: ArraySlice<String>) -> Node? {
        guard let key = keys.first else { return self }
        guard case .map(let map) = content, let index = map.index(of: key) else { return nil }
        return map.entries[index].value.at(keys.dropFirst())
    }

    /// A text under a key, as `self[key]?.string` finds it without a copy of the node.
    func string(at key: String) -> String? {
        guard case .map(let map) = content, let index = map.index(of: key) else { return nil }
        return map.entries[index].value.string
    }

    /// The text of a scalar reached by one or two keys, as `at(…)?.text` would find it.
    func text(at key: String, _ inner: String? = nil) -> String? {
        guard case .map(let map) = content, let index = map.index(of: key) else { return nil }
        guard let inner else { return map.entries[index].value.text }
        return map.entries[index].value.text(at: inner)
    }

    /// Sets the node reached by keys of maps, making the maps on the way where `node` stands; what is no map on the way is replaced.
    mutating func set(_ node: Node?, at keys: [String]) { set(node, at: keys[...]) }

    private mutating func set(_ node: Node?, at keys: ArraySlice<String>) {
        guard let key = keys.first else {
            if let node { self = node }
            return
        }
        if keys.count == 1 {
            if map == nil, node != nil { content = .map(Map()) }
            self[key] = node
            return
        }
        guard node != nil || self[key] != nil else { return }
        if map == nil { content = .map(Map()) }
        var child = self[key] ?? Node(.map(Map()), at: node?.place ?? Node.generated)
        child.set(node, at: keys.dropFirst())
        self[key] = child
    }

    /// Puts another content here, which was written elsewhere; what stood here is remembered as its former place.
    mutating func replace(with content: Content, at place: SourceLocation) {
        if self.place != place, self.place != Node.generated {
            former.remember(self.place)
        }
        self.content = content
        self.place = place
        spelling = nil
        isVariable = false
        style = .asItStands
    }

    /// As ``replace(with:at:)`` with what another node is, also whether it is a variable and how it is written.
    mutating func replace(with node: Node) {
        replace(with: node.content, at: node.place)
        isVariable = node.isVariable
        style = node.style
    }

    /// As ``replace(with:at:)`` with a scalar.
    mutating func replace(with value: Value, at place: SourceLocation) {
        replace(with: Node(value, at: place).content, at: place)
    }

    /// Changes the elements of a list in place; false where it is no list.
    @discardableResult
    mutating func changeList<E: Error>(_ change: (inout [Node]) throws(E) -> Void) throws(E) -> Bool {
        guard case .list(var list) = content else { return false }
        content = .scalar(.null)
        defer { content = .list(list) }
        try change(&list)
        return true
    }

    /// Changes the entries of a map in place; false where it is no map.
    @discardableResult
    mutating func changeMap<E: Error>(_ change: (inout Map) throws(E) -> Void) throws(E) -> Bool {
        guard case .map(var map) = content else { return false }
        content = .scalar(.null)
        defer { content = .map(map) }
        try change(&map)
        return true
    }
}

/// The entries of a map in their order; keys are unique and compared by bytes.
struct Map: Sendable {
    struct Entry: Sendable {
        var key: String
        var value: Node
    }

    private(set) var entries: [Entry] = []
    /// Where the keys stand, of a map that is too large to be searched in a line.
    private var positions: [Key: Int]?

    /// By bytes: Swift calls different spellings of one letter equal.
    private struct Key: Hashable {
        let text: String
        static func == (left: Key, right: Key) -> Bool { left.text.hasSameBytes(as: right.text) }
        func hash(into hasher: inout Hasher) { hasher.combine(bytesOf: text) }
    }

    private static let largestSearchedInLine = 24

    init() {}

    /// - Parameter entries: with keys that differ.
    init(_ entries: [Entry]) {
        self.entries = entries
        if entries.count > Map.largestSearchedInLine { remember() }
    }

    private mutating func remember() {
        positions = Dictionary(entries.enumerated().map { (Key(text: $1.key), $0) }) { first, _ in first }
    }

    var isEmpty: Bool { entries.isEmpty }
    var keys: [String] { entries.map(\.key) }

    func index(of key: String) -> Int? {
        if let positions { return positions[Key(text: key)] }
        // Without a copy of every entry that is passed.
        return entries.indices.first { entries[$0].key.hasSameBytes(as: key) }
    }

    /// Reads, replaces in place, appends, or with nil removes.
    subscript(key: String) -> Node? {
        get { index(of: key).map { entries[$0].value } }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let node?): entries[index].value = node
            case (let index?, nil): remove(at: index)
            case (nil, let node?): insert(key, node, at: entries.count)
            case (nil, nil): break
            }
        }
    }

    /// - Parameter key: one that the map does not have.
    mutating func insert(_ key: String, _ node: Node, at index: Int) {
        entries.insert(Entry(key: key, value: node), at: index)
        if index == entries.count - 1, positions != nil {
            positions?[Key(text: key)] = index
        } else if entries.count > Map.largestSearchedInLine {
            remember()
        }
    }

    mutating func remove(at index: Int) {
        entries.remove(at: index)
        if positions != nil { remember() }
    }

    /// Changes the value at an index in place.
    mutating func change<E: Error>(at index: Int, _ change: (inout Node) throws(E) -> Void) throws(E) {
        var node = entries[index].value
        entries[index].value = Node(.null)
        defer { entries[index].value = node }
        try change(&node)
    }
}

extension [SourceLocation] {
    /// Puts in front what stood here last. Of very many the first one and the latest are kept.
    mutating func remember(_ place: SourceLocation) {
        if count >= 32 { remove(at: count - 2) }
        insert(place, at: 0)
    }
}
