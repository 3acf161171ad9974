// What became of a request, told from an Application's status alone: decided here, without a cluster and without a clock of its own.

import KubernetesModel
import StructuredData

/// What is waited for.
package struct ApplicationGoal: Sendable, Equatable {
    /// The value of the annotation reconcile.belay.dev/requestedAt that must be answered first; nil: nothing was asked for.
    package var request: String?
    /// The generation of the spec that the status must be of, at least.
    package var generation: Int64 = 0
    /// A commit that must be applied.
    package var commit: String?
    /// A commit that is applied already, or was seen to touch nothing, is enough: no run has to come of the request.
    package var isContentWithCommit = false
    /// The controller is not asked to look: it does so by itself at some time.
    package var isWatchedOnly = false
    /// The revisions that the status knew when the controller was asked to look; nil where that is not known.
    package var before: [String]?
    /// The run that the Application is to be pinned to.
    package var pinnedRun: String?

    package init() {}
}

/// Where it stands.
package enum ApplicationVerdict: Sendable, Equatable {
    /// Not yet, and why.
    case waiting(String)
    /// It is as it should be.
    case reached(String)
    /// The commit did not touch this Application.
    case notAffected(String)
    case ended(ExitStatus, String, hint: String?)

    package var isWaiting: Bool { if case .waiting = self { true } else { false } }

    package var status: ExitStatus {
        switch self {
        case .waiting: .timedOut
        case .reached, .notAffected: .success
        case .ended(let status, _, _): status
        }
    }
}

extension ApplicationVerdict {
    package static func of(_ application: ApplicationResource, _ goal: ApplicationGoal, now: Double) -> ApplicationVerdict {
        if application.isTerminating { return .ended(.failure, "it is being deleted", hint: nil) }
        if goal.isContentWithCommit, let commit = goal.commit, isApplied(commit, application) {
            return .reached("applied \(PlanText.short(revision: application.applied))")
        }
        if let refusal = refusal(application, goal, now: now) { return refusal }
        if application.observedGeneration < goal.generation { return .waiting("the controller has not looked at the change yet") }
        if let request = goal.request, !isHandled(request, application) {
            return .waiting("the controller has not answered the request yet")
        }
        if let underWay = underWay(application) { return .waiting(underWay) }
        guard let ready = application.ready, ready.status == "True" || ready.status == "False" else {
            return .waiting("the controller has not come to a verdict yet")
        }
        if let commit = goal.commit { return verdict(application, ready, commit, goal) }
        if let run = goal.pinnedRun { return verdict(application, ready, pinnedTo: run) }
        if ready.status == "True" { return .reached(applied(application)) }
        if let request = goal.request, isDone(request, application, ready) {
            return .reached(applied(application) + "; \(PlanText.short(revision: application.pending)) waits")
        }
        return ended(application, ready)
    }

    /// Whether what the request let through is applied, and only what came after it waits.
    private static func isDone(
        _ request: String, _ application: ApplicationResource, _ ready: ApplicationResource.Condition
    ) -> Bool {
        guard ready.reason == "Held", !application.needsApproval, let run = application.runs.first, run.phase == "succeeded",
            !run.revision.isEmpty, run.revision == application.applied, let began = Moment.seconds(run.startedAt),
            let asked = Moment.seconds(request)
        else { return false }
        return began >= asked
    }

    /// That a person stopped it, which no waiting helps.
    package static func refusal(_ application: ApplicationResource, _ goal: ApplicationGoal, now: Double) -> ApplicationVerdict? {
        func until(_ stop: ApplicationResource.Stop) -> String {
            (stop.until.map { " until \($0) (\(Moment.left(until: $0, now: now)))" } ?? "")
                + (stop.reason.isEmpty ? "" : ": \(stop.reason)")
        }
        let resume = "belay resume \(application.reference) ends it"
        if let suspension = application.suspension, suspension.isActive(now: now) {
            return .ended(.refused, "it is suspended\(until(suspension))", hint: resume)
        }
        if goal.pinnedRun == nil, let pin = application.pin, pin.isActive(now: now) {
            return .ended(.refused, "it is pinned to run \(application.pinnedRun)\(until(pin))", hint: resume)
        }
        return nil
    }

    /// Whether the controller answered this request, or a later one that took its place.
    static func isHandled(_ request: String, _ application: ApplicationResource) -> Bool {
        guard let echo = application.handledRequest else { return false }
        if echo.hasSameBytes(as: request) { return true }
        if let answered = Moment.seconds(echo), let asked = Moment.seconds(request) { return answered >= asked }
        // Somebody asked anew, in words of their own.
        return application.requestedAt.map { !$0.hasSameBytes(as: request) && $0.hasSameBytes(as: echo) } ?? false
    }

    /// What goes on at the moment.
    private static func underWay(_ application: ApplicationResource) -> String? {
        let ready = application.ready
        if ready?.reason == "DependencyNotReady" {
            return "it waits for another Application" + (ready.map { $0.message.isEmpty ? "" : ": \($0.message)" } ?? "")
        }
        let reconciling = application.condition("Reconciling").flatMap { $0.status == "True" ? $0 : nil }
        let run = application.runs.first.flatMap { $0.isUnderWay ? $0 : nil }
        guard ready?.reason == "Progressing" || reconciling != nil || run != nil else { return nil }
        let message = [ready?.reason == "Progressing" ? ready?.message : nil, reconciling?.message, run?.message].compactMap { $0 }
            .first { !$0.isEmpty }
        return "a run is under way" + (run.map { " (\($0.phase))" } ?? "") + (message.map { ": \($0)" } ?? "")
    }

    // MARK: - A commit

    private static func isApplied(_ commit: String, _ application: ApplicationResource) -> Bool {
        guard ApplicationResource.isRevision(application.applied, of: commit) else { return false }
        switch application.ready?.reason {
        case "Suspended", "Pinned", "SourceUnreachable", "DependencyNotReady": return true
        case "Held", "RenderFailed":
            // Something newer waits, or cannot be read; where it is this commit itself that is held, it is not as it should be.
            let newest = application.pending.isEmpty ? application.attempted : application.pending
            return !ApplicationResource.isRevision(newest, of: commit)
        default: return application.isReady
        }
    }

    private static func verdict(
        _ application: ApplicationResource, _ ready: ApplicationResource.Condition, _ commit: String, _ goal: ApplicationGoal
    ) -> ApplicationVerdict {
        func isCommit(_ revision: String) -> Bool { ApplicationResource.isRevision(revision, of: commit) }
        let at = application.applied.isEmpty ? "nothing" : PlanText.short(revision: application.applied)
        let run = application.runs.first { isCommit($0.revision) }
        if ready.status == "True" {
            if isCommit(application.applied) { return .reached(applied(application)) }
            if isCommit(application.attempted) { return .notAffected("not affected; it stays at \(at)") }
            if isCommit(application.pending) {
                return .ended(
                    .refused, "that commit waits, and is not applied", hint: "belay status \(application.reference) says for what")
            }
            if goal.isContentWithCommit, let run, run.phase == "succeeded" {
                return .reached("applied by run \(run.id); \(at) came after it")
            }
            if run != nil || (goal.request != nil && !goal.isContentWithCommit) {
                let why =
                    run == nil
                    ? "it has applied \(at): a newer commit took over, or that commit is not on \(application.followedRef)"
                    : "\(at) took over"
                return .ended(.superseded, why, hint: nil)
            }
            if let past = past(application, commit, goal) { return past }
            let manual =
                goal.isWatchedOnly ? "; sync.mode is Manual: whether the commit touches it is known when the controller has seen it" : ""
            return .waiting("it is at \(at), and that commit was not seen yet\(manual)")
        }
        if ready.reason == "Held", !application.needsApproval, !application.pending.isEmpty, !isCommit(application.pending),
            goal.request != nil, !goal.isContentWithCommit
        {
            if isApplied(commit, application) { return .reached(applied(application)) }
            if let run, run.phase != "succeeded" {
                return .ended(
                    .failure, "it was not applied as a whole (\(run.phase)): \(ready.message)",
                    hint: "belay status \(application.reference) tells more")
            }
            return .ended(
                .superseded, "\(PlanText.short(revision: application.pending)) is there now; nothing was applied",
                hint: "belay sync \(application.reference) applies it")
        }
        if let past = past(application, commit, goal) { return past }
        if !isCommit(application.attempted), !isCommit(application.pending) {
            if run?.phase == "superseded" {
                return .ended(.superseded, "\(PlanText.short(revision: application.attempted)) took over", hint: nil)
            }
            // What failed was something else, and nobody has asked for a new look.
            if goal.request == nil { return .waiting("that commit was not seen yet (\(ready.reason): \(ready.message))") }
        }
        return ended(application, ready)
    }

    /// Whether the controller looked, as it was asked to, and has found another commit since.
    private static func past(_ application: ApplicationResource, _ commit: String, _ goal: ApplicationGoal) -> ApplicationVerdict? {
        let newest = application.pending.isEmpty ? application.attempted : application.pending
        guard goal.request != nil, goal.isContentWithCommit, !newest.isEmpty, let before = goal.before, !before.contains(newest),
            ![application.applied, application.attempted, application.pending].contains(where: {
                ApplicationResource.isRevision($0, of: commit)
            })
        else { return nil }
        return .ended(
            .superseded,
            "it is at \(PlanText.short(revision: newest)) by now: it went past that commit, or that commit is not on "
                + application.followedRef, hint: nil)
    }

    // MARK: - The end

    private static func verdict(
        _ application: ApplicationResource, _ ready: ApplicationResource.Condition, pinnedTo run: String
    ) -> ApplicationVerdict {
        guard application.pinnedRun == run else {
            return .ended(.superseded, "somebody else changed the pin meanwhile", hint: "belay status \(application.reference)")
        }
        return ready.status == "True" || ready.reason == "Pinned" ? .reached(applied(application)) : ended(application, ready)
    }

    private static func applied(_ application: ApplicationResource) -> String {
        let run = application.runs.first
        var words: [String] = []
        let order = [
            ("create", "created"), ("adopt", "adopted"), ("configure", "configured"), ("recreate", "recreated"), ("prune", "pruned"),
            ("failed", "failed"), ("blocked", "blocked"), ("unchanged", "unchanged"),
        ]
        for (name, word) in order { if let count = application.counts[name], count > 0 { words.append("\(count) \(word)") } }
        var text = application.applied.isEmpty ? "applied" : PlanText.short(revision: application.applied)
        if !words.isEmpty { text += ", " + words.joined(separator: ", ") }
        if let run, let end = run.finishedAt, Moment.span(from: run.startedAt, to: end) != "-" {
            text += " in \(Moment.span(from: run.startedAt, to: end))"
        }
        if let run, !run.id.isEmpty { text += "   run \(run.id)" }
        return text
    }

    /// Ready is False, and nothing goes on: the exit code by its reason.
    private static func ended(
        _ application: ApplicationResource, _ ready: ApplicationResource.Condition
    ) -> ApplicationVerdict {
        let newest = application.runs.first
        let message = ready.message.isEmpty ? newest?.message ?? "" : ready.message
        let text =
            "\(words[ready.reason] ?? (ready.reason.isEmpty ? "it is not ready" : ready.reason))\(message.isEmpty ? "" : ": \(message)")"
        switch ready.reason {
        case "Held":
            guard application.needsApproval else {
                let sync = application.pending.isEmpty ? "belay status \(application.reference)" : "belay sync \(application.reference)"
                return .ended(.refused, text, hint: sync)
            }
            let hint = application.planDigest.map {
                "to approve exactly this: belay approve \(application.reference) --plan \($0.prefix(12))"
            }
            return .ended(.refused, text, hint: hint)
        case "Suspended", "Pinned": return .ended(.refused, text, hint: "belay resume \(application.reference) ends it")
        case "InvalidSource", "RenderFailed": return .ended(.invalid, text, hint: nil)
        case "SourceUnreachable", "NotAllowed": return .ended(.unreachable, text, hint: nil)
        default:
            if newest?.phase == "superseded" { return .ended(.superseded, text, hint: nil) }
            return .ended(.failure, text, hint: "belay status \(application.reference) tells more")
        }
    }

    private static let words = [
        "Partial": "it was applied in part", "Failed": "it failed", "Held": "it is held", "Suspended": "it is suspended",
        "Pinned": "it is pinned", "InvalidSource": "its source is invalid", "RenderFailed": "its manifests are invalid",
        "SourceUnreachable": "its source cannot be reached", "NotAllowed": "it is not allowed",
    ]
}

extension ApplicationVerdict {
    /// The verdicts of many Applications on one commit. A commit is in one repository: who follows another one is not affected, as
    /// soon as it is known which.
    /// - Parameter applications: those that are still there, with what is waited for.
    package static func of(
        _ applications: [(application: ApplicationResource, goal: ApplicationGoal)], now: Double
    ) -> [String: ApplicationVerdict] {
        var verdicts: [String: ApplicationVerdict] = [:]
        var homes: Set<String> = []
        var repositories: Set<String> = []
        for (application, goal) in applications {
            verdicts[application.reference] = of(application, goal, now: now)
            guard let commit = goal.commit else { continue }
            let seen = [application.applied, application.attempted, application.pending] + application.runs.map(\.revision)
            if seen.contains(where: { ApplicationResource.isRevision($0, of: commit) }) {
                homes.insert(home(application))
                repositories.insert(application.repository)
            }
        }
        guard !homes.isEmpty else { return verdicts }
        for (application, goal) in applications where !homes.contains(home(application)) {
            // Only where the controller has answered: it may be about to see the commit.
            let isAnswered = goal.request.map { isHandled($0, application) } ?? false
            guard isAnswered || (goal.isWatchedOnly && !repositories.contains(application.repository)) else { continue }
            // That it is suspended or held is told all the same.
            if goal.isWatchedOnly, verdicts[application.reference]?.isWaiting != true { continue }
            verdicts[application.reference] = .notAffected(
                "not affected; it follows \(application.followedRef) of \(application.repository)")
        }
        return verdicts
    }

    private static func home(_ application: ApplicationResource) -> String { "\(application.repository)#\(application.followedRef)" }
}
