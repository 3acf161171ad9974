// The screens of `belay status`.

import Journal
import KubernetesModel
import StructuredData

/// Lines for a terminal; all that comes from the cluster is sanitised here.
struct StatusText {
    var style: Style
    var now: Double
    var wide = false

    // MARK: - All Applications

    /// What needs attention first, the worst at the top, then how many are well.
    func overview(_ applications: [ApplicationResource], _ reports: [Value]) -> [String] {
        let standings = applications.map { ApplicationStanding($0, now: now) }
        let concerned = standings.filter { !$0.concerns.isEmpty }
            .sorted { left, right in
                let ranks = (left.concerns.first?.rank ?? 9, right.concerns.first?.rank ?? 9)
                return ranks.0 == ranks.1 ? left.application.reference.precedesByBytes(right.application.reference) : ranks.0 < ranks.1
            }
        let episodes = Dictionary(grouping: reports.flatMap(ClusterRecords.episodes), by: \.application)
        var lines: [String] = []
        for standing in concerned {
            let application = standing.application
            let revision = application.applied.isEmpty ? "nothing applied" : short(application.applied)
            lines.append(
                style.paint(Printable.text(application.reference), .bold) + "   "
                    + style.paint(Printable.text(standing.sync), standing.syncColor)
                    + "   " + style.paint(standing.health, standing.healthColor) + "   " + revision)
            for concern in standing.concerns.prefix(wide ? 100 : 8) {
                lines.append("  " + style.paint(mark(concern.rank), concern.rank < 2 ? .red : .yellow) + " " + shown(concern.text))
            }
            if let oldest = episodes[application.reference]?.first { lines.append("    " + shown(summary(oldest))) }
            if let step = standing.nextSteps.first { lines.append("    " + style.paint("next:", .cyan) + " " + step.command) }
            lines.append("")
        }
        let well = applications.count - concerned.count
        if concerned.isEmpty {
            lines.append(AttentionText.count(applications.count, concerned: 0))
        } else {
            let others = well == 0 ? "" : well == 1 ? "; the other one is well" : "; the other \(well) are well"
            lines.append(AttentionText.count(applications.count, concerned: concerned.count) + others)
        }
        return lines
    }

    private func mark(_ rank: Int) -> String { style.unicode ? (rank < 2 ? "✗" : "⚠") : (rank < 2 ? "[!!]" : "[ !]") }

    private func summary(_ episode: DriftEpisode) -> String {
        let field = episode.fields.array?.first
        let fields = RecordedFields(style: Style(), wide: false, now: now)
        let what = field.map { ": \($0["path"]?.string ?? ""), by \(fields.writer($0))" } ?? ""
        return "\(episode.type) \(Moment.ago(episode.firstSeen, now: now)): \(episode.key)\(what)"
    }

    // MARK: - One Application

    func whole(_ application: ApplicationResource, _ report: Value?) -> [String] {
        let standing = ApplicationStanding(application, now: now)
        return head(application, standing) + stops(application, standing) + conditions(application) + runs(application)
            + drift(application, report) + next(standing)
    }

    private func head(_ application: ApplicationResource, _ standing: ApplicationStanding) -> [String] {
        let drift = application.spec("drift", "policy"), mode = application.spec("sync", "mode")
        let path = application.spec("source", "path"), account = application.spec("destination", "serviceAccountName")
        let destination = application.spec("destination", "namespace")
        var lines = [
            line("Application", application.reference, .bold), line("Sync", standing.sync, standing.syncColor),
            line("Health", standing.health, standing.healthColor),
            line("Applied", revision(application.applied, application)),
            line(
                "Attempted",
                application.attempted.isEmpty || application.attempted == application.applied
                    ? "" : revision(application.attempted, application)),
            line("Pending", application.pending.isEmpty ? "" : "\(full(application.pending)), waits"),
            line("Source", "\(application.repository), \(application.followedRef)" + (path.isEmpty ? "" : ", path \(path)")),
            line(
                "Destination",
                "namespace \(destination.isEmpty ? application.namespace : destination)"
                    + (account.isEmpty ? "" : ", as service account \(account)")),
            line("Mode", "\(mode.isEmpty ? "Automatic" : mode), drift: \(drift.isEmpty ? "Correct" : drift)"),
            line("Members", application.members.map { $0 == 1 ? "1 object" : "\($0) objects" } ?? ""),
        ]
        if application.observedGeneration < application.generation {
            lines.append(line("Note", "the controller has not looked at the last change of the spec yet", .yellow))
        }
        return lines.filter { !$0.isEmpty }
    }

    private func stops(_ application: ApplicationResource, _ standing: ApplicationStanding) -> [String] {
        func stop(_ stop: ApplicationResource.Stop, _ field: String) -> String {
            (stop.isActive(now: now) ? "" : "(over) ") + standing.told(stop, of: field).trimmingPrefix(" ")
        }
        var lines: [String] = []
        if let suspension = application.suspension { lines.append(line("Suspended", stop(suspension, "suspend"), .yellow)) }
        if let pin = application.pin { lines.append(line("Pinned", "to run \(application.pinnedRun), " + stop(pin, "pin"), .yellow)) }
        for hold in application.holds { lines.append(line("Held", "\(hold.object), " + stop(hold.stop, "drift"), .yellow)) }
        return lines
    }

    private func conditions(_ application: ApplicationResource) -> [String] {
        guard !application.conditions.isEmpty else { return ["", "no conditions: no controller has looked at it yet"] }
        var table = TextTable(["CONDITION", "STATUS", "REASON", "SINCE", "MESSAGE"])
        for condition in application.conditions {
            let isBad = condition.status == (condition.type == "Ready" ? "False" : "True")
            table.rows.append([
                .init(condition.type), .init(condition.status, isBad ? .red : nil), .init(condition.reason),
                .init(Moment.age(condition.since, now: now)), .init(Printable.shortened(condition.message, to: wide ? 4096 : 400)),
            ])
        }
        return [""] + table.lines(style)
    }

    private func runs(_ application: ApplicationResource) -> [String] {
        guard !application.runs.isEmpty else { return [] }
        var table = TextTable(["RUN", "PHASE", "REVISION", "TRIGGER", "STARTED", "TOOK", "MESSAGE"])
        for run in application.runs.prefix(wide ? 50 : 5) {
            let phase = SyncRun.Phase(rawValue: run.phase)
            table.rows.append([
                .init(run.id), .init(run.phase, phase.flatMap(RunText.color)), .init(short(run.revision)), .init(run.trigger),
                .init(run.startedAt.isEmpty ? "-" : Moment.ago(run.startedAt, now: now)),
                .init(Moment.span(from: run.startedAt, to: run.finishedAt)), .init(Printable.shortened(run.message, to: wide ? 1024 : 80)),
            ])
        }
        return [""] + table.lines(style)
    }

    private func drift(_ application: ApplicationResource, _ report: Value?) -> [String] {
        let episodes = report.map(ClusterRecords.episodes) ?? []
        guard !episodes.isEmpty else {
            return application.openDrift > 0
                ? [
                    "",
                    "\(application.openDrift == 1 ? "1 object differs" : "\(application.openDrift) objects differ") from Git; there is no DriftReport that says how",
                ]
                : []
        }
        let fields = RecordedFields(style: style, wide: wide, now: now)
        var lines = [""]
        for episode in episodes.prefix(wide ? 50 : 10) {
            lines.append(
                style.paint("drift", .red) + "   " + Printable.text(episode.type) + " " + Printable.text(episode.key.description)
                    + ", since \(Moment.ago(episode.firstSeen, now: now))")
            lines += fields.drift(episode.fields)
        }
        let open = max(application.openDrift, episodes.count)
        let shown = min(episodes.count, wide ? 50 : 10)
        if open > shown { lines.append("… \(open - shown) more") }
        return lines
    }

    private func next(_ standing: ApplicationStanding) -> [String] {
        let steps = standing.nextSteps
        guard !steps.isEmpty else { return [] }
        let width = steps.map { $0.command.utf8.count }.max() ?? 0
        return ["", style.paint("Next", .cyan)]
            + steps.map { "  \($0.command)\(String(repeating: " ", count: width - $0.command.utf8.count))   \($0.why)" }
    }

    // MARK: - Words

    private func line(_ name: String, _ text: some StringProtocol, _ color: Style.Color? = nil) -> String {
        guard !text.isEmpty else { return "" }
        return name + String(repeating: " ", count: max(1, 13 - name.utf8.count)) + style.paint(shown(String(text)), color)
    }

    private func shown(_ text: String) -> String { Printable.shortened(Printable.text(text), to: wide ? 4096 : 400) }
    private func short(_ revision: String) -> String { Printable.shortened(PlanText.short(revision: revision), to: 60) }
    private func full(_ revision: String) -> String { wide ? revision : short(revision) }

    private func revision(_ revision: String, _ application: ApplicationResource) -> String {
        guard !revision.isEmpty else { return "nothing yet" }
        let run = application.runs.first { $0.revision == revision }
        return full(revision) + (run.map { " (run \($0.id), \(Moment.ago($0.finishedAt ?? $0.startedAt, now: now)))" } ?? "")
    }
}
