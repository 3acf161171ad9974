// Ids that sort by the time they were made: 48 bits of milliseconds, 80 random bits, in Crockford's base 32.

import Synchronization

/// Makes ULIDs (github.com/ulid/spec): 26 characters, sortable as text. Within one process each is greater than the last,
/// also when the clock stands still or goes backwards.
package enum ULID {
    private struct Last: Sendable {
        var milliseconds: UInt64 = 0
        var high: UInt16 = 0
        var low: UInt64 = 0
    }
    private static let last = Mutex(Last())
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// - Parameter milliseconds: since 1970, UTC.
    package static func make(milliseconds: UInt64) -> String {
        let next = last.withLock { last -> Last in
            let time = milliseconds & 0xFFFF_FFFF_FFFF
            if time > last.milliseconds {
                last = Last(milliseconds: time, high: .random(in: 0...UInt16.max), low: .random(in: 0...UInt64.max))
            } else {
                let (low, overflow) = last.low.addingReportingOverflow(1)
                last.low = low
                if overflow {
                    let (high, full) = last.high.addingReportingOverflow(1)
                    last.high = high
                    if full { last.milliseconds &+= 1 }
                }
            }
            return last
        }
        return text(milliseconds: next.milliseconds, high: next.high, low: next.low)
    }

    private static func text(milliseconds: UInt64, high: UInt16, low: UInt64) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity(26)
        for shift in stride(from: 45, through: 0, by: -5) { characters.append(alphabet[Int((milliseconds >> UInt64(shift)) & 31)]) }
        // 80 bits in 16 characters: the upper 16 bits and the lower 64 as one number.
        for position in 0..<16 {
            let shift = 75 - position * 5
            let bits: UInt64
            if shift >= 64 {
                bits = UInt64(high) >> UInt64(shift - 64)
            } else {
                let fromLow = low >> UInt64(shift)
                let fromHigh = shift + 5 > 64 ? UInt64(high) << UInt64(64 - shift) : 0
                bits = fromLow | fromHigh
            }
            characters.append(alphabet[Int(bits & 31)])
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
