// What may be deleted: members that Git no longer has, after every guard.

import KubernetesModel
import StructuredData

/// Decides for one member that is not desired.
struct PruneRules: Sendable {
    var isMember: @Sendable (Unstructured) -> Bool
    var application: Application
    var fieldManager: String
    var claimedElsewhere: Set<ObjectKey>
    var isDeletion: Bool
    /// Reasons that forbid any prune in this run.
    var obstacles: [String]
    /// Members of kinds or scopes that were not read in full, with the reason.
    var unreadable: @Sendable (ObjectKey) -> String?
    /// Whether the object was this Application's when a run last ended.
    var isRecorded: @Sendable (ObjectKey, Unstructured) -> Bool

    enum Verdict: Sendable, Equatable {
        case delete(String)
        case keep(String)
    }

    func verdict(_ key: ObjectKey, _ live: Unstructured) -> Verdict {
        let origin = live.annotation(Tracking.source).map { ", was applied from \(Text.plain($0))" } ?? ""
        let why = isDeletion ? "the Application is deleted" : "not in Git any more\(origin)"
        guard isMember(live) else { return .keep("does not carry this Application's label") }
        guard Names.objectNameProblem(key.name, of: key.groupKind) == nil, let uid = live.uid, !uid.isEmpty, live.resourceVersion != nil
        else { return .keep("cannot be deleted safely: it has no valid name, uid or resourceVersion") }
        if claimedElsewhere.contains(key) { return .keep("moves to another Application that is planned together with this one") }
        if live.isTerminating {
            let finalizers = (live.metadata?["finalizers"]?.array ?? []).compactMap { $0.string }.map(Text.plain)
            return .keep(
                "is being deleted since \(live.deletionTimestamp ?? "")"
                    + (finalizers.isEmpty ? "" : ", held by \(finalizers.joined(separator: ", "))"))
        }
        if let controller = Ownership.controller(of: live) { return .keep("was made by \(controller), which deletes it with itself") }
        if !Ownership.wasWritten(live, reference: application.reference, fieldManager: fieldManager) {
            return .keep("carries the label, but Belay never wrote it: \(Self.copyist(of: live)) copied an object or its labels")
        }
        if application.sync.adopt != .always, live.annotation(Tracking.adopt) != "allowed", !isRecorded(key, live),
            let owner = Ownership.stranger(of: live, fieldManager: fieldManager)
        {
            return .keep("belongs to \(Text.plain(owner.description)); Belay's label is on it, from a run that was cut off")
        }
        switch live.annotation(Tracking.prune) {
        case "disabled": return .keep("\(why); kept, because it says \(Tracking.prune): disabled")
        case "allowed": break
        default:
            if let protected = Self.protection(key, live) {
                return .keep("\(why); kept, because \(protected) only goes with \(Tracking.prune): allowed on it")
            }
        }
        if !isDeletion && !application.sync.prune { return .keep("\(why); kept, because sync.prune is off") }
        if let reason = unreadable(key) { return .keep("\(why); kept, because \(reason)") }
        if let obstacle = obstacles.first { return .keep("\(why); kept, because \(obstacle)") }
        return .delete(why)
    }

    /// Who gave it our label: a person's tool, or a controller that hands the labels of a Service on to its Endpoints.
    private static func copyist(of live: Unstructured) -> String {
        let label = FieldPath(fields: "metadata", "labels", Tracking.partOf)
        return Writer.find(label, in: live.managedFields).map { Text.plain($0.short) } ?? "somebody"
    }

    /// What is never deleted without a word on the object itself.
    private static func protection(_ key: ObjectKey, _ live: Unstructured) -> String? {
        switch key.groupKind {
        case .namespace: return "a Namespace (with all that is in it)"
        case .customResourceDefinition: return "a CustomResourceDefinition (with all its custom resources)"
        case .persistentVolumeClaim: return "a PersistentVolumeClaim (with its data)"
        default: break
        }
        let ours = GroupKind.application.group
        if key.group == ours || key.group.hasSuffix("." + ours) { return "one of Belay's own objects" }
        if live.label(Tracking.parentID) != nil { return "the parent of an ApplySet" }
        return nil
    }

    /// Why so many deletions need a person; nil where they are within the limit.
    static func excess(count: Int, members: Int, policy: Application.SyncPolicy) -> String? {
        if count > policy.pruneLimitObjects {
            return "\(count) objects would be deleted, more than the limit of \(policy.pruneLimitObjects)"
        }
        let (share, overflow) = count.multipliedReportingOverflow(by: 100)
        let (limit, limitOverflow) = members.multipliedReportingOverflow(by: max(0, policy.pruneLimitPercent))
        if count >= 3 && (overflow || (!limitOverflow && share > limit)) {
            return "\(count) of \(members) objects would be deleted, more than the limit of \(policy.pruneLimitPercent) %"
        }
        return nil
    }
}
