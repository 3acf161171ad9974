// Lists as the tables that `kubectl get` prints.

import StructuredData

struct TablePrinter {
    let kind: ServedKind
    let now: Timestamp

    private struct Column {
        var name: String
        var type = "string"
        var format = ""
        var priority: Int64 = 0
        var cell: (Value) -> Value
    }

    /// A `meta.k8s.io/v1` Table with one row for each object.
    func table(_ objects: [Value], metadata: Object, includesObject: String) -> Value {
        let columns = self.columns
        var rows: [Value] = []
        for object in objects {
            var row: Object = ["cells": .array(columns.map { $0.cell(object) })]
            switch includesObject {
            case "None": break
            case "Object": row["object"] = object
            default: row["object"] = Presentation.metadataOnly(object)
            }
            rows.append(.object(row))
        }
        var metadata = metadata
        if metadata["resourceVersion"] == nil, objects.count == 1 {
            metadata["resourceVersion"] = objects[0].at("metadata", "resourceVersion")
        }
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": .object(metadata),
            "columnDefinitions": .array(
                columns.map { column in
                    [
                        "name": .string(column.name), "type": .string(column.type), "format": .string(column.format), "description": "",
                        "priority": .int(column.priority),
                    ]
                }), "rows": .array(rows),
        ]
    }

    private var columns: [Column] {
        let name = Column(name: "Name", format: "name") { $0.at("metadata", "name") ?? "" }
        let created = Column(name: "Age") { .string(age(of: $0.at("metadata", "creationTimestamp")?.string)) }
        if let custom = kind.custom { return [name] + customColumns(custom) + (custom.printerColumns.isEmpty ? [created] : []) }
        return [name] + (builtInColumns ?? []) + [created] + wideColumns
    }

    private func customColumns(_ custom: CustomVersion) -> [Column] {
        custom.printerColumns.map { definition in
            let path = (definition["jsonPath"]?.string ?? "").split(separator: ".").map(String.init)
            let type = definition["type"]?.string ?? "string"
            return Column(
                name: definition["name"]?.string ?? "", type: type == "date" ? "date" : type, format: definition["format"]?.string ?? "",
                priority: definition["priority"]?.int ?? 0
            ) { object in
                let found = JSONPathStep.value(object, path)
                if type == "date" { return .string(age(of: found?.string)) }
                switch found {
                case nil: return type == "string" ? "" : .null
                case .array?, .object?: return .string(found.map(PathElement.json) ?? "")
                case let scalar?: return type == "string" && scalar.string == nil ? .string(PathElement.json(scalar)) : scalar
                }
            }
        }
    }

    private func text(_ name: String, _ cell: @escaping (Value) -> String) -> Column { Column(name: name) { .string(cell($0)) } }

    private func number(_ name: String, _ path: String...) -> Column {
        Column(name: name, type: "integer") { object in
            var node: Value? = object
            for key in path { node = node?[key] }
            return node ?? 0
        }
    }

    private var builtInColumns: [Column]? {
        switch kind.collection {
        case "pods":
            [
                text("Ready") { pod in
                    let statuses = pod.at("status", "containerStatuses")?.array ?? []
                    let total = pod.at("spec", "containers")?.array?.count ?? 0
                    return "\(statuses.filter { $0["ready"]?.bool == true }.count)/\(total)"
                },
                text("Status") { pod in
                    pod.at("metadata", "deletionTimestamp") != nil
                        ? "Terminating" : pod.at("status", "reason")?.string ?? pod.at("status", "phase")?.string ?? ""
                },
                text("Restarts") { _ in "0" },
            ]
        case "apps/deployments":
            [
                text("Ready") {
                    "\($0.at("status", "readyReplicas")?.int ?? 0)/\($0.at("spec", "replicas")?.int ?? 0)"
                }, number("Up-to-date", "status", "updatedReplicas"), number("Available", "status", "availableReplicas"),
            ]
        case "apps/replicasets", "replicationcontrollers":
            [
                number("Desired", "spec", "replicas"), number("Current", "status", "replicas"), number("Ready", "status", "readyReplicas"),
            ]
        case "apps/statefulsets":
            [
                text("Ready") {
                    "\($0.at("status", "readyReplicas")?.int ?? 0)/\($0.at("spec", "replicas")?.int ?? 0)"
                }
            ]
        case "apps/daemonsets":
            [
                number("Desired", "status", "desiredNumberScheduled"), number("Current", "status", "currentNumberScheduled"),
                number("Ready", "status", "numberReady"),
            ]
        case "services":
            [
                text("Type") { $0.at("spec", "type")?.string ?? "" }, text("Cluster-IP") { $0.at("spec", "clusterIP")?.string ?? "<none>" },
                text("External-IP") { service in
                    let addresses = (service.at("status", "loadBalancer", "ingress")?.array ?? []).compactMap { $0["ip"]?.string }
                    if !addresses.isEmpty { return addresses.joined(separator: ",") }
                    return service.at("spec", "type") == "LoadBalancer"
                        ? "<pending>" : service.at("spec", "externalName")?.string ?? "<none>"
                },
                text("Port(s)") { service in
                    let ports = (service.at("spec", "ports")?.array ?? []).map { port -> String in
                        let node = port["nodePort"]?.int.map { ":\($0)" } ?? ""
                        return "\(port["port"]?.int ?? 0)\(node)/\(port["protocol"]?.string ?? "TCP")"
                    }
                    return ports.isEmpty ? "<none>" : ports.joined(separator: ",")
                },
            ]
        case "namespaces": [text("Status") { $0.at("status", "phase")?.string ?? "" }]
        case "nodes":
            [text("Status") { _ in "Ready" }, text("Roles") { _ in "<none>" }]
        case "configmaps":
            [
                Column(name: "Data", type: "integer") {
                    .int(Int64(($0["data"]?.object?.count ?? 0) + ($0["binaryData"]?.object?.count ?? 0)))
                }
            ]
        case "secrets":
            [
                text("Type") { $0["type"]?.string ?? "" },
                Column(name: "Data", type: "integer") { .int(Int64($0["data"]?.object?.count ?? 0)) },
            ]
        case "batch/jobs":
            [
                text("Status") { job in
                    (job.at("status", "conditions")?.array ?? []).first { $0["status"] == "True" }?["type"]?.string ?? "Running"
                },
                text("Completions") { "\($0.at("status", "succeeded")?.int ?? 0)/\($0.at("spec", "completions")?.int ?? 1)" },
            ]
        case CustomDefinition.collection:
            [text("Created At") { $0.at("metadata", "creationTimestamp")?.string ?? "" }]
        case "events":
            [
                text("Type") { $0["type"]?.string ?? "" }, text("Reason") { $0["reason"]?.string ?? "" },
                text("Object") {
                    "\(($0.at("involvedObject", "kind")?.string ?? "").lowercased())/\($0.at("involvedObject", "name")?.string ?? "")"
                }, text("Message") { $0["message"]?.string ?? "" },
            ]
        default: nil
        }
    }

    private var wideColumns: [Column] {
        func images(_ object: Value) -> String {
            (object.at("spec", "template", "spec", "containers")?.array ?? []).compactMap { $0["image"]?.string }.joined(separator: ",")
        }
        func containers(_ object: Value) -> String {
            (object.at("spec", "template", "spec", "containers")?.array ?? []).compactMap { $0["name"]?.string }.joined(separator: ",")
        }
        switch kind.collection {
        case "pods":
            return [
                Column(name: "IP", priority: 1) { $0.at("status", "podIP") ?? "<none>" },
                Column(name: "Node", priority: 1) { $0.at("spec", "nodeName") ?? "<none>" },
            ]
        case "apps/deployments", "apps/replicasets", "replicationcontrollers", "apps/statefulsets", "apps/daemonsets":
            return [
                Column(name: "Containers", priority: 1) { .string(containers($0)) },
                Column(name: "Images", priority: 1) { .string(images($0)) },
                Column(name: "Selector", priority: 1) { .string(LabelSelector.text(of: $0.at("spec", "selector")) ?? "<none>") },
            ]
        case "services":
            return [
                Column(name: "Selector", priority: 1) { .string(LabelSelector.text(of: $0.at("spec", "selector")) ?? "<none>") }
            ]
        default: return []
        }
    }

    /// `45s`, `5m12s`, `3h`, `2d`.
    private func age(of text: String?) -> String {
        guard let text, let time = Timestamp(text) else { return "<unknown>" }
        let seconds = max(0, now.seconds - time.seconds)
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<600: return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds / 60)m\(seconds % 60)s"
        case ..<10_800: return "\(seconds / 60)m"
        case ..<28_800: return seconds / 60 % 60 == 0 ? "\(seconds / 3600)h" : "\(seconds / 3600)h\(seconds / 60 % 60)m"
        case ..<172_800: return "\(seconds / 3600)h"
        default: return "\(seconds / 86_400)d"
        }
    }
}

/// The small part of JSONPath that printer columns use: `.spec.size`, `.status.conditions[?(@.type=="Ready")].status`.
enum JSONPathStep {
    static func value(_ object: Value, _ path: [String]) -> Value? {
        var joined = ""
        var steps: [String] = []
        // A filter may itself contain dots.
        for part in path {
            joined = joined.isEmpty ? part : "\(joined).\(part)"
            if joined.contains("["), !joined.contains("]") { continue }
            steps.append(joined)
            joined = ""
        }
        var node: Value? = object
        for step in steps {
            guard let open = step.firstIndex(of: "[") else {
                node = node?[step]
                continue
            }
            node = node?[String(step[..<open])]
            let inner = step[step.index(after: open)...].prefix { $0 != "]" }
            if let index = Int(inner) {
                node = node?[index]
            } else if inner.hasPrefix("?(@.") {
                let condition = inner.dropFirst(4).dropLast().split(separator: "=", omittingEmptySubsequences: true)
                guard condition.count == 2 else { return nil }
                let wanted = condition[1].filter { $0 != "\"" && $0 != "'" && $0 != " " }
                node = node?.array?.first { $0[condition[0].filter { $0 != " " }]?.string == String(wanted) }
            } else {
                node = node?[inner.filter { $0 != "'" && $0 != "\"" }]
            }
        }
        return node
    }
}
