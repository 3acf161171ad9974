// The status of an Application: what its controller last did and saw, as one value under 10 KB.

import HealthAssessment
import Journal
import KubernetesModel
import StructuredData

/// What is to be said of one Application; contracts of its fields stand in docs/reference/application.md.
struct ApplicationStatus: Sendable {
    /// `Ready`, with a word and a sentence.
    struct Readiness: Sendable, Equatable {
        enum Reason: String, Sendable {
            case succeeded = "Succeeded", progressing = "Progressing", partial = "Partial", failed = "Failed", held = "Held"
            case suspended = "Suspended", pinned = "Pinned", invalidSource = "InvalidSource", renderFailed = "RenderFailed"
            case sourceUnreachable = "SourceUnreachable", dependencyNotReady = "DependencyNotReady", notAllowed = "NotAllowed"
        }
        var isReady: Bool
        var reason: Reason
        var message: String
        /// Nothing changes until a person does something.
        var isStalled = false
    }

    var generation: Int64?
    var readiness: Readiness
    var isReconciling = false
    var handledRequest: String?
    var attemptedRevision: String?
    var appliedRevision: String?
    var pendingRevision: String?
    var health: HealthVerdict?
    var openDrift = 0
    /// nil: what was said of it stands, as long as there is any.
    var drift: String?
    var members: Int?
    var planDigest: String?
    var counts: [String: Int]?
    var runs: [SyncRun] = []

    /// - Parameters:
    ///   - previous: what the resource says now; times of conditions that stay are kept, and so is what is not known anew.
    ///   - now: RFC 3339.
    func value(previous: Value, now: String) -> Value {
        var status = Object()
        func set(_ name: String, _ value: Value?) { status[name] = value ?? previous[name] }
        set("observedGeneration", generation.map { .int($0) })
        set("lastHandledReconcileAt", handledRequest.map { .string($0) })
        set("lastAttemptedRevision", attemptedRevision.map { .string($0) })
        set("lastAppliedRevision", appliedRevision.map { .string($0) })
        status["pendingRevision"] = pendingRevision.map { .string($0) }
        set("health", health.map { .string($0.health.rawValue) })
        status["openDrift"] = .int(Int64(openDrift))
        set("members", members.map { .int(Int64($0)) })
        set("planDigest", planDigest.map { .string($0) })
        set("counts", counts.map(ApplicationStatus.counts))
        if runs.isEmpty { set("runs", nil) } else { status["runs"] = .array(runs.prefix(10).map(ApplicationStatus.run)) }
        let old = previous["conditions"]?.array ?? []
        let said = old.first { $0["type"] == "Drifted" && $0["status"] == "True" }?["message"]?.string
        var conditions = [
            condition("Ready", readiness.isReady, readiness.reason.rawValue, readiness.message),
            condition(
                "Reconciling", isReconciling, isReconciling ? "Progressing" : "Idle", isReconciling ? readiness.message : ""),
            condition(
                "Stalled", readiness.isStalled, readiness.isStalled ? readiness.reason.rawValue : "NotStalled",
                readiness.isStalled ? readiness.message : ""),
            condition(
                "Drifted", openDrift > 0, openDrift > 0 ? "DriftFound" : "NoDrift", openDrift > 0 ? drift ?? said ?? "" : ""),
        ]
        for index in conditions.indices {
            let twin = old.first { $0["type"] == conditions[index]["type"] && $0["status"] == conditions[index]["status"] }
            conditions[index].set(twin?["lastTransitionTime"] ?? .string(now), at: ["lastTransitionTime"])
        }
        status["conditions"] = .array(conditions)
        return .object(bounded(status))
    }

    /// All of it together stays under 10 KB: the oldest runs go first.
    private func bounded(_ status: Object) -> Object {
        var status = status
        while CanonicalJSON.bytes(of: .object(status)).count > 10_000, var runs = status["runs"]?.array, runs.count > 1 {
            runs.removeLast()
            status["runs"] = .array(runs)
        }
        return status
    }

    private func condition(_ type: String, _ isTrue: Bool, _ reason: String, _ message: String) -> Value {
        var condition: Object = [
            "type": .string(type), "status": isTrue ? "True" : "False", "reason": .string(reason),
            "message": .string(ApplicationStatus.condition(message)),
        ]
        condition["observedGeneration"] = generation.map { .int($0) }
        return .object(condition)
    }

    private static let countNames = [
        "create", "adopt", "configure", "recreate", "prune", "unchanged", "skip", "blocked", "failed",
    ]

    private static func counts(_ counts: [String: Int]) -> Value {
        .object(Object(uniqueEntries: countNames.map { Object.Entry(key: $0, value: .int(Int64(counts[$0] ?? 0))) }))
    }

    private static func run(_ run: SyncRun) -> Value {
        var value: Object = [
            "id": .string(run.id), "revision": .string(short(run.revision, 200)), "phase": .string(run.phase.rawValue),
            "trigger": .string(short(run.trigger, 60)), "startedAt": .string(run.startedAt),
        ]
        value["finishedAt"] = run.finishedAt.map { .string($0) }
        if let text = run.outcome ?? run.message, !text.isEmpty { value["message"] = .string(short(text, 200)) }
        return .object(value)
    }

    /// A message as a condition has it.
    static func condition(_ message: String) -> String { short(message, 1000) }

    /// At most so many bytes, at the end of a character.
    static func short(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        var kept = ""
        var count = 0
        for character in text {
            count += character.utf8.count
            if count > limit - 3 { break }
            kept.append(character)
        }
        return kept + "…"
    }
}
