// The API server's `Warning:` headers: deprecated versions, fields that are ignored, names that will not work.

/// Reads `Warning` header values (RFC 7234 5.5, as the API server writes them: `299 - "text"`).
package enum WarningHeader {
    /// The texts of one header, fit to be printed; a header may carry several. What is not in the form is left out.
    package static func texts(_ header: String) -> [String] {
        var found: [String] = []
        var rest = header.unicodeScalars[...]
        while let quote = rest.firstIndex(of: "\"") {
            let prefix = String(String.UnicodeScalarView(rest[..<quote])).split { $0 == " " || $0 == "," }
            rest = rest[rest.index(after: quote)...]
            var text = String.UnicodeScalarView()
            var closed = false
            while let scalar = rest.popFirst() {
                if scalar == "\"" {
                    closed = true
                    break
                }
                if scalar == "\\", let escaped = rest.popFirst() { text.append(escaped) } else { text.append(scalar) }
            }
            guard closed else { break }
            if let code = prefix.first, code.utf8.count == 3, Int(code) != nil, !text.isEmpty {
                found.append(PrintableText.line(String(text), limit: 1_000))
            }
        }
        return found
    }
}
