// The kinds that every API server of Kubernetes 1.36 serves, and some of older ones: what is known without asking a cluster.

import KubernetesModel

enum Scope: Sendable, Equatable {
    case namespaced, cluster
}

enum BuiltInKinds {
    /// GROUP/VERSION, scope (n or c), kinds. `-`: asked, never kept, so that it cannot be applied.
    private static let table = """
        v1 n ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret
        v1 n Service ServiceAccount -Binding
        v1 c Namespace Node PersistentVolume -ComponentStatus
        admissionregistration.k8s.io/v1 c MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration
        admissionregistration.k8s.io/v1 c ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration
        apiextensions.k8s.io/v1 c CustomResourceDefinition
        apiregistration.k8s.io/v1 c APIService
        apps/v1 n ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
        authentication.k8s.io/v1 c -SelfSubjectReview -TokenReview
        authorization.k8s.io/v1 c -SelfSubjectAccessReview -SelfSubjectRulesReview -SubjectAccessReview
        authorization.k8s.io/v1 n -LocalSubjectAccessReview
        autoscaling/v2 n HorizontalPodAutoscaler
        batch/v1 n CronJob Job
        certificates.k8s.io/v1 c CertificateSigningRequest ClusterTrustBundle
        certificates.k8s.io/v1beta1 n PodCertificateRequest
        coordination.k8s.io/v1 n Lease LeaseCandidate
        discovery.k8s.io/v1 n EndpointSlice
        events.k8s.io/v1 n Event
        flowcontrol.apiserver.k8s.io/v1 c FlowSchema PriorityLevelConfiguration
        internal.apiserver.k8s.io/v1alpha1 c StorageVersion
        networking.k8s.io/v1 n Ingress NetworkPolicy
        networking.k8s.io/v1 c IngressClass IPAddress ServiceCIDR
        node.k8s.io/v1 c RuntimeClass
        policy/v1 n PodDisruptionBudget -Eviction
        policy/v1beta1 c PodSecurityPolicy
        rbac.authorization.k8s.io/v1 c ClusterRole ClusterRoleBinding
        rbac.authorization.k8s.io/v1 n Role RoleBinding
        resource.k8s.io/v1 n ResourceClaim ResourceClaimTemplate
        resource.k8s.io/v1 c DeviceClass ResourceSlice DeviceTaintRule
        scheduling.k8s.io/v1 c PriorityClass
        scheduling.k8s.io/v1alpha1 n Workload PodGroup
        storage.k8s.io/v1 c CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass
        storage.k8s.io/v1 n CSIStorageCapacity
        storagemigration.k8s.io/v1beta1 c StorageVersionMigration
        extensions/v1beta1 n DaemonSet Deployment Ingress NetworkPolicy ReplicaSet
        extensions/v1beta1 c PodSecurityPolicy
        """

    private struct Entry {
        var apiVersion: String
        var scope: Scope
        var isKept: Bool
    }

    private static let entries: [GroupKind: Entry] = {
        var entries: [GroupKind: Entry] = [:]
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 2 else { continue }
            for word in words.dropFirst(2) {
                let isKept = !word.hasPrefix("-")
                let kind = isKept ? word : String(word.dropFirst())
                guard let type = GroupVersionKind(apiVersion: words[0], kind: kind) else { continue }
                entries[type.groupKind] = Entry(apiVersion: words[0], scope: words[1] == "c" ? .cluster : .namespaced, isKept: isKept)
            }
        }
        return entries
    }()

    private static let groups = Set(entries.keys.map(\.group))

    static func scope(of kind: GroupKind) -> Scope? { entries[kind]?.scope }

    /// Whether objects of the kind are answers to a question, which no server keeps.
    static func isOnlyAsked(_ kind: GroupKind) -> Bool { entries[kind].map { !$0.isKept } ?? false }

    /// Whether the group belongs to Kubernetes itself.
    static func isBuiltIn(group: String) -> Bool { groups.contains(group) }

    /// The kinds of a group, in alphabetical order.
    static func kinds(inGroup group: String) -> [String] { entries.keys.filter { $0.group == group }.map(\.kind).sorted() }

    /// In which groups the kind is, as apiVersions; the one in use today first.
    static func apiVersions(ofKind kind: String) -> [String] {
        entries.filter { $0.key.kind == kind }.map(\.value.apiVersion).sorted { left, right in
            let isOld = (left.hasPrefix("extensions/"), right.hasPrefix("extensions/"))
            return isOld.0 == isOld.1 ? left < right : isOld.1
        }
    }
}
