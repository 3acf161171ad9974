// `replicas`.

import StructuredData

struct ReplicaTransformer: Transformer {
    private let arguments: ReplicaArguments
    private let fields: [FieldSpec]

    /// With exactly these fields.
    init(_ arguments: ReplicaArguments, fields: [FieldSpec]) {
        self.arguments = arguments
        self.fields = fields
    }

    init(_ arguments: ReplicaArguments, _ fields: FieldConfiguration) { self.init(arguments, fields: fields.replicas) }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        let count = Node(.int(Int64(arguments.count)), at: arguments.place)
        var isFound = false
        for spec in fields {
            for index in set.indices(named: arguments.name.text, where: { spec.matches($0.type) }) {
                isFound = true
                let subject = set.resources[index].subject
                try set.change(at: index) { (resource) throws(BuildProblem) in
                    try spec.visit(&resource.node, creating: count) { (node) throws(BuildProblem) in
                        guard node.scalar != nil else {
                            throw BuildProblem(
                                "\(spec.shown) of \(subject) is \(node.kindName), and must be a number", at: node.place)
                        }
                        // A number in quotes stays one in quotes, as kustomize keeps them.
                        let content = node.string == nil ? count.content : .scalar(.string(String(arguments.count)))
                        node.replace(with: content, at: arguments.place)
                    }
                }
            }
        }
        if isFound { return }
        let kinds = fields.map { $0.kind.isEmpty ? "object" : $0.kind }.joined(separator: ", ")
        throw BuildProblem(
            "no object has the name \(quotedForPeople(arguments.name.text)) whose replicas could be set (\(kinds)); write the name as it "
                + "stands in the base", at: arguments.name.place)
    }
}
