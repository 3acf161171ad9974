// `belay hold`: one object whose drift is recorded and not corrected for a while.

import ArgumentParser
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct HoldCommand: Verb {
    static let formats: [OutputFormat] = [.table]
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Leave a change to one object as it is for a while: recorded, and not put back.",
        usage: """
            belay hold APP KIND/NAME --for 30m --reason TEXT
            belay hold APP KIND/NAME --release
            """,
        discussion: "When the hold ends, the object is as Git says again.")

    @OptionGroup var target: ApplicationTarget

    @Argument(help: ArgumentHelp("The object: deployment/web.", valueName: "kind/name"))
    var object: String

    @Option(help: ArgumentHelp("The object's namespace (default: any).", valueName: "namespace"))
    var namespaceOfObject: String?

    @Option(name: .customLong("for"), help: ArgumentHelp("How long, with a unit: 30m, 2h.", valueName: "duration"))
    var duration: String?

    @Option(help: ArgumentHelp("When it ends: 2026-11-24T08:00:00Z.", valueName: "time"))
    var until: String?

    @Option(help: ArgumentHelp("Why; shown to everybody who asks.", valueName: "text"))
    var reason: String?

    @Flag(help: "End the hold.")
    var release = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func validate() throws {
        try output.check(Self.formats)
        if let problem = namespaceOfObject.flatMap(Names.namespaceProblem) { throw ValidationError("--namespace-of-object \(problem)") }
        if release {
            guard duration == nil, until == nil, reason == nil else {
                throw ValidationError("--release ends a hold; --for, --until and --reason mean nothing with it")
            }
            return
        }
        guard (duration == nil) != (until == nil) else { throw ValidationError("say when the hold ends: --for 30m, or --until TIME") }
        guard let reason else { throw ValidationError("say why: --reason TEXT") }
        try ReasonOption.check(reason)
    }

    func run() async throws {
        let place = try target.place(cluster.access)
        let (word, name) = try KindName.split(object)
        let end = try (duration ?? until).map { try EndTime.parse($0, flag: duration == nil ? "--until" : "--for", now: invocation.now()) }
        try await cluster.withClient { client in
            let access = ApplicationAccess(client: client)
            let resource = try KindName.resource(word, try await client.discovery())
            let kind = resource.groupVersionKind
            var fields: Object = ["group": .string(kind.group), "kind": .string(kind.kind)]
            fields["namespace"] = namespaceOfObject.map { .string($0) }
            fields["name"] = .string(name)
            let shown = "\(kind.kind) \(namespaceOfObject.map { "\($0)/" } ?? "")\(name)"
            var former = 0
            _ = try await access.change(place) { application in
                let change = try HoldCommand.change(
                    application, fields, shown: shown, now: invocation.now(), end: end, reason: release ? nil : reason)
                former = change.former
                return change.patch
            }
            if release {
                console.print(Printable.text("released    \(shown) of \(place)"))
            } else {
                if former > 0 { console.say("this takes the place of an earlier hold") }
                let time = end.map { " until \($0) (\(Moment.left(until: $0, now: invocation.now())))" } ?? ""
                console.print(Printable.text("held        \(shown) of \(place)\(time)"))
                if await hasNoMember(resource, name, of: place, client) {
                    console.warn("\(place) has no \(shown) in the cluster now: the hold counts when there is one, and --release ends it")
                }
            }
        }
    }

    /// Whether the cluster has no such object with the Application's mark. Who may not list the kind is told nothing.
    private func hasNoMember(_ resource: APIResource, _ name: String, of place: ApplicationPlace, _ client: KubernetesClient) async -> Bool
    {
        let members = try? await client.list(
            resource, namespace: resource.namespaced ? namespaceOfObject : nil, labelSelector: Tracking.partOf,
            fieldSelector: "metadata.name=\(name)", metadataOnly: true)
        return members.map { list in !list.items.contains { $0.name == name && TraceText.owner($0) == place } } ?? false
    }

    /// The patch that holds or (without a reason) releases an object. Holds of others stay; those that are over go.
    /// - Returns: also how many holds of this very object went.
    /// - Throws: ``CommandFailure`` where there is nothing to release, or no room for more.
    static func change(
        _ application: ApplicationResource, _ object: Object, shown: String, now: Double, end: String?, reason: String?
    ) throws -> (patch: ApplicationPatch, former: Int) {
        let all = application.value.at("spec", "drift", "holds")?.array ?? []
        func isSame(_ hold: Value) -> Bool {
            let group = hold["group"]?.string
            return hold["kind"] == object["kind"] && hold["name"] == object["name"] && hold["namespace"] == object["namespace"]
                && (group == nil || .string(group ?? "") == object["group"])
        }
        func isOver(_ hold: Value) -> Bool { hold["until"]?.string.flatMap(Moment.seconds).map { $0 <= now } ?? false }
        var kept = all.filter { !isSame($0) && !isOver($0) }
        let former = all.count(where: isSame)
        var patch = ApplicationPatch(application)
        if let reason {
            var hold = object
            hold["reason"] = .string(reason)
            hold["until"] = end.map { .string($0) }
            kept.append(.object(hold))
            guard kept.count <= Application.Limits.holds else {
                throw CommandFailure(
                    .invalid, "\(application.reference) has \(Application.Limits.holds) holds already, which is the most there may be",
                    hint: "--release ends one")
            }
        } else if former == 0 {
            let others = application.holds.map(\.object)
            throw CommandFailure(
                .invalid, "\(application.reference) holds no \(shown)", hint: others.isEmpty ? nil : "it holds \(words(others))")
        }
        if kept.isEmpty { patch.remove(at: ["spec", "drift", "holds"]) } else { patch.set(.array(kept), at: ["spec", "drift", "holds"]) }
        return (patch, former)
    }
}
