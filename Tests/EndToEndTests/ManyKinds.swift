// Two hundred manifests of thirty kinds, as a team's repository holds them: what the first apply and the silent second run are proved with.

import Foundation

/// The files of a repository that uses many kinds.
enum ManyKinds {
    /// 200 files; cluster-scoped objects carry the namespace's name, so that tests do not meet.
    static func files(namespace: String) -> [String: String] {
        var files: [String: String] = [:]
        for (index, manifest) in once(namespace).enumerated() { files["deploy/base/\(padded(index)).yaml"] = manifest }
        var index = 0
        while files.count < 200 {
            for manifest in repeated(index) where files.count < 200 { files["deploy/apps/\(padded(files.count)).yaml"] = manifest }
            index += 1
        }
        return files
    }

    private static func padded(_ number: Int) -> String { String(repeating: "0", count: max(0, 3 - "\(number)".count)) + "\(number)" }

    private static func repeated(_ index: Int) -> [String] {
        let pod = """
                metadata:
                  labels: {app: web-\(index)}
                spec:
                  serviceAccountName: web-\(index)
                  containers:
                  - name: web
                    image: registry.example.com/web:1.\(index)
                    args: [--port, "8080"]
                    ports:
                    - {name: http, containerPort: 8080}
                    env:
                    - {name: LEVEL, value: info}
                    - name: TOKEN
                      valueFrom: {secretKeyRef: {name: token-\(index), key: token}}
                    resources:
                      requests: {cpu: 1000m, memory: 128Mi}
                    volumeMounts:
                    - {name: settings, mountPath: /etc/web}
                  volumes:
                  - name: settings
                    configMap: {name: settings-\(index)}
            """
        return [
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-\(index)\ndata:\n  level: info\n  limits.yaml: |\n    a: 1\n    b: [2, 3]\n",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: token-\(index)\nstringData:\n  token: planted-\(index)\n",
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web-\(index)\n",
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: web-\(index)\nspec:\n  selector: {app: web-\(index)}\n  ports:\n  - {name: http, port: 80, targetPort: http}\n",
            "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web-\(index)\nspec:\n  replicas: 0\n  selector:\n    matchLabels: {app: web-\(index)}\n  template:\n\(pod)\n",
        ]
    }

    private static func once(_ ns: String) -> [String] {
        let template = """
              template:
                metadata:
                  labels: {app: x}
                spec:
                  containers:
                  - {name: x, image: registry.example.com/x:1}
            """
        let job = template.replacingOccurrences(of: "      template:", with: "      template:").appending("\n      restartPolicy: Never")
        return [
            "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: \(ns)-extra\n  labels: {team: shop}\n",
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: store\nspec:\n  replicas: 0\n  serviceName: store\n  selector:\n    matchLabels: {app: x}\n\(template)\n  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec:\n      accessModes: [ReadWriteOnce]\n      resources: {requests: {storage: 1Gi}}\n",
            "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: agent\nspec:\n  selector:\n    matchLabels: {app: x}\n\(template)\n",
            "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: old\nspec:\n  replicas: 0\n  selector:\n    matchLabels: {app: x}\n\(template)\n",
            "apiVersion: v1\nkind: ReplicationController\nmetadata:\n  name: kubia\nspec:\n  replicas: 0\n  selector: {app: x}\n\(template)\n",
            "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\nspec:\n  suspend: true\n\(job)\n",
            "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: nightly\nspec:\n  schedule: \"0 3 * * *\"\n  suspend: true\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers:\n          - {name: x, image: registry.example.com/x:1}\n",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: toolbox\nspec:\n  containers:\n  - {name: x, image: registry.example.com/x:1}\n",
            "apiVersion: v1\nkind: PodTemplate\nmetadata:\n  name: base\ntemplate:\n  spec:\n    containers:\n    - {name: x, image: registry.example.com/x:1}\n",
            "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: data\nspec:\n  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n",
            "apiVersion: v1\nkind: PersistentVolume\nmetadata:\n  name: \(ns)-disk\nspec:\n  capacity: {storage: 1Gi}\n  accessModes: [ReadWriteOnce]\n  persistentVolumeReclaimPolicy: Retain\n  hostPath: {path: /tmp/x}\n",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: reader\nrules:\n- apiGroups: [\"\"]\n  resources: [configmaps]\n  verbs: [get, list]\n",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: reader\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}\nsubjects:\n- {kind: ServiceAccount, name: default}\n",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: \(ns):viewer\nrules:\n- apiGroups: [apps]\n  resources: [deployments]\n  verbs: [get]\n",
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata:\n  name: \(ns):viewer\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \"\(ns):viewer\"}\nsubjects:\n- {kind: ServiceAccount, name: default, namespace: \(ns)}\n",
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: closed\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n",
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\nspec:\n  rules:\n  - host: web.example.com\n    http:\n      paths:\n      - {path: /, pathType: Prefix, backend: {service: {name: web-0, port: {name: http}}}}\n",
            "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata:\n  name: \(ns)-nginx\nspec:\n  controller: example.com/ingress\n",
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata:\n  name: store\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: nothing}\n  minReplicas: 1\n  maxReplicas: 3\n  metrics:\n  - type: Resource\n    resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}\n",
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: web\nspec:\n  minAvailable: 1\n  selector:\n    matchLabels: {app: web-0}\n",
            "apiVersion: v1\nkind: LimitRange\nmetadata:\n  name: limits\nspec:\n  limits:\n  - type: Container\n    default: {cpu: 500m}\n",
            "apiVersion: v1\nkind: ResourceQuota\nmetadata:\n  name: quota\nspec:\n  hard: {requests.nvidia.com/gpu: \"1\"}\n",
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata:\n  name: \(ns)-high\nvalue: 1000\ndescription: for what must run\n",
            "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata:\n  name: \(ns)-fast\nprovisioner: example.com/disk\nparameters: {type: ssd}\n",
            "apiVersion: coordination.k8s.io/v1\nkind: Lease\nmetadata:\n  name: lock\nspec:\n  holderIdentity: nobody\n  leaseDurationSeconds: 15\n",
            "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata:\n  name: outside\naddressType: IPv4\nendpoints:\n- addresses: [192.0.2.1]\nports:\n- {name: http, port: 80, protocol: TCP}\n",
            "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata:\n  name: \(ns)-gvisor\nhandler: runsc\n",
            "apiVersion: storage.k8s.io/v1\nkind: CSIDriver\nmetadata:\n  name: \(ns).example.com\nspec:\n  attachRequired: false\n",
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata:
              name: widgets.\(ns).example.com
            spec:
              group: \(ns).example.com
              scope: Namespaced
              names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties:
                          size: {type: integer, default: 3}
                          color: {type: string}

            """,
            "apiVersion: \(ns).example.com/v1\nkind: Widget\nmetadata:\n  name: first\nspec:\n  color: blue\n",
        ]
    }
}
