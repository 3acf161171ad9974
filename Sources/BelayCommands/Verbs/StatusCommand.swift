// `belay status`: what needs attention, or all there is to know of one Application and what to do next.

import ArgumentParser
import KubernetesModel
import StructuredData

struct StatusCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide]
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what needs attention; of one Application everything, and what to do next.",
        usage: "belay status [APP] [-n NAMESPACE | -A]",
        discussion: "For machines: belay get -o json. Exits 0 whatever the state is; belay wait has exit codes.")

    @OptionGroup var scope: ApplicationScope
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func run() async throws {
        let place = try scope.place(cluster.access)
        let namespace = scope.namespace(cluster.access)
        try await cluster.withClient { client in
            let access = ApplicationAccess(client: client)
            if let place {
                let application = try await access.application(place)
                let report = try await allowed { try await access.driftReport(place) }
                printLines(StatusText(style: console.outputStyle, now: invocation.now(), wide: format == .wide).whole(application, report))
            } else {
                let applications = try await access.applications(in: namespace)
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

    private func printLines(_ lines: [String]) { lines.forEach(console.print) }
}
