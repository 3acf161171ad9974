// What the API server would not take of an object, in words for people: field by field, and nothing of a Secret's values.

import KubernetesModel
import StructuredData

extension Interview {
    /// A row for what the server does not take.
    func rejected(_ failure: ProbeFailure) -> Step {
        switch failure.reason {
        case .namespaceTerminating: done(.blocked, "(terminating) namespace \(key.namespace ?? "") is being deleted")
        case .transient: done(.blocked, "could not be checked: \(words(of: failure)); run again")
        default: done(.blocked, reason(of: failure), rejected: true, field: failure.status?.rejectedField)
        }
    }

    /// What is wrong, field by field where the server tells it so, else in its words.
    func reason(of failure: ProbeFailure) -> String {
        let causes = (failure.status?.causes ?? []).filter { !$0.message.isEmpty }
        if subject.withholdsTexts || causes.isEmpty { return words(of: failure) }
        return Text.list(
            causes.map { cause in
                // Some messages end with a dump of both objects: the first line is for people.
                let message = Text.withoutDump(String(cause.message.prefix { !$0.isNewline }))
                return Text.plain(cause.field.isEmpty ? message : "\(cause.field): \(message)", limit: 400)
            }, limit: 5)
    }

    /// The server's words; for a Secret, and for an object with values from one, only the class of the error, because the words may carry its values.
    func words(of failure: ProbeFailure) -> String {
        if subject.withholdsTexts {
            let keys = (subject.desired.object.value["data"]?.object ?? Object()).map(\.key)
            let fields = (failure.status?.causes ?? []).compactMap { SecretField.plain($0.field, keys: keys) }.map { Text.plain($0) }
            let code = failure.status.map { ", HTTP \($0.code)" } ?? ""
            let about = fields.isEmpty ? "" : " about \(Text.list(fields))"
            return
                "the API server refused it (\(failure.reason.words)\(about)\(code)); its own words are withheld, they may show the Secret"
        }
        return Text.plain(failure.message, limit: 1000)
    }
}
