// What a repository may contain at worst: an error with its place, soon, and no more memory than the limits allow.

import Foundation
import KubernetesModel
import StructuredData
import Testing

@testable import Rendering

@Suite struct HostileInputTests {
    static let application = Application(
        namespace: "belay", name: "kubia", source: Application.Source(repoURL: "/repo"),
        destination: Application.Destination(namespace: "kubia"))

    static func findings(_ snapshot: SourceSnapshot) -> [Finding] {
        do throws(RenderingFailure) {
            _ = try Renderer(application: application).render(snapshot, discovery: nil)
            return []
        } catch {
            return error.findings
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var line: Int
        var says: String
        var testDescription: String { name }
    }

    private static func bomb() -> String {
        var text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        return text
    }

    static let cases = [
        Case(name: "nested brackets", bytes: Array(repeating: UInt8(ascii: "["), count: 100_000), line: 1, says: "deep"),
        Case(name: "nested maps", bytes: Array(String(repeating: "{\"a\":", count: 100_000).utf8), line: 1, says: "deep"),
        Case(name: "nested brackets as YAML", bytes: Array(("a: " + String(repeating: "[", count: 100_000)).utf8), line: 1, says: "deep"),
        Case(name: "nested sequences", bytes: Array((String(repeating: "- ", count: 100_000)).utf8), line: 1, says: "deep"),
        Case(name: "alias bomb", bytes: Array(bomb().utf8), line: 9, says: "nodes"),
        Case(name: "merge bomb", bytes: Array(bomb().replacing("[", with: "{<<: [").replacing("]", with: "]}").utf8), line: 4, says: "<<"),
        Case(name: "NUL bytes", bytes: [UInt8](repeating: 0, count: 4096), line: 1, says: "NUL"),
        Case(name: "no UTF-8", bytes: Array("kind: ".utf8) + [0xFF, 0xFE, 0x0A], line: 1, says: "UTF-8"),
        Case(name: "UTF-16", bytes: Array("apiVersion: v1\n".utf8).flatMap { [$0, 0] }, line: 1, says: "UTF-16"),
        Case(name: "open quote", bytes: Array("a: b\nc: 'd\n".utf8), line: 2, says: "never closed"),
        Case(name: "tab", bytes: Array("a:\n\tb: c\n".utf8), line: 2, says: "tab"),
        Case(name: "too large", bytes: Array(repeating: UInt8(ascii: "#"), count: 9 << 20), line: 0, says: "bytes"),
        Case(
            name: "a million documents", bytes: Array(String(repeating: "---\na\n", count: 300_000).utf8), line: 20_002, says: "documents"),
    ]

    @Test(arguments: cases) func oneFile(_ hostile: Case) {
        var findings: [Finding] = []
        let seconds = processorSeconds { findings = Self.findings(Snapshots.files([("deploy/a.yaml", hostile.bytes)])) }
        #expect(findings.count == 1)
        #expect(findings.first?.location.file == "deploy/a.yaml")
        #expect(findings.first?.location.line == hostile.line)
        #expect(findings.first?.message.contains(hostile.says) ?? false, "\(findings)")
        // Milliseconds in a release build; what the limits keep away takes minutes.
        #expect(seconds < 5)
    }

    /// Valid files, each within its limits, that together would fill the memory.
    @Test func manyFiles() {
        let big = Array(("apiVersion: v1\nkind: Widget\nmetadata: {name: a}\nspec: [" + String(repeating: "1,", count: 9_000) + "]\n").utf8)
        let snapshot = Snapshots.files((0..<4).map { ("f\($0).yaml", big) })
        var renderer = Renderer(application: Self.application)
        renderer.maximumNodes = 30_000
        #expect {
            try renderer.render(snapshot, discovery: nil)
        } throws: { error in
            let findings = (error as? RenderingFailure)?.findings ?? []
            return findings.contains { $0.location.file == "f3.yaml" && $0.message.contains("30000 nodes in all") }
        }
    }

    /// Each within the limits of a file, but too many objects together.
    @Test func manyObjects() {
        let items = String(repeating: "- {apiVersion: v1, kind: ConfigMap}\n", count: 40)
        let file = Array("apiVersion: v1\nkind: List\nitems:\n\(items)".utf8)
        var renderer = Renderer(application: Self.application)
        renderer.maximumObjects = 100
        #expect {
            try renderer.render(Snapshots.files((0..<4).map { ("f\($0).yaml", file) }), discovery: nil)
        } throws: { error in
            let findings = (error as? RenderingFailure)?.findings ?? []
            return findings.last?.location.file == "f2.yaml"
                && findings.contains { $0.message.contains("100 objects in all") }
        }
    }

    @Test func manyItems() {
        let item = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}"
        let text =
            "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n"
            + Array(repeating: item, count: 10_001).joined(separator: ",\n") + "]}"
        let findings = Self.findings(Snapshots.texts(["a.json": text]))
        #expect(
            findings.contains {
                $0.message == "more than 10000 documents and list items in one file; split it"
                    && $0.location.line == 10_002
            })
    }

    @Test func findingsAreBounded() {
        let snapshot = Snapshots.files((0..<30).map { ("f\($0).yaml", Array(String(repeating: "---\na: b\n", count: 200).utf8)) })
        let findings = Self.findings(snapshot)
        #expect(findings.count == 1001)
        #expect(findings.last?.message == "5000 more errors are not shown")
    }

    /// 20,000 entries, all of them good or all of them wrong: nothing may take a step for each pair of them.
    @Test(arguments: ["text", "7", "!!binary eA=="]) func manyEntries(_ value: String) {
        let entries = (0..<20_000).map { "  k\($0): \(value)\n" }.joined()
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  a: eA==\nstringData:\n" + entries
        var findings: [Finding] = []
        let seconds = processorSeconds { findings = Self.findings(Snapshots.texts(["a.yaml": text])) }
        #expect(findings.count == (value == "7" ? 101 : 0))
        #expect(seconds < 5)
    }

    @Test func deepPathsAndManyPatterns() {
        let path = String(repeating: "a/", count: 1500) + "a.yaml"
        var application = Self.application
        application.source.exclude = Array(repeating: "**/b/**/*b*.yaml", count: 20)
        let snapshot = Snapshots.files((0..<20).map { ("\($0)/" + path, Array("a: b".utf8)) })
        let seconds = processorSeconds { _ = try? Renderer(application: application).render(snapshot, discovery: nil) }
        #expect(seconds < 5)
    }

    @Test func keysCannotForgeOutput() {
        let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {\"x\\e[2J\\nfake: ok\": 1}\n"
        let findings = Self.findings(Snapshots.texts(["a.yaml": text]))
        #expect(findings.count == 1)
        #expect(findings.allSatisfy { !$0.message.utf8.contains { $0 < 0x20 } })
    }

    /// Whatever is wrong with a Secret, no message has its values.
    @Test(arguments: [
        "stringData: {a: 8675309}", "stringData: {a: [canary]}", "stringData: canary", "data: {a: canary-}", "data: canary",
        "data: {a: {b: canary}}",
        "stringData: {canary: 1}\n  bad: x", "stringData: {a: *canary}", "stringData: {a: !!int canary}", "stringData: {a: \"canary}",
        "stringData: {a: canary: x}", "data: {a: 8675309, a: canary}", "stringData: {a: &canary [*canary]}",
    ]) func secretsStayUnseen(_ data: String) {
        let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n\(data)\n"
        let findings = Self.findings(Snapshots.texts(["a.yaml": text]))
        #expect(!findings.isEmpty)
        for finding in findings {
            #expect(!finding.message.contains("8675309"))
            #expect(!finding.message.contains("canary") || data.contains("{canary:"), "\(finding)")
        }
    }
}
