// What names may be: the rules of the API machinery, with words for people.

/// Rules for names that come from outside. Each answers nil when the text is fine, else what is wrong with it, to be put
/// after the name: `"Web" must consist of …`.
package enum Names {
    /// RFC 1123 label: namespaces.
    package static func dnsLabelProblem(_ text: String) -> String? {
        if text.utf8.count > 63 { return "must be no more than 63 bytes long" }
        return isLabel(text.utf8[...])
            ? nil : "must consist of lower case letters, digits and '-', and start and end with a letter or digit"
    }

    /// RFC 1123 subdomain: most object names, API groups.
    package static func dnsSubdomainProblem(_ text: String) -> String? {
        if text.utf8.count > 253 { return "must be no more than 253 bytes long" }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.allSatisfy(isLabel)
            ? nil : "must consist of lower case letters, digits, '-' and '.', and start and end with a letter or digit"
    }

    /// What may stand as one segment of an API path (apimachinery's `IsValidPathSegmentName`, and no control characters).
    package static func pathSegmentProblem(_ text: String) -> String? {
        if text.isEmpty { return "must not be empty" }
        if text.utf8.elementsEqual(".".utf8) || text.utf8.elementsEqual("..".utf8) { return "must not be '.' or '..'" }
        if text.utf8.contains(UInt8(ascii: "/")) || text.utf8.contains(UInt8(ascii: "%")) { return "must not contain '/' or '%'" }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) {
            return "must not contain control characters"
        }
        return nil
    }

    /// The name of an object of this kind, as far as it is known without the server: namespaces are labels, all others at
    /// least path segments of at most 253 bytes.
    package static func objectNameProblem(_ name: String, of kind: GroupKind) -> String? {
        if kind == .namespace { return dnsLabelProblem(name) }
        if name.utf8.count > 253 { return "must be no more than 253 bytes long" }
        return pathSegmentProblem(name)
    }

    /// A namespace's name.
    package static func namespaceProblem(_ text: String) -> String? { dnsLabelProblem(text) }

    /// `name` or `prefix/name`: label keys, and finalizers.
    package static func labelKeyProblem(_ text: String) -> String? {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let name = parts.last, parts.count <= 2 else { return "must be NAME or PREFIX/NAME" }
        if parts.count == 2, let prefix = parts.first.flatMap({ String($0) }) {
            if let problem = dnsSubdomainProblem(prefix) { return "has a prefix that \(problem)" }
        }
        if name.isEmpty { return "must have a name" + (parts.count == 2 ? " after the slash" : "") }
        if name.count > 63 { return "must have a name of no more than 63 bytes" }
        return isQualifiedName(name) ? nil : "must consist of letters, digits, '-', '_' and '.', and start and end with a letter or digit"
    }

    /// A label's value: empty, or up to 63 bytes.
    package static func labelValueProblem(_ text: String) -> String? {
        if text.utf8.count > 63 { return "must be no more than 63 bytes long" }
        return text.isEmpty || isQualifiedName(text.utf8[...])
            ? nil : "must be empty or consist of letters, digits, '-', '_' and '.', and start and end with a letter or digit"
    }

    /// An annotation's key: like a label's, its prefix in any case.
    package static func annotationKeyProblem(_ text: String) -> String? {
        labelKeyProblem(String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self))
    }

    private static func isLabel(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, let last = bytes.last, isLowerOrDigit(first), isLowerOrDigit(last) else { return false }
        return bytes.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isQualifiedName(_ bytes: Substring.UTF8View) -> Bool {
        func isAlphanumeric(_ byte: UInt8) -> Bool { isLowerOrDigit(byte) || (0x41...0x5A).contains(byte) }
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else { return false }
        return bytes.allSatisfy {
            isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
}
