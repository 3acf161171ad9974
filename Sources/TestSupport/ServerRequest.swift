// One request as the server saw it: the sandbox's request log and a real API server's audit log in one shape.

package import SandboxCluster
import StructuredData

/// A request that a server finished.
package struct ServerRequest: Sendable, Hashable, CustomStringConvertible {
    /// Kubernetes' own verb: `get list watch create update patch delete deletecollection`; for paths that are no resource, the HTTP method.
    package var verb: String
    /// Empty for paths that are no resource (`/apis`).
    package var resource: String
    package var subresource: String
    package var namespace: String
    package var name: String
    package var isDryRun: Bool
    /// Whether it is a server-side apply: as Belay sends it, with `force` in its query, true or false.
    package var isApply: Bool
    package var isForced: Bool
    /// The request's path, without its query.
    package var path: String
    package var userAgent: String
    package var code: Int

    package init(
        verb: String, resource: String, subresource: String, namespace: String, name: String, isDryRun: Bool, isApply: Bool = false,
        isForced: Bool = false, path: String, userAgent: String, code: Int
    ) {
        self.verb = verb
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.isDryRun = isDryRun
        self.isApply = isApply
        self.isForced = isForced
        self.path = path
        self.userAgent = userAgent
        self.code = code
    }

    package var isWrite: Bool {
        !isDryRun && ["create", "update", "patch", "delete", "deletecollection", "POST", "PUT", "PATCH", "DELETE"].contains(verb)
    }

    package var description: String {
        let target = resource.isEmpty ? path : [namespace, resource, name, subresource].filter { !$0.isEmpty }.joined(separator: "/")
        return "\(verb)\(isDryRun ? " (dry-run)" : "") \(target) → \(code)"
    }

    /// For a case's list of requests: `apply deployments/web`, `get configmaps/x 404`, `apply services/web (dry-run, force) 409`; with
    /// the namespace in front where it is not `namespace`, and the code where it tells of no success.
    package func line(in namespace: String) -> String {
        let place = self.namespace == namespace || resource == "namespaces" ? "" : self.namespace
        let target = resource.isEmpty ? path : [place, resource, name, subresource].filter { !$0.isEmpty }.joined(separator: "/")
        let notes = (isDryRun ? ["dry-run"] : []) + (isForced ? ["force"] : [])
        return (isApply ? "apply" : verb) + " " + target + (notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))")
            + (200..<300 ~= code ? "" : " \(code)")
    }

    /// Reads one line of an audit log (audit.k8s.io/v1 Event, level Metadata); nil for all but `ResponseComplete`.
    package init?(auditLine: [UInt8]) {
        guard let event = try? JSON.read(auditLine), event["stage"]?.string == "ResponseComplete" else { return nil }
        let uri = event["requestURI"]?.string ?? ""
        let reference = event["objectRef"]
        let parts = uri.split(separator: "?", maxSplits: 1)
        self.init(
            verb: event["verb"]?.string ?? "", resource: reference?["resource"]?.string ?? "",
            subresource: reference?["subresource"]?.string ?? "",
            namespace: reference?["namespace"]?.string ?? "", name: reference?["name"]?.string ?? "",
            isDryRun: parts.count == 2 && parts[1].contains("dryRun=All"), isApply: parts.count == 2 && parts[1].contains("force="),
            isForced: parts.count == 2 && parts[1].contains("force=true"), path: parts.first.map(String.init) ?? "",
            userAgent: event["userAgent"]?.string ?? "", code: Int(clamping: event.at("responseStatus", "code")?.int ?? 0))
    }

    /// As the sandbox logged it.
    package init(_ logged: LoggedRequest) {
        self.init(
            verb: logged.verb, resource: logged.resource, subresource: logged.subresource, namespace: logged.namespace, name: logged.name,
            isDryRun: logged.isDryRun, isApply: logged.isApply, isForced: logged.isForced, path: logged.path, userAgent: logged.userAgent,
            code: logged.status)
    }
}
