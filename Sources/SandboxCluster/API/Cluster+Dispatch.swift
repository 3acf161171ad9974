// Which function answers which request.

import StructuredData

/// A request about a resource with everything read that the answer depends on.
struct ResourceRequest {
    var wire: WireRequest
    var path: ResourcePath
    var kind: ServedKind
    var verb: String

    var key: StoreKey { StoreKey(namespace: path.namespace ?? "", name: path.name ?? "") }
    var isDryRun: Bool { wire.parameter("dryRun") == "All" }
    var isForced: Bool { wire.flag("force") }
    var isApply: Bool { verb == "patch" && wire.contentType.hasPrefix("application/apply-patch+") }

    enum FieldValidation { case ignore, warn, strict }
    var fieldValidation: FieldValidation {
        switch wire.parameter("fieldValidation") {
        case "Strict": .strict
        case "Ignore": .ignore
        default: .warn
        }
    }

    /// The manager that a write goes by: as asked, else the client's name.
    var manager: String {
        if let given = wire.parameter("fieldManager"), !given.isEmpty { return given }
        let agent = wire.headers["user-agent"] ?? ""
        var name = String.UnicodeScalarView()
        var length = 0
        for scalar in agent.unicodeScalars {
            if scalar == "/" { break }
            let size = String(scalar).utf8.count
            guard scalar.value >= 0x20, scalar.value != 0x7F else { continue }
            guard length + size <= 128 else { break }
            name.append(scalar)
            length += size
        }
        return String(name)
    }

    /// How the client wants objects: whole, as metadata only, or as a table.
    enum Presentation { case whole, metadataOnly, table }
    var presentation: Presentation {
        for accept in (wire.headers["accept"] ?? "").split(separator: ",") {
            let text = accept.filter { $0 != " " }.lowercased()
            guard text.hasPrefix("application/json") else { continue }
            if text.contains("as=table") { return .table }
            if text.contains("as=partialobjectmetadata") { return .metadataOnly }
            return .whole
        }
        return .whole
    }
}

extension Cluster {
    /// Answers one request. The caller has checked the client's token.
    mutating func answer(_ wire: WireRequest) -> (response: WireResponse, logged: LoggedRequest) {
        var logged = LoggedRequest(
            verb: wire.method.lowercased(), path: wire.path, group: "", version: "", resource: "", subresource: "", namespace: "", name: "",
            isDryRun: wire.parameter("dryRun") == "All", isForced: wire.flag("force"), isApply: false,
            fieldManager: wire.parameter("fieldManager") ?? "", userAgent: wire.headers["user-agent"] ?? "", status: 200)
        var response: WireResponse
        do throws(Failure) {
            response = try answer(wire, &logged)
        } catch {
            response = .failure(error)
        }
        // Said of a kind with every answer, also that there is no such object, and before all that a write is warned of.
        if !logged.resource.isEmpty, let kind = kind(group: logged.group, version: logged.version, resource: logged.resource) {
            response.headers.insert(contentsOf: Strategy.deprecation(kind).map(WireResponse.warning), at: 0)
        }
        logged.status = response.code
        return (response, logged)
    }

    private mutating func answer(_ wire: WireRequest, _ logged: inout LoggedRequest) throws(Failure) -> WireResponse {
        if let response = try answerNonResource(wire) { return response }
        guard let path = ResourcePath(wire.path) else { return .text("404 page not found\n", code: 404) }
        logged.group = path.group
        logged.version = path.version
        logged.resource = path.resource
        logged.subresource = path.subresource ?? ""
        logged.namespace = path.namespace ?? (path.resource == "namespaces" ? path.name ?? "" : "")
        logged.name = path.name ?? ""
        let isWatch = wire.method == "GET" && wire.flag("watch") && path.name == nil
        let verb: String? =
            switch (wire.method, path.name) {
            case ("GET", .some): "get"
            case ("GET", _): isWatch ? "watch" : "list"
            case ("POST", _): "create"
            case ("PUT", .some): "update"
            case ("PATCH", .some): "patch"
            case ("DELETE", .some): "delete"
            case ("DELETE", .none): "deletecollection"
            default: nil
            }
        if let verb { logged.verb = verb }
        guard let kind = kind(group: path.group, version: path.version, resource: path.resource) else {
            if path.group.isEmpty || servedGroups.contains(where: { $0.name == path.group && $0.versions.contains(path.version) }) {
                throw .noSuchPath
            }
            return .text("404 page not found\n", code: 404)
        }
        guard let verb else { throw .methodNotAllowed }
        if verb == "create", path.name != nil, path.subresource == nil { throw .methodNotAllowed }
        let request = ResourceRequest(wire: wire, path: path, kind: kind, verb: verb)
        logged.isApply = request.isApply
        if path.namespace != nil, !kind.resource.isNamespaced { throw .noSuchPath }
        if path.namespace == nil, kind.resource.isNamespaced, path.name != nil || !["list", "watch", "create"].contains(verb) {
            throw .noSuchPath
        }
        if let dryRun = wire.parameter("dryRun"), dryRun != "All", verb != "get", verb != "list", verb != "watch" {
            throw .invalid(
                group: "meta.k8s.io", kind: verb == "patch" ? "PatchOptions" : verb == "create" ? "CreateOptions" : "UpdateOptions",
                name: "",
                [.notSupported("dryRun", [.string(dryRun)], ["All"])])
        }
        if let subresource = path.subresource {
            guard let served = kind.resource.subresource(subresource) else {
                throw kind.isCustom ? .notFound(kind.resource, path.name ?? "") : .noSuchPath
            }
            guard served.verbs.contains(verb) else { throw .methodNotAllowed }
            return try answer(request, subresource: served)
        }
        guard kind.resource.verbs.contains(verb) else { throw .methodNotAllowed }
        switch verb {
        case "get": return try read(request)
        case "list": return try list(request)
        case "watch": return try watch(request)
        case "create":
            let response = try create(request)
            // The path of a creation has no name; an audit log has that of the answer.
            if case .bytes(let bytes, _) = response.body {
                logged.name = (try? JSON.read(bytes))?.at("metadata", "name")?.string ?? ""
                if path.resource == "namespaces" { logged.namespace = logged.name }
            }
            return response
        case "update": return try update(request)
        case "patch": return try patch(request)
        case "delete": return try delete(request)
        default: return try deleteCollection(request)
        }
    }
}
