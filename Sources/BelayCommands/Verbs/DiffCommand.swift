// `belay diff`: the plan against the live cluster, or one revision against another.

import ArgumentParser
import KubernetesModel
import Reconciliation
import StructuredData

struct DiffCommand: RunVerb {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what applying would change; writes nothing.",
        usage: """
            belay diff (-f app.yaml … | --repo URL --name NAME | --dir FOLDER --name NAME) [options]
            belay diff --from REVISION [--to REVISION] (-f app.yaml … | --repo URL)
            """,
        discussion: """
            Exits 0 when there is no difference, 1 when there is one, and more than 1 when it cannot say.
            With --from the rendered manifests of two revisions are compared, without a cluster; of several Applications each says \
            whether it is affected.
            """)

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Option(help: ArgumentHelp("Compare this revision …", valueName: "revision"))
    var from: String?

    @Option(help: ArgumentHelp("… with this one (default: --ref, else the Application's).", valueName: "revision"))
    var to: String?

    func validate() throws {
        try output.check(Self.formats)
        if to != nil, from == nil { throw ValidationError("--to goes with --from") }
        if from != nil, source.dir != nil { throw ValidationError("--from compares two commits; --dir has none") }
        if from?.isEmpty == true || to?.isEmpty == true { throw ValidationError("--from and --to take a branch, a tag or a commit") }
    }

    func run() async throws {
        let printer = ReportPrinter(format: format, console: console, now: invocation.now(), isPreview: true)
        try await reportingFailure(printer) { applications in
            let reports = if let from { try await compare(from) } else { try await plan(printer, &applications) }
            printer.print(reports)
            for failure in reports.compactMap(OutcomeText.failure) { failure.lines(console.errorStyle).forEach(console.say) }
            let status = ExitStatus(reports.map(\.outcome))
            if status != .success { throw ExitCode(status.rawValue) }
        }
    }

    private func plan(_ printer: ReportPrinter, _ applications: inout [Application]) async throws -> [SyncReport] {
        let sources = try await loading().load()
        applications = sources.map(\.0)
        try await RenderedApplication.check(sources)
        let access = access
        let connection = try access.connection(for: applications)
        let progress = ProgressPrinter(printer, showsPlan: false)
        let reports = try await access.withClient(connection) { client in
            let reconciler = Reconciler(client: client, journal: nil, options: .init(), progress: progress.report)
            return try await progress.alive { try await reconciler.diff(sources) }
        }
        progress.warn(reports)
        return reports
    }

    private func compare(_ from: String) async throws -> [SyncReport] {
        let target = (to ?? source.ref).map { Application.GitReference.unspecified($0) }
        let sources = try await loading(nameIsOptional: true).load(from: .unspecified(from), to: target)
        return try await RevisionComparison.reports(sources, now: invocation.now())
    }
}
