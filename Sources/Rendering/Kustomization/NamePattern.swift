// A regular expression of a selector, for a whole name.

import StructuredData

/// Go's syntax (RE2), as far as Swift's agrees with it; what Go does not know is refused.
struct NamePattern {
    private let regex: Regex<AnyRegexOutput>?
    private let literal: String

    /// - Parameter field: of the selector: `name`.
    /// - Throws: ``BuildProblem`` where the text is no regular expression.
    init(_ text: PlacedText, _ field: String) throws(BuildProblem) {
        literal = text.text
        if NamePattern.isLiteral(literal) {
            regex = nil
            return
        }
        func problem() -> BuildProblem {
            BuildProblem(
                "\(field) is \(quotedForPeople(text.text)), which is no regular expression: it is matched against whole names, as in web-.*",
                at: text.place)
        }
        if NamePattern.unknownToGo.contains(where: { text.text.contains($0) }) { throw problem() }
        do {
            regex = try Regex("(?:\(text.text))").matchingSemantics(.unicodeScalar)
        } catch {
            throw problem()
        }
    }

    func matches(_ name: String) -> Bool {
        guard let regex else { return name.hasSameBytes(as: literal) }
        return (try? regex.wholeMatch(in: name)) != nil
    }

    private static let unknownToGo = ["(?=", "(?!", "(?<=", "(?<!", "(?>", "\\1", "\\2", "\\k<"]

    private static func isLiteral(_ text: String) -> Bool {
        text.utf8.allSatisfy {
            $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                || (0x61...0x7A).contains($0)
        }
    }
}
