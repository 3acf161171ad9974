// Text that a server, a file or a header sent, made fit for a terminal and a log line.

/// Makes text from outside printable: no control characters, no line breaks, bounded length.
enum PrintableText {
    /// One line of at most `limit` scalars; line breaks become spaces, other control and direction characters `?`.
    static func line(_ text: String, limit: Int) -> String {
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            if count == limit { return result + "…" }
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x2028, 0x2029: result.append(" ")
            case 0x00..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: result.append("?")
            default: result.unicodeScalars.append(scalar)
            }
            count += 1
        }
        return result
    }
}
