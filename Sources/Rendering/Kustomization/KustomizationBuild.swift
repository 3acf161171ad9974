// Builds a kustomization: its resources, generators, components and transformers, in the order in which kustomize does it.

import KubernetesModel
import StructuredData

/// One build of one folder. Everything is read from the snapshot; nothing runs.
struct KustomizationBuild {
    private let tree: SourceTree
    /// The folder of the outermost kustomization, where `buildMetadata` asks for its annotations.
    private var traced: String?

    /// How deep kustomizations may refer to each other.
    static let maximumDepth = 100

    init(tree: SourceTree) { self.tree = tree }

    /// What one kustomization has gathered so far: its objects, and what it knows of fields and variables.
    private struct Accumulation {
        var set = ResourceSet()
        var fields = FieldConfiguration()
        private(set) var variables: [VariableArguments] = []
        /// Where each variable is defined.
        private var places: [String: SourceLocation] = [:]

        mutating func take(_ other: Accumulation, _ limits: BuildLimits) throws(BuildProblem) {
            if let place = other.fields.place { try limits.add(work: other.fields.work, at: place) }
            try set.append(contentsOf: other.set.resources)
            try fields.merge(other.fields)
            for variable in other.variables { try add(variable) }
        }

        /// - Throws: ``BuildProblem`` where a variable of that name is there.
        mutating func add(_ variable: VariableArguments) throws(BuildProblem) {
            if let twin = places.updateValue(variable.place, forKey: variable.name.text) {
                throw BuildProblem("the variable \(variable.name.text) is defined twice, first at \(twin)", at: variable.place)
            }
            variables.append(variable)
        }
    }

    /// The objects of the kustomization in a folder.
    /// - Throws: ``BuildProblem``.
    func build(_ folder: String) throws(BuildProblem) -> [Resource] {
        let file = try kustomization(in: folder, at: SourceLocation(file: folder.isEmpty ? "." : folder))
        for wish in file.buildMetadata where !["originAnnotations", "transformerAnnotations", "managedByLabel"].contains(wish.text) {
            throw BuildProblem(
                "buildMetadata has no \(quotedForPeople(wish.text)): it may be originAnnotations, transformerAnnotations and managedByLabel",
                at: wish.place)
        }
        var build = self
        build.traced = file.buildMetadata.isEmpty ? nil : folder
        var all = try build.accumulate(file, into: Accumulation(), way: [folder])
        let context = BuildContext(tree: tree, folder: folder, fields: all.fields)
        try HashTransformer().transform(&all.set, context)
        try NameReferenceTransformer().transform(&all.set, context)
        try VariableTransformer(variables: all.variables).transform(&all.set, context)
        try tree.limits.check()
        all.set.settleTwins()
        all.set.resources.removeAll { $0.annotation("config.kubernetes.io/local-config") == "true" }
        SortOrder(file.sort).sort(&all.set)
        for index in all.set.resources.indices {
            try all.set.resources[index].annotate(file.buildMetadata, tree.limits)
            all.set.resources[index].spellAnnotations()
        }
        return all.set.resources
    }

    // MARK: One kustomization

    /// - Parameters:
    ///   - start: for a component what was gathered before it, else nothing.
    ///   - way: the folders from the first kustomization to this one.
    private func accumulate(
        _ file: KustomizationFile, into start: Accumulation, way: [String]
    ) throws(BuildProblem) -> Accumulation {
        var all = start
        try accumulate(resources: file.resources, of: file, into: &all, way: way)
        var context = BuildContext(tree: tree, folder: file.folder, fields: all.fields)
        let fields = try FieldConfiguration(file, context)
        if let place = fields.place { try tree.limits.add(work: fields.work, at: place) }
        try all.fields.merge(fields)
        context.fields = all.fields
        try GeneratorTransformer(file).transform(&all.set, context)
        var generators: [GeneratorArguments] = []
        for plugin in try plugins(file.generators, of: file, way: way) { generators.append(try plugin.generator()) }
        try GeneratorTransformer(generators).transform(&all.set, context)
        if let traced {
            for index in all.set.resources.indices where all.set.resources[index].trace == nil {
                let kind = all.set.resources[index].kind
                all.set.resources[index].trace = BuildTrace(generator: "\(kind)Generator", in: file.path, from: traced)
            }
        }
        for component in file.components {
            let folder = try self.folder(component, of: file, way: way, "the component")
            let inner = try kustomization(in: folder, at: component.place)
            guard inner.isComponent else {
                throw BuildProblem(
                    "\(component.text) is no component: its \(inner.path) says kind: Kustomization; name it under resources",
                    at: component.place)
            }
            all = try accumulate(inner, into: all, way: way + [folder])
        }
        context.fields = all.fields
        for (name, transformer) in try transformers(of: file, context, way: way) {
            try tree.limits.add(workOnObjects: all.set.resources.count, at: SourceLocation(file: file.path))
            try transformer.transform(&all.set, context)
            try tree.limits.check()
            all.set.settleTwins()
            guard let traced else { continue }
            let line = BuildTrace.transformation(name, in: file.path, from: traced)
            for index in all.set.resources.indices { all.set.resources[index].trace?.add(line) }
        }
        for variable in file.variables {
            try VariableTransformer.mark(variable, in: &all.set)
            try all.add(variable)
        }
        return all
    }

    private func accumulate(
        resources: [PlacedText], of file: KustomizationFile, into all: inout Accumulation, way: [String]
    ) throws(BuildProblem) {
        for resource in resources {
            let path = try resolve(resource, of: file, "the resource")
            if case .file = try tree.entry(path, at: resource.place) {
                guard SourceTree.isInside(path, file.folder) else {
                    throw BuildProblem(
                        "the resource \(quotedForPeople(resource.text)) stands outside of the kustomization's folder "
                            + "\(file.folder.isEmpty ? "." : file.folder): only folders may be named above it; name its folder, with a "
                            + "kustomization.yaml in it", at: resource.place)
                }
                let found = try tree.file(path, purpose: "the resource", at: resource.place)
                var resources = try Resource.all(of: tree.documents(found))
                if let traced {
                    for index in resources.indices { resources[index].trace = BuildTrace(file: path, from: traced) }
                }
                try all.set.append(contentsOf: resources)
                continue
            }
            let folder = try self.folder(resource, of: file, way: way, "the resource")
            let inner = try kustomization(in: folder, at: resource.place)
            if inner.isComponent {
                throw BuildProblem("\(resource.text) is a component: name it under components", at: resource.place)
            }
            try all.take(try accumulate(inner, into: Accumulation(), way: way + [folder]), tree.limits)
        }
    }

    /// The configurations that a list names: in a file, as what a folder is built to, or written in the list itself.
    private func plugins(
        _ list: [PlacedText], of file: KustomizationFile, way: [String]
    ) throws(BuildProblem) -> [PluginConfiguration] {
        var all = Accumulation()
        for entry in list {
            if entry.text.contains("\n") {
                try all.set.append(contentsOf: Resource.all(of: Node.documents(in: entry)))
            } else {
                try accumulate(resources: [entry], of: file, into: &all, way: way)
            }
        }
        return all.set.resources.map { PluginConfiguration(resource: $0) }
    }

    // MARK: Files and folders

    private func kustomization(in folder: String, at place: SourceLocation) throws(BuildProblem) -> KustomizationFile {
        var found: [SourceFile] = []
        for name in KustomizationFile.names {
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            if case .file = try tree.entry(path, at: place) { found.append(try tree.file(path, purpose: "the kustomization", at: place)) }
        }
        let shown = folder.isEmpty ? "." : folder
        guard let file = found.first else {
            throw BuildProblem("\(shown) is a folder without a kustomization.yaml, so it cannot be built; write one", at: place)
        }
        if found.count > 1 {
            throw BuildProblem(
                "\(shown) has \(found[0].name) and \(found[1].name); keep one", at: SourceLocation(file: found[1].path, line: 1))
        }
        return try tree.kustomization(file)
    }

    private func folder(
        _ reference: PlacedText, of file: KustomizationFile, way: [String], _ purpose: String
    ) throws(BuildProblem) -> String {
        let path = try resolve(reference, of: file, purpose)
        switch try tree.entry(path, at: reference.place) {
        case .folder: break
        case .file: throw BuildProblem("\(purpose) \(reference.text) is a file, and must be a folder", at: reference.place)
        case .absent:
            throw BuildProblem(
                "\(purpose) \(quotedForPeople(reference.text)) is not there: the repository has no \(path)", at: reference.place)
        }
        if let start = way.firstIndex(of: path) {
            let cycle = (way[start...] + [path]).map { $0.isEmpty ? "." : $0 }.joined(separator: " → ")
            throw BuildProblem("a kustomization refers to itself: \(cycle)", at: reference.place)
        }
        guard way.count < KustomizationBuild.maximumDepth else {
            throw BuildProblem(
                "kustomizations refer to each other more than \(KustomizationBuild.maximumDepth) deep, from \(way[0].isEmpty ? "." : way[0])",
                at: reference.place)
        }
        return path
    }

    private func resolve(
        _ reference: PlacedText, of file: KustomizationFile, _ purpose: String
    ) throws(BuildProblem) -> String {
        if RemoteReference.isRemote(reference.text) {
            throw BuildProblem(
                "\(purpose) \(quotedForPeople(RemoteReference.shown(reference.text))) is fetched from elsewhere, which is not done here: "
                    + "copy it into this repository and name the copy", at: reference.place)
        }
        return try SourceTree.resolve(reference.text, from: file.folder, purpose: purpose, at: reference.place)
    }
}

extension KustomizationBuild {
    /// The transformers of a kustomization in their order; those of `transformers` last.
    private func transformers(
        of file: KustomizationFile, _ context: BuildContext, way: [String]
    ) throws(BuildProblem) -> [(name: String, transformer: any Transformer)] {
        var list: [(String, any Transformer)] = []
        func add(_ name: String, _ transformer: any Transformer) { list.append((name, transformer)) }
        if !file.strategicMergePatches.isEmpty {
            add("PatchStrategicMergeTransformer", StrategicMergePatches(file.strategicMergePatches))
        }
        for patch in file.patches { add("PatchTransformer", PatchTransformer(patch)) }
        if let namespace = file.namespace { add("NamespaceTransformer", NamespaceTransformer(namespace)) }
        if let prefix = file.namePrefix { add("PrefixTransformer", NamePrefixTransformer(prefix)) }
        if let suffix = file.nameSuffix { add("SuffixTransformer", NameSuffixTransformer(suffix)) }
        for labels in file.labels { add("LabelTransformer", LabelTransformer(labels, context.fields)) }
        if !file.commonLabels.isEmpty || !file.labels.isEmpty {
            add("LabelTransformer", LabelTransformer(common: file.commonLabels, context.fields))
        }
        if !file.commonAnnotations.isEmpty { add("AnnotationsTransformer", AnnotationTransformer(file.commonAnnotations, context.fields)) }
        for patch in file.jsonPatches { add("PatchJson6902Transformer", JSONPatchTransformer(patch)) }
        for replicas in file.replicas { add("ReplicaCountTransformer", ReplicaTransformer(replicas, context.fields)) }
        for image in file.images { add("ImageTagTransformer", ImageTransformer(image, context.fields)) }
        if !file.replacements.isEmpty { add("ReplacementTransformer", ReplacementTransformer(file.replacements)) }
        for plugin in try plugins(file.transformers, of: file, way: way) { add(plugin.resource.kind, try plugin.transformer()) }
        for plugin in try plugins(file.validators, of: file, way: way) {
            throw BuildProblem(
                "validators are not run: \(plugin.resource.subject) checks nothing here; check in CI what it checks, and remove it from this list",
                at: plugin.resource.origin)
        }
        return list
    }
}
