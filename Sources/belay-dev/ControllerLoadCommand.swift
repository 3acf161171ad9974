// Subjects of the controller's benchmark: its load, the wait for it, and what the audit log tells of it.

import ArgumentParser
import ControllerRuntime
import Foundation
import KubernetesClient
import KubernetesModel
import StructuredData

/// `belay-dev controller-load --count N --namespace NS… --repository URL DIRECTORY`.
struct ControllerLoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "controller-load", abstract: "Write the manifests and the Applications of the controller's benchmark.")
    @Option var count = 1000
    @Option var namespace: [String]
    @Option var repository: String
    @Flag(help: "Runs do not wait for health.") var noWait = false
    @Option(help: "Where the Applications are written, one file each.") var applications: String
    @Argument var directory: String

    func run() throws {
        var load = ControllerLoad(count: count, namespaces: namespace, repository: repository)
        load.waits = !noWait
        try load.writeManifests(to: directory)
        try load.writeApplications(to: applications)
    }
}

/// `belay-dev await-applications --count N`: prints the time when so many are ready, and of the revision that is asked for.
struct AwaitApplicationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "await-applications", abstract: "Watch Applications until so many are ready; print the time as seconds since 1970.")
    @Option var count = 1
    @Option(help: "Only those that have applied a commit with this id.") var commit: String?
    @Flag(help: "Only those whose objects are healthy.") var healthy = false
    @Option(help: "Give up after so many seconds.") var timeout = 900

    func run() async throws {
        try await withBenchClient { client in
            let (count, timeout) = (self.count, self.timeout)
            let isAwaited: @Sendable (Unstructured) -> Bool = { [commit, healthy] object in
                object.isReady(commit) && (!healthy || object.value.at("status", "health")?.string == "healthy")
            }
            let resource = try await BenchClient.resource(client, "belay.dev", "Application")
            let (ready, teller) = AsyncStream.makeStream(of: String.self)
            let reached = await withTaskGroup(of: Int.self) { group in
                group.addTask {
                    await Reflector(client: client, scope: .init(resource: resource)).run { event in
                        switch event {
                        case .page(let objects): for object in objects where isAwaited(object) { teller.yield(object.reference) }
                        case .changed(let event): if isAwaited(event.object) { teller.yield(event.object.reference) }
                        default: break
                        }
                    }
                    return 0
                }
                group.addTask {
                    try? await Task.sleep(for: .seconds(timeout))
                    teller.finish()
                    return 0
                }
                var seen: Set<String> = []
                for await reference in ready {
                    seen.insert(reference)
                    if seen.count >= count { break }
                }
                group.cancelAll()
                return seen.count
            }
            print(String(format: "%.3f", Date().timeIntervalSince1970))
            if reached < count { throw ValidationError("\(reached) of \(count) Applications are ready after \(timeout) s") }
        }
    }
}

extension Unstructured {
    fileprivate var reference: String { "\(namespace ?? "")/\(name)" }

    /// Whether the Application is ready, and has applied the commit.
    fileprivate func isReady(_ commit: String?) -> Bool {
        let conditions = value.at("status", "conditions")?.array ?? []
        let revision = value.at("status", "lastAppliedRevision")?.string ?? ""
        return conditions.contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
            && commit.map(revision.contains) ?? true
    }
}

/// `belay-dev audit FILE --user NAME`: the requests of one user, one a line.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Print the requests of one user in an audit log: time of arrival, of the end, verb, resource, namespace/name, code.",
        discussion: "A watch is told when it begins. A dry-run has `dryrun-` before its verb.")
    @Option var user: String
    @Option(help: "Seconds since 1970.") var since = 0.0
    @Option(help: "Seconds since 1970.") var until = Double.infinity
    @Argument var file: String

    func run() throws {
        guard let data = FileManager.default.contents(atPath: file) else { throw ValidationError("cannot read \(file)") }
        for line in data.split(separator: UInt8(ascii: "\n")) {
            guard let event = try? JSON.read(Array(line)), event.at("user", "username")?.string == user,
                event["stage"]?.string == (event["verb"]?.string == "watch" ? "ResponseStarted" : "ResponseComplete"),
                let received = Self.seconds(event["requestReceivedTimestamp"]), received >= since, received <= until
            else { continue }
            let reference = event["objectRef"]
            let isDryRun = event["requestURI"]?.string?.contains("dryRun=All") ?? false
            let resource = [reference?["resource"]?.string ?? event["requestURI"]?.string ?? "", reference?["subresource"]?.string]
            print(
                String(format: "%.6f\t%.6f", received, Self.seconds(event["stageTimestamp"]) ?? received),
                (isDryRun ? "dryrun-" : "") + (event["verb"]?.string ?? ""), resource.compactMap { $0 }.joined(separator: "/"),
                "\(reference?["namespace"]?.string ?? "")/\(reference?["name"]?.string ?? "")",
                "\(event.at("responseStatus", "code")?.int ?? 0)", separator: "\t")
        }
    }

    /// Of a MicroTime; the parsers of dates read no microseconds.
    private static func seconds(_ value: Value?) -> Double? {
        guard let text = value?.string, let dot = text.firstIndex(of: "."),
            let whole = try? Date.ISO8601FormatStyle().parse(text[..<dot] + "Z"), let fraction = Double("0" + text[dot...].dropLast())
        else { return nil }
        return whole.timeIntervalSince1970 + fraction
    }
}
