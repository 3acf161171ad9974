// A thousand manifests as repositories hold them, 1 to 3 KB each: the load of the apply benchmarks, the same for every subject.

import Foundation

/// ConfigMaps, Deployments with 0 replicas, Services, ServiceAccounts and Roles in equal shares.
struct MixedManifests {
    var count: Int

    /// Writes one file for each object; none names a namespace.
    func write(to directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for index in 0..<count {
            let number = String(repeating: "0", count: max(0, 5 - "\(index)".count)) + "\(index)"
            try manifest(index).write(toFile: "\(directory)/\(number).yaml", atomically: false, encoding: .utf8)
        }
    }

    private func manifest(_ index: Int) -> String {
        let labels = """
              labels:
                app.kubernetes.io/name: shop-\(index)
                app.kubernetes.io/component: backend
                app.kubernetes.io/version: 1.\(index % 40).0
              annotations:
                example.com/owner: team-\(index % 12)
                example.com/runbook: https://runbooks.example.com/shop/\(index)
            """
        switch index % 5 {
        case 0:
            let lines = (0..<24).map { "    setting.\($0).name=value-\($0)-of-\(index)" }.joined(separator: "\n")
            return
                "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings-\(index)\n\(labels)\ndata:\n  level: info\n  app.properties: |\n\(lines)\n"
        case 1:
            let variables = (0..<12).map { "        - {name: VARIABLE_\($0), value: \"value \($0) of \(index)\"}" }.joined(separator: "\n")
            return """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web-\(index)
                \(labels)
                spec:
                  replicas: 0
                  revisionHistoryLimit: 3
                  selector:
                    matchLabels: {app: web-\(index)}
                  template:
                    metadata:
                      labels: {app: web-\(index)}
                    spec:
                      containers:
                      - name: web
                        image: registry.example.com/shop/web:1.\(index % 40).0
                        ports:
                        - {name: http, containerPort: 8080}
                        - {name: metrics, containerPort: 9090}
                        resources:
                          requests: {cpu: 100m, memory: 128Mi}
                          limits: {memory: 256Mi}
                        readinessProbe:
                          httpGet: {path: /healthz, port: http}
                        env:
                \(variables)

                """
        case 2:
            let ports = (0..<12).map { "  - {name: p\($0), port: \(8000 + $0), targetPort: \(8000 + $0)}" }.joined(separator: "\n")
            return
                "apiVersion: v1\nkind: Service\nmetadata:\n  name: web-\(index)\n\(labels)\nspec:\n  clusterIP: None\n  selector: {app: web-\(index)}\n  ports:\n\(ports)\n"
        case 3:
            let notes = (0..<12).map { "    example.com/note-\($0): this account is used by component \($0) of shop \(index)" }.joined(
                separator: "\n")
            return "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: account-\(index)\n\(labels)\n\(notes)\n"
        default:
            let rules = (0..<8).map {
                "- apiGroups: [\"\", apps]\n  resources: [configmaps, deployments, services]\n  resourceNames: [name-\($0)]\n  verbs: [get, list, watch]"
            }
            return
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: role-\(index)\n\(labels)\nrules:\n\(rules.joined(separator: "\n"))\n"
        }
    }
}
