// Deployments: one ReplicaSet for each version of the template, replaced as the strategy says.

import StructuredData

extension Cluster {
    private static let revision = "deployment.kubernetes.io/revision"
    private static let hash = "pod-template-hash"

    /// A name for a template that is the same for the same template.
    private func templateHash(_ template: Value) -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
        let bytes = Digest(of: template).bytes.prefix(10)
        return String(decoding: bytes.map { alphabet[Int($0) % alphabet.count] }, as: UTF8.self)
    }

    private struct OwnedSet {
        var place: ObjectPlace
        var value: Value
        var replicas: Int { Int(clamping: value.at("spec", "replicas")?.int ?? 0) }
        var revision: Int64 { value.at("metadata", "annotations")?[Cluster.revision]?.string.flatMap(Int64.init) ?? 0 }
        var hash: String { value.at("metadata", "labels")?[Cluster.hash]?.string ?? "" }
        func count(_ field: String) -> Int { Int(clamping: value.at("status", field)?.int ?? 0) }
    }

    private func sets(of uid: String) -> [OwnedSet] {
        controllers.dependents(of: uid).filter { $0.collection == "apps/replicasets" }.compactMap { place in
            store.object(place.collection, place.key).map { OwnedSet(place: place, value: $0) }
        }
    }

    mutating func rollOut(_ place: ObjectPlace, _ deployment: Value) {
        guard let uid = deployment.at("metadata", "uid")?.string, deployment.at("metadata", "deletionTimestamp") == nil else { return }
        let template = deployment.at("spec", "template") ?? [:]
        let wanted = Int(clamping: deployment.at("spec", "replicas")?.int ?? 1)
        let hash = templateHash(template)
        let isPaused = deployment.at("spec", "paused")?.bool == true
        var all = sets(of: uid)
        if all.first(where: { $0.hash == hash }) == nil, !isPaused {
            makeSet(for: deployment, template: template, hash: hash, revision: (all.map(\.revision).max() ?? 0) &+ 1)
            all = sets(of: uid)
        }
        if let newest = all.first(where: { $0.hash == hash }) {
            let highest = all.map(\.revision).max() ?? 0
            if newest.revision < highest { annotate(newest.place, highest &+ 1) }
            if isPaused {
                scale(newest, to: all.count == 1 ? wanted : newest.replicas)
            } else if deployment.at("spec", "strategy", "type") == "Recreate" {
                recreate(newest, all.filter { $0.hash != hash }, wanted)
            } else {
                roll(newest, all.filter { $0.hash != hash }, wanted, deployment)
            }
        }
        dropHistory(deployment, uid, hash)
        report(place, uid, hash, wanted)
    }

    private mutating func makeSet(for deployment: Value, template: Value, hash: String, revision: Int64) {
        var template = template
        template.set(.string(hash), at: ["metadata", "labels", Cluster.hash])
        var selector = deployment.at("spec", "selector") ?? [:]
        selector.set(.string(hash), at: ["matchLabels", Cluster.hash])
        let name = deployment.at("metadata", "name")?.string ?? ""
        let wanted = deployment.at("spec", "replicas") ?? 1
        make(
            "apps/replicasets",
            [
                "metadata": [
                    "name": .string("\(name)-\(hash)"), "namespace": deployment.at("metadata", "namespace") ?? "",
                    "labels": template.at("metadata", "labels") ?? [:],
                    "annotations": [
                        Cluster.revision: .string(String(revision)),
                        "deployment.kubernetes.io/desired-replicas": .string(PathElement.json(wanted)),
                    ], "ownerReferences": [Cluster.reference(to: deployment)],
                ], "spec": ["replicas": 0, "selector": selector, "template": template],
            ])
    }

    private mutating func annotate(_ place: ObjectPlace, _ revision: Int64) {
        write(place) { $0.set(.string(String(revision)), at: ["metadata", "annotations", Cluster.revision]) }
    }

    private mutating func scale(_ set: OwnedSet, to replicas: Int) {
        guard set.replicas != replicas else { return }
        write(set.place) { $0.set(.int(Int64(replicas)), at: ["spec", "replicas"]) }
    }

    private mutating func recreate(_ newest: OwnedSet, _ old: [OwnedSet], _ wanted: Int) {
        for set in old { scale(set, to: 0) }
        let rest = old.map { pods(of: $0.value.at("metadata", "uid")?.string ?? "").pods.count }.reduce(0, +)
        if rest == 0 { scale(newest, to: wanted) }
    }

    /// A number or a percentage of the replicas.
    private func portion(_ value: Value?, of wanted: Int, roundsUp: Bool) -> Int {
        if let count = value?.int { return Int(clamping: count) }
        guard let text = value?.string, let percent = Int(text.prefix { $0.isASCII && $0.isNumber }), percent <= 100_000 else { return 0 }
        let (product, overflow) = wanted.multipliedReportingOverflow(by: percent)
        if overflow { return wanted }
        return roundsUp ? (product &+ 99) / 100 : product / 100
    }

    private mutating func roll(_ newest: OwnedSet, _ old: [OwnedSet], _ wanted: Int, _ deployment: Value) {
        let rolling = deployment.at("spec", "strategy", "rollingUpdate")
        let surge = portion(rolling?["maxSurge"], of: wanted, roundsUp: true)
        var spare = portion(rolling?["maxUnavailable"], of: wanted, roundsUp: false)
        if surge == 0, spare == 0 { spare = 1 }
        let oldTotal = old.map(\.replicas).reduce(0, +)
        let room = wanted + surge - oldTotal
        let target = newest.replicas > wanted ? wanted : min(wanted, max(newest.replicas, room))
        scale(newest, to: target)
        guard oldTotal > 0 else { return }
        let ready = newest.count("readyReplicas") + old.map { $0.count("readyReplicas") }.reduce(0, +)
        var canGo = max(0, ready - (wanted - spare))
        for set in old.sorted(by: { $0.revision < $1.revision }) where set.replicas > 0 {
            // Pods that are not ready hold nothing up.
            let unready = max(0, set.replicas - set.count("readyReplicas"))
            let step = min(set.count("readyReplicas"), canGo)
            canGo -= step
            scale(set, to: max(0, set.replicas - unready - step))
        }
    }

    private mutating func dropHistory(_ deployment: Value, _ uid: String, _ hash: String) {
        let limit = Int(clamping: deployment.at("spec", "revisionHistoryLimit")?.int ?? 10)
        let old = sets(of: uid).filter { $0.hash != hash && $0.replicas == 0 && $0.count("replicas") == 0 }.sorted {
            $0.revision < $1.revision
        }
        for set in old.prefix(max(0, old.count - max(limit, 0))) { drop(set.place) }
    }

    private mutating func report(_ place: ObjectPlace, _ uid: String, _ hash: String, _ wanted: Int) {
        let all = sets(of: uid)
        let newest = all.first { $0.hash == hash }
        let total = all.map { $0.count("replicas") }.reduce(0, +)
        let ready = all.map { $0.count("readyReplicas") }.reduce(0, +)
        let updated = newest?.count("replicas") ?? 0
        let terminating = all.map { $0.count("terminatingReplicas") }.reduce(0, +)
        let isDone = updated == wanted && total == wanted && ready == wanted
        let isAvailable =
            ready >= wanted
            - portion(
                store.object(place.collection, place.key)?.at("spec", "strategy", "rollingUpdate", "maxUnavailable"), of: wanted,
                roundsUp: false)
        let time = now.text
        let deadline = progressDeadline(place, isDone: isDone, updated: updated, ready: ready)
        write(place, subresource: "status") { value in
            func set(_ field: String, _ count: Int) { value.set(count == 0 ? nil : .int(Int64(count)), at: ["status", field]) }
            set("replicas", total)
            set("updatedReplicas", updated)
            set("readyReplicas", ready)
            set("availableReplicas", ready)
            set("unavailableReplicas", max(0, max(total, wanted) - ready))
            value.set(.int(Int64(terminating)), at: ["status", "terminatingReplicas"])
            value.set(value.at("metadata", "generation"), at: ["status", "observedGeneration"])
            if let newest { value.set(.string(String(newest.revision)), at: ["metadata", "annotations", Cluster.revision]) }
            let name = newest?.place.key.name ?? ""
            let isPaused = value.at("spec", "paused")?.bool == true
            let progressing: (String, String, String) =
                isPaused
                ? ("Unknown", "DeploymentPaused", "Deployment is paused")
                : isDone
                    ? ("True", "NewReplicaSetAvailable", "ReplicaSet \"\(name)\" has successfully progressed.")
                    : deadline
                        ? ("False", "ProgressDeadlineExceeded", "ReplicaSet \"\(name)\" has timed out progressing.")
                        : ("True", "ReplicaSetUpdated", "ReplicaSet \"\(name)\" is progressing.")
            let available =
                isAvailable
                ? ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
                : ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
            Conditions.set("Available", available, in: &value, time: time)
            Conditions.set("Progressing", progressing, in: &value, time: time)
        }
    }

    /// Whether a rollout made no progress for as long as it may.
    private mutating func progressDeadline(_ place: ObjectPlace, isDone: Bool, updated: Int, ready: Int) -> Bool {
        let mark = "\(updated)/\(ready)"
        if isDone {
            rollouts[place] = nil
            return false
        }
        let seconds = store.object(place.collection, place.key)?.at("spec", "progressDeadlineSeconds")?.int ?? 600
        let since = rollouts[place].flatMap { $0.mark == mark ? $0.since : nil } ?? nowMicroseconds
        rollouts[place] = Rollout(mark: mark, since: since)
        let (span, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return false }
        let due = since &+ span
        if nowMicroseconds >= due { return true }
        controllers.enqueue(place, at: due)
        return false
    }
}

/// How far a rollout was when it last got further.
struct Rollout: Sendable {
    var mark: String
    var since: Int64
}

enum Conditions {
    /// Sets a condition in `status.conditions`; its transition time changes with its status only.
    static func set(_ type: String, _ state: (status: String, reason: String, message: String), in object: inout Value, time: String) {
        var conditions = object.at("status", "conditions")?.array ?? []
        let index = conditions.firstIndex { $0["type"]?.string == type }
        var condition = index.flatMap { conditions[$0].object } ?? ["type": .string(type)]
        let isSame =
            condition["status"]?.string == state.status && condition["reason"]?.string == state.reason
            && condition["message"]?.string == state.message
        if isSame { return }
        let hasTurned = condition["status"]?.string != state.status
        condition["status"] = .string(state.status)
        condition["lastUpdateTime"] = .string(time)
        if hasTurned || condition["lastTransitionTime"] == nil { condition["lastTransitionTime"] = .string(time) }
        condition["reason"] = .string(state.reason)
        condition["message"] = .string(state.message)
        if let index { conditions[index] = .object(condition) } else { conditions.append(.object(condition)) }
        object.set(.array(conditions), at: ["status", "conditions"])
    }
}
