// `belay get`: the Applications of the cluster in a list.

import ArgumentParser
import KubernetesModel
import StructuredData

struct GetCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml, .name]
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "List Applications: what is applied, how healthy it is, what needs attention.",
        usage: "belay get [APP] [-n NAMESPACE | -A] [-l SELECTOR] [-o FORMAT]")

    @OptionGroup var scope: ApplicationScope

    @Option(
        name: [.customShort("l"), .long], help: ArgumentHelp("Only those with these labels: team=web,tier!=test.", valueName: "labels"))
    var selector: String?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func validate() throws {
        try output.check(Self.formats)
        if selector != nil, scope.application != nil { throw ValidationError("-l chooses among many; leave out the name, or -l") }
        if selector?.isEmpty == true { throw ValidationError("-l is empty") }
    }

    func run() async throws {
        let place = try scope.place(cluster.access)
        let applications = try await cluster.withClient(.reading) { client in
            let access = ApplicationAccess(client: client)
            await ControllerAbsence.tell(client, invocation)
            if let place { return [try await access.application(place)] }
            return try await access.applications(in: scope.namespace(cluster.access), labels: selector)
        }
        switch format {
        case .json, .yaml: printResources(applications, isOne: place != nil)
        case .name: for application in applications { console.print(Printable.text("application.belay.dev/\(application.name)")) }
        default: printTable(applications)
        }
    }

    private func printResources(_ applications: [ApplicationResource], isOne: Bool) {
        let values = applications.map { application in
            var value = application.value
            value.set(nil, at: ["metadata", "managedFields"])
            return value
        }
        if isOne, let only = values.first { return printValue(only) }
        printValue(["apiVersion": .string(Application.apiVersion), "kind": "ApplicationList", "items": .array(values)])
    }

    private func printTable(_ applications: [ApplicationResource]) {
        let now = invocation.now()
        let wide = format == .wide
        guard !applications.isEmpty else {
            let labels = selector.map { " with the labels \(Printable.text($0))" } ?? ""
            console.say("no applications\(labels) in \(scope.allNamespaces ? "the cluster" : "this namespace; -A shows all")")
            return
        }
        var table = TextTable(
            ["NAMESPACE", "NAME", "SYNC", "HEALTH", "DRIFT", "REVISION", "AGE"] + (wide ? ["PENDING", "SOURCE", "REF", "PATH"] : [])
                + ["MESSAGE"])
        var concerned = 0
        for application in applications {
            let standing = ApplicationStanding(application, now: now)
            if !standing.concerns.isEmpty { concerned += 1 }
            table.rows.append(
                [
                    .init(application.namespace), .init(application.name), .init(standing.sync, standing.syncColor),
                    .init(standing.health, standing.healthColor),
                    .init(String(application.openDrift), application.openDrift > 0 ? .red : nil),
                    .init(shown(application.applied, wide: wide)), .init(Moment.age(application.created, now: now)),
                ]
                    + (wide
                        ? [
                            .init(shown(application.pending, wide: true)), .init(application.repository), .init(application.followedRef),
                            .init(application.spec("source", "path").isEmpty ? "." : application.spec("source", "path")),
                        ] : [])
                    + [.init(Printable.shortened(standing.message, to: wide ? 2000 : 80))])
        }
        for line in table.lines(console.outputStyle) { console.print(line) }
        console.print(AttentionText.count(applications.count, concerned: concerned))
    }

    private func shown(_ revision: String, wide: Bool) -> String {
        revision.isEmpty ? "-" : Printable.shortened(PlanText.short(revision: revision), to: wide ? 200 : 40)
    }
}

enum AttentionText {
    /// `4 applications: 2 need attention`.
    static func count(_ all: Int, concerned: Int) -> String {
        let applications = all == 1 ? "1 application" : "\(all) applications"
        return applications + ": "
            + (concerned == 0 ? "none needs attention" : "\(concerned) \(concerned == 1 ? "needs" : "need") attention")
    }
}
