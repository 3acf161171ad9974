// An object of any kind, as the API sends it, with the few fields that every object has within reach.

package import StructuredData

/// A Kubernetes object as a ``Value``; the accessors read and write in place and never trap on a wrong shape.
package struct Unstructured: Sendable, Equatable {
    package var value: Value

    package init(_ value: Value) { self.value = value }

    package var apiVersion: String { value["apiVersion"]?.string ?? "" }
    package var kind: String { value["kind"]?.string ?? "" }
    /// nil when apiVersion or kind is missing or malformed.
    package var groupVersionKind: GroupVersionKind? { GroupVersionKind(apiVersion: apiVersion, kind: kind) }

    package var metadata: Value? { value["metadata"] }
    package var name: String { value.at("metadata", "name")?.string ?? "" }
    /// nil when absent or empty.
    package var namespace: String? {
        get { value.at("metadata", "namespace")?.string.flatMap { $0.isEmpty ? nil : $0 } }
        set { value.set(newValue.map { .string($0) }, at: ["metadata", "namespace"]) }
    }
    package var uid: String? { value.at("metadata", "uid")?.string }
    package var resourceVersion: String? { value.at("metadata", "resourceVersion")?.string }
    package var generation: Int64? { value.at("metadata", "generation")?.int }
    package var deletionTimestamp: String? { value.at("metadata", "deletionTimestamp")?.string }
    package var creationTimestamp: String? { value.at("metadata", "creationTimestamp")?.string }
    package var isTerminating: Bool { deletionTimestamp != nil }

    package func label(_ key: String) -> String? { value.at("metadata", "labels")?[key]?.string }
    package func annotation(_ key: String) -> String? { value.at("metadata", "annotations")?[key]?.string }
    package mutating func setLabel(_ key: String, _ text: String?) {
        value.set(text.map { .string($0) }, at: ["metadata", "labels", key])
    }
    package mutating func setAnnotation(_ key: String, _ text: String?) {
        value.set(text.map { .string($0) }, at: ["metadata", "annotations", key])
    }

    /// The object's identity; nil when kind or name is missing.
    package var key: ObjectKey? {
        guard let gvk = groupVersionKind, !name.isEmpty else { return nil }
        return ObjectKey(groupKind: gvk.groupKind, namespace: namespace, name: name)
    }

    package var isSecret: Bool { kind == "Secret" && apiVersion == "v1" }
}
