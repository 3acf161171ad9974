// One entry of `replacements`: from where a value comes, and where it goes.

import KubernetesModel
import StructuredData

struct Replacement {
    /// `options` of a source or a target.
    struct Options: Sendable {
        var delimiter = ""
        var index = 0
        var creates = false
    }

    struct Source {
        var group = ""
        var version = ""
        var kind = ""
        var name = ""
        var namespace = ""
        var path: NodePath
        var options = Options()
        var place: SourceLocation

        /// `Service web`, for people.
        var subject: String { [kind, name].filter { !$0.isEmpty }.joined(separator: " ") }
    }

    struct Target {
        var select: SelectorMatch
        var reject: [SelectorMatch]
        var paths: [(path: NodePath, place: SourceLocation)]
        var options = Options()
        var place: SourceLocation
    }

    /// nil: `sourceValue` is what is put there.
    var source: Source?
    var value: PlacedText?
    var targets: [Target]
    var place: SourceLocation

    /// - Throws: ``BuildProblem`` for what is missing, unknown or contradicts itself.
    init(_ node: Node, _ limits: BuildLimits) throws(BuildProblem) {
        var reader = try FieldReader(node, "an entry of replacements")
        place = node.place
        if let node = reader.node("source") { source = try Source(node, limits) }
        value = try reader.text("sourceValue")
        targets = []
        for node in try reader.nodes("targets") { targets.append(try Target(node, limits)) }
        _ = reader.node("path")
        try reader.finish()
        if source == nil, value == nil || targets.isEmpty {
            throw BuildProblem("an entry of replacements needs a source, or a sourceValue, and targets", at: place)
        }
        if targets.isEmpty {
            throw BuildProblem(
                "an entry of replacements has no targets; write which objects take the value, and under fieldPaths where", at: place)
        }
        if source != nil, value != nil {
            throw BuildProblem("an entry of replacements has both a source and a sourceValue: write one of them", at: place)
        }
    }
}

extension Replacement.Source {
    init(_ node: Node, _ limits: BuildLimits) throws(BuildProblem) {
        var reader = try FieldReader(node, "source")
        place = node.place
        group = try reader.text("group")?.text ?? ""
        version = try reader.text("version")?.text ?? ""
        kind = try reader.text("kind")?.text ?? ""
        name = try reader.text("name")?.text ?? ""
        namespace = try reader.text("namespace")?.text ?? ""
        path = try NodePath(reader.text("fieldPath").nonEmpty ?? PlacedText(text: "metadata.name", place: place), limits)
        if let node = reader.node("options") { options = try Replacement.Options(node) }
        try reader.finish()
    }

    func matches(_ resource: Resource) -> Bool {
        resource.ids.contains { id in
            (name.isEmpty || name == id.name) && (group.isEmpty || group == id.type.group)
                && (version.isEmpty || version == id.type.version)
                && (kind.isEmpty || kind == id.type.kind)
                && (namespace.isEmpty || ResourceID(type: type, name: "", namespace: namespace).effectiveNamespace == id.effectiveNamespace)
        }
    }

    private var type: GroupVersionKind { GroupVersionKind(group: group, version: version, kind: kind) }
}

extension Replacement.Target {
    init(_ node: Node, _ limits: BuildLimits) throws(BuildProblem) {
        var reader = try FieldReader(node, "an entry of targets")
        place = node.place
        guard let chosen = reader.node("select") else {
            throw BuildProblem("a target of a replacement has no select; write kind and name of what takes the value there", at: place)
        }
        select = try SelectorMatch(try Selector(chosen), limits)
        reject = []
        for node in try reader.nodes("reject") { reject.append(try SelectorMatch(try Selector(node), limits)) }
        paths = []
        for path in try reader.texts("fieldPaths") { paths.append((try NodePath(path, limits), path.place)) }
        if paths.isEmpty { paths = [(try NodePath(PlacedText(text: "metadata.name", place: place), limits), place)] }
        if let node = reader.node("options") { options = try Replacement.Options(node) }
        try reader.finish()
    }

    func matches(_ resource: Resource) -> Bool {
        guard select.matchesMetadata(of: resource), select.matchesAnyName(of: resource) else { return false }
        // What a reject says of labels counts for itself, as what it says of names does.
        return !reject.contains {
            $0.namesMetadata && $0.matchesMetadata(of: resource) || $0.namesObjects && $0.matchesAnyName(of: resource)
        }
    }
}

extension Replacement.Options {
    init(_ node: Node) throws(BuildProblem) {
        var reader = try FieldReader(node, "options")
        delimiter = try reader.text("delimiter")?.text ?? ""
        index = try reader.int("index")?.value ?? 0
        _ = reader.node("encoding")
        creates = try reader.bool("create") ?? false
        try reader.finish()
    }
}
