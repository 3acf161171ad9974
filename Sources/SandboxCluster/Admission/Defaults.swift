// The defaults of built-in kinds: those that the types declare, and those that the server computes.

import StructuredData

enum Defaults {
    /// Fills in what the client left out. The object is in the server's own form.
    static func apply(to value: inout Value, kind: ServedKind) {
        declared(in: &value, kind.shape, kind.schema)
        value.editObject { object in
            switch kind.collection {
            case "apps/deployments": object.edit("spec", deployment)
            case "apps/replicasets":
                object.edit("spec") { spec in
                    spec.setDefault("replicas", 1)
                    template(&spec)
                }
            case "apps/statefulsets": object.edit("spec", statefulSet)
            case "apps/daemonsets":
                object.edit("spec", daemonSet)
                var metadata = object["metadata"] ?? [:]
                let generation = "deprecated.daemonset.template.generation"
                if metadata["annotations"]?[generation] == nil { metadata.set("1", at: ["annotations", generation]) }
                object["metadata"] = metadata
            case "replicationcontrollers": replicationController(&object)
            case "batch/jobs":
                object.edit("spec", job)
                copyTemplateLabels(&object)
            case "batch/cronjobs": object.edit("spec", cronJob)
            case "pods":
                object.edit("spec") { spec in
                    pod(&spec)
                    spec.setDefault("enableServiceLinks", true)
                    spec.editItems("containers", requestsFromLimits)
                    spec.editItems("initContainers", requestsFromLimits)
                }
            case "podtemplates": object.edit("template") { $0.edit("spec", pod) }
            case "services":
                object.edit("spec", service)
                object.edit("status") {
                    $0.edit("loadBalancer") {
                        $0.editItems("ingress") { address in
                            if address["ip"] != nil { address.setDefault("ipMode", "VIP") }
                        }
                    }
                }
            case "secrets":
                object.setDefault("type", "Opaque")
                mergeStringData(&object)
            case "namespaces":
                guard let name = object["metadata"]?["name"], name.string?.isEmpty == false else { break }
                var metadata = object["metadata"] ?? [:]
                metadata.set(name, at: ["labels", "kubernetes.io/metadata.name"])
                object["metadata"] = metadata
            case "persistentvolumeclaims": object.edit("spec") { $0.setDefault("volumeMode", "Filesystem") }
            case "persistentvolumes":
                object.edit("spec") { spec in
                    spec.setDefault("volumeMode", "Filesystem")
                    spec.setDefault("persistentVolumeReclaimPolicy", "Retain")
                    spec.edit("hostPath") { $0.setDefault("type", "") }
                }
            case "endpoints":
                object.editItems("subsets") { $0.editItems("ports") { $0.setDefault("protocol", "TCP") } }
            default: other(&object, kind)
            }
        }
    }

    /// `stringData` is written into `data` and forgotten.
    private static func mergeStringData(_ object: inout Object) {
        guard let strings = object["stringData"]?.object else { return }
        var data = object["data"]?.object ?? Object()
        for entry in strings { data[entry.key] = .string(Base64.encode(Array((entry.value.string ?? "").utf8))) }
        object["data"] = .object(data)
        object["stringData"] = nil
    }

    private static func other(_ object: inout Object, _ kind: ServedKind) {
        switch kind.collection {
        case "autoscaling/horizontalpodautoscalers":
            object.edit("spec") { autoscaler(&$0, isFirstVersion: kind.apiVersion == "autoscaling/v1") }
        case "rbac.authorization.k8s.io/rolebindings", "rbac.authorization.k8s.io/clusterrolebindings":
            object.edit("roleRef") { $0.setDefault("apiGroup", "rbac.authorization.k8s.io") }
            object.editItems("subjects") { subject in
                guard (subject["apiGroup"]?.string ?? "").isEmpty else { return }
                if ["User", "Group"].contains(subject["kind"]?.string ?? "") { subject["apiGroup"] = "rbac.authorization.k8s.io" }
            }
        case "networking.k8s.io/networkpolicies":
            object.edit("spec") { spec in
                if spec["policyTypes"] == nil {
                    let hasEgress = spec["egress"]?.array.map { !$0.isEmpty } ?? false
                    spec["policyTypes"] = hasEgress ? ["Ingress", "Egress"] : ["Ingress"]
                }
                for direction in ["ingress", "egress"] {
                    spec.editItems(direction) { $0.editItems("ports") { $0.setDefault("protocol", "TCP") } }
                }
            }
        case "flowcontrol.apiserver.k8s.io/flowschemas":
            object.edit("spec") { spec in
                if (spec["matchingPrecedence"]?.int ?? 0) == 0 { spec["matchingPrecedence"] = 1000 }
            }
        case "storage.k8s.io/csidrivers":
            object.edit("spec") { spec in
                spec.setDefault("attachRequired", true)
                for field in ["podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"] { spec.setDefault(field, false) }
                spec.setDefault("fsGroupPolicy", "ReadWriteOnceWithFSType")
                spec.setDefault("volumeLifecycleModes", ["Persistent"])
            }
        case "admissionregistration.k8s.io/validatingadmissionpolicies", "admissionregistration.k8s.io/mutatingadmissionpolicies":
            object.edit("spec") { spec in
                spec.setDefault("failurePolicy", "Fail")
                spec.edit("matchConstraints", matchResources)
            }
        case "admissionregistration.k8s.io/validatingadmissionpolicybindings",
            "admissionregistration.k8s.io/mutatingadmissionpolicybindings":
            object.edit("spec") { $0.edit("matchResources", matchResources) }
        case "storage.k8s.io/storageclasses":
            object.setDefault("reclaimPolicy", "Delete")
            object.setDefault("volumeBindingMode", "Immediate")
        case "scheduling.k8s.io/priorityclasses": object.setDefault("preemptionPolicy", "PreemptLowerPriority")
        case "admissionregistration.k8s.io/validatingwebhookconfigurations",
            "admissionregistration.k8s.io/mutatingwebhookconfigurations":
            let isMutating = kind.resource.kind.hasPrefix("Mutating")
            object.editItems("webhooks") { webhook in
                webhook.setDefault("failurePolicy", "Fail")
                webhook.setDefault("matchPolicy", "Equivalent")
                webhook.setDefault("namespaceSelector", [:])
                webhook.setDefault("objectSelector", [:])
                if isMutating { webhook.setDefault("reinvocationPolicy", "Never") }
                webhook.setDefault("timeoutSeconds", 10)
                webhook.edit("clientConfig") { $0.edit("service") { $0.setDefault("port", 443) } }
                webhook.editItems("rules") { $0.setDefault("scope", "*") }
            }
        case "apiregistration.k8s.io/apiservices":
            object.edit("spec") { $0.edit("service") { $0.setDefault("port", 443) } }
        case "discovery.k8s.io/endpointslices":
            object.editItems("ports") { port in
                port.setDefault("name", "")
                port.setDefault("protocol", "TCP")
            }
        case "limitranges": object.edit("spec") { $0.editItems("limits", limitRangeItem) }
        case "networking.k8s.io/ingresses", CustomDefinition.collection: break
        default: break
        }
        if kind.collection == CustomDefinition.collection { CustomDefinition.setDefaults(&object) }
    }

    private static func autoscaler(_ spec: inout Object, isFirstVersion: Bool) {
        spec.setDefault("minReplicas", 1)
        if isFirstVersion { return spec.setDefault("targetCPUUtilizationPercentage", 80) }
        if spec["metrics"]?.array?.isEmpty ?? true {
            spec["metrics"] = [
                ["type": "Resource", "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": 80]]]
            ]
        }
        guard spec["behavior"] != nil else { return }
        spec.edit("behavior") { behavior in
            behavior.setDefault("scaleUp", [:])
            behavior.setDefault("scaleDown", [:])
            let doubling: Value = ["type": "Percent", "value": 100, "periodSeconds": 15]
            behavior.edit("scaleUp") { rules in
                rules.setDefault("stabilizationWindowSeconds", 0)
                rules.setDefault("selectPolicy", "Max")
                rules.setDefault("policies", [["type": "Pods", "value": 4, "periodSeconds": 15], doubling])
            }
            behavior.edit("scaleDown") { rules in
                rules.setDefault("selectPolicy", "Max")
                rules.setDefault("policies", [doubling])
            }
        }
    }

    private static func matchResources(_ resources: inout Object) {
        resources.setDefault("matchPolicy", "Equivalent")
        resources.setDefault("namespaceSelector", [:])
        resources.setDefault("objectSelector", [:])
        for list in ["resourceRules", "excludeResourceRules"] { resources.editItems(list) { $0.setDefault("scope", "*") } }
    }

    private static func limitRangeItem(_ item: inout Object) {
        guard item["type"] == "Container" else { return }
        for (name, sources) in [("default", ["max"]), ("defaultRequest", ["default", "min"])] {
            for source in sources {
                for entry in item[source]?.object ?? Object() {
                    var target = item[name]?.object ?? Object()
                    target.setDefault(entry.key, entry.value)
                    item[name] = .object(target)
                }
            }
        }
    }

    /// Defaults that the types themselves declare; empty ones are how the server writes zero values and are not set here.
    private static func declared(in value: inout Value, _ shape: Shape, _ schema: Schema) {
        if shape.isDeduced { return }
        if let map = shape.map, var object = value.object {
            value = .null
            for field in map.fields {
                if var child = object[field.name] {
                    object[field.name] = .null
                    declared(in: &child, schema[field.type], schema)
                    object[field.name] = child
                } else if let given = field.defaultValue, !given.isMissing, given != .int(0), given != .bool(false) {
                    object[field.name] = given
                }
            }
            if map.fields.isEmpty, let element = map.element, !schema[element].isDeduced {
                for entry in object {
                    var child = entry.value
                    declared(in: &child, schema[element], schema)
                    object[entry.key] = child
                }
            }
            value = .object(object)
        } else if let list = shape.list, let items = value.array {
            let element = schema[list.element]
            guard element.map != nil else { return }
            value = .array(
                items.map { item in
                    var item = item
                    declared(in: &item, element, schema)
                    return item
                })
        }
    }

    // MARK: Workloads

    private static func deployment(_ spec: inout Object) {
        spec.setDefault("replicas", 1)
        var strategy = spec["strategy"]?.object ?? Object()
        strategy.setDefault("type", "RollingUpdate")
        if strategy["type"] == "RollingUpdate" {
            var rolling = strategy["rollingUpdate"]?.object ?? Object()
            rolling.setDefault("maxUnavailable", "25%")
            rolling.setDefault("maxSurge", "25%")
            strategy["rollingUpdate"] = .object(rolling)
        }
        spec["strategy"] = .object(strategy)
        spec.setDefault("revisionHistoryLimit", 10)
        spec.setDefault("progressDeadlineSeconds", 600)
        template(&spec)
    }

    private static func statefulSet(_ spec: inout Object) {
        spec.setDefault("replicas", 1)
        spec.setDefault("podManagementPolicy", "OrderedReady")
        spec.setDefault("revisionHistoryLimit", 10)
        var strategy = spec["updateStrategy"]?.object ?? Object()
        strategy.setDefault("type", "RollingUpdate")
        if strategy["type"] == "RollingUpdate" {
            var rolling = strategy["rollingUpdate"]?.object ?? Object()
            rolling.setDefault("partition", 0)
            strategy["rollingUpdate"] = .object(rolling)
        }
        spec["updateStrategy"] = .object(strategy)
        var retention = spec["persistentVolumeClaimRetentionPolicy"]?.object ?? Object()
        retention.setDefault("whenDeleted", "Retain")
        retention.setDefault("whenScaled", "Retain")
        spec["persistentVolumeClaimRetentionPolicy"] = .object(retention)
        template(&spec)
        spec.editItems("volumeClaimTemplates") { claim in
            claim["kind"] = "PersistentVolumeClaim"
            claim["apiVersion"] = "v1"
            claim.edit("spec") { $0.setDefault("volumeMode", "Filesystem") }
            claim["status"] = ["phase": "Pending"]
        }
    }

    private static func daemonSet(_ spec: inout Object) {
        spec.setDefault("revisionHistoryLimit", 10)
        var strategy = spec["updateStrategy"]?.object ?? Object()
        strategy.setDefault("type", "RollingUpdate")
        if strategy["type"] == "RollingUpdate" {
            var rolling = strategy["rollingUpdate"]?.object ?? Object()
            rolling.setDefault("maxUnavailable", 1)
            rolling.setDefault("maxSurge", 0)
            strategy["rollingUpdate"] = .object(rolling)
        }
        spec["updateStrategy"] = .object(strategy)
        template(&spec)
    }

    private static func replicationController(_ object: inout Object) {
        let labels = object["spec"]?.at("template", "metadata", "labels")?.object ?? Object()
        object.edit("spec") { spec in
            if !labels.isEmpty, spec["selector"]?.object?.isEmpty ?? true { spec["selector"] = .object(labels) }
            spec.setDefault("replicas", 1)
            template(&spec)
        }
        copyTemplateLabels(&object)
    }

    /// A Job, ReplicationController or ReplicaSet without labels takes those of its template.
    private static func copyTemplateLabels(_ object: inout Object) {
        guard let labels = object["spec"]?.at("template", "metadata", "labels")?.object, !labels.isEmpty else { return }
        var metadata = object["metadata"]?.object ?? Object()
        if metadata["labels"]?.object?.isEmpty ?? true { metadata["labels"] = .object(labels) }
        object["metadata"] = .object(metadata)
    }

    private static func job(_ spec: inout Object) {
        if spec["completions"] == nil, spec["parallelism"] == nil {
            spec["completions"] = 1
            spec["parallelism"] = 1
        }
        spec.setDefault("parallelism", 1)
        if spec["backoffLimit"] == nil {
            spec["backoffLimit"] = spec["backoffLimitPerIndex"] == nil ? 6 : .int(Int64(Int32.max))
        }
        spec.setDefault("completionMode", "NonIndexed")
        spec.setDefault("suspend", false)
        spec.setDefault("manualSelector", false)
        if spec["podReplacementPolicy"] == nil {
            spec["podReplacementPolicy"] = spec["podFailurePolicy"] == nil ? "TerminatingOrFailed" : "Failed"
        }
        template(&spec)
    }

    private static func cronJob(_ spec: inout Object) {
        spec.setDefault("concurrencyPolicy", "Allow")
        spec.setDefault("suspend", false)
        spec.setDefault("successfulJobsHistoryLimit", 3)
        spec.setDefault("failedJobsHistoryLimit", 1)
        spec.edit("jobTemplate") { $0.edit("spec") { template(&$0) } }
    }

    private static func template(_ spec: inout Object) {
        spec.edit("template") { $0.edit("spec", pod) }
    }

    // MARK: Pods

    private static func pod(_ spec: inout Object) {
        spec.setDefault("restartPolicy", "Always")
        spec.setDefault("terminationGracePeriodSeconds", 30)
        spec.setDefault("dnsPolicy", "ClusterFirst")
        spec.setDefault("securityContext", [:])
        spec.setDefault("schedulerName", "default-scheduler")
        if let account = spec["serviceAccountName"] ?? spec["serviceAccount"], account.string?.isEmpty == false {
            spec["serviceAccountName"] = account
            spec["serviceAccount"] = account
        }
        let usesHostNetwork = spec["hostNetwork"]?.bool == true
        for list in ["initContainers", "containers"] {
            spec.editItems(list) { container in
                self.container(&container)
                if usesHostNetwork {
                    container.editItems("ports") { port in
                        if let number = port["containerPort"] { port.setDefault("hostPort", number) }
                    }
                }
            }
        }
        spec.editItems("ephemeralContainers", container)
        spec.editItems("volumes", volume)
        spec.editItems("topologySpreadConstraints") { _ in }
    }

    private static func container(_ container: inout Object) {
        if container["imagePullPolicy"] == nil {
            container["imagePullPolicy"] = .string(pullPolicy(container["image"]?.string ?? ""))
        }
        container.setDefault("terminationMessagePath", "/dev/termination-log")
        container.setDefault("terminationMessagePolicy", "File")
        container.editItems("ports") { $0.setDefault("protocol", "TCP") }
        for name in ["livenessProbe", "readinessProbe", "startupProbe"] { container.edit(name, probe) }
        container.edit("lifecycle") { lifecycle in
            for name in ["postStart", "preStop"] { lifecycle.edit(name) { $0.edit("httpGet", httpGet) } }
        }
        container.editItems("env") { variable in
            variable.edit("valueFrom") { $0.edit("fieldRef") { $0.setDefault("apiVersion", "v1") } }
        }
    }

    /// `Always` for `latest` and for an image without a tag, else `IfNotPresent`.
    private static func pullPolicy(_ image: String) -> String {
        if image.contains("@") { return "IfNotPresent" }
        let last = image.split(separator: "/").last ?? ""
        guard let colon = last.lastIndex(of: ":") else { return "Always" }
        return last[last.index(after: colon)...] == "latest" ? "Always" : "IfNotPresent"
    }

    private static func probe(_ probe: inout Object) {
        probe.setDefault("timeoutSeconds", 1)
        probe.setDefault("periodSeconds", 10)
        probe.setDefault("successThreshold", 1)
        probe.setDefault("failureThreshold", 3)
        probe.edit("httpGet", httpGet)
        probe.edit("grpc") { $0.setDefault("service", "") }
    }

    private static func httpGet(_ action: inout Object) {
        action.setDefault("path", "/")
        action.setDefault("scheme", "HTTP")
    }

    private static func requestsFromLimits(_ container: inout Object) {
        container.edit("resources") { resources in
            guard let limits = resources["limits"]?.object else { return }
            var requests = resources["requests"]?.object ?? Object()
            for limit in limits { requests.setDefault(limit.key, limit.value) }
            resources["requests"] = .object(requests)
        }
    }

    private static func volume(_ volume: inout Object) {
        let sources = volume.entries.filter { $0.key != "name" }
        if sources.isEmpty { volume["emptyDir"] = [:] }
        for name in ["secret", "configMap", "downwardAPI", "projected"] { volume.edit(name) { $0.setDefault("defaultMode", 420) } }
        volume.edit("downwardAPI") { $0.editItems("items") { $0.edit("fieldRef") { $0.setDefault("apiVersion", "v1") } } }
        volume.edit("projected") { projected in
            projected.editItems("sources") { source in
                source.edit("serviceAccountToken") { $0.setDefault("expirationSeconds", 3600) }
                source.edit("downwardAPI") { $0.editItems("items") { $0.edit("fieldRef") { $0.setDefault("apiVersion", "v1") } } }
            }
        }
        volume.edit("hostPath") { $0.setDefault("type", "") }
    }

    // MARK: Services

    private static func service(_ spec: inout Object) {
        spec.setDefault("sessionAffinity", "None")
        if spec["sessionAffinity"] == "ClientIP" {
            spec.setDefault("sessionAffinityConfig", ["clientIP": ["timeoutSeconds": 10800]])
        } else {
            spec["sessionAffinityConfig"] = nil
        }
        spec.setDefault("type", "ClusterIP")
        spec.editItems("ports") { port in
            port.setDefault("protocol", "TCP")
            let target = port["targetPort"]
            if target == nil || target == 0 || target == "" { port["targetPort"] = port["port"] }
        }
        let type = spec["type"]?.string ?? ""
        if type == "NodePort" || type == "LoadBalancer" { spec.setDefault("externalTrafficPolicy", "Cluster") }
        if type == "ClusterIP" || type == "NodePort" || type == "LoadBalancer" { spec.setDefault("internalTrafficPolicy", "Cluster") }
        if type == "LoadBalancer" { spec.setDefault("allocateLoadBalancerNodePorts", true) }
    }
}
