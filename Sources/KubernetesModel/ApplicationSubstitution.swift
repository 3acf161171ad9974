// What `${NAME}` in an Application's manifests stands for: values of its own, and ConfigMaps and Secrets of its namespace.

extension Application {
    /// `spec.source.substitute`. Without it nothing is substituted.
    package struct Substitution: Sendable, Equatable {
        /// By name. They win over what `from` has.
        package var values: [String: String]
        /// A later one wins over an earlier one.
        package var from: [ValueSource]

        package init(values: [String: String] = [:], from: [ValueSource] = []) {
            self.values = values
            self.from = from
        }

        /// What is wrong with the name of a variable; nil when nothing is. To be put after the name.
        package static func nameProblem(_ text: String) -> String? {
            if isName(text.utf8) { return text.utf8.count <= Limits.objectName ? nil : "is longer than \(Limits.objectName) bytes" }
            return "is no name of a variable: letters, digits and \"_\", not beginning with a digit"
        }

        /// `[A-Za-z_][A-Za-z0-9_]*`
        package static func isName(_ bytes: some Collection<UInt8>) -> Bool {
            guard let first = bytes.first, !(0x30...0x39).contains(first) else { return false }
            return bytes.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F }
        }
    }

    /// A ConfigMap or Secret of the Application's own namespace: each of its keys that is a variable's name counts.
    package struct ValueSource: Sendable, Hashable {
        package enum Kind: String, Sendable, CaseIterable {
            case configMap = "ConfigMap"
            case secret = "Secret"
        }
        package var kind: Kind
        package var name: String
        /// Whether it may be missing.
        package var isOptional: Bool

        package init(kind: Kind, name: String, isOptional: Bool = false) {
            self.kind = kind
            self.name = name
            self.isOptional = isOptional
        }

        /// `ConfigMap settings`
        package var shown: String { "\(kind.rawValue) \(name)" }
    }
}
