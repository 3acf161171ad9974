// The run of a turn: planned from what the watches know, applied as every run is, told in status, report and Events.

import Applying
import ControllerRuntime
import FoundationEssentials
import HealthAssessment
import Journal
import KubernetesClient
import KubernetesModel
import Logging
import Planning
import StructuredData

extension ApplicationTurn {
    func sync(
        _ application: Application, _ known: KnownApplication, _ memory: inout ApplicationMemory, _ account: ClusterAccount,
        isRequested: Bool, unmet: Obstacle? = nil
    ) async throws {
        let discovery = try await parts.discovery.current()
        if memory.wish?.request != known.request { memory.wish = nil }
        let wanted = try await wanted(
            application, memory, isRequested: isRequested, commit: known.requestedCommit, unmet: unmet, discovery: discovery)
        let desired = wanted.desired
        memory.values = desired.valuesDigest
        // The look that this turn took may have found the revision that it now applies: that one overtakes nothing.
        parts.standing.begin(reference)
        if let now = await parts.index[reference], !now.asksTheSame(as: known) { parts.standing.overtake(reference) }
        await wake(await parts.sets.set(Set(desired.objects.map(\.key)), treeID: desired.treeID, of: reference))
        parts.standing.settle(reference)
        if isRequested || memory.wish != nil, wanted.reservation == nil {
            memory.wish = nil
            memory.released = wanted.snapshot?.commit?.id
            await parts.memories.set(memory, of: reference)
        }

        let isNews = memory.runs.first.map { $0.treeID != desired.treeID || $0.phase != .succeeded || $0.cluster != memory.uid } ?? true
        var options = Reconciler.Options()
        options.approval = known.approval
        options.trigger = isPinned(wanted) && isNews ? "rollback" : WorkReason.trigger(reasons)
        options.actor = "controller"
        options.concurrency = parts.options.concurrency
        options.recordsIdle = isNews || isRequested || reasons.contains(.approval)
        if !isRequested, let last = memory.runs.first, last.phase == .held { options.heldPlan = last.planDigest }
        if let waits = memory.waits, waits.treeID == desired.treeID { options.waitsSince = waits.since }
        options.isOvertaken = { [standing = parts.standing, reference] in standing.isOvertaken(reference) }
        options.watch = watch(application, memory, account)
        options.endings = memory.endings
        options.isWaiting = { [queue = parts.queue, reference] isWaiting in
            if isWaiting { await queue.rest(reference) } else { await queue.resume(reference) }
        }
        let log = logger
        let told = WaitTold()
        let reconciler = Reconciler(client: account.client, journal: parts.journal, options: options) { progress in
            if case .warning(let text) = progress { log.warning("\(text)") }
            if case .awaits(let objects) = progress { told.awaits(objects) }
        }
        let begun = ContinuousClock.now
        let former = try await former(application, known, &memory, account)
        let prepared = try await prepare(wanted, known, memory, account, reconciler, former)
        let status = self.status(
            known, memory, .init(isReady: false, reason: .progressing, message: "\(desired.revision) is being applied"))
        let report = try await telling(status, told) {
            try await ApplyRun(reconciler: reconciler, prepared: prepared).run(confirmed: nil)
        }
        // Whoever disturbs a run again and again does not make it wait for ever.
        memory.waits = report.outcome == .superseded ? (desired.treeID, options.waitsSince ?? begun) : nil
        memory.note(endings: report.endings.map(\.key), hasGivenWay: report.outcome == .superseded, begun: begun)
        try await conclude(report, wanted, prepared, known, &memory, account)
        if report.outcome == .succeeded, let former { try await finishTakeover(former, application, account) }
    }

    private func isPinned(_ wanted: Wanted) -> Bool { wanted.reservation?.reason == .pinned }

    // MARK: Planning

    private func prepare(
        _ wanted: Wanted, _ known: KnownApplication, _ memory: ApplicationMemory, _ account: ClusterAccount, _ reconciler: Reconciler,
        _ former: ApplySetParent?
    ) async throws -> PreparedApplication {
        let application = wanted.desired.application
        let records = try await parts.records.records(of: reference, uid: memory.uid)
        let parent = ApplySetParent(resource: known.resource, application: application, records: records)
        var obstacles: [String] = []
        if parent != nil, memory.applied == nil {
            obstacles.append("the journal is new, and nothing is deleted before one run has gone well")
        }
        func preparation(_ obstacles: [String]) -> CachedPreparation {
            CachedPreparation(
                reconciler: reconciler, account: account, discovery: parts.discovery, sets: parts.sets,
                store: store(application, memory, members: wanted.desired.objects.map(\.key), former: former), parent: parent,
                former: former, records: records,
                pruneObstacles: obstacles)
        }
        let first = try await preparation(obstacles).prepare(wanted.desired, snapshot: wanted.snapshot)
        guard first.plan.operations.contains(where: { $0.kind == .prune || $0.kind == .blocked }) || !first.planner.claimedElsewhere.isEmpty
        else { return first }
        // Something goes, or belongs to somebody: what the others want must be known as of now.
        let isHeldBack = wanted.reservation.map { !$0.isReady } ?? false
        let doubt: Doubt? =
            if isHeldBack, await !parts.repositories.isKnown(reference) {
                .unread
            } else {
                try await learnOthers(isRead: wanted.snapshot?.commit != nil)
            }
        if let doubt { obstacles.append(doubt.message) }
        var prepared = try await preparation(obstacles).prepare(wanted.desired, snapshot: wanted.snapshot)
        if first.plan.operations.contains(where: { $0.kind == .prune }) { prepared.withheld = doubt?.message }
        return prepared
    }

    func store(
        _ application: Application, _ memory: ApplicationMemory, members: [ObjectKey], former: ApplySetParent?
    ) -> ApplicationStore {
        ApplicationStore(
            client: parts.client, resource: StatusWriter.applications, application: application, uid: memory.uid, members: members,
            records: parts.records, takesOver: former?.object.name, isDeposed: { [standing = parts.standing] in standing.isDeposed },
            written: parts.told)
    }

    /// Why it is not known what other Applications want.
    enum Doubt {
        /// It will be known soon: the controller has just begun.
        case unsettled
        /// The repository cannot be read, and nobody asked for what is kept at.
        case unread
        /// One of them, and what is the matter with it.
        case of(String, String)

        var message: String {
            switch self {
            case .unsettled: "not all Applications were looked at since the controller began, and one of them may want what would go"
            case .unread: "the repository was not read since the controller began, and another Application may want what would go"
            case .of(let name, let matter): "the Application \(name) \(matter), and may want what would go"
            }
        }
    }

    /// Renders the Applications of the same source whose trees have changed since it was known what they want.
    /// - Parameter isRead: whether the repository could be read for this turn; where it could not, what is known has to do.
    /// - Returns: why it is not known of all what they want; nil: it is.
    func learnOthers(isRead: Bool) async throws -> Doubt? {
        let all = await parts.index.references.filter { $0 != reference }
        guard parts.standing.haveSettled(all) else {
            await parts.queue.add(reference, .retry, after: .seconds(1))
            return .unsettled
        }
        guard isRead else { return nil }
        let discovery = try await parts.discovery.current()
        var looks = await parts.repositories.looks(besides: reference)
        // Those that follow the same repository otherwise: with other credentials, or by another name of the branch.
        looks.merge(await parts.repositories.looks(besideTheSourceOf: reference)) { own, _ in own }
        for (name, look) in looks.sorted(by: { $0.key.precedesByBytes($1.key) }) {
            guard case .success(let tree) = look.tree, await parts.sets.treeID(of: name) != tree,
                case .success(let other)? = await parts.index[name]?.application
            else { continue }
            do {
                let (desired, _) = try await rendered(other, at: look, discovery: discovery)
                // Of a kustomization that was not read before the tree is known only now.
                let newest = await parts.repositories.tree(of: name)
                guard desired.treeID == newest else { return .of(name, "moves on") }
                // One that is held at a run goes on to want what that run wanted.
                let held = other.takesCommits ? [] : await parts.sets.keys(of: name)
                // This one plans anew in any case.
                await wake(await parts.sets.set(held.union(desired.objects.map(\.key)), treeID: desired.treeID, of: name))
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                return .of(name, "cannot be rendered")
            }
        }
        return nil
    }

    // MARK: A command line run's set

    /// The ConfigMap of a set that the command line kept under this name; nil where there is none.
    private func former(
        _ application: Application, _ known: KnownApplication, _ memory: inout ApplicationMemory, _ account: ClusterAccount
    ) async throws -> ApplySetParent? {
        let isTaking = known.resource.annotation(Tracking.takesOver) != nil
        let isNew = known.resource.annotation(Tracking.tooling) == nil
        guard isTaking || isNew && !memory.soughtFormer else { return nil }
        let parent: ApplySetParent?
        let place = ObjectKey(groupKind: .configMap, namespace: application.namespace, name: ApplySet.parentName(of: application))
        if !isTaking, await account.absences.isAbsent(place, ParentStore.configMaps, since: known.since) {
            memory.soughtFormer = true
            return nil
        }
        do {
            parent = try await ParentStore(client: account.client, application: application).read()
        } catch is ParentRefusal {
            parent = nil
        } catch let error as ClientError where error.code == .forbidden {
            parent = nil
        }
        memory.soughtFormer = true
        if let lease = parent?.lease, !lease.isExpired(at: Timestamp.now()) {
            memory.soughtFormer = false
            throw Obstacle(.progressing, "waits for the end of belay apply on this set (run \(lease.run), until \(lease.expiry))")
        }
        return parent
    }

    /// Removes the ConfigMap once no member carries its id any more.
    private func finishTakeover(_ former: ApplySetParent, _ application: Application, _ account: ClusterAccount) async throws {
        guard await account.cache.members(of: [ApplySet.id(of: application)]).isEmpty else {
            await parts.queue.add(reference, .retry, after: .seconds(1))
            return
        }
        try await ParentStore(client: account.client, application: application).remove(former.object)
        logger.info("the set of the command line was taken over", metadata: ["configmap": "\(former.object.name)"])
        await parts.queue.add(reference, .retry)
    }

    // MARK: Afterwards

    private func conclude(
        _ report: SyncReport, _ wanted: Wanted, _ prepared: PreparedApplication, _ known: KnownApplication,
        _ memory: inout ApplicationMemory, _ account: ClusterAccount
    ) async throws {
        let application = prepared.application
        let written = report.operations.filter { $0.result == "done" }.map(\.operation)
        let hasWritten = !written.isEmpty
        for row in written { if let resource = row.resource { await account.absences.wrote(row.key, resource) } }
        if hasWritten, report.operations.contains(where: { $0.operation.key.groupKind == .customResourceDefinition }) {
            await parts.discovery.invalidate()
        }
        let runs = try await parts.journal.runs(application: reference, limit: ApplicationMemory.readRuns)
        memory.take(runs: runs)
        let before = memory.applied?.treeID
        if report.outcome == .succeeded,
            let run = runs.first(where: { $0.phase == .succeeded && $0.cluster == memory.uid }), run.id != memory.applied?.id
        {
            // A commit that did not touch the path is not what was applied: whoever waits for it is told that it changed nothing here.
            let isSame = memory.applied?.treeID == run.treeID
            memory.appliedRevision = isSame ? memory.appliedRevision ?? memory.applied?.revision : run.revision
            memory.applied = run
        }
        memory.learn(report, prepared)
        let isRecorded = memory.runs.first?.id == report.runID
        var report = report
        // A look that found nothing to do is no run: what is said stays what the last one made of it.
        if !isRecorded, report.outcome == .succeeded, let applied = memory.applied { report.revision = applied.revision }
        let hadDrift = memory.openDrift > 0
        var episodes: [DriftEpisode] = []
        if hadDrift || report.operations.contains(where: { $0.operation.drift != nil }) {
            episodes = try await parts.journal.episodes(application: reference, openOnly: true, limit: 1000)
        }
        memory.openDrift = episodes.count
        let isRequested = known.request != memory.request
        if isRequested, wanted.isRetried, application.sync.mode == .manual {
            memory.wish = known.request.map { .init(request: $0, revision: wanted.pending) }
        }
        memory.request = known.request
        let isWhole = !wanted.isRetried && prepared.withheld == nil
        let isSettled = (report.outcome == .succeeded && isWhole) || report.outcome == .refused
        if report.outcome != .superseded { memory.failures = isSettled ? 0 : memory.failures + 1 }
        await parts.memories.set(memory, of: reference)

        var readiness = readiness(report, wanted, prepared.withheld)
        // A look that did nothing has nothing new to say, such as that the server warned when there was something to write.
        if !isRecorded, readiness.reason == .succeeded, let said = known.saidOfSuccess, said.hasPrefix(readiness.message) {
            readiness.message = said
        }
        var status = self.status(known, memory, readiness)
        status.handledRequest = known.request
        let isBroken = wanted.reservation?.reason == .renderFailed
        status.attemptedRevision = isBroken ? wanted.pending ?? report.revision : report.revision
        status.pendingRevision = wanted.pending ?? (report.phase == SyncRun.Phase.held.rawValue ? report.revision : nil)
        // While a plan is held the members are what they were.
        status.members = report.outcome == .refused ? nil : prepared.desired.objects.count
        if isRecorded {
            status.planDigest = report.planDigest
            status.counts = Dictionary(report.counts.map { ($0.name, $0.count) }) { first, _ in first }
        }
        status.drift = episodes.isEmpty ? "" : ApplicationTurn.told(episodes, memory.fights)
        let isAwaited = isRequested || report.outcome != .succeeded || !hasWritten
        status.health = await settledHealth(application, known, memory, account, after: report, isAwaited: isAwaited)
        // The report first: who sees the status finds in it what the status speaks of.
        do {
            let said = (message: known.condition("Drifted")?["message"]?.string ?? "", count: known.status["openDrift"]?.int ?? 0)
            try await parts.writer.report(episodes, of: reference, said: said, message: status.drift ?? "")
        } catch let error as ClientError {
            logger.warning("the DriftReport cannot be written", metadata: ["error": "\(error.message)"])
        } catch is CancellationError {
            // The status is more.
        }
        // What a run has done is told even when the controller stops, but not in the face of another one.
        if Task.isCancelled, !parts.standing.isDeposed {
            try await shielded { [status] in await say(status) }
        } else {
            await say(status)
        }
        // Who waits for this one to look at a commit is told of every look: what the commit changed may have been taken back.
        if memory.applied?.treeID != before || !reasons.isDisjoint(with: [.commit, .source]) { await wakeDependents() }
        let committed = hasWritten && reasons.contains(.commit) ? report.commit.flatMap { Timestamp.date($0.committed) } : nil
        parts.metrics.synced(report, commitToApplied: committed.map { .seconds(max(0, Date().timeIntervalSince($0))) })
        await tell(report, status.readiness, memory, hasWritten: hasWritten, isRecorded: isRecorded)
        // No watch tells of an object that lost our label.
        let isLeftUnlabelled = report.operations.contains { $0.operation.drift?.kind == .unlabelled && $0.result != "done" }
        if isLeftUnlabelled { await parts.queue.add(reference, .timer, after: application.interval) }
        if report.outcome == .superseded {
            await parts.queue.add(reference, parts.standing.isOvertaken(reference) ? .commit : .drift)
        } else if !isSettled {
            await retry(memory.failures)
        }
    }

    /// - Parameter withheld: why what left Git is not deleted yet.
    private func readiness(_ report: SyncReport, _ wanted: Wanted, _ withheld: String?) -> ApplicationStatus.Readiness {
        let application = report.application
        if report.outcome == .succeeded {
            if var reservation = wanted.reservation {
                if let withheld { reservation.message += "; what left Git is not deleted yet: \(withheld)" }
                return reservation
            }
            if let withheld {
                return .init(
                    isReady: false, reason: .progressing,
                    message: "\(report.revision) is applied, but what left Git is not deleted yet: \(withheld)")
            }
            return .init(
                isReady: true, reason: .succeeded, message: (["\(report.revision) is applied"] + report.warnings).joined(separator: "; "))
        }
        let errors = report.errors.map(\.message)
        let why = report.reason ?? (errors.isEmpty ? "it failed" : ApplicationTurn.listed(errors, most: 5))
        // What waits is told with what is the matter meanwhile.
        if var reservation = wanted.reservation, !reservation.isReady, report.outcome != .refused, report.outcome != .superseded {
            reservation.message += "; \(report.revision): \(why)"
            return reservation
        }
        switch report.outcome {
        case .refused:
            let hold = report.plan.hold ?? why
            let gone = report.plan.operations.filter { $0.kind == .prune }.map(\.key.description)
            let names = gone.isEmpty ? "" : "; it would delete \(ApplicationTurn.listed(gone, most: 10))"
            return .init(
                isReady: false, reason: .held,
                message: "\(report.revision): \(hold); belay diff shows it, belay approve \(application.name) -n \(application.namespace) "
                    + "--plan \(report.planDigest.prefix(12)) lets it go\(names)", isStalled: true)
        case .superseded: return .init(isReady: false, reason: .progressing, message: why)
        case .timedOut: return .init(isReady: false, reason: .progressing, message: "\(report.revision): \(why)")
        default:
            let isPartial = report.phase == SyncRun.Phase.partial.rawValue
            return .init(isReady: false, reason: isPartial ? .partial : .failed, message: "\(report.revision): \(why)")
        }
    }

    private func tell(
        _ report: SyncReport, _ readiness: ApplicationStatus.Readiness, _ memory: ApplicationMemory, hasWritten: Bool, isRecorded: Bool
    ) async {
        let log = logger
        let counts = report.counts.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        let isNews = hasWritten || report.outcome != .succeeded || isRecorded
        log.log(
            level: isNews ? .info : .debug, report.outcome == .succeeded ? "synced" : "not synced",
            metadata: [
                "run": "\(report.runID)", "phase": "\(report.phase)", "revision": "\(report.revision)", "counts": "\(counts)",
            ])
        for row in report.operations where row.operation.write != nil || row.result == "blocked" && isNews {
            var facts: Logger.Metadata = ["run": "\(report.runID)", "object": "\(row.operation.key)"]
            if row.result == "done" {
                log.info("written", metadata: facts.merging(["operation": "\(row.operation.kind.rawValue)"]) { $1 })
            } else if row.error != nil || row.result == "blocked" {
                facts["error"] = "\(row.error ?? row.operation.why)"
                log.error("not written", metadata: facts)
            }
        }
        // Drift that a look found as it was told before is told once.
        for row in report.operations where isRecorded {
            guard let drift = row.operation.drift else { continue }
            let isCorrected = !row.leavesDrift
            log.warning(
                isCorrected ? "drift was put right" : "drift was found",
                metadata: [
                    "run": "\(report.runID)", "object": "\(row.operation.key)", "type": "\(drift.kind.rawValue)",
                    "why": "\(row.operation.why)",
                ])
            await parts.writer.event(
                isCorrected ? "DriftCorrected" : "DriftFound", "\(row.operation.key): \(row.operation.why)", on: reference,
                isWarning: !isCorrected)
        }
        if !readiness.isReady, report.outcome != .superseded {
            await parts.writer.event(readiness.reason.rawValue, readiness.message, on: reference, isWarning: true)
        }
    }

    private static func told(_ episodes: [DriftEpisode], _ fights: Fights) -> String {
        let shown = episodes.prefix(5).map { episode in
            let paths = (episode.fields.array ?? []).prefix(3).compactMap { $0["path"]?.string }.joined(separator: ", ")
            let fight = fights.quarantines[episode.key].map { "; \($0.reason)" } ?? ""
            return "\(episode.key) \(episode.type)" + (paths.isEmpty ? "" : " (\(paths))") + " since \(episode.firstSeen)\(fight)"
        }
        return shown.joined(separator: "; ") + (episodes.count > 5 ? "; and \(episodes.count - 5) more" : "")
    }
}
