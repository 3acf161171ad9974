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

extension FieldSet {
    /// What of it has nothing to do with these paths.
    func without(_ others: [FieldPath]) -> FieldSet {
        others.isEmpty ? self : FieldSet(paths.filter { path in !others.contains { path.starts(with: $0) || $0.starts(with: path) } })
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

    static let restartedAt = FieldPath([
        .field("spec"), .field("template"), .field("metadata"), .field("annotations"), .field(Tracking.restartedAt),
    ])
}

extension [ManagedFieldsEntry] {
    /// What anybody owns.
    var allFields: FieldSet { reduce(FieldSet()) { $0.union($1.fields) } }
}

extension FieldSet {
    /// Whether `path` is a member, has one below it, or lies below a member that is owned as a whole (an atomic value).
    ///
    /// - Parameter all: what anybody owns in the object. A member with something of anybody's below it is a parent (the entry
    ///   `.`), which says nothing of its children.
    func owns(_ path: FieldPath, among all: FieldSet) -> Bool { containsAnything(at: path) || coversWhole(path, among: all) }

    func coversWhole(_ path: FieldPath, among all: FieldSet) -> Bool {
        var elements: [FieldPath.Element] = []
        for element in path.elements.dropLast() {
            elements.append(element)
            let prefix = FieldPath(elements)
            if !containsAnything(at: prefix) { return false }
            if contains(prefix) && all.subset(below: prefix).isEmpty { return true }
        }
        return false
    }
}
