// A regular expression of a selector, for a whole name.

import StructuredData

/// Go's syntax (RE2) and Go's way to match: in a time that grows with the name alone, whatever the pattern is.
struct NamePattern {
    private let pattern: CountedPattern

    /// - Parameter field: of the selector: `name`.
    /// - Throws: ``BuildProblem`` where the text is no regular expression.
    init(_ text: PlacedText, _ field: String, _ limits: BuildLimits) throws(BuildProblem) {
        do throws(PatternProgram.Failure) {
            // As kustomize puts it together; what is no expression by itself may be one so.
            pattern = try CountedPattern("^(?:\(text.text))$", limits, at: text.place)
        } catch {
            throw BuildProblem(
                "\(field) is \(quotedForPeople(text.text)), which is no regular expression: \(error.reason). It is matched against whole "
                    + "names, as web-.*", at: text.place)
        }
    }

    func matches(_ name: String) -> Bool { pattern.matches(name) }
}
