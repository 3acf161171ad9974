// Values in diffs: what is shown cannot be mistaken for something else, and long text shows the part that differs.

import BelayCommands
import Planning
import StructuredData
import TestSupport
import Testing

@Suite struct ValueTextTests {
    @Test(arguments: [
        (Value.string("nginx:1.25"), "nginx:1.25"), (.string(""), "\"\""), (.string("1"), "\"1\""), (.string("1e3"), "\"1e3\""),
        (.string("true"), "\"true\""), (.string("null"), "\"null\""), (.string(" x"), "\" x\""), (.string("{a}"), "\"{a}\""),
        (.int(1), "1"), (.bool(false), "false"), (.null, "null"), (.array(["a", 1]), "[\"a\",1]"), (.object(["k": "v"]), "{\"k\":\"v\"}"),
        (.string("1.2.3"), "1.2.3"), (.string("-"), "-"), (.string("a\nb"), "a\\nb"), (.array([]), "[]"),
    ])
    func oneValue(_ value: Value, _ text: String) {
        #expect(ValueText.one(.value(value)) == text)
    }

    @Test func absentAndSecret() {
        #expect(ValueText.one(nil) == "(absent)")
        #expect(ValueText.one(.redacted("12ab")) == "REDACTED(12ab)")
    }

    @Test func longTextsShowWhereTheyPart() {
        let common = String(repeating: "a", count: 500)
        let (old, new) = ValueText.two(.value(.string(common + "OLD" + common)), .value(.string(common + "NEW" + common)))
        #expect(old.contains("OLD") && new.contains("NEW"))
        #expect(old.hasPrefix("…") && old.hasSuffix("…"))
        #expect(old.count <= ValueText.limit + 2)
    }

    @Test func aLineDiffShowsTheContextOnly() {
        let old = (1...20).map { "line \($0)" }
        var new = old
        new[9] = "changed"
        new.append("more")
        let lines = LineDiff.lines(from: old, to: new)
        #expect(
            lines == [
                .omitted(7), .same("line 8"), .same("line 9"), .removed("line 10"), .added("changed"), .same("line 11"), .same("line 12"),
                .omitted(6), .same("line 19"), .same("line 20"), .added("more"),
            ])
    }

    @Test func lineDiffsLoseNothing() {
        var generator = SeededGenerator(seed: 20_261_123)
        for _ in 0..<200 {
            let old = (0..<Int.random(in: 0...12, using: &generator)).map { _ in "l\(Int.random(in: 0...4, using: &generator))" }
            let new = (0..<Int.random(in: 0...12, using: &generator)).map { _ in "l\(Int.random(in: 0...4, using: &generator))" }
            let lines = LineDiff.lines(from: old, to: new, context: 100) ?? []
            guard old != new else {
                #expect(lines == (old.isEmpty ? [] : [.omitted(old.count)]))
                continue
            }
            var left: [String] = [], right: [String] = []
            for line in lines {
                switch line {
                case .same(let text):
                    left.append(text)
                    right.append(text)
                case .removed(let text): left.append(text)
                case .added(let text): right.append(text)
                case .omitted: Issue.record("nothing may be left out here")
                }
            }
            #expect(left == old && right == new, "seed 20261123: \(old) \(new)")
        }
    }

    @Test func hugeTextsAreNotComparedLineByLine() {
        let many = Array(repeating: "x", count: 5000)
        #expect(LineDiff.lines(from: many, to: many + ["y"]) == nil)
    }

    @Test(arguments: [
        ("2026-09-21T14:13:20Z", "just now"), ("2026-09-21T14:12:38Z", "42s ago"), ("2026-09-21T14:10:20Z", "3m ago"),
        ("2026-09-21T16:10:20+02:00", "3m ago"), ("2026-09-21T09:13:20.500Z", "4h ago"), ("2026-09-09T14:13:20Z", "12d ago"),
        ("2026-09-21T15:00:00Z", "just now"), ("nonsense", "nonsense"), ("2026-13-21T15:00:00Z", "2026-13-21T15:00:00Z"),
        ("2026-09-21T15:00:00", "2026-09-21T15:00:00"), ("2026-09-21T15:00:00+", "2026-09-21T15:00:00+"),
        ("2026-09-21T15:00:00.", "2026-09-21T15:00:00."), ("1600-02-29T00:00:00Z", "155798d ago"),
    ])
    func times(_ time: String, _ ago: String) {
        #expect(Moment.ago(time, now: 1_790_000_000) == ago)
    }

    @Test func timesAreReadBackAsWritten() throws {
        for seconds in [0.0, 951_782_400.25, 1_790_000_000.5, 4_102_444_799.999] {
            let read = try #require(Moment.seconds(Moment.text(seconds)))
            #expect(abs(read - seconds) < 0.0011, "\(Moment.text(seconds))")
        }
        #expect(Moment.text(1_790_000_000.842) == "2026-09-21T14:13:20.842Z")
    }

    @Test(arguments: [(0.84, "0.8s"), (9.96, "10.0s"), (38.2, "38s"), (252, "4m12s"), (7260, "2h1m"), (.infinity, "-")])
    func spans(_ seconds: Double, _ text: String) {
        #expect(Moment.took(seconds) == text)
    }
}
