// ReplicaSets and ReplicationControllers: as many pods as they ask for.

import StructuredData

/// The pods of one owner, as its status counts them.
struct PodCounts {
    var pods: [(place: ObjectPlace, value: Value)]

    static func isReady(_ pod: Value) -> Bool {
        (pod.at("status", "conditions")?.array ?? []).contains { $0["type"] == "Ready" && $0["status"] == "True" }
    }

    var active: [(place: ObjectPlace, value: Value)] {
        pods.filter {
            $0.value.at("metadata", "deletionTimestamp") == nil
                && !["Succeeded", "Failed"].contains($0.value.at("status", "phase")?.string ?? "")
        }
    }
    var ready: Int { active.filter { PodCounts.isReady($0.value) }.count }
    var terminating: Int { pods.filter { $0.value.at("metadata", "deletionTimestamp") != nil }.count }
}

extension Cluster {
    func pods(of uid: String) -> PodCounts {
        PodCounts(
            pods: controllers.dependents(of: uid).filter { $0.collection == "pods" }.compactMap { place in
                store.object("pods", place.key).map { (place, $0) }
            })
    }

    /// A pod from a template, controlled by `owner`.
    @discardableResult
    mutating func makePod(for owner: Value, template: Value, name: String? = nil, labels: Object = Object()) -> Value? {
        var pod = template
        let ownerName = owner.at("metadata", "name")?.string ?? ""
        if let name {
            pod.set(.string(name), at: ["metadata", "name"])
        } else {
            pod.set(.string(ownerName + "-"), at: ["metadata", "generateName"])
        }
        pod.set(owner.at("metadata", "namespace"), at: ["metadata", "namespace"])
        for label in labels { pod.set(label.value, at: ["metadata", "labels", label.key]) }
        pod.set([Cluster.reference(to: owner)], at: ["metadata", "ownerReferences"])
        return make("pods", pod)
    }

    static func reference(to owner: Value) -> Value {
        [
            "apiVersion": owner["apiVersion"] ?? "", "kind": owner["kind"] ?? "", "name": owner.at("metadata", "name") ?? "",
            "uid": owner.at("metadata", "uid") ?? "", "controller": true, "blockOwnerDeletion": true,
        ]
    }

    mutating func keepReplicas(_ place: ObjectPlace, _ owner: Value) {
        guard let uid = owner.at("metadata", "uid")?.string else { return }
        let isTerminating = owner.at("metadata", "deletionTimestamp") != nil
        let wanted = Int(clamping: owner.at("spec", "replicas")?.int ?? 1)
        if !isTerminating {
            let active = pods(of: uid).active
            if active.count < wanted {
                // In portions, so that one round stays short.
                for _ in 0..<min(wanted - active.count, 500) { makePod(for: owner, template: owner.at("spec", "template") ?? [:]) }
            } else if active.count > wanted {
                // Those that are not ready go first, then the youngest.
                let order = active.sorted { left, right in
                    let a = PodCounts.isReady(left.value)
                    let b = PodCounts.isReady(right.value)
                    if a != b { return !a }
                    let l = left.value.at("metadata", "creationTimestamp")?.string ?? ""
                    let r = right.value.at("metadata", "creationTimestamp")?.string ?? ""
                    return l == r ? right.place.key < left.place.key : l > r
                }
                for pod in order.prefix(active.count - wanted) { drop(pod.place) }
            }
        }
        let counts = pods(of: uid)
        write(place, subresource: "status") { value in
            func set(_ field: String, _ count: Int, keepsZero: Bool = false) {
                value.set(count == 0 && !keepsZero ? nil : .int(Int64(count)), at: ["status", field])
            }
            set("replicas", counts.active.count, keepsZero: true)
            set("fullyLabeledReplicas", counts.active.count)
            set("readyReplicas", counts.ready)
            set("availableReplicas", counts.ready)
            if place.collection == "apps/replicasets" { set("terminatingReplicas", counts.terminating, keepsZero: true) }
            value.set(value.at("metadata", "generation"), at: ["status", "observedGeneration"])
        }
    }
}
