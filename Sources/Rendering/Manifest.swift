// One object of a file, checked by itself, before it is known where it goes.

import KubernetesModel
import StructuredData

struct Manifest {
    /// As it was read, with the places of its nodes.
    private(set) var document: YAMLDocument
    /// What is to be applied; `.null` once something else is wrong.
    private(set) var content: Value
    /// How findings call it: `Deployment web`.
    let subject: String
    /// nil where apiVersion or kind is wrong, which has its own finding.
    let groupVersionKind: GroupVersionKind?
    /// nil where it is wrong.
    let name: String?
    /// As the manifest says; nil where it says nothing.
    let namespace: String?
    /// Whether a namespace stands there that cannot be one, which has its own finding.
    let hasUnusableNamespace: Bool
    /// Marked `belay.dev/apply: ignore`: it may be of a kind that no cluster serves.
    let isIgnored: Bool
    /// What a CustomResourceDefinition defines.
    let definition: DefinedKind?
    /// What of it came from a Secret by substitution.
    let secrets: SecretPaths
    /// Whether it has values in place of variables.
    private(set) var isSubstituted = false

    init(
        document: YAMLDocument, content: Value, subject: String, groupVersionKind: GroupVersionKind?, name: String?, namespace: String?,
        hasUnusableNamespace: Bool, isIgnored: Bool, definition: DefinedKind?, secrets: SecretPaths
    ) {
        self.document = document
        self.content = content
        self.subject = subject
        self.groupVersionKind = groupVersionKind
        self.name = name
        self.namespace = namespace
        self.hasUnusableNamespace = hasUnusableNamespace
        self.isIgnored = isIgnored
        self.definition = definition
        self.secrets = secrets
    }

    /// An object with its variables substituted, and checked; with what is wrong with it. Where a variable stands for nothing, nothing else
    /// is said of that field.
    static func checked(
        _ document: YAMLDocument, isItem: Bool, _ substitution: inout Substitution?
    ) -> (manifest: Manifest?, findings: [Finding]) {
        let outcome = substitution?.substitute(document) ?? Substitution.Outcome(document: document)
        var checker = ManifestChecker(outcome.document, isItem: isItem, secrets: outcome.secrets)
        var manifest = checker.check()
        manifest?.isSubstituted = outcome.isSubstituted
        let places = Set(outcome.findings.map(\.location))
        return (manifest, outcome.findings + checker.findings.filter { !places.contains($0.location) })
    }

    /// Only what is needed to find more that is wrong: later findings stand at the object, no longer at a field of it.
    var withoutContent: Manifest {
        var manifest = self
        manifest.content = .null
        manifest.document = YAMLDocument(
            value: ["apiVersion": .null, "kind": .null, "metadata": ["name": .null, "namespace": .null]], location: document.location,
            locations: NodeLocations())
        return manifest
    }

    /// A sentence about this object, with the place of one of its fields.
    func finding(_ sentence: String, at path: FieldPath) -> Finding {
        Finding(message: "\(subject): \(sentence)", location: document.location(of: path))
    }

    /// The object with its namespace behind its name, or without any.
    func object(inNamespace namespace: String?) -> Unstructured {
        guard let metadata = content["metadata"]?.object else { return Unstructured(content) }
        var entries = metadata.entries.filter { !$0.key.hasSameBytes(as: "namespace") }
        if let namespace {
            let place = (entries.firstIndex { $0.key.hasSameBytes(as: "name") } ?? -1) + 1
            entries.insert(Object.Entry(key: "namespace", value: .string(namespace)), at: place)
        }
        var value = content
        value.set(.object(Object(uniqueEntries: entries)), at: ["metadata"])
        return Unstructured(value)
    }
}
