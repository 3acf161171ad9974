// How messages speak of a path that a kustomization names.

import StructuredData

/// What a path is for, and whether it may be shown: where a path belongs the text of a Secret may stand by mistake.
struct PathPurpose: ExpressibleByStringLiteral, Sendable {
    /// `the patch`
    let name: String
    /// False where people mistake values for paths that are secret: then nothing of it is shown.
    var isShown = true

    init(stringLiteral name: String) { self.name = name }

    /// `the patch "a.yaml"`; `the patch that is named here` where it is none that can be shown.
    func subject(_ path: String) -> String {
        shows(path) ? "\(name) \(quotedForPeople(path))" : "\(name) that is named here"
    }

    /// Whether a message may hold this path.
    func shows(_ path: String) -> Bool { isShown && PathPurpose.isPlain(path) }

    /// Whether this can be meant as a path: it has one line, and nothing in it is of YAML or JSON.
    static func isPlain(_ text: String) -> Bool {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if byte < 0x20 || "{}\"'|>".utf8.contains(byte) || previous == UInt8(ascii: ":") && byte == 0x20 { return false }
            previous = byte
        }
        return true
    }

    /// Whether a text has several lines, and is no path for that.
    static func hasLines(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "\n")) }
}
