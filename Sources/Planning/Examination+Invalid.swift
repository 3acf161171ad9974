// What an examination does where the server refuses the sum of what Git wants and what the object has besides: perhaps only the sum
// is wrong. A Service's port that somebody moved stands twice under one name; a `strategy` keeps the defaults of its former type.

import KubernetesModel
import StructuredData

extension Examination {
    /// The dry-run of the apply was refused as not valid: a PUT of the object as it is to be, without what hands hold, and then also
    /// without the defaults that nobody holds, tells whether that was all.
    ///
    /// - Parameter conflicts: of the dry-run before this one.
    func withoutRemains(_ failure: ProbeFailure, conflicts: [ProbeFailure.Conflict]) -> Interview.Step {
        var finding = local(rewriting: [])
        finding.conflicts = conflicts
        finding.isFromServer = true
        finding.isUnverified = false
        let managedFields = finding.prediction.value.at("metadata", "managedFields")
        let claims = unheldDefaults(beside: Comparison.differences(from: live, to: finding.prediction))
        var refusal = failure
        for attempt in 0..<2 {
            if attempt == 0, finding.stale.stale.isEmpty { continue }
            if attempt == 1 {
                if claims.isEmpty { continue }
                finding.claimed = claims
                for path in claims.leaves { finding.prediction.value.removeWithEmptyParents(path) }
            }
            var wanted = finding.prediction.value
            wanted.set(nil, at: ["metadata", "managedFields"])
            let round = min(2 * interview.reads + attempt, Interview.limit - 1)
            guard let answer = interview.answers[Probe(key: key, request: .update, round: round)] else {
                return interview.ask(.update, round: round, body: wanted) ?? interview.rejected(refusal)
            }
            switch answer {
            case .object(var predicted, _):
                predicted.value.set(managedFields, at: ["metadata", "managedFields"])
                finding.prediction = predicted
                return conclude(finding)
            case .failed(let next) where next.reason == .invalid: refusal = next
            case .failed(let next) where next.reason == .immutable: return immutable(next)
            case .failed(let next) where next.reason == .staleResourceVersion:
                return interview.readAgain(otherwise: interview.row(.blocked, "changes while it is being planned; run again"))
            case .failed(let next) where next.reason == .forbidden:
                // Who may patch and not update cannot ask; the write itself is a patch.
                finding.isUnverified = true
                finding.isFromServer = false
                if attempt == 0 || finding.stale.stale.isEmpty { return conclude(finding) }
                return interview.rejected(refusal)
            case .failed, .absent: return interview.rejected(refusal)
            }
        }
        return interview.rejected(refusal)
    }

    /// What stands beside a field that changes, is not in Git, and is held by nobody: the server filled it in for what was there.
    private func unheldDefaults(beside differences: [Difference]) -> FieldSet {
        let held = entries.allFields
        var found = FieldSet()
        for difference in differences {
            let parent = FieldPath(Array(difference.path.elements.dropLast()))
            guard parent.elements.count > 1, parent.elements.first == .field("spec"), let siblings = live.value.value(at: parent)?.object
            else { continue }
            for entry in siblings {
                let path = parent.appending(.field(entry.key))
                guard fitting.body.value(at: path) == nil, !held.owns(path, among: held) else { continue }
                found = found.union(LocalPrediction.fields(of: entry.value, at: path, keys: ListKeys(entries)))
            }
        }
        return found
    }
}

extension Value {
    /// Takes `paths` away as the server does when the last to apply them lets them go: with every field around them of which the
    /// payload has nothing and in which nobody else holds anything, whatever defaults it has.
    mutating func letGo(_ paths: [FieldPath], payload: Value, others: FieldSet) {
        for path in paths {
            var whole = path
            while whole.elements.count > 1 {
                let parent = FieldPath(Array(whole.elements.dropLast()))
                guard case .field? = parent.elements.last, payload.value(at: parent) == nil, !others.containsAnything(at: parent) else {
                    break
                }
                whole = parent
            }
            remove(at: whole)
        }
    }
}
