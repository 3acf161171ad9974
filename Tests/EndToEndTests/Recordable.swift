// Suites whose tests can become transcripts: one that fails becomes none.

import TestSupport
import Testing

extension Trait where Self == IssueHandlingTrait {
    /// Tells the recording that a test has failed, as expectations that throw nothing cannot.
    static var recordable: Self {
        .compactMapIssues { issue in
            Recording.attempt?.fail()
            return issue
        }
    }
}
