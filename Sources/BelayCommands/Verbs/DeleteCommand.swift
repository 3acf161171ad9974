// `belay delete`: prune the whole inventory of an Application, after confirmation.

import ArgumentParser
import Journal
import KubernetesModel
import Planning
import Reconciliation

struct DeleteCommand: RunVerb {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete everything an Application has in the cluster.",
        usage: "belay delete (-f app.yaml … | --repo URL --name NAME | --dir FOLDER --name NAME) [--yes]",
        discussion: """
            Asks for the Application's name on a terminal; without one, --yes is needed. Namespaces, CustomResourceDefinitions and \
            PersistentVolumeClaims stay unless they carry belay.dev/prune: allowed. Git is not read.
            """)

    @OptionGroup(title: "Source") var source: SourceOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var journal: JournalOptions
    @OptionGroup var timeout: TimeoutOption

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    func run() async throws {
        let printer = ReportPrinter(format: format, console: console, now: invocation.now())
        try await reportingFailure(printer) { applications in
            let reports = try await reports(printer, &applications)
            if !format.isTable { printer.print(reports) }
            let hint = yes || console.canAsk ? nil : "there is no terminal to ask on; pass --yes"
            try RunEnding.finish(reports, printer, hint: hint)
        }
    }

    private func reports(_ printer: ReportPrinter, _ applications: inout [Application]) async throws -> [SyncReport] {
        applications = try loading().applications()
        if let timeout = timeout.timeout { for index in applications.indices { applications[index].timeout = timeout } }
        let access = access
        let connection = try access.connection(for: applications)
        let progress = ProgressPrinter(printer, showsPlan: true)
        var options = Reconciler.Options()
        options.actor = invocation.actor
        let journal = try self.journal.open()
        let confirm = confirmation()
        let reports = try await access.withClient(connection) { [options, applications] client in
            let reconciler = Reconciler(client: client, journal: journal, options: options, progress: progress.report)
            var reports: [SyncReport] = []
            for application in applications {
                reports.append(try await progress.alive { try await reconciler.delete(application, confirm: confirm) })
            }
            return reports
        }
        progress.warn(reports)
        try await journal.close()
        return reports
    }

    private func confirmation() -> @Sendable (SyncReport) async -> Bool {
        let console = console
        if yes { return { _ in true } }
        guard console.canAsk else { return { _ in false } }
        return { report in
            let count = report.operations.count { $0.kind == .prune }
            let name = report.application.name
            return Confirmation.name(
                name, "Delete \(count == 1 ? "this object" : "these \(count) objects")? Type the name \(name) to go on:", console)
        }
    }
}
