// Where an object's name has changed, those that name it follow: the last step, when all names are what they will be.

import KubernetesModel
import StructuredData

/// Source of the rules: kustomize's `nameref` filter and its reference transformer.
struct NameReferenceTransformer: Transformer {
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        let names = KnownNames(set.resources)
        guard !names.isEmpty else { return }
        let references = context.fields.nameReferences
        let limits = context.tree.limits
        var specs: [GroupVersionKind: [(target: NameReference, field: FieldSpec)]] = [:]
        for index in set.resources.indices {
            let type = names.facts[index].original.type
            if specs[type] == nil {
                specs[type] = references.flatMap { target in
                    target.fields.filter { $0.matches(type) }.map { (target, $0) }
                }
            }
            let referrer = Referrer(set.resources[index], names.facts[index], names, limits)
            try limits.add(work: specs[type]?.count ?? 0, at: set.resources[index].origin)
            for (target, field) in specs[type] ?? [] {
                try field.visit(&set.resources[index].node) { (node) throws(BuildProblem) in
                    try referrer.follow(&node, target, field)
                }
            }
        }
    }
}

/// What is known of every object before the first reference is followed.
private struct KnownNames {
    struct Facts {
        var id: ResourceID
        var original: ResourceID
        var former: [ResourceID]
        var namespace: SourceLocation?
        var place: SourceLocation
        var prefixes: [String]
        var suffixes: [String]
        var isClusterScoped: Bool
        var effectiveNamespace: String
    }

    var facts: [Facts]
    /// The objects that had a name, in their order.
    private var byFormerName: [String: [Int]] = [:]

    init(_ resources: [Resource]) {
        facts = resources.map { resource in
            let id = resource.id
            return Facts(
                id: id, original: resource.originalID, former: resource.former,
                namespace: resource.node.at("metadata", "namespace")?.place, place: resource.origin,
                prefixes: resource.prefixes, suffixes: resource.suffixes, isClusterScoped: id.isClusterScoped,
                effectiveNamespace: id.effectiveNamespace)
        }
        for (index, fact) in facts.enumerated() {
            for name in Set(fact.former.map(\.name)) { byFormerName[name, default: []].append(index) }
        }
    }

    /// Whether no object has another name than it had.
    var isEmpty: Bool { byFormerName.isEmpty }

    func objects(formerlyCalled name: String) -> [Int] { byFormerName[name] ?? [] }
}

/// One object that may name others.
private final class Referrer {
    private let names: KnownNames
    private let facts: KnownNames.Facts
    private let limits: BuildLimits
    private let roleRef: (group: String, kind: String)?
    /// The namespaces of a RoleBinding's accounts: it may name what is there.
    private let accountNamespaces: Set<String>

    init(_ resource: Resource, _ facts: KnownNames.Facts, _ names: KnownNames, _ limits: BuildLimits) {
        self.names = names
        self.limits = limits
        self.facts = facts
        let role = resource.node["roleRef"]
        if let group = role?["apiGroup"]?.text, let kind = role?["kind"]?.text { roleRef = (group, kind) } else { roleRef = nil }
        let subjects = facts.id.type.kind == "RoleBinding" ? resource.node["subjects"]?.list ?? [] : []
        accountNamespaces = Set(subjects.filter { $0["kind"]?.string == "ServiceAccount" }.compactMap { $0["namespace"]?.string })
    }

    func follow(_ node: inout Node, _ target: NameReference, _ field: FieldSpec) throws(BuildProblem) {
        switch node.content {
        case .scalar(.null): return
        case .scalar: try followName(&node, target, field)
        case .map: try followMap(&node, target, field)
        case .list:
            try node.changeList { (list) throws(BuildProblem) in
                for index in list.indices {
                    switch list[index].content {
                    case .scalar(.null): continue
                    case .scalar: try followName(&list[index], target, field)
                    case .map: try followMap(&list[index], target, field)
                    case .list:
                        throw BuildProblem("a list of lists cannot hold names of \(target.kind)", at: list[index].place)
                    }
                }
            }
        }
    }

    private func followName(_ node: inout Node, _ target: NameReference, _ field: FieldSpec) throws(BuildProblem) {
        guard let name = node.text else { return }
        guard let found = try select(name, target, field, inNamespace: nil, at: node.place, isWhole: false) else { return }
        // The line stays the referrer's: who changes it names another object.
        if found.id.name != name { node.content = .scalar(.string(found.id.name)) }
    }

    /// A map with `name`, and perhaps `namespace`: a subject of a binding, or a webhook's service.
    private func followMap(_ node: inout Node, _ target: NameReference, _ field: FieldSpec) throws(BuildProblem) {
        guard let name = node["name"]?.text else {
            throw BuildProblem("\(field.path.joined(separator: "/")) of \(facts.id) has no name; write it", at: node.place)
        }
        let namespace = node["namespace"]?.text
        guard let found = try select(name, target, field, inNamespace: namespace, at: node.place, isWhole: true) else { return }
        if found.id.name == name, found.id.namespace.isEmpty { return }
        if found.id.name != name { node["name"]?.content = .scalar(.string(found.id.name)) }
        guard !found.id.namespace.isEmpty else { return }
        if node["namespace"] == nil {
            node["namespace"] = Node(.scalar(.string(found.id.namespace)), at: found.namespace ?? found.place)
        } else if namespace != found.id.namespace {
            node["namespace"]?.replace(with: .string(found.id.namespace), at: found.namespace ?? found.place)
        }
    }

    // MARK: Whom a name means

    /// - Parameter isWhole: whether the namespace counts too where several could be meant.
    private func select(
        _ name: String, _ target: NameReference, _ field: FieldSpec, inNamespace namespace: String?, at place: SourceLocation, isWhole: Bool
    ) throws(BuildProblem) -> KnownNames.Facts? {
        let named = names.objects(formerlyCalled: name)
        try limits.add(work: 20 * named.count, at: place)
        var found = named.map { names.facts[$0] }.filter { mayBeNamed($0) }
        if found.isEmpty { return nil }
        if let namespace {
            try limits.add(work: 5 * names.facts.count, at: place)
            // Cluster-scoped objects are in no namespace, not even in an original one.
            let original = names.facts.contains {
                !$0.original.isClusterScoped && mayBeNamed($0) && $0.original.effectiveNamespace == namespace
            }
            found = found.filter {
                original
                    ? !$0.original.isClusterScoped && $0.original.effectiveNamespace == namespace
                    : !$0.isClusterScoped && $0.effectiveNamespace == namespace
            }
        }
        found = found.filter { $0.former.contains { isSelected($0, target.group, target.version, target.kind) } }
        if field.path.suffix(2) == ["roleRef", "name"], let roleRef {
            found = found.filter { $0.former.contains { isSelected($0, roleRef.group, "", roleRef.kind) } }
        }
        if !facts.isClusterScoped {
            found = found.filter { other in
                other.isClusterScoped || other.id.type.kind == "ServiceAccount" || other.effectiveNamespace == facts.effectiveNamespace
            }
        }
        if found.count == 1 { return found[0] }
        found = found.filter { hasSameContext($0, orNone: true) }
        if found.count > 1 { found = found.filter { hasSameContext($0, orNone: false) } }
        guard let first = found.first else { return nil }
        let isOne = found.allSatisfy { $0.id.name == first.id.name && (!isWhole || $0.id.namespace == first.id.namespace) }
        guard isOne else {
            let shown = found.map { "\($0.id) (\($0.place))" }.joined(separator: ", ")
            throw BuildProblem(
                "\(field.path.joined(separator: ".")) of \(facts.id) names \(target.kind) \(name), and that may be \(shown): give them "
                    + "names that differ in their bases", at: place)
        }
        return first
    }

    /// Whether this object could be named by the referrer at all: it is in the same namespace, or in none.
    private func mayBeNamed(_ other: KnownNames.Facts) -> Bool {
        facts.isClusterScoped || other.isClusterScoped || other.effectiveNamespace == facts.effectiveNamespace
            || accountNamespaces.contains(other.id.namespace)
    }

    private func isSelected(_ id: ResourceID, _ group: String, _ version: String, _ kind: String) -> Bool {
        (group.isEmpty || id.type.group == group) && (version.isEmpty || id.type.version == version)
            && (kind.isEmpty || id.type.kind == kind)
    }

    /// Whether both got the same prefixes and suffixes at last, as objects of one kustomization do.
    private func hasSameContext(_ other: KnownNames.Facts, orNone: Bool) -> Bool {
        func isSame(_ a: [String], _ b: [String]) -> Bool {
            if a.isEmpty || b.isEmpty { return orNone || a.isEmpty && b.isEmpty }
            let count = min(a.count, b.count)
            return a.suffix(count) == b.suffix(count)
        }
        return isSame(other.prefixes, facts.prefixes) && isSame(other.suffixes, facts.suffixes)
    }
}
