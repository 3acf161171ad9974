// Secrets are hidden where a value enters a plan: by type, with a keyed hash, so that a change shows and the value does not.

package import KubernetesModel
package import StructuredData

import struct Crypto.HMAC
import struct Crypto.SHA256
import struct Crypto.SymmetricKey

/// Makes values fit to be shown.
package struct Redaction: Sendable {
    package var key: [UInt8]

    /// - Parameter key: one per journal, so that equal secrets have equal hashes within it.
    package init(key: [UInt8]) { self.key = key }

    /// Annotations in which tools keep whole copies of an object.
    private static let copies: Set<String> = [
        Tracking.lastApplied, "kapp.k14s.io/original", "objectset.rio.cattle.io/applied", "banzaicloud.com/last-applied",
        "cattle.io/last-applied", "kopf.zalando.org/last-handled-configuration", "pulumi.com/last-applied",
        "operator.tigera.io/last-applied", "deployment.kubernetes.io/last-applied",
    ]

    /// A whole object of this kind with its secret parts as `REDACTED(hash)`.
    package func masking(_ object: Value, of kind: GroupKind) -> Value { masking(object, [], kind) }

    /// The value at `path` of an object of this kind, hidden in whole or in its secret parts.
    func shown(_ value: Value, at path: FieldPath, of kind: GroupKind) -> Shown {
        switch coverage(path.elements[...], kind) {
        case .secret: .redacted(hash(value))
        case .open where isSuspicious(value, at: path, of: kind): .redacted(hash(value))
        case .open: .value(value)
        case .mixed: .value(masking(value, path.elements, kind))
        }
    }

    /// An annotation of a Secret that may well be a copy of it, by a tool that is not in the table; or what stands where only true
    /// and false belong.
    private func isSuspicious(_ value: Value, at path: FieldPath, of kind: GroupKind) -> Bool {
        if kind == .secret, path.elements == [.field("immutable")] { return value.bool == nil }
        guard kind == .secret, path.elements.count == 3, path.elements[1] == .field("annotations"), let text = value.string
        else { return false }
        return text.utf8.count > 128 || text.utf8.contains(UInt8(ascii: "{"))
    }

    /// The first 12 hexadecimal digits of an HMAC-SHA256 over the value's canonical bytes.
    func hash(_ value: Value) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: CanonicalJSON.bytes(of: value), using: SymmetricKey(data: key))
        return code.prefix(6).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private enum Coverage { case secret, open, mixed }

    private func coverage(_ path: ArraySlice<FieldPath.Element>, _ kind: GroupKind) -> Coverage {
        let isSecret = kind == .secret
        guard case .field(let first) = path.first else { return path.isEmpty ? .mixed : (isSecret ? .secret : .open) }
        if first == "metadata" {
            let below = path.dropFirst()
            guard case .field(let second) = below.first else { return .mixed }
            if second == "managedFields" { return isSecret ? .secret : .open }
            guard second == "annotations" else { return .open }
            guard case .field(let annotation) = below.dropFirst().first else { return .mixed }
            return Self.copies.contains(annotation) || annotation.hasSuffix("/last-applied-configuration") ? .secret : .open
        }
        if !isSecret { return .open }
        return first == "apiVersion" || first == "kind" || first == "type" || first == "immutable" ? .open : .secret
    }

    private func masking(_ value: Value, _ path: [FieldPath.Element], _ kind: GroupKind) -> Value {
        guard case .object(let object) = value else { return value }
        return .object(
            Object(
                uniqueEntries: object.entries.map { entry in
                    let below = path + [.field(entry.key)]
                    switch coverage(below[...], kind) {
                    case .open where isSuspicious(entry.value, at: FieldPath(below), of: kind):
                        return Object.Entry(key: entry.key, value: .string("REDACTED(\(hash(entry.value)))"))
                    case .open: return entry
                    case .secret where entry.value.object == nil:
                        return Object.Entry(key: entry.key, value: .string("REDACTED(\(hash(entry.value)))"))
                    case .secret: return Object.Entry(key: entry.key, value: maskingAll(entry.value))
                    case .mixed: return Object.Entry(key: entry.key, value: masking(entry.value, below, kind))
                    }
                }))
    }

    private func maskingAll(_ value: Value) -> Value {
        guard case .object(let object) = value else { return .string("REDACTED(\(hash(value)))") }
        return .object(Object(uniqueEntries: object.entries.map { Object.Entry(key: $0.key, value: maskingAll($0.value)) }))
    }
}
