// What prefixes and suffixes have in common: which names are changed, and that it is remembered.

import KubernetesModel
import StructuredData

struct NameChange {
    let text: PlacedText
    /// Nil: those of the build.
    let fields: [FieldSpec]?

    /// Whose names say what they are, or are what everything else names: kustomize leaves them as they are.
    private static func isFixed(_ type: GroupVersionKind) -> Bool {
        switch type.kind {
        case "CustomResourceDefinition", "Namespace": true
        case "APIService": type.group == "apiregistration.k8s.io"
        default: false
        }
    }

    /// - Parameter record: where the resource keeps it, for those that name the object in the same kustomization.
    /// - Throws: ``BuildProblem`` where a field is no text.
    func apply(
        to set: inout ResourceSet, _ standard: [FieldSpec], _ record: WritableKeyPath<Resource, [String]>,
        _ limits: BuildLimits, _ joined: (String, String) -> String
    ) throws(BuildProblem) {
        for index in set.resources.indices {
            let type = set.resources[index].originalID.type
            if NameChange.isFixed(type) { continue }
            try limits.add(work: (fields ?? standard).count, at: text.place)
            for spec in fields ?? standard where spec.matches(type) {
                if spec.path == ["metadata", "name"], !text.text.isEmpty {
                    set.resources[index][keyPath: record].append(text.text)
                    set.resources[index].rememberID()
                }
                let subject = set.resources[index].subject
                let fresh = Node(.string(""), at: text.place)
                try spec.visit(&set.resources[index].node, creating: fresh) { (node) throws(BuildProblem) in
                    guard let scalar = node.scalar else {
                        throw BuildProblem("\(spec.shown) of \(subject) is \(node.kindName), and must be a text", at: node.place)
                    }
                    let name = joined(text.text, scalar.isNull ? "null" : node.text ?? "")
                    try limits.add(textOf: name.utf8.count, "\(spec.shown) of an object", at: text.place)
                    node.replace(with: .string(name), at: text.place)
                }
            }
        }
    }
}
