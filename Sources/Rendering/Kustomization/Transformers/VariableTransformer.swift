// `vars`: `$(NAME)` in the fields that may hold one, replaced when all names are what they will be.

import KubernetesModel
import StructuredData

/// Source of the rules: kustomize's `refvar` filter.
struct VariableTransformer: Transformer {
    let variables: [VariableArguments]

    /// Remembers from which object a variable takes its value, by the name that the object has now.
    /// - Throws: ``BuildProblem`` where several could be meant.
    static func mark(_ variable: VariableArguments, in set: inout ResourceSet) throws(BuildProblem) {
        let slash = variable.apiVersion.firstIndex(of: "/")
        let type = GroupVersionKind(
            group: slash.map { String(variable.apiVersion[..<$0]) } ?? "",
            version: slash.map { String(variable.apiVersion[variable.apiVersion.index(after: $0)...]) } ?? variable.apiVersion,
            kind: variable.kind)
        let wanted = ResourceID(type: type, name: variable.objectName.text, namespace: variable.namespace)
        let isExact = !wanted.namespace.isEmpty || wanted.isClusterScoped
        let found = set.indices(named: wanted.name) { isExact ? wanted.equals($0) : wanted.isSameKindAndName(as: $0) }
        if found.count > 1 {
            throw BuildProblem(
                "the variable \(variable.name.text) may mean several objects: "
                    + found.map { "\(set.resources[$0].id) (\(set.resources[$0].origin))" }.joined(separator: ", ")
                    + "; say more of it in objref", at: variable.place)
        }
        guard let index = found.first else { return }
        try set.change(at: index) { (resource) throws(BuildProblem) in resource.variables.append(variable.name.text) }
    }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        if variables.isEmpty { return }
        var values: [String: Value] = [:]
        var sources: [String: Resource] = [:]
        for resource in set.resources {
            for name in resource.variables where sources[name] == nil { sources[name] = resource }
        }
        let limits = context.tree.limits
        for variable in variables { values[variable.name.text] = try value(of: variable, in: sources[variable.name.text], limits) }
        for index in set.resources.indices {
            let type = set.resources[index].type
            let subject = set.resources[index].subject
            try limits.add(work: context.fields.variableReferences.count, at: set.resources[index].origin)
            func expanded(_ text: String, at place: SourceLocation) throws(BuildProblem) -> Value {
                let value = VariableTransformer.expanded(text, values)
                if let new = value.string, new.utf8.count != text.utf8.count {
                    try limits.add(textOf: new.utf8.count, "a text with variables of \(subject)", at: place)
                }
                return value
            }
            for field in context.fields.variableReferences where field.matches(type) {
                try field.visit(&set.resources[index].node) { (node) throws(BuildProblem) in try replace(&node, field, expanded) }
            }
        }
    }

    private func value(
        of variable: VariableArguments, in resource: Resource?, _ limits: BuildLimits
    ) throws(BuildProblem) -> Value? {
        let name = variable.name.text
        guard let resource else {
            throw BuildProblem(
                "the variable \(name) takes its value from \(variable.kind) \(variable.objectName.text), which is not among the "
                    + "objects; write objref as the object stands in its base",
                at: variable.place)
        }
        let path = PlacedText(text: VariableTransformer.pointed(variable.fieldPath.text), place: variable.fieldPath.place)
        let found = try NodePath(path, limits).first(in: resource.node)
        try limits.check()
        guard let node = found else {
            throw BuildProblem(
                "the variable \(name) takes its value from \(variable.fieldPath.text) of \(resource.id), which has no such field; "
                    + "correct fieldref.fieldpath, or write the field",
                at: variable.fieldPath.place)
        }
        // What is no scalar is left where it is.
        return node.isNull ? nil : node.scalar
    }

    /// `containers[0].image` as `containers.0.image`.
    private static func pointed(_ path: String) -> String {
        var text = ""
        var rest = path[...]
        while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
            let inside = rest[rest.index(after: open)..<close]
            let isIndex = !inside.isEmpty && inside.utf8.allSatisfy { (0x30...0x39).contains($0) }
            text += isIndex ? "\(rest[..<open]).\(inside)" : String(rest[...close])
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    private func replace(
        _ node: inout Node, _ field: FieldSpec, _ expanded: (String, SourceLocation) throws(BuildProblem) -> Value
    ) throws(BuildProblem) {
        switch node.content {
        case .scalar(.string(let text)): node.content = .scalar(try expanded(text, node.place))
        case .scalar: return
        case .map:
            try node.changeMap { (map) throws(BuildProblem) in
                for index in map.entries.indices {
                    try map.change(at: index) { (child) throws(BuildProblem) in
                        if let text = child.string { child.content = .scalar(try expanded(text, child.place)) }
                    }
                }
            }
        case .list:
            try node.changeList { (list) throws(BuildProblem) in
                for index in list.indices {
                    guard let text = list[index].string else {
                        throw BuildProblem(
                            "\(field.path.joined(separator: "/")) holds \(list[index].kindName); only texts can stand beside variables here",
                            at: list[index].place)
                    }
                    list[index].content = .scalar(try expanded(text, list[index].place))
                }
            }
        }
    }

    /// `$$` is a `$`; a name that is not known stays as it is; a text that is one variable takes over its type.
    static func expanded(_ text: String, _ values: [String: Value]) -> Value {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "$")) else { return .string(text) }
        var result: [UInt8] = []
        var index = 0
        var isClosed = true
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count else {
                result.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "$"):
                result.append(UInt8(ascii: "$"))
                index += 2
            case UInt8(ascii: "("):
                guard isClosed, let close = bytes[(index + 2)...].firstIndex(of: UInt8(ascii: ")")) else {
                    isClosed = false
                    result += "$(".utf8
                    index += 2
                    continue
                }
                let name = String(decoding: bytes[(index + 2)..<close], as: UTF8.self)
                let value = values[name]
                if index == 0, close == bytes.count - 1, let value { return value }
                result += value.flatMap { Node($0).text }.map { Array($0.utf8) } ?? Array(bytes[index...close])
                index = close + 1
                // Whoever uses the text says that it is too long.
                if result.count > BuildLimits.maximumTextSize { return .string(String(decoding: result, as: UTF8.self)) }
            default:
                result += bytes[index...(index + 1)]
                index += 2
            }
        }
        return .string(String(decoding: result, as: UTF8.self))
    }
}
