// StatefulSets, DaemonSets and Jobs in their simple course, load balancers, volumes.

import StructuredData

extension Cluster {
    // MARK: StatefulSets

    /// Pods by number, one after the other; a changed template replaces them from the last to the first.
    mutating func keepStatefulSet(_ place: ObjectPlace, _ owner: Value) {
        guard let uid = owner.at("metadata", "uid")?.string, owner.at("metadata", "deletionTimestamp") == nil else { return }
        let wanted = Int(clamping: owner.at("spec", "replicas")?.int ?? 1)
        let template = owner.at("spec", "template") ?? [:]
        let revision = "\(place.key.name)-\(Digest(of: template).short.prefix(10))"
        let isParallel = owner.at("spec", "podManagementPolicy") == "Parallel"
        let present = Dictionary(pods(of: uid).pods.map { ($0.place.key.name, $0) }) { first, _ in first }
        func name(_ number: Int) -> String { "\(place.key.name)-\(number)" }
        func isCurrent(_ pod: Value) -> Bool { pod.at("metadata", "labels")?["controller-revision-hash"]?.string == revision }
        var isWaiting = false
        for number in 0..<min(wanted, 1000) where !isWaiting || isParallel {
            guard let pod = present[name(number)] else {
                let labels: Object = [
                    "controller-revision-hash": .string(revision), "statefulset.kubernetes.io/pod-name": .string(name(number)),
                    "apps.kubernetes.io/pod-index": .string(String(number)),
                ]
                claimVolumes(owner, name(number))
                makePod(for: owner, template: template, name: name(number), labels: labels)
                isWaiting = true
                continue
            }
            if !PodCounts.isReady(pod.value) { isWaiting = true }
        }
        let surplus = present.values.filter { Int($0.place.key.name.split(separator: "-").last ?? "").map { $0 >= wanted } ?? false }
        for pod in surplus where pod.value.at("metadata", "deletionTimestamp") == nil { drop(pod.place) }
        if !isWaiting, owner.at("spec", "updateStrategy", "type") != "OnDelete" {
            let partition = Int(clamping: owner.at("spec", "updateStrategy", "rollingUpdate", "partition")?.int ?? 0)
            let outdated = (0..<min(wanted, 1000)).reversed().first { number in
                number >= partition && present[name(number)].map { !isCurrent($0.value) } ?? false
            }
            if let pod = outdated.flatMap({ present[name($0)] }), pod.value.at("metadata", "deletionTimestamp") == nil { drop(pod.place) }
        }
        let counts = pods(of: uid)
        let current = counts.active.filter { isCurrent($0.value) }.count
        write(place, subresource: "status") { value in
            func set(_ field: String, _ count: Int, keepsZero: Bool = false) {
                value.set(count == 0 && !keepsZero ? nil : .int(Int64(count)), at: ["status", field])
            }
            set("replicas", counts.active.count, keepsZero: true)
            set("readyReplicas", counts.ready)
            set("availableReplicas", counts.ready, keepsZero: true)
            set("currentReplicas", current)
            set("updatedReplicas", current)
            set("collisionCount", 0, keepsZero: true)
            if current == wanted || value.at("status", "currentRevision") == nil {
                value.set(.string(revision), at: ["status", "currentRevision"])
            }
            value.set(.string(revision), at: ["status", "updateRevision"])
            value.set(value.at("metadata", "generation"), at: ["status", "observedGeneration"])
        }
    }

    private mutating func claimVolumes(_ owner: Value, _ podName: String) {
        for template in owner.at("spec", "volumeClaimTemplates")?.array ?? [] {
            var claim = template
            let name = "\(template.at("metadata", "name")?.string ?? "")-\(podName)"
            let namespace = owner.at("metadata", "namespace")
            let key = StoreKey(namespace: namespace?.string ?? "", name: name)
            if store.object("persistentvolumeclaims", key) != nil { continue }
            claim.set(.string(name), at: ["metadata", "name"])
            claim.set(namespace, at: ["metadata", "namespace"])
            claim.set(nil, at: ["status"])
            make("persistentvolumeclaims", claim)
        }
    }

    // MARK: DaemonSets

    /// One pod, as there is one node.
    mutating func keepDaemonSet(_ place: ObjectPlace, _ owner: Value) {
        guard let uid = owner.at("metadata", "uid")?.string, owner.at("metadata", "deletionTimestamp") == nil else { return }
        let template = owner.at("spec", "template") ?? [:]
        let hash = String(Digest(of: template).short.prefix(10))
        let active = pods(of: uid).active
        func isCurrent(_ pod: Value) -> Bool { pod.at("metadata", "labels")?["controller-revision-hash"]?.string == hash }
        if pods(of: uid).pods.isEmpty {
            makePod(for: owner, template: template, labels: ["controller-revision-hash": .string(hash)])
        } else if owner.at("spec", "updateStrategy", "type") != "OnDelete" {
            for pod in active where !isCurrent(pod.value) { drop(pod.place) }
        }
        let counts = pods(of: uid)
        let current = counts.active.filter { isCurrent($0.value) }.count
        write(place, subresource: "status") { value in
            let ready = Int64(counts.ready)
            let count = Int64(min(counts.active.count, 1))
            value.set(.int(count), at: ["status", "currentNumberScheduled"])
            value.set(1, at: ["status", "desiredNumberScheduled"])
            value.set(0, at: ["status", "numberMisscheduled"])
            value.set(.int(ready), at: ["status", "numberReady"])
            value.set(ready == 0 ? nil : .int(ready), at: ["status", "numberAvailable"])
            value.set(ready == 0 ? 1 : nil, at: ["status", "numberUnavailable"])
            value.set(current == 0 ? nil : .int(Int64(current)), at: ["status", "updatedNumberScheduled"])
            value.set(value.at("metadata", "generation"), at: ["status", "observedGeneration"])
        }
    }

    // MARK: Jobs

    mutating func runJob(_ place: ObjectPlace, _ owner: Value) {
        guard let uid = owner.at("metadata", "uid")?.string, owner.at("metadata", "deletionTimestamp") == nil else { return }
        let counts = pods(of: uid)
        let succeeded = counts.pods.filter { $0.value.at("status", "phase") == "Succeeded" }.count
        let wanted = Int(clamping: owner.at("spec", "completions")?.int ?? 1)
        let parallel = Int(clamping: owner.at("spec", "parallelism")?.int ?? 1)
        let isSuspended = owner.at("spec", "suspend")?.bool == true
        let isDone = succeeded >= wanted
        if isSuspended {
            for pod in counts.active { drop(pod.place) }
        } else if !isDone {
            let missing = min(parallel, wanted - succeeded) - counts.active.count
            if missing > 0 {
                for _ in 0..<min(missing, 200) { makePod(for: owner, template: owner.at("spec", "template") ?? [:]) }
            }
        }
        let after = pods(of: uid)
        let time = now.text
        write(place, subresource: "status") { value in
            value.set(after.active.isEmpty ? nil : .int(Int64(after.active.count)), at: ["status", "active"])
            value.set(.int(Int64(after.ready)), at: ["status", "ready"])
            value.set(.int(Int64(after.terminating)), at: ["status", "terminating"])
            value.set(succeeded == 0 ? nil : .int(Int64(succeeded)), at: ["status", "succeeded"])
            value.set([:], at: ["status", "uncountedTerminatedPods"])
            if !isSuspended, value.at("status", "startTime") == nil { value.set(.string(time), at: ["status", "startTime"]) }
            if isSuspended { Conditions.setJob("Suspended", ("JobSuspended", "Job suspended"), in: &value, time: time) }
            if isDone {
                if value.at("status", "completionTime") == nil { value.set(.string(time), at: ["status", "completionTime"]) }
                Conditions.setJob(
                    "SuccessCriteriaMet", ("CompletionsReached", "Reached expected number of succeeded pods"), in: &value, time: time)
                Conditions.setJob("Complete", ("CompletionsReached", "Reached expected number of succeeded pods"), in: &value, time: time)
            }
        }
    }

    // MARK: Services and volumes

    mutating func balanceService(_ place: ObjectPlace, _ service: Value) {
        let isBalanced = service.at("spec", "type") == "LoadBalancer" && service.at("spec", "loadBalancerClass") == nil
        let ingress = service.at("status", "loadBalancer", "ingress")?.array ?? []
        guard service.at("metadata", "deletionTimestamp") == nil, isBalanced == ingress.isEmpty else { return }
        let address = isBalanced ? controllers.balancerAddress() : ""
        write(place, subresource: "status", as: "cloud-controller-manager") { value in
            value.set(
                isBalanced ? ["ingress": [["ip": .string(address), "ipMode": "VIP"]]] : [:], at: ["status", "loadBalancer"])
        }
    }

    /// Every claim gets a volume of its own.
    mutating func bindClaim(_ place: ObjectPlace, _ claim: Value) {
        if claim.at("metadata", "deletionTimestamp") != nil {
            let isUsed = store.values("pods").values.contains { pod in
                pod.at("metadata", "namespace")?.string == place.key.namespace
                    && (pod.at("spec", "volumes")?.array ?? []).contains {
                        $0.at("persistentVolumeClaim", "claimName")?.string == place.key.name
                    }
            }
            if isUsed {
                controllers.enqueue(place, at: nowMicroseconds &+ 500_000)
            } else {
                removeFinalizer("kubernetes.io/pvc-protection", place)
            }
            return
        }
        guard claim.at("status", "phase") == "Pending", let uid = claim.at("metadata", "uid")?.string else { return }
        let name = "pvc-\(uid)"
        let size = claim.at("spec", "resources", "requests", "storage") ?? "1Gi"
        make(
            "persistentvolumes",
            [
                "metadata": ["name": .string(name)],
                "spec": [
                    "capacity": ["storage": size], "accessModes": claim.at("spec", "accessModes") ?? ["ReadWriteOnce"],
                    "persistentVolumeReclaimPolicy": "Delete", "hostPath": ["path": .string("/sandbox/\(name)")],
                    "storageClassName": claim.at("spec", "storageClassName") ?? "",
                    "claimRef": [
                        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": .string(place.key.name),
                        "namespace": .string(place.key.namespace), "uid": .string(uid),
                    ],
                ],
            ])
        write(ObjectPlace(collection: "persistentvolumes", key: StoreKey(namespace: "", name: name)), subresource: "status") {
            $0.set("Bound", at: ["status", "phase"])
        }
        write(place) { $0.set(.string(name), at: ["spec", "volumeName"]) }
        write(place, subresource: "status") { value in
            value.set("Bound", at: ["status", "phase"])
            value.set(value.at("spec", "accessModes"), at: ["status", "accessModes"])
            value.set(["storage": size], at: ["status", "capacity"])
        }
    }

    /// A volume that was made for a claim goes with it.
    mutating func releaseVolume(_ place: ObjectPlace, _ volume: Value) {
        if volume.at("metadata", "deletionTimestamp") != nil { return removeFinalizer("kubernetes.io/pv-protection", place) }
        guard let uid = volume.at("spec", "claimRef", "uid")?.string else { return }
        if controllers.place(of: uid) == nil {
            if volume.at("spec", "persistentVolumeReclaimPolicy") == "Delete" {
                drop(place)
            } else if volume.at("status", "phase") != "Released" {
                write(place, subresource: "status") { $0.set("Released", at: ["status", "phase"]) }
            }
        } else if volume.at("status", "phase") == "Pending" {
            write(place, subresource: "status") { $0.set("Bound", at: ["status", "phase"]) }
        }
    }
}

extension Conditions {
    static func setJob(_ type: String, _ state: (reason: String, message: String), in object: inout Value, time: String) {
        var conditions = object.at("status", "conditions")?.array ?? []
        if conditions.contains(where: { $0["type"]?.string == type }) { return }
        conditions.append([
            "type": .string(type), "status": "True", "lastProbeTime": .string(time), "lastTransitionTime": .string(time),
            "reason": .string(state.reason), "message": .string(state.message),
        ])
        object.set(.array(conditions), at: ["status", "conditions"])
    }
}
