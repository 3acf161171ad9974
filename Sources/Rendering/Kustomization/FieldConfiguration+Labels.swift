// kustomize's own fields for labels and annotations. Source: its default field specs (api/internal/konfig/builtinpluginconsts).

/// Where a kind keeps the pods that it makes.
struct PodHolder {
    var kind: String
    var group = ""
    var version = ""
    /// The path to the template, whose `spec` is the pod's.
    var template: String

    /// The paths below the pod's `spec`.
    func specs(_ paths: [String]) -> [FieldSpec] {
        paths.map { FieldSpec("\(template.isEmpty ? "" : template + "/")spec/\($0)", group: group, version: version, kind: kind) }
    }

    init(_ kind: String, _ template: String = "spec/template", group: String = "", version: String = "") {
        self.kind = kind
        self.group = group
        self.version = version
        self.template = template
    }
}

extension FieldConfiguration {
    /// Labels that select pods, with the labels of pods that are to be selected.
    static let standardCommonLabels: [FieldSpec] = {
        var specs = [
            FieldSpec("spec/selector", version: "v1", kind: "Service", create: true),
            FieldSpec("spec/selector", version: "v1", kind: "ReplicationController", create: true),
            FieldSpec("spec/selector/matchLabels", kind: "Deployment", create: true),
            FieldSpec("spec/selector/matchLabels", kind: "ReplicaSet", create: true),
            FieldSpec("spec/selector/matchLabels", kind: "DaemonSet", create: true),
            FieldSpec("spec/selector/matchLabels", group: "apps", kind: "StatefulSet", create: true),
            FieldSpec("spec/selector/matchLabels", group: "batch", kind: "Job"),
            FieldSpec("spec/jobTemplate/spec/selector/matchLabels", group: "batch", kind: "CronJob"),
            FieldSpec("spec/selector/matchLabels", group: "policy", kind: "PodDisruptionBudget"),
        ]
        for path in ["spec/podSelector", "spec/ingress/from/podSelector", "spec/egress/to/podSelector"] {
            specs.append(FieldSpec("\(path)/matchLabels", group: "networking.k8s.io", kind: "NetworkPolicy"))
        }
        for kind in ["Deployment", "StatefulSet"] { specs += PodHolder(kind, group: "apps").specs(podSelectors) }
        return specs + standardTemplateLabels
    }()

    /// Below a pod's `spec`.
    private static let podSelectors: [String] = {
        var paths: [String] = []
        for affinity in ["podAffinity", "podAntiAffinity"] {
            for term in [
                "preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm", "requiredDuringSchedulingIgnoredDuringExecution",
            ] { paths.append("affinity/\(affinity)/\(term)/labelSelector/matchLabels") }
        }
        return paths + ["topologySpreadConstraints/labelSelector/matchLabels"]
    }()

    /// Labels of the objects and of what they make.
    static let standardTemplateLabels = [
        FieldSpec("metadata/labels", create: true),
        FieldSpec("spec/template/metadata/labels", version: "v1", kind: "ReplicationController", create: true),
        FieldSpec("spec/template/metadata/labels", kind: "Deployment", create: true),
        FieldSpec("spec/template/metadata/labels", kind: "ReplicaSet", create: true),
        FieldSpec("spec/template/metadata/labels", kind: "DaemonSet", create: true),
        FieldSpec("spec/template/metadata/labels", group: "apps", kind: "StatefulSet", create: true),
        FieldSpec("spec/volumeClaimTemplates[]/metadata/labels", group: "apps", kind: "StatefulSet", create: true),
        FieldSpec("spec/template/metadata/labels", group: "batch", kind: "Job", create: true),
        FieldSpec("spec/jobTemplate/metadata/labels", group: "batch", kind: "CronJob", create: true),
        FieldSpec("spec/jobTemplate/spec/template/metadata/labels", group: "batch", kind: "CronJob", create: true),
    ]

    static let standardCommonAnnotations = [
        FieldSpec("metadata/annotations", create: true),
        FieldSpec("spec/template/metadata/annotations", version: "v1", kind: "ReplicationController", create: true),
        FieldSpec("spec/template/metadata/annotations", kind: "Deployment", create: true),
        FieldSpec("spec/template/metadata/annotations", kind: "ReplicaSet", create: true),
        FieldSpec("spec/template/metadata/annotations", kind: "DaemonSet", create: true),
        FieldSpec("spec/template/metadata/annotations", kind: "StatefulSet", create: true),
        FieldSpec("spec/template/metadata/annotations", group: "batch", kind: "Job", create: true),
        FieldSpec("spec/jobTemplate/metadata/annotations", group: "batch", kind: "CronJob", create: true),
        FieldSpec("spec/jobTemplate/spec/template/metadata/annotations", group: "batch", kind: "CronJob", create: true),
    ]
}
