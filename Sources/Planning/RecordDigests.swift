// The two digests of a record: of what Git wants, and of what we own in the live object. Equal digests need no question.

import KubernetesModel
import StructuredData

enum RecordDigests {
    /// Over the payload and the ignore rules. The values of a Secret's `data` are left out: a digest of them would stand in a
    /// ConfigMap; they are compared in memory (``secretDataDiffers(_:_:)``).
    static func desired(payload: Value, ignore: IgnoreRules, kind: GroupKind) -> Digest {
        var payload = payload
        if kind == .secret {
            for field in ["data", "stringData"] {
                guard let object = payload[field]?.object else { continue }
                let blanked = Object(uniqueEntries: object.entries.map { Object.Entry(key: $0.key, value: .null) })
                payload.set(.object(blanked), at: [field])
            }
        }
        return Digest(of: ["v": 1, "object": payload, "ignore": ignore.digestValue])
    }

    /// Whether a Secret's live values differ from those wanted, for the keys that are wanted.
    static func secretDataDiffers(_ payload: Value, _ live: Value) -> Bool {
        guard let wanted = payload["data"]?.object else { return false }
        let have = live["data"]?.object ?? Object()
        return wanted.entries.contains { entry in
            guard let value = have[entry.key] else { return !entry.value.isNull }
            return value != entry.value
        }
    }

    /// Over the fields that `fieldManager` owns by Apply, in live order, their values, and the fields that hands hold.
    static func live(_ object: Unstructured, fieldManager: String, hands: Hands) -> Digest {
        var walk = OwnedWalk(secret: object.isSecret)
        var held = FieldSet()
        for entry in object.value.at("metadata", "managedFields")?.array ?? [] {
            let manager = entry["manager"]?.string ?? ""
            if manager.hasSameBytes(as: fieldManager), entry["operation"]?.string == "Apply", (entry["subresource"]?.string ?? "").isEmpty {
                walk.token("apiVersion", entry["apiVersion"]?.string ?? "")
                if let fields = entry["fieldsV1"]?.object { walk.visit(fields, object.value, depth: 0, hidden: false) }
            } else if hands.contains(manager: manager), let parsed = try? ManagedFieldsEntry(entry), hands.hold(parsed) {
                held = held.union(parsed.fields)
            }
        }
        walk.token("hands", held.isEmpty ? "" : ListKeys.text(held.fieldsV1))
        return walk.digest()
    }
}

extension RecordDigests {
    /// Over the fields that others than our Applications hold, and their values; nil where there are none. What they say of an object's
    /// status is left out.
    static func others(_ object: Unstructured) -> Digest? {
        var walk = OwnedWalk(secret: object.isSecret)
        var isEmpty = true
        for entry in object.value.at("metadata", "managedFields")?.array ?? [] {
            guard let manager = entry["manager"]?.string, !manager.hasPrefix(FieldManager.prefix), entry["subresource"]?.string != "status",
                let fields = entry["fieldsV1"]?.object
            else { continue }
            isEmpty = false
            walk.token("manager", manager)
            walk.visit(fields, object.value, depth: 0, hidden: false)
        }
        return isEmpty ? nil : walk.digest()
    }
}

/// Walks an owned field set and the object it speaks of side by side, without building paths.
private struct OwnedWalk {
    /// What the digest is over. Hashed at the end: it is no longer than the object, and one long text costs less than many short ones.
    private var text: [UInt8] = []
    private let secret: Bool

    init(secret: Bool) {
        self.secret = secret
        text.reserveCapacity(2048)
    }

    func digest() -> Digest { Digest(of: text) }

    mutating func token(_ tag: String, _ text: String) {
        self.text.append(contentsOf: tag.utf8)
        self.text.append(0)
        self.text.append(contentsOf: String(text.utf8.count).utf8)
        self.text.append(0)
        self.text.append(contentsOf: text.utf8)
    }

    private mutating func leaf(_ value: Value, hidden: Bool) {
        let bytes = hidden ? [] : CanonicalJSON.bytes(of: value)
        text.append(contentsOf: "\(bytes.count)=".utf8)
        text.append(contentsOf: bytes)
    }

    mutating func visit(_ fields: Object, _ live: Value, depth: Int, hidden: Bool) {
        if fields.isEmpty { return leaf(live, hidden: hidden) }
        if fields.count == 1, fields.entries[0].key == "." { return token("own", live.kindName) }
        if fields["."] != nil { token("own", "") }
        switch live {
        case .object(let object):
            var met = 0
            for entry in object {
                guard let child = fields["f:" + entry.key]?.object else { continue }
                met += 1
                token("f", entry.key)
                let hides = hidden || (secret && depth == 0 && (entry.key == "data" || entry.key == "stringData"))
                visit(child, entry.value, depth: depth + 1, hidden: hides)
                token("end", "")
            }
            missing(fields, met)
        case .array(let list): visit(fields, list, depth: depth, hidden: hidden)
        default: missing(fields, 0)
        }
    }

    private mutating func visit(_ fields: Object, _ list: [Value], depth: Int, hidden: Bool) {
        var byKey: [(names: [String], children: [String: Value])] = []
        var bySelf: Set<String> = []
        var byIndex: [Int: Value] = [:]
        for entry in fields {
            let body = String(entry.key.dropFirst(2))
            if entry.key.hasPrefix("k:"), let key = try? JSON.read(Array(body.utf8)), let object = key.object {
                let names = object.keys.sorted { $0.precedesByBytes($1) }
                let place = byKey.firstIndex { $0.names == names } ?? byKey.count
                if place == byKey.count { byKey.append((names, [:])) }
                byKey[place].children[ListKeys.text(key)] = entry.value
            } else if entry.key.hasPrefix("v:"), let value = try? JSON.read(Array(body.utf8)) {
                bySelf.insert(ListKeys.text(value))
            } else if entry.key.hasPrefix("i:"), let index = Int(body) {
                byIndex[index] = entry.value
            }
        }
        var met = 0
        for (index, item) in list.enumerated() {
            if !bySelf.isEmpty {
                let text = ListKeys.text(item)
                if bySelf.contains(text) {
                    met += 1
                    token("v", hidden ? "" : text)
                }
            }
            if let child = byIndex[index]?.object {
                met += 1
                token("i", String(index))
                visit(child, item, depth: depth + 1, hidden: hidden)
            }
            for (names, children) in byKey {
                var key = Object()
                for name in names { key[name] = item[name] }
                let text = ListKeys.text(.object(key))
                guard let child = children[text]?.object else { continue }
                met += 1
                token("k", text)
                visit(child, item, depth: depth + 1, hidden: hidden)
                token("end", "")
            }
        }
        missing(fields, met)
    }

    /// Fields that we own and that are not there.
    private mutating func missing(_ fields: Object, _ met: Int) {
        let others = fields.count - (fields["."] == nil ? 0 : 1) - met
        if others != 0 { token("missing", String(others)) }
    }
}
