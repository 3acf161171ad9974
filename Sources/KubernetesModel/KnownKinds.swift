// The kinds and paths that more than one stage knows by name, each once.

package import StructuredData

extension GroupKind {
    package static let configMap = GroupKind(group: "", kind: "ConfigMap")
    package static let namespace = GroupKind(group: "", kind: "Namespace")
    package static let persistentVolume = GroupKind(group: "", kind: "PersistentVolume")
    package static let persistentVolumeClaim = GroupKind(group: "", kind: "PersistentVolumeClaim")
    package static let pod = GroupKind(group: "", kind: "Pod")
    package static let replicationController = GroupKind(group: "", kind: "ReplicationController")
    package static let secret = GroupKind(group: "", kind: "Secret")
    package static let service = GroupKind(group: "", kind: "Service")
    package static let serviceAccount = GroupKind(group: "", kind: "ServiceAccount")
    package static let job = GroupKind(group: "batch", kind: "Job")
    package static let storageClass = GroupKind(group: "storage.k8s.io", kind: "StorageClass")
    package static let clusterRole = GroupKind(group: "rbac.authorization.k8s.io", kind: "ClusterRole")
    package static let customResourceDefinition = GroupKind(group: "apiextensions.k8s.io", kind: "CustomResourceDefinition")
    package static let apiService = GroupKind(group: "apiregistration.k8s.io", kind: "APIService")
    package static let validatingWebhooks = GroupKind(group: "admissionregistration.k8s.io", kind: "ValidatingWebhookConfiguration")
    package static let mutatingWebhooks = GroupKind(group: "admissionregistration.k8s.io", kind: "MutatingWebhookConfiguration")
    package static let horizontalPodAutoscaler = GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler")
    package static let scaledObject = GroupKind(group: "keda.sh", kind: "ScaledObject")
    package static let application = GroupKind(group: "belay.dev", kind: Application.kind)
}

extension FieldPath {
    package static let replicas = FieldPath(fields: "spec", "replicas")
    package static let labels = FieldPath(fields: "metadata", "labels")
    package static let annotations = FieldPath(fields: "metadata", "annotations")
    /// The pod template of a workload.
    package static let template = FieldPath(fields: "spec", "template")
}
