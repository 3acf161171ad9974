// What people decided about an Application, as its resource shows it: kept in the journal when it changes, since the resource forgets.

import Journal
import KubernetesModel

/// Suspension, pin, holds, wishes and approvals of one Application at one moment.
struct Decisions: Sendable, Equatable {
    private var suspend: Application.Suspension?
    private var pin: Application.Pin?
    private var holds: [Application.Hold]
    private var request: String?
    private var approval: String?

    private init(
        suspend: Application.Suspension?, pin: Application.Pin?, holds: [Application.Hold], request: String?, approval: String?
    ) {
        self.suspend = suspend
        self.pin = pin
        self.holds = holds
        self.request = request
        self.approval = approval
    }

    init(_ application: Application, request: String?, approval: String?) {
        self.init(
            suspend: application.suspend, pin: application.pin, holds: application.drift.holds, request: request, approval: approval)
    }

    /// The action of a wish; its detail is the wish's own text.
    static let wish = "sync"

    struct Note: Equatable {
        var action: String
        var reason = ""
        var detail = ""
    }

    /// What was decided since.
    func notes(since old: Decisions) -> [Note] {
        var notes: [Note] = []
        if suspend != old.suspend {
            notes.append(
                suspend.map { Note(action: "suspend", reason: $0.reason, detail: Decisions.end($0.until)) } ?? Note(action: "resume"))
        }
        if pin != old.pin {
            notes.append(
                pin.map { Note(action: "rollback", reason: $0.reason, detail: "run \($0.run) \(Decisions.end($0.until))") }
                    ?? Note(action: "unpin", detail: old.pin.map { "run \($0.run)" } ?? ""))
        }
        for hold in holds where !old.holds.contains(hold) {
            notes.append(Note(action: "hold", reason: hold.reason, detail: "\(hold.kind) \(hold.name) \(Decisions.end(hold.until))"))
        }
        for hold in old.holds where !holds.contains(hold) {
            notes.append(Note(action: "release", reason: hold.reason, detail: "\(hold.kind) \(hold.name)"))
        }
        if let request, request != old.request { notes.append(Note(action: Decisions.wish, detail: request)) }
        if let approval, approval != old.approval { notes.append(Note(action: "approve", detail: approval)) }
        return notes
    }

    /// What was decided while nobody looked: what holds now, and what does not hold any more, of which the journal knows nothing.
    /// - Parameters:
    ///   - audit: newest first.
    ///   - handled: the wish that was acted on last.
    func notes(missingIn audit: [AuditEntry], handled: String?) -> [Note] {
        let nothing = Decisions(suspend: nil, pin: nil, holds: [], request: handled, approval: nil)
        func last(_ actions: String...) -> AuditEntry? { audit.first { actions.contains($0.action) } }
        var notes = notes(since: nothing).filter { note in
            // What was ended and decided anew in the same words is another decision.
            let known: [AuditEntry]
            switch note.action {
            case "suspend": known = last("suspend", "resume").map { [$0] } ?? []
            case "rollback": known = last("rollback", "unpin").map { [$0] } ?? []
            default: known = audit
            }
            return !known.contains { $0.action == note.action && $0.reason == note.reason && $0.detail == note.detail }
        }
        if suspend == nil, last("suspend", "resume")?.action == "suspend" { notes.append(Note(action: "resume")) }
        if pin == nil, last("rollback", "unpin")?.action == "rollback" { notes.append(Note(action: "unpin")) }
        return notes
    }

    private static func end(_ until: String?) -> String { until.map { "until \($0)" } ?? "without an end" }
}
