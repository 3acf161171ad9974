// The parts of a live object that tell its health, read without trust in their shape.

import KubernetesModel
import StructuredData

/// One entry of `status.conditions`.
struct LiveCondition {
    let type: String
    /// `True`, `False` or `Unknown`.
    let status: String
    let reason: String
    let message: String
    let observedGeneration: Int64?

    init(_ entry: Value) {
        type = entry["type"]?.string ?? ""
        status = entry["status"]?.string ?? "Unknown"
        reason = entry["reason"]?.string ?? ""
        message = entry["message"]?.string ?? ""
        observedGeneration = entry["observedGeneration"]?.int
    }

    var isTrue: Bool { status.hasSameBytes(as: "True") }
    var isFalse: Bool { status.hasSameBytes(as: "False") }

    /// The message, else the reason, else the condition itself.
    var text: String { !message.isEmpty ? message : !reason.isEmpty ? reason : "condition \(type) is \(status)" }
}

struct LiveStatus {
    let object: Unstructured
    let spec: Value
    let status: Value

    init(_ object: Unstructured) {
        self.object = object
        spec = object.value["spec"] ?? .null
        status = object.value["status"] ?? .null
    }

    var observedGeneration: Int64? { status["observedGeneration"]?.int }

    /// Whether the object's controller has yet to write a status for this generation.
    var isUnseen: Bool {
        guard let generation = object.generation else { return false }
        return observedGeneration.map { $0 < generation } ?? true
    }

    var conditions: [LiveCondition] { (status["conditions"]?.array ?? []).map(LiveCondition.init) }

    func condition(_ type: String) -> LiveCondition? { conditions.first { $0.type.hasSameBytes(as: type) } }

    /// A number of the status; absent is 0, as the API leaves zeros out.
    func count(_ field: String) -> Int64 { status[field]?.int ?? 0 }

    /// `spec.replicas`, 1 where it is not set.
    var wantedReplicas: Int64 { spec["replicas"]?.int ?? 1 }
}
