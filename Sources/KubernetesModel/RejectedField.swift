// Which field of an object the API server objects to: from its causes, else from its words, so that the manifest's line can be named.

package import StructuredData

extension Status {
    /// The first field that the answer names; nil where it names none, or not so that it can be read.
    ///
    /// Three spellings are read [measured on 1.36.2]: `spec.ports[0].port` of a cause, `.spec.template.spec.containers[name="web"].imagee:
    /// field not declared in schema` of a server-side apply, `unknown field "spec.replicaz"` of strict decoding.
    package var rejectedField: FieldPath? {
        for cause in causes where !cause.field.isEmpty {
            if let path = FieldPath(serverField: cause.field) { return path }
        }
        if let unknown = message.split(separator: "unknown field \"", maxSplits: 1).dropFirst().first {
            return FieldPath(serverField: String(unknown.prefix { $0 != "\"" }))
        }
        // After the object's name in brackets: `(ns/web; apps/v1, Kind=Deployment): .spec.replicas: expected numeric, got …`.
        guard let typed = message.split(separator: "): .", maxSplits: 1).dropFirst().first else { return nil }
        return FieldPath(serverField: String(typed.prefix { $0 != ":" && $0 != "\n" }))
    }
}

extension FieldPath {
    /// A path as the API server writes it for people: `spec.ports[0]`, `data[tls.crt]`, `.containers[name="web",port=80].image`.
    ///
    /// - Returns: nil for an empty text or brackets that do not close.
    package init?(serverField text: String) {
        var elements: [Element] = []
        var rest = text[...]
        while let first = rest.first {
            switch first {
            case ".": rest = rest.dropFirst()
            case "[":
                guard let end = rest.firstIndex(of: "]") else { return nil }
                elements.append(FieldPath.bracketed(rest[rest.index(after: rest.startIndex)..<end]))
                rest = rest[rest.index(after: end)...]
            default:
                let name = rest.prefix { $0 != "." && $0 != "[" }
                elements.append(.field(String(name)))
                rest = rest[name.endIndex...]
            }
        }
        guard !elements.isEmpty else { return nil }
        self.init(elements)
    }

    private static func bracketed(_ text: Substring) -> Element {
        if let index = Int(text) { return .index(index) }
        let fields = text.split(separator: ",").compactMap { pair -> KeyField? in
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return KeyField(name: String(parts[0]), json: String(parts[1]))
        }
        guard !fields.isEmpty, fields.count == text.split(separator: ",").count else { return .field(String(text)) }
        return .key(fields.sorted { $0.name.precedesByBytes($1.name) })
    }
}

extension DesiredObject {
    /// Where a field stands in Git, or what is nearest above it; the object's own place where the document is not known, or nobody wrote it.
    package func location(of path: FieldPath) -> SourceLocation {
        document?.location(of: path) ?? location
    }
}
