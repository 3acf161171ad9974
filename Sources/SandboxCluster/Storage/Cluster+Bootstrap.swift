// What a new cluster already has.

import StructuredData

extension Cluster {
    mutating func bootstrap() {
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            seed("", "v1", "namespaces", ["metadata": ["name": .string(name)]])
        }
        seed(
            "", "v1", "services",
            [
                "metadata": [
                    "name": "kubernetes", "namespace": "default", "labels": ["component": "apiserver", "provider": "kubernetes"],
                ],
                "spec": [
                    "clusterIP": "10.0.0.1", "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443]],
                ],
            ])
        for (name, value, text) in [
            ("system-cluster-critical", 2_000_000_000 as Int64, "Used for system critical pods that must run in the cluster."),
            ("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."),
        ] {
            seed(
                "scheduling.k8s.io", "v1", "priorityclasses",
                ["metadata": ["name": .string(name)], "value": .int(value), "description": .string(text)])
        }
        for name in ["cluster-admin", "admin", "edit", "view"] {
            let rules: Value =
                name == "cluster-admin"
                ? [["apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]], ["nonResourceURLs": ["*"], "verbs": ["*"]]] : []
            seed(
                "rbac.authorization.k8s.io", "v1", "clusterroles",
                [
                    "metadata": ["name": .string(name), "labels": ["kubernetes.io/bootstrapping": "rbac-defaults"]], "rules": rules,
                ])
        }
        pendingEvents = []
    }

    /// Creates an object as the API server itself.
    private mutating func seed(_ group: String, _ version: String, _ resource: String, _ raw: Value) {
        guard let kind = kind(group: group, version: version, resource: resource) else { return }
        var object = raw
        object.set(.string(kind.apiVersion), at: ["apiVersion"])
        object.set(.string(kind.resource.kind), at: ["kind"])
        var decoder = TypedDecoder(kind.schema)
        guard var decoded = try? decoder.decode(object, kind: kind.resource.kind, kind.shape) else { return }
        Defaults.apply(to: &decoded, kind: kind)
        decoded = ServedKind.headed(decoded, kind.apiVersion, kind.resource.kind)
        decoded = fieldManager(kind).update(live: kind.empty, new: decoded, manager: "kube-apiserver", isCreate: true)
        _ = try? insert(decoded, kind, isDryRun: false)
    }
}
