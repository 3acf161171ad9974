// Which field of which kinds a transformer is about, as kustomize's configurations spell it.

import KubernetesModel
import StructuredData

/// `{group, version, kind, path, create}`: empty group, version or kind stand for any; a path is `spec/template/metadata/labels`, with `[]`
/// behind a field that is a list and `\/` for a slash inside of a name.
struct FieldSpec: Sendable, Equatable {
    var group = ""
    var version = ""
    var kind = ""
    let path: [String]
    private let steps: [Step]
    /// Whether what is missing on the way is made; never below a list.
    var create = false

    init(_ path: String, group: String = "", version: String = "", kind: String = "", create: Bool = false) {
        self.group = group
        self.version = version
        self.kind = kind
        self.path = FieldSpec.split(path)
        steps = self.path.map(Step.init)
        self.create = create
    }

    /// The names of a path, with `\/` read as a slash.
    static func split(_ path: String) -> [String] {
        var names: [String] = []
        var name = ""
        var isEscaped = false
        for character in path.unicodeScalars {
            if isEscaped {
                if character != "/" { name.unicodeScalars.append("\\") }
                name.unicodeScalars.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "/" {
                names.append(name)
                name = ""
            } else {
                name.unicodeScalars.append(character)
            }
        }
        if isEscaped { name.unicodeScalars.append("\\") }
        names.append(name)
        return names.filter { !$0.isEmpty }
    }

    /// For messages.
    var shown: String { path.isEmpty ? "a field without a path" : path.joined(separator: "/") }

    func matches(_ type: GroupVersionKind) -> Bool {
        (group.isEmpty || group.hasSameBytes(as: type.group)) && (version.isEmpty || version.hasSameBytes(as: type.version))
            && (kind.isEmpty || kind.hasSameBytes(as: type.kind))
    }

    /// Calls `body` with every node that the path leads to. Lists on the way are walked through whether the path says `[]` or not;
    /// a null on the way ends it.
    ///
    /// - Parameter fresh: what is made at the end of the path where it is missing and `create` says so; nil: nothing is made.
    /// - Throws: ``BuildProblem`` where a scalar stands on the way or a step names no field, and what `body` throws.
    func visit(
        _ node: inout Node, creating fresh: Node? = nil, _ body: (inout Node) throws(BuildProblem) -> Void
    ) throws(BuildProblem) {
        try BuildLimits.check(depth: path.count, "the path \(path.prefix(3).joined(separator: "/"))…", at: fresh?.place ?? node.place)
        try visit(&node, steps[...], fresh, body)
    }

    /// One step of a path, as a visit needs it: many objects are visited by one path.
    private struct Step: Sendable, Equatable {
        /// As it is written.
        var text: String
        var name: String
        /// Whether it says that the field is a list: `[]` behind it.
        var isSequence: Bool
        /// Whether it can name a field of a map: `*`, `-`, a number and `[name=web]` do not, as they choose elements for kustomize.
        var isName: Bool

        init(_ text: String) {
            self.text = text
            isSequence = text.hasSuffix("[]")
            name = Step.trimmed(isSequence ? text.dropLast(2) : text[...])
            isName =
                !(name.isEmpty || name == "*" || name == "-" || Int(name) != nil || name.hasPrefix("[") && name.hasSuffix("]"))
        }

        private static func trimmed(_ text: Substring) -> String {
            let start = text.drop { $0.isWhitespace }
            return String(String(start.reversed().drop { $0.isWhitespace }.reversed()))
        }
    }

    private func visit(
        _ node: inout Node, _ rest: ArraySlice<Step>, _ fresh: Node?, _ body: (inout Node) throws(BuildProblem) -> Void
    ) throws(BuildProblem) {
        guard let step = rest.first else { return try body(&node) }
        if node.isNull { return }
        let isList = try node.changeList { (list) throws(BuildProblem) in
            for index in list.indices { try visit(&list[index], rest, fresh, body) }
        }
        if isList { return }
        let (name, isSequence) = (step.name, step.isSequence)
        let isLast = rest.count == 1
        if !step.isName, node.map != nil {
            throw BuildProblem(
                "the path \(path.joined(separator: "/")) leads to this map with \(quotedForPeople(step.text)), which names no field of it: write the "
                    + "field's name; elements of lists need no step, all are visited", at: node.place)
        }
        let isMap = try node.changeMap { (map) throws(BuildProblem) in
            if map.index(of: name) == nil {
                guard create, !isSequence, let fresh else { return }
                map[name] = isLast ? fresh : Node(.map(Map()), at: fresh.place)
            }
            guard let index = map.index(of: name) else { return }
            try map.change(at: index) { (child) throws(BuildProblem) in
                if child.isNull {
                    // As kustomize does it: a null becomes what the path takes it for; a scalar is set by who sets its value.
                    if isSequence {
                        child.content = .list([])
                    } else if create, let fresh, !isLast || fresh.map != nil {
                        child.content = .map(Map())
                    }
                }
                try visit(&child, rest.dropFirst(), fresh, body)
            }
        }
        guard isMap else {
            throw BuildProblem(
                "the path \(path.joined(separator: "/")) leads through \(node.kindName), where a map or a list is expected; correct the object, or the path",
                at: node.place)
        }
    }
}
