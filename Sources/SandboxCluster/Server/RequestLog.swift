// What was asked of the sandbox, so that tests can count requests as they would in an API server's audit log.

import Synchronization

/// One answered request.
package struct LoggedRequest: Sendable, CustomStringConvertible {
    /// As in an audit log: `get list watch create update patch delete deletecollection`; HTTP's word in lower case for what is no resource.
    package var verb: String
    package var path: String
    package var group: String
    package var version: String
    /// The plural; empty for what is no resource (`/version`).
    package var resource: String
    package var subresource: String
    package var namespace: String
    package var name: String
    /// Whether the request asked to change nothing (`dryRun=All`).
    package var isDryRun: Bool
    /// Whether a server-side apply took over fields of others (`force=true`).
    package var isForced: Bool
    /// Whether the body was a server-side apply.
    package var isApply: Bool
    package var fieldManager: String
    package var userAgent: String
    /// The HTTP status of the answer; for a watch that of its start.
    package var status: Int

    /// Whether it could change an object: no read and no dry run.
    package var isWrite: Bool { !isDryRun && ["create", "update", "patch", "delete", "deletecollection"].contains(verb) }

    /// `patch apps/v1 deployments/scale kubia/web dryRun -> 200`
    package var description: String {
        var text = verb + " "
        if resource.isEmpty {
            text += path
        } else {
            text += (group.isEmpty ? version : "\(group)/\(version)") + " " + resource
            if !subresource.isEmpty { text += "/" + subresource }
            let object = [namespace, name].filter { !$0.isEmpty }.joined(separator: "/")
            if !object.isEmpty { text += " " + object }
        }
        if isDryRun { text += " dryRun" }
        if isForced { text += " force" }
        return text + " -> \(status)"
    }
}

/// The requests answered since the start or the last reset, oldest first; at most the last 100,000.
package final class RequestLog: Sendable {
    private let entries = Mutex<[LoggedRequest]>([])
    private static let limit = 100_000

    package init() {}

    package var requests: [LoggedRequest] { entries.withLock { $0 } }

    /// Forgets everything and returns what was there.
    @discardableResult
    package func reset() -> [LoggedRequest] {
        entries.withLock { entries in
            defer { entries = [] }
            return entries
        }
    }

    func append(_ request: LoggedRequest) {
        entries.withLock { entries in
            if entries.count >= RequestLog.limit { entries.removeFirst(RequestLog.limit / 10) }
            entries.append(request)
        }
    }
}
