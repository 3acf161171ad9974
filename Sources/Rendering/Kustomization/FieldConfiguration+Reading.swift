// Reads the files that a kustomization names under `configurations`.

import StructuredData

extension FieldConfiguration {
    /// Kustomize's own fields with what a kustomization's `configurations` and `crds` say.
    /// - Throws: ``BuildProblem``.
    init(_ file: KustomizationFile, _ context: BuildContext) throws(BuildProblem) {
        self = FieldConfiguration.standard
        if !file.configurations.isEmpty {
            var configured = FieldConfiguration()
            for path in file.configurations {
                try configured.merge(
                    FieldConfiguration(
                        configuration: context.tree.documents(try context.file(path, purpose: "the configuration"), .kubectl),
                        at: path.place))
            }
            try merge(configured)
        }
        for path in file.crds {
            let file = try context.file(path, purpose: "the definitions")
            try merge(TypeDefinitions(context.tree.documents(file, .kubectl), at: path.place).fields())
        }
    }

    private init(configuration documents: [Node], at place: SourceLocation) throws(BuildProblem) {
        self.place = place
        guard let document = documents.first else { return }
        if documents.count > 1 { throw BuildProblem("a configuration has one document; write another file", at: documents[1].place) }
        var reader = try FieldReader(document, "this configuration")
        let names = [
            "namePrefix", "nameSuffix", "namespace", "commonLabels", "labels", "templateLabels", "commonAnnotations", "varReference",
            "images", "replicas",
        ]
        let lists: [WritableKeyPath<FieldConfiguration, [FieldSpec]>] = [
            \.namePrefix, \.nameSuffix, \.namespace, \.commonLabels, \.labels, \.templateLabels, \.commonAnnotations, \.variableReferences,
            \.images, \.replicas,
        ]
        for (name, list) in zip(names, lists) {
            self[keyPath: list] = try reader.entries(name) { (entry) throws(BuildProblem) in try FieldSpec(&entry) }
        }
        nameReferences = try reader.entries("nameReference") { (entry) throws(BuildProblem) in try NameReference(&entry) }
        try reader.finish()
        sort()
    }
}

extension NameReference {
    init(_ reader: inout FieldReader) throws(BuildProblem) {
        group = try reader.text("group")?.text ?? ""
        version = try reader.text("version")?.text ?? ""
        kind = try reader.text("kind")?.text ?? ""
        fields = try reader.entries("fieldSpecs") { (entry) throws(BuildProblem) in try FieldSpec(&entry) }
    }
}
