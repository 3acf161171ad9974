// The end of `apply` and `delete`: closing lines, failures, exit code.

import ArgumentParser
import Reconciliation

enum RunEnding {
    /// - Parameter hint: for a run that was refused.
    /// - Throws: `ExitCode` unless all went well.
    static func finish(_ reports: [SyncReport], _ printer: ReportPrinter, hint: String? = nil) throws {
        let console = printer.console
        for report in reports {
            if printer.format.isTable {
                console.print(OutcomeText.closing(report, console.outputStyle))
            } else {
                console.say(OutcomeText.closing(report, console.errorStyle))
            }
        }
        for report in reports {
            guard var failure = OutcomeText.failure(report) else { continue }
            if report.outcome == .refused { failure.hint = failure.hint ?? hint }
            failure.lines(console.errorStyle).forEach(console.say)
        }
        let status = ExitStatus(reports.map(\.outcome))
        if status != .success { throw ExitCode(status.rawValue) }
    }
}

/// Questions on the terminal; anything but a clear yes is no.
enum Confirmation {
    static func yes(_ question: String, _ console: Console) -> Bool {
        let answer = console.ask(question)?.lowercased().filter { !$0.isWhitespace }
        return answer == "y" || answer == "yes"
    }

    /// For what cannot be taken back: the name itself is the answer.
    static func name(_ name: String, _ question: String, _ console: Console) -> Bool {
        console.ask(question).map { $0.filter { !$0.isWhitespace } } == name
    }
}
