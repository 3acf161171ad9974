// Retries: what may be repeated, how often, after how long; and the times that servers name.

import KubernetesClient
import Testing

@Suite("retries")
struct RetryPolicyTests {
    @Test(
        "Retry-After",
        arguments: [
            ("0", 0), ("1", 1), (" 7 ", 7), ("9999", 9_999), ("99999999999999999999999", 2_147_483_648), ("-1", nil), ("1.5", nil),
            ("", nil),
            ("soon", nil), ("1 2", nil), ("0x10", nil), ("Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Sunday, 06-Nov-94 08:49:47 GMT", 10),
            ("Sun Nov  6 08:49:47 1994", 10), ("Sun, 06 Nov 1994 08:49:00 GMT", 0), ("Sun, 99 Nov 1994 08:49:37 GMT", nil),
            ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 8:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:37", nil),
        ] as [(String, Int64?)])
    func retryAfter(header: String, seconds: Int64?) {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(RetryPolicy.retryAfter(header, date: date, now: 0) == seconds.map { .seconds($0) })
        #expect(RetryPolicy.retryAfter(header, date: nil, now: 784_111_777) == seconds.map { .seconds($0) })
    }

    @Test("the server's wish is a lower bound, and bounded itself", arguments: [0.0, 0.3, 1.0, .nan, .infinity, -1])
    func pauses(jitter: Double) throws {
        for tries in 1..<RetryPolicy.mostTries {
            let asked = try #require(
                RetryPolicy.pause(after: .rejected, .write, tries: tries, retryAfter: .seconds(7), jitter: jitter))
            #expect(asked >= .seconds(7) && asked <= .seconds(11))
            let capped = try #require(RetryPolicy.pause(after: .rejected, .read, tries: tries, retryAfter: .seconds(9_999), jitter: jitter))
            #expect(capped >= RetryPolicy.longestPause && capped <= RetryPolicy.longestPause + .seconds(5))
            let zero = try #require(RetryPolicy.pause(after: .rejected, .read, tries: tries, retryAfter: .zero, jitter: jitter))
            #expect(zero >= .milliseconds(100) && zero <= .seconds(5))
            let negative = try #require(RetryPolicy.pause(after: .neverSent, .read, tries: tries, retryAfter: .seconds(-3), jitter: jitter))
            #expect(negative >= .milliseconds(100) && negative <= .seconds(5))
        }
    }

    @Test("pauses grow")
    func growth() {
        let pauses = (1..<5).compactMap { RetryPolicy.pause(after: .transient, .read, tries: $0, retryAfter: nil, jitter: 0) }
        #expect(pauses == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(800)])
    }

    @Test("what is repeated")
    func safety() {
        func repeats(_ failure: RetryPolicy.Failure, _ safety: RetryPolicy.Safety, tries: Int = 1) -> Bool {
            RetryPolicy.pause(after: failure, safety, tries: tries, retryAfter: nil, jitter: 0) != nil
        }
        #expect(repeats(.transient, .read))
        #expect(!repeats(.transient, .write), "the outcome is unknown: the caller looks first")
        #expect(repeats(.rejected, .write))
        #expect(repeats(.neverSent, .write))
        for failure in [RetryPolicy.Failure.neverSent, .noConnection, .rejected, .transient, .permanent] {
            #expect(!repeats(failure, .never))
            #expect(!repeats(failure, .read, tries: 100))
            #expect(!repeats(failure, .write, tries: .max))
        }
        #expect(!repeats(.permanent, .read))
        #expect(repeats(.noConnection, .read, tries: 1))
        #expect(!repeats(.noConnection, .read, tries: 2))
    }

    @Test(
        "RFC 3339",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-23T20:58:44Z", 1_795_467_524), ("2026-11-23T20:58:44.500Z", 1_795_467_524.5),
            ("2026-11-23T22:58:44+02:00", 1_795_467_524), ("2026-11-23T15:28:44-05:30", 1_795_467_524),
            ("2000-02-29T00:00:00Z", 951_782_400),
            ("2026-11-23", nil), ("2026-13-23T20:58:44Z", nil), ("2026-11-23T24:58:44Z", nil), ("2026-11-23T20:58:44", nil),
            ("2026-11-23T20:58:44.Z", nil), ("2026-11-23T20:58:44Zx", nil), ("", nil), ("2026-11-23T20:58:44+99:00", nil),
            ("٢٠٢٦-11-23T20:58:44Z", nil),
        ] as [(String, Double?)])
    func rfc3339(text: String, seconds: Double?) { #expect(WireTime.rfc3339(text) == seconds) }

    @Test(
        "Warning headers",
        arguments: [
            (#"299 - "unknown field \"spec.foo\"""#, [#"unknown field "spec.foo""#]), (#"299 - "a", 299 - "b, c""#, ["a", "b, c"]),
            ("299 - \"tab\there\"", ["tab here"]), ("299 - \"\u{1B}[31mred\"", ["?[31mred"]), (#"nonsense"#, []), (#"299 - "open"#, []),
            ("", []),
            (#"299 - """#, []), (#"abc - "x""#, []),
        ])
    func warnings(header: String, texts: [String]) { #expect(WarningHeader.texts(header) == texts) }
}
