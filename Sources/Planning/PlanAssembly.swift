// From rows to a plan: prune rows, stages, what waits for what is blocked, order, limits and the digest that a person approves.

import KubernetesModel
import StructuredData

struct PlanAssembly {
    let planner: Planner
    var rows: [PlannedOperation]
    var warnings: [String]

    private var context: PlanningContext { planner.context }
    private var observed: ObservedState { planner.observed }

    func plan() -> Plan {
        var assembly = self
        let (obstacles, obstacleWarnings) = pruneObstacles()
        assembly.warnings += obstacleWarnings
        let pruned = pruneRows(obstacles)
        assembly.place(pruned)

        let deletions = pruned.filter { $0.kind == .prune }.count
        let members = observed.members.values.filter { Ownership.controller(of: $0) == nil }.count
        // What is not deleted only for now counts: neither a hold nor what is approved changes because something else is not known yet.
        let awaited = observed.pruneObstacles
        var wished = assembly
        var wishes = losses(pruned)
        if !awaited.isEmpty {
            let rows = pruneRows(obstacles.filter { !awaited.contains($0) })
            wishes = losses(rows)
            wished = self
            wished.place(rows)
        }
        var hold: String?
        if planner.options.purpose == .sync {
            hold = PruneRules.excess(count: wishes, members: members, policy: context.application.sync)
        }
        let digest = approvalDigest(wished.rows)
        if let reason = hold { hold = "\(reason): nothing is written until the plan \(digest.short) is approved" }
        var plan = Plan(
            application: context.application, parentID: context.parentID, revision: planner.desired.revision,
            treeID: planner.desired.treeID, operations: assembly.rows, warnings: assembly.uniqueWarnings(),
            pruneObstacles: context.application.sync.prune || planner.options.purpose == .deletion ? obstacles : [],
            hold: hold, approvalDigest: digest)
        plan.isPruneWithheld =
            !context.application.sync.prune || !obstacles.isEmpty || !observed.unlisted.isEmpty
            || !observed.discovery.incompleteGroups.isEmpty
        if deletions > 0, let other = foreignSource {
            plan.pruneNeedsApproval = other
            plan.warnings.append("\(other): nothing is pruned unless the plan \(digest.short) is approved")
        }
        return plan
    }

    // MARK: Prune

    /// How many objects go without another one that takes their place.
    private func losses(_ rows: [PlannedOperation]) -> Int {
        let deletions = rows.filter { $0.kind == .prune }
        if deletions.isEmpty { return 0 }
        let successors = HashedNames(planner.desired.objects.map(\.key))
        return deletions.count { !successors.replace($0.key) }
    }

    /// The set belongs to another source by its parent's own word.
    private var foreignSource: String? {
        guard planner.options.purpose == .sync, let parent = observed.parent else { return nil }
        let ours = context.application.source.identity
        let all = ApplySetParent.sources(of: parent)
        let others = all.filter { !$0.hasSameBytes(as: ours) }.map { Text.plain($0) }
        if others.isEmpty { return nil }
        return others.count < all.count
            ? "this set was also synced from \(Text.list(others))"
            : "this set was last synced from \(Text.list(others)), not from \(Text.plain(ours))"
    }

    private func pruneObstacles() -> ([String], [String]) {
        var obstacles = observed.pruneObstacles
        var warnings: [String] = []
        if observed.parent == nil, !observed.members.isEmpty {
            obstacles.append(
                "the parent \(ApplySet.parentName(of: context.application)) of this set is gone; it is rebuilt, and pruning works again in the next run"
            )
        }
        if observed.kindsAreUnknown {
            warnings.append(
                "members of kinds that are not in Git any more may be left: find them with kubectl get KIND -A -l \(Tracking.partOf)=\(context.parentID)"
            )
        }
        if planner.options.purpose == .sync, planner.desired.objects.isEmpty {
            obstacles.append("the source has no objects at all, which is never taken for a wish to delete everything")
        }
        for scope in observed.unlisted.sorted(by: {
            ($0.groupKind.description, $0.namespace ?? "") < ($1.groupKind.description, $1.namespace ?? "")
        }) {
            warnings.append(
                "\(scope.groupKind) \(scope.namespace.map { "in namespace \($0)" } ?? "in the cluster") could not be listed (\(Text.plain(scope.reason))): nothing is pruned there"
            )
        }
        return (obstacles, warnings)
    }

    private func pruneRows(_ obstacles: [String]) -> [PlannedOperation] {
        let wanted = Set(planner.subjects.map(\.key))
        let discovery = observed.discovery
        let (unlisted, records) = (observed.unlisted, observed.records)
        let rules = PruneRules(
            isMember: { [context] in context.isMember($0) }, application: context.application, fieldManager: context.fieldManager,
            claimedElsewhere: planner.claimedElsewhere, isDeletion: planner.options.purpose == .deletion, obstacles: obstacles,
            unreadable: { key in
                if discovery.incompleteGroups.contains(key.group) { return "the API server did not tell what group \(key.group) has" }
                let scope = unlisted.first {
                    $0.groupKind == key.groupKind && ($0.namespace == nil || $0.namespace == key.namespace)
                }
                return scope.map { "its kind could not be listed in full (\(Text.plain($0.reason)))" }
            },
            isRecorded: { key, live in live.uid.flatMap { uid in records[key]?.matches(uid: uid) } ?? false })
        return observed.members.sorted { $0.key < $1.key }.compactMap { (key, live) -> PlannedOperation? in
            if wanted.contains(key) { return nil }
            let kind = live.groupVersionKind ?? GroupVersionKind(group: key.group, version: "", kind: key.kind)
            let resource = discovery[kind] ?? discovery[key.groupKind]
            var row = PlannedOperation(kind: .skip, key: key, resource: resource, groupVersionKind: kind, why: "")
            row.plannedOn = live.version
            switch rules.verdict(key, live) {
            case .keep(let why): row.why = why
            case .delete(let why):
                guard let version = live.version, resource != nil else {
                    row.why = "\(why); kept, because the cluster does not serve its kind"
                    return row
                }
                row.kind = .prune
                row.why = why
                row.write = .delete(version)
            }
            return row
        }
    }

    // MARK: Order

    /// Gives every row its stage and prerequisites, blocks what waits for what is blocked, and sorts.
    private mutating func place(_ pruned: [PlannedOperation]) {
        let objects = Dictionary(planner.subjects.map { ($0.key, $0.desired.object) }, uniquingKeysWith: { first, _ in first })
        for object in objects.values where Ordering.wave(of: object) == nil {
            warnings.append(
                "\(object.key.map(\.description) ?? object.name): \(Tracking.wave) is \"\(Text.plain(object.annotation(Tracking.wave) ?? ""))\", not a whole number: taken as 0"
            )
        }
        for object in objects.values { warnings += Tracking.unknownSettings(of: object) }
        warnings.sort { $0.precedesByBytes($1) }
        let order = Ordering(
            rows.map { row in
                let object = objects[row.key]
                return Ordering.Node(key: row.key, object: object?.value ?? .null, wave: object.flatMap { Ordering.wave(of: $0) } ?? 0)
            })
        var waves: [ObjectKey: Int] = [:]
        for index in rows.indices {
            guard let place = order.places[rows[index].key] else { continue }
            rows[index].stage = place.stage
            rows[index].wave = place.wave
            rows[index].dependencies = place.dependencies
            waves[rows[index].key] = place.wave
        }
        blockDependents()
        let pruneOrder = Ordering(
            pruned.map { row in
                let live = observed.members[row.key]
                return Ordering.Node(key: row.key, object: live?.value ?? .null, wave: live.flatMap { Ordering.wave(of: $0) } ?? 0)
            })
        for var row in pruned {
            row.stage = pruneOrder.places[row.key]?.stage ?? 0
            waves[row.key] = pruneOrder.places[row.key]?.wave ?? 0
            rows.append(row)
        }
        func isPrune(_ row: PlannedOperation) -> Int { row.location == nil ? 1 : 0 }
        rows.sort { left, right in
            let (a, b) = (waves[left.key] ?? 0, waves[right.key] ?? 0)
            if a != b { return a < b }
            if isPrune(left) != isPrune(right) { return isPrune(left) < isPrune(right) }
            return left.key < right.key
        }
    }

    /// A row that waits for one that is blocked and not there is blocked itself; what is blocked but exists holds nobody up.
    private mutating func blockDependents() {
        var stuck: [ObjectKey: Bool] = [:]
        for index in rows.indices.sorted(by: { rows[$0].stage < rows[$1].stage }) {
            let row = rows[index]
            rows[index].dependencies = row.dependencies.filter { stuck[$0] != false }
            if let need = rows[index].dependencies.first(where: { stuck[$0] == true }), row.write != nil {
                rows[index].kind = .blocked
                rows[index].why = "waits for \(need), which is blocked"
                rows[index].write = nil
            }
            if rows[index].kind == .blocked {
                let exists = observed.members[row.key] != nil || isPresent(row.key)
                stuck[row.key] = !exists
            }
        }
    }

    private func isPresent(_ key: ObjectKey) -> Bool {
        if case .present(let live)? = observed.others[key] { !live.isTerminating } else { false }
    }

    // MARK: Approval

    /// Over the set's id, the tree id, and which objects go: nothing else, so that a change elsewhere does not void an approval.
    private func approvalDigest(_ rows: [PlannedOperation]) -> Digest {
        let rows = rows.filter { $0.kind == .prune || $0.kind == .recreate }.sorted { $0.key < $1.key }
        return Digest(
            of: [
                "parent": .string(context.parentID), "tree": .string(planner.desired.treeID),
                "rows": .array(
                    rows.map { row in
                        [
                            "op": .string(row.kind.rawValue), "group": .string(row.key.group), "kind": .string(row.key.kind),
                            "namespace": row.key.namespace.map { .string($0) } ?? .null, "name": .string(row.key.name),
                            "uid": .string(row.plannedOn?.uid ?? ""),
                        ]
                    }),
            ])
    }

    private func uniqueWarnings() -> [String] {
        var seen: Set<String> = []
        return warnings.filter { seen.insert($0).inserted }
    }
}

extension Plan {
    /// The plan after an approval was, or was not, given.
    ///
    /// - Parameter approval: what a person typed: the digest, or at least its first 12 hexadecimal digits. Where it fits, the hold
    ///   is lifted and the prune rows stand; where it does not, prune rows that need an approval become `skip`.
    package func resolvingApproval(_ approval: String?) -> Plan {
        var plan = self
        if let approval, approval.utf8.count >= 12, approvalDigest.description.hasPrefix(approval.lowercased()) {
            plan.hold = nil
            plan.pruneNeedsApproval = nil
            return plan
        }
        guard let reason = pruneNeedsApproval else { return plan }
        plan.hold = nil
        for index in plan.operations.indices where plan.operations[index].kind == .prune {
            plan.operations[index].kind = .skip
            plan.operations[index].write = nil
            plan.operations[index].why += "; kept, because \(reason): --approve \(approvalDigest.short) deletes it"
        }
        return plan
    }
}
