// Kustomize's own transformers and generators as files: `transformers`, `generators` and `validators` of a kustomization.

import StructuredData

/// One object that configures a transformer or a generator that kustomize has built in. Those that run a program are refused.
struct PluginConfiguration {
    let resource: Resource

    private var kind: String { resource.kind }
    private var place: SourceLocation { resource.node["kind"]?.place ?? resource.origin }

    /// - Throws: ``BuildProblem`` where it is none that is built in, or is configured wrong.
    func transformer() throws(BuildProblem) -> any Transformer {
        try requireBuiltIn()
        var reader = try FieldReader(resource.node, "this \(kind)")
        switch kind {
        case "AnnotationsTransformer":
            return AnnotationTransformer(pairs: try reader.pairs("annotations"), fields: try fields(&reader))
        case "LabelTransformer": return LabelTransformer(pairs: try reader.pairs("labels"), fields: try fields(&reader))
        case "NamespaceTransformer": return try namespace(&reader)
        case "PrefixTransformer", "SuffixTransformer", "PrefixSuffixTransformer": return try affix(&reader)
        case "ImageTagTransformer":
            return ImageTransformer(
                try inner("imageTag", &reader) { (inner) throws(BuildProblem) in try ImageArguments(&inner) }, fields: try fields(&reader))
        case "ReplicaCountTransformer":
            return ReplicaTransformer(
                try inner("replica", &reader) { (inner) throws(BuildProblem) in try ReplicaArguments(&inner) }, fields: try fields(&reader))
        case "PatchTransformer": return PatchTransformer(try PatchArguments(&reader))
        case "PatchJson6902Transformer":
            var patch = PatchArguments(place: resource.origin)
            patch.path = try reader.text("path").nonEmpty
            patch.inline = reader.node("jsonOp")
            if let node = reader.node("target") { patch.target = try Selector(node) }
            return JSONPatchTransformer(patch)
        case "PatchStrategicMergeTransformer":
            var patches = try reader.nodes("paths").map { PatchArguments(inline: $0, place: $0.place) }
            if let node = reader.node("patches") { patches.append(PatchArguments(inline: node, place: node.place)) }
            return StrategicMergePatches(patches)
        case "ReplacementTransformer":
            var replacements: [ReplacementArguments] = []
            for node in try reader.nodes("replacements") { replacements.append(try ReplacementArguments(node)) }
            return ReplacementTransformer(replacements)
        case "HashTransformer": return HashTransformer()
        default:
            throw BuildProblem(
                "\(kind) is no transformer that is built in here: write what it does as fields of the kustomization, or commit its output",
                at: place)
        }
    }

    /// - Throws: ``BuildProblem`` as ``transformer()``.
    func generator() throws(BuildProblem) -> GeneratorArguments {
        try requireBuiltIn()
        if kind == "HelmChartInflationGenerator" {
            throw BuildProblem(
                "\(kind) runs Helm, which is not done here: commit the output of \"helm template\" and name it under resources", at: place)
        }
        guard kind == "ConfigMapGenerator" || kind == "SecretGenerator" else {
            throw BuildProblem(
                "\(kind) is no generator that is built in here: use configMapGenerator or secretGenerator, or commit what it generates",
                at: place)
        }
        var reader = try FieldReader(resource.node, "this \(kind)")
        var arguments = try GeneratorArguments(&reader, isSecret: kind == "SecretGenerator")
        let metadata = resource.node["metadata"]
        if arguments.name.text.isEmpty, let name = metadata?["name"], let text = name.text {
            arguments.name = PlacedText(text: text, place: name.place)
        }
        if arguments.namespace == nil, let namespace = metadata?["namespace"], let text = namespace.text, !text.isEmpty {
            arguments.namespace = PlacedText(text: text, place: namespace.place)
        }
        return arguments
    }

    private func requireBuiltIn() throws(BuildProblem) {
        for key in ["config.kubernetes.io/function", "config.k8s.io/function"] where resource.annotation(key) != nil {
            throw BuildProblem(
                "\(kind) \(resource.name) runs a program or a container, which is not done here: commit what it makes", at: place)
        }
        guard resource.apiVersion == "builtin" else {
            throw BuildProblem(
                "\(kind) of \(quotedForPeople(resource.apiVersion)) is a plugin, which is not run here: commit what it makes, or use "
                    + "what is built in (apiVersion: builtin)", at: place)
        }
    }

    private func fields(_ reader: inout FieldReader) throws(BuildProblem) -> [FieldSpec] {
        try reader.entries("fieldSpecs") { (entry) throws(BuildProblem) in try FieldSpec(&entry) }
    }

    private func inner<T>(
        _ name: String, _ reader: inout FieldReader, _ read: (inout FieldReader) throws(BuildProblem) -> T
    ) throws(BuildProblem) -> T {
        guard let node = reader.node(name) else { throw BuildProblem("this \(kind) has no \(name); write it", at: place) }
        var inner = try FieldReader(node, name)
        return try read(&inner)
    }

    /// A prefix, a suffix, or both in this order.
    private func affix(_ reader: inout FieldReader) throws(BuildProblem) -> any Transformer {
        let prefix = kind == "SuffixTransformer" ? nil : try reader.text("prefix").nonEmpty
        let suffix = kind == "PrefixTransformer" ? nil : try reader.text("suffix").nonEmpty
        guard reader.node("fieldSpecs") != nil else {
            throw BuildProblem("this \(kind) has no fieldSpecs; write the paths that it changes, as metadata/name", at: place)
        }
        let fields = try fields(&reader)
        var parts: [any Transformer] = []
        if let prefix { parts.append(NamePrefixTransformer(prefix, fields: fields)) }
        if let suffix { parts.append(NameSuffixTransformer(suffix, fields: fields)) }
        return TransformerSequence(parts: parts)
    }

    private func namespace(_ reader: inout FieldReader) throws(BuildProblem) -> NamespaceTransformer {
        guard let node = resource.node.at("metadata", "namespace"), let text = node.text else {
            throw BuildProblem("this NamespaceTransformer has no metadata.namespace; write the namespace there", at: place)
        }
        let unsetOnly = try reader.bool("unsetOnly") ?? false
        let subjects: NamespaceTransformer.Subjects
        let wish = try reader.text("setRoleBindingSubjects")
        switch wish?.text {
        case nil, "", "defaultOnly": subjects = .defaultOnly
        case "allServiceAccounts": subjects = .allServiceAccounts
        case "none": subjects = .none
        case let other?:
            throw BuildProblem(
                "setRoleBindingSubjects is \(quotedForPeople(other)); it may be defaultOnly, allServiceAccounts or none",
                at: wish?.place ?? place)
        }
        return NamespaceTransformer(
            PlacedText(text: text, place: node.place), fields: try fields(&reader), unsetOnly: unsetOnly, subjects: subjects)
    }
}

extension PluginConfiguration {
    /// For `buildMetadata`.
    var trace: BuildTrace.Configuration {
        BuildTrace.Configuration(kind: kind, file: resource.origin.file, name: resource.name, namespace: resource.namespace)
    }

    /// The files that it names, or may name; as they are written.
    var references: [String] {
        let node = resource.node
        func texts(_ field: String) -> [String] { node[field]?.list?.compactMap(\.string) ?? [] }
        var references = texts("paths") + texts("envs") + texts("files").map(GeneratorArguments.path(ofFile:))
        references += ["path", "env"].compactMap { node[$0]?.string }
        references += node["replacements"]?.list?.compactMap { $0["path"]?.string } ?? []
        return references.filter { !PathPurpose.hasLines($0) && !RemoteReference.isURL($0) }
    }
}
