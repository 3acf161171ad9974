// Which field managers are people's tools: what they wrote is drift, and is taken back.

package import KubernetesModel
import StructuredData

/// The table of people's clients. A path that one of them holds and Git does not have, or has otherwise, is taken over.
package struct Hands: Sendable, Equatable {
    /// Names that count whole.
    package var names: Set<String> = [
        "kubectl", "before-first-apply", "oc", "k9s", "Lens", "OpenLens", "Freelens", "lens", "node-fetch", "headlamp",
        "headlamp-server", "dashboard", "dashboard-api", "kubernetes-dashboard", "octant", "kubenav", "k8slens", "Mozilla", "rancher",
        "console", "bridge", "okteto", "stern", "click", "kubie", "kui", "Aptakube", "Seabird", "kdash", "kubewall", "kubetui",
        FieldManager.released,
    ]
    /// Beginnings of names: `kubectl-edit`, `kubectl-client-side-apply`, `oc-edit`.
    package var prefixes: [String] = ["kubectl-", "oc-", "k9s-", "lens-", "k8sLens", "kubernetes-dashboard-"]

    package init() {}

    package static let standard = Hands()

    package func contains(manager: String) -> Bool {
        names.contains { $0.hasSameBytes(as: manager) } || prefixes.contains { manager.utf8.starts(with: $0.utf8) }
    }

    /// Whether this entry is a person's writing: both operations; the main resource or `scale`, never `status` nor any other.
    package func hold(_ entry: ManagedFieldsEntry) -> Bool {
        (entry.subresource == nil || entry.subresource == "scale") && contains(manager: entry.manager)
    }
}

/// Programs of the cluster itself: what they add is never drift and never reported.
enum ClusterControllers {
    private static let names: Set<String> = [
        "kube-controller-manager", "kube-scheduler", "kubelet", "kube-apiserver", "cloud-controller-manager", "kube-proxy", "apiserver",
        "k3s", "rke2", "k0s", "microk8s", "coredns", "cluster-autoscaler", "vpa-updater", "vpa-recommender", "horizontal-pod-autoscaler",
        "node-controller", "glbc", "cloud-provider-aws", "cloud-provider-azure", "openshift-controller-manager", "GoogleContainerEngine",
        "deployment-controller", "replicaset-controller", "statefulset-controller", "daemonset-controller", "job-controller",
    ]

    static func contain(manager: String) -> Bool { names.contains(manager) }
}
