// One file to its objects: parse, expand lists, check every object by itself.

import KubernetesModel
import StructuredData

struct ManifestReader {
    private let file: SourceFile
    private var limits: YAMLLimits
    private(set) var manifests: [Manifest] = []
    private(set) var findings = FindingList()
    /// nil: text stays as it is.
    private(set) var substitution: Substitution?
    /// That the file's documents consist of.
    private(set) var nodes = 0
    /// Documents and list items, good or bad; 1 for a file that cannot be parsed.
    private(set) var count = 0

    /// Whether the file holds more nodes than the source's other files leave; nothing was read of it then.
    private(set) var exceedsSource = false
    private let nodesOfOneFile: Int

    /// - Parameter nodesLeft: how many nodes the source's other files leave to this one.
    init(file: SourceFile, limits: YAMLLimits, nodesLeft: Int, substitution: Substitution? = nil) {
        self.substitution = substitution
        self.file = file
        self.limits = limits
        nodesOfOneFile = limits.nodes
        self.limits.nodes = min(limits.nodes, max(nodesLeft, 0))
    }

    mutating func read() {
        let documents: [YAMLDocument]
        do throws(YAMLError) {
            documents = try YAML.read(file.bytes, file: file.path, limits: limits)
        } catch {
            count = 1
            if error.hasTooManyNodes, limits.nodes < nodesOfOneFile {
                exceedsSource = true
            } else {
                findings.append(Finding(message: error.message, location: error.location))
            }
            return
        }
        for document in documents {
            nodes += document.value.nodeCount
            if let items = items(of: document) {
                for item in items {
                    if count == limits.documents {
                        let message =
                            "more than \(limits.documents) documents and list items in one file; split it"
                        return findings.append(Finding(message: message, location: item.location))
                    }
                    check(item, isItem: true)
                }
            } else {
                check(document, isItem: false)
            }
        }
    }

    private mutating func check(_ document: YAMLDocument, isItem: Bool) {
        count += 1
        if isItem, isList(document.value) {
            findings.append(
                Finding(message: "a List inside of a List is not expanded; put its items into the outer one", location: document.location))
            return
        }
        let (manifest, found) = Manifest.checked(document, isItem: isItem, &substitution)
        if let manifest { manifests.append(manifest) }
        findings.append(contentsOf: found)
    }

    /// The items of a `List` or `…List`, each a document of its own; nil for every other document.
    ///
    /// Items of a typed list, such as a `ConfigMapList`, may leave out what the list already says: their apiVersion and kind.
    private mutating func items(of document: YAMLDocument) -> [YAMLDocument]? {
        guard isList(document.value) else { return nil }
        guard let items = document.elements(under: "items") else {
            let found = document.value["items"].map { $0.isNull ? "null" : $0.kindName } ?? "missing"
            findings.append(
                Finding(
                    message: "this List: items is \(found); it must be a list of manifests",
                    location: document.location(of: FieldPath(fields: "items"))))
            return []
        }
        guard let kind = document.value["kind"]?.string, kind.utf8.count > 4, let apiVersion = document.value["apiVersion"] else {
            return items
        }
        let itemKind = String(decoding: kind.utf8.dropLast(4), as: UTF8.self)
        return items.map { item in
            guard let object = item.value.object, object["apiVersion"] == nil, object["kind"] == nil else { return item }
            var typed = item
            // Behind the fields that were read, so that the places of those stay right.
            typed.value.set(apiVersion, at: ["apiVersion"])
            typed.value.set(.string(itemKind), at: ["kind"])
            return typed
        }
    }

    /// kind `List`, or `…List` with items: a custom kind may be called so and have none.
    private func isList(_ value: Value) -> Bool {
        guard let kind = value["kind"]?.string else { return false }
        if kind.hasSameBytes(as: "List"), value["apiVersion"]?.string?.hasSameBytes(as: "v1") ?? false { return true }
        return kind.utf8.suffix(4).elementsEqual("List".utf8) && value["items"]?.array != nil && value["spec"] == nil
    }
}
