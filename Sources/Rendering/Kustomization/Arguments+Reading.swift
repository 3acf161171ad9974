// Reads the entries of a kustomization's lists.

import StructuredData

extension PatchArguments {
    init(_ reader: inout FieldReader) throws(BuildProblem) {
        place = reader.place
        path = try reader.text("path").nonEmpty
        if let node = reader.node("patch") {
            guard node.string != nil else { throw reader.wrong("patch", node, "a text: write patch: |- and the patch below it") }
            inline = node.string?.isEmpty == true ? nil : node
        }
        if let node = reader.node("target") { target = try Selector(node) }
        if let node = reader.node("options") {
            var options = try FieldReader(node, "options")
            allowsNameChange = try options.bool("allowNameChange") ?? false
            allowsKindChange = try options.bool("allowKindChange") ?? false
            try options.finish()
        }
    }
}

extension Selector {
    init(_ node: Node) throws(BuildProblem) {
        var reader = try FieldReader(node, "target")
        try self.init(&reader)
        try reader.finish()
    }

    init(_ reader: inout FieldReader) throws(BuildProblem) {
        place = reader.place
        group = try reader.text("group").nonEmpty
        version = try reader.text("version").nonEmpty
        kind = try reader.text("kind").nonEmpty
        name = try reader.text("name").nonEmpty
        namespace = try reader.text("namespace").nonEmpty
        labelSelector = try reader.text("labelSelector").nonEmpty
        annotationSelector = try reader.text("annotationSelector").nonEmpty
    }
}

extension ImageArguments {
    init(_ reader: inout FieldReader) throws(BuildProblem) {
        place = reader.place
        name = try reader.text("name") ?? PlacedText(text: "", place: reader.place)
        newName = try reader.text("newName").nonEmpty
        newTag = try reader.text("newTag").nonEmpty
        tagSuffix = try reader.text("tagSuffix").nonEmpty
        digest = try reader.text("digest").nonEmpty
    }
}

extension ReplicaArguments {
    init(_ reader: inout FieldReader) throws(BuildProblem) {
        name = try reader.text("name") ?? PlacedText(text: "", place: reader.place)
        let found = try reader.int("count")
        count = found?.value ?? 0
        place = found?.place ?? reader.place
    }
}

extension LabelArguments {
    init(_ reader: inout FieldReader) throws(BuildProblem) {
        place = reader.place
        pairs = try reader.pairs("pairs")
        includesSelectors = try reader.bool("includeSelectors") ?? false
        includesTemplates = try reader.bool("includeTemplates") ?? false
        includesVolumeClaimTemplates = try reader.bool("includeVolumeClaimTemplates") ?? false
        fields = try reader.entries("fields") { (entry) throws(BuildProblem) in try FieldSpec(&entry) }
    }
}

extension FieldSpec {
    init(_ reader: inout FieldReader) throws(BuildProblem) {
        self.init(
            try reader.text("path")?.text ?? "", group: try reader.text("group")?.text ?? "",
            version: try reader.text("version")?.text ?? "",
            kind: try reader.text("kind")?.text ?? "", create: try reader.bool("create") ?? false)
    }
}

extension GeneratorArguments {
    init(_ reader: inout FieldReader, isSecret: Bool) throws(BuildProblem) {
        self.isSecret = isSecret
        place = reader.place
        name = try reader.text("name") ?? PlacedText(text: "", place: reader.place)
        namespace = try reader.text("namespace").nonEmpty
        behavior = try reader.text("behavior").nonEmpty
        files = try reader.texts("files")
        literals = try reader.texts("literals")
        envs = try reader.texts("envs")
        if let env = try reader.text("env").nonEmpty { envs.append(env) }
        if isSecret { type = try reader.text("type").nonEmpty }
        if let node = reader.node("options") {
            var fields = try FieldReader(node, "options")
            options = try GeneratorOptions(&fields)
            try fields.finish()
        }
        // Of old: the files' and literals' own names.
        _ = reader.node("generatorOptions")
    }
}

extension GeneratorOptions {
    init(_ reader: inout FieldReader) throws(BuildProblem) {
        labels = try reader.pairs("labels")
        annotations = try reader.pairs("annotations")
        disablesNameSuffixHash = try reader.bool("disableNameSuffixHash")
        isImmutable = try reader.bool("immutable")
        immutablePlace = reader.node("immutable")?.place
    }
}

extension ReplacementArguments {
    init(_ node: Node) throws(BuildProblem) {
        var reader = try FieldReader(node, "an entry of replacements")
        path = try reader.text("path").nonEmpty
        self.node = node
        place = node.place
    }
}

extension VariableArguments {
    init(_ reader: inout FieldReader) throws(BuildProblem) {
        place = reader.place
        name = try reader.requiredText("name")
        guard let node = reader.node("objref") else {
            throw BuildProblem("the variable \(name.text) has no objref; write kind and name of the object there", at: place)
        }
        var object = try FieldReader(node, "objref")
        apiVersion = try object.text("apiVersion")?.text ?? ""
        let group = try object.text("group")?.text ?? ""
        let version = try object.text("version")?.text ?? ""
        if apiVersion.isEmpty, !version.isEmpty { apiVersion = group.isEmpty ? version : "\(group)/\(version)" }
        kind = try object.text("kind")?.text ?? ""
        objectName = try object.text("name") ?? PlacedText(text: "", place: node.place)
        namespace = try object.text("namespace")?.text ?? ""
        try object.finish()
        fieldPath = PlacedText(text: "metadata.name", place: place)
        if let node = reader.node("fieldref") {
            var field = try FieldReader(node, "fieldref")
            // Both spellings are found: names are compared without regard to case.
            if let path = try field.text("fieldpath").nonEmpty { fieldPath = path }
            try field.finish()
        }
    }
}

extension SortArguments {
    init(_ node: Node) throws(BuildProblem) {
        var reader = try FieldReader(node, "sortOptions")
        let order = try reader.text("order")
        switch order?.text {
        case "legacy": self.order = .legacy
        case "fifo": self.order = .fifo
        case nil, "": throw BuildProblem("sortOptions has no order: write legacy or fifo", at: node.place)
        case let other?:
            throw BuildProblem("order is \(quotedForPeople(other)), and must be legacy or fifo", at: order?.place ?? node.place)
        }
        if let node = reader.node("legacySortOptions") {
            if self.order == .fifo { throw BuildProblem("legacySortOptions go with order: legacy", at: node.place) }
            var legacy = try FieldReader(node, "legacySortOptions")
            first = try legacy.texts("orderFirst").map(\.text)
            last = try legacy.texts("orderLast").map(\.text)
            try legacy.finish()
        }
        try reader.finish()
    }
}
