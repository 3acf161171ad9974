// The body that is sent for a desired object, first as it follows from Git alone, then as it fits a live object.

import KubernetesModel
import StructuredData

/// Makes the bodies of server-side applies.
enum Payload {
    /// Fields of metadata that only the server writes: Git may have them from an export.
    private static let serverOwned = [
        "managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink", "deletionTimestamp",
        "deletionGracePeriodSeconds",
    ]

    /// The desired object with our label and annotations, without status and what only the server writes.
    static func base(of desired: DesiredObject, application: Application, parentID: String) -> Value {
        var object = desired.object
        object.value.set(nil, at: ["status"])
        for field in serverOwned { object.value.set(nil, at: ["metadata", field]) }
        if object.annotation(Tracking.lastApplied) != nil { object.setAnnotation(Tracking.lastApplied, nil) }
        // The control plane fills in the rules of an aggregated role: whoever sends some, even none, fights with it.
        if desired.key.groupKind == .clusterRole, !(object.value.at("aggregationRule")?.object ?? Object()).isEmpty {
            object.value.set(nil, at: ["rules"])
        }
        object.namespace = desired.key.namespace
        object.setLabel(Tracking.partOf, parentID)
        object.setAnnotation(Tracking.application, application.reference)
        object.setAnnotation(Tracking.source, desired.location.file)
        // A Secret is hidden as a whole.
        if !desired.secrets.isEmpty, desired.key.groupKind != .secret {
            object.setAnnotation(Tracking.secretFields, desired.secrets.text)
        }
        return object.value
    }

    /// What of the payload has to stay out of it, and what has to go in, because of who holds what in the live object.
    struct Fitting: Sendable {
        var body: Value
        /// Paths that Git has and that are left to others: with whom they are.
        var leftOut: [(path: FieldPath, manager: String)] = []
        /// Who scales the object, where that is why its replicas are left out.
        var scaler: String?
        /// Paths that we own, that Git dropped, and that keep their value under ``FieldManager/released``.
        var released: [FieldPath] = []
    }

    /// - Parameters:
    ///   - entries: the live object's managedFields.
    ///   - autoscaled: an autoscaler targets the object.
    static func fitting(
        _ base: Value, to live: Unstructured, entries: [ManagedFieldsEntry], ignored: [IgnoreRules.Place], autoscaled: Bool,
        fieldManager: String
    ) -> Fitting {
        var fitting = Fitting(body: base)
        let all = entries.allFields
        // From the end, so that the places of a list keep their indexes.
        for place in ignored.reversed() where fitting.body.value(at: place.path) != nil {
            let holder = entries.first { entry in
                !entry.manager.hasSameBytes(as: fieldManager) && entry.subresource != "status" && place.allows(entry.manager)
                    && !entry.manager.hasSameBytes(as: FieldManager.released)
                    && entry.fields.owns(place.path, among: all)
            }
            guard let holder, !place.path.isIdentity else { continue }
            fitting.body.removeWithEmptyParents(place.path)
            fitting.leftOut.append((place.path, holder.manager))
        }
        if fitting.body.value(at: .replicas) != nil, let scaler = scaler(of: entries, autoscaled: autoscaled) {
            fitting.body.removeWithEmptyParents(.replicas)
            fitting.leftOut.append((.replicas, scaler))
            fitting.scaler = scaler
        }
        let covered = autoscaled || ignored.contains { $0.path == .replicas }
        if covered, base.value(at: .replicas) == nil, let value = live.value.value(at: .replicas),
            entries.contains(where: { isOurs($0, fieldManager) && $0.fields.contains(.replicas) })
        {
            fitting.released = [.replicas]
            fitting.body.set(value, at: .replicas)
        }
        return fitting
    }

    /// Who sets the replicas through the subresource `scale`: kube-controller-manager; where an autoscaler is known to target the
    /// object, any program.
    static func scaler(of entries: [ManagedFieldsEntry], autoscaled: Bool) -> String? {
        entries.first { entry in
            entry.subresource == "scale" && entry.fields.contains(.replicas)
                && (entry.manager == "kube-controller-manager" || (autoscaled && !Hands.standard.contains(manager: entry.manager)))
        }?.manager
    }

    static func isOurs(_ entry: ManagedFieldsEntry, _ fieldManager: String) -> Bool {
        entry.operation == .apply && (entry.subresource ?? "").isEmpty && entry.manager.hasSameBytes(as: fieldManager)
    }

    /// With the identity and version that the plan was made on.
    static func planned(_ body: Value, on version: ObjectVersion) -> Value {
        var body = body
        body.set(.string(version.uid), at: ["metadata", "uid"])
        body.set(.string(version.resourceVersion), at: ["metadata", "resourceVersion"])
        return body
    }
}

extension FieldPath {
    /// Paths without which the body names no object: never left out.
    var isIdentity: Bool {
        guard case .field(let first) = elements.first else { return true }
        if elements.count == 1 { return ["apiVersion", "kind", "metadata"].contains(first) }
        guard first == "metadata", case .field(let second) = elements[1] else { return false }
        if elements.count == 2 { return ["name", "namespace", "labels", "annotations"].contains(second) }
        guard case .field(let third) = elements[2] else { return false }
        return Tracking.isMark(third)
    }
}
