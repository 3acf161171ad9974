// What differs from run to run in a conversation gets a name: both sides of a comparison are made alike by it.

import Foundation
package import StructuredData

/// Replaces what differs from run to run (times, uids, versions, addresses) by names in the order of appearance.
package struct Normaliser {
    private var uids: [String: String] = [:]
    private var versions: [String: String] = [:]
    private var addresses: [String: String] = [:]
    private var ports: [String: String] = [:]
    private var runs: [String: String] = [:]
    private var records: [String: String] = [:]
    private let names: [(text: String, name: String)]

    /// - Parameter names: further texts of this machine, and what stands for them.
    package init(names: [(text: String, name: String)] = []) { self.names = names }

    private static func name(_ key: String, in table: inout [String: String], _ prefix: String) -> String {
        if let known = table[key] { return known }
        let name = "\(prefix)\(table.count + 1)"
        table[key] = name
        return name
    }

    package mutating func callAsFunction(_ value: Value, key: String = "") -> Value {
        switch value {
        case .object(let object):
            var result = Object()
            let order = object.entries.sorted { left, right in
                (left.key == "metadata") != (right.key == "metadata") ? left.key == "metadata" : left.key.precedesByBytes(right.key)
            }
            for entry in order where entry.key != "storageVersionHash" {
                let child = self(entry.value, key: entry.key)
                result[text(entry.key)] = child
            }
            return .object(result)
        case .array(let items):
            return .array(Normaliser.sorted(items.map { self($0, key: key) }, key))
        case .string(let string):
            if key == "resourceVersion" { return string.isEmpty ? value : .string(Normaliser.name(string, in: &versions, "RV-")) }
            if ["clusterIP", "clusterIPs"].contains(key), string.hasPrefix("10.") {
                return .string(Normaliser.name(string, in: &addresses, "IP-"))
            }
            if key == "continue", !string.isEmpty { return "TOKEN" }
            // The rows of a parent hold uids, packed; the name is base64 too, hence its length of eight.
            if key == "records", string.utf8.count >= 64 {
                return .string(Normaliser.name(string, in: &records, records.count < 9 ? "RECORDS" : "RECORD"))
            }
            return .string(text(string))
        case .int(let int):
            return key == "nodePort" ? .string(Normaliser.name(String(int), in: &ports, "PORT-")) : value
        default: return value
        }
    }

    /// A request's body: as an answer, and with the resourceVersion that a JSON patch tests.
    mutating func request(_ body: Value) -> Value {
        guard let operations = body.array else { return self(body) }
        return .array(
            operations.map { operation in
                let isVersion = operation["path"]?.string == "/metadata/resourceVersion"
                var named = self(operation)
                if isVersion, let value = operation["value"] { named.set(self(value, key: "resourceVersion"), at: ["value"]) }
                return named
            })
    }

    /// The other way: what was named in the answers so far, as this server has it; a time is any time.
    package func filled(_ value: Value) -> Value {
        let known = [uids, versions, addresses, ports].flatMap { $0 }.map { (name: $0.value, actual: $0.key) }
        return filled(value, Dictionary(known.map { ($0.name, $0.actual) }) { first, _ in first })
    }

    private func filled(_ value: Value, _ known: [String: String]) -> Value {
        switch value {
        case .string(let text):
            if let actual = known[text] { return text.hasPrefix("PORT-") ? Int64(actual).map { .int($0) } ?? value : .string(actual) }
            var filled = text.replacing("TIME", with: "2026-01-01T00:00:00Z")
            if text.contains("UID-") {
                filled = filled.replacing(#/UID-\d+/#) { known[String($0.0)] ?? String($0.0) }
            }
            return .string(filled)
        case .array(let items): return .array(items.map { filled($0, known) })
        case .object(let object):
            return .object(Object(uniqueEntries: object.map { Object.Entry(key: $0.key, value: filled($0.value, known)) }))
        default: return value
        }
    }

    private static func sorted(_ items: [Value], _ key: String) -> [Value] {
        func rank(_ value: Value, _ fields: [String]) -> String { fields.map { value[$0]?.string ?? "" }.joined(separator: "\u{1}") }
        let fields: [String]
        switch key {
        case "managedFields": fields = ["operation", "manager", "apiVersion", "subresource"]
        case "causes": fields = ["field", "message", "reason"]
        case "conditions": fields = ["type"]
        default: return items
        }
        return items.sorted { rank($0, fields).precedesByBytes(rank($1, fields)) }
    }

    private mutating func text(_ original: String) -> String {
        var text = original
        for (own, name) in names { text = text.replacing(own, with: name) }
        // Most texts are short words: a pattern is tried only on those that have what it cannot do without.
        let length = text.utf8.count
        func has(_ word: String) -> Bool { text.contains(word) }
        if length >= 26 {
            var runs = self.runs
            // A comma between digits is no boundary of the other kind.
            text = text.replacing(#/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/#.wordBoundaryKind(.simple)) {
                Normaliser.name(String($0.0), in: &runs, "RUN-")
            }
            self.runs = runs
        }
        if has(" is invalid: [") { text = text.replacing(#/(?s) is invalid: \[.*\]$/#, with: " is invalid: [...]") }
        if has("strict decoding"), let match = text.firstMatch(of: #/strict decoding error: (.*)/#), !has("Invalid value") {
            let parts = match.1.split(separator: ", ").sorted().joined(separator: ", ")
            text.replaceSubrange(match.1.startIndex..<match.1.endIndex, with: parts)
        }
        if has("Invalid value: ") { text = text.replacing(#/(?s)Invalid value: "?\{.*\}"?: /#, with: "Invalid value: {...}: ") }
        if has("gen-") { text = text.replacing(#/\bgen-[a-z0-9]{5}\b/#, with: "gen-XXXXX") }
        if has("\n@@") { text = text.replacing(#/(?s)\n@@.*/#, with: "") }
        if length >= 36, has("-") {
            var uids = self.uids
            text = text.replacing(#/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#) { match in
                Normaliser.name(String(match.0), in: &uids, "UID-")
            }
            self.uids = uids
        }
        if length >= 20, has(":") {
            text = text.replacing(#/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/#, with: "TIME")
        }
        if text.contains("ersion") {
            let versions = self.versions
            text = text.replacing(#/\d+/#) { match in
                let before = match.range.lowerBound == text.startIndex ? " " : text[text.index(before: match.range.lowerBound)]
                let after = match.range.upperBound == text.endIndex ? " " : text[match.range.upperBound]
                func joins(_ character: Character) -> Bool {
                    character.isLetter || character.isNumber || character == "_" || character == "."
                }
                return joins(before) || joins(after) ? String(match.0) : versions[String(match.0)] ?? String(match.0)
            }
        }
        return text
    }
}
