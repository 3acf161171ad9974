// An HTTP answer as it came, and the one place where a failure is given its code.

import KubernetesModel
import StructuredData

/// The parts of an HTTP answer that decide what it means.
package struct APIAnswer: Sendable {
    package var httpStatus: Int
    package var contentType: String
    package var body: [UInt8]
    /// The `Retry-After` header, with the answer's `Date`.
    package var retryAfter: String?
    package var date: String?
    /// Where a redirect points to.
    package var location: String?
    /// The texts of the `Warning` headers.
    package var warnings: [String]

    package init(
        httpStatus: Int, contentType: String, body: [UInt8], retryAfter: String? = nil, date: String? = nil, location: String? = nil,
        warnings: [String] = []
    ) {
        self.httpStatus = httpStatus
        self.contentType = contentType
        self.body = body
        self.retryAfter = retryAfter
        self.date = date
        self.location = location
        self.warnings = warnings
    }

    /// Without the credential that was sent with the request: a proxy on the way may repeat it in its error page.
    /// - Parameter authorization: the value of the `Authorization` header, `Bearer TOKEN`.
    func withholding(_ authorization: String?) -> APIAnswer {
        guard let credential = authorization?.split(separator: " ").last.map({ Array($0.utf8) }), !credential.isEmpty else { return self }
        var answer = self
        answer.warnings = warnings.map { String(decoding: APIAnswer.withhold(credential, in: Array($0.utf8)), as: UTF8.self) }
        if !(200..<300).contains(httpStatus) { answer.body = APIAnswer.withhold(credential, in: body) }
        return answer
    }

    private static func withhold(_ credential: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard let first = credential.first, bytes.count >= credential.count else { return bytes }
        var kept: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == first, bytes[index...].starts(with: credential) {
                kept += Array("(credential withheld)".utf8)
                index += credential.count
            } else {
                kept.append(bytes[index])
                index += 1
            }
        }
        return kept
    }

    /// The error that this answer is; nil for 2xx.
    /// - Parameters:
    ///   - server: `host:port`, for the message.
    ///   - now: seconds since 1970, for a `Retry-After` date where the answer has no `Date`.
    package func error(for subject: RequestSubject, server: String, now: Double) -> ClientError? {
        if (200..<300).contains(httpStatus) { return nil }
        let status = (try? JSON.read(body)).flatMap { Status($0) }
        let conflicts = (status?.causes ?? []).compactMap(FieldManagerConflict.read)
        let code = code(status: status, conflicts: conflicts, verb: subject.verb)
        var error = ClientError(code: code, message: "", httpStatus: httpStatus, status: status, conflicts: conflicts)
        error.retryAfter =
            retryAfter.flatMap { RetryPolicy.retryAfter($0, date: date, now: now) }
            ?? status?.retryAfterSeconds.map { .seconds(max(0, $0)) }
        error.tell(subject, on: server, FailureText.cause(of: error, subject: subject, answer: self))
        if subject.isSecret { error.status = status?.withoutTexts }
        return error
    }

    private func code(status: Status?, conflicts: [ClientError.FieldConflict], verb: RequestSubject.Verb) -> ClientError.Code {
        switch httpStatus {
        case 100..<400: .malformedResponse
        case 401: .unauthorized
        case 403: status?.causes.contains { $0.reason == "NamespaceTerminating" } ?? false ? .namespaceTerminating : .forbidden
        case 404: notFoundCode(status)
        case 409: conflicts.isEmpty ? (status?.reason == "AlreadyExists" ? .alreadyExists : .conflict) : .fieldConflict
        case 410: .expired
        case 413: .tooLarge
        case 422: invalidCode(status, verb: verb)
        case 429: .tooManyRequests
        case 400..<500: status?.reason == "Expired" ? .expired : .badRequest
        case 504: status?.causes.contains { $0.reason == "ResourceVersionTooLarge" } ?? false ? .unavailable : .timeout
        default: serverErrorCode(status)
        }
    }

    /// Only an answer that names the object says that it is absent; a path that is not served says so in plain text or without a name.
    private func notFoundCode(_ status: Status?) -> ClientError.Code {
        if let status { return status.name.isEmpty ? .kindNotServed : .notFound }
        return body.starts(with: Array("404 page not found".utf8)) ? .kindNotServed : .malformedResponse
    }

    private func invalidCode(_ status: Status?, verb: RequestSubject.Verb) -> ClientError.Code {
        guard let status else { return .invalid }
        if status.causes.contains(where: { $0.field == "metadata.uid" }) { return .conflict }
        // A JSON patch with a failing `test`, or into a path that is gone, is answered without any cause.
        if verb == .patch, status.causes.isEmpty, status.name.isEmpty { return .conflict }
        guard !status.causes.isEmpty, !status.causes.contains(where: { $0.field.hasPrefix("metadata.") }) else { return .invalid }
        return status.causes.allSatisfy { ImmutableField.isMeant(by: $0) } ? .immutable : .invalid
    }

    private static let permanentTexts = [
        "failed to create typed patch object", "failed to create manager for", "field not declared in schema", "unknown field",
        "expected string, got", "expected map, got", "expected list, got", "expected numeric", "expected boolean", "request is too large",
        "larger than max", "failed to convert new object", "failed to convert old object", "no kind is registered",
        "duplicate entries for key",
        "invalid object type", "unable to decode", APIAnswer.goneVersion,
    ]
    /// What an apply is answered while managedFields name a version that the definition has no more.
    static let goneVersion = "to an invalid group/version"
    private static let passingTexts = [
        "failed calling webhook", "conversion webhook", "etcdserver: leader", "etcdserver: request timed out",
    ]

    private func serverErrorCode(_ status: Status?) -> ClientError.Code {
        if httpStatus == 501 { return .permanent }
        guard httpStatus == 500, let message = status?.message else { return .unavailable }
        if APIAnswer.passingTexts.contains(where: message.contains) { return .unavailable }
        return APIAnswer.permanentTexts.contains(where: message.contains) ? .permanent : .unavailable
    }
}
