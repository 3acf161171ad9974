// The JSON of reports keeps the schema that scripts rely on.

import BelayCommands
import Planning
import Reconciliation
import StructuredData
import Testing

@Suite struct ReportSchemaTests {
    @Test(arguments: ["diff", "held", "partial", "unchanged", "hostile"])
    func reportsKeepTheSchema(_ name: String) throws {
        let reports = [
            "diff": HandMade.diff, "held": HandMade.held, "partial": HandMade.partial, "unchanged": HandMade.unchanged,
            "hostile": HandMade.hostile,
        ]
        let report = try #require(reports[name])
        #expect(try JSONSchema("sync-report.schema.json").problems(report.json) == [])
        let list: Value = ["apiVersion": "belay.dev/v1alpha1", "kind": "SyncReportList", "items": [report.json, report.json]]
        #expect(try JSONSchema("sync-report.schema.json").problems(list) == [])
    }

    @Test func theSchemaRefuses() throws {
        let schema = try JSONSchema("sync-report.schema.json")
        var report = HandMade.diff.json
        report.set("magic", at: ["phase"])
        #expect(!schema.problems(report).isEmpty)
        report = HandMade.diff.json
        report.set(nil, at: ["planDigest"])
        #expect(!schema.problems(report).isEmpty)
    }

    @Test func theReport() throws {
        let text = String(decoding: JSON.writeIndented(HandMade.partial.json), as: UTF8.self)
        #expect(try golden("partial.json", text) == text)
    }
}
