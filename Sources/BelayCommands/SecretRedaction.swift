// Secrets out of manifests before they are printed: every value becomes a keyed hash, so that a change can be seen and nothing else.

import Crypto
import KubernetesModel
import StructuredData

/// Replaces the values of a Secret by `REDACTED(hash)`; other kinds stay as they are.
struct SecretRedaction {
    /// Equal values have equal hashes under one key.
    var key: [UInt8]

    /// Hashes that mean nothing beyond this run of the program.
    static func forOneRun() -> SecretRedaction {
        var generator = SystemRandomNumberGenerator()
        return SecretRedaction(key: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }

    func applied(to object: Unstructured) -> Unstructured {
        guard object.isSecret else { return object }
        var redacted = object
        for section in ["data", "stringData"] {
            guard let values = object.value[section] else { continue }
            guard case .object(let entries) = values else {
                redacted.value.set(.string(text(values)), at: [section])
                continue
            }
            redacted.value.set(
                .object(Object(uniqueEntries: entries.map { Object.Entry(key: $0.key, value: .string(text($0.value))) })), at: [section])
        }
        let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
        if let text = object.annotation(lastApplied) { redacted.setAnnotation(lastApplied, self.text(.string(text))) }
        return redacted
    }

    private func text(_ value: Value) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: CanonicalJSON.bytes(of: value), using: SymmetricKey(data: key))
        return "REDACTED(" + code.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + ")"
    }
}
