// One error type for all that can go wrong between us and an API server, classified once, here.

package import KubernetesModel

/// A failed request. `code` is stable and bounded: the exit class, the retry decision and the words for people hang on it.
package struct ClientError: Error, Sendable, CustomStringConvertible {
    /// After the table in reliability-security.md sections 0.4 and 3: by reason and message, not by HTTP status alone.
    package enum Code: String, Sendable {
        /// kubeconfig, certificate or credential unusable, found before any request.
        case configuration
        /// No connection, TLS refused, reset: whether a write was done is unknown.
        case unreachable
        case timeout
        case unauthorized
        case forbidden
        /// 403 with cause NamespaceTerminating.
        case namespaceTerminating
        case notFound
        /// 404 of a path that is not served: the kind is unknown, the objects are not absent.
        case kindNotServed
        case alreadyExists
        /// 409 by FieldManagerConflict: `conflicts` is not empty.
        case fieldConflict
        /// 409 by resourceVersion or uid.
        case conflict
        case invalid
        /// 422 whose cause is an immutable field.
        case immutable
        case badRequest
        case tooLarge
        case expired
        case tooManyRequests
        /// 5xx that may pass: etcd, leader change, webhook or conversion down, 503.
        case unavailable
        /// 500 that will not pass: typed patch failures, unknown fields, etcd's size limit.
        case permanent
        /// The server answered something that cannot be read (truncated, not JSON, a redirect).
        case malformedResponse
    }

    package struct FieldConflict: Sendable, Hashable {
        /// The field as the server spells it: `.spec.replicas`.
        package var path: String
        package var manager: String
        package init(path: String, manager: String) {
            self.path = path
            self.manager = manager
        }
    }

    package var code: Code
    /// What failed, on what, and what to do next; free of tokens and of Secret values.
    package var message: String
    package var httpStatus: Int?
    /// The server's own words: never printed for a Secret.
    package var status: Status?
    package var conflicts: [FieldConflict]
    package var retryAfter: Duration?

    package init(
        code: Code, message: String, httpStatus: Int? = nil, status: Status? = nil, conflicts: [FieldConflict] = [],
        retryAfter: Duration? = nil
    ) {
        self.code = code
        self.message = message
        self.httpStatus = httpStatus
        self.status = status
        self.conflicts = conflicts
        self.retryAfter = retryAfter
    }

    /// May be tried again as it stands.
    package var isTransient: Bool {
        switch code {
        case .unreachable, .timeout, .tooManyRequests, .unavailable, .expired: true
        default: false
        }
    }

    package var description: String { message }
}
