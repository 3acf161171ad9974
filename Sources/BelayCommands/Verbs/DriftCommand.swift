// `belay drift`: what was changed behind Git's back, as runs saw it.

import ArgumentParser
import Journal
import KubernetesModel
import StructuredData

struct DriftCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml, .name, .markdown]
    static let configuration = CommandConfiguration(
        commandName: "drift", abstract: "List drift: what differed, since when, which client changed it, what became of it.",
        discussion: """
            Where the cluster has the Application: the open drift that its controller lists in the DriftReports; where the controller's \
            journal is on this machine (or named with --journal), with its details, and what is resolved, too. \
            Otherwise, or with --no-cluster: drift as the runs of belay apply saw it; belay diff shows what differs now. \
            Standard error says what was read.
            Exits 1 while an episode is open, 0 when all are resolved.
            """)

    @OptionGroup var application: ApplicationArgument
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var journal: JournalOptions
    @OptionGroup var limit: LimitOption
    @OptionGroup(title: "Cluster") var records: ClusterRecordsOptions

    @Flag(help: "Leave out what is resolved.")
    var open = false

    func run() async throws {
        var episodes: [DriftEpisode] = []
        // Open in the cluster, and not in a DriftReport, which has room for fifty.
        var unlisted = 0
        if let found = try await records.read(application, journal, reported) {
            episodes = found.open + (open ? [] : found.resolved.prefix(limit.limit))
            unlisted = found.unlisted
            if unlisted > 0 {
                let objects = unlisted == 1 ? "1 more object differs" : "\(unlisted) more objects differ"
                console.warn("\(objects) from Git, which the DriftReports do not list")
            } else if found.open.isEmpty {
                console.say("the cluster lists no open drift")
            }
        } else if let journal = try journal.openExisting() {
            let name = try await application.resolve(in: journal)
            let namespace = application.namespace
            // Open ones are never cut off: the exit code hangs on them.
            let unresolved = try await journal.episodes(application: name, namespace: namespace, openOnly: true, limit: Int.max)
            let all = open ? [] : try await journal.episodes(application: name, namespace: namespace, openOnly: false, limit: limit.limit)
            episodes = unresolved + all.filter { $0.resolvedAt != nil }
            try await journal.close()
            if episodes.isEmpty { console.say("no drift recorded" + (name.map { " of \(Printable.text($0))" } ?? "")) }
        }
        switch format {
        case .json, .yaml:
            printValue(["apiVersion": "belay.dev/v1alpha1", "kind": "DriftEpisodeList", "items": .array(episodes.map(\.json))])
        case .name: for episode in episodes { console.print(Printable.text(episode.id)) }
        case .markdown: printMarkdown(episodes)
        default: printTable(episodes)
        }
        if unlisted > 0 || episodes.contains(where: { $0.resolvedAt == nil }) { throw ExitCode(ExitStatus.failure.rawValue) }
    }

    /// What the DriftReports list, the oldest of each Application first, with what the journal has of it; and how many more differ by
    /// the status.
    private func reported(
        _ access: ApplicationAccess, _ applications: [ApplicationResource], _ records: JournalRecords
    ) async throws -> (open: [DriftEpisode], resolved: [DriftEpisode], unlisted: Int) {
        var reports: [Value] = []
        if let only = applications.first, applications.count == 1 {
            reports = try await access.driftReport(ApplicationPlace(only)).map { [$0] } ?? []
        } else if !applications.isEmpty {
            let namespaces = Set(applications.map(\.namespace))
            reports = try await access.driftReports(in: namespaces.count == 1 ? namespaces.first : nil)
        }
        await ControllerAbsence.tell(access.client, invocation)
        let asked = Set(applications.map(\.reference))
        let listed = reports.flatMap(ClusterRecords.episodes).filter { asked.contains($0.application) }
        let counts = Dictionary(grouping: listed, by: \.application).mapValues(\.count)
        var unlisted: [String: Int] = [:]
        for application in applications {
            let more = min(application.openDrift, 1_000_000) - (counts[application.reference] ?? 0)
            if more > 0 { unlisted[application.reference] = more }
        }
        return records.episodes(with: listed, unlisted: unlisted)
    }

    private func printTable(_ episodes: [DriftEpisode]) {
        guard !episodes.isEmpty else { return }
        let wide = format == .wide
        let style = console.outputStyle
        let now = invocation.now()
        var table = TextTable(
            ["STATE", "TYPE", "APPLICATION", "NAMESPACE", "KIND", "NAME", "FIRST SEEN", "RESOLVED"]
                + (wide ? ["FILE", "COMMIT", "ID"] : []))
        for episode in episodes {
            let isOpen = episode.resolvedAt == nil
            let resolved = episode.resolvedAt.map { "\(episode.resolution ?? "") \(Moment.ago($0, now: now))" } ?? "-"
            table.rows.append(
                [
                    .init(isOpen ? "open" : "resolved", isOpen ? .red : .green), .init(episode.type), .init(episode.application),
                    .init(episode.key.namespace ?? "-"), .init(episode.key.kind), .init(episode.key.name),
                    .init(Moment.ago(episode.firstSeen, now: now)), .init(resolved),
                ]
                    + (wide
                        ? [
                            .init(episode.file.map { "\($0):\(episode.line ?? 0)" } ?? "-"),
                            .init(String((episode.commit ?? "-").prefix(12))),
                            .init(episode.id),
                        ] : []))
        }
        let fields = RecordedFields(style: style, wide: wide, now: now)
        let lines = table.lines(style)
        console.print(lines[0])
        for (line, episode) in zip(lines.dropFirst(), episodes) {
            console.print(line)
            for field in fields.drift(episode.fields) { console.print(field) }
        }
    }

    private func printMarkdown(_ episodes: [DriftEpisode]) {
        let fields = RecordedFields(style: Style(), wide: false, now: invocation.now())
        var text = "| State | Object | Type | Field | Git | Live | By |\n|---|---|---|---|---|---|---|\n"
        for episode in episodes {
            let state = episode.resolvedAt == nil ? "open" : "resolved"
            let object = MarkdownReport.code(episode.key.description)
            let rows = episode.fields.array ?? []
            for field in rows.isEmpty ? [Value.null] : rows {
                let cells = [field["path"], field["desired"], field["live"]].map { MarkdownReport.code($0.map(ValueText.plain) ?? "") }
                let row = [state, object, episode.type] + cells + [rows.isEmpty ? "" : MarkdownReport.code(fields.writer(field))]
                let line = "| " + row.joined(separator: " | ") + " |\n"
                guard text.utf8.count + line.utf8.count < MarkdownReport.limit else { break }
                text += line
            }
        }
        console.printBytes(Array(text.utf8))
    }
}
