// Extracts the facts that the sandbox is built on from the OpenAPI v3 documents and the discovery of a real API server:
// names, types, list keys, defaults; no prose.

import ArgumentParser
import Foundation
import StructuredData

struct SchemaFactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema-facts", abstract: "Write the sandbox's schema facts from a real server's OpenAPI documents.")

    @Argument(help: "Directory of OpenAPI v3 documents, one JSON file for each group and version, as under /openapi/v3.")
    var openapi: String

    @Argument(help: "The Swift file to write.")
    var out: String

    @Option(help: "Directory with the aggregated discovery: api.v2.json and apis.v2.json.")
    var discovery: String

    @Option(help: "The server's version, such as v1.36.2.")
    var server: String

    @Option(help: "How the server's encoder writes fields that are not set: lines of TYPE and FIELD=p|w|v|o.")
    var encoding: String

    func run() throws {
        var facts = SchemaFactsWriter()
        facts.encoding = try SchemaFactsWriter.readEncoding(String(contentsOfFile: encoding, encoding: .utf8))
        let files = FileManager.default.enumerator(atPath: openapi)?.compactMap { $0 as? String }.filter { $0.hasSuffix(".json") } ?? []
        for file in files.sorted() {
            facts.addTypes(of: try read(openapi + "/" + file))
        }
        let groups = try ["api.v2.json", "apis.v2.json"].flatMap { try read(discovery + "/" + $0)["items"]?.array ?? [] }
        let text = facts.text(server: server, groups: groups)
        try Data(SchemaFactsWriter.swiftFile(text).utf8).write(to: URL(fileURLWithPath: out))
        print("\(facts.typeCount) types, \(text.utf8.count) bytes")
    }

    private func read(_ path: String) throws -> Value {
        try JSON.read(Array(Data(contentsOf: URL(fileURLWithPath: path))))
    }
}
