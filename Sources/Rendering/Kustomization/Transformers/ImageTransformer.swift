// `images`.

import StructuredData

/// Gives images another name, tag or digest, wherever containers are, and in the fields of the configuration.
///
/// Source: kustomize's `ImageTagTransformer`: first every list under a field `containers` or `initContainers`, then the fields. What is
/// meant by both is changed twice.
struct ImageTransformer: Transformer {
    private let arguments: ImageArguments
    private let fields: [FieldSpec]

    /// With exactly these fields, and the containers.
    init(_ arguments: ImageArguments, fields: [FieldSpec]) {
        self.arguments = arguments
        self.fields = fields
    }

    init(_ arguments: ImageArguments, _ fields: FieldConfiguration) { self.init(arguments, fields: fields.images) }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        let change = try ImageChange(arguments, context.tree.limits)
        for index in set.resources.indices where set.resources[index].kind != "CustomResourceDefinition" {
            let type = set.resources[index].type
            let subject = set.resources[index].subject
            func wrong(_ node: Node, _ wanted: String) -> BuildProblem {
                BuildProblem("a container's image of \(subject) is \(node.kindName), and must be \(wanted)", at: node.place)
            }
            func changeImage(_ node: inout Node) throws(BuildProblem) {
                guard node.scalar != nil else { throw wrong(node, "a text") }
                try change.apply(to: &node)
            }
            try visitContainers(of: &set.resources[index].node, subject) { (node) throws(BuildProblem) in try changeImage(&node) }
            for spec in fields where spec.matches(type) {
                try spec.visit(&set.resources[index].node) { (node) throws(BuildProblem) in try changeImage(&node) }
            }
        }
    }

    /// Every `image` of an element of a list `containers` or `initContainers`, at any depth; the inner ones first.
    private func visitContainers(
        of node: inout Node, _ subject: String, _ change: (inout Node) throws(BuildProblem) -> Void
    ) throws(BuildProblem) {
        let isList = try node.changeList { (list) throws(BuildProblem) in
            for index in list.indices { try visitContainers(of: &list[index], subject, change) }
        }
        if isList { return }
        try node.changeMap { (map) throws(BuildProblem) in
            for index in map.entries.indices {
                let key = map.entries[index].key
                try map.change(at: index) { (child) throws(BuildProblem) in
                    try visitContainers(of: &child, subject, change)
                    if key == "containers" || key == "initContainers" { try visitElements(of: &child, key, subject, change) }
                }
            }
        }
    }

    private func visitElements(
        of node: inout Node, _ key: String, _ subject: String, _ change: (inout Node) throws(BuildProblem) -> Void
    ) throws(BuildProblem) {
        try node.changeList { (list) throws(BuildProblem) in
            for index in list.indices where !list[index].isNull {
                guard list[index].map != nil else {
                    throw BuildProblem(
                        "an element of \(key) of \(subject) is \(list[index].kindName): images are changed in every list of that name, "
                            + "and its elements must be maps", at: list[index].place)
                }
                try list[index].changeMap { (map) throws(BuildProblem) in
                    guard let image = map.index(of: "image"), !map.entries[image].value.isNull else { return }
                    try map.change(at: image, change)
                }
            }
        }
    }
}
