// CustomResourceDefinitions: what they add to the API.

import StructuredData

struct CustomDefinition: Sendable {
    static let collection = "apiextensions.k8s.io/customresourcedefinitions"

    /// `widgets.example.com`
    var name: String
    var group: String
    var plural: String
    var singular: String
    var kindName: String
    var listKind: String
    var shortNames: [String]
    var categories: [String]
    var isNamespaced: Bool
    var isEstablished: Bool
    var versions: [CustomVersion]
    var storageVersion: String
    /// The types of all versions, in one schema.
    var schema: Schema
    /// By apiVersion.
    var shapes: [String: ShapeID]

    /// nil for an object that is not whole.
    init?(_ object: Value) {
        guard let name = object.at("metadata", "name")?.string, let group = object.at("spec", "group")?.string,
            let names = object.at("spec", "names"), let plural = names["plural"]?.string, let kind = names["kind"]?.string,
            let list = object.at("spec", "versions")?.array
        else { return nil }
        self.name = name
        self.group = group
        self.plural = plural
        kindName = kind
        singular = names["singular"]?.string ?? kind.lowercased()
        listKind = names["listKind"]?.string ?? kind + "List"
        shortNames = (names["shortNames"]?.array ?? []).compactMap(\.string)
        categories = (names["categories"]?.array ?? []).compactMap(\.string)
        isNamespaced = object.at("spec", "scope")?.string == "Namespaced"
        isEstablished = (object.at("status", "conditions")?.array ?? []).contains {
            $0["type"] == "Established" && $0["status"] == "True"
        }
        let keepsUnknown = object.at("spec", "preserveUnknownFields")?.bool == true
        var schema = SchemaFacts.builtIn.schema
        var shapes: [String: ShapeID] = [:]
        var storage = ""
        var versions: [CustomVersion] = []
        for entry in list {
            guard let version = entry["name"]?.string else { continue }
            let openAPI = entry.at("schema", "openAPIV3Schema") ?? [:]
            shapes["\(group)/\(version)"] = StructuralSchema.shape(openAPI, isRoot: true, preserves: keepsUnknown, in: &schema)
            if entry["storage"]?.bool == true { storage = version }
            versions.append(
                CustomVersion(
                    version: version, listKind: listKind, openAPI: openAPI, isServed: entry["served"]?.bool == true,
                    hasStatus: entry.at("subresources", "status") != nil, scale: entry.at("subresources", "scale"),
                    selectableFields: (entry["selectableFields"]?.array ?? []).compactMap {
                        $0["jsonPath"]?.string.map { String($0.drop { $0 == "." }) }
                    }, printerColumns: entry["additionalPrinterColumns"]?.array ?? [], preservesUnknownFields: keepsUnknown))
        }
        self.versions = versions
        storageVersion = storage
        self.schema = schema
        self.shapes = shapes
    }

    /// nil when the version is not served or the definition not established.
    func kind(version: String) -> ServedKind? {
        guard isEstablished, let found = versions.first(where: { $0.version == version && $0.isServed }) else { return nil }
        return served(found)
    }

    var storedKind: ServedKind? { versions.first { $0.version == storageVersion }.map(served) }

    private func served(_ version: CustomVersion) -> ServedKind {
        var resource = ServedResource(
            group: group, version: version.version, resource: plural, kind: kindName, singular: singular, isNamespaced: isNamespaced,
            verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"], shortNames: shortNames,
            categories: categories, shape: shapes["\(group)/\(version.version)"] ?? schema.deduced)
        if version.hasStatus {
            resource.subresources.append(
                ServedResource.Subresource(
                    name: "status", group: group, version: version.version, kind: kindName, verbs: ["get", "patch", "update"]))
        }
        if version.scale != nil {
            resource.subresources.append(
                ServedResource.Subresource(
                    name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: ["get", "patch", "update"]))
        }
        return ServedKind(
            resource: resource, collection: "\(group)/\(plural)", schema: schema, storageVersion: "\(group)/\(storageVersion)",
            custom: version)
    }

    // MARK: The definition's own object

    static func setDefaults(_ object: inout Object) {
        object.edit("spec") { spec in
            let kind = spec["names"]?["kind"]?.string ?? ""
            spec.edit("names") { names in
                names.setDefault("singular", .string(kind.lowercased()))
                names.setDefault("listKind", .string(kind + "List"))
            }
            spec.setDefault("conversion", ["strategy": "None"])
            spec.edit("conversion") { conversion in
                if conversion["strategy"]?.string ?? "" == "" { conversion["strategy"] = "None" }
                conversion.edit("webhook") { $0.edit("clientConfig") { $0.edit("service") { $0.setDefault("port", 443) } } }
            }
        }
    }

    static func prepare(_ object: inout Value) {
        let versions = object.at("spec", "versions")?.array ?? []
        let storage = versions.first { $0["storage"]?.bool == true }?["name"]?.string ?? ""
        var stored = (object.at("status", "storedVersions")?.array ?? []).compactMap(\.string)
        if !storage.isEmpty, !stored.contains(storage) { stored.append(storage) }
        if object.at("status", "acceptedNames") == nil { object.set(["kind": "", "plural": ""], at: ["status", "acceptedNames"]) }
        if object.at("status", "conditions") == nil { object.set(.null, at: ["status", "conditions"]) }
        object.set(.array(stored.map { .string($0) }), at: ["status", "storedVersions"])
    }

    static let cleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io"

    static func markTerminating(_ object: inout Value, time: String) {
        var finalizers = object.at("metadata", "finalizers")?.array ?? []
        if !finalizers.contains(.string(cleanupFinalizer)) { finalizers.append(.string(cleanupFinalizer)) }
        object.set(.array(finalizers), at: ["metadata", "finalizers"])
        var conditions = object.at("status", "conditions")?.array ?? []
        conditions.append([
            "type": "Terminating", "status": "True", "lastTransitionTime": .string(time), "reason": "InstanceDeletionPending",
            "message": "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
        ])
        object.set(.array(conditions), at: ["status", "conditions"])
    }

    /// `v1` before `v1beta2` before `v1beta1` before `v1alpha1` before names that are no versions.
    static func versionPrecedes(_ left: String, _ right: String) -> Bool {
        func parts(_ text: String) -> (rank: Int, major: Int, minor: Int)? {
            guard text.utf8.first == UInt8(ascii: "v") else { return nil }
            let rest = text.dropFirst()
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let major = Int(digits) else { return nil }
            let tail = rest.dropFirst(digits.count)
            if tail.isEmpty { return (3, major, 0) }
            for (name, rank) in [("beta", 2), ("alpha", 1)] where tail.hasPrefix(name) {
                guard let minor = Int(tail.dropFirst(name.count)) else { return nil }
                return (rank, major, minor)
            }
            return nil
        }
        switch (parts(left), parts(right)) {
        case (let a?, let b?): return a != b && (a.rank, a.major, a.minor) > (b.rank, b.major, b.minor)
        case (.some, nil): return true
        case (nil, .some): return false
        default: return left.precedesByBytes(right)
        }
    }
}

extension Cluster {
    /// Keeps the served kinds in step with the stored definitions, and marks new ones as established.
    mutating func definitionChanged(_ event: StoreEvent) {
        let name = event.key.name
        switch event.kind {
        case .deleted:
            if let definition = definitions.removeValue(forKey: name) { hub.close(collection: "\(definition.group)/\(definition.plural)") }
        case .added, .modified:
            definitions[name] = CustomDefinition(event.value)
            establish(event.value)
        }
    }

    /// Deletes all objects of a definition that is being deleted, and the definition once none is left.
    mutating func removeInstances(of name: String) {
        guard let definition = definitions[name], let kind = definition.storedKind else { return }
        for (key, value) in store.list(kind.collection, namespace: nil) where value.at("metadata", "deletionTimestamp") == nil {
            _ = try? delete(kind, key, DeleteOptions())
        }
        finishDefinition(name, collection: kind.collection)
    }

    /// Takes the last hold off a definition that is being deleted and has no objects any more.
    mutating func finishDefinition(_ name: String, collection: String) {
        let key = StoreKey(namespace: "", name: name)
        guard store.count(collection) == 0, let object = store.object(CustomDefinition.collection, key),
            object.at("metadata", "deletionTimestamp") != nil, let kind = kindsByCollection[CustomDefinition.collection]
        else { return }
        var changed = object
        let rest = (object.at("metadata", "finalizers")?.array ?? []).filter { $0.string != CustomDefinition.cleanupFinalizer }
        changed.set(rest.isEmpty ? nil : .array(rest), at: ["metadata", "finalizers"])
        if rest.isEmpty { _ = uncommit(kind, key) } else { commit(kind, key, changed) }
    }

    private mutating func establish(_ object: Value) {
        let conditions = object.at("status", "conditions")?.array ?? []
        let names = object.at("spec", "names") ?? [:]
        let isDone = conditions.contains { $0["type"] == "Established" && $0["status"] == "True" }
        if isDone, object.at("status", "acceptedNames") == names { return }
        guard let kind = kind(group: "apiextensions.k8s.io", version: "v1", resource: "customresourcedefinitions") else { return }
        var changed = object
        let time = Value.string(now.text)
        changed.set(names, at: ["status", "acceptedNames"])
        if !isDone {
            changed.set(
                [
                    [
                        "type": "NamesAccepted", "status": "True", "lastTransitionTime": time, "reason": "NoConflicts",
                        "message": "no conflicts found",
                    ],
                    [
                        "type": "Established", "status": "True", "lastTransitionTime": time, "reason": "InitialNamesAccepted",
                        "message": "the initial names have been accepted",
                    ],
                ], at: ["status", "conditions"])
        }
        let manager = fieldManager(kind, subresource: "status")
        changed = manager.update(live: object, new: changed, manager: "kube-apiserver", isCreate: false)
        commit(kind, StoreKey(namespace: "", name: object.at("metadata", "name")?.string ?? ""), Strategy.ordered(changed))
    }
}
