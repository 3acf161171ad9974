// Puts values in place of the variables of objects, behind reading and building and before anything is checked.

import KubernetesModel
import StructuredData

/// Substitutes object by object, and keeps account of how much text that makes.
struct Substitution {
    static let annotation = "belay.dev/substitute"
    /// Bytes of all texts of one source that have variables, once they are substituted.
    static let largestSource = 48 << 20

    private let values: SubstitutionValues
    /// Whose reading counts for what is written without quotes.
    private let dialect: YAMLDialect
    private let largestText: Int
    private var size = 0

    init(_ values: SubstitutionValues, dialect: YAMLDialect, limits: YAMLLimits) {
        self.values = values
        self.dialect = dialect
        largestText = limits.scalarSize
    }

    /// What became of one object.
    struct Outcome {
        var document: YAMLDocument
        var secrets = SecretPaths()
        var findings: [Finding] = []
        /// Whether something was put in.
        var isSubstituted = false
    }

    /// The object with values in place of its variables, at the same places. An object that has the annotation
    /// `belay.dev/substitute: disabled` stays as it is; else a variable in a key is a finding.
    mutating func substitute(_ document: YAMLDocument) -> Outcome {
        var outcome = Outcome(document: document)
        guard document.value.object != nil, !isDisabled(document.value) else { return outcome }
        var walk = Walk(document: document)
        if let value = substituted(document.value, &walk) {
            outcome.document.value = value
            outcome.isSubstituted = true
        }
        outcome.secrets = walk.secrets
        outcome.findings = walk.findings
        return outcome
    }

    private func isDisabled(_ object: Value) -> Bool {
        object.at("metadata", "annotations", Substitution.annotation)?.string?.hasSameBytes(as: "disabled") ?? false
    }

    private struct Walk {
        let document: YAMLDocument
        var index = 0
        var path: [FieldPath.Element] = []
        var secrets = SecretPaths()
        var findings: [Finding] = []
        private let isSecret: Bool

        init(document: YAMLDocument) {
            self.document = document
            isSecret = Unstructured(document.value).isSecret
        }

        /// Whether what stands here is a secret of Git's: no finding shows it.
        var isInSecret: Bool { isSecret && path.first != .field("metadata") }

        /// Whether this is a Secret's value in base64, as a generator makes it.
        var isEncoded: Bool { isSecret && path.count == 2 && path[0] == .field("data") }

        mutating func report(_ message: String) {
            // To find a place takes time.
            guard findings.count < 100 else { return }
            let path = FieldPath(path)
            findings.append(Finding(message: "\(subject): \(path) \(message)", location: document.location(of: path)))
        }

        private var subject: String {
            guard let kind = document.value["kind"]?.string, !kind.isEmpty else { return "this object" }
            let name = document.value.at("metadata", "name")?.string ?? ""
            return name.isEmpty ? "this \(kind)" : "\(kind) \(name)"
        }
    }

    /// The node with its variables substituted; nil where it has none.
    private mutating func substituted(_ value: Value, _ walk: inout Walk) -> Value? {
        let index = walk.index
        walk.index += 1
        switch value {
        case .string(let text):
            guard VariableText.mayHave(text) else { return walk.isEncoded ? substituted(encoded: text, &walk) : nil }
            return substituted(text, isPlain: walk.document.locations.isVariable(at: index), &walk)
        case .array(var array):
            var hasChanged = false
            for position in array.indices {
                walk.path.append(.index(position))
                if let new = substituted(array[position], &walk) {
                    array[position] = new
                    hasChanged = true
                }
                walk.path.removeLast()
            }
            return hasChanged ? .array(array) : nil
        case .object(let object):
            var entries = object.entries
            var hasChanged = false
            for position in entries.indices {
                walk.path.append(.field(entries[position].key))
                if VariableText.mayHave(entries[position].key) {
                    walk.report(
                        "has a variable in its name, and variables stand in values only; write the name out, or give the object the "
                            + "annotation \(Substitution.annotation): disabled")
                }
                if let new = substituted(entries[position].value, &walk) {
                    entries[position].value = new
                    hasChanged = true
                }
                walk.path.removeLast()
            }
            return hasChanged ? .object(Object(uniqueEntries: entries)) : nil
        case .null, .bool, .int, .uint, .double: return nil
        }
    }

    private mutating func substituted(_ text: String, isPlain: Bool, _ walk: inout Walk) -> Value? {
        let variables = VariableText(text)
        var result = ""
        var isSecret = false
        for part in variables.parts {
            switch part {
            case .text(let text): result += text
            case .broken(let text):
                walk.report(
                    "has \(walk.isInSecret ? "a ${" : quotedForPeople(text)), which is no variable; write ${NAME} or ${NAME:-default}, "
                        + "or $${ where ${ itself is meant")
                return nil
            case .variable(let name, let fallback):
                guard let value = value(of: name, fallback) else {
                    walk.report(undefined(name))
                    // All that is undefined in one text is said.
                    continue
                }
                isSecret = isSecret || value.isSecret
                result += value.text
            }
            if result.utf8.count > largestText {
                walk.report("has more than \(largestText) bytes with its variables substituted; at most that many are taken")
                return nil
            }
        }
        size += result.utf8.count
        if size > Substitution.largestSource {
            walk.report("brings what is substituted to more than \(Substitution.largestSource) bytes in all; substitute less")
            return nil
        }
        if isSecret {
            if let problem = Substitution.publicPlace(walk.path, of: walk.document.value) {
                walk.report("would have its value from a Secret, and \(problem); use a ConfigMap or spec.source.substitute.values")
                return nil
            }
            walk.secrets.insert(FieldPath(walk.path))
        }
        guard isPlain, variables.only != nil else { return .string(result) }
        return meaning(of: result)
    }

    /// The same with what a text in base64 says.
    private mutating func substituted(encoded text: String, _ walk: inout Walk) -> Value? {
        guard let decoded = Base64.decode(text.utf8).flatMap({ String(validating: $0, as: UTF8.self) }), VariableText.mayHave(decoded)
        else { return nil }
        return substituted(decoded, isPlain: false, &walk)?.string.map { .string(Base64.encode(Array($0.utf8))) }
    }

    /// What a text would mean that stands without quotes where the variable stands.
    private func meaning(of text: String) -> Value {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        let bytes = text.utf8.drop(while: isBlank)
        let count = bytes.reversed().drop(while: isBlank).count
        let value = YAML.plainScalar(String(decoding: bytes.prefix(count), as: UTF8.self), dialect)
        return value.string == nil ? value : .string(text)
    }

    /// As in a shell, `:-` also counts where the value is empty.
    private func value(of name: String, _ fallback: String?) -> SubstitutionValues.Entry? {
        guard let entry = values.entries[name] else { return fallback.map { .init($0, isSecret: false) } }
        guard entry.text.isEmpty, let fallback else { return entry }
        return .init(fallback, isSecret: entry.isSecret)
    }

    private func undefined(_ name: String) -> String {
        let advice = "; write ${\(name):-default}, or $${\(name)} where no variable is meant"
        if values.unread.isEmpty {
            return "has the variable \(name), which neither spec.source.substitute.values nor a source of its from has; define it" + advice
        }
        let sources = values.unread.map(\.shown).joined(separator: ", ")
        return "has the variable \(name), which spec.source.substitute.values does not have, and no cluster was asked for \(sources); "
            + "define it in values to see the result without a cluster" + advice
    }

    /// Why what stands here is seen by everybody; nil where it can be kept secret.
    private static func publicPlace(_ path: [FieldPath.Element], of object: Value) -> String? {
        if object["kind"]?.string == "CustomResourceDefinition" { return "a definition is shown to everybody" }
        guard case .field(let first) = path.first else { return nil }
        if first == "apiVersion" || first == "kind" { return "what an object is is shown everywhere" }
        guard first == "metadata", path.count > 1, case .field(let second) = path[1] else { return nil }
        switch second {
        case "name", "namespace": return "names are shown everywhere"
        case "annotations":
            guard path.count == 3, case .field(let key) = path[2], key.utf8.starts(with: "belay.dev/".utf8) else { return nil }
            return "this annotation tells Belay what to do"
        default: return nil
        }
    }
}
