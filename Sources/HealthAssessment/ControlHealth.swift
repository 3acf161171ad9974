// What watches over workloads: autoscalers and disruption budgets.

import KubernetesModel
import StructuredData

/// Metrics of new pods take a while, so what cannot be measured yet is progressing, never degraded.
let autoscalerHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    let conditions = autoscalerConditions(status)
    func condition(_ type: String) -> LiveCondition? { conditions.first { $0.type.hasSameBytes(as: type) } }
    guard let able = condition("AbleToScale") else { return HealthVerdict(.progressing, "not yet seen by its controller") }
    guard able.isTrue else { return HealthVerdict(.progressing, able.text) }
    guard let active = condition("ScalingActive") else { return HealthVerdict(.progressing, "not yet scaling") }
    if active.isTrue { return HealthVerdict(.healthy) }
    return HealthVerdict(active.reason == "ScalingDisabled" ? .suspended : .progressing, active.text)
}

/// In `autoscaling/v1` the conditions stand in an annotation.
private func autoscalerConditions(_ status: LiveStatus) -> [LiveCondition] {
    guard status.conditions.isEmpty, let text = status.object.annotation("autoscaling.alpha.kubernetes.io/conditions"),
        let list = try? JSON.read(Array(text.utf8))
    else { return status.conditions }
    return (list.array ?? []).map(LiveCondition.init)
}

/// How many disruptions are allowed is no matter of health; that it was counted is.
let disruptionBudgetHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    if status.isUnseen { return HealthVerdict(.progressing, "not yet seen by its controller") }
    if let allowed = status.condition("DisruptionAllowed"), allowed.reason == "SyncFailed" {
        return HealthVerdict(.progressing, allowed.text)
    }
    let allowed = status.count("disruptionsAllowed")
    return HealthVerdict(.healthy, "\(allowed) disruption\(allowed == 1 ? "" : "s") allowed")
}
