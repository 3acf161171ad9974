// The API's own error object (meta/v1 Status), read from a Value.

package import StructuredData

/// An answer of kind `Status`: reason, message, code and causes as the server sent them. May carry Secret values in
/// `message` and `causes` [measured on 1.36.2]: never print it for a Secret.
package struct Status: Sendable, Equatable {
    package struct Cause: Sendable, Equatable {
        package var reason: String
        package var message: String
        package var field: String
        package init(reason: String, message: String, field: String) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }
    package var code: Int
    package var reason: String
    package var message: String
    package var causes: [Cause]
    package var retryAfterSeconds: Int?
    /// The object or, where a namespace is missing, the namespace that the answer is about; empty where it names none.
    package var name: String
    /// The kind or resource of `name`, as the server spells it: `configmaps`, `ConfigMap`.
    package var kind: String

    package init(
        code: Int, reason: String, message: String, causes: [Cause] = [], retryAfterSeconds: Int? = nil, name: String = "",
        kind: String = ""
    ) {
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = causes
        self.retryAfterSeconds = retryAfterSeconds
        self.name = name
        self.kind = kind
    }

    /// nil when `value` is no Status object.
    package init?(_ value: Value) {
        guard value["kind"]?.string == "Status" else { return nil }
        let details = value["details"]
        self.init(
            code: Int(clamping: value["code"]?.int ?? 0), reason: value["reason"]?.string ?? "",
            message: value["message"]?.string ?? "",
            causes: (details?["causes"]?.array ?? []).map {
                Cause(reason: $0["reason"]?.string ?? "", message: $0["message"]?.string ?? "", field: $0["field"]?.string ?? "")
            },
            retryAfterSeconds: details?["retryAfterSeconds"]?.int.map { Int(clamping: $0) }, name: details?["name"]?.string ?? "",
            kind: details?["kind"]?.string ?? "")
    }
}

/// Field paths in what the server says of a Secret. A webhook may put anything there, so only what is known to be a name is told.
package enum SecretField {
    private static let known: Set<String> = ["apiVersion", "data", "immutable", "kind", "metadata", "stringData", "type"]

    /// `data[tls.crt]` where that key is among `keys`, else `data`; nil for what is no field of a Secret.
    ///
    /// - Parameter keys: of the Secret's data, as Git names them.
    package static func plain(_ field: String, keys: some Sequence<String>) -> String? {
        let first = String(field.prefix { $0 != "." && $0 != "[" })
        guard known.contains(first) else { return nil }
        let isNamed = keys.contains { field.hasSameBytes(as: "\(first)[\($0)]") || field.hasSameBytes(as: "\(first).\($0)") }
        return isNamed ? field : first
    }
}
