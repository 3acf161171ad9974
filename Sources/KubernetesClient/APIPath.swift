// The one place where paths of the Kubernetes API are built: every segment is checked and percent-encoded.

package import KubernetesModel

/// Paths of objects and collections, with a leading slash, ready to be sent.
///
/// An empty or strange segment is an error, not a shorter path: a DELETE of `…/configmaps/` would take the whole collection.
package enum APIPath {
    /// The path of all objects of a kind, in one namespace or (nil) in all.
    package static func collection(_ resource: APIResource, namespace: String?) throws(ClientError) -> String {
        try path(resource, namespace: namespace, name: nil, subresource: nil)
    }

    /// The path of one object. A namespaced kind needs its namespace, a cluster-scoped one must have none.
    package static func object(
        _ resource: APIResource, namespace: String?, name: String, subresource: String? = nil
    ) throws(ClientError) -> String {
        if resource.namespaced, namespace == nil {
            throw refused("\(resource.groupVersionKind.kind) \(shown(name))", "it needs a namespace")
        }
        return try path(resource, namespace: namespace, name: name, subresource: subresource)
    }

    /// `?a=b&c=d`, or nothing.
    package static func query(_ items: [(name: String, value: String)]) -> String {
        items.isEmpty ? "" : "?" + items.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
    }

    private static func path(
        _ resource: APIResource, namespace: String?, name: String?, subresource: String?
    ) throws(ClientError) -> String {
        let kind = resource.groupVersionKind
        let object = "\(kind.kind)" + (name.map { " \(shown($0))" } ?? "")
        var segments: [String] = []
        if kind.group.isEmpty {
            segments = ["api"]
        } else {
            try check(Names.dnsSubdomainProblem(kind.group), "the API group \(shown(kind.group))", of: object)
            segments = ["apis", kind.group]
        }
        try check(Names.dnsLabelProblem(kind.version), "the API version \(shown(kind.version))", of: object)
        try check(Names.dnsLabelProblem(resource.resource), "the resource \(shown(resource.resource))", of: object)
        segments.append(kind.version)
        if let namespace {
            guard resource.namespaced else {
                throw refused(object, "the kind is cluster-scoped, but the namespace \(shown(namespace)) was given")
            }
            try check(Names.namespaceProblem(namespace), "the namespace \(shown(namespace))", of: object)
            segments += ["namespaces", namespace]
        }
        segments.append(resource.resource)
        if let name {
            try check(Names.objectNameProblem(name, of: kind.groupKind), "the name \(shown(name))", of: object)
            segments.append(name)
            if let subresource {
                try check(Names.dnsLabelProblem(subresource), "the subresource \(shown(subresource))", of: object)
                segments.append(subresource)
            }
        }
        return segments.map { "/" + encoded($0) }.joined()
    }

    private static func check(_ problem: String?, _ what: String, of object: String) throws(ClientError) {
        if let problem { throw refused(object, "\(what) \(problem)") }
    }

    private static func refused(_ object: String, _ why: String) -> ClientError {
        ClientError(code: .invalid, message: "no request was sent for \(object): \(why)")
    }

    private static func shown(_ text: String) -> String { "\"\(PrintableText.line(text, limit: 100))\"" }

    /// RFC 3986: everything but unreserved characters is escaped, byte by byte.
    static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes += [UInt8(ascii: "%"), hexadecimal(byte >> 4), hexadecimal(byte & 0xF)]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + (digit - 10)
    }
}
