// Secrets are hidden where a value enters a plan: by type, with a keyed hash, so that a change shows and the value does not.

package import KubernetesModel
package import StructuredData

import struct Crypto.HMAC
import struct Crypto.SHA256
import struct Crypto.SymmetricKey

/// Makes values fit to be shown.
package struct Redaction: Sendable {
    package var key: [UInt8]
    /// What stands in no text and no value that is shown, wherever it comes from; the longest first.
    private let secretTexts: [[UInt8]]
    /// Whether one of them begins with this byte.
    private let beginnings: [Bool]

    /// Shorter ones are hidden where they are known to stand, and not searched for: they stand everywhere.
    private static let shortestSearched = 6

    /// - Parameters:
    ///   - key: one per journal, so that equal secrets have equal hashes within it.
    ///   - secretTexts: values of Secrets that variables stand for.
    package init(key: [UInt8], secretTexts: Set<String> = []) {
        self.key = key
        self.secretTexts = secretTexts.map { Array($0.utf8) }.filter { $0.count >= Redaction.shortestSearched }
            .sorted { $0.count > $1.count }
        var beginnings = [Bool](repeating: false, count: 256)
        for secret in self.secretTexts { beginnings[Int(secret[0])] = true }
        self.beginnings = beginnings
    }

    /// Annotations in which tools keep whole copies of an object.
    private static let copies: Set<String> = [
        Tracking.lastApplied, "kapp.k14s.io/original", "objectset.rio.cattle.io/applied", "banzaicloud.com/last-applied",
        "cattle.io/last-applied", "kopf.zalando.org/last-handled-configuration", "pulumi.com/last-applied",
        "operator.tigera.io/last-applied", "deployment.kubernetes.io/last-applied",
    ]

    /// A whole object of this kind with its secret parts as `REDACTED(hash)`.
    package func masking(_ object: Value, of kind: GroupKind) -> Value { masking(object, [], kind) }

    /// A desired object with its secret parts as `REDACTED(hash)`, those that came from Secrets by substitution among them.
    package func masking(_ desired: DesiredObject) -> Value {
        let masked = masking(desired.object.value, of: desired.key.groupKind)
        if desired.secrets.isEmpty, secretTexts.isEmpty { return masked }
        return hiding(masked, at: FieldPath(), Cover(desired: desired.secrets, object: desired.object.value, former: nil))
    }

    /// The value at `path` of an object, hidden in whole or in its secret parts.
    /// - Parameter former: of the cluster's value: what it has from a Secret as it was applied last. nil: it is Git's or the predicted one.
    func shown(_ value: Value, at path: FieldPath, of desired: DesiredObject, former: SecretPaths? = nil) -> Shown {
        let shown = shown(value, at: path, of: desired.key.groupKind)
        let cover = Cover(desired: desired.secrets, object: desired.object.value, former: former)
        guard !cover.isEmpty || !secretTexts.isEmpty, case .value(let open) = shown else { return shown }
        if cover.hides(path) || isSecretText(open) { return .redacted(hash(value)) }
        return .value(hiding(open, at: path, cover))
    }

    /// Which fields of one object are secret for their place.
    private struct Cover {
        let desired: SecretPaths
        let object: Value
        /// Of a live object, whose lists may have another order than Git's.
        let former: SecretPaths?

        var isEmpty: Bool { desired.isEmpty && former?.isEmpty ?? true }

        func hides(_ path: FieldPath) -> Bool {
            if desired.coverage(of: path, in: object, anyElement: former != nil) == .whole { return true }
            // Where Git says the same, it also says which elements of a list are meant.
            guard let former, former != desired else { return false }
            return former.coverage(of: path, in: .null, anyElement: true) == .whole
        }
    }

    private func hiding(_ value: Value, at path: FieldPath, _ cover: Cover) -> Value {
        if cover.hides(path) || isSecretText(value) { return .string("REDACTED(\(hash(value)))") }
        switch value {
        case .object(let object):
            return .object(
                Object(
                    uniqueEntries: object.entries.map {
                        Object.Entry(key: $0.key, value: hiding($0.value, at: path.appending(.field($0.key)), cover))
                    }))
        case .array(let array):
            return .array(array.enumerated().map { hiding($1, at: path.appending(.index($0)), cover) })
        default: return value
        }
    }

    private func isSecretText(_ value: Value) -> Bool {
        guard !secretTexts.isEmpty else { return false }
        let text: String
        switch value {
        case .string(let string): text = string
        case .int, .uint, .double: text = ListKeys.text(value)
        case .null, .bool, .array, .object: return false
        }
        let bytes = Array(text.utf8)
        return bytes.indices.contains { length(ofSecretAt: $0, in: bytes) > 0 }
    }

    /// Of the longest secret text that stands here; 0 where none does. By bytes: to compare characters would miss one whose first belongs
    /// to a character before it.
    private func length(ofSecretAt index: Int, in bytes: [UInt8]) -> Int {
        guard beginnings[Int(bytes[index])] else { return 0 }
        let rest = bytes[index...]
        return secretTexts.first { rest.starts(with: $0) }?.count ?? 0
    }

    /// Whether something in an object stands for a secret that was hidden: such an object cannot be applied.
    package static func hasMasked(_ value: Value) -> Bool {
        switch value {
        case .string(let text):
            let bytes = text.utf8
            return bytes.count == 22 && bytes.starts(with: "REDACTED(".utf8) && bytes.last == UInt8(ascii: ")")
        case .array(let array): return array.contains(where: hasMasked)
        case .object(let object): return object.entries.contains { hasMasked($0.value) }
        default: return false
        }
    }

    /// A path without secrets in the keys and values by which it names elements: such a key is a field of the element, and hidden where
    /// the field is.
    /// - Parameter former: of a live object: what it has from a Secret as it was applied last.
    func shown(_ path: FieldPath, of desired: DesiredObject, former: SecretPaths) -> FieldPath {
        let cover = Cover(desired: desired.secrets, object: desired.object.value, former: former)
        guard !cover.isEmpty || !secretTexts.isEmpty else { return path }
        func hidden(_ json: String, at place: FieldPath) -> String {
            guard let value = try? JSON.read(Array(json.utf8)), cover.hides(place) || isSecretText(value) else { return json }
            return "\"REDACTED(\(hash(value)))\""
        }
        var way = FieldPath()
        var elements: [FieldPath.Element] = []
        for element in path.elements {
            way = way.appending(element)
            switch element {
            case .key(let fields):
                elements.append(.key(fields.map { .init(name: $0.name, json: hidden($0.json, at: way.appending(.field($0.name)))) }))
            case .value(let json): elements.append(.value(hidden(json, at: way)))
            case .field, .index: elements.append(element)
            }
        }
        return FieldPath(elements)
    }

    /// A sentence without secrets.
    package func scrubbed(_ text: String) -> String {
        guard !secretTexts.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var kept: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let length = length(ofSecretAt: index, in: bytes)
            if length > 0 { kept += "REDACTED".utf8 } else { kept.append(bytes[index]) }
            index += max(length, 1)
        }
        return kept.count == bytes.count && kept == bytes ? text : String(decoding: kept, as: UTF8.self)
    }

    /// A row without secrets in its sentences; its values are without them already.
    func scrubbed(_ row: PlannedOperation) -> PlannedOperation {
        guard !secretTexts.isEmpty else { return row }
        var row = row
        row.why = scrubbed(row.why)
        row.notes = row.notes.map(scrubbed)
        return row
    }

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
