// One desired object with all that is known of it before any question.

import KubernetesModel
import StructuredData

struct Subject: Sendable {
    let desired: DesiredObject
    let resource: APIResource?
    /// The payload as it follows from Git alone.
    let body: Value
    let digest: Digest
    let ignore: IgnoreRules
    let record: Record?
    /// nil: nothing was read of it.
    let existence: ObservedState.Existence?
    /// Both digests, the uid, and for a Secret the values are those of the record: nothing to ask.
    let isProven: Bool
    /// What the live object has from a Secret, as it was applied last.
    let formerSecrets: SecretPaths
    /// Whether the API server's words about it may show a secret.
    var withholdsTexts: Bool { desired.withholdsTexts || !formerSecrets.isEmpty }

    var key: ObjectKey { desired.key }

    init(_ desired: DesiredObject, observed: ObservedState, context: PlanningContext) {
        self.desired = desired
        let key = desired.key
        resource = context.resource(of: desired.groupVersionKind)
        body = Payload.base(of: desired, application: context.application, parentID: context.parentID)
        ignore = IgnoreRules(context.application.drift.ignore, for: key)
        digest = RecordDigests.desired(payload: body, ignore: ignore, kind: key.groupKind)
        record = observed.records[key]
        existence = observed.members[key].map { .present($0) } ?? observed.others[key]
        if case .present(let live)? = existence, let text = live.annotation(Tracking.secretFields) {
            formerSecrets = SecretPaths(text: text)
        } else {
            formerSecrets = SecretPaths()
        }
        if observed.proven.contains(key) {
            isProven = true
            return
        }
        guard let record, case .present(let live)? = existence, !live.isTerminating, !live.isMetadataOnly,
            live.apiVersion.hasSameBytes(as: desired.groupVersionKind.apiVersion), let uid = live.uid,
            live.label(Tracking.partOf)?.hasSameBytes(as: context.parentID) ?? false,
            record.matches(uid: uid, desired: digest)
        else {
            isProven = false
            return
        }
        isProven =
            record.matches(live: RecordDigests.live(live, fieldManager: context.fieldManager, hands: context.options.hands))
            && !(live.isSecret && RecordDigests.secretDataDiffers(body, live.value))
    }

    func setting(_ annotation: String) -> String? { desired.object.annotation(annotation) }
}

extension Unstructured {
    /// What a metadata-only list answers.
    var isMetadataOnly: Bool { kind == "PartialObjectMetadata" && apiVersion.hasPrefix("meta.k8s.io/") }
}
