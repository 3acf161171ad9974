// Specs made by chance of parts that matter: what one side takes and the other does not shows itself here.

import StructuredData
import TestSupport

extension SeededGenerator {
    /// From one to `most` of the parts, one behind the other.
    private mutating func text(_ parts: [String], _ most: Int) -> String {
        (0..<Int.random(in: 1...most, using: &self)).map { _ in parts.randomElement(using: &self) ?? "" }.joined()
    }

    /// A spec in which one field is a text by chance.
    mutating func spec() -> Value {
        var spec: Value = ["source": ["repoURL": "https://example.com/a"]]
        switch Int.random(in: 0..<8, using: &self) {
        case 0, 1:
            let schemes = ["https://", "ssh://", "HTTPS://", "file://", "file:///", "http://", "", "", "/", "git@", "://", ":"]
            let parts = [
                "a", "example.com", "/", ":", "@", "-", ".", "[", "]", "?", "#", "'", "$", " ", "ü", "~", "%20", "22", "\\", "_", "\u{A0}",
                "\u{2028}",
            ]
            let scheme = schemes.randomElement(using: &self) ?? ""
            let url = scheme + text(parts, 6)
            // Paths from the file's folder are for the command line alone.
            if !url.hasPrefix("."), !url.isEmpty { spec.set(.string(url), at: ["source", "repoURL"]) }
        case 2:
            let parts = [
                "a", "B", "/", ".", "-", "..", "@", "{", ".lock", " ", "~", "^", ":", "?", "*", "[", "\\", "ü", "\u{7F}", "refs/", "heads/",
            ]
            let field = ["branch", "tag", "name"].randomElement(using: &self) ?? ""
            spec.set(.string(text(parts, 5)), at: ["source", "ref", field])
        case 3:
            spec.set(
                .string(text(["a", "/", ".", "..", ".git", ".GIT", "\\", " ", "\t", "ü", "x.git", ".gitx"], 5)), at: ["source", "path"])
        case 4:
            let parts = ["1", "0", "90", ".", "h", "m", "s", "ms", "us", "d", "+", "-", "5", "8760", " ", "1h", "30m"]
            spec.set(.string(text(parts, 5)), at: [["interval", "timeout"].randomElement(using: &self) ?? ""])
        case 5:
            let parts = ["/", "a", "~", "~0", "~1", "*", "~2", "ü", "\n", "spec"]
            spec.set([["kind": "X", "paths": [.string(text(parts, 5))]]], at: ["drift", "ignore"])
        case 6:
            let date =
                ["2026-11-24", "2024-02-29", "2026-02-29", "2026-04-31", "0001-01-01", "2026-1-01", "9998-12-31"].randomElement(
                    using: &self) ?? ""
            let time =
                [
                    "T08:00:00", "t08:00:00", " 08:00:00", "T23:59:60", "T24:00:00", "T08:00", "T08:00:00.", "T08:00:00.5",
                    "T08:00:00.123456789012",
                ]
                .randomElement(using: &self) ?? ""
            let zone = ["Z", "z", "", "+01:00", "-23:59", "+24:00", "+0100", "Z "].randomElement(using: &self) ?? ""
            spec.set(["reason": "x", "until": .string(date + time + zone)], at: ["suspend"])
        default:
            let parts = ["a", "/", "./", "!", "*", "**", "\\", "\\\\", "?", ".", "ü"]
            let patterns = (0..<Int.random(in: 1...2, using: &self)).map { _ in Value.string(text(parts, 4)) }
            spec.set(.array(patterns), at: ["source", "include"])
        }
        return spec
    }
}
