// One object while it is built, with the names that it had on the way.

import KubernetesModel
import StructuredData

struct Resource: Sendable {
    /// What a generated ConfigMap or Secret does with one of the same name that is there.
    enum Behavior: String, Sendable { case unspecified, create, replace, merge }

    var node: Node
    /// Where the object stands that everything else only changes: in the base, or at its generator.
    var origin: SourceLocation
    /// The names that it had before, oldest first; without the one that it has.
    private(set) var former: [ResourceID] = []
    /// Prefixes and suffixes in the order in which they were added.
    var prefixes: [String] = []
    var suffixes: [String] = []
    /// Whether a hash of its content is put behind its name.
    var needsHash = false
    var behavior = Behavior.unspecified
    /// Whether a generator made it.
    var isGenerated = false
    /// For `buildMetadata`; nil where nothing asks for it.
    var trace: BuildTrace?
    /// Which of its nodes are one to kustomize.
    var twins = Twins()
    /// Names of `vars` that take their value from here.
    var variables: [String] = []

    init(_ node: Node, origin: SourceLocation? = nil) {
        self.node = node
        self.origin = origin ?? node.place
    }

    var kind: String { node.string(at: "kind") ?? "" }
    var apiVersion: String { node.string(at: "apiVersion") ?? "" }
    var name: String { node.text(at: "metadata", "name") ?? "" }
    var namespace: String { node.text(at: "metadata", "namespace") ?? "" }

    var type: GroupVersionKind {
        let slash = apiVersion.utf8.firstIndex(of: UInt8(ascii: "/"))
        let group = slash.map { String(apiVersion[..<$0]) } ?? ""
        let version = slash.map { String(apiVersion[apiVersion.utf8.index(after: $0)...]) } ?? apiVersion
        return GroupVersionKind(group: group, version: version, kind: kind)
    }

    var id: ResourceID { ResourceID(type: type, name: name, namespace: namespace) }
    /// The name that it had first.
    var originalID: ResourceID { former.first ?? id }
    /// All names: those that it had, oldest first, and the one that it has.
    var ids: [ResourceID] { former + [id] }

    /// Remembers the name that it has, before it is changed.
    mutating func rememberID() {
        let id = id
        if former.last != id { former.append(id) }
    }

    /// Whether kustomize would have annotations of its own on it by now, which it takes off at its end.
    var hasNotes: Bool {
        !former.isEmpty || !prefixes.isEmpty || !suffixes.isEmpty || isGenerated || trace != nil
    }

    /// Whether an annotation says this, as the internal ones of kustomize do.
    func annotation(_ key: String) -> String? { node.at("metadata", "annotations")?[key]?.text }

    /// What kustomize notes in annotations while it builds, and takes off at the end, also where somebody has written it.
    private static let notes: Set<String> = Set(
        [
            "previousKinds", "previousNames", "prefixes", "suffixes", "previousNamespaces", "allowNameChange", "allowKindChange", "refBy",
            "generatorBehavior", "needsHashSuffix", "path", "index", "seqindent", "id", "annotations-migration-resource-id",
        ].map { "internal.config.kubernetes.io/\($0)" }
    ).union([
        "config.kubernetes.io/path", "config.kubernetes.io/index", "config.k8s.io/id", "config.kubernetes.io/origin",
        "alpha.config.kubernetes.io/transformations",
    ])

    mutating func dropNotes() {
        for key in node.at("metadata", "annotations")?.map?.keys ?? [] where Resource.notes.contains(key) {
            node.set(nil, at: ["metadata", "annotations", key])
        }
    }

    /// Whether a hash goes behind its name: of what a generator made, and where the annotation is written by which kustomize notes it.
    var wantsHash: Bool { needsHash || annotation("internal.config.kubernetes.io/needsHashSuffix") == "enabled" }

    /// Annotations are texts, whatever they were before: kustomize writes them anew at its end.
    mutating func spellAnnotations() {
        guard var annotations = node.at("metadata", "annotations") else { return }
        if annotations.isNull || annotations.map?.isEmpty ?? false { return node.set(nil, at: ["metadata", "annotations"]) }
        annotations.changeMap { map in
            for index in map.entries.indices {
                map.change(at: index) { value in
                    let text = value.isNull ? value.spelling ?? "null" : value.text ?? ""
                    if value.string == nil { value.content = .scalar(.string(text)) }
                }
            }
        }
        node.set(annotations, at: ["metadata", "annotations"])
    }

    /// Scalars become what they are when kustomize has written and read them; annotations, which it writes as texts, stay.
    mutating func rewrite() {
        guard node.hasRewritten else { return }
        let annotations = node.at("metadata", "annotations")
        node.rewrite()
        if let annotations { node.set(annotations, at: ["metadata", "annotations"]) }
    }

    /// `Deployment web`.
    var subject: String { id.description }
}

extension Node.Style {
    /// Of a scalar that the reader has marked.
    init(ofRewritten value: Value) {
        switch value {
        case .string(let text): self = text.utf8.contains(UInt8(ascii: "\n")) ? .folded : .time
        case .null: self = .leftOut
        default: self = .asItStands
        }
    }
}

extension Node {
    fileprivate var hasRewritten: Bool {
        switch content {
        case .scalar: style == .folded || style == .time || style == .leftOut
        case .list(let list): list.contains { $0.hasRewritten }
        case .map(let map): map.entries.contains { $0.value.hasRewritten }
        }
    }

    /// Forgets how the tree's scalars were written in their file.
    mutating func write(_ style: Style) {
        if self.style == .time { rewriteScalar() }
        self.style = style
        spelling = nil
        changeList { list in
            for index in list.indices { list[index].write(style) }
        }
        changeMap { map in
            for index in map.entries.indices { map.change(at: index) { $0.write(style) } }
        }
    }

    private mutating func rewriteScalar() {
        switch (style, string) {
        case (.folded, let text?): content = .scalar(.string(YAMLFolding.text(text)))
        case (.time, let text?): content = .scalar(.string(YAMLTimestamp.text(text) ?? text))
        case (.leftOut, nil) where isNull: content = .scalar(.string(""))
        default: return
        }
        style = .asItStands
    }

    /// Makes of all scalars what they are when kustomize has written and read them.
    mutating func rewrite() {
        // Hardly any object has one, and a tree that is changed is copied.
        if hasRewritten { rewriteScalars() }
    }

    private mutating func rewriteScalars() {
        rewriteScalar()
        changeList { list in
            for index in list.indices { list[index].rewriteScalars() }
        }
        changeMap { map in
            for index in map.entries.indices { map.change(at: index) { $0.rewriteScalars() } }
        }
    }
}
