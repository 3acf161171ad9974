// Durations and timestamps as texts.

import Testing

@testable import KubernetesModel

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("5m", Duration.seconds(300)), ("90s", .seconds(90)), ("1h30m", .seconds(5400)), ("1h1m1s1ms", .milliseconds(3_661_001)),
        ("1.5h", .seconds(5400)), ("0.5s", .milliseconds(500)), (".5m", .seconds(30)), ("+1m", .seconds(60)), ("1m1m", .seconds(120)),
        ("8760h", .seconds(31_536_000)), ("1.25ms", .microseconds(1250)), ("00005s", .seconds(5)),
    ]) func reads(_ text: String, _ duration: Duration) throws { #expect(try DurationText.parse(text) == duration) }

    @Test(arguments: [
        "", "5", "0", "0s", "-1s", "m", "5x", "5 m", "5M", "1d", "1h-5m", ".s", "1..5s", "8761h", "9223372036854775807h",
        "99999999999999999999s", "0.0001ms", "1e3s", "５m", "5m ", "1us", "+", "1h30",
    ]) func refuses(_ text: String) { #expect(throws: DurationText.Problem.self) { try DurationText.parse(text) } }

    @Test(arguments: [
        (Duration.seconds(90), "1m30s"), (.seconds(3600), "1h"), (.milliseconds(1500), "1s500ms"), (.seconds(0), "0s"),
        (.seconds(60), "1m"),
    ]) func writes(_ duration: Duration, _ text: String) { #expect(DurationText.format(duration) == text) }

    @Test func readsWhatItWrites() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let duration = Duration.milliseconds(Int64.random(in: 1...31_536_000_000, using: &generator))
            #expect(try DurationText.parse(DurationText.format(duration)) == duration, "\(duration)")
        }
    }

    @Test(arguments: ["2026-11-24T08:00:00Z", "2024-02-29T23:59:59.123+01:00", "2026-11-24T08:00:00-00:30"]) func isTimestamp(
        _ text: String
    ) {
        #expect(Timestamp.isValid(text))
    }

    @Test(arguments: [
        "", "2026-11-24", "2026-11-24T08:00:00", "2026-11-24 08:00:00Z", "2026-13-24T08:00:00Z", "2026-02-29T08:00:00Z",
        "2026-11-31T08:00:00Z",
        "2026-11-24T24:00:00Z", "2026-11-24T08:60:00Z", "2026-11-24T08:00:00.Z", "2026-11-24T08:00:00+1:00", "2026-11-24T08:00:00Zx",
        "2026-00-24T08:00:00Z", "2026-11-00T08:00:00Z", "+026-11-24T08:00:00Z", "2026-11-24T08:00:00z",
    ]) func isNoTimestamp(_ text: String) { #expect(!Timestamp.isValid(text)) }
}
