// The two pure functions of the algorithm (architecture section 5, steps 4 to 10).

package import KubernetesModel
package import StructuredData

/// Plans one Application: asks until it knows enough, then decides. No I/O, no clock, no randomness.
package struct Planner: Sendable {
    package let desired: DesiredState
    package let observed: ObservedState
    /// Keys of objects that other Applications planned together with this one want (never pruned here).
    package let claimedElsewhere: Set<ObjectKey>
    /// Key for the hashes that stand for secrets; one per journal.
    package let redactionKey: [UInt8]
    package let options: Options

    package struct Options: Sendable {
        package enum Purpose: Sendable { case sync, deletion }
        /// `deletion`: the whole inventory goes (`belay delete`); the limit is not asked, the protections stay.
        package var purpose = Purpose.sync
        /// Ask the server about creates too (`diff`, `--preflight`).
        package var dryRunsCreates = false
        /// References (`NAMESPACE/NAME`) of the Applications planned together with this one: what they let go is handed over.
        package var plannedTogether: Set<String> = []
        /// The set's id where its parent is not the ConfigMap of ``ApplySet/parentName(of:)``.
        package var parentID: String?
        /// Ids under which this very Application kept its set before: what carries one of them is a member and gets the present id.
        package var formerIDs: Set<String> = []
        package var hands = Hands.standard
        package init() {}
    }

    let context: PlanningContext
    let subjects: [Subject]

    package init(
        desired: DesiredState, observed: ObservedState, claimedElsewhere: Set<ObjectKey> = [], redactionKey: [UInt8],
        options: Options = Options()
    ) {
        self.init(
            desired: desired, observed: observed, claimedElsewhere: claimedElsewhere, redactionKey: redactionKey, options: options,
            surroundings: nil)
    }

    /// - Parameter surroundings: the context of the plan that this is a part of: its definitions, namespaces and autoscalers.
    private init(
        desired: DesiredState, observed: ObservedState, claimedElsewhere: Set<ObjectKey>, redactionKey: [UInt8], options: Options,
        surroundings: PlanningContext?
    ) {
        self.desired = desired
        self.observed = observed
        self.claimedElsewhere = claimedElsewhere
        self.redactionKey = redactionKey
        self.options = options
        var context = PlanningContext(
            desired: desired, observed: observed, claimedElsewhere: claimedElsewhere, redactionKey: redactionKey, options: options)
        if let surroundings {
            context.definitions = surroundings.definitions
            context.changingKinds = surroundings.changingKinds
            context.desiredNamespaces = surroundings.desiredNamespaces
            context.autoscaled.formUnion(surroundings.autoscaled)
        }
        let wanted = options.purpose == .sync ? desired.objects : []
        let subjects = wanted.map { Subject($0, observed: observed, context: context) }
        for subject in subjects where subject.key.groupKind == .customResourceDefinition && !subject.isProven {
            guard let kind = PlanningContext.definedKind(subject.desired.object) else { continue }
            // One that is refused before any question stays as it is, and with it what the server says of its custom resources.
            if case .done(let decision) = Interview(context: context, subject: subject, answers: [:]).next(), decision.row.write == nil {
                continue
            }
            context.changingKinds.insert(kind)
        }
        self.subjects = subjects
        self.context = context
    }

    /// The next questions, none of which is in `answers`; empty when the plan can be made. At most 4 rounds, one question about
    /// each object in a round.
    package func probes(_ answers: ProbeAnswers) -> [ProbeRequest] {
        subjects.compactMap { subject in
            if case .ask(let request) = Interview(context: context, subject: subject, answers: answers).next() { request } else { nil }
        }
    }

    /// The plan from all that was asked. An object whose question was never answered is blocked.
    package func plan(_ answers: ProbeAnswers) -> Plan {
        var warnings: [String] = []
        var rows: [PlannedOperation] = []
        for subject in subjects {
            let interview = Interview(context: context, subject: subject, answers: answers)
            switch interview.next() {
            case .done(let decision):
                rows.append(context.redaction.scrubbed(decision.row))
                warnings += decision.warnings.map(context.redaction.scrubbed)
            case .ask: rows.append(interview.row(.blocked, "could not be checked: the API server was not asked or did not answer"))
            }
        }
        return PlanAssembly(planner: self, rows: rows, warnings: warnings).plan()
    }

    /// Whether an object that a create met is one that this Application may not have: of another owner, or nobody's where nothing
    /// is adopted.
    ///
    /// - Parameter met: as it was answered, with our marks on it, which count for nothing.
    package func refuses(_ key: ObjectKey, met: Unstructured) -> Bool {
        guard let subject = subjects.first(where: { $0.key == key }) else { return false }
        // Somebody else has made it: it stays as they made it.
        if subject.setting(Tracking.apply) == "create-only" { return true }
        var met = met
        met.setLabel(Tracking.partOf, nil)
        met.setAnnotation(Tracking.application, nil)
        let others = met.managedFields.filter { !Payload.isOurs($0, context.fieldManager) }
        met.value.set(.array(others.map(\.value)), at: ["metadata", "managedFields"])
        return Interview(context: context, subject: subject, answers: [:]).refusal(of: met) != nil
    }

    /// The record to keep from the response to a write (or to a dry-run that proved an object unchanged); nil where the response
    /// has no uid.
    ///
    /// - Parameter hands: as in the planner's options.
    package static func record(of response: Unstructured, desiredDigest: Digest, fieldManager: String, hands: Hands = .standard) -> Record?
    {
        guard let uid = response.uid, !uid.isEmpty else { return nil }
        return Record(
            uid: uid, desired: desiredDigest, live: RecordDigests.live(response, fieldManager: fieldManager, hands: hands))
    }

    /// The same planner for one object only, as it was read anew: to plan it again after a failed precondition. Its plan has that
    /// object's row (the caller keeps stage and dependencies of the old one) and prunes nothing.
    ///
    /// - Parameter discovery: learnt anew, where definitions were applied since; nil: as it was.
    package func replanning(_ key: ObjectKey, existence: ObservedState.Existence, discovery: Discovery? = nil) -> Planner {
        var desired = desired
        desired.objects = desired.objects.filter { $0.key == key }
        var observed = observed
        if let discovery { observed.discovery = discovery }
        observed.members = [:]
        observed.others = [:]
        if case .present(let live) = existence, context.isMember(live) {
            observed.members[key] = live
        } else {
            observed.others[key] = existence
        }
        observed.pruneObstacles.append("only \(key) is planned again")
        var surroundings = context
        if discovery != nil { surroundings.changingKinds = [] }
        return Planner(
            desired: desired, observed: observed, claimedElsewhere: claimedElsewhere, redactionKey: redactionKey, options: options,
            surroundings: surroundings)
    }
}
