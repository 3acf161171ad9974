// What the controller remembers of one Application between its turns; all of it can be had again from the journal and the cluster.

import Journal
import KubernetesModel
import Planning
import StructuredData

/// Written by the Application's own turn only.
struct ApplicationMemory: Sendable {
    /// Of the resource.
    var uid: String
    /// Whether the journal was asked since it could be used last.
    var isRecalled = false
    /// Newest first, at most 10: of the journal's newest, but what is applied and what was applied before are always among them.
    private(set) var runs: [SyncRun] = []
    /// The newest run that succeeded, of this very resource.
    var applied: SyncRun?
    /// The newest run that was let go, whatever became of it, of this very resource: where the Application stays while something is in the
    /// way of what is newer.
    private(set) var reached: SyncRun?
    /// Since when the health of a tree is waited for by runs that gave way; nil: the last one did not.
    var waits: (treeID: String, since: ContinuousClock.Instant)?
    /// Since when objects are waited for to be gone by runs that gave way; empty: the last one did not.
    var endings: [ObjectKey: ContinuousClock.Instant] = [:]
    /// What `applied` applied; of several runs of one tree the first one's.
    var appliedRevision: String?
    /// Turns in a row that failed.
    var failures = 0
    /// Members that a turn has looked at and left as they are, each as it was then; nil: it was gone.
    var judged: [ObjectKey: MemberSummary?] = [:]
    /// Members whose drift the last turn has left as it is, and those whose fields others still own: what others write of them counts, and
    /// once they are as they were recorded, it is over.
    var drifted: Set<ObjectKey> = []
    /// What is there, or may be, without our label: no watch tells of it.
    var unfollowed: Set<ObjectKey> = []
    /// What the last run was to create, and did not.
    var unmade: Set<ObjectKey> = []
    /// Jobs that the cluster removes when they have finished; nil: no run has told yet which they are.
    var passing: Set<ObjectKey>?
    var fights = Fights()
    /// What the spec of the last turn said of the watches; nil: it is the first one.
    var watched: Watched?
    /// The value of the annotation that was acted on last.
    var request: String?
    /// In Manual mode a wish that was answered, but not fulfilled, because of what may go by itself: the next attempt goes by it, too.
    var wish: Wish?
    var approval: String?
    var openDrift = 0
    var decisions: Decisions?
    /// Whether the ConfigMap of a command line run was looked for.
    var soughtFormer = false
    /// The commit that `belay sync` let through in Manual mode.
    var released: String?
    /// What the variables stood for when the Application was planned last; nil: nothing that the cluster keeps, or not known.
    var values: Digest?

    struct Wish: Sendable {
        /// The annotation's value.
        var request: String
        /// What was there to be let through; nil: nothing could be read.
        var revision: String?

        /// Whether it lets this revision through.
        func covers(_ revision: String) -> Bool { self.revision.map { $0 == revision } ?? true }
    }

    struct Watched: Sendable, Equatable {
        /// Whose they are; nil: the controller's.
        var account: String?
        /// By which they judge the members.
        var rules: [Application.HealthRule]
    }

    init(uid: String) { self.uid = uid }

    /// How many runs are read to find those that matter among them.
    static let readRuns = 100

    /// - Parameter all: newest first.
    mutating func take(runs all: [SyncRun]) {
        let succeeded = all.filter { $0.phase == .succeeded && $0.cluster == uid }
        // Behind many held ones it is not among those that are read.
        reached = all.first { $0.phase != .held && $0.cluster == uid && !$0.treeID.isEmpty } ?? reached
        let newest = succeeded.first
        let before = newest.flatMap { newest in succeeded.first { $0.treeID != newest.treeID && !$0.treeID.isEmpty } }
        let wanted = Set([newest, before].compactMap { $0?.id })
        let first = all.prefix(10)
        let missing = all.dropFirst(10).filter { wanted.contains($0.id) }
        runs = Array(first.dropLast(missing.count)) + missing
    }

    /// What is amiss where the watches do not have it.
    /// - Parameters:
    ///   - recorded: the members that have a record.
    ///   - wanted: what the Application wants now; nil: not known yet.
    func expected(_ recorded: some Sequence<ObjectKey>, wanted: Set<ObjectKey>?) -> Set<ObjectKey> {
        unmade.union(recorded).filter { key in
            let mayGo = passing.map { $0.contains(key) } ?? (key.groupKind == .job)
            return !mayGo && !unfollowed.contains(key) && wanted.map { $0.contains(key) } ?? true
        }
    }

    /// Notes what the run was waiting for when it ended.
    mutating func note(endings objects: [ObjectKey], hasGivenWay: Bool, begun: ContinuousClock.Instant) {
        if !hasGivenWay { endings = [:] }
        for key in hasGivenWay ? objects : [] where endings[key] == nil { endings[key] = begun }
    }

    /// Whether a look at the member was taken since it became what it is.
    func hasJudged(_ key: ObjectKey, _ summary: MemberSummary?) -> Bool {
        guard let judged = judged[key] else { return false }
        switch (judged, summary) {
        case (nil, nil): return true
        case (let old?, let new?): return old.isSame(as: new, countingOthers: drifted.contains(key))
        default: return false
        }
    }
}

/// The memories of all Applications.
actor Memories {
    private var memories: [String: ApplicationMemory] = [:]

    subscript(application: String) -> ApplicationMemory? { memories[application] }

    func set(_ memory: ApplicationMemory?, of application: String) { memories[application] = memory }

    func hasDrifted(_ key: ObjectKey, of application: String) -> Bool { memories[application]?.drifted.contains(key) ?? false }

    func hasJudged(_ key: ObjectKey, _ summary: MemberSummary?, of application: String) -> Bool {
        memories[application]?.hasJudged(key, summary) ?? false
    }
}
