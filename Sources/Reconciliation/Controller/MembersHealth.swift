// The health of an Application's members: what the watches know, and what its own run knows better.

import Applying
import HealthAssessment
import KubernetesModel
import Planning

struct MembersHealth: Sendable {
    /// The worst of all; an Application without members is healthy.
    var worst = HealthVerdict(.healthy)
    /// Whether it waits for nothing but the first look of the members' controllers.
    var isUnseen = false
    /// Members that the watches do not know yet as the run has left them.
    var behind: Set<ObjectKey> = []

    /// - Parameters:
    ///   - members: what the watches know.
    ///   - missing: what should be there, and is not as far as the watches know.
    ///   - report: of the run that was made just now. What a watch knows from before its writes does not count.
    ///   - fieldManager: of the Application.
    init(
        _ members: [ObjectKey: LiveCache.Member], missing: Set<ObjectKey> = [], after report: SyncReport? = nil, fieldManager: String
    ) {
        var verdicts = members.mapValues(\.health)
        for key in missing { verdicts[key] = HealthVerdict(.missing) }
        for row in report?.operations ?? [] where row.operation.kind != .prune {
            let key = row.operation.key
            // The run has met it: the watches are behind.
            let isThere = row.operation.plannedOn != nil || row.operation.kind == .unchanged || row.result == "done"
            if isThere, missing.contains(key) {
                verdicts[key] = nil
                behind.insert(key)
            }
            let member = members[key]
            let isBehind = row.answer.map { !(member?.summary.matches($0.record, fieldManager: fieldManager) ?? false) } ?? false
            let waited = row.health.flatMap(Health.init(rawValue:)).map { HealthVerdict($0) }
            if let waited, member == nil || waited.health != member?.health.health {
                verdicts[key] = waited
                behind.insert(key)
            } else if let answer = row.answer, isBehind {
                verdicts[key] = answer.health
                behind.insert(key)
            }
        }
        worst = verdicts.values.max { $0.health < $1.health } ?? HealthVerdict(.healthy)
        isUnseen = worst.health == .progressing && verdicts.values.allSatisfy { $0.health != .progressing || $0.isUnseen }
    }

    /// What the watches know of objects that a run waits for, as it has written them.
    static func known(
        of subjects: [HealthSubject], _ members: [ObjectKey: LiveCache.Member], fieldManager: String
    ) -> [ObjectKey: HealthVerdict] {
        subjects.reduce(into: [:]) { verdicts, subject in
            guard let member = members[subject.key],
                subject.record.map({ member.summary.matches($0, fieldManager: fieldManager) }) ?? true
            else { return }
            // Whether a claim without a volume waits for a pod is told by its storage class.
            if subject.key.groupKind == .persistentVolumeClaim, member.health.health == .progressing { return }
            verdicts[subject.key] = member.health
        }
    }
}
