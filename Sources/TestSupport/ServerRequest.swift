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
    /// The request's path, without its query.
    package var path: String
    package var userAgent: String
    package var code: Int

    package init(
        verb: String, resource: String, subresource: String, namespace: String, name: String, isDryRun: Bool, path: String,
        userAgent: String,
        code: Int
    ) {
        self.verb = verb
        self.resource = resource
        self.subresource = subresource
        self.namespace = namespace
        self.name = name
        self.isDryRun = isDryRun
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
            isDryRun: parts.count == 2 && parts[1].contains("dryRun=All"), path: parts.first.map(String.init) ?? "",
            userAgent: event["userAgent"]?.string ?? "", code: Int(clamping: event.at("responseStatus", "code")?.int ?? 0))
    }

    /// As the sandbox logged it.
    package init(_ logged: LoggedRequest) {
        self.init(
            verb: logged.verb, resource: logged.resource, subresource: logged.subresource, namespace: logged.namespace, name: logged.name,
            isDryRun: logged.isDryRun, path: logged.path, userAgent: logged.userAgent, code: logged.status)
    }
}
