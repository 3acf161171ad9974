// When something ends: `--until 2026-11-24T08:00:00Z` or `--until 2h`, as a time of RFC 3339.

import ArgumentParser
import KubernetesModel
import StructuredData

enum EndTime {
    /// - Parameter text: a time with a zone, or a duration from now on.
    /// - Throws: ``CommandFailure`` (invalid) for what is neither, and for what is over.
    static func parse(_ text: String, flag: String, now: Double) throws -> String {
        if Timestamp.isValid(text), let time = Moment.seconds(text) {
            guard time > now else { throw CommandFailure(.invalid, "\(flag) \(text) is over (\(Moment.ago(text, now: now)))") }
            return text
        }
        let duration: Duration
        do throws(DurationText.Problem) {
            duration = try DurationText.parse(text)
        } catch {
            let isTime = text.utf8.prefix(4).allSatisfy { (0x30...0x39).contains($0) } && text.contains("-")
            throw CommandFailure(
                .invalid,
                isTime
                    ? "\(flag) \(text) is no time with a zone; write 2026-11-24T08:00:00Z" : "\(flag) \(text) \(error.description)",
                hint: isTime ? nil : "a time is written 2026-11-24T08:00:00Z, a duration 30m or 2h")
        }
        return Moment.wholeSeconds(now + Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18)
    }
}
