// Times as Belay writes them: RFC 3339, UTC, to the millisecond.

import FoundationEssentials

/// Moments in the run's records; order is by id, never by these.
enum Timestamp {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let plain = Date.ISO8601FormatStyle()

    static func now() -> String { text(Date()) }
    static func text(_ date: Date) -> String { date.formatted(style) }

    /// With or without a fraction of seconds; nil for what is no time.
    static func date(_ text: String) -> Date? { (try? style.parse(text)) ?? (try? plain.parse(text)) }
}
