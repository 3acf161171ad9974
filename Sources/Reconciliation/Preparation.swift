// Reads and plans Applications together (architecture section 5, steps 1 to 10): sends no write.

import Applying
import FoundationEssentials
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import Rendering
import StructuredData

struct Preparation: Sendable {
    /// What a run is about to do with the plan.
    enum Purpose: Sendable {
        case diff
        /// Waits for another run's lease; `dead` are runs of ours that a crash left open.
        case apply(dead: Set<String>, preflight: Bool)
        case delete(dead: Set<String>)

        var dead: Set<String>? {
            switch self {
            case .diff: nil
            case .apply(let dead, _), .delete(let dead): dead
            }
        }
    }

    let reconciler: Reconciler
    let purpose: Purpose
    /// When the call began, waiting for other runs included; RFC 3339.
    var begun = Timestamp.now()

    private var client: KubernetesClient { reconciler.client }
    private var concurrency: Int { reconciler.options.concurrency }
    private var observer: Observer { Observer(client: client, concurrency: concurrency) }

    /// Longer than this nobody waits for another run: a dead one's lease has ended by then.
    static func patience(_ application: Application) -> Duration { min(.seconds(40), application.timeout) }

    /// Plans all of them; what one wants the others do not prune.
    func prepare(_ sources: [(Application, SourceSnapshot)]) async throws -> [PreparedApplication] {
        let startedAt = Timestamp.now()
        var before = client.requestCounts
        for (application, _) in sources { try refuseSuspended(application) }
        reconciler.progress(.phase("discover"))
        let discovery = try await client.discovery()
        var states: [(DesiredState, SourceSnapshot)] = []
        for (var application, snapshot) in sources {
            application.drift.holds.removeAll { !$0.isActive(at: Date()) }
            let values = try await VariableReader(client: client).values(of: application)
            let objects = try Renderer(application: application, values: values).render(snapshot, discovery: discovery)
            var desired = DesiredState(
                application: application, revision: snapshot.revision, treeID: snapshot.treeID, objects: objects)
            desired.secretTexts = values?.secretTexts ?? []
            states.append((desired, snapshot))
        }
        var prepared: [PreparedApplication] = []
        for (index, (desired, snapshot)) in states.enumerated() {
            let claimed = Set(states.indices.filter { $0 != index }.flatMap { states[$0].0.objects.map(\.key) })
            let others = Set(states.indices.filter { $0 != index }.map { states[$0].0.application.reference })
            prepared.append(
                try await prepare(
                    desired, snapshot: snapshot, claimedElsewhere: claimed, together: others, discovery: discovery, startedAt: startedAt,
                    before: before))
            before = client.requestCounts
        }
        return prepared
    }

    /// Plans one Application's end.
    func prepareDeletion(of application: Application) async throws -> PreparedApplication {
        let startedAt = Timestamp.now()
        let before = client.requestCounts
        reconciler.progress(.phase("discover"))
        let discovery = try await client.discovery()
        let desired = DesiredState(application: application, revision: "", treeID: "", objects: [])
        return try await prepare(
            desired, snapshot: nil, claimedElsewhere: [], together: [], discovery: discovery, startedAt: startedAt, before: before)
    }

    /// Plans one Application again, with what the others were found to want.
    func prepareAgain(_ old: PreparedApplication) async throws -> PreparedApplication {
        let before = client.requestCounts
        let discovery = try await client.discovery()
        return try await prepare(
            old.desired, snapshot: old.snapshot, claimedElsewhere: old.planner.claimedElsewhere,
            together: old.planner.options.plannedTogether, discovery: discovery, startedAt: old.startedAt, before: before,
            isFirst: false)
    }

    private func prepare(
        _ desired: DesiredState, snapshot: SourceSnapshot?, claimedElsewhere: Set<ObjectKey>, together: Set<String>,
        discovery: Discovery, startedAt: String, before: KubernetesClient.RequestCounts, isFirst: Bool = true
    ) async throws -> PreparedApplication {
        let application = desired.application
        reconciler.progress(.phase("read"))
        let resource = try await resource(of: application, discovery)
        let ids = SetIDs(application, isResource: resource != nil)
        let parent =
            if let resource { ApplySetParent(resource: resource, application: application, records: [:]) } else {
                try await readParent(application)
            }
        if purpose.dead != nil, let snapshot, let parent { try refuseOutdated(application, snapshot, parent, isFirst: isFirst) }
        let observed = try await observe(desired, parent: parent, parentID: ids.present, discovery: discovery)

        reconciler.progress(.phase("ask"))
        var options = Planner.Options()
        options.plannedTogether = together
        options.parentID = ids.present
        options.formerIDs = [ids.former]
        switch purpose {
        case .diff: options.dryRunsCreates = true
        case .apply(_, let preflight): options.dryRunsCreates = preflight
        case .delete: options.purpose = .deletion
        }
        let planner = Planner(
            desired: desired, observed: observed, claimedElsewhere: claimedElsewhere, redactionKey: reconciler.redactionKey,
            options: options)
        return try await reconciler.prepared(
            planner, snapshot: snapshot, parent: parent, store: ParentStore(client: client, application: application),
            startedAt: startedAt, before: before)
    }

    // MARK: - Step 2: whose set is it

    private func refuseSuspended(_ application: Application) throws {
        guard let suspend = application.suspend, purpose.dead != nil else { return }
        if let until = suspend.until.flatMap(Timestamp.date), until <= Date() { return }
        let end = suspend.until.map { " until \($0)" } ?? ""
        let reason = suspend.reason.isEmpty ? "" : " (\(suspend.reason))"
        throw SyncFailure(
            outcome: .refused, errors: [.init(message: "\(application.reference) is suspended\(end)\(reason)")],
            hint: "remove spec.suspend to go on")
    }

    /// The Application where the cluster has it as a resource: its controller keeps the set, and only a diff goes on, with that set.
    private func resource(of application: Application, _ discovery: Discovery) async throws -> Unstructured? {
        guard let kind = discovery[.application] else { return nil }
        let resource: Unstructured?
        do {
            resource = try await client.get(kind, namespace: application.namespace, name: application.name)
        } catch let error as ClientError where error.code == .forbidden && purpose.dead == nil {
            return nil
        }
        guard purpose.dead != nil, resource != nil else { return resource }
        throw SyncFailure(
            outcome: .refused,
            errors: [
                .init(message: "the Application \(application.reference) exists in the cluster: its controller keeps these objects")
            ],
            hint: "use `belay sync \(application.name)`, or delete the Application with deletionPolicy: Orphan first")
    }

    /// The parent, once no other run holds its lease; a diff does not wait.
    private func readParent(_ application: Application) async throws -> ApplySetParent? {
        let store = ParentStore(client: client, application: application)
        let end = ContinuousClock.now.advanced(by: Preparation.patience(application))
        var told = false
        while true {
            let parent: ApplySetParent?
            do {
                parent = try await store.read()
            } catch let refusal as ParentRefusal {
                throw SyncFailure(outcome: .refused, errors: [.init(message: refusal.message)])
            }
            guard let dead = purpose.dead, let lease = parent?.lease, !dead.contains(lease.run), !lease.isExpired(at: Timestamp.now())
            else { return parent }
            guard ContinuousClock.now < end else {
                throw SyncFailure(
                    outcome: .refused,
                    errors: [
                        .init(message: "another run of \(application.reference) is under way: \(lease.run), renewed until \(lease.expiry)")
                    ],
                    hint: "wait until it is done and run again")
            }
            if !told { reconciler.progress(.warning("waiting for another run of \(application.reference): \(lease.run)")) }
            told = true
            try await ContinuousClock().sleep(for: .seconds(1))
        }
    }

    /// Runs of two commits at once: whichever writes last, the newer commit stays. A run of an older commit that begins when the
    /// other has ended is a wish, and goes through.
    ///
    /// - Parameter isFirst: the call has written nothing yet. Else other Applications of it, or namespaces, may be there already.
    private func refuseOutdated(
        _ application: Application, _ snapshot: SourceSnapshot, _ parent: ApplySetParent, isFirst: Bool
    ) throws {
        guard let newer = Overtaking(snapshot, identity: application.source.identity, begun: begun).newerRun(of: parent) else { return }
        throw SyncFailure(
            outcome: .superseded,
            errors: [.init(message: "a newer revision took over while this run waited: \(newer.revision), by the run \(newer.run)")],
            hint: (isFirst ? "nothing was written; " : "") + "run again to go back to \(snapshot.revision) all the same")
    }

    // MARK: - Step 3: what is there

    private func observe(
        _ desired: DesiredState, parent: ApplySetParent?, parentID: String, discovery: Discovery
    ) async throws -> ObservedState {
        var observed = ObservedState(discovery: discovery)
        observed.parent = parent?.object
        var kinds = parent?.groupKinds ?? []
        var namespaces = parent?.namespaces ?? []
        var mayHaveMembers = parent != nil
        if parent == nil, let rows = try await reconciler.journal?.inventory(of: desired.application.reference, cluster: nil), !rows.isEmpty
        {
            kinds = Set(rows.map(\.key.groupKind))
            namespaces = Set(rows.compactMap(\.key.namespace))
            mayHaveMembers = true
        }

        var members = Observer.Members()
        if mayHaveMembers {
            members = try await readMembers(desired, kinds: kinds, namespaces: namespaces, parentID: parentID, discovery: discovery)
        }
        try await observer.addOthers(&observed, desired, members)
        if !mayHaveMembers, observed.others.values.contains(where: { $0.carries(parentID) }) {
            // Neither a parent nor a journal, and yet members: both were lost.
            members = try await readMembers(desired, kinds: [], namespaces: [], parentID: parentID, discovery: discovery)
            for key in members.objects.keys { observed.others[key] = nil }
            observed.kindsAreUnknown = true
        }
        observed.members = members.objects
        observed.unlisted = members.unlisted
        observed.autoscaled = Set(members.objects.values.compactMap(Autoscalers.target))
        if let parent {
            observed.records = parent.records.records(of: Set(members.objects.keys).union(desired.objects.map(\.key)))
        }
        return observed
    }

    private func readMembers(
        _ desired: DesiredState, kinds: Set<GroupKind>, namespaces: Set<String>, parentID: String, discovery: Discovery
    ) async throws -> Observer.Members {
        let plan = ReadPlan(desired: desired.objects, kinds: kinds, namespaces: namespaces, discovery: discovery)
        return try await observer.members(
            plan, parentID: parentID, desired: desired.objects,
            namespaces: namespaces.union(desired.objects.compactMap(\.key.namespace)))
    }
}

/// The id that members carry, and the one that they carried while the other kind of parent kept the set.
private struct SetIDs {
    var present: String
    var former: String

    init(_ application: Application, isResource: Bool) {
        let ids = [ApplySet.id(of: application), ApplySet.id(ofResource: application)]
        (present, former) = isResource ? (ids[1], ids[0]) : (ids[0], ids[1])
    }
}

extension ObservedState.Existence {
    /// Whether it is an object with the label of this set.
    fileprivate func carries(_ parentID: String) -> Bool {
        guard case .present(let object) = self, let label = object.label(Tracking.partOf) else { return false }
        return label.hasSameBytes(as: parentID)
    }
}
