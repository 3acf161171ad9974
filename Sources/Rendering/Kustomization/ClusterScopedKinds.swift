// The kinds that kustomize knows to have no namespace. Every other kind has one, whatever a cluster says.

import KubernetesModel

/// Source: kustomize's own table of scopes, which is that of Kubernetes 1.21.2 (kyaml/openapi): version by version, so that a kind of
/// another version is one that has a namespace.
enum ClusterScopedKinds {
    private static let table = """
        admissionregistration.k8s.io v1,v1beta1 MutatingWebhookConfiguration ValidatingWebhookConfiguration
        apiextensions.k8s.io v1,v1beta1 CustomResourceDefinition
        apiregistration.k8s.io v1,v1beta1 APIService
        certificates.k8s.io v1,v1beta1 CertificateSigningRequest
        flowcontrol.apiserver.k8s.io v1beta1 FlowSchema PriorityLevelConfiguration
        networking.k8s.io v1,v1beta1 IngressClass
        node.k8s.io v1,v1beta1 RuntimeClass
        policy v1beta1 PodSecurityPolicy
        rbac.authorization.k8s.io v1,v1beta1 ClusterRole ClusterRoleBinding
        scheduling.k8s.io v1,v1beta1 PriorityClass
        storage.k8s.io v1 CSIDriver CSINode StorageClass VolumeAttachment
        storage.k8s.io v1beta1 CSIDriver CSINode StorageClass VolumeAttachment
        - v1 ComponentStatus Namespace Node NodeProxyOptions PersistentVolume
        """

    private static let kinds: Set<GroupVersionKind> = {
        var kinds: Set<GroupVersionKind> = []
        for line in table.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            for version in words[1].split(separator: ",").map(String.init) {
                for kind in words.dropFirst(2) {
                    kinds.insert(GroupVersionKind(group: words[0] == "-" ? "" : words[0], version: version, kind: kind))
                }
            }
        }
        return kinds
    }()

    static func contains(_ type: GroupVersionKind) -> Bool { kinds.contains(type) }
}
