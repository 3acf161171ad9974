// Which objects an object names: what has to be there before it.

import KubernetesModel
import StructuredData

enum References {
    /// Keys that `object` names and that should exist before it; whether they are part of a plan is for the caller to see.
    static func of(_ object: Value, key: ObjectKey) -> [ObjectKey] {
        var found: [ObjectKey] = []
        let namespace = key.namespace
        func add(_ kind: GroupKind, _ name: Value?, in namespace: String?) {
            guard let name = name?.string, !name.isEmpty else { return }
            found.append(ObjectKey(groupKind: kind, namespace: namespace, name: name))
        }
        switch (key.group, key.kind) {
        case (GroupKind.clusterRole.group, "RoleBinding"), (GroupKind.clusterRole.group, "ClusterRoleBinding"):
            let role = object["roleRef"]
            let kind = role?["kind"]?.string ?? ""
            add(GroupKind(group: GroupKind.clusterRole.group, kind: kind), role?["name"], in: kind == "Role" ? namespace : nil)
            for subject in serviceAccounts(of: object) {
                add(.serviceAccount, .string(subject.name), in: subject.namespace ?? namespace)
            }
        case ("", "Secret"):
            if isAccountToken(object) { add(.serviceAccount, object.at("metadata", "annotations", accountOfToken), in: namespace) }
        case ("", "ServiceAccount"):
            for list in ["secrets", "imagePullSecrets"] {
                for item in object[list]?.array ?? [] { add(.secret, item["name"], in: namespace) }
            }
        case (GroupKind.validatingWebhooks.group, "ValidatingWebhookConfiguration"),
            (GroupKind.mutatingWebhooks.group, "MutatingWebhookConfiguration"):
            for hook in object["webhooks"]?.array ?? [] {
                let service = hook.at("clientConfig", "service")
                add(.service, service?["name"], in: service?["namespace"]?.string)
            }
        case (GroupKind.apiService.group, "APIService"):
            let service = object.at("spec", "service")
            add(.service, service?["name"], in: service?["namespace"]?.string)
        case ("", "PersistentVolumeClaim"):
            add(.storageClass, object.at("spec", "storageClassName"), in: nil)
            add(.persistentVolume, object.at("spec", "volumeName"), in: nil)
        case ("networking.k8s.io", "Ingress"):
            add(GroupKind(group: "networking.k8s.io", kind: "IngressClass"), object.at("spec", "ingressClassName"), in: nil)
        default:
            if let pod = podSpec(of: object, key: key) { podReferences(pod, namespace: namespace, add) }
        }
        return found
    }

    /// Whether a Secret asks for a token of a ServiceAccount: the cluster fills it in, and deletes it where the account is missing.
    /// So it comes after its account, even where the account lists it.
    static func isAccountToken(_ secret: Value) -> Bool {
        secret["type"]?.string == "kubernetes.io/service-account-token"
    }
    private static let accountOfToken = "kubernetes.io/service-account.name"

    static func serviceAccounts(of binding: Value) -> [(namespace: String?, name: String)] {
        (binding["subjects"]?.array ?? []).compactMap { subject in
            guard subject["kind"]?.string == "ServiceAccount", let name = subject["name"]?.string else { return nil }
            return (subject["namespace"]?.string, name)
        }
    }

    /// The pod spec of a Pod or of what has a pod template; custom kinds that follow `spec.template.spec` count too.
    static func podSpec(of object: Value, key: ObjectKey) -> Value? {
        switch (key.group, key.kind) {
        case ("", "Pod"): return object["spec"]
        case ("", "PodTemplate"): return object.at("template", "spec")
        case ("batch", "CronJob"): return object.at("spec", "jobTemplate", "spec", "template", "spec")
        default:
            let spec = object.at("spec", "template", "spec")
            return spec?["containers"]?.array == nil ? Value?.none : spec
        }
    }

    /// Whether the LimitRanges and ResourceQuotas of its namespace say what the object, or a pod of it, may have.
    static func isBounded(_ object: Value, key: ObjectKey) -> Bool {
        key.groupKind == .persistentVolumeClaim || podSpec(of: object, key: key) != nil
    }

    private static func podReferences(_ pod: Value, namespace: String?, _ add: (GroupKind, Value?, String?) -> Void) {
        add(.serviceAccount, pod["serviceAccountName"] ?? pod["serviceAccount"], namespace)
        add(GroupKind(group: "scheduling.k8s.io", kind: "PriorityClass"), pod["priorityClassName"], nil)
        add(GroupKind(group: "node.k8s.io", kind: "RuntimeClass"), pod["runtimeClassName"], nil)
        for item in pod["imagePullSecrets"]?.array ?? [] { add(.secret, item["name"], namespace) }
        for volume in pod["volumes"]?.array ?? [] {
            add(.configMap, volume.at("configMap", "name"), namespace)
            add(.secret, volume.at("secret", "secretName"), namespace)
            add(.persistentVolumeClaim, volume.at("persistentVolumeClaim", "claimName"), namespace)
            add(.secret, volume.at("csi", "nodePublishSecretRef", "name"), namespace)
            for source in volume.at("projected", "sources")?.array ?? [] {
                add(.configMap, source.at("configMap", "name"), namespace)
                add(.secret, source.at("secret", "name"), namespace)
            }
        }
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            for container in pod[list]?.array ?? [] {
                for source in container["envFrom"]?.array ?? [] {
                    add(.configMap, source.at("configMapRef", "name"), namespace)
                    add(.secret, source.at("secretRef", "name"), namespace)
                }
                for variable in container["env"]?.array ?? [] {
                    add(.configMap, variable.at("valueFrom", "configMapKeyRef", "name"), namespace)
                    add(.secret, variable.at("valueFrom", "secretKeyRef", "name"), namespace)
                }
            }
        }
    }
}
