// `belay trace`: from an object in the cluster to its Application, its file in Git, and whoever else writes it.

import ArgumentParser
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct TraceCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml]
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Show where an object in the cluster comes from, and who else writes it.",
        usage: "belay trace KIND/NAME [-n NAMESPACE]",
        discussion: "A pod, or anything else that a controller made, is followed to the object from Git by its ownerReferences.")

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
        try await cluster.withClient(.reading) { client in
            let applications = ApplicationAccess(client: client)
            let discovery = try await client.discovery()
            let resource = try KindName.resource(word, discovery)
            let place = resource.namespaced ? namespace ?? access.namespace : nil
            let found = try await applications.asking("get", resource, place) {
                try await client.get(resource, namespace: place, name: name)
            }
            let key = ObjectKey(groupKind: resource.groupVersionKind.groupKind, namespace: place, name: name)
            guard let found else {
                throw CommandFailure(
                    .invalid, "there is no \(key)", hint: resource.namespaced && namespace == nil ? "-n names another namespace" : nil)
            }
            let trace = try await Self.follow(Trace.Link(key: key, object: found), client, discovery, applications)
            format.isTable ? print(trace, resource) : printValue(trace.json)
        }
    }

    /// Upwards to the object that is in Git, and to its Application.
    private static func follow(
        _ start: Trace.Link, _ client: KubernetesClient, _ discovery: Discovery, _ applications: ApplicationAccess
    ) async throws -> Trace {
        var trace = Trace(links: [start])
        while !trace.last.isMember, trace.links.count < 6, let reference = trace.last.controller {
            guard let resource = discovery[reference.kind] else { break }
            let namespace = resource.namespaced ? trace.last.key.namespace : nil
            let found: Unstructured?
            do {
                found = try await client.get(resource, namespace: namespace, name: reference.name)
            } catch let error as ClientError {
                Invocation.current.console.warn("\(reference.kind.kind) \(reference.name), which made it, cannot be read: \(error.message)")
                break
            }
            guard let found, found.uid == reference.uid else { break }
            let key = ObjectKey(groupKind: reference.kind, namespace: namespace, name: reference.name)
            trace.links.append(Trace.Link(key: key, object: found))
        }
        // Where none of them is Belay's, nothing is said of those above.
        if !trace.links.contains(where: { $0.owner != nil }) { trace.links = [start] }
        guard let owner = trace.last.owner else { return trace }
        do {
            trace.application = try await applications.application(owner)
            let report = try await applications.driftReport(owner)
            trace.drift = (report.map(ClusterRecords.episodes) ?? []).filter { $0.key == trace.last.key }
        } catch let failure as CommandFailure {
            Invocation.current.console.warn(failure.message)
        }
        return trace
    }

    private func print(_ trace: Trace, _ resource: APIResource) {
        let text = TraceText(style: console.outputStyle, now: invocation.now(), wide: format == .wide)
        guard let first = trace.links.first else { return }
        text.object(first.key, first.object, resource).forEach(console.print)
        for link in trace.links.dropFirst() { console.print(text.maker(link.key)) }
        let managed = trace.last.object
        guard let owner = trace.last.owner else {
            console.print("Application  none: it carries no mark of Belay")
            return text.writers(managed, ours: nil).forEach(console.print)
        }
        text.application(owner, trace.application, managed).forEach(console.print)
        text.writers(managed, ours: owner).forEach(console.print)
        text.drift(trace.drift).forEach(console.print)
    }
}

/// From an object to the one in Git that it came of, and to its Application.
struct Trace {
    struct Link {
        var key: ObjectKey
        var object: Unstructured

        /// The Application that the object's annotation names.
        var owner: ApplicationPlace? { TraceText.owner(object) }
        /// Whether its label says so, too: controllers copy annotations to what they make.
        var isMember: Bool { owner.map { TraceText.sets(of: $0).contains(object.label(Tracking.partOf) ?? "") } ?? false }

        /// What made it and keeps it.
        var controller: (kind: GroupKind, name: String, uid: String)? {
            let references = object.value.at("metadata", "ownerReferences")?.array ?? []
            guard let reference = references.first(where: { $0["controller"]?.bool == true }),
                let kind = reference["kind"]?.string, let name = reference["name"]?.string, let uid = reference["uid"]?.string,
                let version = reference["apiVersion"]?.string, Names.pathSegmentProblem(name) == nil
            else { return nil }
            let group = version.contains("/") ? String(version.prefix { $0 != "/" }) : ""
            return (GroupKind(group: group, kind: kind), name, uid)
        }
    }

    /// What was asked for, then what made it; never empty.
    var links: [Link]
    var application: ApplicationResource?
    /// Of the object in Git.
    var drift: [DriftEpisode] = []

    var last: Link { links[links.count - 1] }

    /// `ObjectTrace`.
    var json: Value {
        func object(_ link: Link) -> Value {
            [
                "apiVersion": link.object.value["apiVersion"] ?? .null, "kind": .string(link.key.kind),
                "namespace": link.key.namespace.map { .string($0) } ?? .null, "name": .string(link.key.name),
            ]
        }
        let applied = application?.applied ?? ""
        return [
            "apiVersion": .string(Application.apiVersion), "kind": "ObjectTrace", "objects": .array(links.map(object)),
            "application": last.owner.map { .string($0.description) } ?? .null, "isMember": .bool(last.isMember),
            "file": last.object.annotation(Tracking.source).map { .string($0) } ?? .null,
            "revision": applied.isEmpty ? .null : .string(applied), "drift": .array(drift.map(\.json)),
        ]
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

    /// What the label of its members may say: its own, and that of `belay apply`.
    static func sets(of place: ApplicationPlace) -> [String] {
        [
            ApplySet.id(name: place.name, namespace: place.namespace, kind: Application.kind, group: Definitions.group),
            ApplySet.id(name: "belay-" + place.name, namespace: place.namespace, kind: "ConfigMap", group: ""),
        ]
    }

    func maker(_ key: ObjectKey) -> String { line("Made by", "\(key)") }

    func application(_ place: ApplicationPlace, _ application: ApplicationResource?, _ object: Unstructured) -> [String] {
        var lines: [String] = []
        if let application {
            let standing = ApplicationStanding(application, now: now)
            lines.append(line("Application", "\(place), \(standing.sync), \(standing.health)"))
        } else {
            lines.append(line("Application", "\(place), by the object's annotation; it cannot be read in this cluster"))
        }
        let ids = Self.sets(of: place)
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
