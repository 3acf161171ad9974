// `belay status`: what needs attention, or all there is to know of one Application and what to do next.

import ArgumentParser
import KubernetesModel
import StructuredData

struct StatusCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml]
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what needs attention; of one Application everything, and what to do next.",
        usage: "belay status [APP] [-n NAMESPACE | -A]",
        discussion: "Exits 0 whatever the state is; belay wait has exit codes.")

    @OptionGroup var scope: ApplicationScope
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func run() async throws {
        let place = try scope.place(cluster.access)
        let namespace = scope.namespace(cluster.access)
        try await cluster.withClient(.reading) { client in
            let access = ApplicationAccess(client: client)
            await ControllerAbsence.tell(client, invocation)
            if let place {
                let application = try await access.application(place)
                if !format.isTable { return printStandings([application]) }
                let report = try await allowed { try await access.driftReport(place) }
                printLines(StatusText(style: console.outputStyle, now: invocation.now(), wide: format == .wide).whole(application, report))
            } else {
                let applications = try await access.applications(in: namespace)
                if !format.isTable { return printStandings(applications) }
                let hasDrift = applications.contains { $0.openDrift > 0 }
                let reports = hasDrift ? try await allowed { try await access.driftReports(in: namespace) } ?? [] : []
                if applications.isEmpty {
                    return console.say("no applications in \(namespace.map { "the namespace \($0); -A shows all" } ?? "the cluster")")
                }
                let text = StatusText(style: console.outputStyle, now: invocation.now(), wide: format == .wide)
                printLines(text.overview(applications, reports))
            }
        }
    }

    /// Details that not everybody may read: their absence is said, and no failure.
    private func allowed<R>(_ body: () async throws -> R?) async throws -> R? {
        do {
            return try await body()
        } catch let failure as CommandFailure where failure.status != .interrupted {
            console.warn("no details on drift: \(failure.message)")
            return nil
        }
    }

    private func printStandings(_ applications: [ApplicationResource]) {
        printValue([
            "apiVersion": .string(Application.apiVersion), "kind": "ApplicationStandingList",
            "items": .array(applications.map { ApplicationStanding($0, now: invocation.now()).json }),
        ])
    }

    private func printLines(_ lines: [String]) { lines.forEach(console.print) }
}
