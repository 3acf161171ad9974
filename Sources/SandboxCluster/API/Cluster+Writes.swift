// create and update, and what every write has in common: decoding, defaults, ownership, admission, validation.

import StructuredData

/// An object read from a request, in the server's own form, with what the client should be warned of.
struct DecodedObject {
    var value: Value
    var warnings: [String] = []
}

extension Cluster {
    // MARK: Decoding

    /// Reads the body as an object of the request's kind.
    func decodeBody(_ request: ResourceRequest) throws(Failure) -> DecodedObject {
        let kind = request.kind
        var raw = try parse(request.wire, expecting: kind.resource.kind)
        let apiVersion = raw["apiVersion"]?.string ?? ""
        let name = raw["kind"]?.string ?? ""
        if raw.object == nil {
            throw .badRequest("the object provided is unrecognized (must be of type \(kind.resource.kind)): not an object")
        }
        if name.isEmpty, kind.isCustom {
            let body = String(decoding: request.wire.body, as: UTF8.self)
            throw .badRequest(
                "the object provided is unrecognized (must be of type \(kind.resource.kind)): Object 'Kind' is missing in '\(body)' "
                    + "(\(Cluster.summary(request.wire.body)))")
        }
        if !apiVersion.isEmpty, apiVersion != kind.apiVersion {
            throw .badRequest(
                "the API version in the data (\(apiVersion)) does not match the expected API version (\(kind.apiVersion))")
        }
        if !name.isEmpty, name != kind.resource.kind {
            if kind.isCustom {
                throw .invalid(
                    group: kind.resource.group, kind: name, name: raw.at("metadata", "name")?.string ?? "",
                    [.invalid("kind", .string(name), "must be \(kind.resource.kind)")])
            }
            throw .badRequest(Cluster.wrongKind(name, kind))
        }
        raw.set(.string(kind.apiVersion), at: ["apiVersion"])
        raw.set(.string(kind.resource.kind), at: ["kind"])
        return try typed(raw, request)
    }

    /// The beginning of a body, as the server's messages show it.
    private static func summary(_ body: [UInt8]) -> String {
        if body.isEmpty { return "<empty>" }
        return String(decoding: body.prefix(30), as: UTF8.self) + (body.count > 30 ? " ..." : "")
    }

    static func wrongKind(_ name: String, _ kind: ServedKind) -> String {
        let resource = kind.resource
        let isKnown = SchemaFacts.builtIn.resources.contains { $0.kind == name && $0.apiVersion == kind.apiVersion }
        let group = resource.group.split(separator: ".").first.map(String.init) ?? "core"
        let why =
            isKnown
            ? "converting (\(resource.version).\(name)) to (\(group).\(resource.kind)): unknown conversion"
            : "no kind \"\(name)\" is registered for version \"\(kind.apiVersion)\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""
        return "\(name) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): \(why)"
    }

    func parse(_ wire: WireRequest, expecting kind: String = "JSON") throws(Failure) -> Value {
        switch wire.contentType {
        case "", "application/json", "text/plain", "application/x-www-form-urlencoded":
            do { return try JSON.read(wire.body) } catch {
                throw .badRequest(
                    "the object provided is unrecognized (must be of type \(kind)): couldn't get version/kind; json parse error: \(error.message)"
                )
            }
        case "application/yaml":
            return try parseYAML(wire.body)
        case "application/vnd.kubernetes.protobuf":
            throw .protobuf
        default:
            throw .unsupportedMediaType(["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"])
        }
    }

    func parseYAML(_ body: [UInt8]) throws(Failure) -> Value {
        do {
            return try YAML.read(body, file: "body").first?.value ?? .null
        } catch {
            throw .badRequest("error decoding YAML: \(error.message)")
        }
    }

    /// The object in the server's own form, with its defaults.
    func typed(_ raw: Value, _ request: ResourceRequest, prefix: String? = nil) throws(Failure) -> DecodedObject {
        let kind = request.kind
        let handled =
            prefix ?? "\(kind.resource.kind) in version \"\(kind.resource.version)\" cannot be handled as a \(kind.resource.kind): "
        if let custom = kind.custom {
            var structural = StructuralSchema(custom: custom)
            var value = structural.pruned(raw)
            let unknown = structural.prunedPaths
            if request.fieldValidation == .strict, !unknown.isEmpty {
                throw .badRequest(
                    handled + "strict decoding error: " + unknown.map { "unknown field \"\($0)\"" }.joined(separator: ", "))
            }
            structural.setDefaults(&value)
            value = typedMetadata(value, kind)
            return DecodedObject(
                value: value, warnings: request.fieldValidation == .warn ? unknown.map { "unknown field \"\($0)\"" } : [])
        }
        var decoder = TypedDecoder(kind.schema)
        var value: Value
        do throws(DecodingFailure) {
            value = try decoder.decode(raw, kind: kind.resource.kind, kind.shape)
        } catch {
            throw .badRequest(handled + error.message)
        }
        let unknown = decoder.unknownFields.map { "unknown field \"\($0)\"" }
        if request.fieldValidation == .strict, !unknown.isEmpty {
            throw .badRequest(handled + "strict decoding error: " + unknown.joined(separator: ", "))
        }
        // An empty list here asks to forget all owners; the encoder would leave it out.
        if raw.at("metadata", "managedFields")?.array?.isEmpty == true { value.set([], at: ["metadata", "managedFields"]) }
        Defaults.apply(to: &value, kind: kind)
        return DecodedObject(
            value: ServedKind.headed(value, kind.apiVersion, kind.resource.kind), warnings: request.fieldValidation == .warn ? unknown : [])
    }

    /// Custom objects have typed metadata too.
    private func typedMetadata(_ value: Value, _ kind: ServedKind) -> Value {
        let schema = SchemaFacts.builtIn.schema
        guard let shape = schema.named["meta.v1.ObjectMeta"], let metadata = value["metadata"] else { return value }
        var decoder = TypedDecoder(schema)
        guard let decoded = try? decoder.decode(metadata, kind: "ObjectMeta", schema[shape]) else { return value }
        var value = value
        value.set(decoded, at: ["metadata"])
        return value
    }

    // MARK: Ownership

    func fieldManager(_ kind: ServedKind, subresource: String = "") -> FieldManager {
        FieldManager(
            schema: kind.schema, apiVersion: kind.apiVersion, kind: kind.resource.kind, versions: versions(of: kind),
            subresource: subresource, resetFields: ResetFields.of(kind, subresource: subresource), now: now.text)
    }

    // MARK: Create

    mutating func create(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        if request.path.namespace == nil, request.kind.resource.isNamespaced {
            throw .badRequest("an empty namespace may not be set during creation")
        }
        let decoded = try decodeBody(request)
        var object = try identified(decoded.value, request)
        Cluster.wipeSystemFields(&object)
        object = fieldManager(request.kind).update(live: request.kind.empty, new: object, manager: request.manager, isCreate: true)
        let stored = try insert(object, request.kind, isDryRun: request.isDryRun)
        return present(stored, request, code: 201, warnings: decoded.warnings)
    }

    /// The object with the namespace of its path.
    private func identified(_ object: Value, _ request: ResourceRequest) throws(Failure) -> Value {
        var object = object
        if object["metadata"]?.object == nil { object.set(.object(Object()), at: ["metadata"]) }
        let given = object.at("metadata", "namespace")?.string ?? ""
        let namespace = request.path.namespace ?? ""
        if request.kind.resource.isNamespaced {
            if !given.isEmpty, given != namespace {
                throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
            }
            object.set(.string(namespace), at: ["metadata", "namespace"])
        } else if !given.isEmpty {
            object.set(nil, at: ["metadata", "namespace"])
        }
        return object
    }

    /// What a client may not say about a new object.
    static func wipeSystemFields(_ object: inout Value) {
        for field in ["selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"] { object.set(nil, at: ["metadata", field]) }
    }

    /// Gives a new object its identity, checks it, stores it.
    mutating func insert(_ object: Value, _ kind: ServedKind, isDryRun: Bool) throws(Failure) -> Value {
        var object = object
        let resource = kind.resource
        let namespace = object.at("metadata", "namespace")?.string ?? ""
        if resource.isNamespaced { try admitNamespace(namespace, kind, name: object.at("metadata", "name")?.string ?? "") }
        if let version = object.at("metadata", "resourceVersion")?.string, !version.isEmpty, version != "0" {
            throw .untyped("resourceVersion should not be set on objects to be created")
        }
        var name = object.at("metadata", "name")?.string ?? ""
        if name.isEmpty, let prefix = object.at("metadata", "generateName")?.string, !prefix.isEmpty {
            name = String(decoding: prefix.utf8.prefix(58), as: UTF8.self) + identities.tail()
            object.set(.string(name), at: ["metadata", "name"])
        }
        object.set(nil, at: ["metadata", "resourceVersion"])
        Cluster.wipeSystemFields(&object)
        object.set(.string(identities.uid()), at: ["metadata", "uid"])
        object.set(.string(now.text), at: ["metadata", "creationTimestamp"])
        if Strategy.hasGeneration(kind) { object.set(1, at: ["metadata", "generation"]) }
        Strategy.prepareForCreate(&object, kind)
        let causes = Validation.causes(creating: object, kind)
        if !causes.isEmpty { throw .invalid(resource, name, causes) }
        let key = StoreKey(namespace: namespace, name: name)
        if let other = store.object(kind.collection, key) {
            throw .alreadyExists(resource, name, isTerminating: other.at("metadata", "deletionTimestamp") != nil)
        }
        try admitCreate(&object, kind, isDryRun: isDryRun)
        let sorted = Strategy.ordered(object)
        if isDryRun { return sorted }
        return commit(kind, key, sorted)
    }

    /// Refuses writes into namespaces that are missing or on their way out.
    private func admitNamespace(_ namespace: String, _ kind: ServedKind, name: String) throws(Failure) {
        guard let spaces = self.kind(group: "", version: "v1", resource: "namespaces") else { return }
        guard let found = store.object(spaces.collection, StoreKey(namespace: "", name: namespace)) else {
            throw .notFound(spaces.resource, namespace)
        }
        if found.at("metadata", "deletionTimestamp") != nil || found.at("status", "phase")?.string == "Terminating" {
            throw .forbidden(
                kind.resource, name, "unable to create new content in namespace \(namespace) because it is being terminated",
                causes: [
                    FailureCause(
                        reason: "NamespaceTerminating", message: "namespace \(namespace) is being terminated", field: "metadata.namespace")
                ])
        }
    }

    // MARK: Update

    mutating func update(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        let decoded = try decodeBody(request)
        let kind = request.kind
        var object = try identified(decoded.value, request)
        let name = request.path.name ?? ""
        let given = object.at("metadata", "name")?.string ?? ""
        if given.isEmpty {
            throw .badRequest("name must be provided")
        } else if given != name {
            throw .badRequest("the name of the object (\(given)) does not match the name on the URL (\(name))")
        }
        guard let current = store.object(kind.collection, request.key) else {
            if Strategy.allowsCreateOnUpdate(kind) {
                object = fieldManager(kind).update(live: kind.empty, new: object, manager: request.manager, isCreate: true)
                return present(try insert(object, kind, isDryRun: request.isDryRun), request, code: 201, warnings: decoded.warnings)
            }
            throw .notFound(kind.resource, name)
        }
        let live = shown(current, as: kind)
        if let uid = object.at("metadata", "uid")?.string, !uid.isEmpty, let actual = live.at("metadata", "uid")?.string, uid != actual {
            throw .uidMismatch(kind, request.key, given: uid, actual: actual)
        }
        try checkResourceVersion(object, live, kind, name)
        object = fieldManager(kind).update(live: live, new: object, manager: request.manager, isCreate: false)
        let stored = try replace(live, with: object, kind, isDryRun: request.isDryRun)
        return present(stored, request, warnings: decoded.warnings)
    }

    func checkResourceVersion(_ object: Value, _ live: Value, _ kind: ServedKind, _ name: String) throws(Failure) {
        let given = object.at("metadata", "resourceVersion")?.string ?? ""
        if given.isEmpty || given == "0" {
            if !Strategy.allowsUnconditionalUpdate(kind) {
                throw .invalid(
                    group: kind.resource.group, kind: kind.resource.resource, name: name,
                    [.invalid("metadata.resourceVersion", 0, "must be specified for an update")])
            }
        } else if given != live.at("metadata", "resourceVersion")?.string {
            throw .conflict(kind.resource, name, Failure.modified)
        }
    }

    /// Stores a changed object after the checks of an update; an object that did not change keeps its resourceVersion.
    mutating func replace(
        _ live: Value, with changed: Value, _ kind: ServedKind, subresource: String = "", isDryRun: Bool
    ) throws(Failure) -> Value {
        var object = changed
        let name = live.at("metadata", "name")?.string ?? ""
        let key = StoreKey(namespace: live.at("metadata", "namespace")?.string ?? "", name: name)
        object.set(live.at("metadata", "resourceVersion"), at: ["metadata", "resourceVersion"])
        object.set(live.at("metadata", "creationTimestamp"), at: ["metadata", "creationTimestamp"])
        for field in ["uid", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"]
        where object.at("metadata", field) == nil {
            object.set(live.at("metadata", field), at: ["metadata", field])
        }
        object.set(live.at("metadata", "generation"), at: ["metadata", "generation"])
        Strategy.prepareForUpdate(&object, live: live, kind, subresource: subresource)
        let causes = Validation.causes(updating: object, from: live, kind, subresource: subresource)
        if !causes.isEmpty { throw .invalid(kind.resource, name, causes) }
        try admitUpdate(&object, live: live, kind, isDryRun: isDryRun)
        object = Strategy.ordered(Strategy.keepingTimes(object, live: live))
        if object == live { return live }
        if isDryRun { return object }
        if live.at("metadata", "deletionTimestamp") != nil, (object.at("metadata", "finalizers")?.array ?? []).isEmpty,
            (live.at("metadata", "deletionGracePeriodSeconds")?.int ?? 0) == 0, Strategy.mayVanish(object, kind)
        {
            _ = uncommit(kind, key)
            return object
        }
        return commit(kind, key, object)
    }
}
