// What people see of a plan and of a run, word for word, and that no hostile text gets through in any format.

import BelayCommands
import KubernetesModel
import Planning
import Reconciliation
import StructuredData
import Testing

@Suite struct PlanTextTests {
    private let text = PlanText(style: Style(), now: HandMade.now)

    private func joined(_ lines: [String]) -> String { lines.joined(separator: "\n") + "\n" }

    @Test func diffAsTable() throws {
        let lines = joined(text.plan(HandMade.diff) + text.changes(HandMade.diff))
        #expect(try golden("diff.txt", lines) == lines)
    }

    @Test func diffWide() throws {
        let wide = PlanText(style: Style(), wide: true, now: HandMade.now)
        let lines = joined(wide.plan(HandMade.diff) + wide.changes(HandMade.diff))
        #expect(try golden("diff-wide.txt", lines) == lines)
    }

    @Test func diffInColours() throws {
        var style = Style()
        style.colors = true
        let lines = joined(PlanText(style: style, now: HandMade.now).plan(HandMade.diff)).replacing("\u{1B}", with: "ESC")
        #expect(try golden("diff-colours.txt", lines) == lines)
    }

    @Test func heldPlan() throws {
        let lines = joined(text.plan(HandMade.held)) + joined(OutcomeText.failure(HandMade.held)?.lines() ?? [])
        #expect(try golden("held.txt", lines) == lines)
    }

    @Test func partialRun() throws {
        let style = Style()
        let lines =
            joined(HandMade.partial.operations.compactMap { OutcomeText.line($0, style) })
            + joined([OutcomeText.closing(HandMade.partial, style)])
            + joined(OutcomeText.failure(HandMade.partial)?.lines() ?? [])
        #expect(try golden("partial.txt", lines) == lines)
    }

    @Test func nothingToDo() throws {
        let lines = joined(text.plan(HandMade.unchanged)) + joined([OutcomeText.closing(HandMade.unchanged, Style())])
        #expect(try golden("unchanged.txt", lines) == lines)
        #expect(OutcomeText.failure(HandMade.unchanged) == nil)
    }

    @Test func markdown() throws {
        let lines = MarkdownReport.text([HandMade.diff])
        #expect(try golden("diff.md", lines) == lines)
    }

    @Test func junit() throws {
        let lines = JUnitReport.text([HandMade.diff], style: text)
        #expect(try golden("diff.junit.xml", lines) == lines)
    }

    /// What an apply did is no failure of a test, and what failed is told once.
    @Test func junitOfAnApply() throws {
        var report = HandMade.partial
        report.errors = [
            .init(
                message: "Widget shop/w: \(report.operations[1].error ?? "")", location: SourceLocation(file: "deploy/widget.yaml", line: 1)
            ),
            .init(message: "Deployment shop/web: it is progressing"),
        ]
        let lines = JUnitReport.text([report], style: text)
        #expect(lines.contains("<testsuite name=\"shop/web\" tests=\"12\" failures=\"2\" errors=\"2\" skipped=\"1\">"), "\(lines)")
        #expect(lines.contains("name=\"Namespace shop\" file=\"deploy/ns.yaml\"/>"))
        #expect(lines.contains("name=\"Widget shop/w\" file=\"deploy/widget.yaml\"><error message=\"spec.size: "))
        #expect(lines.contains("name=\"Job shop/old\"><failure type=\"prune\" message=\"prune: an object that it needs failed\">"))
        #expect(MarkdownReport.text([report]).contains("| create (failed) | `Widget` |"))
    }

    @Test func hostileTextIsEscapedEverywhere() throws {
        let report = HandMade.hostile
        var style = Style()
        style.colors = false
        let wide = PlanText(style: style, wide: true, now: HandMade.now)
        let outputs = [
            joined(wide.plan(report) + wide.changes(report)), joined(report.operations.compactMap { OutcomeText.line($0, style) }),
            OutcomeText.closing(report, style), joined(OutcomeText.failure(report)?.lines() ?? []), MarkdownReport.text([report]),
            JUnitReport.text([report], style: wide), String(decoding: Printable.json(JSON.writeIndented(report.json)), as: UTF8.self),
            YAML.write(report.json),
        ]
        for output in outputs {
            let bad = output.unicodeScalars.filter { scalar in
                let category = scalar.properties.generalCategory
                return scalar != "\n" && (category == .control || category == .format)
            }
            #expect(bad.isEmpty, "\(output)")
            #expect(!output.isEmpty)
        }
        let xml = outputs[5]
        #expect(!xml.contains("<b>"))
        #expect(!xml.contains("&\""))
    }

    @Test func markdownHasNoLooseHTMLOrMention() {
        // Outside of code spans and fences nothing of the hostile text may stand.
        var outside = ""
        var isFenced = false
        for line in MarkdownReport.text([HandMade.hostile]).split(separator: "\n") {
            if line.hasPrefix("```") {
                isFenced.toggle()
                continue
            }
            if !isFenced && !line.hasPrefix("<details>") { outside += withoutCodeSpans(String(line)) + "\n" }
        }
        #expect(!outside.contains("<b>"))
        #expect(!outside.contains("@all"))
    }

    private func withoutCodeSpans(_ line: String) -> String {
        var rest = line[...], kept = ""
        while let start = rest.firstIndex(of: "`") {
            kept += rest[..<start]
            let fence = rest[start...].prefix { $0 == "`" }
            rest = rest[fence.endIndex...]
            var search = rest
            while let close = search.firstIndex(of: "`") {
                let run = search[close...].prefix { $0 == "`" }
                search = search[run.endIndex...]
                if run.count == fence.count { break }
            }
            rest = search
        }
        return kept + rest
    }

    @Test(arguments: [3, 400, 2000])
    func markdownFitsIntoAComment(_ objects: Int) {
        var report = HandMade.diff
        let one = report.operations[3]
        report.operations = (0..<objects).map { index in
            var copy = one
            copy.operation.key.name = "web-\(index)"
            return copy
        }
        let text = MarkdownReport.text([report, report])
        #expect(text.utf8.count <= MarkdownReport.limit)
        #expect(text.contains("web-0"))
        #expect(text.contains("left out") == (objects == 400))
        #expect(text.contains("more objects") == (objects >= 400))
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("```") }.count % 2 == 0)
    }
}
