// `belay trace`: from an object in the cluster to its Application, its file in Git, and whoever else writes it.

import ArgumentParser
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct TraceCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide]
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Show where an object in the cluster comes from, and who else writes it.",
        usage: "belay trace KIND/NAME [-n NAMESPACE]")

    @Argument(help: ArgumentHelp("The object: deployment/web.", valueName: "kind/name"))
    var object: String

    @Option(name: .shortAndLong, help: "The object's namespace (default: the context's).")
    var namespace: String?

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func validate() throws {
        try output.check(Self.formats)
        if let problem = namespace.flatMap(Names.namespaceProblem) { throw ValidationError("--namespace \(problem)") }
    }

    func run() async throws {
        let (word, name) = try KindName.split(object)
        let access = cluster.access
        try await cluster.withClient { client in
            let applications = ApplicationAccess(client: client)
            let resource = try KindName.resource(word, try await client.discovery())
            let place = resource.namespaced ? namespace ?? access.namespace : nil
            let found = try await applications.asking("get", resource, place) {
                try await client.get(resource, namespace: place, name: name)
            }
            let key = ObjectKey(groupKind: resource.groupVersionKind.groupKind, namespace: place, name: name)
            guard let found else {
                throw CommandFailure(
                    .invalid, "there is no \(key)", hint: resource.namespaced && namespace == nil ? "-n names another namespace" : nil)
            }
            let text = TraceText(style: console.outputStyle, now: invocation.now(), wide: format == .wide)
            text.object(key, found, resource).forEach(console.print)
            guard let owner = TraceText.owner(found) else {
                console.print("Application  none: it carries no mark of Belay")
                text.writers(found, ours: nil).forEach(console.print)
                return
            }
            var application: ApplicationResource?
            var report: Value?
            do {
                application = try await applications.application(owner)
                report = try await applications.driftReport(owner)
            } catch let failure as CommandFailure {
                console.warn(failure.message)
            }
            text.application(owner, application, found).forEach(console.print)
            text.writers(found, ours: owner).forEach(console.print)
            let episodes = (report.map(ClusterRecords.episodes) ?? []).filter { $0.key == key }
            text.drift(episodes).forEach(console.print)
        }
    }
}

/// The lines of `belay trace`.
struct TraceText {
    var style: Style
    var now: Double
    var wide = false

    /// The Application that the object's annotation names; nil where there is none that could exist.
    static func owner(_ object: Unstructured) -> ApplicationPlace? {
        guard let text = object.annotation(Tracking.application), text.contains("/") else { return nil }
        return try? ApplicationPlace(text, namespace: nil, default: "")
    }

    func object(_ key: ObjectKey, _ object: Unstructured, _ resource: APIResource) -> [String] {
        let created = object.creationTimestamp.map { ", made \(Moment.ago($0, now: now))" } ?? ""
        return [
            line(
                "Object", "\(resource.groupVersionKind.apiVersion) \(key)\(created)\(object.isTerminating ? ", being deleted" : "")", .bold)
        ]
    }

    func application(_ place: ApplicationPlace, _ application: ApplicationResource?, _ object: Unstructured) -> [String] {
        var lines: [String] = []
        if let application {
            let standing = ApplicationStanding(application, now: now)
            lines.append(line("Application", "\(place), \(standing.sync), \(standing.health)"))
        } else {
            lines.append(line("Application", "\(place), by the object's annotation; it cannot be read in this cluster"))
        }
        let ids = [
            ApplySet.id(name: place.name, namespace: place.namespace, kind: Application.kind, group: Definitions.group),
            ApplySet.id(name: "belay-" + place.name, namespace: place.namespace, kind: "ConfigMap", group: ""),
        ]
        if !ids.contains(object.label(Tracking.partOf) ?? "") {
            lines.append(line("", "its label \(Tracking.partOf) is not that of this Application: it is no member", .yellow))
        }
        lines.append(line("File", object.annotation(Tracking.source) ?? "unknown: it has no annotation \(Tracking.source)"))
        guard let application else { return lines }
        lines.append(line("Revision", application.applied.isEmpty ? "nothing applied yet" : application.applied))
        let path = application.spec("source", "path")
        lines.append(
            line("Source", "\(application.repository), \(application.followedRef)" + (path.isEmpty ? "" : ", path \(path)")))
        return lines
    }

    /// Who holds fields of it, by its managedFields.
    func writers(_ object: Unstructured, ours: ApplicationPlace?) -> [String] {
        let entries = object.managedFields.prefix(wide ? 200 : 20)
        guard !entries.isEmpty else { return [] }
        let own = "belay:" + (ours?.description ?? "")
        var table = TextTable(["MANAGER", "OPERATION", "SUBRESOURCE", "FIELDS", "LAST WRITE"])
        for entry in entries {
            let manager = Printable.shortened(entry.manager, to: 128)
            table.rows.append([
                .init(manager + (ours != nil && entry.manager == own ? " (this Application)" : "")), .init(entry.operation.rawValue),
                .init(entry.subresource.map { Printable.shortened($0, to: 64) } ?? "-"), .init(String(entry.fields.leaves.count)),
                .init(entry.time.map { Moment.ago(Printable.shortened($0, to: 64), now: now) } ?? "-"),
            ])
        }
        return [""] + table.lines(style)
    }

    func drift(_ episodes: [DriftEpisode]) -> [String] {
        let fields = RecordedFields(style: style, wide: wide, now: now)
        return episodes.flatMap { episode in
            ["", style.paint("drift", .red) + "   \(Printable.text(episode.type)), since \(Moment.ago(episode.firstSeen, now: now))"]
                + fields.drift(episode.fields)
        }
    }

    private func line(_ name: String, _ text: String, _ color: Style.Color? = nil) -> String {
        name + String(repeating: " ", count: max(1, 13 - name.utf8.count))
            + style.paint(Printable.shortened(Printable.text(text), to: 2000), color)
    }
}
