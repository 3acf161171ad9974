// The manifests that the tests of the controller commit.

/// Small objects as YAML, each a document of its own.
enum Manifests {
    static func configMap(_ name: String, _ value: String = "1", annotations: String = "{}") -> String {
        """
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: \(name), labels: {tier: front}, annotations: \(annotations)}
        data: {level: "\(value)", color: blue}

        """
    }

    static func secret(_ name: String, _ value: String) -> String {
        "---\napiVersion: v1\nkind: Secret\nmetadata: {name: \(name)}\nstringData: {password: \"\(value)\"}\n"
    }

    /// - Parameter replicas: nil: Git says nothing of them.
    static func deployment(_ name: String, replicas: Int? = 0, level: String = "info") -> String {
        """
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: \(name)}
        spec:\(replicas.map { "\n  replicas: \($0)" } ?? "")
          selector: {matchLabels: {app: \(name)}}
          template:
            metadata: {labels: {app: \(name)}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: web
                image: "registry.example.com/web:1"
                env: [{name: LEVEL, value: \(level)}]

        """
    }

    static func service(_ name: String, port: Int = 80) -> String {
        """
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: \(name)}
        spec:
          selector: {app: \(name)}
          ports: [{name: http, port: \(port)}]

        """
    }
}
