// Kustomizations by chance: a base, levels above it, and on each level some of what people write.

import TestSupport

/// One tree of a seed. What it is made of is made to meet: few names, so that patches, references and generators find each other.
struct RandomTree {
    private var random: SeededGenerator
    private var files: [String: String] = [:]
    private let names = ["web", "api", "db"]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func tree(_ name: String) -> KustomizeTree {
        let levels = Int.random(in: 1...3, using: &random)
        base()
        var below = "../base"
        for level in 0..<levels {
            overlay("level\(level)", on: below)
            below = "../level\(level)"
        }
        return KustomizeTree(name: name, path: "level\(levels - 1)", files: files.mapValues { Array($0.utf8) })
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    private mutating func one(of list: [String]) -> String { list.randomElement(using: &random) ?? "" }

    // MARK: The base

    private mutating func base() {
        var resources: [String] = []
        for name in names where chance(80) || resources.isEmpty {
            files["base/\(name).yaml"] = workload(name) + (chance(60) ? "---\n" + service(name) : "")
            resources.append("\(name).yaml")
        }
        if chance(50) {
            files["base/more.yaml"] = more()
            resources.append("more.yaml")
        }
        var text = "resources:\n" + resources.map { "- \($0)\n" }.joined()
        text += generators(isBase: true)
        if chance(30) { text += "namePrefix: b-\n" }
        if chance(30) { text += "commonLabels: {team: blue}\n" }
        files["base/kustomization.yaml"] = text
    }

    private mutating func workload(_ name: String) -> String {
        let kind = one(of: ["Deployment", "StatefulSet", "DaemonSet"])
        let replicas = kind == "DaemonSet" || chance(30) ? "" : "  replicas: \(Int.random(in: 0...5, using: &random))\n"
        let service = kind == "StatefulSet" ? "  serviceName: \(name)\n" : ""
        return """
            apiVersion: apps/v1
            kind: \(kind)
            metadata:
              name: \(name)\(chance(20) ? "\n  namespace: one" : "")\(chance(30) ? "\n  labels: {app: \(name), tier: a}" : "")
            spec:
            \(replicas)\(service)  selector: {matchLabels: {app: \(name)}}
              template:
                metadata:
                  labels: {app: \(name)}\(chance(20) ? "\n      annotations: {port: \"8080\", on: yes}" : "")
                spec:
                  containers:
                  - name: main
                    image: \(one(of: ["nginx:1.25", "nginx", "example.com:5000/shop:2", "busybox@sha256:abc"]))
                    env:
                    - {name: MODE, value: "\(one(of: ["1", "true", "fast"]))"}
                    - name: KEY
                      valueFrom: {configMapKeyRef: {name: settings, key: a}}
                    ports:
                    - {containerPort: 80, name: http}
                    - {containerPort: 80, name: dns, protocol: UDP}
                  - name: side
                    image: busybox:1
                    envFrom: [{secretRef: {name: token}}]
                  volumes:
                  - name: conf
                    configMap: {name: settings}

            """
    }

    private func service(_ name: String) -> String {
        """
        apiVersion: v1
        kind: Service
        metadata: {name: \(name)}
        spec:
          selector: {app: \(name)}
          ports: [{port: 80, targetPort: http}]

        """
    }

    private mutating func more() -> String {
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: all}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
        subjects: [{kind: ServiceAccount, name: default, namespace: default}]
        ---
        apiVersion: example.com/v1
        kind: Widget
        metadata: {name: web}
        spec: {size: \(one(of: ["1", "1.5", "\"1\"", "null", "1e3"])), parts: [{name: a, n: 1}, {name: b, n: 2}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web}
        spec:
          rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: one}

        """
    }

    private mutating func generators(isBase: Bool) -> String {
        var text = ""
        let behavior = isBase ? "" : "  behavior: \(one(of: ["merge", "replace"]))\n"
        if isBase || chance(40) {
            text += "configMapGenerator:\n- name: settings\n\(behavior)  literals:\n  - a=\(one(of: ["1", "x y", "\"q\""]))\n"
            if chance(50) { text += "  - \(one(of: ["b", "c"]))=2\n" }
            if chance(30) { text += "  options: {labels: {made: here}\(chance(50) ? ", disableNameSuffixHash: true" : "")}\n" }
        }
        if isBase || chance(30) { text += "secretGenerator:\n- name: token\n\(behavior)  literals: [p=\(one(of: ["1", "ß", ""]))]\n" }
        if chance(15) { text += "generatorOptions: {annotations: {by: all}}\n" }
        return text
    }

    // MARK: A level above

    private mutating func overlay(_ folder: String, on below: String) {
        var text = "resources:\n- \(below)\n"
        if chance(25) {
            files["part-\(folder)/kustomization.yaml"] = """
                apiVersion: kustomize.config.k8s.io/v1alpha1
                kind: Component
                \(chance(50) ? "nameSuffix: -c" : "commonAnnotations: {part: \"1\"}")
                \(patches("part-\(folder)"))
                """
            text += "components: [../part-\(folder)]\n"
        }
        text += generators(isBase: false)
        if chance(35) { text += "namespace: \(one(of: ["one", "two"]))\n" }
        if chance(30) { text += "namePrefix: \(one(of: ["p-", "x"]))\n" }
        if chance(20) { text += "nameSuffix: -s\n" }
        if chance(30) { text += "labels:\n- pairs: {env: test}\n\(chance(50) ? "  includeSelectors: true\n" : "")" }
        if chance(20) { text += "commonAnnotations: {note: \"on\"}\n" }
        if chance(30) { text += "images:\n- {name: \(one(of: ["nginx", "busybox", "example.com:5000/shop"])), newTag: \"9\"}\n" }
        text += patches(folder)
        files["\(folder)/kustomization.yaml"] = text
    }

    private mutating func patches(_ folder: String) -> String {
        guard chance(70) else { return "" }
        var text = "patches:\n"
        for number in 0..<Int.random(in: 1...3, using: &random) {
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                files["\(folder)/json\(number).yaml"] = """
                    - op: \(one(of: ["add", "replace"]))
                      path: /spec/template/spec/containers/0/\(one(of: ["image", "name", "env/0/value"]))
                      value: \(one(of: ["new", "\"2\"", "other:1"]))

                    """
                text += "- path: json\(number).yaml\n  target: {kind: \(one(of: ["Deployment", "StatefulSet", "D.*"]))}\n"
            case 1:
                text += """
                    - target: {name: ".*\(one(of: names)).*", kind: \(one(of: ["Deployment", "Service", "Widget"]))}
                      patch: |-
                        apiVersion: v1
                        kind: Any
                        metadata:
                          name: any
                          \(one(of: ["labels: {extra: \"1\"}", "annotations: {n: \"2\"}", "annotations: {port: null}"]))

                    """
            case 2:
                text += """
                    - target: {kind: \(one(of: ["Deployment", "DaemonSet"]))}
                      patch: |-
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: x}
                        spec:
                          template:
                            spec:
                              containers:
                              - name: \(one(of: ["main", "side", "new"]))
                                \(one(of: ["image: changed:1", "$patch: delete", "env: [{name: MODE, value: \"no\"}, {name: N, value: x}]",
                                    "ports: [{containerPort: 80, name: web}]", "env: null"]))
                              \(one(of: ["volumes: [{name: tmp, emptyDir: {}}]", "terminationGracePeriodSeconds: 5", "volumes: null"]))

                    """
            default:
                text += """
                    - target: {kind: Widget}
                      patch: |-
                        apiVersion: example.com/v1
                        kind: Widget
                        metadata: {name: web}
                        spec: {\(one(of: ["size: \"2\"", "parts: [{name: a}]", "deep: {x: 1}", "size: null"]))}

                    """
            }
        }
        return text
    }
}
