// Reaching into a tree by FieldPath: looking up, setting and removing what managedFields and JSON pointers name.

extension Value {
    /// The node at `path`; nil as soon as one step leads nowhere.
    ///
    /// `.key` finds the list element whose fields have these values, `.value` the list element that equals the value.
    /// - Parameter lenient: whether `.key` also finds an element that leaves some, but not all, of the key fields to their defaults.
    package func value(at path: FieldPath, lenient: Bool = false) -> Value? {
        var node = self
        for element in path.elements {
            guard let position = node.position(of: element, lenient: lenient), let next = node.child(at: position) else { return nil }
            node = next
        }
        return node
    }

    /// Sets the node at `path`, making what is missing on the way: maps for fields, lists for keys, values and indexes.
    ///
    /// A missing list element is appended, with its key fields; an index beyond the end appends. A node on the way of
    /// another kind is replaced.
    package mutating func set(_ value: Value, at path: FieldPath) { set(value, at: path.elements[...]) }

    /// Removes the node at `path`; nothing happens when it is not there.
    /// - Returns: what was removed.
    @discardableResult
    package mutating func remove(at path: FieldPath) -> Value? { remove(at: path.elements[...]) }

    /// The index of the list element that `element` names; also where the list leaves some of its keys to their defaults.
    package func index(of element: FieldPath.Element) -> Int? { array == nil ? nil : position(of: element, lenient: true) }

    /// The position of the child that `element` names among this node's entries or elements.
    ///
    /// - Parameter lenient: whether a list element also matches that lacks some, but not all, of the key fields.
    func position(of element: FieldPath.Element, lenient: Bool = false) -> Int? {
        switch (self, element) {
        case (.object(let object), .field(let name)): return object.index(of: name)
        case (.array(let array), .index(let index)): return array.indices.contains(index) ? index : nil
        case (.array(let array), .value(let json)):
            guard let wanted = FieldPath.value(ofJSON: json) else { return nil }
            return array.firstIndex { $0 == wanted }
        case (.array(let array), .key(let fields)):
            let wanted = fields.map { (name: $0.name, value: FieldPath.value(ofJSON: $0.json)) }
            if let exact = array.firstIndex(where: { element in wanted.allSatisfy { $0.value != nil && element[$0.name] == $0.value } }) {
                return exact
            }
            guard lenient else { return nil }
            return array.firstIndex { element in
                wanted.contains { element[$0.name] != nil }
                    && wanted.allSatisfy { element[$0.name] == nil || element[$0.name] == $0.value }
            }
        default: return nil
        }
    }

    private func child(at position: Int) -> Value? {
        switch self {
        case .object(let object): object.entries[position].value
        case .array(let array): array[position]
        default: nil
        }
    }

    private mutating func set(_ value: Value, at path: ArraySlice<FieldPath.Element>) {
        guard let element = path.first else {
            self = value
            return
        }
        let rest = path.dropFirst()
        let found = position(of: element)
        switch element {
        case .field(let name):
            var object = self.object ?? Object()
            self = .null
            object.mutate(found, orAppend: name) { $0.set(value, at: rest) }
            self = .object(object)
        case .key, .value, .index:
            var array = self.array ?? []
            self = .null
            if let found {
                array[found].set(value, at: rest)
            } else {
                var fresh = element.freshElement
                fresh.set(value, at: rest)
                array.append(fresh)
            }
            self = .array(array)
        }
    }

    private mutating func remove(at path: ArraySlice<FieldPath.Element>) -> Value? {
        guard let element = path.first, let found = position(of: element) else { return nil }
        let rest = path.dropFirst()
        switch self {
        case .object(var object):
            self = .null
            defer { self = .object(object) }
            return rest.isEmpty ? object.remove(at: found).value : object.mutate(found, orAppend: "") { $0.remove(at: rest) }
        case .array(var array):
            self = .null
            defer { self = .array(array) }
            return rest.isEmpty ? array.remove(at: found) : array[found].remove(at: rest)
        default: return nil
        }
    }
}

extension FieldPath.Element {
    /// What a list element is that is made because a path names it.
    fileprivate var freshElement: Value {
        switch self {
        case .key(let fields):
            var object = Object()
            for field in fields { object[field.name] = FieldPath.value(ofJSON: field.json) }
            return .object(object)
        case .value(let json): return FieldPath.value(ofJSON: json) ?? .null
        case .field, .index: return .null
        }
    }
}

extension FieldPath {
    /// The value of a key field or set element, which are written as JSON; nil when it is no JSON.
    static func value(ofJSON json: String) -> Value? { try? JSON.read(Array(json.utf8)) }
}
