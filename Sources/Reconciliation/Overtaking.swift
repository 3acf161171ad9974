// Whether a run of a newer commit ended while this one waited for its turn.

import FoundationEssentials
import Planning
import StructuredData

/// One run as it looks upon those that ended since it began.
struct Overtaking: Sendable {
    private let source: SourceSnapshot
    private let identity: String
    private let begun: Date?

    /// - Parameters:
    ///   - identity: which source it is, as the parent names it; commits of another one say nothing about this one's.
    ///   - begun: when the run of `source` began, RFC 3339.
    init(_ source: SourceSnapshot, identity: String, begun: String) {
        self.source = source
        self.identity = identity
        self.begun = Timestamp.date(begun)
    }

    /// The newest run that did its work after this one began, and whose commit was made after this one's; nil where the parent
    /// knows of none, or where the times of the commits do not tell.
    func newerRun(of parent: ApplySetParent) -> (run: String, revision: String)? {
        guard let begun, let commit = source.commit, let own = Timestamp.date(commit.committed) else { return nil }
        for run in parent.runs {
            guard let id = run["id"]?.string, let revision = run["revision"]?.string, !revision.hasSuffix(commit.id),
                run["source"]?.string?.hasSameBytes(as: identity) ?? false,
                run["phase"]?.string == "succeeded" || run["phase"]?.string == "partial",
                let end = run["finishedAt"]?.string.flatMap(Timestamp.date), end > begun,
                let other = run["committed"]?.string.flatMap(Timestamp.date), other > own
            else { continue }
            return (id, revision)
        }
        return nil
    }
}
