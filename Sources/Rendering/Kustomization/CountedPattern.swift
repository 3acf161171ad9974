// A regular expression of a kustomization, whose work counts as the build's.

import StructuredData

/// Once the build has become too much work it matches nothing, and the build ends with ``BuildLimits/check()``.
struct CountedPattern {
    private let program: PatternProgram
    private let limits: BuildLimits
    private let place: SourceLocation

    /// - Throws: ``PatternProgram/Failure`` where the text is no expression.
    init(_ text: String, _ limits: BuildLimits, at place: SourceLocation) throws(PatternProgram.Failure) {
        program = try PatternProgram(text)
        _ = limits.mayWork(5 * (text.utf8.count + program.work), at: place)
        self.limits = limits
        self.place = place
    }

    /// Whether there is a match somewhere in the text.
    func matches(_ text: String) -> Bool {
        limits.mayWork(program.work * (text.utf8.count + 1), at: place) && program.matches(text)
    }
}
