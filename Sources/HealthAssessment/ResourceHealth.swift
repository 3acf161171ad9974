// Storage, services, namespaces and what extends the API.

import KubernetesModel
import StructuredData

let claimHealth: @Sendable (LiveStatus, _ storageClass: Unstructured?) -> HealthVerdict = { status, storageClass in
    switch status.status["phase"]?.string {
    case "Bound": return HealthVerdict(.healthy, "bound")
    case "Lost": return HealthVerdict(.degraded, "its volume is lost")
    default: break
    }
    let waitsForPod = storageClass?.value["volumeBindingMode"]?.string == "WaitForFirstConsumer"
    // The scheduler puts the annotation when a pod uses the claim: from then on it is being bound.
    if waitsForPod, status.object.annotation("volume.kubernetes.io/selected-node") == nil {
        return HealthVerdict(.healthy, "bound when the first pod uses it, as its storage class says")
    }
    return HealthVerdict(.progressing, "waits for a volume" + (storageClass == nil ? claimHint : ""))
}

private let claimHint = " (or, where its storage class says so, for the first pod that uses it)"

let volumeHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    switch status.status["phase"]?.string {
    case "Failed": HealthVerdict(.degraded, status.status["message"]?.string ?? "failed")
    case "Pending": HealthVerdict(.progressing, "not yet available")
    default: HealthVerdict(.healthy)
    }
}

let serviceHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    guard status.spec["type"]?.string == "LoadBalancer" else { return HealthVerdict(.healthy) }
    let addresses = (status.status.at("loadBalancer", "ingress")?.array ?? []).compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }
    return addresses.isEmpty
        ? HealthVerdict(.progressing, "waits for an address of the load balancer")
        : HealthVerdict(.healthy, addresses.joined(separator: ", "))
}

/// Many ingress controllers write no address at all, so it is not waited for.
let ingressHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    let addresses = (status.status.at("loadBalancer", "ingress")?.array ?? []).compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }
    return HealthVerdict(.healthy, addresses.joined(separator: ", "))
}

let namespaceHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    status.status["phase"]?.string == "Terminating" ? HealthVerdict(.progressing, "being deleted") : HealthVerdict(.healthy)
}

let definitionHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    if let accepted = status.condition("NamesAccepted"), accepted.isFalse { return HealthVerdict(.degraded, accepted.text) }
    guard let established = status.condition("Established") else { return HealthVerdict(.progressing, "not yet established") }
    if established.isTrue { return HealthVerdict(.healthy, "established") }
    return HealthVerdict(established.isFalse && established.reason != "Installing" ? .degraded : .progressing, established.text)
}

let apiServiceHealth: @Sendable (LiveStatus) -> HealthVerdict = { status in
    guard let available = status.condition("Available") else { return HealthVerdict(.progressing, "not yet looked at") }
    return available.isTrue ? HealthVerdict(.healthy) : HealthVerdict(.progressing, available.text)
}
