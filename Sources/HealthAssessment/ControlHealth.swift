// What watches over workloads: autoscalers and disruption budgets.

import KubernetesModel
import StructuredData

/// Without metrics it still keeps its least and its most, so what cannot be measured is told and holds up nobody; nor does a cluster
/// without its controller.
let autoscalerHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    let conditions = autoscalerConditions(status)
    func condition(_ type: String) -> LiveCondition? { conditions.first { $0.type.hasSameBytes(as: type) } }
    guard let able = condition("AbleToScale") else { return HealthVerdict(.healthy, "not yet seen by its controller") }
    guard able.isTrue else { return HealthVerdict(.progressing, able.text) }
    guard let active = condition("ScalingActive"), !active.isTrue else { return HealthVerdict(.healthy) }
    return HealthVerdict(active.reason == "ScalingDisabled" ? .suspended : .healthy, active.text)
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
    if status.isUnseen {
        return HealthVerdict(status.observedGeneration == nil ? .healthy : .progressing, "not yet seen by its controller")
    }
    if let allowed = status.condition("DisruptionAllowed"), allowed.reason == "SyncFailed" {
        return HealthVerdict(.progressing, allowed.text)
    }
    let allowed = status.count("disruptionsAllowed")
    return HealthVerdict(.healthy, "\(allowed) disruption\(allowed == 1 ? "" : "s") allowed")
}
