// The text form of the schema facts; `SandboxCluster.SchemaFacts` reads it.

import StructuredData

struct SchemaFactsWriter {
    /// Flags by type and field, which OpenAPI does not tell: `p` a pointer, `w` always written, `v` a struct by value,
    /// `o` a struct by value that is left out when empty.
    var encoding: [String: [String: String]] = [:]
    private var types: [String: Value] = [:]
    /// `group/version/kind` to the type's name.
    private var kinds: [String: String] = [:]

    var typeCount: Int { types.count }

    static func readEncoding(_ text: String) -> [String: [String: String]] {
        var result: [String: [String: String]] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let type = words.first else { continue }
            for word in words.dropFirst() {
                let parts = word.split(separator: "=")
                if parts.count == 2 { result[String(type), default: [:]][String(parts[0])] = String(parts[1]) }
            }
        }
        return result
    }

    private static let prefixes = [
        "io.k8s.api.", "io.k8s.apimachinery.pkg.apis.", "io.k8s.apimachinery.pkg.", "io.k8s.apiextensions-apiserver.pkg.apis.",
        "io.k8s.kube-aggregator.pkg.apis.",
    ]

    private static func short(_ name: String) -> String {
        for prefix in prefixes where name.hasPrefix(prefix) { return String(name.dropFirst(prefix.count)) }
        return name
    }

    mutating func addTypes(of document: Value) {
        for entry in document.at("components", "schemas")?.object ?? Object() {
            types[SchemaFactsWriter.short(entry.key)] = entry.value
            for gvk in entry.value["x-kubernetes-group-version-kind"]?.array ?? [] {
                let key = [gvk["group"], gvk["version"], gvk["kind"]].map { $0?.string ?? "" }.joined(separator: "/")
                if gvk["kind"]?.string != "DeleteOptions", gvk["kind"]?.string != "WatchEvent" {
                    kinds[key] = SchemaFactsWriter.short(entry.key)
                }
            }
        }
    }

    // MARK: Text

    func text(server: String, groups: [Value]) -> String {
        var lines = ["server \(server)"]
        var used: Set<String> = []
        for group in groups {
            let name = group.at("metadata", "name")?.string ?? ""
            lines.append(name.isEmpty ? "group" : "group \(name)")
            for version in group["versions"]?.array ?? [] {
                let versionName = version["version"]?.string ?? ""
                lines.append("version \(versionName)")
                for resource in version["resources"]?.array ?? [] {
                    lines.append(line(resource, group: name, version: versionName, &used))
                }
            }
        }
        used.insert("meta.v1.DeleteOptions")
        var seen: Set<String> = []
        var queue = used.sorted()
        var typeLines: [String: [String]] = [:]
        while let next = queue.popLast() {
            guard seen.insert(next).inserted, let type = types[next] else { continue }
            var references: Set<String> = []
            typeLines[next] = describe(next, type, &references)
            queue += references.sorted()
        }
        for name in typeLines.keys.sorted() { lines += typeLines[name] ?? [] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func verbs(_ value: Value?) -> String {
        let verbs = (value?.array ?? []).compactMap(\.string)
        return verbs.sorted() == ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
            ? "*" : verbs.joined(separator: ",")
    }

    private func line(_ resource: Value, group: String, version: String, _ used: inout Set<String>) -> String {
        let kind = resource["responseKind"]
        let kindName = kind?["kind"]?.string ?? ""
        let given = [kind?["group"]?.string ?? "", kind?["version"]?.string ?? ""]
        let key = "\(given[0].isEmpty && given[1].isEmpty ? group : given[0])/\(given[1].isEmpty ? version : given[1])/\(kindName)"
        let type = kinds[key] ?? "meta.v1.Status"
        used.insert(type)
        var words = [
            "resource", resource["resource"]?.string ?? "", kindName, resource["singularResource"]?.string ?? "",
            resource["scope"]?.string == "Namespaced" ? "N" : "C", verbs(resource["verbs"]), type,
        ]
        if let names = resource["shortNames"]?.array { words.append("short=" + names.compactMap(\.string).joined(separator: ",")) }
        if let names = resource["categories"]?.array { words.append("categories=" + names.compactMap(\.string).joined(separator: ",")) }
        for sub in resource["subresources"]?.array ?? [] {
            let kind = sub["responseKind"]
            let isOwn = (kind?["group"]?.string ?? "").isEmpty && (kind?["version"]?.string ?? "").isEmpty
            let subKey = isOwn ? "\(group)/\(version)" : "\(kind?["group"]?.string ?? "")/\(kind?["version"]?.string ?? "")"
            if let type = kinds["\(subKey)/\(kind?["kind"]?.string ?? "")"] { used.insert(type) }
            let fields = [
                sub["subresource"]?.string ?? "", kind?["group"]?.string ?? "", kind?["version"]?.string ?? "",
                kind?["kind"]?.string ?? "", verbs(sub["verbs"]),
            ]
            words.append("sub=" + fields.joined(separator: ":"))
        }
        return words.joined(separator: " ")
    }

    private func describe(_ name: String, _ type: Value, _ references: inout Set<String>) -> [String] {
        guard let properties = type["properties"]?.object else {
            return ["alias \(name) \(alias(name, type, &references))"]
        }
        let isAtomic = type["x-kubernetes-map-type"]?.string == "atomic"
        var lines = [isAtomic ? "type \(name) a" : "type \(name)"]
        let required = Set((type["required"]?.array ?? []).compactMap(\.string))
        for property in properties.sortedByKey() {
            var line = " \(property.key) \(typeText(property.value, &references))"
            var flags = encoding[name]?[property.key] ?? ""
            if required.contains(property.key) { flags += "!" }
            let isReference = property.value["allOf"] != nil || property.value["$ref"] != nil
            if property.value["x-kubernetes-map-type"]?.string == "atomic", isReference { flags += "a" }
            if !flags.isEmpty { line += " " + flags }
            if let strategy = property.value["x-kubernetes-patch-strategy"]?.string {
                line += " ~" + strategy
                if let key = property.value["x-kubernetes-patch-merge-key"]?.string { line += ":" + key }
            }
            if let given = property.value["default"], given != .object(Object()) {
                line += " =" + String(decoding: JSON.write(given), as: UTF8.self)
            }
            lines.append(line)
        }
        return lines
    }

    private func alias(_ name: String, _ type: Value, _ references: inout Set<String>) -> String {
        switch name {
        case "api.resource.Quantity": "quantity"
        case "util.intstr.IntOrString": "intstr"
        case "meta.v1.Time": "time"
        case "meta.v1.MicroTime": "microtime"
        case "runtime.RawExtension": "raw"
        default: typeText(type, &references)
        }
    }

    private func typeText(_ type: Value, _ references: inout Set<String>) -> String {
        let reference = type["$ref"]?.string ?? type["allOf"]?.array?.first?["$ref"]?.string
        if let last = reference?.split(separator: "/").last {
            let name = SchemaFactsWriter.short(String(last))
            references.insert(name)
            return "@" + name
        }
        switch type["type"]?.string {
        case "array":
            let element = type["items"].map { typeText($0, &references) } ?? "any"
            switch type["x-kubernetes-list-type"]?.string {
            case "map":
                return "[" + (type["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string).joined(separator: ",") + "]" + element
            case "set": return "[=]" + element
            case "atomic": return "[]" + element
            default: break
            }
            switch (type["x-kubernetes-patch-strategy"]?.string, type["x-kubernetes-patch-merge-key"]?.string) {
            case ("merge", let key?), ("merge,retainKeys", let key?): return "[\(key)]" + element
            case ("merge", nil), ("merge,retainKeys", nil): return "[=]" + element
            default: return "[]" + element
            }
        case "object":
            guard let additional = type["additionalProperties"], additional.object != nil else { return "any" }
            let mark = type["x-kubernetes-map-type"]?.string == "atomic" ? "{a}" : "{}"
            return mark + typeText(additional, &references)
        case "string":
            switch type["format"]?.string {
            case "byte": return "bytes"
            case "date-time": return "time"
            default: return "string"
            }
        case "boolean": return "bool"
        case "integer": return type["format"]?.string == "int64" ? "int64" : "int32"
        case "number": return "double"
        default: return "any"
        }
    }

    // MARK: Swift

    /// The text as one string literal: no resource folder beside the program.
    static func swiftFile(_ text: String) -> String {
        """
        // Written by `belay-dev schema-facts`; do not edit. Facts of a real API server: names, types, list keys, defaults.
        // swift-format-ignore-file

        let schemaFactsText = #\"\"\"
        \(text)\"\"\"#

        """
    }
}
