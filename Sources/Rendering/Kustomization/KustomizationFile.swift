// One kustomization.yaml: what it says, field by field, and what is wrong with it.

import StructuredData

/// As it is written: nothing of what it refers to is read.
struct KustomizationFile: Sendable {
    /// From the repository's root.
    let path: String
    /// The folder that it stands in; empty for the root.
    let folder: String
    /// `kind: Component`.
    private(set) var isComponent = false
    /// How many nodes it has.
    private(set) var nodes = 0

    /// `resources`, and `bases` behind them.
    private(set) var resources: [PlacedText] = []
    private(set) var components: [PlacedText] = []
    private(set) var crds: [PlacedText] = []
    private(set) var configurations: [PlacedText] = []
    /// Files, folders, or the configuration itself as text.
    private(set) var generators: [PlacedText] = []
    private(set) var transformers: [PlacedText] = []
    private(set) var validators: [PlacedText] = []

    private(set) var namespace: PlacedText?
    private(set) var namePrefix: PlacedText?
    private(set) var nameSuffix: PlacedText?
    private(set) var labels: [LabelArguments] = []
    private(set) var commonLabels: [(key: String, value: PlacedText)] = []
    private(set) var commonAnnotations: [(key: String, value: PlacedText)] = []
    private(set) var patches: [PatchArguments] = []
    private(set) var strategicMergePatches: [PatchArguments] = []
    private(set) var jsonPatches: [PatchArguments] = []
    private(set) var images: [ImageArguments] = []
    private(set) var replicas: [ReplicaArguments] = []
    private(set) var replacements: [ReplacementArguments] = []
    private(set) var variables: [VariableArguments] = []
    private(set) var configMaps: [GeneratorArguments] = []
    private(set) var secrets: [GeneratorArguments] = []
    private(set) var generatorOptions: GeneratorOptions?
    private(set) var sort: SortArguments?
    private(set) var buildMetadata: [PlacedText] = []

    /// The names that a kustomization's file may have.
    static let names = ["kustomization.yaml", "kustomization.yml", "Kustomization"]

    /// - Throws: ``BuildProblem`` with the place of what is wrong: no YAML, an unknown field, a wrong type, or a feature that is not built.
    init(_ file: SourceFile) throws(BuildProblem) {
        path = file.path
        folder = file.folder
        let start = SourceLocation(file: file.path, line: 1, column: 1)
        let documents = try Node.documents(file, .kustomization)
        guard let document = documents.first else {
            throw BuildProblem("this kustomization is empty: name resources, or remove the file", at: start)
        }
        if documents.count > 1 {
            throw BuildProblem("this kustomization has more than one document; keep one", at: documents[1].place)
        }
        nodes = document.size.nodes
        var reader = try FieldReader(document, "this kustomization")
        try readType(&reader)
        let said = document.map?.entries.filter { !["apiversion", "kind"].contains($0.key.lowercased()) && !$0.value.isNull } ?? []
        if said.isEmpty { throw BuildProblem("this kustomization is empty: name resources, or remove the file", at: start) }
        try refuse(&reader)
        _ = reader.node("metadata")
        resources = try reader.texts("resources") + reader.texts("bases")
        components = try reader.texts("components")
        crds = try reader.texts("crds")
        configurations = try reader.texts("configurations")
        generators = try reader.texts("generators")
        transformers = try reader.texts("transformers")
        validators = try reader.texts("validators")
        namespace = try reader.text("namespace").nonEmpty
        namePrefix = try reader.text("namePrefix").nonEmpty
        nameSuffix = try reader.text("nameSuffix").nonEmpty
        labels = try reader.entries("labels") { (entry) throws(BuildProblem) in try LabelArguments(&entry) }
        commonLabels = try reader.pairs("commonLabels")
        commonAnnotations = try reader.pairs("commonAnnotations")
        patches = try reader.entries("patches") { (entry) throws(BuildProblem) in try PatchArguments(&entry) }
        jsonPatches = try reader.entries("patchesJson6902") { (entry) throws(BuildProblem) in try PatchArguments(&entry) }
        strategicMergePatches = try reader.nodes("patchesStrategicMerge").map { PatchArguments(inline: $0, place: $0.place) }
        images = try reader.entries("images") { (entry) throws(BuildProblem) in try ImageArguments(&entry) }
        images += try reader.entries("imageTags") { (entry) throws(BuildProblem) in try ImageArguments(&entry) }
        replicas = try reader.entries("replicas") { (entry) throws(BuildProblem) in try ReplicaArguments(&entry) }
        for node in try reader.nodes("replacements") { replacements.append(try ReplacementArguments(node)) }
        variables = try reader.entries("vars") { (entry) throws(BuildProblem) in try VariableArguments(&entry) }
        configMaps = try reader.entries("configMapGenerator") { (entry) throws(BuildProblem) in
            try GeneratorArguments(&entry, isSecret: false)
        }
        secrets = try reader.entries("secretGenerator") { (entry) throws(BuildProblem) in try GeneratorArguments(&entry, isSecret: true) }
        if let node = reader.node("generatorOptions") {
            var options = try FieldReader(node, "generatorOptions")
            generatorOptions = try GeneratorOptions(&options)
            try options.finish()
        }
        if let node = reader.node("sortOptions") { sort = try SortArguments(node) }
        buildMetadata = try reader.texts("buildMetadata")
        if let node = reader.node("openapi") {
            var api = try FieldReader(node, "openapi")
            if let path = try api.text("path") {
                throw BuildProblem(
                    "openapi.path changes by which keys lists are merged, which is not done here: the keys are those of Kubernetes; remove "
                        + "it, and where a patch is for a list of a custom resource, write the whole list or a JSON patch", at: path.place)
            }
            _ = api.node("version")
            try api.finish()
        }
        try reader.finish()
    }

    private mutating func readType(_ reader: inout FieldReader) throws(BuildProblem) {
        let kind = try reader.text("kind").nonEmpty
        let apiVersion = try reader.text("apiVersion").nonEmpty
        if let kind, kind.text != "Kustomization", kind.text != "Component" {
            throw BuildProblem("kind is \(quotedForPeople(kind.text)), and must be Kustomization or Component", at: kind.place)
        }
        isComponent = kind?.text == "Component"
        let wanted = isComponent ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1"
        if let apiVersion, apiVersion.text != wanted {
            throw BuildProblem("apiVersion is \(quotedForPeople(apiVersion.text)), and must be \(wanted)", at: apiVersion.place)
        }
    }

    /// What is known and not built, each with what to do instead.
    private mutating func refuse(_ reader: inout FieldReader) throws(BuildProblem) {
        for field in ["helmCharts", "helmChartInflationGenerator"] {
            guard let node = reader.node(field), node.list?.isEmpty != true else { continue }
            throw BuildProblem(
                "\(field) runs Helm, which is not done here: commit the output of \"helm template\" and name it under resources",
                at: node.place)
        }
        _ = reader.node("helmGlobals")
    }
}

extension FieldReader {
    /// Reads the maps of a list, each with a reader of its own that must have been asked for all that they hold.
    mutating func entries<T>(_ name: String, _ read: (inout FieldReader) throws(BuildProblem) -> T) throws(BuildProblem) -> [T] {
        var entries: [T] = []
        for node in try nodes(name) {
            var reader = try FieldReader(node, "an entry of \(name)")
            entries.append(try read(&reader))
            try reader.finish()
        }
        return entries
    }
}

extension Optional<PlacedText> {
    /// An empty text says nothing.
    var nonEmpty: PlacedText? { flatMap { $0.text.isEmpty ? nil : $0 } }
}

extension Node {
    /// The documents of a file, of a JSON file too; with kustomize's reading of scalars, except for kustomizations themselves.
    /// - Throws: ``BuildProblem`` where it is no YAML.
    static func documents(_ file: SourceFile, _ dialect: YAMLDialect = .kustomize) throws(BuildProblem) -> [Node] {
        do throws(YAMLError) {
            return try YAML.read(file.bytes, file: file.path, dialect: dialect).map { Node($0) }
        } catch {
            throw BuildProblem(error.message, at: error.location)
        }
    }
}
