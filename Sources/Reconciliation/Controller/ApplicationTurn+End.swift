// An Application's end: its objects go before it does, unless they shall stay.

import Applying
import ControllerRuntime
import Journal
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

extension ApplicationTurn {
    func end(_ known: KnownApplication, _ memory: inout ApplicationMemory) async throws {
        await wake(await parts.sets.set([], treeID: "", of: reference))
        // What it wants by now is known: nobody waits for its objects to be gone.
        parts.standing.settle(reference)
        guard known.resource.finalizers.contains(ApplicationStore.finalizer) else { return }
        guard case .success(let application) = known.application else {
            throw Obstacle(
                .invalidSource,
                "it is being deleted, but its spec cannot be read, so its objects cannot be found: put the spec right, "
                    + "or take the finalizer \(ApplicationStore.finalizer) off it to leave the objects", isStalled: true)
        }
        let store = store(application, memory, members: [], former: nil)
        guard application.deletionPolicy == .prune else {
            await parts.repositories.leave(reference)
            return try await store.unmark()
        }
        let account = try await parts.accounts.account(serviceAccount(application), in: application.namespace)
        var options = Reconciler.Options()
        options.trigger = "delete"
        options.actor = "controller"
        options.concurrency = parts.options.concurrency
        options.awaitsEnds = true
        options.endings = memory.endings
        options.isOvertaken = { [standing = parts.standing, reference] in standing.isOvertaken(reference) }
        options.watch = watch(application, memory, account).undisturbed
        options.isWaiting = { [queue = parts.queue, reference] isWaiting in
            if isWaiting { await queue.rest(reference) } else { await queue.resume(reference) }
        }
        let told = WaitTold()
        let reconciler = Reconciler(client: account.client, journal: parts.journal, options: options) { progress in
            if case .awaits(let objects) = progress { told.awaits(objects) }
        }
        let records = try await parts.records.records(of: reference, uid: memory.uid)
        guard let parent = ApplySetParent(resource: known.resource, application: application, records: records) else {
            // It never had members.
            return try await store.unmark()
        }
        // What another Application wants by now is handed over, not deleted. A repository that is gone stands in nobody's way.
        let look = try? await parts.repositories.watch(application).look(for: reference, path: application.source.path, isFresh: true)
        let doubt = try await learnOthers(isRead: look != nil)
        // One that cannot be rendered wants what it wanted last: nobody waits for its mending to delete another.
        if let doubt, case .unsettled = doubt { throw Obstacle(.progressing, "it is being deleted: \(doubt.message)", retry: .none) }
        let preparation = CachedPreparation(
            reconciler: reconciler, account: account, discovery: parts.discovery, sets: parts.sets, store: store, parent: parent,
            former: nil, records: records)
        let nothing = DesiredState(application: application, revision: "", treeID: "", objects: [])
        let prepared = try await preparation.prepare(nothing, snapshot: nil, purpose: .deletion)
        await parts.repositories.leave(reference)
        // The look that this turn took may have found a commit: that one overtakes nothing.
        parts.standing.begin(reference)
        if let now = await parts.index[reference], !now.asksTheSame(as: known) { parts.standing.overtake(reference) }
        parts.standing.settle(reference)
        let begun = ContinuousClock.now
        let status = self.status(known, memory, .init(isReady: false, reason: .progressing, message: "it is being deleted"))
        let report = try await telling(status, told, joint: ": ") {
            try await DeleteRun(reconciler: reconciler, prepared: prepared).run(confirmed: nil) { _ in true }
        }
        memory.note(endings: report.endings.map(\.key), hasGivenWay: report.outcome == .superseded, begun: begun)
        memory.take(runs: try await parts.journal.runs(application: reference, limit: ApplicationMemory.readRuns))
        if report.outcome == .superseded {
            // Somebody wants it otherwise, such as that the objects stay.
            await parts.memories.set(memory, of: reference)
            return await parts.queue.add(reference, .spec)
        }
        guard report.outcome == .succeeded else {
            throw Obstacle(
                .progressing, "it is being deleted: \(report.reason ?? report.warnings.first ?? "its objects are still there")")
        }
        guard prepared.observed.unlisted.isEmpty else {
            throw Obstacle(
                .progressing,
                "it is being deleted, but objects of it may be where nothing can be listed: \(report.warnings.first ?? ""); let its account "
                    + "list them, or set spec.deletionPolicy to Orphan to leave them")
        }
        if let kept = report.warnings.first {
            // What is protected stays when the Application goes, as it does when it leaves Git.
            await parts.writer.event("Kept", kept, on: reference, isWarning: true)
            try await store.unmark()
        }
    }
}
