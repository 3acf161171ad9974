// One look at one Application: whether anything is to be done, what, and what is said of it. Never two at once for one Application.

import ControllerRuntime
import FoundationEssentials
import GitSource
import HealthAssessment
import Journal
import KubernetesClient
import KubernetesModel
import Logging
import Planning
import Rendering
import StructuredData

struct ApplicationTurn: Sendable {
    let parts: ControllerParts
    let reference: String
    let reasons: Set<WorkReason>

    var logger: Logger {
        var logger = parts.logger
        logger[metadataKey: "application"] = "\(reference)"
        return logger
    }

    /// Why nothing more can be done in this turn; said in the Application's status.
    struct Obstacle: Error {
        var readiness: ApplicationStatus.Readiness
        /// When to look again although nothing happens; nil: something will.
        var retry: Retry = .backoff

        /// The revision that waits for it to go.
        var pending: String?
        /// Of the pause before the next attempt.
        var longestPause: Duration?

        enum Retry { case none, backoff }

        init(_ reason: ApplicationStatus.Readiness.Reason, _ message: String, isStalled: Bool = false, retry: Retry = .backoff) {
            readiness = .init(isReady: false, reason: reason, message: message, isStalled: isStalled)
            self.retry = retry
        }
    }

    /// Does what there is to do and says when to look again. Never throws: what fails is said, and tried again.
    func run() async {
        parts.standing.begin(reference)
        let begun = parts.time.now()
        let result = await attempt()
        parts.metrics.turned(result: result, took: parts.time.now() - begun, depth: await parts.queue.depth)
        // This one is as good as over.
        parts.metrics.isAtWork(max(0, await parts.queue.working - 1))
        if await parts.index[reference] != nil { parts.standing.settle(reference) } else { parts.standing.forget(reference) }
    }

    /// Nobody tells when there is room again on the disk, and nothing is put right before.
    private static let journalPause = Duration.seconds(15)

    /// - Returns: how it went, in the words of metrics.
    private func attempt() async -> String {
        let known = await parts.index[reference]
        do {
            try await turn()
            return "success"
        } catch let obstacle as Obstacle {
            await stand(obstacle, known)
            if obstacle.readiness.reason == .suspended { return "success" }
        } catch  where error is CancellationError || Task.isCancelled {
            // The controller stops; what fails by that is nobody's matter.
        } catch let error as JournalError {
            logger.error("the journal cannot be used, so nothing is written to the cluster", metadata: ["error": "\(error.message)"])
            // A run may be open there that this turn could not close.
            if var memory = await parts.memories[reference] {
                memory.isRecalled = false
                await parts.memories.set(memory, of: reference)
            }
            var obstacle = Obstacle(.failed, "the journal cannot be used, so nothing is written: \(error.message)")
            obstacle.longestPause = ApplicationTurn.journalPause
            await stand(obstacle, known)
        } catch let failure as SyncFailure {
            await stand(Obstacle(.failed, failure.errors.map(\.message).joined(separator: "; ")), known)
        } catch let changed as SetChanged {
            await stand(Obstacle(.progressing, changed.message), known)
        } catch {
            let message = (error as? ClientError)?.message ?? (error as? GitSourceError)?.message ?? "\(error)"
            await stand(Obstacle(.failed, message), known)
        }
        return "error"
    }

    private func turn() async throws {
        guard let known = await parts.index[reference] else { return await forget() }
        var memory = try await recall(known)
        if known.resource.isTerminating { return try await end(known, &memory) }
        let application: Application
        switch known.application {
        case .success(let parsed):
            try await note(Decisions(parsed, request: known.request, approval: known.approval), known, &memory)
            application = governed(parsed, memory)
        case .failure(let error):
            await parts.repositories.leave(reference)
            throw Obstacle(.invalidSource, error.findings.map(\.message).joined(separator: "; "), isStalled: true, retry: .none)
        }
        await wakeInTime(application, memory)
        if let suspend = application.suspend, suspend.isActive(at: Date()) {
            let end = suspend.until.map { " until \($0)" } ?? ""
            throw Obstacle(.suspended, "suspended\(end): \(suspend.reason)", retry: .none)
        }
        if application.destination.kubeConfigSecretRef != nil {
            throw Obstacle(
                .notAllowed,
                "spec.destination.kubeConfigSecretRef: this release keeps the cluster that it runs in; "
                    + "use belay apply --context for another one", isStalled: true, retry: .none)
        }
        let isRequested = known.request != nil && known.request != memory.request
        let account = try await parts.accounts.account(serviceAccount(application), in: application.namespace)
        await followValues(of: application, account)
        await adapt(to: application, account, &memory)
        // A wish that another turn has answered is no reason any more.
        let isSameSpec = known.condition("Ready")?["observedGeneration"]?.int == known.resource.generation
        // After a run that gave way, another one follows, whatever there is to do.
        let hasGivenWay = memory.runs.first?.phase == .superseded
        var isQuiet = !isRequested && isSameSpec && !hasGivenWay && reasons.isSubset(of: [.health, .drift, .request, .values])
        if isQuiet, reasons.contains(.values) { isQuiet = try await !hasOtherValues(application, memory) }
        if isQuiet, await !isSuspicious(application, memory, account) {
            return try await refresh(application, known, memory, account)
        }
        var unmet: Obstacle?
        do {
            if try await !awaitDependencies(of: application) {
                guard isQuiet else { return await parts.queue.add(reference, reasons, after: .milliseconds(200)) }
                unmet = Obstacle(.dependencyNotReady, "waits for Applications that were not looked at yet", retry: .none)
            }
        } catch let obstacle as Obstacle {
            // What was begun is kept as it is; what is newer waits.
            guard isQuiet || isSameSpec && memory.reached != nil && !isRequested else { throw obstacle }
            unmet = obstacle
        }
        try await sync(application, known, &memory, account, isRequested: isRequested, unmet: unmet)
    }

    // MARK: Parts

    /// As whom the Application acts; nil: as the controller.
    func serviceAccount(_ application: Application) -> String? {
        application.destination.serviceAccountName ?? parts.options.defaultServiceAccount
    }

    /// The Application with the holds that hold now, those of fights among them.
    private func governed(_ application: Application, _ memory: ApplicationMemory) -> Application {
        var application = application
        let now = Date()
        application.drift.holds.removeAll { !$0.isActive(at: now) }
        application.drift.holds += memory.fights.holds
        return application
    }

    /// What is remembered of the Application; at first what the journal has of it, with the runs closed that a crash left open. So, too,
    /// when the journal could not be used meanwhile.
    private func recall(_ known: KnownApplication) async throws -> ApplicationMemory {
        let before = await parts.memories[reference].flatMap { $0.uid == known.uid ? $0 : nil }
        if var memory = before, memory.isRecalled {
            memory.fights.expire(Date())
            return memory
        }
        for run in try await parts.journal.closeInterrupted(application: reference, cluster: nil) {
            logger.warning("a run ended without a word; it is closed as interrupted", metadata: ["run": "\(run.id)"])
        }
        var memory = before ?? ApplicationMemory(uid: known.uid)
        let runs = try await parts.journal.runs(application: reference, limit: 200)
        memory.take(runs: runs)
        memory.applied = runs.first { $0.phase == .succeeded && $0.cluster == known.uid && !$0.treeID.isEmpty }
        let tree = memory.applied?.treeID
        let since = runs.prefix { $0.phase != .succeeded || $0.treeID == tree }.last { $0.phase == .succeeded && $0.cluster == known.uid }
        memory.appliedRevision = since?.revision
        memory.request = before?.request ?? known.status["lastHandledReconcileAt"]?.string
        if !runs.isEmpty {
            memory.fights = Fights()
            memory.fights.recall(
                try await parts.journal.episodes(application: reference, openOnly: false, limit: 500), now: Date())
            let open = try await parts.journal.episodes(application: reference, openOnly: true, limit: 100_000)
            memory.openDrift = open.count
            memory.unfollowed = Set(open.filter { $0.type == Drift.Kind.unlabelled.rawValue }.map(\.key))
        }
        memory.isRecalled = true
        await parts.memories.set(memory, of: reference)
        return memory
    }

    /// What the spec says otherwise than before counts for the watches, too.
    private func adapt(to application: Application, _ account: ClusterAccount, _ memory: inout ApplicationMemory) async {
        let now = ApplicationMemory.Watched(account: serviceAccount(application), rules: application.health.rules)
        guard let before = memory.watched, before != now else {
            memory.watched = now
            return
        }
        memory.watched = now
        await parts.memories.set(memory, of: reference)
        if before.account != now.account { await endUnusedAccounts() }
        if before.rules != now.rules { await account.cache.reassess(ApplySet.id(ofResource: application)) }
    }

    private func endUnusedAccounts() async {
        await parts.accounts.keep(only: await parts.index.applications.map { (serviceAccount($0), $0.namespace) })
    }

    /// Keeps what people decided since the last turn.
    private func note(_ decisions: Decisions, _ known: KnownApplication, _ memory: inout ApplicationMemory) async throws {
        if memory.decisions == decisions { return }
        let notes: [Decisions.Note]
        if let old = memory.decisions {
            notes = decisions.notes(since: old)
        } else {
            let audit = try await parts.journal.audit(application: reference, limit: 200)
            notes = decisions.notes(missingIn: audit, handled: memory.request)
            // A run was begun for it before the controller ended: that one goes on, and nothing newer is let through by the same wish.
            if let asked = audit.first(where: { $0.action == Decisions.wish }), asked.detail == known.request,
                let run = memory.reached, run.startedAt >= asked.at
            {
                memory.request = known.request
            }
        }
        for note in notes {
            try await parts.journal.note(
                AuditEntry(
                    id: ULID.now(), application: reference, at: Timestamp.now(), actor: known.writer, action: note.action,
                    reason: note.reason, detail: note.detail))
        }
        memory.decisions = decisions
        await parts.memories.set(memory, of: reference)
    }

    /// Comes back when a hold, a pin, a suspension or a quarantine ends.
    private func wakeInTime(_ application: Application, _ memory: ApplicationMemory) async {
        let ends = application.drift.holds.map(\.until) + [application.pin?.until, application.suspend?.until]
        let now = Date()
        guard let next = ends.compactMap({ $0.flatMap(Timestamp.date) }).filter({ $0 > now }).min() else { return }
        await parts.queue.add(reference, .timer, after: .seconds(min(next.timeIntervalSince(now), 86_400) + 0.05))
    }

    /// Whether a member is not as it was recorded, and was not looked at since.
    /// - Parameter others: members of which that is known, and means nothing.
    func isSuspicious(
        _ application: Application, _ memory: ApplicationMemory, _ account: ClusterAccount, besides others: Set<ObjectKey> = []
    ) async -> Bool {
        let id = ApplySet.id(ofResource: application)
        let members = await account.cache.members(of: [id])
        guard let records = try? await parts.records.records(of: reference, uid: memory.uid) else { return true }
        let manager = FieldManager.name(for: application)
        for (key, member) in members where !others.contains(key) && !memory.hasJudged(key, member.summary) {
            guard let record = records[key], !memory.drifted.contains(key), !member.summary.isTerminating,
                member.summary.matches(record, fieldManager: manager)
            else { return true }
        }
        // Of what is not followed the watches tell nothing, whether it is there or not.
        let absent = records.keys.filter {
            members[$0] == nil && !others.contains($0) && !memory.unfollowed.contains($0) && !memory.hasJudged($0, nil)
        }
        return absent.isEmpty ? false : await !account.cache.missing(of: Set(absent)).isEmpty
    }

    // MARK: Saying

    /// Says what stands in the way, and comes back after a pause that grows.
    /// - Parameter known: as the turn began with it: what came since is not answered by it.
    private func stand(_ obstacle: Obstacle, _ known: KnownApplication?) async {
        guard let known else { return }
        parts.standing.settle(reference)
        var memory = await parts.memories[reference] ?? ApplicationMemory(uid: known.uid)
        var status = self.status(known, memory, obstacle.readiness)
        status.health = await knownHealth(known, memory)
        // What waited when the suspension began still does.
        let isSuspended = obstacle.readiness.reason == .suspended
        status.pendingRevision = obstacle.pending ?? (isSuspended ? known.status["pendingRevision"]?.string : nil)
        if let request = known.request {
            status.handledRequest = request
            if memory.request != request, case .backoff = obstacle.retry, case .success(let application) = known.application,
                application.sync.mode == .manual
            {
                memory.wish = .init(request: request, revision: obstacle.pending)
            }
            memory.request = request
        }
        if case .backoff = obstacle.retry { memory.failures += 1 }
        memory.waits = nil
        await parts.memories.set(memory, of: reference)
        logger.notice("not synced", metadata: ["reason": "\(obstacle.readiness.reason.rawValue)", "why": "\(obstacle.readiness.message)"])
        await say(status)
        if obstacle.readiness.reason != .suspended, obstacle.readiness.reason != .dependencyNotReady {
            await parts.writer.event(
                obstacle.readiness.reason.rawValue, obstacle.readiness.message, on: reference, isWarning: true)
        }
        if case .backoff = obstacle.retry { await retry(memory.failures, longest: obstacle.longestPause) }
    }

    /// - Parameter longest: of the pause; nil: as for any other failure.
    func retry(_ failures: Int, longest: Duration? = nil) async {
        parts.metrics.retries()
        let pause = parts.options.backoff.pause(after: failures)
        await parts.queue.add(reference, .retry, after: longest.map { min($0, pause) } ?? pause)
    }

    /// What holds whatever comes of the turn.
    func status(_ known: KnownApplication, _ memory: ApplicationMemory, _ readiness: ApplicationStatus.Readiness) -> ApplicationStatus {
        var status = ApplicationStatus(generation: known.resource.generation, readiness: readiness)
        status.runs = memory.runs
        // Of a journal that cannot be read nothing is known.
        status.openDrift = memory.isRecalled ? memory.openDrift : known.status["openDrift"]?.int.flatMap { Int(exactly: $0) } ?? 0
        status.appliedRevision = memory.appliedRevision ?? memory.applied?.revision
        return status
    }

    /// Writes the status, and wakes those that wait for this Application.
    func say(_ status: ApplicationStatus) async {
        let wasReady = await parts.index[reference].map { $0.isReady && $0.isHealthy } ?? false
        do {
            try await parts.writer.write(status, of: reference)
            if let known = await parts.index[reference] { parts.metrics.isNow(known.status, of: reference) }
        } catch is CancellationError {
            return
        } catch {
            logger.warning("the status cannot be written", metadata: ["error": "\(error)"])
            await parts.queue.add(reference, .retry, after: .seconds(5))
            return
        }
        let isReady = await parts.index[reference].map { $0.isReady && $0.isHealthy } ?? false
        if isReady, !wasReady { await wakeDependents() }
    }

    /// Those that wait for this Application may go on.
    func wakeDependents() async {
        for dependent in await parts.index.dependents(of: reference) { await parts.queue.add(dependent, .dependency) }
    }

    /// Those that planned with a wish of another Application that has ended.
    func wake(_ others: Set<String>) async {
        for other in others.subtracting([reference]) { await parts.queue.add(other, .claim) }
    }

    /// Nothing is to be done: only the health may be another.
    private func refresh(
        _ application: Application, _ known: KnownApplication, _ memory: ApplicationMemory, _ account: ClusterAccount
    ) async throws {
        guard let ready = known.condition("Ready") else { return }
        let reason = ApplicationStatus.Readiness.Reason(rawValue: ready["reason"]?.string ?? "") ?? .progressing
        var readiness = ApplicationStatus.Readiness(
            isReady: ready["status"]?.string == "True", reason: reason, message: ready["message"]?.string ?? "")
        readiness.isStalled = known.condition("Stalled")?["status"]?.string == "True"
        var status = self.status(known, memory, readiness)
        status.pendingRevision = known.status["pendingRevision"]?.string
        status.health = await health(application, memory, account).health.worst
        await say(status)
    }

    /// The Application is gone from the cluster.
    private func forget() async {
        await wake(await parts.sets.remove(reference))
        await parts.repositories.leave(reference)
        await parts.accounts.leaveValues(of: reference)
        await parts.writer.forget(reference)
        if let memory = await parts.memories[reference] {
            try? await parts.records.forget(reference, uid: memory.uid)
        }
        await parts.memories.set(nil, of: reference)
        parts.standing.forget(reference)
        parts.metrics.forget(reference)
        await endUnusedAccounts()
        logger.info("the Application is gone")
    }
}

extension KnownApplication {
    func condition(_ type: String) -> Value? {
        (status["conditions"]?.array ?? []).first { $0["type"]?.string == type }
    }

    /// What its status says of a sync of this spec that went well; nil where the last one did not.
    var saidOfSuccess: String? {
        guard isReady, condition("Ready")?["reason"]?.string == ApplicationStatus.Readiness.Reason.succeeded.rawValue else { return nil }
        return condition("Ready")?["message"]?.string
    }

    /// Whether its members are well, as far as that is known of them.
    var isHealthy: Bool { !["progressing", "degraded", "missing"].contains(status["health"]?.string ?? "") }

    /// Whether its last sync went well, for the spec that it has now.
    var isReady: Bool {
        guard let ready = condition("Ready"), ready["status"]?.string == "True" else { return false }
        return ready["observedGeneration"]?.int == resource.generation
    }
}

extension Application {
    /// Whether a commit is applied without anybody's doing.
    var takesCommits: Bool { sync.mode == .automatic && !(pin?.isActive(at: Date()) ?? false) }
}

extension Application.Suspension {
    /// Whether its end is still to come.
    func isActive(at now: Date) -> Bool { until.flatMap(Timestamp.date).map { $0 > now } ?? true }
}

extension Application.Pin {
    /// Whether its end is still to come.
    func isActive(at now: Date) -> Bool { until.flatMap(Timestamp.date).map { $0 > now } ?? true }
}
