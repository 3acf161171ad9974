// What a controller keeps of a member instead of the whole object: enough to prove that nothing happened to it.

package import KubernetesModel
import StructuredData

/// One live member, reduced to digests.
package struct MemberSummary: Sendable, Equatable {
    package var version: ObjectVersion
    package var apiVersion: String
    /// The value of its label `applyset.kubernetes.io/part-of`.
    package var partOf: String
    package var isTerminating: Bool
    /// What its Application owns of it, and what hands hold: by field manager of an Application, since one that let go of it may have
    /// left fields behind.
    private var live: [Owned]
    /// What others hold of it: where one of them has taken a field, only this tells what became of that.
    private var others: Digest?
    /// Of a Secret, by key: keyed digests of the values.
    private var secrets: [String: Digest]?
    /// The object whose replicas it sets, where it is an autoscaler.
    package var autoscaled: ObjectKey?

    private struct Owned: Sendable, Equatable {
        var manager: String
        var digest: Digest
    }

    /// - Parameters:
    ///   - object: whole, with its managedFields.
    ///   - key: keeps digests of secret values from meaning anything elsewhere.
    /// - Returns: nil for an object without uid, resourceVersion or label.
    package init?(_ object: Unstructured, key: [UInt8], hands: Hands = .standard) {
        guard let version = object.version, let partOf = object.label(Tracking.partOf) else { return nil }
        self.version = version
        self.partOf = partOf
        apiVersion = object.apiVersion
        isTerminating = object.isTerminating
        var managers: [String] = []
        for entry in object.metadata?["managedFields"]?.array ?? [] {
            guard entry["operation"]?.string == "Apply", let manager = entry["manager"]?.string, manager.hasPrefix(FieldManager.prefix),
                !managers.contains(manager)
            else { continue }
            managers.append(manager)
        }
        live = managers.map { Owned(manager: $0, digest: RecordDigests.live(object, fieldManager: $0, hands: hands)) }
        others = RecordDigests.others(object)
        if object.isSecret {
            secrets = (object.value["data"]?.object ?? Object()).reduce(into: [:]) { digests, entry in
                digests[entry.key] = MemberSummary.digest(entry.value, key)
            }
        }
        autoscaled = Autoscalers.target(of: object)
    }

    /// Whether it is what was recorded: the same object, and in it the same fields with the same values.
    package func matches(_ record: Record, fieldManager: String) -> Bool {
        guard record.matches(uid: version.uid), let owned = live.first(where: { $0.manager.hasSameBytes(as: fieldManager) }) else {
            return false
        }
        return record.matches(live: owned.digest)
    }

    /// Whether it tells the same, whatever else of the object has changed, such as its status.
    /// - Parameter countingOthers: whether the values that others hold count, too.
    package func isSame(as other: MemberSummary, countingOthers: Bool = false) -> Bool {
        var other = other
        other.version.resourceVersion = version.resourceVersion
        if !countingOthers { other.others = others }
        return self == other
    }

    /// Whether a Secret has the values that are wanted; true for every other kind.
    func hasSecrets(of payload: Value, key: [UInt8]) -> Bool {
        guard let secrets else { return true }
        return (payload["data"]?.object ?? Object()).allSatisfy { entry in
            guard let digest = secrets[entry.key] else { return entry.value.isNull }
            return digest == MemberSummary.digest(entry.value, key)
        }
    }

    private static func digest(_ value: Value, _ key: [UInt8]) -> Digest { Digest(of: key + CanonicalJSON.bytes(of: value)) }

    /// The object as far as this tells of it.
    package func object(_ key: ObjectKey) -> Unstructured {
        var object = Unstructured(["apiVersion": .string(apiVersion), "kind": .string(key.kind)])
        object.value.set(.string(key.name), at: ["metadata", "name"])
        object.namespace = key.namespace
        object.value.set(.string(version.uid), at: ["metadata", "uid"])
        object.value.set(.string(version.resourceVersion), at: ["metadata", "resourceVersion"])
        object.setLabel(Tracking.partOf, partOf)
        return object
    }
}

extension Planner {
    /// The desired objects that are as they were recorded, by what is kept of them: nothing of them needs to be read.
    package func proven(by summaries: [ObjectKey: MemberSummary]) -> Set<ObjectKey> {
        Set(
            subjects.lazy.filter { subject in
                guard let summary = summaries[subject.key], let record = subject.record, !summary.isTerminating,
                    summary.apiVersion.hasSameBytes(as: subject.desired.groupVersionKind.apiVersion),
                    summary.partOf.hasSameBytes(as: context.parentID), record.matches(desired: subject.digest)
                else { return false }
                return summary.matches(record, fieldManager: context.fieldManager)
                    && summary.hasSecrets(of: subject.body, key: redactionKey)
            }.map(\.key))
    }
}
