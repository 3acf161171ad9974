// `namespace`: where objects go, and those that name them.

import KubernetesModel
import StructuredData

/// Puts every object that can be in a namespace into one; a Namespace takes the name itself.
///
/// Source: kustomize's `NamespaceTransformer` with its filter.
struct NamespaceTransformer: Transformer {
    /// Which subjects of role bindings are taken along.
    enum Subjects: String {
        /// Those with the name `default`.
        case defaultOnly
        case allServiceAccounts
        case none
    }

    let namespace: PlacedText
    /// Nil: those of the build.
    private let fields: [FieldSpec]?
    /// What has a namespace keeps it.
    private let unsetOnly: Bool
    private let subjects: Subjects

    init(_ namespace: PlacedText, fields: [FieldSpec]? = nil, unsetOnly: Bool = false, subjects: Subjects = .defaultOnly) {
        self.namespace = namespace
        self.fields = fields
        self.unsetOnly = unsetOnly
        self.subjects = subjects
    }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        // The object's own namespace and the subjects of bindings are set by rules of their own.
        let specs = (fields ?? context.fields.namespace).filter { $0.path != ["metadata", "namespace"] }
        for index in set.resources.indices {
            set.resources[index].rememberID()
            try transform(&set.resources[index], specs)
        }
        try checkNames(set)
    }

    private func transform(_ resource: inout Resource, _ specs: [FieldSpec]) throws(BuildProblem) {
        let type = resource.type
        let isCore = resource.apiVersion == "v1"
        let isBinding = type.kind == "RoleBinding" || type.kind == "ClusterRoleBinding"
        if !ClusterScopedKinds.contains(type) { try set(NamespaceTransformer.own, in: &resource) }
        if isBinding { try bind(&resource) }
        for spec in specs where spec.matches(type) {
            if spec.path == ["metadata", "name"], !isCore { continue }
            if isBinding, spec.path == ["subjects", "namespace"], spec.kind == "RoleBinding" || spec.kind == "ClusterRoleBinding" {
                continue
            }
            try set(spec, in: &resource)
        }
    }

    private static let own = FieldSpec("metadata/namespace", create: true)

    private func set(_ spec: FieldSpec, in resource: inout Resource) throws(BuildProblem) {
        let subject = resource.subject
        let fresh = Node(.string(""), at: namespace.place)
        try spec.visit(&resource.node, creating: fresh) { (node) throws(BuildProblem) in try set(&node, of: subject) }
    }

    private func set(_ node: inout Node, of subject: String) throws(BuildProblem) {
        guard node.scalar != nil else {
            throw BuildProblem("the namespace of \(subject) is \(node.kindName) here, and must be a text", at: node.place)
        }
        if unsetOnly, !node.isNull, node.text?.isEmpty == false { return }
        node.replace(with: .string(namespace.text), at: namespace.place)
    }

    private func bind(_ resource: inout Resource) throws(BuildProblem) {
        let subject = resource.subject
        let wanted: (field: String, value: String)
        switch subjects {
        case .none: return
        case .defaultOnly: wanted = ("name", "default")
        case .allServiceAccounts: wanted = ("kind", "ServiceAccount")
        }
        guard var list = resource.node["subjects"], !list.isNull else { return }
        let isList = try list.changeList { (subjects) throws(BuildProblem) in
            for index in subjects.indices where !subjects[index].isNull {
                guard subjects[index].map != nil else {
                    throw BuildProblem(
                        "a subject of \(subject) is \(subjects[index].kindName), and must be a map", at: subjects[index].place)
                }
                guard subjects[index][wanted.field]?.text == wanted.value else { continue }
                if subjects[index]["namespace"] == nil { subjects[index]["namespace"] = Node(.string(""), at: namespace.place) }
                guard var node = subjects[index]["namespace"] else { continue }
                try set(&node, of: "a subject of \(subject)")
                subjects[index]["namespace"] = node
            }
        }
        guard isList else { throw BuildProblem("subjects of \(subject) is \(list.kindName), and must be a list", at: list.place) }
        resource.node["subjects"] = list
    }

    /// - Throws: ``BuildProblem`` where two objects have one name now.
    private func checkNames(_ set: ResourceSet) throws(BuildProblem) {
        var seen: [ResourceID: Resource] = [:]
        for resource in set.resources {
            guard let twin = seen.updateValue(resource, forKey: resource.id.effective) else { continue }
            throw BuildProblem(
                "\(twin.former.last?.description ?? twin.subject) and \(resource.former.last?.description ?? resource.subject) become one "
                    + "object in the namespace \(namespace.text): \(twin.origin) and \(resource.origin); give one another name",
                at: namespace.place)
        }
    }
}
