// The words for a failed request: verb, object, server, cause, next step.

import Foundation
import KubernetesModel
import StructuredData

/// Puts together why a request failed, for the message of its ``ClientError``. The server's text is untrusted: it is bounded, made printable, and for a Secret
/// left out, since the API server repeats values of Secrets in its messages.
enum FailureText {
    static func cause(of error: ClientError, subject: RequestSubject, answer: APIAnswer) -> String {
        let cause = subject.isSecret ? withheldCause(error) : cause(error, answer: answer)
        let step = nextStep(error, subject: subject)
        return cause + (step.isEmpty ? "" : "; \(step)")
    }

    private static func withheldCause(_ error: ClientError) -> String {
        let fields = (error.status?.causes ?? []).compactMap { SecretField.plain($0.field, keys: []) }
        let reason = error.status.map { $0.reason.isEmpty ? "" : " \($0.reason)" } ?? ""
        if !error.conflicts.isEmpty { return conflicts(error.conflicts) }
        return PrintableText.line(
            "HTTP \(error.httpStatus ?? 0)\(reason)" + (fields.isEmpty ? "" : " at \(unique(fields).joined(separator: ", "))")
                + " (the server's text is withheld, it may show the Secret)", limit: 600)
    }

    private static func cause(_ error: ClientError, answer: APIAnswer) -> String {
        if !error.conflicts.isEmpty { return conflicts(error.conflicts) }
        if (300..<400).contains(answer.httpStatus) {
            return "the server answered with a redirect (HTTP \(answer.httpStatus))" + (redirectHost(answer).map { " to \($0)" } ?? "")
                + ", which is never followed"
        }
        guard let status = error.status else { return foreignAnswer(answer) }
        let causes = status.causes.filter { !$0.message.isEmpty }
        if error.code == .invalid || error.code == .immutable, !causes.isEmpty {
            let texts = unique(
                causes.map { cause in
                    let detail = cause.message.utf8.count <= 200 ? cause.message : CauseText.detail(cause.message)
                    return cause.field.isEmpty || cause.field == "[]" ? detail : "\(cause.field): \(detail)"
                })
            return PrintableText.line(texts.joined(separator: ", "), limit: 2_000)
        }
        let text = status.message.isEmpty ? "HTTP \(answer.httpStatus) \(status.reason)" : status.message
        return PrintableText.line(withoutGoTypes(text), limit: 2_000)
    }

    /// `.spec.selector.app: expected string, got &value.valueUnstructured{Value:false}` with the value alone.
    private static func withoutGoTypes(_ text: String) -> String {
        let parts = text.components(separatedBy: "&value.valueUnstructured{Value:")
        return parts.dropFirst().reduce(parts.first ?? "") { text, part in
            guard let end = part.firstIndex(of: "}") else { return text + part }
            return text + part[..<end] + part[part.index(after: end)...]
        }
    }

    private static func conflicts(_ conflicts: [ClientError.FieldConflict]) -> String {
        let texts = conflicts.map { conflict in
            "\(conflict.path) is held by \(conflict.manager.isEmpty ? "another manager" : "\"\(conflict.manager)\"")"
                + (conflict.subresource.map { " (through \($0))" } ?? "")
        }
        return PrintableText.line(unique(texts).joined(separator: ", "), limit: 2_000)
    }

    /// No Status: a proxy, a load balancer, or no API server at all. Its first line may help where it is plain text.
    private static func foreignAnswer(_ answer: APIAnswer) -> String {
        var text = "HTTP \(answer.httpStatus)"
        if answer.contentType.hasPrefix("text/plain") {
            let line = String(decoding: answer.body.prefix(400).split(whereSeparator: { $0 == 10 || $0 == 13 }).first ?? [], as: UTF8.self)
            if !line.isEmpty { text += ": \(PrintableText.line(line, limit: 300))" }
        } else if !answer.contentType.isEmpty {
            text += " (\(PrintableText.line(answer.contentType, limit: 80)), not an answer of the Kubernetes API)"
        }
        return text
    }

    private static func redirectHost(_ answer: APIAnswer) -> String? {
        guard let location = answer.location, let start = location.range(of: "://") else { return nil }
        let host = location[start.upperBound...].prefix { !"/?#".contains($0) }
        return PrintableText.line(String(host.split(separator: "@").last ?? ""), limit: 100)
    }

    private static func nextStep(_ error: ClientError, subject: RequestSubject) -> String {
        switch error.code {
        case .unauthorized: return "sign in again, or check the user of the kubeconfig's context"
        case .forbidden:
            return error.status?.message.contains(" cannot ") ?? false ? "grant this permission, or use another identity" : ""
        case .namespaceTerminating: return "wait until the namespace is gone"
        case .notFound where error.status?.kind == "namespaces" && !subject.verb.isRead: return "create the namespace first"
        case .kindNotServed: return "check apiVersion and kind, and whether the CustomResourceDefinition is installed"
        case .fieldConflict: return "drop the fields, or take them over by force"
        case .conflict: return "it was changed or replaced meanwhile: plan again"
        case .immutable: return "only a new object can have another value: delete and create it again"
        case .badRequest, .invalid: return ""
        case .tooLarge: return "make the object smaller, or split it"
        case .expired: return "list again"
        case .tooManyRequests: return "the server is busy: try again later, or with less concurrency"
        case .timeout: return subject.verb.isRead ? "try again" : "it may have been done: look at the object before trying again"
        case .unavailable: return "this may pass: try again"
        case .permanent where error.status?.message.contains(": expected string, got &value") ?? false:
            return "correct the manifest: what YAML reads as a number or a boolean (1, yes, n) is text only in quotes"
        case .permanent where error.status?.message.contains(APIAnswer.goneVersion) ?? false:
            return "somebody wrote it in a version that its definition has no more: plan again"
        case .permanent: return "it will not pass by itself: correct the manifest"
        case .malformedResponse: return "check the server's address"
        case .configuration, .unreachable, .alreadyExists, .notFound: return ""
        }
    }

    private static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}

extension Status {
    /// Reason, code and fields only.
    var withoutTexts: Status {
        var copy = self
        copy.message = ""
        for index in copy.causes.indices where copy.causes[index].reason != "FieldManagerConflict" { copy.causes[index].message = "" }
        return copy
    }
}
