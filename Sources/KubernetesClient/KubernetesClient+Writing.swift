// The writes: server-side apply, create, update, JSON patch, delete. One function sends them all.

package import KubernetesModel
import NIOHTTP1
package import StructuredData

extension KubernetesClient {
    package struct WriteAnswer: Sendable {
        package var object: Unstructured
        /// HTTP 201.
        package var created: Bool
        /// The server's `Warning:` headers.
        package var warnings: [String]
        package init(object: Unstructured, created: Bool, warnings: [String]) {
            self.object = object
            self.created = created
            self.warnings = warnings
        }
    }

    package struct DeleteOptions: Sendable {
        /// The object that is meant: another one of the same name is left alone (`.conflict`).
        package var uid: String?
        package var resourceVersion: String?
        /// `Background`, `Foreground` or `Orphan`.
        package var propagation = "Background"
        package var dryRun = false
        package init(uid: String?, resourceVersion: String?) {
            self.uid = uid
            self.resourceVersion = resourceVersion
        }
    }

    /// Server-side apply with `fieldValidation=Strict`. `body` names the object, its apiVersion and kind are those of `resource`;
    /// `class` is not asked for dry-runs. Where it `withholdsTexts`, what the server says of it is not repeated, as for a Secret. Nulls that the server refuses are left out in a second request, and a warning says so.
    package func apply(
        _ resource: APIResource, body: Value, fieldManager: String, force: Bool, dryRun: Bool = false, withholdsTexts: Bool = false,
        class writeClass: WriteClass
    ) async throws -> WriteAnswer {
        let target = try target(.apply, resource, body: body, dryRun: dryRun, withholdsTexts: withholdsTexts)
        var write = Write(
            method: .PATCH, path: try APIPath.object(resource, namespace: target.namespace, name: target.name),
            contentType: "application/apply-patch+yaml", body: ApplyBody.bytes(of: body), subject: target.subject, safety: .write,
            query: [("fieldManager", fieldManager), ("force", force ? "true" : "false"), ("fieldValidation", "Strict")])
        do {
            return try writeAnswer(try await send(write, writeClass), target.subject)
        } catch let error as ClientError {
            guard let rest = RefusedNulls.removed(from: body, error) else { throw error }
            write.body = ApplyBody.bytes(of: rest.body)
            var answer = try writeAnswer(try await send(write, writeClass), target.subject)
            answer.warnings.append(RefusedNulls.warning(rest.fields))
            return answer
        }
    }

    package func create(
        _ resource: APIResource, body: Value, fieldManager: String, dryRun: Bool = false, class writeClass: WriteClass
    ) async throws -> WriteAnswer {
        let target = try target(.create, resource, body: body, dryRun: dryRun)
        let write = Write(
            method: .POST, path: try APIPath.collection(resource, namespace: target.namespace), contentType: "application/json",
            body: JSON.write(body), subject: target.subject, safety: .write,
            query: [("fieldManager", fieldManager), ("fieldValidation", "Strict")])
        return try writeAnswer(try await send(write, writeClass), target.subject)
    }

    /// PUT; with `resourceVersion` in the body the server refuses what is stale. `withholdsTexts` as in an apply.
    package func update(
        _ resource: APIResource, body: Value, fieldManager: String, dryRun: Bool = false, withholdsTexts: Bool = false,
        class writeClass: WriteClass
    ) async throws -> WriteAnswer {
        let target = try target(.update, resource, body: body, dryRun: dryRun, withholdsTexts: withholdsTexts)
        let write = Write(
            method: .PUT, path: try APIPath.object(resource, namespace: target.namespace, name: target.name),
            contentType: "application/json", body: JSON.write(body), subject: target.subject,
            safety: body.at("metadata", "resourceVersion")?.string == nil ? .never : .write,
            query: [("fieldManager", fieldManager), ("fieldValidation", "Strict")])
        return try writeAnswer(try await send(write, writeClass), target.subject)
    }

    /// `application/json-patch+json`. A `test` that fails and a path that is gone throw `.conflict`, as does a stale resourceVersion
    /// that the patch replaces. `withholdsTexts` as in an apply.
    package func jsonPatch(
        _ resource: APIResource, namespace: String?, name: String, subresource: String? = nil, patch: Value, fieldManager: String,
        dryRun: Bool = false, withholdsTexts: Bool = false, class writeClass: WriteClass
    ) async throws -> WriteAnswer {
        var subject = RequestSubject(verb: .patch, dryRun: dryRun, resource, namespace: namespace, name: name)
        if withholdsTexts { subject.isSecret = true }
        let write = Write(
            method: .PATCH, path: try APIPath.object(resource, namespace: namespace, name: name, subresource: subresource),
            contentType: "application/json-patch+json", body: JSON.write(patch), subject: subject,
            safety: pinsResourceVersion(patch) ? .write : .never, query: [("fieldManager", fieldManager), ("fieldValidation", "Strict")])
        return try writeAnswer(try await send(write, writeClass), subject)
    }

    /// Deletes one named object. An empty or invalid name is refused here, before any request.
    /// - Returns: false when the object was already gone (404).
    package func delete(
        _ resource: APIResource, namespace: String?, name: String, options: DeleteOptions, class writeClass: WriteClass
    ) async throws -> Bool {
        let subject = RequestSubject(verb: .delete, dryRun: options.dryRun, resource, namespace: namespace, name: name)
        var preconditions = Object()
        if let uid = options.uid { preconditions["uid"] = .string(uid) }
        if let version = options.resourceVersion { preconditions["resourceVersion"] = .string(version) }
        var body: Object = ["kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": .string(options.propagation)]
        if !preconditions.isEmpty { body["preconditions"] = .object(preconditions) }
        let write = Write(
            method: .DELETE, path: try APIPath.object(resource, namespace: namespace, name: name), contentType: "application/json",
            body: JSON.write(.object(body)), subject: subject, safety: options.uid == nil ? .never : .write, query: [])
        do {
            _ = try await send(write, writeClass)
            return true
        } catch let error as ClientError where error.code == .notFound {
            return false
        }
    }

    private struct Write: Sendable {
        var method: HTTPMethod
        var path: String
        var contentType: String
        var body: [UInt8]
        var subject: RequestSubject
        var safety: RetryPolicy.Safety
        var query: [(name: String, value: String)]
    }

    /// Every mutating request passes here: with its class, as a dry-run if the subject is one.
    private func send(_ write: Write, _ writeClass: WriteClass) async throws -> APIAnswer {
        var query = write.query
        if write.subject.dryRun { query.append(("dryRun", "All")) }
        let request = Transport.Request(
            method: write.method, path: write.path + APIPath.query(query),
            headers: [("accept", "application/json"), ("content-type", write.contentType)], body: write.body)
        return try await send(
            Call(
                subject: write.subject, request: request, safety: write.safety, writeClass: write.subject.dryRun ? nil : writeClass,
                mostBytes: 64 << 20))
    }

    private func writeAnswer(_ answer: APIAnswer, _ subject: RequestSubject) throws(ClientError) -> WriteAnswer {
        // A webhook may say anything of a Secret in its warnings.
        let warnings =
            subject.isSecret && !answer.warnings.isEmpty
            ? ["the server warns of it (its text is withheld, it may show the Secret)"] : answer.warnings
        return WriteAnswer(
            object: Unstructured(try value(of: answer, subject)), created: answer.httpStatus == 201, warnings: warnings)
    }

    private func target(
        _ verb: RequestSubject.Verb, _ resource: APIResource, body: Value, dryRun: Bool, withholdsTexts: Bool = false
    ) throws(ClientError) -> (namespace: String?, name: String, subject: RequestSubject) {
        let object = Unstructured(body)
        var subject = RequestSubject(verb: verb, dryRun: dryRun, resource, namespace: object.namespace, name: object.name)
        if withholdsTexts { subject.isSecret = true }
        guard object.groupVersionKind == resource.groupVersionKind else {
            throw ClientError(
                code: .invalid,
                message: "no request was sent for \(subject.object): it is a \(object.apiVersion) \(object.kind), "
                    + "not a \(resource.groupVersionKind)")
        }
        // Checks the name too, which a create does not put into its path.
        _ = try APIPath.object(resource, namespace: object.namespace, name: object.name)
        return (object.namespace, object.name, subject)
    }

    private func pinsResourceVersion(_ patch: Value) -> Bool {
        (patch.array ?? []).contains { $0["path"]?.string == "/metadata/resourceVersion" && $0["op"]?.string != "remove" }
    }
}
