// The one node and its simulated kubelet: pods are scheduled at once, run after a moment, end when their time is over.

import StructuredData

extension Cluster {
    static let nodeName = "sandbox"
    /// From being seen to running, and from being told to end to being gone; in microseconds.
    private static let startDelay: Int64 = 400_000
    private static let stopDelay: Int64 = 200_000
    private static let workTime: Int64 = 700_000
    /// `failing` on a pod: its image cannot be pulled.
    static let behaviourAnnotation = "sandbox.belay.dev/pods"

    mutating func createNode() {
        let place = ObjectPlace(collection: "nodes", key: StoreKey(namespace: "", name: Cluster.nodeName))
        guard store.object(place.collection, place.key) == nil else { return }
        let sizes: Value = ["cpu": "8", "memory": "16Gi", "pods": "5000", "ephemeral-storage": "100Gi"]
        make(
            "nodes",
            [
                "metadata": [
                    "name": .string(Cluster.nodeName),
                    "labels": [
                        "kubernetes.io/hostname": .string(Cluster.nodeName), "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                    ],
                ]
            ], as: "kubelet")
        write(place, as: Cluster.controllerManager) { $0.set(nil, at: ["spec", "taints"]) }
        let time = Value.string(now.text)
        write(place, subresource: "status", as: "kubelet") { node in
            node.set(
                [
                    "capacity": sizes, "allocatable": sizes,
                    "addresses": [
                        ["type": "InternalIP", "address": "127.0.0.1"], ["type": "Hostname", "address": .string(Cluster.nodeName)],
                    ],
                    "conditions": [
                        [
                            "type": "Ready", "status": "True", "reason": "KubeletReady", "message": "the sandbox's kubelet is simulated",
                            "lastHeartbeatTime": time, "lastTransitionTime": time,
                        ]
                    ],
                    "nodeInfo": [
                        "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "none", "osImage": "sandbox",
                        "containerRuntimeVersion": "none://0", "kubeletVersion": .string(SchemaFacts.builtIn.serverVersion),
                        "kubeProxyVersion": "", "operatingSystem": "linux", "architecture": "amd64",
                    ],
                    "daemonEndpoints": ["kubeletEndpoint": ["Port": 0]],
                ], at: ["status"])
        }
    }

    /// When the pod came into its present phase, in microseconds; kept in memory only.
    private func age(_ place: ObjectPlace) -> Int64 { nowMicroseconds &- (podTimes[place] ?? nowMicroseconds) }

    mutating func runPod(_ place: ObjectPlace, _ pod: Value) {
        if podTimes[place] == nil { podTimes[place] = nowMicroseconds }
        if pod.at("metadata", "deletionTimestamp") != nil { return stopPod(place, pod) }
        if (pod.at("spec", "nodeName")?.string ?? "").isEmpty {
            guard let kind = storedKind("pods") else { return }
            var scheduled = pod
            scheduled.set(.string(Cluster.nodeName), at: ["spec", "nodeName"])
            scheduled.set([Cluster.condition("PodScheduled", true, .string(now.text))], at: ["status", "conditions"])
            commit(kind, place.key, scheduled)
            controllers.enqueue(place, at: nowMicroseconds &+ Cluster.startDelay)
            return
        }
        switch pod.at("status", "phase")?.string {
        case "Pending":
            if age(place) < Cluster.startDelay {
                controllers.enqueue(place, at: (podTimes[place] ?? nowMicroseconds) &+ Cluster.startDelay)
            } else if pod.at("metadata", "annotations")?[Cluster.behaviourAnnotation] == "failing" {
                showWaiting(place)
            } else {
                startPod(place)
            }
        case "Running" where pod.at("spec", "restartPolicy")?.string != "Always":
            let end = (podTimes[place] ?? nowMicroseconds) &+ Cluster.startDelay &+ Cluster.workTime
            if nowMicroseconds >= end { finishPod(place) } else { controllers.enqueue(place, at: end) }
        default: break
        }
    }

    private mutating func stopPod(_ place: ObjectPlace, _ pod: Value) {
        let stop = ObjectPlace(collection: "stopping", key: place.key)
        let since = podTimes[stop] ?? nowMicroseconds
        podTimes[stop] = since
        let grace = (pod.at("metadata", "deletionGracePeriodSeconds")?.int ?? 0) &* 1_000_000
        if nowMicroseconds < since &+ min(Cluster.stopDelay, grace) {
            controllers.enqueue(place, at: since &+ Cluster.stopDelay)
            return
        }
        guard let kind = storedKind("pods"), (pod.at("metadata", "finalizers")?.array ?? []).isEmpty else { return }
        podTimes[stop] = nil
        podTimes[place] = nil
        _ = uncommit(kind, place.key)
    }

    private static func condition(_ type: String, _ isTrue: Bool, _ time: Value, reason: String = "") -> Value {
        var object: Object = [
            "type": .string(type), "status": isTrue ? "True" : "False", "lastProbeTime": .null, "lastTransitionTime": time,
        ]
        if !reason.isEmpty { object["reason"] = .string(reason) }
        return .object(object)
    }

    private mutating func startPod(_ place: ObjectPlace) {
        let address = controllers.podAddress()
        let time = Value.string(now.text)
        write(place, subresource: "status", as: "kubelet") { pod in
            func statuses(_ list: String, isRunning: Bool) -> Value? {
                guard let containers = pod.at("spec", list)?.array, !containers.isEmpty else { return nil }
                return .array(
                    containers.map { container in
                        [
                            "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "sandbox://image",
                            "containerID": "sandbox://container", "ready": true, "restartCount": 0, "started": .bool(isRunning),
                            "state": isRunning
                                ? ["running": ["startedAt": time]]
                                : ["terminated": ["exitCode": 0, "reason": "Completed", "startedAt": time, "finishedAt": time]],
                        ]
                    })
            }
            pod.set("Running", at: ["status", "phase"])
            pod.set("127.0.0.1", at: ["status", "hostIP"])
            pod.set([["ip": "127.0.0.1"]], at: ["status", "hostIPs"])
            pod.set(.string(address), at: ["status", "podIP"])
            pod.set([["ip": .string(address)]], at: ["status", "podIPs"])
            pod.set(time, at: ["status", "startTime"])
            pod.set(statuses("containers", isRunning: true), at: ["status", "containerStatuses"])
            pod.set(statuses("initContainers", isRunning: false), at: ["status", "initContainerStatuses"])
            pod.set(
                .array(["PodScheduled", "Initialized", "ContainersReady", "Ready"].map { Cluster.condition($0, true, time) }),
                at: ["status", "conditions"])
        }
        if let pod = store.object(place.collection, place.key) { runPod(place, pod) }
    }

    private mutating func showWaiting(_ place: ObjectPlace) {
        let time = Value.string(now.text)
        write(place, subresource: "status", as: "kubelet") { pod in
            let containers = pod.at("spec", "containers")?.array ?? []
            pod.set(
                .array(
                    containers.map { container in
                        let image = container["image"]?.string ?? ""
                        return [
                            "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "", "ready": false,
                            "restartCount": 0, "started": false,
                            "state": [
                                "waiting": ["reason": "ImagePullBackOff", "message": .string("Back-off pulling image \"\(image)\"")]
                            ],
                        ]
                    }), at: ["status", "containerStatuses"])
            pod.set(
                [
                    Cluster.condition("PodScheduled", true, time), Cluster.condition("Initialized", true, time),
                    Cluster.condition("Ready", false, time, reason: "ContainersNotReady"),
                ],
                at: ["status", "conditions"])
        }
    }

    private mutating func finishPod(_ place: ObjectPlace) {
        let time = Value.string(now.text)
        write(place, subresource: "status", as: "kubelet") { pod in
            pod.set("Succeeded", at: ["status", "phase"])
            pod.editObject { object in
                object.edit("status") { status in
                    status.editItems("containerStatuses") { container in
                        container["ready"] = false
                        container["started"] = false
                        container["state"] = [
                            "terminated": ["exitCode": 0, "reason": "Completed", "startedAt": time, "finishedAt": time]
                        ]
                    }
                }
            }
            pod.set(
                .array(
                    [Cluster.condition("PodScheduled", true, time), Cluster.condition("Initialized", true, time)]
                        + ["ContainersReady", "Ready"].map { Cluster.condition($0, false, time, reason: "PodCompleted") }),
                at: ["status", "conditions"])
        }
    }
}
