// One live object against what Git wants of it: dry-runs, stale fields, comparison, and the row that follows.

import KubernetesModel
import StructuredData

/// Steps 5 to 8 for an object that exists and that we may have.
struct Examination {
    let interview: Interview
    let live: Unstructured
    let tenure: Interview.Tenure
    let entries: [ManagedFieldsEntry]
    let ignored: [IgnoreRules.Place]
    let fitting: Payload.Fitting
    /// Versions of the kind that go with this plan.
    private let leaving: Set<String>

    var context: PlanningContext { interview.context }
    var subject: Subject { interview.subject }
    var key: ObjectKey { interview.key }

    init(interview: Interview, live: Unstructured, tenure: Interview.Tenure) {
        self.interview = interview
        self.live = live
        self.tenure = tenure
        entries = live.managedFields
        ignored = interview.subject.ignore.places(in: [live.value, interview.subject.body], keys: ListKeys(entries))
        fitting = Payload.fitting(
            interview.subject.body, to: live, entries: entries, ignored: ignored,
            autoscaled: interview.context.autoscaled.contains(interview.key), fieldManager: interview.context.fieldManager)
        leaving = interview.context.leavingVersions(entries, of: interview.subject.desired.groupVersionKind)
    }

    /// What the server said, or what was worked out in its stead.
    struct Finding {
        var prediction: Unstructured
        /// What we would own.
        var owned: FieldSet
        var conflicts: [ProbeFailure.Conflict] = []
        var stale = StaleFields()
        /// Fields that nobody holds and that have to go: ours by the patch before the write, so that it lets them go.
        var claimed = FieldSet()
        var isUnverified = false
        /// False where the payload was laid over the live object here: values are as Git spells them.
        var isFromServer = true
        var notes: [String] = []
    }

    func next() -> Interview.Step {
        guard live.apiVersion.hasSameBytes(as: subject.desired.groupVersionKind.apiVersion) else { return otherVersion() }
        let dropped = context.droppedVersions(entries, of: subject.desired.groupVersionKind)
        if !dropped.isEmpty { return conclude(local(rewriting: dropped), rewritten: dropped) }
        return applyAnswer(force: false, conflicts: [])
    }

    // MARK: Step 5: the dry-run of the apply

    private func applyAnswer(force: Bool, conflicts: [ProbeFailure.Conflict]) -> Interview.Step {
        guard let (answer, round) = latest(.apply(force: force)) else {
            return interview.ask(.apply(force: force), round: interview.reads, body: question) ?? unanswered(conflicts)
        }
        switch answer {
        case .object(let predicted, created: false):
            // Made on another state of the object than ours: read it, and if that does not help, ask anew, once.
            if predicted.resourceVersion != live.resourceVersion {
                if let step = interview.ask(.get, round: interview.reads), interview.reads == 0 { return step }
                if round < interview.reads,
                    let step = interview.ask(.apply(force: force), round: interview.reads, body: question)
                {
                    return step
                }
            }
            let owned = predicted.managedFields.first { Payload.isOurs($0, context.fieldManager) }?.fields ?? FieldSet()
            return staleFields(Finding(prediction: predicted, owned: owned, conflicts: conflicts))
        case .object(_, created: true), .absent:
            return interview.readAgain(otherwise: vanished)
        case .failed(let failure): return failed(failure, force: force, conflicts: conflicts)
        }
    }

    private func failed(_ failure: ProbeFailure, force: Bool, conflicts: [ProbeFailure.Conflict]) -> Interview.Step {
        switch failure.reason {
        case .fieldConflict where !force:
            return refusal(of: failure.conflicts) ?? applyAnswer(force: true, conflicts: failure.conflicts)
        case .staleResourceVersion, .alreadyExists: return interview.readAgain(otherwise: vanished)
        case .immutable, .invalid:
            // A uid that does not match is told as an immutable field: the object is another one by now.
            if failure.status?.causes.contains(where: { $0.field == "metadata.uid" }) ?? false {
                return interview.readAgain(otherwise: vanished)
            }
            if failure.reason == .immutable { return immutable(failure) }
            return context.changingKinds.contains(key.groupKind)
                ? conclude(local(rewriting: [])) : withoutRemains(failure, conflicts: conflicts)
        case .badRequest where failure.tellsOfDryRun: return conclude(unasked("the webhook that stands before it does not take dry-runs"))
        case .badRequest, .kindMissing, .other:
            let old = formerVersions
            if !old.isEmpty, failure.tellsOfVersions { return conclude(local(rewriting: old), rewritten: old) }
            return context.changingKinds.contains(key.groupKind) ? conclude(local(rewriting: [])) : interview.rejected(failure)
        default: return interview.rejected(failure)
        }
    }

    /// The body of the dry-run: with the uid, so that a vanished object is not taken for a new one.
    private var question: Value {
        var body = fitting.body
        body.set(live.uid.map { .string($0) }, at: ["metadata", "uid"])
        return body
    }

    private func latest(_ request: Probe.Request) -> (ProbeAnswer, Int)? {
        for round in (0...interview.reads).reversed() {
            guard let answer = interview.answers[Probe(key: key, request: request, round: round)] else { continue }
            if round == interview.reads { return (answer, round) }
            // An answer from before the last reading counts only where it speaks of what was read.
            if case .object(_, created: false) = answer { return (answer, round) }
            if case .failed(let failure) = answer, failure.reason == .fieldConflict { return (answer, round) }
            return nil
        }
        return nil
    }

    private var vanished: PlannedOperation {
        interview.row(.blocked, "changes while it is being planned; run again")
    }

    private func unanswered(_ conflicts: [ProbeFailure.Conflict]) -> Interview.Step {
        var finding = unasked("its other writer is busy")
        finding.conflicts += conflicts.filter { !finding.conflicts.contains($0) }
        return conclude(finding)
    }

    /// A conflict that must not be forced.
    private func refusal(of conflicts: [ProbeFailure.Conflict]) -> Interview.Step? {
        let foreign = conflicts.filter { !isTaken($0.manager) }
        if let other = foreign.first(where: { FieldManager.isAnotherApplication($0.manager, than: context.fieldManager) }) {
            let name = other.manager.dropFirst(FieldManager.prefix.count)
            return interview.done(
                .blocked,
                "Application \(Text.plain(String(name))) holds \(paths(of: foreign)): one of the two sources has to let the fields go")
        }
        return context.application.sync.conflicts == .fail && !foreign.isEmpty ? mustNotForce(foreign) : nil
    }

    private func mustNotForce(_ conflicts: [ProbeFailure.Conflict]) -> Interview.Step {
        let managers = Text.list(unique(conflicts.map { Text.plain($0.manager) }))
        var row = interview.row(
            .blocked,
            "conflict: \(paths(of: conflicts)) held by \(managers), and sync.conflicts is Fail: drop the field in Git, or let that program release it"
        )
        if isMember, interview.driftPolicy != .ignore, subject.record?.matches(desired: subject.digest) ?? false {
            let fields = differences(local(rewriting: [])).filter { difference in
                conflicts.contains { $0.path.hasSameBytes(as: difference.path.serverSpelling) }
            }
            if !fields.isEmpty {
                row.drift = Drift(kind: .modified, fields: fields.map { context.shown($0, live: entries, subject: subject) })
            }
        }
        return .done(Interview.Decision(row: row))
    }

    /// Whether its fields become ours by the patch before the write, so that there is nothing to force.
    private func isTaken(_ manager: String) -> Bool {
        manager.hasSameBytes(as: tenure.predecessor ?? "") || manager.hasSameBytes(as: context.fieldManager)
            || context.options.hands.contains(manager: manager)
    }

    private func paths(of conflicts: [ProbeFailure.Conflict]) -> String {
        Text.list(
            unique(conflicts.map { Text.plain(subject.withholdsTexts ? Text.withoutKeys($0.path) : $0.path) })
                .map { $0.hasPrefix(".") ? String($0.dropFirst()) : $0 })
    }

    private func unique(_ texts: [String]) -> [String] {
        texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    // MARK: Step 6: what a plain apply would leave behind

    private func staleFields(_ finding: Finding) -> Interview.Step {
        var finding = finding
        var refused: [FieldPath] = []
        for round in 0..<Interview.limit {
            finding.stale = stale(for: finding, refused: refused)
            let leaving = finding.stale.stale.filter { finding.prediction.value.value(at: $0) != nil }
            if leaving.isEmpty { return conclude(finding) }
            var without = finding.prediction.value
            without.letGo(leaving, payload: fitting.body, others: others(than: finding.stale.stale))
            let managedFields = without.at("metadata", "managedFields")
            without.set(nil, at: ["metadata", "managedFields"])
            guard let answer = interview.answers[Probe(key: key, request: .update, round: round)] else {
                if let step = interview.ask(.update, round: round, body: without) { return step }
                return conclude(locally(finding, without, managedFields))
            }
            switch answer {
            case .object(var predicted, _):
                predicted.value.set(managedFields, at: ["metadata", "managedFields"])
                finding.prediction = predicted
                return conclude(finding)
            case .failed(let failure) where failure.reason == .invalid || failure.reason == .immutable:
                // The server does not let some of them go: those stay, and are said.
                let fields = (failure.status?.causes ?? []).map { $0.field }
                let named = leaving.filter { path in
                    fields.contains { !$0.isEmpty && path.serverSpelling.dropFirst().hasPrefix($0) }
                }
                let staying = named.isEmpty || round > 0 ? leaving : named
                refused += staying
                finding.notes.append("kept: \(Text.list(staying.map(\.description))), because the API server does not let it go")
            case .failed, .absent: return conclude(locally(finding, without, managedFields))
            }
        }
        return conclude(finding)
    }

    private func locally(_ finding: Finding, _ without: Value, _ managedFields: Value?) -> Finding {
        var finding = finding
        finding.prediction = Unstructured(without)
        finding.prediction.value.set(managedFields, at: ["metadata", "managedFields"])
        finding.isUnverified = true
        return finding
    }

    /// What others hold and keep, where hands let `stale` go.
    func others(than stale: [FieldPath], in entries: [ManagedFieldsEntry]? = nil) -> FieldSet {
        (entries ?? self.entries).filter { !Payload.isOurs($0, context.fieldManager) }.allFields.subtracting(FieldSet(stale))
    }

    func stale(for finding: Finding, refused: [FieldPath], entries: [ManagedFieldsEntry]? = nil) -> StaleFields {
        let predicted = finding.prediction.value
        // An object without managedFields gets its first with our apply: then all that it has is in hands.
        let held = self.entries.isEmpty ? finding.prediction.managedFields.filter(context.options.hands.hold) : self.entries
        return StaleFields(
            live: entries ?? held, of: live.value, answer: finding.owned, fieldManager: context.fieldManager, ignored: ignored,
            kind: key.groupKind,
            apiVersion: subject.desired.groupVersionKind.apiVersion,
            absorbed: { context.absorbs($0, predecessor: tenure.predecessor) }, refused: refused,
            overridden: { live.value.value(at: $0) != predicted.value(at: $0) })
    }

    // MARK: Immutable fields

    func immutable(_ failure: ProbeFailure) -> Interview.Step {
        let fields = (failure.status?.causes ?? []).map { $0.field }.filter { !$0.isEmpty }.map(Text.plain)
        let what = fields.isEmpty ? "a field" : Text.list(unique(fields))
        let words = interview.reason(of: failure)
        let kind = key.groupKind
        if kind == .persistentVolumeClaim || kind == .namespace || kind == .customResourceDefinition {
            return interview.done(
                .blocked, "\(what) cannot be changed, and a \(kind.kind) is never re-created by Belay: \(words)", rejected: true,
                field: failure.status?.rejectedField)
        }
        guard let version = live.version, subject.setting(Tracking.recreate) == "allowed" else {
            return interview.done(
                .blocked,
                "\(what) cannot be changed on an existing object; \(Tracking.recreate): allowed in Git would delete and create it anew: \(words)",
                rejected: true, field: failure.status?.rejectedField)
        }
        guard case .member = tenure else {
            return interview.done(
                .blocked, "\(what) cannot be changed, and only a member of this Application is re-created: \(words)", rejected: true,
                field: failure.status?.rejectedField)
        }
        var row = interview.row(
            .recreate, "\(what) cannot be changed on an existing object: deleted and created anew (\(Tracking.recreate): allowed)")
        row.plannedOn = version
        row.isUnverified = true
        row.changes = differences(local(rewriting: [])).map { context.shown($0, live: entries, subject: subject) }
        row.write = .recreate(version, ApplyWrite(body: subject.body, force: false, expectsCreation: true))
        return .done(Interview.Decision(row: row))
    }

    // MARK: Steps 7 and 8: the row

    private func differences(_ finding: Finding) -> [Difference] {
        let found = Comparison.differences(from: live, to: finding.prediction)
        return finding.isFromServer ? found : found.filter { !LocalPrediction.isSameQuantity($0) }
    }

    func conclude(_ finding: Finding, rewritten: Set<String> = []) -> Interview.Step {
        guard let version = live.version else { return interview.done(.blocked, "was read without uid or resourceVersion") }
        let rewritten = rewritten.union(leaving)
        let differences = differences(finding)
        let ownedNow = entries.first { Payload.isOurs($0, context.fieldManager) }?.fields ?? FieldSet()
        if differences.isEmpty, finding.owned == ownedNow, fitting.released.isEmpty, rewritten.isEmpty, isMember {
            return finish(interview.unchanged(record: currentRecord), notes: finding.notes)
        }
        let reasons = Reasons(
            examination: self, finding: finding, differences: differences, ownedNow: ownedNow, rewritten: rewritten)
        let drift = reasons.drift
        // Somebody has changed it and changed it back: nothing is left to be put right but whose the field is.
        if differences.isEmpty, reasons.isOnlyDrift, isMember, interview.driftPolicy != .correct {
            var row = interview.row(.unchanged, "as in Git")
            row.plannedOn = version
            row.isHeldByOthers = true
            return finish(.done(Interview.Decision(row: row)), notes: finding.notes)
        }
        let staying = staying(reasons)
        let isLeft = reasons.isOnlyDrift || staying.count == differences.count || interview.isHeld && !isMember
        if drift != nil, isLeft, interview.driftPolicy != .correct {
            var row = interview.row(.skip, reasons.uncorrected)
            if interview.driftPolicy == .report { row.drift = drift }
            row.changes = reasons.changes
            row.plannedOn = version
            // From now on this is what Git wants, and the drift is drift from that.
            if !reasons.isAsBefore { row.record = currentRecord?.unproven }
            return finish(.done(Interview.Decision(row: row)), notes: finding.notes)
        }
        if !finding.isFromServer, let refusal = refusal(of: finding.conflicts) { return refusal }
        let moved = finding.stale.moved.without(staying)
        let forced = forced(finding.conflicts, moved: moved).filter { conflict in
            !staying.contains { conflict.path.hasPrefix($0.serverSpelling) }
        }
        if !forced.isEmpty, context.application.sync.conflicts == .fail { return mustNotForce(forced) }
        var row = interview.row(reasons.kind, reasons.why)
        row.changes = reasons.changes
        row.notes = reasons.notes
        row.foreign = foreignFields(finding)
        row.drift = interview.driftPolicy == .ignore ? nil : drift
        if !staying.isEmpty {
            row.drift?.stays = true
            row.why += "; the drift stays (\(interview.policySource))"
            row.changes = zip(reasons.changes, differences).filter { !staying.contains($0.1.path) }.map(\.0)
        }
        row.isUnverified = finding.isUnverified
        row.plannedOn = version
        var body = fitting.body
        for path in fitting.released + staying { body.removeWithEmptyParents(path) }
        var write = ApplyWrite(
            body: Payload.planned(body, on: version), force: !forced.isEmpty,
            takeover: takeover(moved, finding.claimed.without(staying), rewritten),
            prediction: finding.isUnverified || !staying.isEmpty ? Value?.none : finding.prediction.value)
        write.leavesDrift = !staying.isEmpty
        row.write = .apply(write)
        return finish(.done(Interview.Decision(row: row)), notes: finding.notes)
    }

    var isMember: Bool { if case .member = tenure { true } else { false } }

    /// What drifted and is only to be reported: a write of what is new in Git leaves it out, and in whose hands it is.
    private func staying(_ reasons: Reasons) -> [FieldPath] {
        guard interview.driftPolicy != .correct, isMember else { return [] }
        return reasons.driftedPaths.filter { !$0.isIdentity }
    }

    private var currentRecord: Record? {
        guard let uid = live.uid else { return nil }
        return Record(
            uid: uid, desired: subject.digest,
            live: RecordDigests.live(live, fieldManager: context.fieldManager, hands: context.options.hands))
    }

    /// Force only for what the patch before the write does not already make ours.
    private func forced(_ conflicts: [ProbeFailure.Conflict], moved: FieldSet) -> [ProbeFailure.Conflict] {
        var spellings = moved.paths.map(\.serverSpelling)
        if changesHands {
            spellings.append(FieldPath.labels.appending(.field(Tracking.partOf)).serverSpelling)
            spellings.append(FieldPath.annotations.appending(.field(Tracking.application)).serverSpelling)
        }
        return conflicts.filter { conflict in
            !conflict.manager.hasSameBytes(as: tenure.predecessor ?? "")
                && !spellings.contains { $0.hasSameBytes(as: conflict.path) }
        }
    }

    /// Whether label and annotation go over in the patch.
    private var changesHands: Bool {
        guard case .takenOver = tenure else { return false }
        return tenure.predecessor != nil || !(live.label(Tracking.partOf) ?? "").isEmpty
    }

    /// Fields of other programs, neither ours, nor people's, nor the cluster's own; at most 20.
    private func foreignFields(_ finding: Finding) -> [FieldChange] {
        var found: [FieldChange] = []
        for entry in entries {
            guard (entry.subresource ?? "").isEmpty, !Payload.isOurs(entry, context.fieldManager),
                !context.absorbs(entry, predecessor: tenure.predecessor), !ClusterControllers.contain(manager: entry.manager)
            else { continue }
            for path in entry.fields.leaves where !finding.owned.containsAnything(at: path) {
                guard found.count < 20, case .field(let first) = path.elements.first, first != "status",
                    let value = live.value.value(at: path)
                else { continue }
                found.append(context.shown(Difference(path: path, from: value, to: value), live: [entry], subject: subject))
            }
        }
        return found
    }

    private func takeover(_ moved: FieldSet, _ claimed: FieldSet, _ rewritten: Set<String>) -> Value? {
        var takeover = Takeover(
            fieldManager: context.fieldManager, apiVersion: subject.desired.groupVersionKind.apiVersion, moved: moved, claimed: claimed,
            released: fitting.released, predecessor: tenure.predecessor, rewritten: rewritten)
        if changesHands { takeover.marks = (context.parentID, context.application.reference) }
        return takeover.patch(of: live) { context.absorbs($0, predecessor: tenure.predecessor) }
    }

    private func finish(_ step: Interview.Step, notes: [String]) -> Interview.Step {
        guard case .done(var decision) = step else { return step }
        if let scaler = fitting.scaler {
            decision.warnings.append(
                "\(key): spec.replicas stands in Git, but \(Text.plain(scaler)) scales it: left as it is; drop replicas in Git to silence this"
            )
        }
        decision.warnings += notes.map { "\(key): \($0)" }
        if let kept = olderPods(decision.row) { decision.warnings.append("\(key): \(kept)") }
        return .done(decision)
    }

    /// A ReplicationController makes new pods only where pods are missing.
    private func olderPods(_ row: PlannedOperation) -> String? {
        guard key.groupKind == .replicationController, row.write != nil,
            row.changes.contains(where: { $0.path.starts(with: FieldPath.template) }),
            let running = live.value.at("status", "replicas")?.int, running > 0
        else { return nil }
        return "its template changes, but a ReplicationController never replaces its pods: "
            + (running == 1
                ? "the 1 that is there keeps the older one until it is deleted"
                : "the \(running) that are there keep the older one until they are deleted")
    }
}
