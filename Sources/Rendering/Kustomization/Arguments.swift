// What the fields of a kustomization say, each entry with the places of its parts.

import StructuredData

/// `patches`, `patchesStrategicMerge` and `patchesJson6902`, or a PatchTransformer.
struct PatchArguments: Sendable {
    /// Inline: the text of the patch, with the node that holds it.
    var inline: Node?
    /// From a file, as it is written.
    var path: PlacedText?
    var target: Selector?
    var allowsNameChange = false
    var allowsKindChange = false
    var place: SourceLocation
}

/// `target` of a patch, `select` and `reject` of a replacement. Each text is a regular expression where ``isPattern``, for the whole name.
struct Selector: Sendable {
    var group: PlacedText?
    var version: PlacedText?
    var kind: PlacedText?
    var name: PlacedText?
    var namespace: PlacedText?
    var labelSelector: PlacedText?
    var annotationSelector: PlacedText?
    var place: SourceLocation
}

/// `images`.
struct ImageArguments: Sendable {
    var name: PlacedText
    var newName: PlacedText?
    var newTag: PlacedText?
    var tagSuffix: PlacedText?
    var digest: PlacedText?
    var place: SourceLocation
}

/// `replicas`.
struct ReplicaArguments: Sendable {
    var name: PlacedText
    var count: Int
    var place: SourceLocation
}

/// `labels`; `commonLabels` stands beside.
struct LabelArguments: Sendable {
    var pairs: [(key: String, value: PlacedText)]
    var includesSelectors = false
    var includesTemplates = false
    var includesVolumeClaimTemplates = false
    /// `fields`.
    var fields: [FieldSpec] = []
    var place: SourceLocation
}

/// `configMapGenerator` and `secretGenerator`.
struct GeneratorArguments: Sendable {
    var name: PlacedText
    var namespace: PlacedText?
    var behavior: PlacedText?
    var files: [PlacedText] = []
    var literals: [PlacedText] = []
    /// `envs`, and `env` behind them.
    var envs: [PlacedText] = []
    /// `type` of a Secret.
    var type: PlacedText?
    var options: GeneratorOptions?
    var isSecret: Bool
    var place: SourceLocation
}

/// `generatorOptions`, and `options` of one generator.
struct GeneratorOptions: Sendable {
    var labels: [(key: String, value: PlacedText)] = []
    var annotations: [(key: String, value: PlacedText)] = []
    var disablesNameSuffixHash: Bool?
    var isImmutable: Bool?
    var immutablePlace: SourceLocation?
}

/// `replacements`: inline, or the file that holds them.
struct ReplacementArguments: Sendable {
    var path: PlacedText?
    /// The replacement itself, to be read by who carries it out.
    var node: Node
    var place: SourceLocation
}

/// `vars`.
struct VariableArguments: Sendable {
    var name: PlacedText
    var apiVersion = ""
    var kind = ""
    var objectName: PlacedText
    var namespace = ""
    /// `fieldref.fieldpath`; `metadata.name` where it is left out.
    var fieldPath: PlacedText
    var place: SourceLocation
}

/// `sortOptions`.
struct SortArguments: Sendable {
    enum Order: Sendable { case legacy, fifo }
    var order: Order
    /// Kinds that come first and last, of `legacySortOptions`; nil: kustomize's own.
    var first: [String]?
    var last: [String]?
}
