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
                throw BuildProblem(
                    "the variable \(variable.name.text) is defined twice, first at \(twin); rename one of them", at: variable.place)
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
            all.set.resources[index].dropNotes()
            try all.set.resources[index].annotate(file.buildMetadata, tree.limits)
            all.set.resources[index].spellAnnotations()
            all.set.resources[index].rewrite()
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
        let generators = GeneratorTransformer(file) { trace(BuildTrace.Configuration(kind: "\($0.kind)Generator", file: file.path)) }
        try generators.transform(&all.set, context)
        for plugin in try plugins(file.generators, of: file, way: way, "the generator") {
            try GeneratorTransformer([try plugin.generator()]) { _ in trace(plugin.trace) }.transform(&all.set, context)
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
        for (configuration, transformer) in try transformers(of: file, context, way: way) {
            try tree.limits.add(workOnObjects: all.set.resources.count, at: SourceLocation(file: file.path))
            try transformer.transform(&all.set, context)
            try tree.limits.check()
            all.set.settleTwins()
            guard let traced else { continue }
            let line = BuildTrace.transformation(configuration, from: traced)
            for index in all.set.resources.indices { all.set.resources[index].trace?.add(line) }
        }
        for variable in file.variables {
            try VariableTransformer.mark(variable, in: &all.set)
            try all.add(variable)
        }
        return all
    }

    private func accumulate(
        resources: [PlacedText], of file: KustomizationFile, into all: inout Accumulation, way: [String],
        _ purpose: PathPurpose = "the resource"
    ) throws(BuildProblem) {
        for resource in resources {
            if !RemoteReference.isURL(resource.text), let path = try self.file(resource, of: file, purpose) {
                guard SourceTree.isInside(path, file.folder) else {
                    throw BuildProblem(
                        "\(purpose.subject(resource.text)) stands outside of the kustomization's folder "
                            + "\(file.folder.isEmpty ? "." : file.folder): only folders may be named above it; name its folder, with a "
                            + "kustomization.yaml in it", at: resource.place)
                }
                let found = try tree.file(path, purpose: purpose, at: resource.place)
                var resources = try Resource.all(of: tree.documents(found))
                if let traced {
                    for index in resources.indices { resources[index].trace = BuildTrace(file: path, from: traced) }
                }
                try all.set.append(contentsOf: resources)
                continue
            }
            let folder = try self.folder(resource, of: file, way: way, purpose)
            let inner = try kustomization(in: folder, at: resource.place)
            if inner.isComponent {
                throw BuildProblem("\(resource.text) is a component: name it under components", at: resource.place)
            }
            try all.take(try accumulate(inner, into: Accumulation(), way: way + [folder]), tree.limits)
        }
    }

    /// The configurations that a list names: in a file, as what a folder is built to, or written in the list itself.
    private func plugins(
        _ list: [PlacedText], of file: KustomizationFile, way: [String], _ purpose: PathPurpose
    ) throws(BuildProblem) -> [PluginConfiguration] {
        var all = Accumulation()
        var paths: [PlacedText] = []
        for entry in list {
            do throws(BuildProblem) {
                let text = PatchText(inline: Node(.scalar(.string(entry.text)), at: entry.place), tree)
                try all.set.append(contentsOf: PatchContent.resources(text))
            } catch {
                // What cannot be read as objects is a path, unless no path looks like that.
                guard PathPurpose.isPlain(entry.text) else { throw error }
                paths.append(entry)
            }
        }
        // As in kustomize: what is written in the list itself comes first.
        try accumulate(resources: paths, of: file, into: &all, way: way, purpose)
        for index in all.set.resources.indices { all.set.resources[index].rewrite() }
        let plugins = all.set.resources.map { PluginConfiguration(resource: $0) }
        try require(plugins.flatMap(\.references), of: file)
        return plugins
    }

    /// All files at once that are named from a kustomization's folder, so that they are not read one by one. What is wrong with them
    /// is said where they are used.
    private func require(_ references: [String], of file: KustomizationFile) throws(BuildProblem) {
        var missing: BuildProblem?
        for reference in references {
            let place = SourceLocation(file: file.path)
            guard let path = try? SourceTree.resolve(reference, from: file.folder, purpose: "", at: place) else { continue }
            do throws(BuildProblem) {
                _ = try tree.entry(path, at: place)
            } catch {
                if error.missing.isEmpty { throw error }
                missing = missing ?? error
                missing?.missing.formUnion(error.missing)
            }
        }
        if let missing { throw missing }
    }

    /// What `buildMetadata` says of an object that a generator makes; nil where it asks for nothing.
    private func trace(_ generator: BuildTrace.Configuration) -> BuildTrace? {
        traced.map { BuildTrace(generator: generator, from: $0) }
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
        _ reference: PlacedText, of file: KustomizationFile, way: [String], _ purpose: PathPurpose
    ) throws(BuildProblem) -> String {
        let subject = purpose.subject(RemoteReference.shown(reference.text))
        let remote = BuildProblem(
            "\(subject) is fetched from elsewhere, which is not done here: copy it into this repository and name the copy",
            at: reference.place)
        if RemoteReference.isRemote(reference.text) { throw remote }
        let path = try SourceTree.resolve(reference.text, from: file.folder, purpose: purpose, at: reference.place)
        switch try tree.entry(path, at: reference.place) {
        case .folder: break
        case .file:
            throw BuildProblem(
                "\(subject) is a file, and must be a folder: name the folder with its kustomization.yaml", at: reference.place)
        case .absent:
            if RemoteReference.resemblesRemote(reference.text) { throw remote }
            let isShown = purpose.shows(reference.text) && RemoteReference.shown(reference.text).hasSameBytes(as: reference.text)
            let absence = isShown ? ": the repository has no \(quotedForPeople(path))" : ""
            throw BuildProblem("\(subject) is not there\(absence); correct the path, or add what it names", at: reference.place)
        }
        if let start = way.firstIndex(of: path) {
            let cycle = (way[start...] + [path]).map { $0.isEmpty ? "." : $0 }.joined(separator: " → ")
            throw BuildProblem("a kustomization refers to itself: \(cycle); remove one of these references", at: reference.place)
        }
        if let inner = way.first(where: { SourceTree.isInside($0, path) }) {
            throw BuildProblem(
                "\(subject) is a folder above \(inner), which refers to it: kustomize takes that for a circle; move what both need into a "
                    + "folder of its own", at: reference.place)
        }
        guard way.count < KustomizationBuild.maximumDepth else {
            throw BuildProblem(
                "kustomizations refer to each other more than \(KustomizationBuild.maximumDepth) deep, from \(way[0].isEmpty ? "." : way[0]): "
                    + "name the bases that are needed more directly",
                at: reference.place)
        }
        return path
    }

    /// The path of what a reference names, where that is a file.
    private func file(
        _ reference: PlacedText, of file: KustomizationFile, _ purpose: PathPurpose
    ) throws(BuildProblem) -> String? {
        let path: String
        do throws(BuildProblem) {
            path = try SourceTree.resolve(reference.text, from: file.folder, purpose: purpose, at: reference.place)
        } catch {
            // What leads out of the repository may be the address of another one.
            if RemoteReference.isRemote(reference.text) { return nil }
            throw error
        }
        if case .file = try tree.entry(path, at: reference.place) { return path }
        return nil
    }
}

extension KustomizationBuild {
    /// The transformers of a kustomization in their order; those of `transformers` last.
    private func transformers(
        of file: KustomizationFile, _ context: BuildContext, way: [String]
    ) throws(BuildProblem) -> [(configuration: BuildTrace.Configuration, transformer: any Transformer)] {
        var list: [(BuildTrace.Configuration, any Transformer)] = []
        func add(_ kind: String, _ transformer: any Transformer) {
            list.append((BuildTrace.Configuration(kind: kind, file: file.path), transformer))
        }
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
        for plugin in try plugins(file.transformers, of: file, way: way, "the transformer") {
            list.append((plugin.trace, try plugin.transformer()))
        }
        for plugin in try plugins(file.validators, of: file, way: way, "the validator") {
            throw BuildProblem(
                "validators are not run: \(plugin.resource.subject) checks nothing here; check in CI what it checks, and remove it from this list",
                at: plugin.resource.origin)
        }
        return list
    }
}
