// A thousand small Applications as one repository holds them: the load of the controller's benchmark.

import Foundation

/// A Deployment with 0 replicas, a ServiceAccount, a Service and an Ingress for each Application, in a folder of its own.
struct ControllerLoad {
    var count: Int
    /// The Applications are spread over them, objects beside their Application.
    var namespaces: [String]
    /// What the Applications name as their source.
    var repository: String
    /// Whether a run waits for health: where nothing runs that reports it, that would be for ever.
    var waits = true

    static func name(_ index: Int) -> String { "app-" + String(repeating: "0", count: max(0, 4 - "\(index)".count)) + "\(index)" }
    func namespace(_ index: Int) -> String { namespaces[index % namespaces.count] }

    /// Writes `apps/NAME/*.yaml`, one file for each object, none of which names a namespace.
    func writeManifests(to directory: String) throws {
        for index in 0..<count {
            let folder = "\(directory)/apps/\(ControllerLoad.name(index))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for (file, text) in manifests(ControllerLoad.name(index), index) {
                try text.write(toFile: "\(folder)/\(file).yaml", atomically: false, encoding: .utf8)
            }
        }
    }

    /// Writes one file for each Application.
    func writeApplications(to directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for index in 0..<count {
            let name = ControllerLoad.name(index)
            let text = """
                apiVersion: belay.dev/v1alpha1
                kind: Application
                metadata: {name: \(name), namespace: \(namespace(index))}
                spec:
                  source: {repoURL: "\(repository)", ref: {branch: main}, path: apps/\(name)}
                  destination: {namespace: \(namespace(index))}
                  interval: 10s
                  health: {wait: \(waits)}

                """
            try text.write(toFile: "\(directory)/\(name).yaml", atomically: false, encoding: .utf8)
        }
    }

    private func manifests(_ name: String, _ index: Int) -> [(file: String, text: String)] {
        let metadata = """
            metadata:
              name: \(name)
              labels:
                app.kubernetes.io/name: \(name)
                app.kubernetes.io/version: 1.\(index % 40).0
              annotations:
                example.com/owner: team-\(index % 12)
            """
        return [
            (
                "deployment",
                """
                apiVersion: apps/v1
                kind: Deployment
                \(metadata)
                spec:
                  replicas: 0
                  selector:
                    matchLabels: {app: \(name)}
                  template:
                    metadata:
                      labels: {app: \(name)}
                    spec:
                      serviceAccountName: \(name)
                      containers:
                      - name: web
                        image: registry.example.com/shop/web:1.\(index % 40).0
                        ports:
                        - {name: http, containerPort: 8080}
                        resources:
                          requests: {cpu: 100m, memory: 128Mi}
                        env:
                        - {name: LEVEL, value: info}
                        - {name: NUMBER, value: "\(index)"}

                """
            ),
            ("account", "apiVersion: v1\nkind: ServiceAccount\n\(metadata)\n"),
            (
                "service",
                "apiVersion: v1\nkind: Service\n\(metadata)\nspec:\n  selector: {app: \(name)}\n  ports:\n  - {name: http, port: 80, targetPort: http}\n"
            ),
            (
                "ingress",
                """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                \(metadata)
                spec:
                  rules:
                  - host: \(name).example.com
                    http:
                      paths:
                      - {path: /, pathType: Prefix, backend: {service: {name: \(name), port: {name: http}}}}

                """
            ),
        ]
    }
}
