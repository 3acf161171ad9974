// patch: server-side apply, JSON patch, merge patch, strategic merge patch.

import StructuredData

extension Cluster {
    static let patchTypes = [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
        "application/apply-patch+yaml", "application/apply-patch+cbor",
    ]

    mutating func patch(_ request: ResourceRequest, subresource: String = "") throws(Failure) -> WireResponse {
        let type = request.wire.contentType
        guard Cluster.patchTypes.prefix(4).contains(type), !(request.kind.isCustom && type.hasPrefix("application/strategic")) else {
            if request.kind.isCustom {
                throw .unsupportedMediaType([Cluster.patchTypes[0], Cluster.patchTypes[1], Cluster.patchTypes[3]])
            }
            throw .unsupportedPatchType
        }
        try checkPatchOptions(request)
        if request.isApply { return try apply(request, subresource: subresource) }
        let kind = request.kind
        let name = request.path.name ?? ""
        guard let current = store.object(kind.collection, request.key) else { throw .notFound(kind.resource, name) }
        let live = shown(current, as: kind)
        let patched = try patched(live, request)
        let decoded = try decodePatched(patched, live: live, request)
        var object = decoded.value
        if let uid = object.at("metadata", "uid")?.string, let actual = live.at("metadata", "uid")?.string, uid != actual {
            throw .uidMismatch(kind, request.key, given: uid, actual: actual)
        }
        if object.at("metadata", "name")?.string != name {
            throw .badRequest(
                "the name of the object (\(object.at("metadata", "name")?.string ?? "")) does not match the name on the URL (\(name))")
        }
        if object.at("metadata", "namespace") != live.at("metadata", "namespace") {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
        let version = object.at("metadata", "resourceVersion")?.string ?? ""
        if !version.isEmpty, version != live.at("metadata", "resourceVersion")?.string {
            throw .conflict(kind.resource, name, Failure.modified)
        }
        object = fieldManager(kind, subresource: subresource).update(live: live, new: object, manager: request.manager, isCreate: false)
        let stored = try replace(live, with: object, kind, subresource: subresource, isDryRun: request.isDryRun)
        return present(stored, request, warnings: decoded.warnings)
    }

    func checkPatchOptions(_ request: ResourceRequest) throws(Failure) {
        var causes: [FailureCause] = []
        let manager = request.wire.parameter("fieldManager") ?? ""
        if request.isApply {
            if manager.isEmpty { causes.append(.required("fieldManager", "is required for apply patch")) }
        } else if request.wire.parameter("force") != nil {
            causes.append(.forbidden("force", "may not be specified for non-apply patch"))
        }
        if manager.utf8.count > 128 { causes.append(.tooLong("fieldManager", 128)) }
        for scalar in manager.unicodeScalars where !scalar.properties.isGraphemeBase {
            causes.append(.invalid("fieldManager", .string(manager), "should only contain printable characters"))
            break
        }
        if !causes.isEmpty { throw .invalid(group: "meta.k8s.io", kind: "PatchOptions", name: "", causes) }
    }

    /// The live object after the patch, not yet decoded.
    private func patched(_ live: Value, _ request: ResourceRequest) throws(Failure) -> Value {
        let body: Value
        do { body = try JSON.read(request.wire.body) } catch {
            throw .badRequest("error decoding patch: \(error.message)")
        }
        switch request.wire.contentType {
        case "application/json-patch+json": return try JSONPatch(body).applied(to: live)
        case "application/merge-patch+json":
            guard body.object != nil else { throw .badRequest("error decoding patch: expected an object") }
            return MergePatch.merged(live, body)
        default:
            guard body.object != nil else { throw .badRequest("error decoding patch: expected an object") }
            let merge = StrategicMergePatch(schema: request.kind.schema)
            return try merge.merged(live, body, request.kind.shape)
        }
    }

    private func decodePatched(_ patched: Value, live: Value, _ request: ResourceRequest) throws(Failure) -> DecodedObject {
        let kind = request.kind
        let shownPatch = Value.string(PathElement.json(patched))
        guard patched["kind"]?.string == kind.resource.kind, patched["apiVersion"]?.string == kind.apiVersion else {
            let why = Cluster.wrongKind(patched["kind"]?.string ?? "", kind).split(separator: ": ", maxSplits: 1).last ?? ""
            throw .invalid(group: "", kind: "", name: "", [.invalid("patch", shownPatch, String(why))])
        }
        do throws(Failure) {
            return try typed(patched, request, prefix: "")
        } catch {
            // The server reports these as an invalid patch.
            let detail = error.message
            throw .invalid(group: "", kind: "", name: "", [.invalid("patch", shownPatch, detail)])
        }
    }

    // MARK: Server-side apply

    private mutating func apply(_ request: ResourceRequest, subresource: String) throws(Failure) -> WireResponse {
        let kind = request.kind
        let applied = try parseApplied(request)
        guard applied.object != nil else {
            throw .badRequest(
                "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal \(GoText.jsonKind(applied)) into "
                    + "Go value of type map[string]interface {}")
        }
        let apiVersion = applied["apiVersion"]?.string ?? ""
        let kindName = applied["kind"]?.string ?? ""
        if apiVersion != kind.apiVersion || kindName != kind.resource.kind {
            let parts = apiVersion.split(separator: "/")
            let shown = parts.count == 2 ? "\(parts[0])/\(parts[1])" : "/\(apiVersion)"
            throw .badRequest("invalid object type: \(shown), Kind=\(kindName)")
        }
        let current = store.object(kind.collection, request.key)
        if current == nil, !subresource.isEmpty { throw .notFound(kind.resource, request.path.name ?? "") }
        let name = request.path.name ?? ""
        let namespace = request.path.namespace ?? ""
        let uid = applied.at("metadata", "uid")?.string ?? ""
        if current == nil, !uid.isEmpty {
            throw .conflict(
                kind.resource, name, "uid mismatch: the provided object specified uid \(uid), and no existing object was found")
        }
        var live = current.map { shown($0, as: kind) } ?? kind.empty
        let manager = request.wire.parameter("fieldManager") ?? ""
        let given = applied.at("metadata", "name")?.string ?? ""
        if current == nil { live.set(nil, at: ["metadata", "resourceVersion"]) }
        let merged = try fieldManager(kind, subresource: subresource).apply(
            live: live, applied: applied, manager: manager, force: request.isForced,
            objectName: kind.label(
                StoreKey(namespace: applied.at("metadata", "namespace")?.string ?? "", name: given)))
        if given.isEmpty, current == nil {
            throw .badRequest("the name of the object (\(name) based on URL) was undeterminable: name must be provided")
        }
        if !given.isEmpty, given != name {
            throw .badRequest("the name of the object (\(given)) does not match the name on the URL (\(name))")
        }
        var decoded = try typedAfterApply(
            merged, request, givenNamespace: applied.at("metadata", "namespace")?.string ?? "")
        let givenNamespace = decoded.value.at("metadata", "namespace")?.string ?? ""
        if kind.resource.isNamespaced {
            if !givenNamespace.isEmpty, givenNamespace != namespace {
                throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
            }
            decoded.value.set(.string(namespace), at: ["metadata", "namespace"])
        }
        guard current != nil else {
            decoded.value.set(nil, at: ["metadata", "resourceVersion"])
            return present(try insert(decoded.value, kind, isDryRun: request.isDryRun), request, code: 201, warnings: decoded.warnings)
        }
        let version = applied.at("metadata", "resourceVersion")?.string ?? ""
        if !version.isEmpty, version != live.at("metadata", "resourceVersion")?.string {
            throw .conflict(kind.resource, name, Failure.modified)
        }
        let stored = try replace(live, with: decoded.value, kind, subresource: subresource, isDryRun: request.isDryRun)
        return present(stored, request, warnings: decoded.warnings)
    }

    /// A JSON body may have a key twice unless validation is strict; what follows the first document is ignored.
    private func parseApplied(_ request: ResourceRequest) throws(Failure) -> Value {
        let body = request.wire.body
        let first = body.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
        if first == UInt8(ascii: "{"), request.fieldValidation != .strict, let value = try? JSON.read(body) { return value }
        if request.fieldValidation == .strict {
            do { return try YAML.read(body, file: "body").first?.value ?? .null } catch {
                throw .badRequest("error strict decoding YAML: error converting YAML to JSON: yaml: \(error.message)")
            }
        }
        return try parseYAML(body)
    }

    private func typedAfterApply(_ merged: Value, _ request: ResourceRequest, givenNamespace: String) throws(Failure) -> DecodedObject {
        do throws(Failure) {
            return try typed(merged, request, prefix: "")
        } catch {
            if request.kind.isCustom { throw error }
            let kind = request.kind
            let label = kind.label(StoreKey(namespace: givenNamespace, name: request.path.name ?? ""))
            let gvk = "\(kind.resource.group)/\(kind.resource.version), Kind=\(kind.resource.kind)"
            throw .untyped(
                "failed to convert new object (\(label)) to proper version: unable to convert unstructured object to \(gvk): "
                    + GoText.unstructuredConversion(error.message))
        }
    }
}
