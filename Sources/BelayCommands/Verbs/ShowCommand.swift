// `belay show`: one run of the journal, whole.

import ArgumentParser
import Journal
import KubernetesModel
import StructuredData

struct ShowCommand: Verb {
    static let formats: [OutputFormat] = [.table, .wide, .json, .yaml]
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one run: what was done to which object, and why.")

    @Argument(
        help: ArgumentHelp("The run's id, or the beginning of it that no other run has; latest for the newest.", valueName: "run"),
        completion: .custom { _, _, _ in await JournalCompletion.runs() })
    var run: String

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var journal: JournalOptions
    @OptionGroup(title: "Cluster") var cluster: ClusterChoice

    func run() async throws {
        guard let journal = try journal.openExisting() else { throw await missing() }
        let found = run == "latest" ? try await journal.runs(application: nil, limit: 1, isTallied: true).first : try await journal.run(run)
        guard let found else {
            try await journal.close()
            throw await missing()
        }
        let operations = try await journal.operations(of: found.id)
        try await journal.close()
        switch format {
        case .json, .yaml:
            var value: Value = ["apiVersion": "belay.dev/v1alpha1", "kind": "SyncRun"]
            for entry in found.json.object ?? Object() { value.set(entry.value, at: [entry.key]) }
            value.set(.array(operations.map(\.json)), at: ["operations"])
            printValue(value)
        default: printText(found, operations)
        }
    }

    /// The cluster may list it: then it is somewhere.
    private func missing() async -> CommandFailure {
        let wanted = run.uppercased()
        let listed = cluster.access.isConfigured && wanted.utf8.count >= 4 ? await listed() : []
        let owner = listed.first { application in application.runs.contains { $0.id.hasPrefix(wanted) } }
        guard let owner else {
            return CommandFailure(.invalid, "there is no run \(run)", hint: "belay history lists the runs")
        }
        return CommandFailure(
            .invalid,
            "the run \(run) of \(owner.reference) is in the controller's journal, which is not on this machine",
            hint: "belay history \(owner.reference) shows what the cluster knows of it; --journal names a copy of that journal")
    }

    /// No reason to fail where they cannot be listed.
    private func listed() async -> [ApplicationResource] {
        let namespace = cluster.access.namespace
        let found = try? await cluster.withClient(.reading) { client in
            let access = ApplicationAccess(client: client)
            if let all = try? await access.applications(in: nil) { return all }
            return try await access.applications(in: namespace)
        }
        return found ?? []
    }

    private func printText(_ run: SyncRun, _ operations: [RunOperation]) {
        let style = console.outputStyle
        let now = invocation.now()
        func line(_ name: String, _ text: String?, _ color: Style.Color? = nil) {
            guard let text, !text.isEmpty else { return }
            console.print(name + String(repeating: " ", count: max(1, 13 - name.utf8.count)) + style.paint(Printable.text(text), color))
        }
        line("Run", run.id)
        line("Application", run.application, .bold)
        line("Phase", run.phase.rawValue, RunText.color(run.phase))
        line("Revision", run.isDeletion ? "none: belay delete" : run.revision)
        line("Commit", run.message.map { "\($0)" + (run.author.map { " (\($0))" } ?? "") })
        line("Started", "\(run.startedAt) (\(Moment.ago(run.startedAt, now: now)))")
        line("Took", run.finishedAt.map { Moment.span(from: run.startedAt, to: $0) })
        line("By", "\(run.actor) (\(run.trigger))")
        line("Cluster", run.cluster)
        line("Changes", RunText.changes(run))
        line("Outcome", run.outcome)
        printOperations(operations)
    }

    private func printOperations(_ operations: [RunOperation]) {
        let wide = format == .wide
        let shown = operations.filter { wide || $0.kind != "unchanged" }
        guard !shown.isEmpty else { return }
        var table = TextTable(["NAMESPACE", "KIND", "NAME", "OP", "RESULT"] + (wide ? ["FILE"] : []) + ["WHY"], indentation: "  ")
        for operation in shown {
            table.rows.append(
                [
                    .init(operation.key.namespace ?? "-"), .init(operation.key.kind), .init(operation.key.name), .init(operation.kind),
                    .init(operation.result, operation.result == "failed" ? .red : nil),
                ] + (wide ? [.init(operation.file.map { "\($0):\(operation.line ?? 0)" } ?? "-")] : [])
                    + [.init(Printable.shortened(operation.error ?? operation.why, to: wide ? 2000 : 160))])
        }
        console.print("")
        for line in table.lines(console.outputStyle) { console.print(line) }
        let fields = RecordedFields(style: console.outputStyle, wide: wide, now: invocation.now())
        for operation in shown where operation.kind != "create" && operation.changes.array?.isEmpty == false {
            console.print("")
            console.print("\(operation.kind) \(Printable.text(operation.key.description))")
            for line in fields.changes(operation.changes) { console.print(line) }
        }
    }
}
