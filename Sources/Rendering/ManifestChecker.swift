// What every object must have, with the place of what is missing or wrong; kinds with data of their own are checked beside.

import KubernetesModel
import StructuredData

struct ManifestChecker {
    let document: YAMLDocument
    /// What of it came from a Secret by substitution.
    private let secrets: SecretPaths
    private(set) var findings: [Finding] = []
    /// `Deployment web`, `this Deployment` or `this document`.
    private(set) var subject: String
    private let isItem: Bool

    init(_ document: YAMLDocument, isItem: Bool, secrets: SecretPaths = SecretPaths()) {
        self.document = document
        self.secrets = secrets
        self.isItem = isItem
        subject = isItem ? "this item" : "this document"
    }

    /// Reports at a field, with its path in front. Of one object a hundred findings are enough: to find a place takes time.
    mutating func report(_ message: String, at path: FieldPath) {
        var message = message
        if secrets.coverage(of: path, in: document.value) == .whole {
            message = "has its value from a Secret, and it is not what must stand here; it is not shown"
        }
        switch findings.count {
        case ..<100: findings.append(Finding(message: "\(subject): \(path) \(message)", location: document.location(of: path)))
        case 100: findings.append(Finding(message: "\(subject): more errors are not shown", location: document.location))
        default: break
        }
    }

    /// nil where the document is no object at all.
    mutating func check() -> Manifest? {
        guard let object = document.value.object else {
            let found = document.value.kindName
            report("\(subject) is \(found); a manifest is a map with apiVersion and kind\(jsonPatchHint)")
            return nil
        }
        if object["sops"]?.object != nil {
            findings.append(
                Finding(
                    message:
                        "is encrypted with SOPS (it has a field sops), which is not supported; commit what another controller decrypts "
                        + "in the cluster, such as a SealedSecret or an ExternalSecret, or exclude the file",
                    location: document.location(of: FieldPath(fields: "sops"))))
            return nil
        }
        let groupVersionKind = checkType(object)
        guard groupVersionKind != nil || object["kind"] != nil || object["apiVersion"] != nil else { return nil }
        if let groupVersionKind, groupVersionKind.group.hasSameBytes(as: "kustomize.config.k8s.io") {
            report(
                "\(subject) is a file of kustomize and no object of a cluster; let spec.source.path lead to the kustomization that it is part of, or exclude the file"
            )
            return nil
        }
        guard let metadata = checkMetadata(object) else { return nil }
        let name = checkName(metadata, of: groupVersionKind?.groupKind)
        if let name, let kind = groupVersionKind?.kind { subject = "\(kind) \(name)" }
        let (namespace, hasUnusableNamespace) = checkNamespace(metadata)
        checkLabels(metadata)
        checkAnnotations(metadata)
        var isIgnored = false
        if let annotations = metadata["annotations"]?.object {
            let behaviour = BehaviourAnnotations(annotations)
            for (key, problem) in behaviour.problems { report(problem, at: FieldPath(fields: "metadata", "annotations", key)) }
            isIgnored = behaviour.isIgnored
        }
        var content = Normalization.withoutServerFields(object)
        if let groupKind = groupVersionKind?.groupKind {
            checkData(&content, of: groupKind)
            Normalization.copyTemplateLabels(&content, of: groupKind)
        }
        let definition = groupVersionKind?.groupKind == .customResourceDefinition ? DefinedKind(.object(content)) : nil
        if let definition, let problem = definition.nameProblem(name) { report(problem, at: FieldPath(fields: "metadata", "name")) }
        return Manifest(
            document: document, content: .object(content), subject: subject, groupVersionKind: groupVersionKind, name: name,
            namespace: namespace, hasUnusableNamespace: hasUnusableNamespace, isIgnored: isIgnored, definition: definition, secrets: secrets
        )
    }

    /// Reports at the object itself, with a sentence of its own.
    private mutating func report(_ sentence: String) {
        findings.append(Finding(message: sentence, location: document.location))
    }

    private var jsonPatchHint: String {
        let isPatch = document.value.array?.first.map { $0["op"] != nil && $0["path"] != nil } ?? false
        return isPatch ? " (this looks like a JSON patch of a kustomization)" : ""
    }

    // MARK: apiVersion and kind

    private mutating func checkType(_ object: Object) -> GroupVersionKind? {
        let kind = object["kind"].flatMap { $0.isNull ? nil : $0 }
        let apiVersion = object["apiVersion"].flatMap { $0.isNull ? nil : $0 }
        if kind == nil, apiVersion == nil {
            report(
                "\(subject) has neither apiVersion nor kind, so it is no manifest; write them, or exclude the file if it is something else")
            return nil
        }
        var kindText: String?
        if let kind {
            if let problem = kindProblem(kind) {
                report(problem, at: FieldPath(fields: "kind"))
            } else if let text = kind.string {
                kindText = text
                subject = "this \(text)"
            }
        } else {
            report("\(subject) has no kind; write one, such as kind: ConfigMap")
        }
        guard let apiVersion else {
            let known = kindText.flatMap { BuiltInKinds.apiVersions(ofKind: $0).first } ?? "apps/v1"
            report("\(subject) has no apiVersion; write one, such as apiVersion: \(known)")
            return nil
        }
        guard let text = apiVersion.string else {
            report(apiVersion.notText, at: FieldPath(fields: "apiVersion"))
            return nil
        }
        guard let type = GroupVersionKind(apiVersion: text, kind: kindText ?? "Unknown"), apiVersionProblem(type) == nil else {
            let problem =
                GroupVersionKind(apiVersion: text, kind: "Unknown").flatMap(apiVersionProblem)
                ?? "is not VERSION or GROUP/VERSION, such as v1 or apps/v1"
            report("\(quotedForPeople(text)) \(problem)", at: FieldPath(fields: "apiVersion"))
            return nil
        }
        return kindText == nil ? nil : type
    }

    private func kindProblem(_ kind: Value) -> String? {
        guard let text = kind.string else { return kind.notText }
        if text.isEmpty { return "is empty; write one, such as ConfigMap" }
        let bytes = text.utf8
        let isWord = bytes.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
        let beginsWithLetter = bytes.first.map { $0 > 0x39 } ?? false
        return isWord && beginsWithLetter && bytes.count <= 63
            ? nil : "\(quotedForPeople(text)) is no kind; a kind is one word, such as ConfigMap"
    }

    private func apiVersionProblem(_ type: GroupVersionKind) -> String? {
        if type.group.isEmpty, !type.version.hasSameBytes(as: "v1") {
            let known = BuiltInKinds.apiVersions(ofKind: type.kind).first ?? "GROUP/VERSION"
            return "has no group, and without a group the only version is v1; write \(known)"
        }
        if type.group.hasSameBytes(as: "core") { return "is not how the core group is written; write v1" }
        if !type.group.isEmpty, let problem = Names.dnsSubdomainProblem(type.group) { return "has a group that \(problem)" }
        if let problem = Names.dnsLabelProblem(type.version) { return "has a version that \(problem)" }
        return nil
    }

    // MARK: metadata

    private mutating func checkMetadata(_ object: Object) -> Object? {
        let path = FieldPath(fields: "metadata")
        guard let metadata = object["metadata"], !metadata.isNull else {
            report("is missing; write one with a name, or exclude the file if it is no manifest", at: path)
            return nil
        }
        guard let map = metadata.object else {
            report("is \(metadata.asRead); it must be a map with a name", at: path)
            return nil
        }
        return map
    }

    private mutating func checkName(_ metadata: Object, of kind: GroupKind?) -> String? {
        let path = FieldPath(fields: "metadata", "name")
        let value = metadata["name"] ?? .null
        if value.isNull || value.string?.isEmpty ?? false {
            if let generated = metadata["generateName"], !generated.isNull {
                report(
                    "has no use here: every run would make one more object. Write metadata.name",
                    at: FieldPath(fields: "metadata", "generateName"))
            } else {
                report("is \(value.string == nil ? "missing" : "empty"); every object needs a name", at: path)
            }
            return nil
        }
        guard let name = value.string else {
            report(value.notText, at: path)
            return nil
        }
        if let problem = kind.map({ ObjectNames.problem(name, of: $0) }) ?? Names.pathSegmentProblem(name) {
            report("\(quotedForPeople(name)) \(problem)\(variableHint(name))", at: path)
            return nil
        }
        return name
    }

    private mutating func checkNamespace(_ metadata: Object) -> (namespace: String?, isUnusable: Bool) {
        let path = FieldPath(fields: "metadata", "namespace")
        guard let value = metadata["namespace"], !value.isNull else { return (nil, false) }
        guard let namespace = value.string else {
            report(value.notText, at: path)
            return (nil, true)
        }
        if namespace.isEmpty { return (nil, false) }
        if let problem = Names.namespaceProblem(namespace) {
            report("\(quotedForPeople(namespace)) \(problem)\(variableHint(namespace))", at: path)
            return (nil, true)
        }
        return (namespace, false)
    }

    private func variableHint(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: "$")) ? " (variables are substituted only with spec.source.substitute)" : ""
    }

    private mutating func checkLabels(_ metadata: Object) {
        for (key, value, path) in texts("labels", of: metadata) {
            if key.hasSameBytes(as: "applyset.kubernetes.io/part-of") {
                report("is given by Belay when it applies an object; remove it from the manifest", at: path)
            } else if let problem = Names.labelKeyProblem(key) {
                report("is no label: its key \(problem)", at: path)
            } else if BehaviourAnnotations.isKnown(key) {
                report("is an annotation, not a label; move it to metadata.annotations", at: path)
            } else if let problem = Names.labelValueProblem(value) {
                report("\(quotedForPeople(value)) cannot be a label's value: it \(problem)", at: path)
            }
        }
    }

    private mutating func checkAnnotations(_ metadata: Object) {
        var size = 0
        for (key, value, path) in texts("annotations", of: metadata) {
            size += key.utf8.count + value.utf8.count
            if let problem = Names.annotationKeyProblem(key) {
                report("is no annotation: its key \(problem)", at: path)
            }
        }
        if size > 256 << 10 {
            report("has \(size) bytes of keys and values; Kubernetes takes 262144", at: FieldPath(fields: "metadata", "annotations"))
        }
    }

    /// The entries of a map of texts; null is the empty text, as the API server reads it. What is no text is reported.
    private mutating func texts(_ field: String, of metadata: Object) -> [(key: String, value: String, path: FieldPath)] {
        let path = FieldPath(fields: "metadata", field)
        guard let value = metadata[field], !value.isNull else { return [] }
        guard let map = value.object else {
            report("is \(value.asRead); it must be a map of texts", at: path)
            return []
        }
        var texts: [(String, String, FieldPath)] = []
        for entry in map {
            let place = path.appending(.field(entry.key))
            if let text = entry.value.string {
                texts.append((entry.key, text, place))
            } else if entry.value.isNull {
                texts.append((entry.key, "", place))
            } else {
                report(entry.value.notText, at: place)
            }
        }
        return texts
    }
}
