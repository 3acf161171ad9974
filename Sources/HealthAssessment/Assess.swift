// From a live object to its health: what holds for every kind first, then the rule of the kind.

package import KubernetesModel
import StructuredData

/// The health of a live object by its own fields; no clock, no other object but a claim's storage class.
///
/// The rules follow kstatus, except that a running Job is progressing, a failed Pod degraded, a Service of type LoadBalancer
/// progressing until it has an address, and an OnDelete rollout healthy when what it has is ready. Where kstatus takes time into
/// account (a Pod that no node takes for 15 s), it is progressing here, and whoever waits has a deadline.
///
/// - Parameters:
///   - rules: what the Application says of kinds without a rule of ours (`spec.health.rules`); they win.
///   - storageClass: of a PersistentVolumeClaim, where it is known: it says whether a claim is bound before a pod uses it.
package func assess(
    _ object: Unstructured, rules: [Application.HealthRule] = [], storageClass: Unstructured? = nil
) -> HealthVerdict {
    if object.isTerminating { return HealthVerdict(.progressing, deletionMessage(of: object)) }
    let status = LiveStatus(object)
    if let observed = status.observedGeneration, let generation = object.generation, observed != generation {
        return HealthVerdict(.progressing, "the newest change has not been seen by its controller", isUnseen: true)
    }
    let groupKind = object.groupVersionKind?.groupKind ?? GroupKind(group: "", kind: object.kind)
    if let rule = rules.first(where: { $0.group.hasSameBytes(as: groupKind.group) && $0.kind.hasSameBytes(as: groupKind.kind) }) {
        return byRule(rule, status)
    }
    if let stalled = status.condition("Stalled"), stalled.isTrue { return HealthVerdict(.degraded, stalled.text) }
    if let reconciling = status.condition("Reconciling"), reconciling.isTrue { return HealthVerdict(.progressing, reconciling.text) }
    if let storageClass, groupKind == .persistentVolumeClaim { return claimHealth(status, storageClass) }
    return (healthRules[groupKind] ?? byReadyCondition)(status)
}

/// Keyed by group and kind; every other kind goes by its condition `Ready`.
private let healthRules: [GroupKind: @Sendable (LiveStatus) -> HealthVerdict] = [
    GroupKind(group: "apps", kind: "Deployment"): deploymentHealth,
    GroupKind(group: "apps", kind: "StatefulSet"): statefulSetHealth,
    GroupKind(group: "apps", kind: "DaemonSet"): daemonSetHealth,
    GroupKind(group: "apps", kind: "ReplicaSet"): replicaSetHealth,
    .replicationController: replicaSetHealth,
    .pod: podHealth,
    .job: jobHealth,
    GroupKind(group: "batch", kind: "CronJob"): cronJobHealth,
    .persistentVolumeClaim: { claimHealth($0, nil) },
    .persistentVolume: volumeHealth,
    .service: serviceHealth,
    .namespace: namespaceHealth,
    GroupKind(group: "networking.k8s.io", kind: "Ingress"): ingressHealth,
    .horizontalPodAutoscaler: autoscalerHealth,
    GroupKind(group: "policy", kind: "PodDisruptionBudget"): disruptionBudgetHealth,
    .customResourceDefinition: definitionHealth,
    .apiService: apiServiceHealth,
]

/// kstatus' rule for kinds that it does not know: without a condition `Ready` there is nothing to wait for.
private let byReadyCondition: @Sendable (LiveStatus) -> HealthVerdict = { status in
    guard let ready = status.condition("Ready") else { return HealthVerdict(.healthy) }
    if let observed = ready.observedGeneration, let generation = status.object.generation, observed < generation {
        return HealthVerdict(.progressing, "its condition Ready is of an older generation")
    }
    return ready.isTrue ? HealthVerdict(.healthy) : HealthVerdict(.progressing, ready.text)
}

private func byRule(_ rule: Application.HealthRule, _ status: LiveStatus) -> HealthVerdict {
    func holds(_ match: Application.ConditionMatch) -> Bool {
        guard let condition = status.condition(match.type), condition.status.hasSameBytes(as: match.status.rawValue) else { return false }
        return match.reason.map { $0.hasSameBytes(as: condition.reason) } ?? true
    }
    if let degraded = rule.degraded.first(where: holds) {
        return HealthVerdict(.degraded, status.condition(degraded.type)?.text ?? "")
    }
    guard let open = rule.healthy.first(where: { !holds($0) }) else { return HealthVerdict(.healthy) }
    return HealthVerdict(.progressing, status.condition(open.type)?.text ?? "there is no condition \(open.type) yet")
}

private func deletionMessage(of object: Unstructured) -> String {
    let finalizers = (object.value.at("metadata", "finalizers")?.array ?? []).compactMap(\.string)
    // What a namespace still has, and what keeps it from going, stands in its conditions.
    let held = object.kind == "Namespace" ? LiveStatus(object).conditions.filter { $0.isTrue && !$0.message.isEmpty } : []
    if !held.isEmpty { return "being deleted: \(held.map(\.message).joined(separator: "; "))" }
    return finalizers.isEmpty ? "being deleted" : "being deleted, waits for \(finalizers.map(quotedForPeople).joined(separator: ", "))"
}
