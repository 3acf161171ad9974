// `belay history`: the runs of the controller or of the journal, newest first.

import ArgumentParser
import Journal
import StructuredData

struct HistoryCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml, .name]
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the runs that were recorded, newest first.",
        discussion: """
            Where the cluster has the Application: the runs that its controller lists in its status, the last ten; where the controller's \
            journal is on this machine (or named with --journal), all of them, with commit message, author and counts. \
            Otherwise, or with --no-cluster: the runs of belay apply on this machine. Standard error says what was read.
            """)

    @OptionGroup var application: ApplicationArgument
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var journal: JournalOptions
    @OptionGroup var limit: LimitOption
    @OptionGroup(title: "Cluster") var records: ClusterRecordsOptions

    func run() async throws {
        var runs: [SyncRun] = []
        // Of the cluster's runs the status has the counts of the newest of each Application only.
        var listed: Set<String> = []
        let limit = limit.limit
        let found = try await records.read(application, journal) { _, applications, records in
            if records.others > 0 {
                let runs = records.others == 1 ? "1 run" : "\(records.others) runs"
                console.say("\(runs) of belay apply, or of another cluster, left out: --no-cluster shows what the journal has")
            }
            let runs = records.runs(with: applications.flatMap(ClusterRecords.runs))
            return (Array(runs.prefix(limit)), Set(runs.map(\.id)).subtracting(records.runs.map(\.id)))
        }
        if let found {
            (runs, listed) = found
            if runs.isEmpty { console.say("the cluster lists no runs") }
        } else if let journal = try journal.openExisting() {
            let name = try await application.resolve(in: journal)
            runs = try await journal.runs(application: name, namespace: application.namespace, limit: limit, isTallied: true)
            if runs.isEmpty { try await sayNothingFound(name, in: journal) }
            try await journal.close()
        }
        switch format {
        case .json, .yaml:
            printValue(["apiVersion": "belay.dev/v1alpha1", "kind": "SyncRunList", "items": .array(runs.map(\.json))])
        case .name: for run in runs { console.print(Printable.text(run.id)) }
        default: printTable(runs, listed: listed)
        }
    }

    /// - Parameter listed: the runs of which only the status is known.
    private func printTable(_ runs: [SyncRun], listed: Set<String>) {
        guard !runs.isEmpty else { return }
        let wide = format == .wide
        var table = TextTable(
            ["RUN", "APPLICATION", "PHASE", "REVISION", "CHANGES", "STARTED", "TOOK"] + (wide ? ["BY", "TRIGGER", "CLUSTER"] : []) + [
                "MESSAGE"
            ])
        let now = invocation.now()
        for run in runs {
            let isOfCluster = listed.contains(run.id)
            let message = Printable.shortened(
                run.message ?? (isOfCluster ? run.outcome : nil) ?? (run.isDeletion ? "(belay delete)" : ""), to: wide ? 200 : 50)
            table.rows.append(
                [
                    .init(run.id), .init(run.application), .init(run.phase.rawValue, RunText.color(run.phase)),
                    .init(PlanText.short(revision: run.revision)), .init(isOfCluster && run.counts.isEmpty ? "-" : RunText.changes(run)),
                    .init(Moment.ago(run.startedAt, now: now)),
                    .init(Moment.span(from: run.startedAt, to: run.finishedAt)),
                ] + (wide ? [.init(run.actor), .init(run.trigger), .init(run.cluster)] : []) + [.init(message)])
        }
        for line in table.lines(console.outputStyle) { console.print(line) }
    }

    private func sayNothingFound(_ name: String?, in journal: Journal) async throws {
        let known = try await journal.applications()
        let which = name ?? application.namespace.map { "namespace \($0)" }
        console.say(
            "no runs" + (which.map { " of \(Printable.text($0))" } ?? "") + " recorded"
                + (known.isEmpty ? "" : "; there are some of \(Printable.text(words(known)))"))
    }
}

struct LimitOption: ParsableArguments {
    @Option(help: ArgumentHelp("How many at most.", valueName: "number"))
    var limit = 50

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is at least 1") }
    }
}
