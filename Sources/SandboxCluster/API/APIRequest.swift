// A request as the API understands it: verb, resource, name and options, read from method, path and query.

import StructuredData

/// What came over the wire.
struct WireRequest: Sendable {
    var method: String
    /// Percent-decoded, without the query.
    var path: String
    /// In order; keys may repeat.
    var query: [(name: String, value: String)]
    /// Names in lower case.
    var headers: [String: String]
    var body: [UInt8]

    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
    func flag(_ name: String) -> Bool { ["1", "t", "T", "true", "TRUE", "True"].contains(parameter(name) ?? "") }
    var contentType: String {
        let type = headers["content-type"]?.split(separator: ";").first ?? ""
        return type.filter { $0 != " " }.lowercased()
    }
}

/// What the server sends back.
struct WireResponse: Sendable {
    enum Body: Sendable {
        case bytes([UInt8], contentType: String)
        case watch(WatchStream)
    }
    var code: Int
    var body: Body
    var headers: [(name: String, value: String)] = []

    static func json(_ value: Value, code: Int = 200) -> WireResponse {
        WireResponse(code: code, body: .bytes(JSON.write(value) + [UInt8(ascii: "\n")], contentType: "application/json"))
    }

    static func text(_ text: String, code: Int = 200) -> WireResponse {
        WireResponse(code: code, body: .bytes(Array(text.utf8), contentType: "text/plain; charset=utf-8"))
    }

    /// The header that carries a warning.
    static func warning(_ text: String) -> (name: String, value: String) {
        ("warning", "299 - \"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"")
    }

    static func failure(_ failure: Failure) -> WireResponse {
        var response = json(failure.status, code: failure.code)
        if let seconds = failure.retryAfterSeconds { response.headers.append(("retry-after", "\(seconds)")) }
        return response
    }
}

/// The parts of a resource path.
struct ResourcePath: Sendable, Equatable {
    var group: String
    var version: String
    var namespace: String?
    var resource: String
    var name: String?
    var subresource: String?

    /// nil for a path that names no resource (`/version`, `/apis/apps/v1`).
    init?(_ path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard let root = parts.first else { return nil }
        parts.removeFirst()
        switch root {
        case "api":
            guard parts.count >= 2 else { return nil }
            group = ""
        case "apis":
            guard parts.count >= 3 else { return nil }
            group = parts.removeFirst()
        default: return nil
        }
        version = parts.removeFirst()
        // `namespaces/X/RESOURCE` is in a namespace; `namespaces/X` and its own subresources are about the namespace.
        if parts.count >= 3, parts[0] == "namespaces", !(parts.count == 3 && ["status", "finalize"].contains(parts[2])) {
            namespace = parts[1]
            parts.removeFirst(2)
        }
        guard let first = parts.first, parts.count <= 3 || parts[2] == "proxy" else { return nil }
        resource = first
        name = parts.count > 1 ? parts[1] : nil
        subresource = parts.count > 2 ? parts[2] : nil
    }
}
