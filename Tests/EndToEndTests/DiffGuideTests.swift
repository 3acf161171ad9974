// Keeps `docs/guides/reading-a-diff.md` true: each block that names a case is what `belay diff` prints in that case.

import Foundation
import TestSupport
import Testing

@Suite struct DiffGuideTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let page = root.appendingPathComponent("docs/guides/reading-a-diff.md")

    /// `<!-- w03-scale, diff 1 -->`, then a fenced block: the first `belay diff` of that case.
    struct Block: Sendable, CustomTestStringConvertible {
        var name: String
        var number: Int
        var text: String
        var testDescription: String { "\(name), diff \(number)" }
    }

    static let blocks: [Block] = {
        let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
        return text.matches(of: #/<!-- (\S+), diff (\d+) -->\n```text\n((?s).*?)```/#).map {
            Block(name: String($0.1), number: Int($0.2) ?? 0, text: String($0.3))
        }
    }()

    @Test func thePageShowsWhatItMust() {
        for number in ["w03", "w04", "w05", "w09", "w11", "w18"] {
            #expect(Self.blocks.contains { $0.name.hasPrefix(number) }, "no block of \(number)")
        }
    }

    /// With `UPDATE_GOLDEN=1` the page is written instead.
    @Test(.serialized, .disabled(if: isRefereed, "the page shows the sandbox"), arguments: Set(blocks.map(\.name)).sorted())
    func aBlockIsWhatTheCasePrints(_ name: String) async throws {
        let script = try CaseScript(file: Self.root.appendingPathComponent("Tests/Cases/\(name).yaml"))
        try await withCluster { cluster in
            try await withGitRepository { repository in
                let scenario = Scenario(cluster: cluster, repository: repository, namespace: "shop", home: cluster.scratch + "/home")
                let run = try await CaseRun.play(script, on: scenario, keepsDiffs: true)
                #expect(run.failures.isEmpty, "\(run.failures)")
                for block in Self.blocks where block.name == name {
                    let diff = try #require(run.diffs.indices.contains(block.number - 1) ? run.diffs[block.number - 1] : nil)
                    let printed = Self.steady(diff.output + diff.errors)
                    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
                        let page = try String(contentsOf: Self.page, encoding: .utf8)
                        let head = "<!-- \(block.name), diff \(block.number) -->\n```text\n"
                        try page.replacing(head + block.text, with: head + printed).write(to: Self.page, atomically: true, encoding: .utf8)
                    } else {
                        #expect(printed == block.text, "UPDATE_GOLDEN=1 writes the page anew")
                    }
                }
            }
        }
    }

    /// Without what differs from run to run: times, commits, and the hashes of secrets, of which each is told from the others.
    private static func steady(_ text: String) -> String {
        var hashes: [String] = []
        let text = text.replacing(#/REDACTED\(([0-9a-f]{12})\)/#) { match in
            if !hashes.contains(String(match.1)) { hashes.append(String(match.1)) }
            let digit = (hashes.firstIndex(of: String(match.1)) ?? 0) + 1
            return "REDACTED(\(String(repeating: "\(digit)a", count: 6)))"
        }
        return text.replacing(#/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/#, with: "2026-01-02T03:04:05Z").replacing(
            #/\d+[sm] ago|just now/#, with: "12s ago"
        )
        .replacing(#/sha1:[0-9a-f]{7}/#, with: "sha1:3f2c1ab")
    }
}
