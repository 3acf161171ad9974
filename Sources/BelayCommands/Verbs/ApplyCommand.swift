// `belay apply`: plan, apply, prune, record.

import ArgumentParser
import Journal
import KubernetesModel
import Planning
import Reconciliation

struct ApplyCommand: RunVerb {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Bring the cluster to what Git says, and record it.",
        usage: "belay apply (-f app.yaml … | --repo URL --name NAME | --dir FOLDER --name NAME) [options]",
        discussion: """
            Creates and changes are made without a question. Objects that left Git are deleted: on a terminal after a question, up to \
            the Application's prune limit; beyond it nothing is written until the plan is approved with --approve.
            """)

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var journal: JournalOptions

    @Option(help: ArgumentHelp("Approve the plan with this digest, as diff and apply print it.", valueName: "digest"))
    var approve: String?

    @Flag(help: "Ask the server about every object before the first write, and write nothing if it rejects one.")
    var preflight = false

    @Flag(inversion: .prefixedNo, help: "Wait until the objects are healthy (default: the Application's spec.health.wait).")
    var wait: Bool?

    @Flag(name: .shortAndLong, help: "Answer every question with yes.")
    var yes = false

    @OptionGroup var timeout: TimeoutOption

    func validate() throws {
        try output.check(Self.formats)
        if let approve, approve.utf8.count < 12 || !approve.utf8.allSatisfy(TimeoutOption.isHexadecimal) {
            throw ValidationError("--approve takes the plan's digest: at least 12 hexadecimal digits")
        }
    }

    func run() async throws {
        let printer = ReportPrinter(format: format, console: console, now: invocation.now())
        try await reportingFailure(printer) { applications in
            let reports = try await reports(printer, &applications)
            if !format.isTable { printer.print(reports) }
            try RunEnding.finish(reports, printer)
        }
    }

    private func reports(_ printer: ReportPrinter, _ applications: inout [Application]) async throws -> [SyncReport] {
        var loading = loading()
        loading.timeout = timeout.timeout
        let sources = timeout.applied(to: try await loading.load())
        applications = sources.map(\.0)
        try await RenderedApplication.check(sources)
        let access = access
        let connection = try access.connection(for: applications)
        let progress = ProgressPrinter(printer, showsPlan: true)
        let options = options()
        let journal = try self.journal.open()
        let reports = try await access.withClient(connection) { client in
            let reconciler = Reconciler(client: client, journal: journal, options: options, progress: progress.report)
            return try await progress.alive { try await reconciler.apply(sources) }
        }
        progress.warn(reports)
        try await journal.close()
        return reports
    }

    private func options() -> Reconciler.Options {
        var options = Reconciler.Options()
        options.approval = approve?.lowercased()
        options.preflight = preflight
        options.wait = wait
        options.actor = invocation.actor
        if console.canAsk, !yes {
            let console = console
            options.confirmPrune = { report in
                let count = report.operations.count { $0.kind == .prune }
                return Confirmation.yes("Delete \(count == 1 ? "1 object" : "\(count) objects") that left Git? [y/N]", console)
            }
        }
        return options
    }
}
