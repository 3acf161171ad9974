// The controller's Deployment and the volume of its journal, fit for the Pod Security level "restricted".

import StructuredData

/// The running part of an ``Installation``.
struct InstallationWorkload {
    let installation: Installation

    var objects: [Value] { [claim, deployment] }

    private static let journalFolder = "/var/lib/belay"
    private static let cacheFolder = "/var/cache/belay"
    private static let claimName = Installation.name + "-journal"
    /// Owns nothing on a node.
    private static let user: Value = 65532

    /// Where history lies; it outlives the Deployment.
    private var claim: Value {
        [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": installation.metadata(InstallationWorkload.claimName, in: installation.namespace),
            "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": "1Gi"]]],
        ]
    }

    private var deployment: Value {
        [
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": installation.metadata(Installation.name, in: installation.namespace),
            "spec": [
                // One journal, one writer: the old pod ends before the new one begins.
                "replicas": 1,
                "strategy": ["type": "Recreate"],
                "selector": ["matchLabels": .object(Installation.selector)],
                "template": ["metadata": ["labels": .object(installation.labels)], "spec": pod],
            ],
        ]
    }

    private var pod: Value {
        [
            "serviceAccountName": .string(Installation.name),
            "automountServiceAccountToken": true,
            "terminationGracePeriodSeconds": 60,
            "securityContext": [
                "runAsNonRoot": true, "runAsUser": InstallationWorkload.user, "runAsGroup": InstallationWorkload.user,
                "fsGroup": InstallationWorkload.user, "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "containers": [container],
            "volumes": [
                ["name": "journal", "persistentVolumeClaim": ["claimName": .string(InstallationWorkload.claimName)]],
                ["name": "cache", "emptyDir": ["sizeLimit": "2Gi"]],
                ["name": "tmp", "emptyDir": ["sizeLimit": "256Mi"]],
            ],
        ]
    }

    private var container: Value {
        [
            "name": "controller",
            "image": .string(installation.image),
            "imagePullPolicy": "IfNotPresent",
            "args": .array(arguments.map { .string($0) }),
            "env": [
                ["name": "POD_NAME", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]],
                ["name": "POD_NAMESPACE", "valueFrom": ["fieldRef": ["fieldPath": "metadata.namespace"]]],
                ["name": "XDG_CACHE_HOME", "value": .string(InstallationWorkload.cacheFolder)],
                ["name": "HOME", "value": "/tmp"],
            ],
            "ports": [["name": "health", "containerPort": 8081, "protocol": "TCP"]],
            "livenessProbe": probe("/healthz"),
            "readinessProbe": probe("/readyz"),
            "resources": ["requests": ["cpu": "100m", "memory": "128Mi"], "limits": ["memory": "512Mi"]],
            "securityContext": [
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
            ],
            "volumeMounts": [
                ["name": "journal", "mountPath": .string(InstallationWorkload.journalFolder)],
                ["name": "cache", "mountPath": .string(InstallationWorkload.cacheFolder)],
                ["name": "tmp", "mountPath": "/tmp"],
            ],
        ]
    }

    private var arguments: [String] {
        var arguments = [
            "controller", "--journal", InstallationWorkload.journalFolder + "/journal.db", "--health-address", "0.0.0.0:8081",
        ]
        if let account = installation.defaultServiceAccount { arguments += ["--default-service-account", account] }
        if let namespace = installation.watchNamespace { arguments += ["--namespace", namespace] }
        if installation.allowsFileRepositories { arguments.append("--allow-file-repositories") }
        return arguments
    }

    private func probe(_ path: String) -> Value {
        ["httpGet": ["path": .string(path), "port": "health"], "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3]
    }
}
