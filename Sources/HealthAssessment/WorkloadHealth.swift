// The kinds that keep a number of pods: are those that were asked for there, new and ready?

import StructuredData

let deploymentHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    if status.spec["paused"]?.bool ?? false { return HealthVerdict(.suspended, "the rollout is paused") }
    if status.isUnseen { return unseen }
    if let progressing = status.condition("Progressing"), progressing.reason == "ProgressDeadlineExceeded" {
        return HealthVerdict(.degraded, progressing.text)
    }
    let wanted = status.wantedReplicas
    let updated = status.count("updatedReplicas")
    if updated < wanted {
        let failure = status.condition("ReplicaFailure").flatMap { $0.isTrue ? ": \($0.text)" : nil } ?? ""
        return HealthVerdict(.progressing, "\(updated) of \(wanted) replicas are updated\(failure)")
    }
    let total = status.count("replicas")
    if total > updated { return HealthVerdict(.progressing, "\(amount(total &- updated, "old replica")) still to go") }
    let ready = status.count("readyReplicas")
    if ready < wanted { return HealthVerdict(.progressing, "\(ready) of \(wanted) replicas are ready") }
    let available = status.count("availableReplicas")
    if available < wanted { return HealthVerdict(.progressing, "\(available) of \(wanted) replicas are available") }
    if let condition = status.condition("Available"), !condition.isTrue { return HealthVerdict(.progressing, condition.text) }
    return HealthVerdict(.healthy, settled(wanted))
}

let replicaSetHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    if status.isUnseen { return unseen }
    let wanted = status.wantedReplicas
    // A full quota, or an account that is not there yet, may pass: the controller tries again.
    let failure = status.condition("ReplicaFailure").flatMap { $0.isTrue ? ": \($0.text)" : nil } ?? ""
    let total = status.count("replicas")
    if total > wanted { return HealthVerdict(.progressing, "\(amount(total &- wanted, "replica")) too many still to go") }
    for (field, word) in [
        ("replicas", "there"), ("fullyLabeledReplicas", "labelled"), ("readyReplicas", "ready"), ("availableReplicas", "available"),
    ] {
        let count = status.count(field)
        if count < wanted { return HealthVerdict(.progressing, "\(count) of \(wanted) replicas are \(word)\(failure)") }
    }
    return HealthVerdict(.healthy, settled(wanted))
}

let statefulSetHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    if status.isUnseen { return unseen }
    let wanted = status.wantedReplicas
    let total = status.count("replicas")
    let ready = status.count("readyReplicas")
    if total < wanted { return HealthVerdict(.progressing, "\(total) of \(wanted) replicas are there") }
    if ready < wanted { return HealthVerdict(.progressing, "\(ready) of \(wanted) replicas are ready") }
    if total > wanted { return HealthVerdict(.progressing, "\(amount(total &- wanted, "replica")) too many still to go") }
    let available = status.count("availableReplicas")
    if status.spec["minReadySeconds"]?.int ?? 0 > 0, available < wanted {
        return HealthVerdict(.progressing, "\(available) of \(wanted) replicas are available")
    }
    let strategy = status.spec["updateStrategy"]
    if strategy?["type"]?.string == "OnDelete" { return HealthVerdict(.healthy, settled(wanted)) }
    let updated = status.count("updatedReplicas")
    if let partition = strategy?.at("rollingUpdate", "partition")?.int, partition > 0 {
        let share = max(0, wanted.subtractingReportingOverflow(partition).partialValue)
        return updated < share
            ? HealthVerdict(.progressing, "\(updated) of \(share) replicas beyond the partition are updated")
            : HealthVerdict(.healthy, settled(wanted))
    }
    let current = status.status["currentRevision"]?.string ?? ""
    let update = status.status["updateRevision"]?.string ?? ""
    if !current.hasSameBytes(as: update) { return HealthVerdict(.progressing, "\(updated) of \(wanted) replicas are updated") }
    return HealthVerdict(.healthy, settled(wanted))
}

let daemonSetHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    if status.isUnseen || status.status["desiredNumberScheduled"] == nil { return unseen }
    let wanted = status.count("desiredNumberScheduled")
    var steps = [("currentNumberScheduled", "scheduled"), ("numberReady", "ready"), ("numberAvailable", "available")]
    if status.spec.at("updateStrategy", "type")?.string != "OnDelete" { steps.insert(("updatedNumberScheduled", "updated"), at: 1) }
    for (field, word) in steps {
        let count = status.count(field)
        if count < wanted { return HealthVerdict(.progressing, "\(count) of \(wanted) pods are \(word)") }
    }
    return HealthVerdict(.healthy, "\(amount(wanted, "pod")) ready")
}

private let unseen = HealthVerdict(.progressing, "not yet seen by its controller", isUnseen: true)

private func settled(_ count: Int64) -> String { count == 0 ? "scaled to 0" : "\(amount(count, "replica")) ready" }

private func amount(_ count: Int64, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
