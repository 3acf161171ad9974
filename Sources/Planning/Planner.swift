// The two pure functions of the algorithm (architecture section 5, steps 4 to 10).

package import KubernetesModel
package import StructuredData

/// Plans one Application: asks until it knows enough, then decides. No I/O, no clock, no randomness.
package struct Planner: Sendable {
    package var desired: DesiredState
    package var observed: ObservedState
    /// Keys of objects that other Applications planned together with this one want (never pruned here).
    package var claimedElsewhere: Set<ObjectKey>
    /// Key for the hashes that stand for secrets; one per journal.
    package var redactionKey: [UInt8]

    package init(desired: DesiredState, observed: ObservedState, claimedElsewhere: Set<ObjectKey> = [], redactionKey: [UInt8]) {
        self.desired = desired
        self.observed = observed
        self.claimedElsewhere = claimedElsewhere
        self.redactionKey = redactionKey
    }

    /// The next questions, none of which is in `answers`; empty when the plan can be made. At most 4 rounds.
    package func probes(_ answers: ProbeAnswers) -> [ProbeRequest] { [] }

    /// The plan from all that was asked.
    package func plan(_ answers: ProbeAnswers) -> Plan {
        Plan(
            application: desired.application, parentID: "", revision: desired.revision, treeID: desired.treeID, operations: [],
            approvalDigest: Digest(of: .null))
    }

    /// The record to keep from the response to a write (or to a dry-run that proved an object unchanged).
    package static func record(of response: Unstructured, desiredDigest: Digest, fieldManager: String) -> Record? { nil }
}
