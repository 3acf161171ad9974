// A JSON patch (RFC 6902), as kustomize applies it with evanphx/json-patch v4.

import StructuredData

struct JSONPatch {
    enum Kind: String { case add, remove, replace, move, copy, test }

    struct Operation: CustomStringConvertible {
        var kind: Kind
        var path: PlacedText
        var from: PlacedText?
        /// What is left out is null.
        var value: Node?
        var place: SourceLocation
        /// `move /spec/a to /spec/b`.
        var description: String { "\(kind.rawValue) \(from.map { "\($0.text) to " } ?? "")\(path.text)" }
    }

    /// As they stand; what an operation lacks is an error where it is applied.
    private(set) var operations: [Node] = []

    /// YAML is read as kubectl reads it, where `yes` is true; a text that begins with `[` must be JSON. What stands behind the first
    /// document is not read.
    /// - Throws: ``BuildProblem`` where it is no list of operations.
    init(_ text: PatchText) throws(BuildProblem) {
        if text.bytes.first == UInt8(ascii: "[") {
            do throws(JSONError) {
                _ = try JSON.read(text.bytes)
            } catch {
                throw BuildProblem("a patch that begins with [ is read as JSON, which this is not: \(error.message)", at: text.place)
            }
        }
        guard let document = try text.documents(.kustomization).first, !document.isNull else { return }
        guard let list = document.list else {
            throw BuildProblem("a JSON patch is a list of operations, and this is \(document.kindName)", at: document.place)
        }
        if let other = list.first(where: { $0.map == nil }) {
            throw BuildProblem("an operation of a JSON patch is \(other.kindName), and must be a map with op and path", at: other.place)
        }
        operations = list
    }

    /// - Returns: the object as it is after all operations.
    /// - Throws: ``BuildProblem`` for the first one that does not fit the object.
    func applied(to object: Node, named subject: String, _ limits: BuildLimits) throws(BuildProblem) -> Node {
        var object = object
        for node in operations {
            let operation = try Operation(node)
            try operation.count(into: limits, object, subject)
            do throws(Mismatch) {
                try operation.apply(to: &object)
            } catch {
                throw BuildProblem(
                    "\(operation) does not fit \(subject): \(error.reason)", at: operation.place)
            }
        }
        return object
    }

    /// Why an operation does not fit.
    struct Mismatch: Error { var reason: String }
}

extension JSONPatch.Operation {
    init(_ node: Node) throws(BuildProblem) {
        let name = node["op"]?.text ?? ""
        guard let kind = JSONPatch.Kind(rawValue: name) else {
            throw BuildProblem(
                name.isEmpty
                    ? "an operation of a JSON patch has no op: write add, remove, replace, move, copy or test"
                    : "op is \(quotedForPeople(name)), and must be add, remove, replace, move, copy or test",
                at: node["op"]?.place ?? node.place)
        }
        guard let path = node["path"], let text = path.string else {
            throw BuildProblem("an operation of a JSON patch has no path, as /spec/replicas", at: node["path"]?.place ?? node.place)
        }
        self.kind = kind
        self.path = PlacedText(text: text, place: path.place)
        place = node.place
        value = node["value"]
        if kind == .move || kind == .copy {
            guard let from = node["from"], let text = from.string else {
                throw BuildProblem("the operation \(name) has no from, the path that it takes from", at: node["from"]?.place ?? node.place)
            }
            self.from = PlacedText(text: text, place: from.place)
        }
    }

    /// What a path leads to: the names on the way, and the last one.
    private static func split(_ path: String) throws(JSONPatch.Mismatch) -> (way: ArraySlice<String>, key: String) {
        let names = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init).map(JSONPatch.unescaped)
        guard names.count > 1, let key = names.last else {
            throw JSONPatch.Mismatch(reason: "a path begins with a slash, as /spec/replicas")
        }
        // As in the original: what stands before the first slash is not looked at.
        return (names[1..<(names.count - 1)], key)
    }

    func apply(to object: inout Node) throws(JSONPatch.Mismatch) {
        let fresh = value ?? Node(.scalar(.null), at: place)
        switch kind {
        case .add: try Self.change(path.text, &object) { (node, key) throws(JSONPatch.Mismatch) in try node.add(fresh, at: key) }
        case .remove: try Self.change(path.text, &object) { (node, key) throws(JSONPatch.Mismatch) in try node.remove(key) }
        case .replace: try replace(in: &object, with: fresh)
        case .test: try test(object, fresh)
        case .move:
            let from = from?.text ?? ""
            var taken: Node?
            try Self.change(from, &object) { (node, key) throws(JSONPatch.Mismatch) in
                taken = try node.entry(key)
                try node.remove(key)
            }
            let node = taken ?? Node(.scalar(.null), at: place)
            try Self.change(path.text, &object) { (parent, key) throws(JSONPatch.Mismatch) in try parent.add(node, at: key) }
        case .copy:
            let from = from?.text ?? ""
            var found: Node?
            try Self.change(from, &object) { (node, key) throws(JSONPatch.Mismatch) in found = try node.entry(key) }
            let node = found ?? Node(.scalar(.null), at: place)
            try Self.change(path.text, &object) { (parent, key) throws(JSONPatch.Mismatch) in try parent.add(node, at: key) }
        }
    }

    private func replace(in object: inout Node, with fresh: Node) throws(JSONPatch.Mismatch) {
        guard path.text.isEmpty else {
            return try Self.change(path.text, &object) { (node, key) throws(JSONPatch.Mismatch) in try node.set(fresh, at: key) }
        }
        guard fresh.map != nil else { throw JSONPatch.Mismatch(reason: "the whole object can only be replaced by a map") }
        object.replace(with: fresh.content, at: fresh.place)
    }

    private func test(_ object: Node, _ wanted: Node) throws(JSONPatch.Mismatch) {
        var found: Node? = object
        if !path.text.isEmpty {
            var copy = object
            found = nil
            try Self.change(path.text, &copy) { (node, key) throws(JSONPatch.Mismatch) in found = try node.entry(key) }
        }
        let value = found?.value ?? .null
        guard value == wanted.value else {
            let place = found.map { $0.place.line > 0 ? " (\($0.place))" : "" } ?? ""
            throw JSONPatch.Mismatch(reason: "another value stands there\(place)")
        }
    }

    /// Finds the map or list that holds what a path leads to.
    private static func change(
        _ path: String, _ object: inout Node, _ body: (inout Node, String) throws(JSONPatch.Mismatch) -> Void
    ) throws(JSONPatch.Mismatch) {
        let (way, key) = try split(path)
        try descend(way, &object) { (node) throws(JSONPatch.Mismatch) in try body(&node, key) }
    }

    private static func descend(
        _ way: ArraySlice<String>, _ node: inout Node, _ body: (inout Node) throws(JSONPatch.Mismatch) -> Void
    ) throws(JSONPatch.Mismatch) {
        guard let name = way.first else {
            if node.scalar != nil { throw JSONPatch.Mismatch(reason: "the path leads through \(node.kindName)") }
            return try body(&node)
        }
        // No copy of the node lives on while it is changed: it would be copied as a whole.
        let index = try position(of: name, in: node)
        let isList = try node.changeList { (list) throws(JSONPatch.Mismatch) in
            try descend(way.dropFirst(), &list[index], body)
        }
        if isList { return }
        try node.changeMap { (map) throws(JSONPatch.Mismatch) in
            try map.change(at: index) { (child) throws(JSONPatch.Mismatch) in try descend(way.dropFirst(), &child, body) }
        }
    }

    /// Where an entry or element that is not null stands.
    private static func position(of name: String, in node: Node) throws(JSONPatch.Mismatch) -> Int {
        guard let next = try node.entry(name), !next.isNull else {
            throw JSONPatch.Mismatch(reason: "there is no \(quotedForPeople(name)) on the way; add it first")
        }
        switch node.content {
        case .list(let list): return try JSONPatch.index(name, below: list.count)
        case .map(let map): if let index = map.index(of: name) { return index }
        case .scalar: break
        }
        throw JSONPatch.Mismatch(reason: "the path leads through \(node.kindName)")
    }
}

extension JSONPatch.Operation {
    /// Counts what the operation makes and moves before it is done.
    /// - Throws: ``BuildProblem`` where that is too much, or the object becomes too deep.
    fileprivate func count(into limits: BuildLimits, _ object: Node, _ subject: String) throws(BuildProblem) {
        try limits.add(work: 50 + path.text.utf8.count + (from?.text.utf8.count ?? 0), at: place)
        let steps = JSONPatch.names(path.text)
        // What stands beside it is shifted.
        var beside = Self.node(steps.dropLast(), in: object)?.count ?? 0
        var moved = value
        if let from {
            let steps = JSONPatch.names(from.text)
            moved = Self.node(steps[...], in: object)
            beside += Self.node(steps.dropLast(), in: object)?.count ?? 0
        }
        try limits.add(work: 2 * beside, at: place)
        guard let moved else { return }
        if kind == .test {
            let found = Self.node(steps[...], in: object)
            return try limits.add(work: 10 * (moved.size.nodes + (found?.size.nodes ?? 0)), at: place)
        }
        let size = moved.size
        try limits.add(nodes: size.nodes, at: moved.place)
        try BuildLimits.check(depth: steps.count + size.depth, subject, at: place)
    }

    /// What names lead to; nil for nothing.
    private static func node(_ names: ArraySlice<String>, in node: Node) -> Node? {
        guard let name = names.first else { return node }
        return (try? node.entry(name)).flatMap { $0 }.flatMap { Self.node(names.dropFirst(), in: $0) }
    }
}

extension JSONPatch {
    /// The names of a path; what stands before the first slash is none.
    fileprivate static func names(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init).map(unescaped)
    }

    /// `~1` is a slash, `~0` a tilde.
    fileprivate static func unescaped(_ name: String) -> String {
        guard name.contains("~") else { return name }
        var text = ""
        var rest = name[...]
        while let first = rest.first {
            if rest.hasPrefix("~1") || rest.hasPrefix("~0") {
                text += rest.hasPrefix("~1") ? "/" : "~"
                rest = rest.dropFirst(2)
            } else {
                text.append(first)
                rest = rest.dropFirst()
            }
        }
        return text
    }

    /// A negative index counts from the end.
    fileprivate static func index(_ name: String, below count: Int) throws(Mismatch) -> Int {
        guard let index = Int(name) else { throw Mismatch(reason: "\(quotedForPeople(name)) is no index of a list") }
        let position = index < 0 ? index &+ count : index
        guard position >= 0, position < count else {
            throw Mismatch(reason: "the list has \(count == 1 ? "1 element" : "\(count) elements"), and no \(name)")
        }
        return position
    }
}

extension Node {
    /// Of the entries of a map or the elements of a list.
    fileprivate var count: Int { list?.count ?? map?.entries.count ?? 0 }

    /// What a name leads to; nil where a map has no such entry.
    fileprivate func entry(_ name: String) throws(JSONPatch.Mismatch) -> Node? {
        switch content {
        case .map(let map): return map[name]
        case .list(let list): return list[try JSONPatch.index(name, below: list.count)]
        case .scalar: throw JSONPatch.Mismatch(reason: "the path leads through \(kindName)")
        }
    }

    /// Sets an entry of a map, or puts in an element before the one at an index; `-` is the end.
    fileprivate mutating func add(_ node: Node, at name: String) throws(JSONPatch.Mismatch) {
        if map != nil { return put(node, name) }
        try changeList { (list) throws(JSONPatch.Mismatch) in
            let index = name == "-" ? list.count : try JSONPatch.index(name, below: list.count + 1)
            list.insert(node, at: index)
        }
    }

    /// Sets an entry of a map, whether it is there or not, or an element that is there.
    fileprivate mutating func set(_ node: Node, at name: String) throws(JSONPatch.Mismatch) {
        if map != nil { return put(node, name) }
        try changeList { (list) throws(JSONPatch.Mismatch) in
            let index = try JSONPatch.index(name, below: list.count)
            list[index].replace(with: node)
        }
    }

    private mutating func put(_ node: Node, _ name: String) {
        guard var old = self[name] else {
            self[name] = node
            return
        }
        old.replace(with: node)
        self[name] = old
    }

    fileprivate mutating func remove(_ name: String) throws(JSONPatch.Mismatch) {
        if let map {
            guard map.index(of: name) != nil else { throw JSONPatch.Mismatch(reason: "there is no \(quotedForPeople(name)) to remove") }
            self[name] = nil
            return
        }
        try changeList { (list) throws(JSONPatch.Mismatch) in list.remove(at: try JSONPatch.index(name, below: list.count)) }
    }
}
