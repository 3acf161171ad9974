// How an Application stands, in the words of lists and of the screen that is looked at at three in the morning.

import KubernetesModel
import StructuredData

/// Told from the resource alone.
package struct ApplicationStanding: Sendable {
    /// Something that a person should look at, the worst first.
    package struct Concern: Sendable, Equatable {
        /// 0 is the worst: not Ready; then unhealthy objects, drift, and what somebody stopped on purpose.
        package var rank: Int
        package var text: String
    }

    let application: ApplicationResource
    let now: Double

    package init(_ application: ApplicationResource, now: Double) {
        self.application = application
        self.now = now
    }

    private var activeSuspension: ApplicationResource.Stop? { application.suspension.flatMap { $0.isActive(now: now) ? $0 : nil } }
    private var activePin: ApplicationResource.Stop? { application.pin.flatMap { $0.isActive(now: now) ? $0 : nil } }
    package var activeHolds: [ApplicationResource.Hold] { application.holds.filter { $0.stop.isActive(now: now) } }

    /// `Synced OutOfSync Syncing Suspended Pinned Deleting Unknown`, else the reason for which it is not Ready.
    package var sync: String {
        if application.isTerminating { return "Deleting" }
        if activeSuspension != nil { return "Suspended" }
        let isFailed = application.ready.map { $0.status == "False" && !["Pinned", "Progressing"].contains($0.reason) } ?? false
        if activePin != nil, !isFailed { return "Pinned" }
        guard let ready = application.ready else { return "Unknown" }
        if ready.reason == "Progressing" { return "Syncing" }
        switch ready.status {
        case "True": return application.openDrift > 0 || !application.pending.isEmpty ? "OutOfSync" : "Synced"
        case "False": return ready.reason.isEmpty ? "OutOfSync" : Printable.shortened(ready.reason, to: 24)
        default: return "Unknown"
        }
    }

    /// `Healthy`, as people know the words.
    package var health: String { application.health.prefix(1).uppercased() + application.health.dropFirst() }

    var syncColor: Style.Color? {
        switch sync {
        case "Synced": .green
        case "Syncing": .cyan
        case "Suspended", "Pinned", "OutOfSync", "Held", "Deleting", "DependencyNotReady": .yellow
        case "Unknown": .dim
        default: .red
        }
    }

    var healthColor: Style.Color? {
        switch application.health {
        case "healthy": .green
        case "degraded", "missing": .red
        case "progressing": .cyan
        case "suspended": .yellow
        default: .dim
        }
    }

    /// The worst first; empty where nobody needs to look.
    package var concerns: [Concern] {
        var concerns: [Concern] = []
        if application.isTerminating { concerns.append(Concern(rank: 1, text: "it is being deleted")) }
        if let ready = application.ready {
            let isStopped = (ready.reason == "Suspended" && activeSuspension != nil) || (ready.reason == "Pinned" && activePin != nil)
            if ready.status != "True", ready.reason != "Progressing", !isStopped {
                concerns.append(Concern(rank: 0, text: told(ready)))
            }
        } else if !isNew {
            concerns.append(Concern(rank: 0, text: "no controller has looked at it yet"))
        }
        if let stalled = application.condition("Stalled"), stalled.status == "True", stalled.message != application.ready?.message {
            concerns.append(Concern(rank: 0, text: "stalled: \(told(stalled))"))
        }
        if ["degraded", "missing"].contains(application.health) {
            concerns.append(Concern(rank: 1, text: "its objects are \(application.health)"))
        }
        if application.openDrift > 0 {
            let objects = application.openDrift == 1 ? "1 object differs" : "\(application.openDrift) objects differ"
            concerns.append(Concern(rank: 2, text: "\(objects) from Git"))
        }
        if let stop = activeSuspension { concerns.append(Concern(rank: 3, text: "suspended" + told(stop, of: "suspend"))) }
        if let stop = activePin {
            concerns.append(Concern(rank: 3, text: "pinned to run \(application.pinnedRun)" + told(stop, of: "pin")))
        }
        for hold in activeHolds {
            concerns.append(Concern(rank: 3, text: "\(hold.object) is held" + told(hold.stop, of: "drift")))
        }
        return concerns
    }

    /// For a column: what is the matter, in a few words.
    package var message: String {
        if let first = concerns.first { return first.text }
        if let ready = application.ready, ready.reason == "Progressing" || !application.pending.isEmpty { return ready.message }
        return ""
    }

    /// Just made: the controller may not have come by.
    private var isNew: Bool { application.created.flatMap(Moment.seconds).map { now - $0 < 60 } ?? false }

    private func told(_ condition: ApplicationResource.Condition) -> String {
        let since = condition.since.map { " for \(Moment.age($0, now: now))" } ?? ""
        let reason = condition.reason.isEmpty ? "not ready" : condition.reason
        return reason + since + (condition.message.isEmpty ? "" : ": \(condition.message)")
    }

    /// ` until 2026-… (2d left): "cert migration", written by kubectl-edit 3d ago`.
    func told(_ stop: ApplicationResource.Stop, of field: String) -> String {
        var text = stop.until.map { " until \($0) (\(Moment.left(until: $0, now: now)))" } ?? " without an end"
        if !stop.reason.isEmpty { text += ": \"\(stop.reason)\"" }
        if let writer = application.writer(of: field), !writer.manager.isEmpty {
            text += ", written by \(writer.manager)" + (writer.time.map { " \(Moment.ago($0, now: now))" } ?? "")
        }
        return text
    }

    /// One item of `ApplicationStandingList`.
    var json: Value {
        func text(_ text: String) -> Value { text.isEmpty ? .null : .string(text) }
        return [
            "application": .string(application.reference), "sync": .string(sync), "health": .string(application.health),
            "applied": text(application.applied), "pending": text(application.pending), "openDrift": .int(Int64(application.openDrift)),
            "concerns": .array(concerns.map { .string($0.text) }),
            "next": .array(nextSteps.map { ["command": .string($0.command), "why": .string($0.why)] }),
        ]
    }

    /// Commands that may be what to do next, each with why.
    package var nextSteps: [(command: String, why: String)] {
        let name = application.reference
        // The name stands in a command that is copied: it must be one word of a shell.
        guard ShellWord.isPlain(name), !application.isTerminating else { return [] }
        var steps: [(command: String, why: String)] = []
        let reason = application.ready?.status == "True" ? "" : application.ready?.reason ?? ""
        if activeSuspension != nil || activePin != nil {
            steps.append(
                ("belay resume \(name)", "ends the \(activeSuspension != nil ? "suspension" : "pin"), and newer commits are applied"))
        }
        if application.needsApproval, let digest = application.planDigest {
            steps.append(("belay approve \(name) --plan \(digest.prefix(12))", "applies exactly this plan"))
        }
        if ["Failed", "Partial", "SourceUnreachable", "NotAllowed", "InvalidSource", "RenderFailed"].contains(reason) {
            steps.append(("belay sync \(name)", "tries again now, not only at the next retry"))
            if application.runs.contains(where: { $0.phase == "succeeded" }), reason == "Failed" || reason == "Partial" {
                steps.append(("belay rollback \(name) --reason TEXT", "goes back to the last run that succeeded, and stays there"))
            }
        } else if !application.pending.isEmpty, activePin == nil, activeSuspension == nil, !application.needsApproval {
            steps.append(("belay sync \(name)", "applies \(PlanText.short(revision: application.pending)), which waits"))
        }
        if application.openDrift > 0 { steps.append(("belay drift \(name)", "shows every field, and who wrote it")) }
        if ["degraded", "missing"].contains(application.health) || application.ready == nil {
            steps.append(("belay events \(name)", "shows what the controller reported"))
        }
        return steps
    }
}

/// Words of commands that people copy into a shell.
enum ShellWord {
    /// Whether a shell takes it as one word that means itself.
    static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix("-")
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-._/:".utf8.contains(byte)
                }
            }
    }
}
