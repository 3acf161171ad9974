// One error type for all that can go wrong between us and an API server.

package import KubernetesModel

/// A failed request. `code` is stable and bounded: the exit class, the retry decision and the words for people hang on it.
package struct ClientError: Error, Sendable, CustomStringConvertible {
    /// By reason, message and cause, not by HTTP status alone (``APIAnswer`` has the table).
    package enum Code: String, Sendable, CaseIterable {
        /// kubeconfig, certificate or credential unusable, found before any request.
        case configuration
        /// No connection, TLS refused, reset: whether a write was done is unknown.
        case unreachable
        case timeout
        case unauthorized
        case forbidden
        /// 403 with cause NamespaceTerminating.
        case namespaceTerminating
        /// Of an object; for a write this is its namespace.
        case notFound
        /// 404 of a path that is not served: the kind is unknown, the objects are not absent.
        case kindNotServed
        case alreadyExists
        /// 409 by FieldManagerConflict: `conflicts` is not empty.
        case fieldConflict
        /// The object is not the one that was planned on: by resourceVersion, uid, or a JSON patch that does not fit.
        case conflict
        case invalid
        /// 422 of which every cause is a field that cannot be changed.
        case immutable
        case badRequest
        case tooLarge
        case expired
        case tooManyRequests
        /// 5xx that may pass: etcd, leader change, webhook or conversion down, 503.
        case unavailable
        /// 500 that will not pass: typed patch failures, unknown fields, etcd's size limit.
        case permanent
        /// The server answered something that cannot be read (truncated, not JSON, a redirect). A write may have been done.
        case malformedResponse
    }

    package struct FieldConflict: Sendable, Hashable {
        /// The field as the server spells it: `.spec.replicas`, `.spec.ports[containerPort=80,protocol="TCP"].port`.
        package var path: String
        package var manager: String
        /// Through which subresource the manager wrote: `scale`.
        package var subresource: String?
        /// Whether the manager holds the field by an Update; otherwise by an Apply.
        package var byUpdate: Bool
        package init(path: String, manager: String, subresource: String? = nil, byUpdate: Bool = false) {
            self.path = path
            self.manager = manager
            self.subresource = subresource
            self.byUpdate = byUpdate
        }
    }

    package var code: Code
    /// What failed, on what, and what to do next; one line, free of tokens and of Secret values.
    package var message: String
    /// The same for whoever has named the object already: `cannot apply it on 10.0.0.1:6443: …`.
    package var messageOfIt: String
    package var httpStatus: Int?
    /// The server's own words; for a Secret its messages are left out.
    package var status: Status?
    package var conflicts: [FieldConflict]
    package var retryAfter: Duration?

    package init(
        code: Code, message: String, httpStatus: Int? = nil, status: Status? = nil, conflicts: [FieldConflict] = [],
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        messageOfIt = message
        self.httpStatus = httpStatus
        self.status = status
        self.conflicts = conflicts
        self.retryAfter = retryAfter
    }

    /// A request that failed for this cause.
    init(code: Code, _ subject: RequestSubject, on server: String, _ cause: String, httpStatus: Int? = nil) {
        self.init(code: code, message: "", httpStatus: httpStatus)
        tell(subject, on: server, cause)
    }

    /// Says what failed, and why.
    mutating func tell(_ subject: RequestSubject, on server: String, _ cause: String) {
        message = "\(subject.failure(on: server)): \(cause)"
        messageOfIt = "\(subject.failureOfIt(on: server)): \(cause)"
    }

    /// May be tried again as it stands.
    package var isTransient: Bool {
        switch code {
        case .unreachable, .timeout, .tooManyRequests, .unavailable, .expired: true
        default: false
        }
    }

    /// A webhook on the way cannot be asked without side effects: nothing can be predicted for this object.
    package var isDryRunUnsupported: Bool {
        code == .badRequest && (status?.message.contains("does not support dry run") ?? false)
    }

    package var description: String { message }
}
