// Reads and plans one Application from what the watches know (architecture section 5): only what a digest does not prove is read.

import Applying
import FoundationEssentials
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

/// The controller's way to a plan; the command line's is ``Preparation``.
struct CachedPreparation: Sendable {
    let reconciler: Reconciler
    let account: ClusterAccount
    let discovery: DiscoveryCache
    let sets: DesiredSets
    let store: ApplicationStore
    /// The Application's marks as a parent, with the records of its members; nil where it has none yet.
    let parent: ApplySetParent?
    /// The set of a command line run that is taken over.
    let former: ApplySetParent?
    let records: [ObjectKey: Record]
    /// Why nothing may be pruned whatever the plan says.
    var pruneObstacles: [String] = []

    private var client: KubernetesClient { account.client }
    private var observer: Observer {
        Observer(client: client, concurrency: reconciler.options.concurrency) { [absences = account.absences] in
            await absences.isAbsent($0, $1)
        }
    }

    /// - Parameter snapshot: nil for a deletion, and where Git was not read.
    /// - Throws: ``ClientError`` where the server cannot be reached.
    func prepare(
        _ desired: DesiredState, snapshot: SourceSnapshot?, purpose: Planner.Options.Purpose = .sync
    ) async throws -> PreparedApplication {
        let startedAt = Timestamp.now()
        let before = client.requestCounts
        let application = desired.application
        var options = Planner.Options()
        options.purpose = purpose
        options.parentID = ApplySet.id(ofResource: application)
        if former != nil { options.formerIDs = [ApplySet.id(of: application)] }
        let ids = options.formerIDs.union([options.parentID ?? ""])

        let discovery = try await discovery.current(with: Set(desired.objects.map(\.groupVersionKind)))
        var observed = ObservedState(discovery: discovery)
        observed.parent = parent?.object ?? former?.object
        observed.records = records
        observed.pruneObstacles = pruneObstacles

        let kinds = (parent?.groupKinds ?? []).union(former?.groupKinds ?? [])
        let namespaces = (parent?.namespaces ?? []).union(former?.namespaces ?? [])
        var members = try await follow(desired.objects, kinds: kinds, namespaces: namespaces, discovery: discovery)
        let versions = Dictionary(desired.objects.map { ($0.key, $0.groupVersionKind) }) { first, _ in first }
        let known = await account.cache.members(of: ids, versions: versions)
        let claims = await sets.claims(on: Set(versions.keys).union(known.keys), besides: application.reference)
        options.plannedTogether = claims.known

        func planner(_ observed: ObservedState) -> Planner {
            Planner(
                desired: desired, observed: observed, claimedElsewhere: claims.keys, redactionKey: reconciler.redactionKey,
                options: options)
        }
        let summaries = known.mapValues(\.summary)
        observed.proven = planner(observed).proven(by: summaries)
        for key in observed.proven { members.objects[key] = summaries[key]?.object(key) }
        let (read, refused) = try await self.read(known.keys.filter { !observed.proven.contains($0) }, summaries, discovery)
        for (key, reason) in refused.sorted(by: { $0.key < $1.key }) {
            let unlisted = ObservedState.UnlistedScope(groupKind: key.groupKind, namespace: key.namespace, reason: reason)
            members.unlisted.append(unlisted)
            members.readable.insert(unlisted)
        }
        for (key, object) in read where object.label(Tracking.partOf).map(ids.contains) ?? false { members.objects[key] = object }
        let inhabited = await account.cache.inhabited(of: Set(desired.objects.compactMap(\.key.namespace)))
        try await observer.addOthers(&observed, desired, members, inhabited: inhabited)
        observed.members = members.objects
        observed.unlisted = members.unlisted
        observed.autoscaled = Set(known.values.compactMap(\.summary.autoscaled))
        var prepared = try await reconciler.prepared(
            planner(observed), snapshot: snapshot, parent: parent, store: store, startedAt: startedAt, before: before)
        prepared.seen = seen(summaries, read, refused: Set(refused.keys), observed, ids)
        return prepared
    }

    /// The members as the plan was made on them: where one was read, what was read, which the watches may not have shown yet.
    /// - Parameter refused: those that could not be read.
    private func seen(
        _ summaries: [ObjectKey: MemberSummary], _ read: [ObjectKey: Unstructured], refused: Set<ObjectKey>, _ observed: ObservedState,
        _ ids: Set<String>
    ) -> [ObjectKey: MemberSummary] {
        var seen = summaries.filter { key, _ in
            observed.proven.contains(key) || refused.contains(key) || observed.discovery[key.groupKind] == nil
        }
        var objects = read
        for case (let key, .present(let object)) in observed.others { objects[key] = object }
        for (key, object) in objects {
            guard let summary = MemberSummary(object, key: reconciler.redactionKey), ids.contains(summary.partOf) else { continue }
            seen[key] = summary
        }
        return seen
    }

    // MARK: Watches

    /// Follows the kinds in question; where they may not be watched everywhere, in their namespaces.
    private func follow(
        _ desired: [DesiredObject], kinds: Set<GroupKind>, namespaces: Set<String>, discovery: Discovery
    ) async throws -> Observer.Members {
        let plan = ReadPlan(desired: desired, kinds: kinds, namespaces: namespaces, discovery: discovery)
        var members = Observer.Members()
        members.unlisted = plan.unlisted
        let resources = Set(plan.lists.map(\.resource))
        let refused = await account.cache.follow(Set(resources.map { LiveCache.Scope(resource: $0, namespace: nil) }))
        var places: Set<LiveCache.Scope> = []
        for (scope, error) in refused {
            if error.code == .forbidden, scope.resource.namespaced {
                let all = namespaces.union(desired.compactMap(\.key.namespace))
                places.formUnion(all.map { LiveCache.Scope(resource: scope.resource, namespace: $0) })
            } else {
                try add(scope, error, to: &members)
            }
        }
        for (scope, error) in await account.cache.follow(places) { try add(scope, error, to: &members) }
        return members
    }

    private func add(_ scope: LiveCache.Scope, _ error: ClientError, to members: inout Observer.Members) throws {
        let unlisted = ObservedState.UnlistedScope(
            groupKind: scope.resource.groupVersionKind.groupKind, namespace: scope.namespace, reason: error.message)
        switch error.code {
        case .forbidden: members.readable.insert(unlisted)
        case .notFound, .kindNotServed, .unavailable, .permanent, .malformedResponse, .badRequest, .namespaceTerminating: break
        default: throw error
        }
        members.unlisted.append(unlisted)
    }

    /// The objects whole that no digest speaks for, and why the server does not give one of them.
    /// - Throws: ``ClientError`` where it cannot be asked.
    private func read(
        _ keys: [ObjectKey], _ summaries: [ObjectKey: MemberSummary], _ discovery: Discovery
    ) async throws -> (objects: [ObjectKey: Unstructured], refused: [ObjectKey: String]) {
        let questions = keys.sorted().compactMap { key -> (ObjectKey, APIResource)? in
            let kind = summaries[key].flatMap { GroupVersionKind(apiVersion: $0.apiVersion, kind: key.kind) }
            return (kind.flatMap { discovery[$0] } ?? discovery[key.groupKind]).map { (key, $0) }
        }
        let answers = try await mapConcurrently(questions, limit: reconciler.options.concurrency) { key, resource in
            try await observer.read(key, resource)
        }
        var objects: [ObjectKey: Unstructured] = [:]
        var refused: [ObjectKey: String] = [:]
        for ((key, _), answer) in zip(questions, answers) {
            switch answer {
            case .present(let object): objects[key] = object
            case .absent: break
            case .unknown(let reason): refused[key] = "\(key): \(reason)"
            }
        }
        return (objects, refused)
    }
}
