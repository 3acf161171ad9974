// When a request may be sent again, and after how long.

/// Bounded retries with growing, jittered pauses; a server's `Retry-After` is a lower bound, itself bounded.
package enum RetryPolicy {
    /// What may be repeated without a look at the object.
    package enum Safety: Sendable {
        /// GET and LIST.
        case read
        /// Writes that say what they expect, and say it again in the same words: repeated only when the server did not take them.
        case write
        case never
    }

    /// How a request failed, as far as a retry is concerned.
    package enum Failure: Sendable {
        /// Refused, reset or unresolvable before anything was sent.
        case neverSent
        /// No connection within the time for it: the same, but trying again takes long.
        case noConnection
        /// 429: the server did not take it.
        case rejected
        /// 5xx that may pass, an answer that broke off, a connection lost after sending.
        case transient
        case permanent
    }

    /// A `Retry-After` beyond this is cut.
    package static let longestPause = Duration.seconds(30)
    /// Tries of one request, the first included.
    package static let mostTries = 5

    /// The pause before the next try; nil where the failure is final.
    /// - Parameters:
    ///   - tries: how many were made, at least 1.
    ///   - jitter: 0 up to 1, drawn by the caller.
    package static func pause(
        after failure: Failure, _ safety: Safety, tries: Int, retryAfter: Duration?, jitter: Double
    ) -> Duration? {
        let limit: Int
        switch (failure, safety) {
        case (.permanent, _), (_, .never): return nil
        case (.transient, .write): return nil
        case (.noConnection, _): limit = 2
        case (.rejected, _): limit = mostTries * 2
        case (.neverSent, _), (.transient, .read): limit = mostTries
        }
        guard tries < limit else { return nil }
        let grown = Duration.milliseconds(100 << min(max(tries, 1) - 1, 6))
        let asked = min(max(retryAfter ?? .zero, .zero), longestPause)
        let base = max(min(grown, .seconds(5)), asked)
        let bounded = jitter.isFinite ? min(max(jitter, 0), 1) : 0
        return base + (asked > grown ? grown : base) * bounded * 0.5
    }

    /// Reads a `Retry-After` header: seconds, or an HTTP date.
    /// - Parameters:
    ///   - date: the answer's own `Date` header, so that a skewed clock does not matter.
    ///   - now: seconds since 1970, used where there is no `date`.
    /// - Returns: nil for what is neither; never negative.
    package static func retryAfter(_ text: String, date: String?, now: Double) -> Duration? {
        let words = text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        if words.count == 1, let word = words.first, word.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            return String(word).flatMap { Int64($0) }.map { .seconds(min($0, 1 << 31)) } ?? .seconds(1 << 31)
        }
        guard let until = WireTime.httpDate(text) else { return nil }
        return .seconds(max(0, until - (date.flatMap(WireTime.httpDate) ?? now)))
    }
}
