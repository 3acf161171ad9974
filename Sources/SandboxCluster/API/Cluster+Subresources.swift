// status, scale, and the few other subresources that clients use.

import StructuredData

extension Cluster {
    mutating func answer(_ request: ResourceRequest, subresource: ServedResource.Subresource) throws(Failure) -> WireResponse {
        switch subresource.name {
        case "status", "ephemeralcontainers", "resize":
            switch request.verb {
            case "get": return try read(request)
            case "update": return try updateSubresource(request, subresource.name)
            case "patch": return try patch(request, subresource: subresource.name)
            default: throw .methodNotAllowed
            }
        case "scale": return try scale(request)
        case "finalize": return try finalize(request)
        case "binding": return try bind(request)
        case "eviction": return try evict(request)
        case "token": return try token(request)
        case "log":
            guard store.object(request.kind.collection, request.key) != nil else {
                throw .notFound(request.kind.resource, request.path.name ?? "")
            }
            return .text("The sandbox runs no containers: there are no logs of \(request.path.name ?? "").\n")
        default: throw .methodNotAllowed
        }
    }

    private mutating func updateSubresource(_ request: ResourceRequest, _ subresource: String) throws(Failure) -> WireResponse {
        let decoded = try decodeBody(request)
        let name = request.path.name ?? ""
        guard let current = store.object(request.kind.collection, request.key) else { throw .notFound(request.kind.resource, name) }
        let live = shown(current, as: request.kind)
        guard decoded.value.at("metadata", "name")?.string == name else {
            throw .badRequest(
                "the name of the object (\(decoded.value.at("metadata", "name")?.string ?? "")) does not match the name on the URL (\(name))"
            )
        }
        try checkResourceVersion(decoded.value, live, request.kind, name)
        let object = fieldManager(request.kind, subresource: subresource)
            .update(live: live, new: decoded.value, manager: request.manager, isCreate: false)
        let stored = try replace(live, with: object, request.kind, subresource: subresource, isDryRun: request.isDryRun)
        return present(stored, request, warnings: decoded.warnings)
    }

    // MARK: Scale

    private struct ScalePaths {
        var spec: [String]
        var status: [String]
        var selector: [String]?
    }

    private func scalePaths(_ kind: ServedKind) -> ScalePaths {
        func path(_ text: String?) -> [String]? { text.map { $0.split(separator: ".").map(String.init) } }
        guard let scale = kind.custom?.scale else {
            return ScalePaths(spec: ["spec", "replicas"], status: ["status", "replicas"], selector: nil)
        }
        return ScalePaths(
            spec: path(scale["specReplicasPath"]?.string) ?? ["spec", "replicas"],
            status: path(scale["statusReplicasPath"]?.string) ?? ["status", "replicas"],
            selector: path(scale["labelSelectorPath"]?.string))
    }

    private func node(_ value: Value, _ path: [String]) -> Value? {
        var node: Value? = value
        for key in path { node = node?[key] }
        return node
    }

    /// The `Scale` that shows a workload.
    private func scaleObject(_ object: Value, _ kind: ServedKind) -> Value {
        let paths = scalePaths(kind)
        var metadata = Object()
        for field in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[field] = object.at("metadata", field)
        }
        var status: Object = ["replicas": node(object, paths.status) ?? 0]
        if let selector = paths.selector {
            status["selector"] = node(object, selector)
        } else if !kind.isCustom, let text = LabelSelector.text(of: object.at("spec", "selector")) {
            status["selector"] = .string(text)
        }
        var spec = Object()
        if let replicas = node(object, paths.spec), replicas != 0 { spec["replicas"] = replicas }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata), "spec": .object(spec),
            "status": .object(status),
        ]
    }

    private mutating func scale(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        let kind = request.kind
        let name = request.path.name ?? ""
        guard let current = store.object(kind.collection, request.key) else { throw .notFound(kind.resource, name) }
        let live = shown(current, as: kind)
        let path = scalePaths(kind).spec
        let before = scaleObject(live, kind)
        if request.verb == "get" { return .json(before) }
        let managed = (try? ManagedFields(live.at("metadata", "managedFields"))) ?? ManagedFields()
        let ownership = ScaleOwnership(managed: managed, workloadVersion: kind.apiVersion, path: path.map { .field($0) })
        var tracked = before
        if let entries = ownership.scaleEntries.value { tracked.set(entries, at: ["metadata", "managedFields"]) }
        let after = try scaled(tracked, before: before, request)
        if let given = after.at("metadata", "name")?.string, given != name {
            throw .badRequest("the name of the object (\(given)) does not match the name on the URL (\(name))")
        }
        if let version = after.at("metadata", "resourceVersion")?.string, !version.isEmpty,
            version != live.at("metadata", "resourceVersion")?.string
        {
            throw .conflict(kind.resource, name, Failure.modified)
        }
        var object = live
        object.set(.int(try checkedReplicas(after, kind, name)), at: path)
        let entries = (try? ManagedFields(after.at("metadata", "managedFields"))) ?? ManagedFields()
        object.set(ownership.workloadEntries(after: entries).value, at: ["metadata", "managedFields"])
        let stored = try replace(live, with: object, kind, isDryRun: request.isDryRun)
        return .json(scaleObject(stored, kind))
    }

    /// The Scale after the request, with the ownership of its fields.
    private func scaled(_ live: Value, before: Value, _ request: ResourceRequest) throws(Failure) -> Value {
        let schema = SchemaFacts.builtIn.schema
        let shape = schema.named["autoscaling.v1.Scale"].map { schema[$0] } ?? schema[schema.deduced]
        let manager = FieldManager(
            schema: schema, apiVersion: ScaleOwnership.apiVersion, kind: "Scale",
            versions: .single(ScaleOwnership.apiVersion, shape), subresource: "scale", resetFields: OwnedFields(fields: "status"),
            now: now.text)
        let type = request.wire.contentType
        let raw: Value
        switch (request.verb, type) {
        case ("update", _): raw = try parse(request.wire, expecting: "Scale")
        case (_, "application/apply-patch+yaml"):
            try checkPatchOptions(request)
            let applied = try parseYAML(request.wire.body)
            guard applied["kind"] == "Scale", applied["apiVersion"]?.string == ScaleOwnership.apiVersion else {
                throw .badRequest("invalid object type: \(applied["apiVersion"]?.string ?? ""), Kind=\(applied["kind"]?.string ?? "")")
            }
            return try manager.apply(
                live: live, applied: applied, manager: request.wire.parameter("fieldManager") ?? "", force: request.isForced,
                objectName: "\(request.key.namespace)/\(request.key.name); autoscaling/v1, Kind=Scale")
        case (_, "application/json-patch+json"): raw = try JSONPatch(try parseJSON(request.wire)).applied(to: before)
        case (_, "application/merge-patch+json"), (_, "application/strategic-merge-patch+json"):
            raw = MergePatch.merged(before, try parseJSON(request.wire))
        default: throw .unsupportedPatchType
        }
        var decoder = TypedDecoder(schema)
        do throws(DecodingFailure) {
            var decoded = try decoder.decode(raw, kind: "Scale", shape)
            decoded.set(nil, at: ["metadata", "managedFields"])
            for field in ["uid", "creationTimestamp"] where decoded.at("metadata", field) == nil {
                decoded.set(live.at("metadata", field), at: ["metadata", field])
            }
            return manager.update(live: live, new: decoded, manager: request.manager, isCreate: false)
        } catch {
            if request.verb == "patch" {
                throw .invalid(
                    group: "", kind: "", name: "", [.invalid("patch", .string(PathElement.json(raw)), error.message)])
            }
            throw .badRequest("Scale in version \"v1\" cannot be handled as a Scale: \(error.message)")
        }
    }

    private func checkedReplicas(_ scale: Value, _ kind: ServedKind, _ name: String) throws(Failure) -> Int64 {
        let replicas = scale.at("spec", "replicas")
        guard let count = replicas == nil || replicas?.isNull == true ? 0 : replicas?.int else {
            throw .badRequest(
                "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal into Go struct field "
                    + "ScaleSpec.spec.replicas of type int32")
        }
        if count < 0 {
            throw .invalid(
                group: "autoscaling", kind: "Scale", name: name,
                [.invalid("spec.replicas", .int(count), "must be greater than or equal to 0")])
        }
        return count
    }

    private func parseJSON(_ wire: WireRequest) throws(Failure) -> Value {
        do { return try JSON.read(wire.body) } catch { throw .badRequest("error decoding patch: \(error.message)") }
    }

    // MARK: Others

    /// Namespaces: the content is gone, the finalizer goes.
    private mutating func finalize(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        let name = request.path.name ?? ""
        guard let live = store.object(request.kind.collection, request.key) else { throw .notFound(request.kind.resource, name) }
        let given = try parse(request.wire)
        var object = live
        object.set(given.at("spec", "finalizers"), at: ["spec", "finalizers"])
        if (object.at("spec", "finalizers")?.array ?? []).isEmpty, live.at("metadata", "deletionTimestamp") != nil {
            object.set([:], at: ["spec"])
            if !request.isDryRun { _ = uncommit(request.kind, request.key) }
            return present(object, request)
        }
        return present(request.isDryRun ? object : commit(request.kind, request.key, object), request)
    }

    private mutating func bind(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        let name = request.path.name ?? ""
        guard let live = store.object(request.kind.collection, request.key) else { throw .notFound(request.kind.resource, name) }
        let body = try parse(request.wire)
        var object = live
        object.set(body.at("target", "name"), at: ["spec", "nodeName"])
        if !request.isDryRun { commit(request.kind, request.key, object) }
        return .json(["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], code: 201)
    }

    private mutating func evict(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        _ = try delete(request.kind, request.key, DeleteOptions(isDryRun: request.isDryRun))
        return .json(["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201], code: 201)
    }

    /// A token that means nothing outside of the sandbox.
    private mutating func token(_ request: ResourceRequest) throws(Failure) -> WireResponse {
        let name = request.path.name ?? ""
        guard store.object(request.kind.collection, request.key) != nil else { throw .notFound(request.kind.resource, name) }
        var body = try parse(request.wire)
        let seconds = body.at("spec", "expirationSeconds")?.int ?? 3600
        body.set(
            [
                "token": .string("sandbox-\(identities.uid())"),
                "expirationTimestamp": .string(Timestamp(seconds: now.seconds &+ seconds).text),
            ], at: ["status"])
        return .json(body, code: 201)
    }
}

extension LabelSelector {
    /// `app=web,tier in (a,b)`, as a Scale's status shows it.
    static func text(of selector: Value?) -> String? {
        guard let object = selector?.object, !object.isEmpty else { return nil }
        let isPlain = object["matchLabels"] == nil && object["matchExpressions"] == nil
        var terms = ((isPlain ? object : object["matchLabels"]?.object) ?? Object()).entries.map {
            (key: $0.key, text: "\($0.key)=\($0.value.string ?? "")")
        }
        for expression in object["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = (expression["values"]?.array ?? []).compactMap(\.string).sorted().joined(separator: ",")
            switch expression["operator"]?.string {
            case "In": terms.append((key, "\(key) in (\(values))"))
            case "NotIn": terms.append((key, "\(key) notin (\(values))"))
            case "Exists": terms.append((key, key))
            default: terms.append((key, "!\(key)"))
            }
        }
        return terms.sorted { $0.key.precedesByBytes($1.key) }.map(\.text).joined(separator: ",")
    }
}
