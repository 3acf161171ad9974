// From a plan and its outcomes to the rows of the journal: pure, redacted throughout.

import Applying
import Journal
import KubernetesModel
import Planning
import StructuredData

struct JournalEntries: Sendable {
    let prepared: PreparedApplication
    let runID: String
    let trigger: String
    let actor: String
    let redactionKey: [UInt8]

    private var plan: Plan { prepared.plan }

    /// The run as it begins.
    func run(cluster: String) -> SyncRun {
        var run = SyncRun(
            id: runID, application: prepared.application.reference, cluster: cluster, revision: prepared.desired.revision,
            treeID: prepared.desired.treeID, trigger: trigger, actor: actor, startedAt: prepared.startedAt,
            planDigest: plan.approvalDigest.description)
        run.commit = prepared.snapshot?.commit?.id
        run.message = prepared.snapshot?.commit?.subject
        run.author = prepared.snapshot?.commit?.author
        return run
    }

    /// One for each row of the plan, in its order; a row without a write has its result already.
    func operations(manifests: [ObjectKey: Digest]) -> [RunOperation] {
        plan.operations.enumerated().map { sequence, planned in
            var operation = RunOperation(
                run: runID, sequence: sequence, kind: planned.kind.rawValue, key: planned.key, version: planned.groupVersionKind.version,
                result: planned.plannedResult, why: planned.why)
            operation.file = planned.location?.file
            operation.line = planned.location.flatMap { $0.line > 0 ? $0.line : nil }
            operation.changes = .array(planned.changes.map(\.json))
            operation.manifest = manifests[planned.key]
            return operation
        }
    }

    /// Which sequence numbers wait for a result.
    var pending: [ObjectKey: Int] {
        Dictionary(
            plan.operations.enumerated().filter { $0.element.write != nil }.map { ($0.element.key, $0.offset) }
        ) { first, _ in first }
    }

    /// The objects as Git has them, without values from Secrets, each with the digest it is kept under.
    func manifests() -> [ObjectKey: (digest: Digest, json: [UInt8])] {
        let redaction = Redaction(key: redactionKey, secretTexts: prepared.desired.secretTexts)
        var kept: [ObjectKey: (digest: Digest, json: [UInt8])] = [:]
        for desired in prepared.desired.objects {
            let json = CanonicalJSON.bytes(of: redaction.masking(desired))
            kept[desired.key] = (Digest(of: json), json)
        }
        return kept
    }

    /// What the run is about to make, and what there is: the superset that survives a crash.
    func intendedInventory() -> [InventoryRow] {
        var rows: [InventoryRow] = []
        for (key, live) in prepared.observed.members {
            rows.append(InventoryRow(state: "present", key: key, version: live.groupVersionKind?.version ?? "", uid: live.uid))
        }
        for operation in plan.operations where operation.write != nil && prepared.observed.members[operation.key] == nil {
            rows.append(
                InventoryRow(state: "intended", key: operation.key, version: operation.groupVersionKind.version, uid: nil))
        }
        return rows.sorted { $0.key < $1.key }
    }

    /// What is there when all has ended.
    func finalInventory(_ outcomes: [ObjectKey: OperationOutcome]) -> [InventoryRow] {
        var rows: [InventoryRow] = []
        for (key, live) in prepared.observed.members {
            let outcome = outcomes[key]
            if outcome?.operation.kind == .prune, outcome?.result == .done { continue }
            let uid = outcome?.uid ?? live.uid
            rows.append(
                InventoryRow(
                    state: outcome?.isSurvivor == true ? "deleting" : "present", key: key, version: live.groupVersionKind?.version ?? "",
                    uid: uid))
        }
        for outcome in outcomes.values where prepared.observed.members[outcome.operation.key] == nil && outcome.uid != nil {
            rows.append(
                InventoryRow(
                    state: "present", key: outcome.operation.key, version: outcome.operation.groupVersionKind.version,
                    uid: outcome.uid))
        }
        return rows.sorted { $0.key < $1.key }
    }

    // MARK: - Drift

    var hasDrift: Bool { plan.operations.contains { $0.drift != nil } }

    /// The episodes that this plan saw; the journal joins them with those that are open.
    func episodes() -> [DriftEpisode] {
        plan.operations.compactMap { episode(of: $0, seen: prepared.startedAt) }
    }

    /// The episode of one row; nil where nothing drifted.
    func episode(of operation: PlannedOperation, seen moment: String) -> DriftEpisode? {
        guard let drift = operation.drift else { return nil }
        var episode = DriftEpisode(
            id: ULID.now(), application: prepared.application.reference, key: operation.key,
            version: operation.groupVersionKind.version, type: drift.kind.rawValue, firstSeen: moment,
            fields: .array(drift.fields.map(\.driftJSON)))
        episode.file = operation.location?.file
        episode.line = operation.location.flatMap { $0.line > 0 ? $0.line : nil }
        episode.commit = prepared.snapshot?.commit?.id
        episode.author = prepared.snapshot?.commit?.author
        return episode
    }

    /// Whether these open episodes tell all the drift that this plan saw, and no more than that.
    func isTold(by open: [DriftEpisode]) -> Bool {
        let known = Dictionary(open.map { ("\($0.type) \($0.key)", $0.fields) }) { first, _ in first }
        return episodes().allSatisfy { known["\($0.type) \($0.key)"] == $0.fields } && resolutions(of: open, [:]).isEmpty
    }

    /// Whether Git wants the object otherwise than the run before did.
    private func changedInGit(_ row: PlannedOperation) -> Bool {
        guard let last = prepared.observed.records[row.key]?.desired, let now = row.desiredDigest else { return false }
        // Records keep half of a digest.
        return !last.bytes.prefix(16).elementsEqual(now.bytes.prefix(16))
    }

    /// Whether the Application's rules leave by now to others what the episode tells of.
    private func isIgnored(_ episode: DriftEpisode) -> Bool {
        guard let live = prepared.observed.members[episode.key],
            let desired = prepared.desired.objects.first(where: { $0.key == episode.key })?.object.value
        else { return false }
        let ignored = IgnoredFields(rules: prepared.application.drift.ignore, key: episode.key, live: live, desired: desired)
        let paths = (episode.fields.array ?? []).compactMap { $0["path"]?.string }
        return !paths.isEmpty && paths.allSatisfy(ignored.covers)
    }

    /// Whether putting right the drift that was found put right what the episode tells of: an object that is there again is another matter
    /// than one that was gone.
    private func isSame(_ drift: Drift, _ episode: DriftEpisode) -> Bool {
        drift.kind.rawValue == episode.type || drift.kind != .deleted && episode.type != Drift.Kind.deleted.rawValue
    }

    /// How the open episodes of this Application ended: those put back, those gone by themselves, those whose object left.
    /// - Parameter written: objects that a run wrote of which nobody saw the end: what was put right there ended the episode.
    func resolutions(
        of open: [DriftEpisode], _ outcomes: [ObjectKey: OperationOutcome], written: Set<ObjectKey> = []
    ) -> [String: String] {
        var rows = Dictionary(plan.operations.map { ($0.key, $0) }) { first, _ in first }
        // A row that was planned anew before its write saw more than the plan.
        for (key, outcome) in outcomes where rows[key]?.write != nil { rows[key] = outcome.operation }
        var resolutions: [String: String] = [:]
        for episode in open {
            guard let row = rows[episode.key] else {
                // Neither wanted nor a member any more, unless its kind could not be read.
                if !prepared.observed.unlisted.contains(where: { $0.covers(episode.key) }) { resolutions[episode.id] = "superseded" }
                continue
            }
            let isDone = outcomes[episode.key]?.result == .done
            switch row.kind {
            case .prune:
                if isDone { resolutions[episode.id] = "superseded" }
            case .create, .adopt, .configure, .recreate:
                guard isDone else { continue }
                if let drift = row.drift, drift.stays {
                    if drift.kind.rawValue != episode.type { resolutions[episode.id] = "superseded" }
                    continue
                }
                let isSeen = row.drift.map { isSame($0, episode) } ?? false
                resolutions[episode.id] = isSeen ? "reverted" : changedInGit(row) ? "adopted" : "self-resolved"
            case .unchanged:
                guard row.drift == nil else { continue }
                resolutions[episode.id] =
                    isIgnored(episode)
                    ? "ignored" : changedInGit(row) ? "adopted" : written.contains(episode.key) ? "reverted" : "self-resolved"
            case .skip:
                if let drift = row.drift {
                    // It goes on as another one, which tells of all that differs now.
                    if drift.kind.rawValue != episode.type { resolutions[episode.id] = "superseded" }
                } else {
                    // Left as it is, by a word in Git, and not told of.
                    resolutions[episode.id] = "ignored"
                }
            case .blocked:
                continue
            }
        }
        return resolutions
    }
}

extension FieldChange {
    /// One row of an episode's `fields`: Git's value, the live one, and who wrote that.
    var driftJSON: Value {
        [
            "path": .string(path.description), "desired": to?.json ?? .null, "live": from?.json ?? .null,
            "manager": writer.map { .string($0.manager) } ?? .null, "operation": writer.map { .string($0.operation) } ?? .null,
            "subresource": writer?.subresource.map { .string($0) } ?? .null, "time": writer?.time.map { .string($0) } ?? .null,
        ]
    }
}
