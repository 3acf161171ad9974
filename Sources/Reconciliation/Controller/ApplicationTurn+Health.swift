// Health in a turn: what the watches know of it, for a run that waits for it and for the status.

import Applying
import ControllerRuntime
import HealthAssessment
import KubernetesModel
import Planning

extension ApplicationTurn {
    /// What the watches know, for a run that waits.
    func watch(_ application: Application, _ memory: ApplicationMemory, _ account: ClusterAccount) -> HealthWatch {
        let (cache, id, manager) = (account.cache, ApplySet.id(ofResource: application), FieldManager.name(for: application))
        let proven = Proven()
        return HealthWatch { subjects in
            let mark = await cache.mark
            let members = await cache.members(of: [id])
            let records = try? await parts.records.records(of: reference, uid: memory.uid)
            return HealthWatch.Look(
                verdicts: MembersHealth.known(of: subjects, members, fieldManager: manager), mark: mark,
                isDisturbed: await proven.hasLost(members, records ?? [:], fieldManager: manager))
        } change: { mark, pause in
            let hasChanged = await cache.change(of: id, since: mark, within: pause)
            try Task.checkCancellation()
            return hasChanged
        } disregard: { keys in
            await proven.disregard(keys)
        }
    }

    /// The health of the members, and the mark of that moment.
    func health(
        _ application: Application, _ memory: ApplicationMemory, _ account: ClusterAccount, after report: SyncReport? = nil
    ) async -> (health: MembersHealth, mark: Int) {
        let mark = await account.cache.mark
        let members = await account.cache.members(of: [ApplySet.id(ofResource: application)])
        let missing = await missing(memory, account)
        return (MembersHealth(members, missing: missing, after: report, fieldManager: FieldManager.name(for: application)), mark)
    }

    /// What should be there, and is not as far as the watches know.
    private func missing(_ memory: ApplicationMemory, _ account: ClusterAccount) async -> Set<ObjectKey> {
        let records = (try? await parts.records.records(of: reference, uid: memory.uid)) ?? [:]
        let wanted = await parts.sets.treeID(of: reference) == nil ? nil : await parts.sets.keys(of: reference)
        return await account.cache.missing(of: memory.expected(records.keys, wanted: wanted))
    }

    /// As far as the watches know the members, in a turn that looks at nothing else; nil: not at all.
    func knownHealth(_ known: KnownApplication, _ memory: ApplicationMemory) async -> HealthVerdict? {
        guard case .success(let application) = known.application,
            let account = try? await parts.accounts.account(serviceAccount(application), in: application.namespace)
        else { return nil }
        let isKnown = await !account.cache.members(of: [ApplySet.id(ofResource: application)]).isEmpty
        let health = await health(application, memory, account).health.worst
        return isKnown || health.health == .missing ? health : nil
    }

    /// The health after a run. Where only a moment is missing until it is another one, and nobody waits for what this turn has to say,
    /// that moment is waited for; no worker is held meanwhile.
    /// - Parameter isAwaited: whether somebody waits for this turn's status.
    func settledHealth(
        _ application: Application, _ known: KnownApplication, _ memory: ApplicationMemory, _ account: ClusterAccount,
        after report: SyncReport, isAwaited: Bool
    ) async -> HealthVerdict {
        var (health, _) = await health(application, memory, account, after: report)
        if health.isUnseen, !isAwaited, await parts.index.dependents(of: reference).isEmpty {
            let (cache, id) = (account.cache, ApplySet.id(ofResource: application))
            let settling = Settling(now: parts.time.now) {
                await self.health(application, memory, account, after: report)
            } hasTime: { behind in
                await hasTime(application, known, memory, account, behind: behind)
            } change: { mark, pause in
                _ = await cache.change(of: id, since: mark, within: pause)
            }
            await parts.queue.rest(reference)
            health = await settling.run()
            await parts.queue.resume(reference)
        }
        // The watches wake only for what is new to them: what they learn by a list may be what they knew before the run.
        if !health.behind.isEmpty { await parts.queue.add(reference, .health, after: .seconds(1)) }
        return health.worst
    }

    /// Whether nothing has come that is to be looked at at once.
    /// - Parameter behind: members that the watches have not shown yet as the run has left them.
    private func hasTime(
        _ application: Application, _ known: KnownApplication, _ memory: ApplicationMemory, _ account: ClusterAccount,
        behind: Set<ObjectKey>
    ) async -> Bool {
        guard !Task.isCancelled, !parts.standing.isOvertaken(reference), let now = await parts.index[reference],
            now.asksTheSame(as: known), !now.resource.isTerminating
        else { return false }
        return await !isSuspicious(application, memory, account, besides: behind)
    }
}
