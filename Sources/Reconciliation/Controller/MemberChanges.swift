// From what happened to a live object to the Application that has to look at it.

import ControllerRuntime
import KubernetesModel
import Planning

/// Wakes an Application when a member of it is not as it was recorded, or has another health.
struct MemberChanges: Sendable {
    let index: ApplicationIndex
    let memories: Memories
    let records: RecordBook
    let queue: WorkQueue<String, WorkReason>

    /// Changes of health come in swarms while something is rolled out.
    private static let healthPause = Duration.seconds(1)

    func take(_ change: LiveCache.Change) async {
        for id in Set([change.oldID, change.newID].compactMap { $0 }) {
            guard let reference = await index.application(ofSet: id), case .success(let application)? = await index[reference]?.application
            else { continue }
            let isMember = change.newID == ApplySet.id(ofResource: application)
            if isMember, let member = change.member, !member.summary.isTerminating,
                await !memories.hasDrifted(change.key, of: reference),
                await records.holds(
                    member.summary, of: reference, at: change.key, fieldManager: FieldManager.name(for: application))
            {
                if change.healthChanged { await queue.add(reference, .health, after: MemberChanges.healthPause) }
                continue
            }
            let summary = isMember ? change.member?.summary : nil
            if await memories.hasJudged(change.key, summary, of: reference) {
                if change.healthChanged { await queue.add(reference, .health, after: MemberChanges.healthPause) }
            } else {
                await queue.add(reference, .drift)
            }
        }
    }
}
