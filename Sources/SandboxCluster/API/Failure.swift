// The errors of the API, as the `Status` objects that clients read.

import StructuredData

/// One cause of a failure, as it stands in `details.causes`.
struct FailureCause: Sendable {
    var reason: String
    var message: String
    var field: String

    static func required(_ field: String, _ detail: String = "") -> FailureCause {
        FailureCause(reason: "FieldValueRequired", message: "Required value" + (detail.isEmpty ? "" : ": " + detail), field: field)
    }

    static func invalid(_ field: String, _ value: Value, _ detail: String) -> FailureCause {
        FailureCause(reason: "FieldValueInvalid", message: "Invalid value: \(shown(value)): \(detail)", field: field)
    }

    static func notSupported(_ field: String, _ value: Value, _ supported: [String]) -> FailureCause {
        let list = supported.map { "\"\($0)\"" }.joined(separator: ", ")
        return FailureCause(
            reason: "FieldValueNotSupported", message: "Unsupported value: \(shown(value)): supported values: \(list)", field: field)
    }

    static func forbidden(_ field: String, _ detail: String) -> FailureCause {
        FailureCause(reason: "FieldValueForbidden", message: "Forbidden: \(detail)", field: field)
    }

    static func duplicate(_ field: String, _ value: Value) -> FailureCause {
        FailureCause(reason: "FieldValueDuplicate", message: "Duplicate value: \(shown(value))", field: field)
    }

    static func tooLong(_ field: String, _ maximum: Int) -> FailureCause {
        FailureCause(reason: "FieldValueTooLong", message: "Too long: may not be more than \(maximum) bytes", field: field)
    }

    static func typeInvalid(_ field: String, _ value: Value, _ detail: String) -> FailureCause {
        FailureCause(reason: "FieldValueTypeInvalid", message: "Invalid value: \(shown(value)): \(detail)", field: field)
    }

    static func notFound(_ field: String, _ value: Value) -> FailureCause {
        FailureCause(reason: "FieldValueNotFound", message: "Not found: \(shown(value))", field: field)
    }

    private static func shown(_ value: Value) -> String {
        switch value {
        case .null: "null"
        default: PathElement.json(value)
        }
    }
}

/// An error answer.
struct Failure: Error, Sendable {
    var code: Int
    var reason: String
    var message: String
    var details = Object()
    var retryAfterSeconds: Int?
    /// For an expired list: where to go on all the same.
    var continueToken: String?
    /// Whether `details` is written although nothing is in it.
    var writesEmptyDetails = false

    init(code: Int, reason: String, message: String, details: Object = Object()) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }

    var status: Value {
        var status: Value = ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message)]
        if !reason.isEmpty { status.set(.string(reason), at: ["reason"]) }
        if let token = continueToken { status.set(.string(token), at: ["metadata", "continue"]) }
        var details = details
        if let seconds = retryAfterSeconds { details["retryAfterSeconds"] = .int(Int64(seconds)) }
        if !details.isEmpty || writesEmptyDetails { status.set(.object(details), at: ["details"]) }
        status.set(.int(Int64(code)), at: ["code"])
        return status
    }

    private static func causes(_ causes: [FailureCause]) -> Value {
        .array(
            causes.map { cause in
                var object = Object()
                if !cause.reason.isEmpty { object["reason"] = .string(cause.reason) }
                if !cause.message.isEmpty { object["message"] = .string(cause.message) }
                if !cause.field.isEmpty { object["field"] = .string(cause.field) }
                return .object(object)
            })
    }

    /// `name`, `group` and `kind` of details; the kind is the plural resource in most answers.
    private static func details(_ name: String, _ group: String, _ kind: String) -> Object {
        var details = Object()
        if !name.isEmpty { details["name"] = .string(name) }
        if !group.isEmpty { details["group"] = .string(group) }
        if !kind.isEmpty { details["kind"] = .string(kind) }
        return details
    }

    static func notFound(_ resource: ServedResource, _ name: String) -> Failure {
        Failure(
            code: 404, reason: "NotFound", message: "\(resource.qualifiedResource) \"\(name)\" not found",
            details: details(name, resource.group, resource.resource))
    }

    static func alreadyExists(_ resource: ServedResource, _ name: String, isTerminating: Bool = false) -> Failure {
        Failure(
            code: 409, reason: "AlreadyExists",
            message: (isTerminating ? "object is being deleted: " : "") + "\(resource.qualifiedResource) \"\(name)\" already exists",
            details: details(name, resource.group, resource.resource))
    }

    static func conflict(_ resource: ServedResource, _ name: String, _ why: String) -> Failure {
        Failure(
            code: 409, reason: "Conflict", message: "Operation cannot be fulfilled on \(resource.qualifiedResource) \"\(name)\": \(why)",
            details: details(name, resource.group, resource.resource))
    }

    /// A delete whose precondition does not hold; the kind is named, not the resource.
    static func preconditionFailed(_ kind: ServedKind, _ name: String, _ why: String) -> Failure {
        Failure(
            code: 409, reason: "Conflict", message: "Operation cannot be fulfilled on \(kind.resource.qualifiedKind) \"\(name)\": \(why)",
            details: details(name, kind.resource.group, kind.resource.kind))
    }

    /// A write of an object that was deleted and created again since the client read it.
    static func uidMismatch(_ kind: ServedKind, _ key: StoreKey, given: String, actual: String) -> Failure {
        let place = (kind.isCustom ? kind.resource.group + "/" : "") + kind.resource.resource
        let path = [place, key.namespace, key.name].filter { !$0.isEmpty }.joined(separator: "/")
        return conflict(
            kind.resource, key.name,
            "StorageError: invalid object, Code: 4, Key: /registry/\(path), ResourceVersion: 0, AdditionalErrorMsg: "
                + "Precondition failed: UID in precondition: \(given), UID in object meta: \(actual)")
    }

    static let modified = "the object has been modified; please apply your changes to the latest version and try again"

    static func invalid(_ resource: ServedResource, _ name: String, _ causes: [FailureCause]) -> Failure {
        invalid(group: resource.group, kind: resource.kind, name: name, causes)
    }

    static func invalid(group: String, kind: String, name: String, _ causes: [FailureCause]) -> Failure {
        var details = details(name, group, kind)
        details["causes"] = Self.causes(causes)
        var seen: Set<String> = []
        let texts = causes.map { $0.field.isEmpty ? $0.message : "\($0.field): \($0.message)" }.filter { seen.insert($0).inserted }
        let qualified = group.isEmpty ? kind : "\(kind).\(group)"
        let text = texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ", ") + "]"
        return Failure(code: 422, reason: "Invalid", message: "\(qualified) \"\(name)\" is invalid: \(text)", details: details)
    }

    static func applyConflict(_ message: String, causes: [FailureCause]) -> Failure {
        Failure(code: 409, reason: "Conflict", message: message, details: ["causes": Self.causes(causes)])
    }

    static func badRequest(_ message: String) -> Failure { Failure(code: 400, reason: "BadRequest", message: message) }

    /// An error that the server gives no reason for.
    static func untyped(_ message: String) -> Failure { Failure(code: 500, reason: "", message: message) }

    static func internalError(_ message: String) -> Failure {
        Failure(
            code: 500, reason: "InternalError", message: "Internal error occurred: \(message)",
            details: ["causes": causes([FailureCause(reason: "", message: message, field: "")])])
    }

    static func forbidden(_ resource: ServedResource, _ name: String, _ why: String, causes: [FailureCause] = []) -> Failure {
        var details = details(name, resource.group, resource.resource)
        if !causes.isEmpty { details["causes"] = Self.causes(causes) }
        let message =
            name.isEmpty
            ? "\(resource.qualifiedResource) is forbidden: \(why)" : "\(resource.qualifiedResource) \"\(name)\" is forbidden: \(why)"
        return Failure(code: 403, reason: "Forbidden", message: message, details: details)
    }

    static let unauthorized = Failure(code: 401, reason: "Unauthorized", message: "Unauthorized")

    static let noSuchPath = plain(404, "NotFound", "the server could not find the requested resource")

    static let methodNotAllowed = plain(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")

    static let rejectedPatch = plain(422, "Invalid", "the server rejected our request due to an error in our request")

    static let unsupportedPatchType = plain(415, "UnsupportedMediaType", "415: Unsupported Media Type")

    private static func plain(_ code: Int, _ reason: String, _ message: String) -> Failure {
        var failure = Failure(code: code, reason: reason, message: message)
        failure.writesEmptyDetails = true
        return failure
    }

    static func unsupportedMediaType(_ accepted: [String]) -> Failure {
        Failure(
            code: 415, reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format - accepted media types include: "
                + accepted.joined(separator: ", "))
    }

    /// Where the sandbox is less than a real API server, people are told what to do.
    static let protobuf = Failure(
        code: 415, reason: "UnsupportedMediaType",
        message: "the sandbox reads JSON and YAML, no protobuf, in which kubectl create sends built-in kinds; "
            + "add --dry-run=client -o yaml | kubectl apply -f -")

    static func tooLarge(_ message: String) -> Failure { Failure(code: 413, reason: "RequestEntityTooLarge", message: message) }

    /// A resourceVersion or continue token that the server has forgotten.
    static func expired(_ message: String) -> Failure { Failure(code: 410, reason: "Expired", message: message) }
}
