// What happens between validation and storage: addresses, protected objects, quotas of the cluster itself.

import StructuredData

extension Cluster {
    mutating func admitCreate(_ object: inout Value, _ kind: ServedKind, isDryRun: Bool) throws(Failure) {
        if kind.collection == "pods" { try admitPod(&object) }
        guard kind.collection == "services" else { return }
        var addresses = serviceAddresses
        let causes = addresses.allocate(&object)
        if !causes.isEmpty { throw .invalid(kind.resource, object.at("metadata", "name")?.string ?? "", causes) }
        if isDryRun { serviceAddresses.pass(addresses) } else { serviceAddresses = addresses }
    }

    mutating func admitUpdate(_ object: inout Value, live: Value, _ kind: ServedKind, isDryRun: Bool) throws(Failure) {
        guard kind.collection == "services", object["spec"] != live["spec"] else { return }
        var addresses = serviceAddresses
        addresses.release(live)
        let causes = addresses.allocate(&object)
        if !causes.isEmpty { throw .invalid(kind.resource, object.at("metadata", "name")?.string ?? "", causes) }
        if isDryRun { serviceAddresses.pass(addresses) } else { serviceAddresses = addresses }
    }

    /// Priority and the tolerations that every pod gets.
    private func admitPod(_ pod: inout Value) throws(Failure) {
        let className = pod.at("spec", "priorityClassName")?.string ?? ""
        var priority: Value = 0
        var preemption: Value = "PreemptLowerPriority"
        if !className.isEmpty {
            guard let found = store.object("scheduling.k8s.io/priorityclasses", StoreKey(namespace: "", name: className)) else {
                guard let pods = kind(group: "", version: "v1", resource: "pods") else { return }
                throw .forbidden(
                    pods.resource, pod.at("metadata", "name")?.string ?? "", "no PriorityClass with name \(className) was found")
            }
            priority = found["value"] ?? 0
            preemption = found["preemptionPolicy"] ?? preemption
        }
        pod.set(priority, at: ["spec", "priority"])
        if pod.at("spec", "preemptionPolicy") == nil { pod.set(preemption, at: ["spec", "preemptionPolicy"]) }
        var tolerations = pod.at("spec", "tolerations")?.array ?? []
        for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            let isCovered = tolerations.contains { toleration in
                let matchesKey = toleration["key"]?.string == key || (toleration["key"]?.string ?? "").isEmpty
                return matchesKey && ["NoExecute", ""].contains(toleration["effect"]?.string ?? "")
            }
            if !isCovered {
                tolerations.append(["key": .string(key), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300])
            }
        }
        pod.set(.array(tolerations), at: ["spec", "tolerations"])
    }

    func admitDelete(_ object: Value, _ kind: ServedKind) throws(Failure) {
        let name = object.at("metadata", "name")?.string ?? ""
        if kind.collection == "namespaces", ["default", "kube-system", "kube-public"].contains(name) {
            throw .forbidden(kind.resource, name, "this namespace may not be deleted")
        }
    }
}
