// What the server refuses with 422: names, labels, and the rules of the kinds that people write most.

import StructuredData

enum Validation {
    static func causes(creating object: Value, _ kind: ServedKind) -> [FailureCause] {
        metadata(object, kind) + body(object, kind)
    }

    static func causes(updating object: Value, from live: Value, _ kind: ServedKind, subresource: String) -> [FailureCause] {
        var causes: [FailureCause] = []
        for field in ["name", "namespace", "uid", "deletionTimestamp"] where object.at("metadata", field) != live.at("metadata", field) {
            // The server checks these twice and says so twice.
            let cause = FailureCause.invalid("metadata.\(field)", object.at("metadata", field) ?? "", "field is immutable")
            causes += [cause, cause]
        }
        if live.at("metadata", "deletionTimestamp") != nil {
            let before = (live.at("metadata", "finalizers")?.array ?? []).compactMap(\.string)
            let added = (object.at("metadata", "finalizers")?.array ?? []).compactMap(\.string).filter { !before.contains($0) }
            if !added.isEmpty {
                let list = added.map { "\"\($0)\"" }.joined(separator: ", ")
                let cause = FailureCause.forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(list)}")
                causes += [cause, cause]
            }
        }
        causes += metadata(object, kind)
        if subresource.isEmpty { causes += body(object, kind) + immutable(object, live, kind) }
        return causes
    }

    // MARK: Metadata

    private static func nameErrors(_ name: String, _ kind: ServedKind) -> [String] {
        if kind.resource.group == "rbac.authorization.k8s.io" { return NameRules.pathSegment(name) }
        switch kind.collection {
        case "namespaces", "services":
            return name.contains(".") ? ["must not contain dots"] : NameRules.label(name)
        default: return NameRules.subdomain(name)
        }
    }

    private static func metadata(_ object: Value, _ kind: ServedKind) -> [FailureCause] {
        var causes: [FailureCause] = []
        let name = object.at("metadata", "name")?.string ?? ""
        if name.isEmpty {
            causes.append(.required("metadata.name", "name or generateName is required"))
        } else {
            causes += nameErrors(name, kind).map { .invalid("metadata.name", .string(name), $0) }
        }
        for entry in object.at("metadata", "labels")?.object ?? Object() {
            causes += NameRules.qualifiedName(entry.key).map { .invalid("metadata.labels", .string(entry.key), $0) }
            causes += NameRules.labelValue(entry.value.string ?? "").map {
                .invalid("metadata.labels", entry.value, $0)
            }
        }
        var size = 0
        for entry in object.at("metadata", "annotations")?.object ?? Object() {
            causes += NameRules.qualifiedName(entry.key.lowercased()).map { .invalid("metadata.annotations", .string(entry.key), $0) }
            size += entry.key.utf8.count + (entry.value.string?.utf8.count ?? 0)
        }
        if size > 256 * 1024 { causes.append(.tooLong("metadata.annotations", 256 * 1024)) }
        causes += owners(object.at("metadata", "ownerReferences")?.array ?? [])
        for (index, finalizer) in (object.at("metadata", "finalizers")?.array ?? []).enumerated() {
            let name = finalizer.string ?? ""
            let path = "metadata.finalizers[\(index)]"
            causes += NameRules.qualifiedName(name).map { .invalid(path, finalizer, $0) }
            if !name.contains("/"), !["orphan", "foregroundDeletion", "kubernetes"].contains(name) {
                causes.append(.invalid(path, finalizer, "name is neither a standard finalizer name nor is it fully qualified"))
            }
        }
        return causes
    }

    private static func owners(_ references: [Value]) -> [FailureCause] {
        var causes: [FailureCause] = []
        var controller: Value?
        for reference in references {
            for field in ["apiVersion", "kind", "name", "uid"] where (reference[field]?.string ?? "").isEmpty {
                causes.append(
                    .invalid(
                        "metadata.ownerReferences.\(field)", reference[field] ?? "",
                        field == "apiVersion" ? "version must not be empty" : "must not be empty"))
            }
            guard reference["controller"]?.bool == true else { continue }
            if let first = controller {
                func label(_ value: Value) -> String { "\(value["kind"]?.string ?? "")/\(value["name"]?.string ?? "")" }
                let shown = references.map { reference -> Value in
                    var ordered = Object()
                    for field in ["apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"] {
                        ordered[field] = reference[field]
                    }
                    return .object(ordered)
                }
                causes.append(
                    .invalid(
                        "metadata.ownerReferences", .array(shown),
                        "Only one reference can have Controller set to true. Found \"true\" in references for \(label(first)) and "
                            + label(reference)))
            }
            controller = reference
        }
        return causes
    }

    // MARK: Bodies

    private static func body(_ object: Value, _ kind: ServedKind) -> [FailureCause] {
        switch kind.collection {
        case "configmaps": return configMap(object)
        case "secrets": return secret(object)
        case "services": return Validation.service(object)
        case "apps/deployments", "apps/replicasets", "apps/statefulsets", "apps/daemonsets": return workload(object)
        case "replicationcontrollers": return replicationController(object)
        case "batch/jobs": return template(object.at("spec", "template") ?? [:], at: "spec.template")
        case "batch/cronjobs":
            var causes: [FailureCause] = []
            if (object.at("spec", "schedule")?.string ?? "").isEmpty { causes.append(.required("spec.schedule")) }
            return causes + template(object.at("spec", "jobTemplate", "spec", "template") ?? [:], at: "spec.jobTemplate.spec.template")
        case "pods": return PodValidation.spec(object["spec"] ?? [:], at: "spec")
        case CustomDefinition.collection: return definition(object)
        default:
            if let custom = kind.custom { return StructuralSchema(custom: custom).causes(object) }
            return []
        }
    }

    private static func definition(_ object: Value) -> [FailureCause] {
        var causes: [FailureCause] = []
        let group = object.at("spec", "group")?.string ?? ""
        let plural = object.at("spec", "names", "plural")?.string ?? ""
        let name = object.at("metadata", "name")?.string ?? ""
        if name != "\(plural).\(group)" {
            causes.append(.invalid("metadata.name", .string(name), "must be spec.names.plural+\".\"+spec.group"))
        }
        if group.isEmpty {
            causes.append(.required("spec.group"))
        } else if !group.contains(".") {
            causes.append(.invalid("spec.group", .string(group), "should be a domain with at least one dot"))
        }
        let scope = object.at("spec", "scope")?.string ?? ""
        if scope.isEmpty {
            causes.append(.required("spec.scope"))
        } else if !["Cluster", "Namespaced"].contains(scope) {
            causes.append(.notSupported("spec.scope", .string(scope), ["Cluster", "Namespaced"]))
        }
        let versions = object.at("spec", "versions")?.array ?? []
        for (index, version) in versions.enumerated() where version.at("schema", "openAPIV3Schema") == nil {
            causes.append(.required("spec.versions[\(index)].schema.openAPIV3Schema"))
        }
        if versions.filter({ $0["storage"]?.bool == true }).count != 1 {
            causes.append(
                .invalid("spec.versions", .array(versions), "must have exactly one version marked as storage version"))
        }
        for field in ["plural", "kind"] where (object.at("spec", "names")?[field]?.string ?? "").isEmpty {
            causes.append(.required("spec.names.\(field)"))
        }
        return causes
    }

    private static func configMap(_ object: Value) -> [FailureCause] {
        var causes: [FailureCause] = []
        var size = 0
        let binary = object["binaryData"]?.object ?? Object()
        for entry in object["data"]?.object ?? Object() {
            causes += NameRules.configKey(entry.key).map { .invalid("data[\(entry.key)]", .string(entry.key), $0) }
            if binary[entry.key] != nil {
                causes.append(.invalid("data[\(entry.key)]", .string(entry.key), "duplicate of key present in binaryData"))
            }
            size += entry.value.string?.utf8.count ?? 0
        }
        for entry in binary {
            causes += NameRules.configKey(entry.key).map { .invalid("binaryData[\(entry.key)]", .string(entry.key), $0) }
            size += (entry.value.string?.utf8.count ?? 0) / 4 * 3
        }
        if size > 1 << 20 { causes.append(.tooLong("", 1 << 20)) }
        return causes
    }

    private static func secret(_ object: Value) -> [FailureCause] {
        var causes: [FailureCause] = []
        var size = 0
        let data = object["data"]?.object ?? Object()
        for entry in data {
            causes += NameRules.configKey(entry.key).map { .invalid("data[\(entry.key)]", .string(entry.key), $0) }
            size += (entry.value.string?.utf8.count ?? 0) / 4 * 3
        }
        if size > 1 << 20 { causes.append(.tooLong("data", 1 << 20)) }
        switch object["type"]?.string {
        case "kubernetes.io/tls":
            for key in ["tls.crt", "tls.key"] where data[key] == nil { causes.append(.required("data[\(key)]")) }
        case "kubernetes.io/dockerconfigjson":
            if data[".dockerconfigjson"] == nil { causes.append(.required("data[.dockerconfigjson]")) }
        case "kubernetes.io/ssh-auth":
            if data["ssh-privatekey"] == nil { causes.append(.required("data[ssh-privatekey]")) }
        default: break
        }
        return causes
    }

    private static func service(_ object: Value) -> [FailureCause] {
        var causes: [FailureCause] = []
        let type = object.at("spec", "type")?.string ?? ""
        let ports = object.at("spec", "ports")?.array ?? []
        if ports.isEmpty, type != "ExternalName", object.at("spec", "clusterIP")?.string != "None" {
            causes.append(.required("spec.ports"))
        }
        if type == "ExternalName", (object.at("spec", "externalName")?.string ?? "").isEmpty {
            causes.append(.required("spec.externalName"))
        }
        for (index, port) in ports.enumerated() {
            let path = "spec.ports[\(index)]"
            if ports.count > 1, (port["name"]?.string ?? "").isEmpty { causes.append(.required(path + ".name")) }
            let number = port["port"]?.int ?? 0
            if number < 1 || number > 65_535 {
                causes.append(.invalid(path + ".port", .int(number), "must be between 1 and 65535, inclusive"))
            }
            if let target = port["targetPort"]?.int, target < 1 || target > 65_535 {
                causes.append(.invalid(path + ".targetPort", .int(target), "must be between 1 and 65535, inclusive"))
            }
        }
        if !["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"].contains(type) {
            causes.append(.notSupported("spec.type", .string(type), ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]))
        }
        return causes
    }

    private static func workload(_ object: Value) -> [FailureCause] {
        var causes: [FailureCause] = []
        let selector = object.at("spec", "selector")
        if let replicas = object.at("spec", "replicas")?.int, replicas < 0 {
            causes.append(.invalid("spec.replicas", .int(replicas), "must be greater than or equal to 0"))
        }
        if selector == nil || selector?.isNull == true {
            causes.append(.required("spec.selector"))
        } else if LabelSelector(object: selector).isEmpty {
            causes.append(.invalid("spec.selector", selector ?? .null, "empty selector is invalid for deployment"))
        }
        let labels = object.at("spec", "template", "metadata", "labels")
        let isMatching = selector.map { !$0.isNull && LabelSelector(object: $0).matches(labels: labels?.object ?? Object()) } ?? false
        if !isMatching {
            causes.append(.invalid("spec.template.metadata.labels", labels ?? .null, "`selector` does not match template `labels`"))
        }
        // A StatefulSet mounts what it claims as it mounts a volume.
        let claims = (object.at("spec", "volumeClaimTemplates")?.array ?? []).compactMap { $0.at("metadata", "name")?.string }
        causes += template(object.at("spec", "template") ?? [:], at: "spec.template", claims: claims)
        if object.at("spec", "strategy", "type") == "Recreate", object.at("spec", "strategy", "rollingUpdate") != nil {
            causes.append(.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"))
        }
        return causes
    }

    private static func replicationController(_ object: Value) -> [FailureCause] {
        var causes: [FailureCause] = []
        let selector = object.at("spec", "selector")?.object ?? Object()
        if selector.isEmpty { causes.append(.required("spec.selector")) }
        let labels = object.at("spec", "template", "metadata", "labels")?.object ?? Object()
        if object.at("spec", "template") == nil || object.at("spec", "template")?.isNull == true {
            causes.append(.required("spec.template"))
        } else if !selector.allSatisfy({ labels[$0.key] == $0.value }) {
            causes.append(
                .invalid("spec.template.metadata.labels", .object(labels), "`selector` does not match template `labels`"))
        }
        return causes + template(object.at("spec", "template") ?? [:], at: "spec.template")
    }

    private static func template(_ template: Value, at path: String, claims: [String] = []) -> [FailureCause] {
        PodValidation.spec(template["spec"] ?? [:], at: path + ".spec", claims: claims)
    }

    // MARK: What may not change

    private static func immutable(_ object: Value, _ live: Value, _ kind: ServedKind) -> [FailureCause] {
        func changed(_ path: [String]) -> Bool { node(object, path) != node(live, path) }
        func cause(_ path: [String]) -> [FailureCause] {
            changed(path) ? [.invalid(path.joined(separator: "."), node(object, path) ?? .null, "field is immutable")] : []
        }
        switch kind.collection {
        case "configmaps", "secrets":
            var causes: [FailureCause] = []
            if kind.collection == "secrets" { causes += cause(["type"]) }
            if live["immutable"]?.bool == true {
                if object["immutable"]?.bool != true {
                    causes.append(.forbidden("immutable", "field is immutable when `immutable` is set"))
                }
                if changed(["data"]) { causes.append(.forbidden("data", "field is immutable when `immutable` is set")) }
                if changed(["binaryData"]) { causes.append(.forbidden("binaryData", "field is immutable when `immutable` is set")) }
            }
            return causes
        case "apps/deployments", "apps/replicasets", "apps/daemonsets": return cause(["spec", "selector"])
        case "batch/jobs":
            return cause(["spec", "completions"]) + cause(["spec", "selector"]) + cause(["spec", "template"])
                + cause(["spec", "completionMode"])
        case "apps/statefulsets": return statefulSet(object, live)
        case "services":
            if ["ExternalName"].contains(live.at("spec", "type")?.string ?? "")
                || ["ExternalName"].contains(object.at("spec", "type")?.string ?? "")
            {
                return []
            }
            guard changed(["spec", "clusterIP"]) || changed(["spec", "clusterIPs"]) else { return [] }
            return [
                .invalid(
                    "spec.clusterIPs[0]", .array(node(object, ["spec", "clusterIPs"])?.array ?? [object.at("spec", "clusterIP") ?? .null]),
                    "may not change once set")
            ]
        case "persistentvolumeclaims":
            var before = live["spec"] ?? [:]
            var after = object["spec"] ?? [:]
            for field in ["resources", "volumeName", "volumeAttributesClassName"] {
                before.set(nil, at: [field])
                after.set(nil, at: [field])
            }
            return before == after
                ? []
                : [
                    .forbidden(
                        "spec",
                        "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims")
                ]
        case "rbac.authorization.k8s.io/rolebindings", "rbac.authorization.k8s.io/clusterrolebindings":
            guard changed(["roleRef"]) else { return [] }
            let shown: Value = [
                "APIGroup": object.at("roleRef", "apiGroup") ?? "", "Kind": object.at("roleRef", "kind") ?? "",
                "Name": object.at("roleRef", "name") ?? "",
            ]
            return [.invalid("roleRef", shown, "cannot change roleRef")]
        case "scheduling.k8s.io/priorityclasses":
            return changed(["value"]) ? [.forbidden("value", "may not be changed in an update.")] : []
        case "storage.k8s.io/storageclasses":
            return cause(["provisioner"]) + cause(["parameters"]) + cause(["reclaimPolicy"]) + cause(["volumeBindingMode"])
        case "apiextensions.k8s.io/customresourcedefinitions":
            let isEstablished = (live.at("status", "conditions")?.array ?? []).contains {
                $0["type"] == "Established" && $0["status"] == "True"
            }
            return (isEstablished ? cause(["spec", "scope"]) + cause(["spec", "names", "kind"]) : []) + cause(["spec", "group"])
                + cause(["spec", "names", "plural"])
        case "pods": return PodValidation.update(object, live)
        default: return []
        }
    }

    private static func statefulSet(_ object: Value, _ live: Value) -> [FailureCause] {
        var before = live["spec"] ?? [:]
        var after = object["spec"] ?? [:]
        for field in [
            "replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy",
            "minReadySeconds",
        ] {
            before.set(nil, at: [field])
            after.set(nil, at: [field])
        }
        return before == after
            ? []
            : [
                .forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', "
                        + "'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden")
            ]
    }

    private static func node(_ value: Value, _ path: [String]) -> Value? {
        var node: Value? = value
        for key in path { node = node?[key] }
        return node
    }
}
