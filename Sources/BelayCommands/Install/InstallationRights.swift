// What the controller may do: its own kinds, its lease, Events, credentials by name, acting as service accounts; and, apart, everything.

import StructuredData

/// The roles of an ``Installation`` and who has them.
struct InstallationRights {
    let installation: Installation

    var objects: [Value] {
        var objects = own + tenants + lease
        if installation.managesCluster { objects += manage }
        return objects + [view]
    }

    /// The Applications, what is said of them, and Events on them.
    private var own: [Value] {
        role(
            Installation.name, in: installation.watchNamespace,
            [
                // Marks and finalizer are applied, not updated.
                rule("belay.dev", ["applications"], ["list", "watch", "patch"]),
                rule("belay.dev", ["applications/status"], ["patch"]),
                // An apply makes it where there is none. It goes with its Application.
                rule("belay.dev", ["driftreports"], ["create", "patch"]),
                rule("events.k8s.io", ["events"], ["create"]),
            ])
    }

    /// What an Application names in its own namespace: a Secret with credentials, a service account to act as. Never a list.
    private var tenants: [Value] {
        role(
            Installation.name + "-tenants", in: installation.watchNamespace,
            [rule("", ["secrets"], ["get"]), rule("", ["serviceaccounts"], ["impersonate"])])
    }

    /// One controller at a time.
    private var lease: [Value] {
        role(
            Installation.name + "-lease", in: installation.namespace,
            [rule("coordination.k8s.io", ["leases"], ["get", "create", "update"])])
    }

    /// For Applications without a service account: all kinds, but no deletion of collections, and nobody's rights beyond these.
    private var manage: [Value] {
        role(
            Installation.name + "-manage", in: nil,
            [rule("*", ["*"], ["get", "list", "watch", "create", "patch", "update", "delete"])])
    }

    /// Who may look at a namespace may look at its Applications. To write them is no part of the role `edit`: an Application without
    /// a service account acts with the controller's rights.
    private var view: Value {
        [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": installation.metadata(
                Installation.name + "-view", in: nil, labels: ["rbac.authorization.k8s.io/aggregate-to-view": "true"]),
            "rules": [rule("belay.dev", ["applications", "driftreports"], ["get", "list", "watch"])],
        ]
    }

    /// A role and its binding to the controller: in one namespace, or (nil) in the whole cluster.
    private func role(_ name: String, in namespace: String?, _ rules: [Value]) -> [Value] {
        let prefix = namespace == nil ? "Cluster" : ""
        return [
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(prefix + "Role"),
                "metadata": installation.metadata(name, in: namespace), "rules": .array(rules),
            ],
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": .string(prefix + "RoleBinding"),
                "metadata": installation.metadata(name, in: namespace),
                "roleRef": [
                    "apiGroup": "rbac.authorization.k8s.io", "kind": .string(prefix + "Role"), "name": .string(name),
                ],
                "subjects": [
                    [
                        "kind": "ServiceAccount", "name": .string(Installation.name),
                        "namespace": .string(installation.namespace),
                    ]
                ],
            ],
        ]
    }

    private func rule(_ group: String, _ resources: [String], _ verbs: [String]) -> Value {
        [
            "apiGroups": [.string(group)], "resources": .array(resources.map { .string($0) }),
            "verbs": .array(verbs.map { .string($0) }),
        ]
    }
}
