// Spans of time in messages.

extension Duration {
    /// For people, the two largest units that count: `30 s`, `1 m 30 s`, `2 h`, `250 ms`.
    package var spoken: String {
        let (seconds, attoseconds) = components
        if seconds < 1 { return "\(max(0, attoseconds) / 1_000_000_000_000_000) ms" }
        let parts = [(seconds / 3600, "h"), (seconds % 3600 / 60, "m"), (seconds % 60, "s")].drop { $0.0 == 0 }
        return parts.prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}
