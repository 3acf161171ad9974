// Requests and answers recorded from a real API server, and how both sides are made comparable.

import Foundation
import StructuredData
import Testing

/// One recorded conversation: `Tests/Transcripts/sandbox/NAME.json`.
struct Transcript: Sendable, CustomTestStringConvertible {
    struct Step: Sendable {
        var about: String
        var request: Value
        var answer: Value
        /// Only status and reason are compared: the server's words are those of its parser.
        var isLoose: Bool
    }

    var name: String
    var steps: [Step]
    var testDescription: String { name }

    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Transcripts/sandbox")

    static let all: [Transcript] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return files.filter { $0.hasSuffix(".json") }.sorted().compactMap { try? Transcript(file: $0) }
    }()

    init(file: String) throws {
        let value = try JSON.read(Array(Data(contentsOf: Transcript.directory.appendingPathComponent(file))))
        name = String(file.dropLast(5))
        steps = (value["steps"]?.array ?? []).map { step in
            Step(
                about: step["about"]?.string ?? "", request: step["request"] ?? [:], answer: step["answer"] ?? [:],
                isLoose: step["loose"]?.bool == true)
        }
    }

    /// Fills in what later requests quote of earlier answers: `${3.metadata.uid}`.
    static func filled(_ value: Value, _ answers: [Value]) -> Value {
        switch value {
        case .string(let text):
            guard text.hasPrefix("${"), text.hasSuffix("}") else { return value }
            let parts = text.dropFirst(2).dropLast().split(separator: ".").map(String.init)
            guard let first = parts.first, let step = Int(first), answers.indices.contains(step) else { return value }
            var node: Value? = answers[step]
            for key in parts.dropFirst() { node = node?[key] }
            return node ?? .null
        case .array(let items): return .array(items.map { filled($0, answers) })
        case .object(let object):
            return .object(Object(uniqueEntries: object.map { Object.Entry(key: $0.key, value: filled($0.value, answers)) }))
        default: return value
        }
    }
}

/// Replaces what differs from run to run (times, uids, versions, addresses) by names in the order of appearance.
struct Normaliser {
    private var uids: [String: String] = [:]
    private var versions: [String: String] = [:]
    private var addresses: [String: String] = [:]
    private var ports: [String: String] = [:]

    private static func name(_ key: String, in table: inout [String: String], _ prefix: String) -> String {
        if let known = table[key] { return known }
        let name = "\(prefix)\(table.count + 1)"
        table[key] = name
        return name
    }

    mutating func callAsFunction(_ value: Value, key: String = "") -> Value {
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
            return .string(text(string))
        case .int(let int):
            return key == "nodePort" ? .string(Normaliser.name(String(int), in: &ports, "PORT-")) : value
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
        text = text.replacing(#/(?s) is invalid: \[.*\]$/#, with: " is invalid: [...]")
        if let match = text.firstMatch(of: #/strict decoding error: (.*)/#), !text.contains("Invalid value") {
            let parts = match.1.split(separator: ", ").sorted().joined(separator: ", ")
            text.replaceSubrange(match.1.startIndex..<match.1.endIndex, with: parts)
        }
        text = text.replacing(#/(?s)Invalid value: "?\{.*\}"?: /#, with: "Invalid value: {...}: ")
        text = text.replacing(#/\bgen-[a-z0-9]{5}\b/#, with: "gen-XXXXX")
        text = text.replacing(#/(?s)\n@@.*/#, with: "")
        var uids = self.uids
        text = text.replacing(#/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/#) { match in
            Normaliser.name(String(match.0), in: &uids, "UID-")
        }
        self.uids = uids
        text = text.replacing(#/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/#, with: "TIME")
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

/// Where two values differ, for people.
func differences(_ want: Value?, _ have: Value?, at path: String = "") -> [String] {
    func shown(_ value: Value?) -> String { value.map { String(decoding: JSON.write($0), as: UTF8.self) } ?? "nothing" }
    switch (want, have) {
    case (.object(let a)?, .object(let b)?):
        let keys = Set(a.keys).union(b.keys).sorted()
        return keys.flatMap { differences(a[$0], b[$0], at: "\(path).\($0)") }
    case (.array(let a)?, .array(let b)?) where a.count == b.count:
        return zip(a, b).enumerated().flatMap { differences($0.element.0, $0.element.1, at: "\(path)[\($0.offset)]") }
    default:
        return want == have ? [] : ["\(path)\n      real server: \(shown(want))\n      sandbox:     \(shown(have))"]
    }
}
