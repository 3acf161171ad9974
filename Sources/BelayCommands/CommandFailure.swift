// A failure as the person at the terminal reads it: what failed, where, why, what to do next, and the exit code.

package import Reconciliation
import StructuredData

/// What a verb throws when it cannot do its work; printed as
///
///     error: MESSAGE
///       FILE:LINE:COLUMN: DETAIL
///       hint: HINT
package struct CommandFailure: Error, Sendable {
    package var status: ExitStatus
    /// A lower-case sentence without a full stop.
    package var message: String
    package var details: [SyncReport.ReportedError]
    package var hint: String?
    /// Where it is known which of several Applications is wrong: the details of each, by reference.
    var findings: [String: [SyncReport.ReportedError]] = [:]

    package init(_ status: ExitStatus, _ message: String, details: [SyncReport.ReportedError] = [], hint: String? = nil) {
        self.status = status
        self.message = message
        self.details = details
        self.hint = hint
    }

    /// The lines for standard error, sanitised.
    package func lines(_ style: Style = Style()) -> [String] {
        var lines = [style.paint("error:", .red) + " " + Printable.text(message)]
        for detail in details.prefix(Self.maximumDetails) {
            let place = detail.location.map { Printable.text($0.description) + ": " } ?? ""
            for (index, line) in Printable.lines(detail.message).filter({ !$0.isEmpty }).enumerated() {
                lines.append((index == 0 ? "  \(place)" : "    ") + line)
            }
        }
        if details.count > Self.maximumDetails {
            lines.append("  … and \(details.count - Self.maximumDetails) more")
        }
        if let hint, !hint.isEmpty { lines.append("  " + style.paint("hint:", .cyan) + " " + Printable.text(hint)) }
        return lines
    }

    /// More findings than this help nobody at a terminal; `validate -o json` has them all.
    static let maximumDetails = 200
}
