// What the names of each kind may be: a table of what API servers refuse, measured on 1.36.

import KubernetesModel
import StructuredData

enum ObjectNames {
    /// What is wrong with the name of an object of this kind; nil when nothing is, or when only the server can say.
    static func problem(_ name: String, of kind: GroupKind) -> String? {
        if let problem = Names.pathSegmentProblem(name) { return problem }
        if kind.group.isEmpty {
            switch kind.kind {
            case "Namespace", "Service": return Names.dnsLabelProblem(name)
            case "Event": return nil
            default: break
            }
        }
        switch (kind.group, kind.kind) {
        case ("rbac.authorization.k8s.io", _), ("certificates.k8s.io", "CertificateSigningRequest"), ("policy", "PodDisruptionBudget"),
            ("networking.k8s.io", "IPAddress"):
            return nil
        case ("batch", "CronJob"):
            if name.utf8.count > 52 { return "must be no more than 52 bytes long, so that the names of its Jobs fit" }
        default:
            // Aggregated APIs may allow more; those of OpenShift do.
            if kind.group.utf8.suffix(13).elementsEqual(".openshift.io".utf8) { return nil }
        }
        return Names.dnsSubdomainProblem(name)
    }
}
