// `belay delete`: prune the whole inventory of an Application, after confirmation.

import ArgumentParser
import Journal
import KubernetesModel
import Planning
import Reconciliation

struct DeleteCommand: Verb {
    static let formats = ReportPrinter.formats
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete everything an Application has in the cluster.",
        usage: "belay delete (-f app.yaml … | --repo URL --name NAME | --dir FOLDER --name NAME) [--yes]",
        discussion: """
            Asks for the Application's name on a terminal; without one, --yes is needed. Namespaces, CustomResourceDefinitions and
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
        let access = ClusterAccess(options: cluster, invocation: invocation)
        let loading = SourceLoading(options: source, invocation: invocation, defaultNamespace: access.namespace)
        var applications = try loading.applications()
        if let timeout = timeout.timeout { for index in applications.indices { applications[index].timeout = timeout } }
        let connection = try access.connection(for: applications)
        let printer = ReportPrinter(format: format, console: console, now: invocation.now())
        let progress = ProgressPrinter(printer, showsPlan: true)
        var options = Reconciler.Options()
        options.actor = invocation.actor
        let journal = try self.journal.open()
        let confirm = confirmation()
        let targets = applications
        let reports = try await access.withClient(connection) { [options] client in
            let reconciler = Reconciler(client: client, journal: journal, options: options, progress: progress.report)
            var reports: [SyncReport] = []
            for application in targets {
                reports.append(try await progress.alive { try await reconciler.delete(application, confirm: confirm) })
            }
            return reports
        }
        try await journal.close()
        if !format.isTable { printer.print(reports) }
        try RunEnding.finish(reports, printer)
    }

    private func confirmation() -> @Sendable (SyncReport) async -> Bool {
        let console = console
        if yes { return { _ in true } }
        guard console.canAsk else {
            return { report in
                let count = report.operations.count { $0.kind == .prune }
                console.say(
                    console.errorStyle.paint("error:", .red)
                        + " would delete \(count == 1 ? "1 object" : "\(count) objects") of \(Printable.text(report.application.reference));"
                        + " without a terminal to ask on, pass --yes")
                return false
            }
        }
        return { report in
            let count = report.operations.count { $0.kind == .prune }
            let name = report.application.name
            return Confirmation.name(
                name, "Delete \(count == 1 ? "this object" : "these \(count) objects")? Type the name \(name) to go on:", console)
        }
    }
}
