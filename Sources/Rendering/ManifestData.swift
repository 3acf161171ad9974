// ConfigMaps and Secrets: what the server would reject, some of it with the secret in its answer, is found here first.

import KubernetesModel
import StructuredData

extension ManifestChecker {
    /// What etcd and the API server take of the values together.
    static let maximumDataSize = 1 << 20

    /// Checks `data`, `binaryData` and `stringData` and brings them into the form in which the server keeps them:
    /// null is the empty text, `stringData` becomes `data` (and wins), base64 stands on one line.
    mutating func checkData(_ content: inout Object, of kind: GroupKind) {
        guard kind.group.isEmpty else { return }
        switch kind.kind {
        case "ConfigMap":
            var size = 0
            checkTexts("data", in: &content, isSecret: false, size: &size)
            checkBase64("binaryData", in: &content, size: &size)
            checkSize(size)
        case "Secret":
            var size = 0
            checkBase64("data", in: &content, size: &size)
            encodeStringData(in: &content, size: &size)
            checkSize(size)
        default: break
        }
    }

    private mutating func checkSize(_ size: Int) {
        guard size > ManifestChecker.maximumDataSize else { return }
        report("has \(size) bytes of values; Kubernetes takes 1048576 (1 MiB)", at: FieldPath(fields: "data"))
    }

    private mutating func checkTexts(_ field: String, in content: inout Object, isSecret: Bool, size: inout Int) {
        guard let map = map(field, in: &content) else { return }
        var entries: [Object.Entry] = []
        for entry in map {
            let path = FieldPath(fields: field, entry.key)
            checkKey(entry.key, at: path)
            if let text = entry.value.string {
                size += text.utf8.count
                entries.append(entry)
            } else if entry.value.isNull {
                entries.append(Object.Entry(key: entry.key, value: ""))
            } else {
                report((isSecret ? entry.value.notTextUnseen : entry.value.notText) + blockHint(entry.value), at: path)
            }
        }
        content[field] = .object(Object(uniqueEntries: entries))
    }

    private mutating func checkBase64(_ field: String, in content: inout Object, size: inout Int) {
        guard let map = map(field, in: &content) else { return }
        var entries: [Object.Entry] = []
        for entry in map {
            let path = FieldPath(fields: field, entry.key)
            checkKey(entry.key, at: path)
            if entry.value.isNull {
                entries.append(Object.Entry(key: entry.key, value: ""))
            } else if let text = entry.value.string {
                if let bytes = Base64.decode(text.utf8) {
                    size += bytes.count
                    entries.append(Object.Entry(key: entry.key, value: .string(Base64.encode(bytes))))
                } else {
                    let advice = field == "data" ? "; plain text belongs into stringData" : ""
                    report("is no base64 (RFC 4648, with padding)\(advice)", at: path)
                }
            } else {
                report(entry.value.notTextUnseen, at: path)
            }
        }
        content[field] = .object(Object(uniqueEntries: entries))
    }

    private mutating func encodeStringData(in content: inout Object, size: inout Int) {
        guard content["stringData"] != nil else { return }
        checkTexts("stringData", in: &content, isSecret: true, size: &size)
        let texts = content["stringData"]?.object ?? Object()
        content["stringData"] = nil
        if texts.isEmpty { return }
        // Keys that are no ASCII have a finding already, so that comparing them as Swift does it is good enough.
        let replaced = Set(texts.keys)
        let kept = (content["data"]?.object ?? Object()).entries.filter { !replaced.contains($0.key) }
        let encoded = texts.map { Object.Entry(key: $0.key, value: .string(Base64.encode(Array(($0.value.string ?? "").utf8)))) }
        content["data"] = .object(Object(uniqueEntries: kept + encoded))
    }

    /// The map under a field; a null field is dropped, as it says nothing. Anything else is reported.
    private mutating func map(_ field: String, in content: inout Object) -> Object? {
        guard let value = content[field] else { return nil }
        if value.isNull {
            content[field] = nil
            return nil
        }
        if let map = value.object { return map }
        report("is \(value.kindName); it must be a map of texts", at: FieldPath(fields: field))
        return nil
    }

    private mutating func checkKey(_ key: String, at path: FieldPath) {
        if let problem = Names.dataKeyProblem(key) { report("cannot be a key: it \(problem)", at: path) }
    }

    private func blockHint(_ value: Value) -> String {
        value.object != nil || value.array != nil ? "; for a file of several lines write \"|\" behind the key" : ""
    }
}
