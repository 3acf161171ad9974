// What the variables of an Application stand for, gathered before it is rendered.

package import KubernetesModel
package import StructuredData

/// The values by name, each with whether it is secret.
package struct SubstitutionValues: Sendable {
    package struct Entry: Sendable, Equatable {
        package var text: String
        package var isSecret: Bool
        package init(_ text: String, isSecret: Bool) {
            self.text = text
            self.isSecret = isSecret
        }
    }

    package private(set) var entries: [String: Entry] = [:]
    /// What was not read, because nobody asked a cluster.
    package private(set) var unread: [Application.ValueSource] = []

    /// Of an Application, as far as it says them itself.
    package init(_ substitution: Application.Substitution) {
        unread = substitution.from
        for (name, text) in substitution.values { entries[name] = Entry(text, isSecret: false) }
    }

    /// Of an Application and all ConfigMaps and Secrets that it names.
    ///
    /// - Parameter found: what each of them has in `data`, a Secret's as base64; nothing of those that are missing.
    package init(_ substitution: Application.Substitution, found: [Application.ValueSource: Object]) {
        for source in substitution.from {
            for entry in found[source] ?? Object() where Application.Substitution.isName(entry.key.utf8) {
                guard let text = Self.text(entry.value, of: source.kind) else { continue }
                entries[entry.key] = Entry(text, isSecret: source.kind == .secret)
            }
        }
        for (name, text) in substitution.values { entries[name] = Entry(text, isSecret: false) }
    }

    /// What is secret of them.
    package var secretTexts: Set<String> { Set(entries.values.lazy.filter { $0.isSecret && !$0.text.isEmpty }.map(\.text)) }

    /// nil for what is no text in UTF-8.
    private static func text(_ value: Value, of kind: Application.ValueSource.Kind) -> String? {
        guard let text = value.string else { return value.isNull ? "" : nil }
        guard kind == .secret else { return text }
        return Base64.decode(text.utf8).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Tells two sets of values apart; means nothing without the key.
    package func digest(key: [UInt8]) -> Digest {
        var bytes = key
        for (name, entry) in entries.sorted(by: { $0.key.precedesByBytes($1.key) }) {
            bytes += "\(name)\u{0}\(entry.isSecret)\u{0}\(entry.text.utf8.count)\u{0}".utf8
            bytes += entry.text.utf8
        }
        return Digest(of: bytes)
    }
}
