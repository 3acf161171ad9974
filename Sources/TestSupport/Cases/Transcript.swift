// Requests and answers recorded from a real API server: `Tests/Transcripts/FOLDER/NAME.json`.

package import Foundation
package import StructuredData

/// One recorded conversation.
package struct Transcript: Sendable {
    package struct Step: Sendable {
        package var about: String
        /// `method path query userAgent user contentType accept body text`; the administrator is no user.
        package var request: Value
        /// `status body warnings`.
        package var answer: Value
        /// Only status and reason are compared: the server's words are those of its parser.
        package var isLoose: Bool
    }

    package var name: String
    /// What a cluster must have beside a bare API server to answer the same.
    package var needs: Set<CaseScript.Need>
    package var steps: [Step]

    /// - Returns: all of a folder, by name; a file that cannot be read is an error.
    package static func all(in directory: URL) throws -> [Transcript] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".json") }.sorted()
            .map { try Transcript(file: directory.appendingPathComponent($0)) }
    }

    package init(file: URL) throws {
        let value = try JSON.read(Array(Data(contentsOf: file)))
        name = file.deletingPathExtension().lastPathComponent
        needs = Set(
            try (value["needs"]?.array ?? []).map { need in
                guard let known = need.string.flatMap(CaseScript.Need.init(rawValue:)) else {
                    throw TestSupportError("\(file.lastPathComponent): needs \(need)")
                }
                return known
            })
        steps = (value["steps"]?.array ?? []).map { step in
            Step(
                about: step["about"]?.string ?? "", request: step["request"] ?? [:], answer: step["answer"] ?? [:],
                isLoose: step["loose"]?.bool == true)
        }
    }

    /// Fills in what later requests quote of earlier answers: `${3.metadata.uid}`.
    package static func filled(_ value: Value, _ answers: [Value]) -> Value {
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

    /// The file of a conversation that was just recorded, one line a step: normalised, so that two recordings are the same.
    ///
    /// - Parameters:
    ///   - version: the API server's, such as `v1.36.2`.
    ///   - names: further texts of this machine, and what stands for them.
    package static func text(
        of exchanges: [RecordedExchange], about: String, needs: Set<CaseScript.Need> = [], version: String,
        names: [(text: String, name: String)]
    ) -> String {
        var normalise = Normaliser(names: names)
        let steps = Chance.without(exchanges).map { exchange in
            let parts = exchange.target.split(separator: "?", maxSplits: 1).map(String.init)
            var request: Value = ["method": .string(exchange.method), "path": .string(parts.first?.removingPercentEncoding ?? "")]
            if parts.count > 1 {
                let pairs = parts[1].split(separator: "&").map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
                let entries = pairs.map { pair in
                    Object.Entry(
                        key: String(pair[0]), value: .string(pair.count > 1 ? String(pair[1]).removingPercentEncoding ?? "" : ""))
                }
                request.set(.object(Object(uniqueEntries: entries)), at: ["query"])
            }
            // The default field manager is the part before the slash.
            request.set(.string((exchange.userAgent.split(separator: "/").first.map(String.init) ?? "") + "/1"), at: ["userAgent"])
            if !exchange.user.isEmpty { request.set(.string(exchange.user), at: ["user"]) }
            if let body = exchange.body {
                request.set(.string(exchange.contentType), at: ["contentType"])
                request.set(normalise.request(body), at: ["body"])
            }
            var body = exchange.answer
            // Whatever was last written by anybody; a real server writes things of its own.
            if body["items"] != nil { body.set("", at: ["metadata", "resourceVersion"]) }
            var answer: Value = ["status": .int(Int64(exchange.status)), "body": normalise(body)]
            if !exchange.warnings.isEmpty { answer.set(.array(exchange.warnings.sorted().map { .string($0) }), at: ["warnings"]) }
            return "{\"request\": " + CaseText.json(request) + ", \"answer\": " + CaseText.json(answer) + "}"
        }
        let names = needs.map(\.rawValue).sorted()
        return "{\"about\": \(CaseText.json(.string(about))), "
            + (names.isEmpty ? "" : "\"needs\": \(CaseText.json(.array(names.map { .string($0) }))), ")
            + "\"server\": \"\(version)\", \"steps\": [\n"
            + steps.joined(separator: ",\n") + "\n]}\n"
    }
}

extension Transcript: CustomStringConvertible {
    package var description: String { name }
}

/// Where two values differ, for people.
package func differences(_ want: Value?, _ have: Value?, at path: String = "") -> [String] {
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
