// Git's time as RFC 3339.

import CLibgit2

/// The time in the author's own zone. Times beyond the years 0 to 9999 are held at their ends.
func timestamp(_ time: git_time) -> String {
    let offset = min(max(Int64(time.offset), -23 * 60 - 59), 23 * 60 + 59)
    let first: Int64 = -62_167_219_200
    let last: Int64 = 253_402_300_799
    let local = min(max(min(max(time.time, first), last) + offset * 60, first), last)
    let (days, seconds) = local.floorDivided(by: 86_400)
    // Days since 0000-03-01, so that the leap day is a year's last; 146,097 days are 400 years.
    let (era, dayOfEra) = (days + 719_468).floorDivided(by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shifted + 2) / 5 + 1
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    let clock = "\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    let zone = offset == 0 ? "Z" : "\(offset < 0 ? "-" : "+")\(padded(abs(offset) / 60)):\(padded(abs(offset) % 60))"
    return "\(padded(year, to: 4))-\(padded(month))-\(padded(day))T\(clock)\(zone)"
}

private func padded(_ number: Int64, to width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension Int64 {
    /// Quotient towards minus infinity, and the remainder from 0 up. `divisor` is a positive constant.
    fileprivate func floorDivided(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
