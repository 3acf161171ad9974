// How each kind is created and updated: what is reset, what counts as a new generation, what may vanish.

import StructuredData

/// The fields that a path resets, so that nobody comes to own them through it.
enum ResetFields {
    static func of(_ kind: ServedKind, subresource: String) -> OwnedFields {
        if kind.isCustom {
            guard kind.hasStatus else { return OwnedFields() }
            return subresource == "status"
                ? OwnedFields(fields: "metadata").union(OwnedFields(fields: "spec")) : OwnedFields(fields: "status")
        }
        guard kind.hasStatus else { return OwnedFields() }
        if subresource.isEmpty { return OwnedFields(fields: "status") }
        guard subresource == "status" else { return OwnedFields() }
        var fields = OwnedFields(fields: "spec")
        switch (kind.resource.group, kind.resource.resource) {
        case ("apps", "deployments"): fields = fields.union(OwnedFields(fields: "metadata", "labels"))
        case ("", "pods"):
            fields = fields.union(OwnedFields(fields: "metadata", "deletionTimestamp"))
                .union(OwnedFields(fields: "metadata", "ownerReferences"))
        case ("apiextensions.k8s.io", _): fields = fields.union(OwnedFields(fields: "metadata"))
        default: break
        }
        return fields
    }
}

enum Strategy {
    private static let withGeneration: Set<String> = [
        "pods", "replicationcontrollers", "apps/deployments", "apps/replicasets", "apps/statefulsets", "apps/daemonsets", "batch/jobs",
        "batch/cronjobs", "networking.k8s.io/ingresses", "networking.k8s.io/networkpolicies", "networking.k8s.io/ingressclasses",
        "policy/poddisruptionbudgets", "apiextensions.k8s.io/customresourcedefinitions",
        "admissionregistration.k8s.io/validatingwebhookconfigurations", "admissionregistration.k8s.io/mutatingwebhookconfigurations",
        "admissionregistration.k8s.io/validatingadmissionpolicies", "admissionregistration.k8s.io/validatingadmissionpolicybindings",
        "flowcontrol.apiserver.k8s.io/flowschemas", "flowcontrol.apiserver.k8s.io/prioritylevelconfigurations",
        "discovery.k8s.io/endpointslices", "scheduling.k8s.io/priorityclasses", "podtemplates",
    ]

    static func hasGeneration(_ kind: ServedKind) -> Bool { kind.isCustom || withGeneration.contains(kind.collection) }

    /// Kinds whose PUT needs no resourceVersion.
    static func allowsUnconditionalUpdate(_ kind: ServedKind) -> Bool {
        if kind.isCustom { return false }
        return ![
            "apiextensions.k8s.io/customresourcedefinitions", "apiregistration.k8s.io/apiservices", "coordination.k8s.io/leases",
            "admissionregistration.k8s.io/validatingwebhookconfigurations", "admissionregistration.k8s.io/mutatingwebhookconfigurations",
            "policy/poddisruptionbudgets", "scheduling.k8s.io/priorityclasses", "discovery.k8s.io/endpointslices",
        ].contains(kind.collection)
    }

    /// Kinds that a PUT creates.
    static func allowsCreateOnUpdate(_ kind: ServedKind) -> Bool {
        [
            "coordination.k8s.io/leases", "endpoints", "events", "limitranges", "rbac.authorization.k8s.io/roles",
            "rbac.authorization.k8s.io/rolebindings", "rbac.authorization.k8s.io/clusterroles",
            "rbac.authorization.k8s.io/clusterrolebindings", "services", "replicationcontrollers",
        ].contains(kind.collection)
    }

    /// Kinds whose DELETE answers with the object rather than with a Status.
    static func returnsDeletedObject(_ kind: ServedKind) -> Bool {
        ["services", "persistentvolumes", "persistentvolumeclaims", "serviceaccounts", "podtemplates", "resourcequotas"].contains(
            kind.collection)
            || kind.collection.hasPrefix("storage.k8s.io/")
    }

    /// What the server warns of whenever the kind is used.
    static func deprecation(_ kind: ServedKind) -> [String] {
        kind.collection == "endpoints" ? ["v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"] : []
    }

    static func orphansByDefault(_ kind: ServedKind) -> Bool { false }

    static func gracePeriod(of object: Value, _ kind: ServedKind, asked: Int64?) -> Int64 {
        guard kind.collection == "pods" else { return 0 }
        let isScheduled = object.at("spec", "nodeName")?.string.map { !$0.isEmpty } ?? false
        let phase = object.at("status", "phase")?.string
        if !isScheduled || phase == "Succeeded" || phase == "Failed" { return 0 }
        return max(0, asked ?? object.at("spec", "terminationGracePeriodSeconds")?.int ?? 30)
    }

    /// Whether an object that is being deleted goes as soon as its last finalizer does.
    static func mayVanish(_ object: Value, _ kind: ServedKind) -> Bool {
        if kind.collection == "namespaces" { return (object.at("spec", "finalizers")?.array ?? []).isEmpty }
        return true
    }

    static func prepareForCreate(_ object: inout Value, _ kind: ServedKind) {
        if kind.hasStatus { resetStatus(&object, to: kind.isCustom ? nil : kind.empty["status"]) }
        switch kind.collection {
        case "namespaces":
            object.set(["kubernetes"], at: ["spec", "finalizers"])
            object.set(["phase": "Active"], at: ["status"])
        case "persistentvolumes":
            object.set(
                ["phase": "Pending", "lastPhaseTransitionTime": object.at("metadata", "creationTimestamp") ?? .null], at: ["status"])
            addFinalizer(&object, "kubernetes.io/pv-protection")
        case "persistentvolumeclaims":
            object.set(["phase": "Pending"], at: ["status"])
            addFinalizer(&object, "kubernetes.io/pvc-protection")
        case "nodes":
            if object.at("spec", "taints") == nil {
                object.set([["key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"]], at: ["spec", "taints"])
            }
        case "pods":
            object.set(["phase": "Pending", "qosClass": .string(PodQuality.of(object))], at: ["status"])
        case "policy/poddisruptionbudgets":
            object.set(
                ["currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0], at: ["status"])
        case CustomDefinition.collection: CustomDefinition.prepare(&object)
        case "batch/jobs": JobLabels.prepare(&object)
        default: break
        }
    }

    static func prepareForUpdate(_ object: inout Value, live: Value, _ kind: ServedKind, subresource: String) {
        if kind.hasStatus {
            if subresource == "status" {
                let status = object["status"]
                let metadata = object["metadata"]
                if kind.isCustom || kind.collection == CustomDefinition.collection {
                    let managed = object.at("metadata", "managedFields")
                    object = live
                    object.set(managed, at: ["metadata", "managedFields"])
                } else {
                    object = live
                    object.set(metadata, at: ["metadata"])
                    if kind.collection == "apps/deployments" { object.set(live.at("metadata", "labels"), at: ["metadata", "labels"]) }
                }
                object.set(status, at: ["status"])
                object.set(live.at("metadata", "generation"), at: ["metadata", "generation"])
            } else {
                resetStatus(&object, to: live["status"])
            }
        }
        switch kind.collection {
        case "namespaces":
            object.set(live.at("spec", "finalizers"), at: ["spec", "finalizers"])
            object.set(live["status"], at: ["status"])
        case "pods" where subresource.isEmpty: object.set(live["status"], at: ["status"])
        case "services":
            keepServiceAddresses(&object, live: live)
            dropWhatTheTypeLeaves(&object, live: live)
        case "apps/daemonsets" where subresource.isEmpty: countTemplates(&object, live: live)
        case "podtemplates": break
        case "batch/jobs": JobLabels.keep(&object, live: live)
        case CustomDefinition.collection where subresource.isEmpty: CustomDefinition.prepare(&object)
        default: break
        }
        guard hasGeneration(kind), subresource != "status" else { return }
        if isNewGeneration(object, live, kind) {
            object.set(.int((live.at("metadata", "generation")?.int ?? 0) &+ 1), at: ["metadata", "generation"])
        }
    }

    private static func isNewGeneration(_ object: Value, _ live: Value, _ kind: ServedKind) -> Bool {
        if kind.isCustom {
            func body(_ value: Value) -> Object {
                let ignored = kind.hasStatus ? ["metadata", "status"] : ["metadata"]
                return Object(uniqueEntries: (value.object ?? Object()).entries.filter { !ignored.contains($0.key) })
            }
            return body(object) != body(live)
        }
        switch kind.collection {
        case "apps/deployments":
            return object["spec"] != live["spec"] || object.at("metadata", "annotations") != live.at("metadata", "annotations")
        case "admissionregistration.k8s.io/validatingwebhookconfigurations",
            "admissionregistration.k8s.io/mutatingwebhookconfigurations":
            return object["webhooks"] != live["webhooks"]
        case "discovery.k8s.io/endpointslices":
            return object["endpoints"] != live["endpoints"] || object["ports"] != live["ports"]
                || object.at("metadata", "labels") != live.at("metadata", "labels")
        case "scheduling.k8s.io/priorityclasses": return object["value"] != live["value"]
        default: return object["spec"] != live["spec"]
        }
    }

    private static func resetStatus(_ object: inout Value, to status: Value?) { object.set(status, at: ["status"]) }

    private static func addFinalizer(_ object: inout Value, _ name: String) {
        var finalizers = object.at("metadata", "finalizers")?.array ?? []
        if !finalizers.contains(.string(name)) { finalizers.append(.string(name)) }
        object.set(.array(finalizers), at: ["metadata", "finalizers"])
    }

    /// A DaemonSet counts the changes of its template in an annotation.
    private static func countTemplates(_ object: inout Value, live: Value) {
        let name = "deprecated.daemonset.template.generation"
        let before = live.at("metadata", "annotations")?[name]?.string.flatMap(Int64.init) ?? 1
        let isNew = object.at("spec", "template") != live.at("spec", "template")
        object.set(.string(String(before &+ (isNew ? 1 : 0))), at: ["metadata", "annotations", name])
    }

    /// Fields that only the former type of a Service needed go with it, unless they were changed.
    private static func dropWhatTheTypeLeaves(_ object: inout Value, live: Value) {
        let isExternal = ["NodePort", "LoadBalancer"].contains(object.at("spec", "type")?.string ?? "")
        let wasExternal = ["NodePort", "LoadBalancer"].contains(live.at("spec", "type")?.string ?? "")
        func drop(_ field: String) {
            if object.at("spec", field) == live.at("spec", field) { object.set(nil, at: ["spec", field]) }
        }
        if wasExternal, !isExternal { drop("externalTrafficPolicy") }
        if live.at("spec", "type") == "LoadBalancer", object.at("spec", "type") != "LoadBalancer" {
            drop("allocateLoadBalancerNodePorts")
            drop("loadBalancerClass")
        }
        if live.at("spec", "type") != "ExternalName", object.at("spec", "type") == "ExternalName" {
            for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] { drop(field) }
        }
        if object.at("spec", "clusterIP") != live.at("spec", "clusterIP"), let address = object.at("spec", "clusterIP"),
            object.at("spec", "clusterIPs") == live.at("spec", "clusterIPs")
        {
            object.set([address], at: ["spec", "clusterIPs"])
        }
    }

    private static func keepServiceAddresses(_ object: inout Value, live: Value) {
        guard object.at("spec", "type")?.string != "ExternalName", live.at("spec", "type")?.string != "ExternalName" else { return }
        for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] where object.at("spec", field) == nil {
            object.set(live.at("spec", field), at: ["spec", field])
        }
        if object.at("spec", "healthCheckNodePort") == nil {
            object.set(live.at("spec", "healthCheckNodePort"), at: ["spec", "healthCheckNodePort"])
        }
        // A port without a node port keeps the one it had.
        let needsNodePorts = ["NodePort", "LoadBalancer"].contains(object.at("spec", "type")?.string ?? "")
        guard needsNodePorts, let before = live.at("spec", "ports")?.array else { return }
        object.editObject { object in
            object.edit("spec") { spec in
                spec.editItems("ports") { port in
                    guard port["nodePort"] == nil else { return }
                    let twin = before.first { $0["port"] == port["port"] && $0["protocol"] == port["protocol"] }
                    port["nodePort"] = twin?["nodePort"]
                }
            }
        }
    }

    /// managedFields that differ in their times only keep the old times: such a write changes nothing.
    static func keepingTimes(_ object: Value, live: Value) -> Value {
        let before = live.at("metadata", "managedFields")
        let after = object.at("metadata", "managedFields")
        guard let before, let after, before != after else { return object }
        func bare(_ value: Value) -> Value {
            var value = value
            let entries = (value.at("metadata", "managedFields")?.array ?? []).map { entry -> Value in
                var entry = entry
                entry.set(nil, at: ["time"])
                return entry
            }
            value.set(.array(entries), at: ["metadata", "managedFields"])
            return value
        }
        guard bare(object) == bare(live) else { return object }
        var object = object
        object.set(before, at: ["metadata", "managedFields"])
        return object
    }

    /// Metadata in the order in which the server writes it.
    static func ordered(_ object: Value) -> Value {
        guard let metadata = object["metadata"]?.object else { return object }
        let names = [
            "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp",
            "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers", "managedFields",
        ]
        var sorted: [Object.Entry] = []
        for name in names {
            if let value = metadata[name] { sorted.append(Object.Entry(key: name, value: value)) }
        }
        var object = object
        object.set(.object(Object(uniqueEntries: sorted)), at: ["metadata"])
        return object
    }
}

enum PodQuality {
    /// Guaranteed, Burstable or BestEffort, from the containers' requests and limits.
    static func of(_ pod: Value) -> String {
        let containers = (pod.at("spec", "containers")?.array ?? []) + (pod.at("spec", "initContainers")?.array ?? [])
        var hasAny = false
        var isGuaranteed = true
        for container in containers {
            for resource in ["cpu", "memory"] {
                let limit = container.at("resources", "limits")?[resource]
                let request = container.at("resources", "requests")?[resource]
                if limit != nil || request != nil { hasAny = true }
                if limit == nil || request != nil && request != limit { isGuaranteed = false }
            }
        }
        return !hasAny ? "BestEffort" : isGuaranteed ? "Guaranteed" : "Burstable"
    }
}

enum JobLabels {
    /// A Job without a selector of its own gets one by its uid.
    static func prepare(_ object: inout Value) {
        guard object.at("spec", "manualSelector")?.bool != true, let uid = object.at("metadata", "uid") else { return }
        let name = object.at("metadata", "name") ?? ""
        for (key, value) in [
            ("batch.kubernetes.io/controller-uid", uid), ("batch.kubernetes.io/job-name", name), ("controller-uid", uid),
            ("job-name", name),
        ] {
            object.set(value, at: ["spec", "template", "metadata", "labels", key])
        }
        object.set(["matchLabels": ["batch.kubernetes.io/controller-uid": uid]], at: ["spec", "selector"])
        if object.at("metadata", "labels")?.object?.isEmpty ?? true {
            object.set(object.at("spec", "template", "metadata", "labels"), at: ["metadata", "labels"])
        }
    }

    static func keep(_ object: inout Value, live: Value) {
        if object.at("spec", "selector") == nil { object.set(live.at("spec", "selector"), at: ["spec", "selector"]) }
    }
}
