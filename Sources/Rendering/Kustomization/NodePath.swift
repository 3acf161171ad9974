// A path of `replacements` and `vars`: fields with points between them, and elements of lists.

import StructuredData

/// `spec.template.spec.containers.[name=web].image`, `metadata.annotations.[a.b/c]`, `spec.ports.0.port`, `spec.rules.*.host`.
struct NodePath: CustomStringConvertible {
    enum Step {
        /// A field, or by its number an element.
        case name(String)
        /// `[name=web]`: the elements with this value in this field; `[=value]`: the elements that are it. The value is a regular expression
        /// too, that is found anywhere in the text.
        case match(field: String, value: String, pattern: CountedPattern)
        /// `*`
        case every
    }

    let description: String
    private(set) var steps: [Step]
    private let limits: BuildLimits
    private let place: SourceLocation

    /// What is longer is no path of anything that may be read.
    private static let maximumLength = 4096

    /// - Throws: ``BuildProblem`` where it is too long.
    init(_ path: PlacedText, _ limits: BuildLimits) throws(BuildProblem) {
        guard path.text.utf8.count <= NodePath.maximumLength else {
            throw BuildProblem(
                "this path has \(path.text.utf8.count) bytes; at most \(NodePath.maximumLength) are read: write a shorter one",
                at: path.place)
        }
        description = path.text
        self.limits = limits
        place = path.place
        var steps: [Step] = []
        for part in NodePath.split(path.text) { steps.append(try NodePath.step(part, limits, at: path.place)) }
        self.steps = steps
    }

    private static func step(_ part: String, _ limits: BuildLimits, at place: SourceLocation) throws(BuildProblem) -> Step {
        if part == "*" { return .every }
        guard part.hasPrefix("["), part.hasSuffix("]"), let equals = part.firstIndex(of: "=") else { return .name(part) }
        let field = part[part.index(after: part.startIndex)..<equals]
        let value = String(part[part.index(after: equals)...].dropLast())
        do throws(PatternProgram.Failure) {
            return .match(field: String(field), value: value, pattern: try CountedPattern(value, limits, at: place))
        } catch {
            throw BuildProblem(
                "\(quotedForPeople(value)) in this path is read as a regular expression and is none: \(error.reason); write \\ before a sign "
                    + "that stands for itself", at: place)
        }
    }

    /// The parts of a path: `\.` is a point inside of a part, and so is one inside of brackets.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        for piece in text.split(separator: ".", omittingEmptySubsequences: false) {
            if let last = parts.last, last.hasSuffix("\\") {
                parts[parts.count - 1] = String(last.dropLast()) + "." + piece
            } else {
                parts.append(String(piece))
            }
        }
        if parts.count > 1, parts[0].isEmpty { parts.removeFirst() }
        var result: [String] = []
        var open: String?
        for part in parts {
            if let begun = open {
                let whole = begun + "." + part
                open = part.hasSuffix("]") ? nil : whole
                if open == nil { result.append(unbracketed(whole)) }
            } else if part.hasPrefix("["), !part.hasSuffix("]") {
                open = part
            } else {
                result.append(part)
            }
        }
        if let open { result.append(unbracketed(open)) }
        return result
    }

    private static func unbracketed(_ part: String) -> String {
        part.contains("=") ? part : String(part.drop { $0 == "[" || $0 == "]" }.reversed().drop { $0 == "[" || $0 == "]" }.reversed())
    }

    /// What is left of the path behind its first steps.
    func dropFirst(_ count: Int) -> NodePath {
        var rest = self
        rest.steps.removeFirst(min(count, steps.count))
        return rest
    }

    /// The one node that the path leads to; of several elements that match the first.
    func first(in node: Node) -> Node? {
        var node = node
        for step in steps {
            guard let next = positions(step, in: node).first.flatMap({ NodePath.child(of: node, at: $0) }) else { return nil }
            node = next
        }
        return node
    }

    /// Changes all nodes that the path leads to.
    ///
    /// - Parameter fresh: what is made where the end of the path is missing; nil: nothing is made.
    /// - Returns: how many there were.
    func visit(
        _ node: inout Node, creating fresh: Node? = nil, _ body: (inout Node) throws(BuildProblem) -> Void
    ) throws(BuildProblem) -> Int {
        try visit(&node, steps[...], fresh, body)
    }

    private func visit(
        _ node: inout Node, _ rest: ArraySlice<Step>, _ fresh: Node?, _ body: (inout Node) throws(BuildProblem) -> Void
    ) throws(BuildProblem) -> Int {
        guard let step = rest.first else {
            try body(&node)
            return 1
        }
        var positions = self.positions(step, in: node)
        if positions.isEmpty, let fresh, make(step, in: &node, rest, fresh) { positions = self.positions(step, in: node) }
        var count = 0
        if node.list != nil {
            try node.changeList { (list) throws(BuildProblem) in
                for position in positions { count += try visit(&list[position], rest.dropFirst(), fresh, body) }
            }
        } else {
            try node.changeMap { (map) throws(BuildProblem) in
                for position in positions {
                    try map.change(at: position) { (child) throws(BuildProblem) in
                        count += try visit(&child, rest.dropFirst(), fresh, body)
                    }
                }
            }
        }
        return count
    }

    /// Makes what a step leads to, of the kind that the next one needs.
    private func make(_ step: Step, in node: inout Node, _ rest: ArraySlice<Step>, _ fresh: Node) -> Bool {
        var child = fresh
        if let next = rest.dropFirst().first {
            let isElement: Bool = if case .name(let name) = next { NodePath.isNumber(name) } else { true }
            child = Node(isElement ? .list([]) : .map(Map()), at: fresh.place)
        }
        switch step {
        case .name(let name):
            if let list = node.list {
                guard let index = Int(name), index == list.count else { return false }
                return node.changeList { $0.append(child) }
            }
            if node.isNull { node.content = .map(Map()) }
            guard node.map != nil else { return false }
            node[name] = child
            return true
        case .match(let field, let value, _):
            if node.isNull { node.content = .list([]) }
            let text = Node(.scalar(.string(value)), at: fresh.place)
            let element = field.isEmpty ? text : Node(.map(Map([.init(key: field, value: text)])), at: fresh.place)
            return node.changeList { $0.append(element) }
        case .every: return false
        }
    }

    private static func isNumber(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } }

    /// None once the build has become too much work, and it ends with ``BuildLimits/check()``.
    private func positions(_ step: Step, in node: Node) -> [Int] {
        switch (step, node.content) {
        case (.name(let name), .map(let map)): return map.index(of: name).map { [$0] } ?? []
        case (.name(let name), .list(let list)):
            if name == "-" { return list.isEmpty ? [] : [list.count - 1] }
            guard NodePath.isNumber(name), let index = Int(name), list.indices.contains(index) else { return [] }
            return [index]
        case (.every, .list(let list)): return limits.mayWork(20 * list.count, at: place) ? Array(list.indices) : []
        case (.match(let field, let value, let pattern), .list(let list)):
            guard limits.mayWork(30 * list.count, at: place) else { return [] }
            return list.indices.filter { index in
                let text = field.isEmpty ? list[index].text : list[index].text(at: field)
                guard let text else { return false }
                return text == value || pattern.matches(text)
            }
        default: return []
        }
    }

    private static func child(of node: Node, at position: Int) -> Node? {
        switch node.content {
        case .list(let list): list[position]
        case .map(let map): map.entries[position].value
        case .scalar: nil
        }
    }
}
