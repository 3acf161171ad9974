// Pods and Jobs: what runs to an end is healthy once it ended well.

import StructuredData

let podHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    let phase = status.status["phase"]?.string ?? ""
    switch phase {
    case "Succeeded": return HealthVerdict(.healthy, "completed")
    case "Failed": return HealthVerdict(.degraded, failure(of: status))
    case "Running", "Pending", "": break
    case "Unknown": return HealthVerdict(.unknown, "the node does not answer")
    default: return HealthVerdict(.unknown, "the pod's phase is not known here")
    }
    if let stuck = containers(of: status).lazy.compactMap(stuckMessage).first { return HealthVerdict(.degraded, stuck) }
    if phase == "Running" {
        let restarts = status.spec["restartPolicy"]?.string ?? "Always"
        if let ready = status.condition("Ready"), ready.isTrue {
            return restarts == "Always" ? HealthVerdict(.healthy) : HealthVerdict(.progressing, "running to its end")
        }
        return HealthVerdict(.progressing, status.condition("Ready")?.text ?? "not yet ready")
    }
    if let scheduled = status.condition("PodScheduled"), scheduled.isFalse { return HealthVerdict(.progressing, scheduled.text) }
    return HealthVerdict(.progressing, phase.isEmpty ? "not yet seen by its node" : "starting")
}

let jobHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    for type in ["Failed", "FailureTarget"] {
        if let failed = status.condition(type), failed.isTrue { return HealthVerdict(.degraded, failed.text) }
    }
    if let complete = status.condition("Complete"), complete.isTrue { return HealthVerdict(.healthy, "completed") }
    if status.spec["suspend"]?.bool ?? false { return HealthVerdict(.suspended, "suspended") }
    if status.status["startTime"] == nil { return HealthVerdict(.progressing, "not yet started") }
    let wanted = status.spec["completions"]?.int.map { " of \($0)" } ?? ""
    let failed = status.count("failed")
    return HealthVerdict(
        .progressing,
        "running: \(status.count("succeeded"))\(wanted) completed, \(status.count("active")) active"
            + (failed > 0 ? ", \(failed) failed" : ""))
}

let cronJobHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    status.spec["suspend"]?.bool ?? false ? HealthVerdict(.suspended, "suspended") : HealthVerdict(.healthy)
}

private func containers(of status: LiveStatus) -> [Value] {
    ["initContainerStatuses", "containerStatuses"].flatMap { status.status[$0]?.array ?? [] }
}

/// Why a container cannot start: reasons that the kubelet repeats until somebody changes something.
private func stuckMessage(_ container: Value) -> String? {
    guard let waiting = container.at("state", "waiting"), let reason = waiting["reason"]?.string else { return nil }
    guard reason.hasPrefix("Err") || reason.hasSuffix("Error") || reason.hasSuffix("BackOff") || reason == "InvalidImageName" else {
        return nil
    }
    let message = waiting["message"]?.string ?? ""
    return "container \(container["name"]?.string ?? "?"): \(reason)" + (message.isEmpty ? "" : ": \(message)")
}

private func failure(of status: LiveStatus) -> String {
    if let message = status.status["message"]?.string, !message.isEmpty { return message }
    for container in containers(of: status) {
        guard let ended = container.at("state", "terminated"), let code = ended["exitCode"]?.int, code != 0 else { continue }
        return "container \(container["name"]?.string ?? "?") ended with exit code \(code)"
            + (ended["reason"]?.string.map { " (\($0))" } ?? "")
    }
    return status.status["reason"]?.string ?? "failed"
}
