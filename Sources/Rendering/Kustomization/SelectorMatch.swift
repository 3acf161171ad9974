// Which objects a `target` of a patch, or a `select` of a replacement, is about.

import KubernetesModel
import StructuredData

/// As kustomize selects: names and namespaces by the first or the present one of an object, its type, labels and annotations by the present
/// ones. What the selector leaves out fits everything.
struct SelectorMatch {
    private let group: NamePattern?
    private let version: NamePattern?
    private let kind: NamePattern?
    private let name: NamePattern?
    private let namespace: NamePattern?
    private let labels: LabelExpression?
    private let annotations: LabelExpression?
    private let limits: BuildLimits
    private let place: SourceLocation
    /// Of the expressions: each has a list of values that are gone through.
    private let work: Int

    /// - Throws: ``BuildProblem`` where a regular expression or a selector is none.
    init(_ selector: Selector, _ limits: BuildLimits) throws(BuildProblem) {
        func pattern(_ text: PlacedText?, _ field: String) throws(BuildProblem) -> NamePattern? {
            guard let text else { return nil }
            return try NamePattern(text, field, limits)
        }
        func expression(_ text: PlacedText?, _ field: String) throws(BuildProblem) -> LabelExpression? {
            guard let text else { return nil }
            return try LabelExpression(text, field)
        }
        self.limits = limits
        place = selector.place
        work = [selector.labelSelector, selector.annotationSelector].reduce(1) { $0 + ($1?.text.utf8.count ?? 0) }
        _ = limits.mayWork(10 * work, at: place)
        group = try pattern(selector.group, "group")
        version = try pattern(selector.version, "version")
        kind = try pattern(selector.kind, "kind")
        name = try pattern(selector.name, "name")
        namespace = try pattern(selector.namespace, "namespace")
        labels = try expression(selector.labelSelector, "labelSelector")
        annotations = try expression(selector.annotationSelector, "annotationSelector")
    }

    func matches(_ resource: Resource) -> Bool {
        guard limits.mayWork(work, at: place) else { return false }
        let now = resource.id
        let first = resource.originalID
        if let namespace, !namespace.matches(SelectorMatch.namespace(of: first)), !namespace.matches(SelectorMatch.namespace(of: now)) {
            return false
        }
        if let name, !name.matches(first.name), !name.matches(now.name) { return false }
        if let group, !group.matches(now.type.group) { return false }
        if let version, !version.matches(now.type.version) { return false }
        if let kind, !kind.matches(now.type.kind) { return false }
        if let labels, !labels.matches(resource.node.at("metadata", "labels")) { return false }
        if let annotations, !annotations.matches(resource.node.at("metadata", "annotations")) { return false }
        return true
    }

    // MARK: Replacements

    /// Whether it says anything of kinds, names and namespaces.
    var namesObjects: Bool { group != nil || version != nil || kind != nil || name != nil || namespace != nil }

    /// Whether it says anything of labels or annotations.
    var namesMetadata: Bool { labels != nil || annotations != nil }

    /// As replacements select: by any name that the object has or had, with the namespace as it stood there.
    func matchesAnyName(of resource: Resource) -> Bool {
        func matches(_ id: ResourceID, _ place: String) -> Bool {
            (group?.matches(id.type.group) ?? true) && (version?.matches(id.type.version) ?? true) && (kind?.matches(id.type.kind) ?? true)
                && (name?.matches(id.name) ?? true) && (namespace?.matches(place) ?? true)
        }
        if matches(resource.id, resource.namespace) { return true }
        return resource.former.contains { matches($0, SelectorMatch.namespace(of: $0)) }
    }

    func matchesMetadata(of resource: Resource) -> Bool {
        limits.mayWork(work, at: place) && (labels?.matches(resource.node.at("metadata", "labels")) ?? true)
            && (annotations?.matches(resource.node.at("metadata", "annotations")) ?? true)
    }

    /// What kustomize compares: `default` for an object that names none, and a word of its own for kinds without namespaces, so that
    /// `.+` fits them too.
    private static func namespace(of id: ResourceID) -> String { id.isClusterScoped ? "_non_namespaceable_" : id.effectiveNamespace }
}
