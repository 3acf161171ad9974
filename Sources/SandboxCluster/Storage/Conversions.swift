// The two built-in kinds that are served in two forms: autoscalers and events.

import StructuredData

enum Autoscaling {
    /// Between `autoscaling/v1` and `autoscaling/v2`, for the CPU target that v1 can say; other metrics stay in v2 only.
    static func convert(_ value: Value, to apiVersion: String) -> Value {
        var value = value
        let target = ["spec", "targetCPUUtilizationPercentage"]
        if apiVersion == "autoscaling/v1" {
            let cpu = (value.at("spec", "metrics")?.array ?? []).first { $0.at("resource", "name")?.string == "cpu" }
            value.set(cpu?.at("resource", "target", "averageUtilization"), at: target)
            value.set(nil, at: ["spec", "metrics"])
            value.set(nil, at: ["spec", "behavior"])
            let current = value.at("status", "currentMetrics")?.array?.first?.at("resource", "current", "averageUtilization")
            if value["status"] != nil {
                value.set(nil, at: ["status", "currentMetrics"])
                value.set(nil, at: ["status", "conditions"])
                value.set(current, at: ["status", "currentCPUUtilizationPercentage"])
            }
        } else if let percent = value.at("spec", "targetCPUUtilizationPercentage") {
            value.set(nil, at: target)
            value.set(
                [
                    [
                        "type": "Resource",
                        "resource": ["name": "cpu", "target": ["type": "Utilization", "averageUtilization": percent]],
                    ]
                ], at: ["spec", "metrics"])
        }
        return value
    }
}

enum Events {
    /// Between core `v1` and `events.k8s.io/v1`, which name the same fields differently.
    private static let names = [
        ("involvedObject", "regarding"), ("message", "note"), ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"), ("lastTimestamp", "deprecatedLastTimestamp"), ("count", "deprecatedCount"),
        ("reportingComponent", "reportingController"),
    ]

    static func convert(_ value: Value, to apiVersion: String) -> Value {
        guard let object = value.object else { return value }
        var result = Object()
        for entry in object {
            let name =
                apiVersion == "v1"
                ? names.first { $0.1 == entry.key }?.0 ?? entry.key : names.first { $0.0 == entry.key }?.1 ?? entry.key
            result[name] = entry.value
        }
        return .object(result)
    }
}
