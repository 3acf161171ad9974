// What the parent ConfigMap shall say before, and after, a run's writes: pure.

import Applying
import KubernetesModel
import Planning
import StructuredData

struct ParentContents: Sendable {
    let prepared: PreparedApplication

    private var desired: [ObjectKey] { prepared.desired.objects.map(\.key) }

    /// The desired objects that are members, or may become ones: what the plan blocks was never written, unless there is a record of it.
    /// Else a kind that the account may not list would be looked for as long as the parent lives, and the parent could never go.
    private var within: [ObjectKey] {
        let blocked = Set(prepared.plan.operations.filter { $0.kind == .blocked }.map(\.key))
        let known = prepared.knownRecords
        return desired.filter { !blocked.contains($0) || known[$0] != nil }
    }

    /// All that is a member or may become one: written before the first member is.
    var superset: ApplySetParent.Contents {
        let members = prepared.observed.members.keys + within
        return contents(
            groupKinds: (prepared.parent?.groupKinds ?? []).union(members.map(\.groupKind)),
            namespaces: (prepared.parent?.namespaces ?? []).union(members.compactMap(\.namespace)),
            records: prepared.parent?.records ?? RecordTable([:]), runs: prepared.parent?.runs ?? [], isSettled: false)
    }

    /// What is left when the rows have ended as they did; what could not be read stays named.
    func final(_ outcomes: [ObjectKey: OperationOutcome], runs: [Value]) -> ApplySetParent.Contents {
        let gone = Set(outcomes.values.filter { $0.operation.kind == .prune && $0.result == .done }.map(\.operation.key))
        let remaining = Set(prepared.observed.members.keys).subtracting(gone).union(within)
        var groupKinds = Set(remaining.map(\.groupKind))
        var namespaces = Set(remaining.compactMap(\.namespace))
        if let parent = prepared.parent, !prepared.observed.unlisted.isEmpty {
            groupKinds.formUnion(parent.groupKinds.intersection(prepared.observed.unlisted.map(\.groupKind)))
            namespaces.formUnion(parent.namespaces)
        }
        let plan = prepared.plan
        let isSettled =
            plan.pruneNeedsApproval == nil && !plan.isPruneWithheld
            && plan.operations.allSatisfy { $0.kind != .prune || gone.contains($0.key) }
        return contents(
            groupKinds: groupKinds, namespaces: namespaces, records: RecordTable(records(outcomes)), runs: runs, isSettled: isSettled)
    }

    /// Whether the parent already says all this, its runs aside, and nobody's lease is left on it.
    func isSaved(_ contents: ApplySetParent.Contents) -> Bool {
        guard let parent = prepared.parent, prepared.store.isComplete(parent.object) else { return false }
        return parent.lease == nil && parent.groupKinds == contents.groupKinds && parent.sources == contents.sources
            && parent.namespaces == contents.namespaces && parent.records == contents.records
    }

    /// Of the desired objects only: the last known record, or the one that this run's answer gave.
    private func records(_ outcomes: [ObjectKey: OperationOutcome]) -> [ObjectKey: Record] {
        let known = prepared.knownRecords
        var records: [ObjectKey: Record] = [:]
        for key in desired {
            if let outcome = outcomes[key], outcome.result == .done {
                records[key] = outcome.record
            } else if let outcome = outcomes[key], outcome.isSurvivor, outcome.operation.kind == .recreate {
                // Belay itself has deleted it: that it goes is nobody's drift.
                continue
            } else {
                records[key] = outcomes[key]?.record ?? known[key]
            }
        }
        return records
    }

    /// - Parameter isSettled: everything that was to be pruned is gone. Until then, and until a person approves, a set that another
    ///   source filled is that source's too: else the next run of either would prune unasked what the other brought.
    private func contents(
        groupKinds: Set<GroupKind>, namespaces: Set<String>, records: RecordTable, runs: [Value], isSettled: Bool
    ) -> ApplySetParent.Contents {
        let own = prepared.application.source.identity
        let known = prepared.parent?.sources ?? []
        var sources = [own]
        if prepared.snapshot == nil, !known.isEmpty {
            // A deletion reads no source, so it does not know its own name for it.
            sources = known
        } else if !isSettled, !known.isEmpty {
            sources = known.contains { $0.hasSameBytes(as: own) } ? known : known + [own]
        }
        return ApplySetParent.Contents(
            groupKinds: groupKinds, namespaces: namespaces, sources: sources, lease: nil, records: records, runs: runs)
    }
}
