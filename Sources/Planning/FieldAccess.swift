// Reading and removing the field that a path names, in a tree.

import KubernetesModel
import StructuredData

extension Value {
    /// The node at `path`; nil where it leads nowhere.
    func value(at path: FieldPath) -> Value? {
        var node = self
        for element in path.elements {
            switch (element, node) {
            case (.field(let name), .object(let object)):
                guard let next = object[name] else { return nil }
                node = next
            case (_, .array(let list)):
                guard let index = ListKeys.index(of: element, in: list) else { return nil }
                node = list[index]
            default: return nil
            }
        }
        return node
    }

    /// Takes the node at `path` away, and nothing else; an element of a list closes the gap.
    mutating func remove(_ path: FieldPath) { remove(path.elements[...]) }

    private mutating func remove(_ path: ArraySlice<FieldPath.Element>) {
        guard let element = path.first else { return }
        let rest = path.dropFirst()
        switch (element, self) {
        case (.field(let name), .object(var object)):
            guard var child = object[name] else { return }
            self = .null
            if rest.isEmpty {
                object[name] = nil
            } else {
                child.remove(rest)
                object[name] = child
            }
            self = .object(object)
        case (_, .array(var list)):
            guard let index = ListKeys.index(of: element, in: list) else { return }
            self = .null
            if rest.isEmpty { list.remove(at: index) } else { list[index].remove(rest) }
            self = .array(list)
        default: return
        }
    }

    /// Takes the node at `path` away, and every map and list on the way that is empty then.
    mutating func removeWithEmptyParents(_ path: FieldPath) {
        var elements = path.elements
        remove(path)
        while elements.popLast() != nil, !elements.isEmpty {
            switch value(at: FieldPath(elements)) {
            case .object(let object)? where object.isEmpty: remove(FieldPath(elements))
            case .array(let list)? where list.isEmpty: remove(FieldPath(elements))
            default: return
            }
        }
    }

    /// Sets the node at `path`, where all but the last element of the path exist or are fields.
    mutating func set(_ value: Value, at path: FieldPath) { set(value, path.elements[...]) }

    private mutating func set(_ value: Value, _ path: ArraySlice<FieldPath.Element>) {
        guard let element = path.first else {
            self = value
            return
        }
        switch (element, self) {
        case (.field(let name), _):
            var object = self.object ?? Object()
            var child = object[name] ?? .null
            child.set(value, path.dropFirst())
            object[name] = child
            self = .object(object)
        case (_, .array(var list)):
            guard let index = ListKeys.index(of: element, in: list) else { return }
            list[index].set(value, path.dropFirst())
            self = .array(list)
        default: return
        }
    }
}

extension FieldPath {
    /// As the API server spells it in a conflict: `.spec.template.spec.containers[name="web"].image`.
    var serverSpelling: String {
        var text = ""
        for element in elements {
            switch element {
            case .field(let name): text += ".\(name)"
            case .key(let fields): text += "[" + fields.map { "\($0.name)=\($0.json)" }.joined(separator: ",") + "]"
            case .value(let json): text += "[=\(json)]"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }

    static let replicas = FieldPath(fields: "spec", "replicas")
    static let labels = FieldPath(fields: "metadata", "labels")
    static let annotations = FieldPath(fields: "metadata", "annotations")
    static let restartedAt = FieldPath([
        .field("spec"), .field("template"), .field("metadata"), .field("annotations"), .field(Tracking.restartedAt),
    ])
}

extension FieldSet {
    /// Whether `path` lies at or below a member that has no members below it: a whole value that somebody owns.
    func coversWhole(_ path: FieldPath) -> Bool {
        var elements: [FieldPath.Element] = []
        for element in path.elements {
            elements.append(element)
            let prefix = FieldPath(elements)
            if contains(prefix) && subset(below: prefix).isEmpty { return true }
            if !containsAnything(at: prefix) { return false }
        }
        return false
    }
}
