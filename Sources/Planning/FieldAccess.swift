// What Planning needs of paths and field sets beyond their own algebra.

import KubernetesModel
import StructuredData

extension Value {
    /// Takes the node at `path` away, and every map and list on the way that is empty then.
    mutating func removeWithEmptyParents(_ path: FieldPath) {
        var elements = path.elements
        remove(at: path)
        while elements.popLast() != nil, !elements.isEmpty {
            switch value(at: FieldPath(elements)) {
            case .object(let object)? where object.isEmpty: remove(at: FieldPath(elements))
            case .array(let list)? where list.isEmpty: remove(at: FieldPath(elements))
            default: return
            }
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
