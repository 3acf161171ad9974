// In which fields objects are named by others, as kustomize knows it. Source: its default field specs (namereference.go).

extension FieldConfiguration {
    static let standardNameReferences: [NameReference] = [
        NameReference(kind: "Deployment", fields: scaled),
        NameReference(kind: "ReplicationController", fields: scaled),
        NameReference(kind: "ReplicaSet", fields: scaled),
        NameReference(kind: "StatefulSet", fields: scaled),
        NameReference(version: "v1", kind: "ConfigMap", fields: configMapFields),
        NameReference(version: "v1", kind: "Secret", fields: secretFields),
        NameReference(version: "v1", kind: "Service", fields: serviceFields),
        NameReference(group: rbac, kind: "Role", fields: [FieldSpec("roleRef/name", group: rbac, kind: "RoleBinding")]),
        NameReference(
            group: rbac, kind: "ClusterRole",
            fields: ["RoleBinding", "ClusterRoleBinding"].map { FieldSpec("roleRef/name", group: rbac, kind: $0) }),
        NameReference(
            version: "v1", kind: "ServiceAccount",
            fields: ["RoleBinding", "ClusterRoleBinding"].map { FieldSpec("subjects", group: rbac, kind: $0) }
                + pods.flatMap { $0.specs(["serviceAccountName"]) }),
        NameReference(
            version: "v1", kind: "PersistentVolumeClaim", fields: pods.flatMap { $0.specs(["volumes/persistentVolumeClaim/claimName"]) }),
        NameReference(
            version: "v1", kind: "PersistentVolume",
            fields: [FieldSpec("spec/volumeName", kind: "PersistentVolumeClaim"), FieldSpec("rules/resourceNames", kind: "ClusterRole")]),
        NameReference(
            group: "storage.k8s.io", version: "v1", kind: "StorageClass",
            fields: [
                FieldSpec("spec/storageClassName", kind: "PersistentVolume"),
                FieldSpec("spec/storageClassName", kind: "PersistentVolumeClaim"),
                FieldSpec("spec/volumeClaimTemplates/spec/storageClassName", kind: "StatefulSet"),
            ]),
        NameReference(
            group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass", fields: pods.flatMap { $0.specs(["priorityClassName"]) }),
        // The group is spelled so in kustomize: no IngressClass is of it, and none is followed.
        NameReference(
            group: "networking.k8s.io/v1", version: "v1", kind: "IngressClass",
            fields: [FieldSpec("spec/ingressClassName", kind: "Ingress")]),
        NameReference(
            group: admission, kind: "ValidatingAdmissionPolicy",
            fields: [FieldSpec("spec/policyName", kind: "ValidatingAdmissionPolicyBinding")]),
    ]

    private static let rbac = "rbac.authorization.k8s.io"
    private static let admission = "admissionregistration.k8s.io"
    private static let scaled = [FieldSpec("spec/scaleTargetRef/name", kind: "HorizontalPodAutoscaler")]

    /// For accounts, claims and priorities.
    private static let pods = [
        PodHolder("Pod", ""), PodHolder("StatefulSet"), PodHolder("Deployment"), PodHolder("ReplicationController"),
        PodHolder("CronJob", "spec/jobTemplate/spec/template"), PodHolder("Job"), PodHolder("DaemonSet"),
    ]

    /// For ConfigMaps and Secrets.
    private static let readers = [
        PodHolder("Pod", "", version: "v1"), PodHolder("PodTemplate", "template"), PodHolder("Deployment"), PodHolder("ReplicaSet"),
        PodHolder("DaemonSet"), PodHolder("StatefulSet"), PodHolder("Job"), PodHolder("CronJob", "spec/jobTemplate/spec/template"),
    ]

    /// What reads a ConfigMap (`configMapRef`) or Secret (`secretRef`) in a pod, beside its volumes.
    private static func containers(_ source: String) -> [String] {
        ["containers", "initContainers"].flatMap { ["\($0)/env/valueFrom/\(source)KeyRef/name", "\($0)/envFrom/\(source)Ref/name"] }
    }

    private static let named = ["Role", "ClusterRole"].map { FieldSpec("rules/resourceNames", kind: $0) }

    private static func annotation(_ name: String) -> FieldSpec {
        FieldSpec("metadata/annotations/\(name.replacing("/", with: "\\/"))", kind: "Ingress")
    }

    private static let configMapFields: [FieldSpec] =
        readers.flatMap { $0.specs(["volumes/configMap/name"] + containers("configMap") + ["volumes/projected/sources/configMap/name"]) }
        + [FieldSpec("spec/configSource/configMap", kind: "Node")] + named
        + [annotation("nginx.ingress.kubernetes.io/fastcgi-params-configmap")]

    private static let secretFields: [FieldSpec] =
        readers.flatMap {
            $0.specs(
                ["volumes/secret/secretName"] + containers("secret") + ["imagePullSecrets/name", "volumes/projected/sources/secret/name"])
        }
        + [FieldSpec("spec/tls/secretName", kind: "Ingress")]
        + ["ingress.kubernetes.io/auth-secret", "nginx.ingress.kubernetes.io/auth-secret", "nginx.ingress.kubernetes.io/auth-tls-secret"]
        .map(annotation)
        + [FieldSpec("imagePullSecrets/name", kind: "ServiceAccount")]
        + ["secretName", "adminSecretName", "userSecretName", "secretRef"].map { FieldSpec("parameters/\($0)", kind: "StorageClass") }
        + named
        + PodHolder("Service", group: "serving.knative.dev", version: "v1").specs(["containers/env/valueFrom/secretKeyRef/name"])
        + [FieldSpec("spec/azureFile/secretName", kind: "PersistentVolume")]

    private static let serviceFields: [FieldSpec] =
        [FieldSpec("spec/serviceName", group: "apps", kind: "StatefulSet")]
        + [
            "rules/http/paths/backend/serviceName", "backend/serviceName", "rules/http/paths/backend/service/name",
            "defaultBackend/service/name",
        ]
        .map { FieldSpec("spec/\($0)", kind: "Ingress") }
        + [FieldSpec("spec/service/name", group: "apiregistration.k8s.io", kind: "APIService")]
        + ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"]
        .map { FieldSpec("webhooks/clientConfig/service", group: admission, kind: $0) }
}
