// What a run says while it goes on: the plan, a line per change, warnings; a status line on a terminal, a sign of life in a log.

import Applying
import Planning
import Reconciliation
import Synchronization

/// Prints the progress of `apply` and `delete`. With a format for machines everything goes to standard error.
final class ProgressPrinter: Sendable {
    private struct State {
        var phase = ""
        /// What is waited for to be gone.
        var awaited = ""
        var finished = 0
        var total = 0
        var warned: Set<String> = []
    }
    private let state = Mutex(State())
    private let console: Console
    private let printer: ReportPrinter
    private let showsPlan: Bool

    /// - Parameter showsPlan: false where the caller shows the plan itself.
    init(_ printer: ReportPrinter, showsPlan: Bool) {
        console = printer.console
        self.printer = printer
        self.showsPlan = showsPlan
    }

    func report(_ progress: Reconciler.Progress) {
        switch progress {
        case .phase(let phase):
            console.showStatus(
                state.withLock { state in
                    state.phase = phase
                    return status(state)
                })
        case .planned(let report):
            state.withLock {
                $0.finished = 0
                $0.total = report.operations.count { $0.operation.write != nil }
            }
            guard showsPlan, printer.format.isTable else { return }
            for line in printer.text.plan(report) { console.print(line) }
            console.flush()
        case .operation(let operation):
            let status = state.withLock { state in
                if operation.operation.write != nil { state.finished += 1 }
                return self.status(state)
            }
            if printer.format.isTable {
                if let line = OutcomeText.line(operation, console.outputStyle) {
                    console.print(line)
                    console.flush()
                }
            } else if let line = OutcomeText.line(operation, console.errorStyle) {
                console.say(line)
            }
            console.showStatus(status)
        case .warning(let text): warn(text)
        case .awaits(let objects):
            console.showStatus(
                state.withLock { state in
                    state.awaited = EndingObject.words(of: objects)
                    return status(state)
                })
        }
    }

    /// Says the warnings of reports that have not been said yet.
    func warn(_ reports: [SyncReport]) {
        for warning in reports.flatMap(\.warnings) { warn(warning) }
    }

    private func warn(_ text: String) {
        if state.withLock({ $0.warned.insert(text).inserted }) { console.warn(text) }
    }

    /// Runs `body`; while nothing is printed for 30 s, a log gets a sign of life.
    func alive<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        let heart = Task { [self] in
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(5))
                if !console.errorStyle.redraws, console.silence >= .seconds(30) { console.say("… " + state.withLock { status($0) }) }
            }
        }
        defer {
            heart.cancel()
            console.showStatus(nil)
        }
        return try await body()
    }

    private func status(_ state: State) -> String {
        let words = [
            "discover": "asking what the cluster serves", "read": "reading the cluster", "ask": "asking for predictions",
            "apply": "applying", "prune": "pruning", "wait": "waiting for health",
        ]
        let phase = (words[state.phase] ?? state.phase) + (state.awaited.isEmpty ? "" : ", waiting for \(state.awaited)")
        return state.total > 0 ? "\(phase), \(state.finished) of \(state.total) done" : phase
    }
}
