// The exit codes: one table for the program, its help and its pages (docs/reference/exit-codes.md).

package import Reconciliation

/// How a run of the program ends; a contract with scripts and pipelines.
package enum ExitStatus: Int32, Sendable, CaseIterable {
    case success = 0
    case failure = 1
    case invalid = 2
    case timedOut = 3
    case unreachable = 4
    case superseded = 5
    case refused = 6
    case interrupted = 130

    package var meaning: String {
        switch self {
        case .success: "success; for diff and drift: no differences; for wait: reached, or not affected"
        case .failure:
            "diff, drift: differences. Other verbs: it ran and failed (an object rejected, forbidden, blocked or unhealthy: partial, failed)"
        case .invalid:
            "usage, configuration or manifest error, found before any write (for diff and apply --preflight also what the server's dry-run rejects)"
        case .timedOut: "timed out while still progressing; safe to run again"
        case .unreachable:
            "cannot reach, or not allowed (network, TLS, 401, 403), Git or cluster: the whole run was refused before its first write"
        case .superseded: "superseded: a newer revision took over"
        case .refused:
            "the whole run was refused or held before its first write: suspended, frozen, pinned, prune guard, another owner of the set, another run under way, approval missing"
        case .interrupted: "interrupted"
        }
    }

    package init(_ outcome: SyncReport.Outcome) { self = ExitStatus(rawValue: outcome.exitCode) ?? .failure }

    /// The outcome of a run that never began, which ended the program with this status.
    var outcome: SyncReport.Outcome {
        switch self {
        case .success: .succeeded
        case .invalid: .invalid
        case .timedOut: .timedOut
        case .unreachable: .unreachable
        case .superseded: .superseded
        case .refused: .refused
        case .failure, .interrupted: .failed
        }
    }

    /// The status of several runs of one invocation: that of the worst, where a plain difference is the least.
    package init(_ outcomes: [SyncReport.Outcome]) {
        let order: [SyncReport.Outcome] = [.invalid, .unreachable, .refused, .superseded, .failed, .timedOut, .differences]
        self = order.first { outcomes.contains($0) }.map { ExitStatus($0) } ?? .success
    }

    /// The table as `belay help exit-codes` prints it.
    package static var table: String {
        var text = "EXIT CODES\n\n"
        for status in allCases {
            let code = String(status.rawValue)
            let lines = wrap(status.meaning, width: 70)
            text += "  \(code)\(String(repeating: " ", count: max(0, 5 - code.count)))\(lines.joined(separator: "\n       "))\n"
        }
        return text
    }

    private static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
