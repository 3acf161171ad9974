// The questions about one desired object, in their order, and the row that the answers make (steps 4 to 9).

import KubernetesModel
import StructuredData

/// Walks one object's way from what was observed through the answers, to the next question or to its row.
struct Interview {
    let context: PlanningContext
    let subject: Subject
    let answers: ProbeAnswers
    /// Questions about this object that were answered; no more than ``Interview/limit`` are asked.
    private let asked: Int

    static let limit = 4
    private static let neverServed = "not in the cluster, nor is its kind yet"

    enum Step {
        case ask(ProbeRequest)
        case done(Decision)
    }

    struct Decision {
        var row: PlannedOperation
        var warnings: [String] = []
    }

    init(context: PlanningContext, subject: Subject, answers: ProbeAnswers) {
        self.context = context
        self.subject = subject
        self.answers = answers
        let requests: [Probe.Request] = [.apply(force: false), .apply(force: true), .update, .get]
        asked = requests.reduce(0) { sum, request in
            sum + (0..<Self.limit).filter { answers[Probe(key: subject.key, request: request, round: $0)] != nil }.count
        }
    }

    var key: ObjectKey { subject.key }

    func next() -> Step {
        if isOwnParent {
            return done(.blocked, "is the inventory of this Application, which Belay writes itself: remove it from Git", rejected: true)
        }
        if subject.setting(Tracking.apply) == "ignore" { return done(.skip, "\(Tracking.apply): ignore") }
        if context.discovery.incompleteGroups.contains(key.group) {
            return done(
                .blocked, "the API server did not tell what group \(key.group) has; nothing is decided for it until it does")
        }
        guard subject.resource != nil else { return notServed() }
        if subject.isProven, reads == 0 { return unchanged(record: nil) }
        let isServed = context.isServed(subject.desired.groupVersionKind)
        switch currentExistence {
        case nil where isServed: return ask(.get, round: 0) ?? done(.blocked, "could not be read")
        case nil: return unservedYet()
        case .unknown? where !isServed: return unservedYet()
        case .unknown(let text)?: return done(.blocked, "could not be read: \(Text.plain(text))")
        case .absent?: return absent()
        case .present(let live)? where live.isMetadataOnly:
            if let refusal = refusal(of: live) { return refusal }
            return ask(.get, round: reads) ?? done(.blocked, "could not be read")
        case .present(let live)?: return present(live)
        }
    }

    private var isOwnParent: Bool {
        let application = context.application
        return key.groupKind == .configMap && key.namespace == application.namespace
            && key.name.hasSameBytes(as: ApplySet.parentName(of: application))
    }

    // MARK: What is there

    /// How many times the object was read anew.
    var reads: Int {
        var count = 0
        while count < Self.limit, answers[Probe(key: key, request: .get, round: count)] != nil { count += 1 }
        return count
    }

    private var currentExistence: ObservedState.Existence? {
        guard reads > 0, let answer = answers[Probe(key: key, request: .get, round: reads - 1)] else { return subject.existence }
        switch answer {
        case .absent: return .absent
        case .object(let object, _): return .present(object)
        case .failed(let failure): return .unknown(words(of: failure))
        }
    }

    private func notServed() -> Step {
        let kind = subject.desired.groupVersionKind
        if let other = context.discovery[kind.groupKind] {
            return done(
                .blocked,
                "the cluster does not serve \(kind); it serves this kind as \(other.groupVersionKind.apiVersion): change apiVersion in Git",
                rejected: true)
        }
        return done(
            .blocked, "the cluster does not serve \(kind): install its CustomResourceDefinition first, or put it into Git", rejected: true)
    }

    /// A custom resource whose definition, or whose version of it, is part of this plan: nobody can tell yet whether it exists.
    private func unservedYet() -> Step {
        var row = row(
            .create,
            context.discovery[key.groupKind] == nil
                ? Self.neverServed
                : "\(subject.desired.groupVersionKind.apiVersion) is served once its definition is applied")
        row.isUnverified = true
        row.write = .apply(ApplyWrite(body: subject.body, force: false, expectsCreation: context.discovery[key.groupKind] == nil))
        return .done(Decision(row: row))
    }

    // MARK: Absent

    private func absent() -> Step {
        if context.claimedElsewhere.contains(key) { return claimedTwice }
        let isServed = context.isServed(subject.desired.groupVersionKind)
        var row = row(.create, isServed || context.discovery[key.groupKind] != nil ? "not in the cluster" : Self.neverServed)
        if let record = subject.record, isServed {
            row = deleted(record, row)
            if row.kind == .skip { return .done(Decision(row: row)) }
        }
        row.write = .apply(ApplyWrite(body: subject.body, force: false, expectsCreation: true))
        if let namespace = key.namespace {
            switch namespaceState(namespace) {
            case .usable: break
            case .willBeMade: row.isUnverified = true
            case .unusable(let why, let rejected): return done(.blocked, why, rejected: rejected)
            }
        }
        if !isServed { row.isUnverified = true }
        guard context.options.dryRunsCreates, !row.isUnverified else { return .done(Decision(row: row)) }
        let probe = Probe(key: key, request: .apply(force: false), round: reads)
        guard let answer = answers[probe] else {
            row.isUnverified = true
            return ask(.apply(force: false), round: reads, body: subject.body) ?? .done(Decision(row: row))
        }
        switch answer {
        case .object(let predicted, created: true):
            row.write = .apply(ApplyWrite(body: subject.body, force: false, expectsCreation: true, prediction: predicted.value))
            return .done(Decision(row: row))
        case .object(_, created: false), .absent: return readAgain(otherwise: row)
        case .failed(let failure): return failedCreate(failure, row)
        }
    }

    /// The row of an object of ours that somebody deleted, or deletes: `.skip` where it is left so.
    private func deleted(_ record: Record, _ row: PlannedOperation) -> PlannedOperation {
        var row = row
        // What Git has anew goes through, as it does where fields drifted.
        let isOnlyDrift = isAsRecorded(record)
        if removesItself {
            guard isOnlyDrift else { return row }
            return self.row(
                .skip, "gone, as a Job with spec.ttlSecondsAfterFinished goes once it has finished; it runs again when Git changes it")
        }
        switch driftPolicy {
        case .ignore where !isOnlyDrift: row.why = "deleted, and changed in Git since"
        case .report where !isOnlyDrift && !isHeld, .correct:
            row.why = "drift: deleted; who did it is \(Writer.unknown.manager)"
            row.drift = Drift(kind: .deleted, fields: [])
        case .report:
            row = self.row(.skip, "drift: deleted; drift is only reported (\(policySource))")
            row.drift = Drift(kind: .deleted, fields: [])
        case .ignore: row = self.row(.skip, "deleted; drift is ignored (\(policySource))")
        }
        return row
    }

    /// A Job that the cluster deletes some time after its end. Made again it would run again, and be gone again, for ever.
    private var removesItself: Bool { key.groupKind == .job && subject.body.at("spec", "ttlSecondsAfterFinished")?.int != nil }

    /// Whether Git has for the object what it had when it was last written, whatever it says of drift by now.
    private func isAsRecorded(_ record: Record) -> Bool {
        if record.matches(desired: subject.digest) { return true }
        return [nil, "correct", "report", "ignore"].contains { policy in
            var body = Unstructured(subject.body)
            body.setAnnotation(Tracking.drift, policy)
            return record.matches(desired: RecordDigests.desired(payload: body.value, ignore: subject.ignore, kind: key.groupKind))
        }
    }

    private var claimedTwice: Step {
        done(.blocked, "is in Git for more than one Application of this run: an object has one owner, remove it from the other sources")
    }

    private func failedCreate(_ failure: ProbeFailure, _ row: PlannedOperation) -> Step {
        var row = row
        row.isUnverified = true
        switch failure.reason {
        case .staleResourceVersion, .alreadyExists, .fieldConflict: return readAgain(otherwise: row)
        case .namespaceMissing where key.namespace.map({ willMake($0) }) ?? false: return .done(Decision(row: row))
        case .kindMissing where context.definitions[key.groupKind] != nil: return .done(Decision(row: row))
        case .badRequest where failure.tellsOfDryRun: return .done(Decision(row: row))
        case .invalid, .badRequest, .kindMissing, .other:
            if context.changingKinds.contains(key.groupKind) { return .done(Decision(row: row)) }
            return rejected(failure)
        case .transient:
            row.why += "; could not be tried: \(words(of: failure))"
            return .done(Decision(row: row))
        default: return rejected(failure)
        }
    }

    private enum NamespaceUse {
        case usable, willBeMade
        case unusable(String, rejected: Bool)
    }

    private func willMake(_ namespace: String) -> Bool {
        context.desiredNamespaces.contains(namespace)
            || (context.application.sync.createNamespace && namespace.hasSameBytes(as: context.application.destination.namespace))
    }

    private func namespaceState(_ namespace: String) -> NamespaceUse {
        switch context.namespaces[namespace] {
        case .active?, .unknown?, nil: return .usable
        case .missing?:
            if willMake(namespace) { return .willBeMade }
            return .unusable(
                "namespace \(namespace) does not exist: put it into Git, or set sync.createNamespace for the destination's namespace",
                rejected: true)
        case .terminating?:
            if context.desiredNamespaces.contains(namespace) { return .willBeMade }
            return .unusable("(terminating) namespace \(namespace) is being deleted; nothing can be created in it", rejected: false)
        }
    }

    // MARK: Present

    /// How the object comes to us.
    enum Tenure {
        case member
        /// Ours by record, annotation or fields, but without our label.
        case unlabelled
        /// Nobody's.
        case adopted
        /// Of another owner, who lets it go or is overruled.
        case takenOver(Owner)

        var predecessor: String? {
            if case .takenOver(let owner) = self, case .application(_, let manager) = owner.kind { return manager }
            return nil
        }
    }

    private func present(_ live: Unstructured) -> Step {
        if live.isTerminating { return terminating(live) }
        guard live.uid != nil, live.resourceVersion != nil else { return done(.blocked, "was read without uid or resourceVersion") }
        if subject.setting(Tracking.apply) == "create-only" { return done(.skip, "exists; \(Tracking.apply): create-only") }
        if let refusal = refusal(of: live) { return relabelled(refusal, live) }
        if let namespace = key.namespace, context.namespaces[namespace] == .terminating {
            return done(.blocked, "(terminating) namespace \(namespace) is being deleted")
        }
        return Examination(interview: self, live: live, tenure: tenure(of: live)).next()
    }

    /// A member whose label somebody set to something else: it is refused, and on record.
    private func relabelled(_ refusal: Step, _ live: Unstructured) -> Step {
        guard case .done(var decision) = refusal, driftPolicy != .ignore, isRecorded(live), let label = live.label(Tracking.partOf),
            owner(of: live).map({ !$0.isApplication }) ?? false
        else { return refusal }
        let difference = Difference(
            path: FieldPath.labels.appending(.field(Tracking.partOf)), from: .string(label), to: .string(context.parentID))
        decision.row.drift = Drift(kind: .unlabelled, fields: [context.shown(difference, live: live.managedFields, subject: subject)])
        return .done(decision)
    }

    private func isMember(_ live: Unstructured) -> Bool { context.isMember(live) }

    private func owner(of live: Unstructured) -> Owner? {
        isMember(live)
            ? nil
            : Ownership.owner(
                of: live, parentID: context.parentID, reference: context.application.reference, fieldManager: context.fieldManager,
                desired: subject.desired.object)
    }

    private func isRecorded(_ live: Unstructured) -> Bool {
        guard let record = subject.record, let uid = live.uid else { return false }
        return record.matches(uid: uid)
    }

    private func wasOurs(_ live: Unstructured) -> Bool {
        isRecorded(live)
            || Ownership.isOurs(live, reference: context.application.reference, fieldManager: context.fieldManager)
    }

    private func tenure(of live: Unstructured) -> Tenure {
        if isMember(live) {
            // A field manager of another Application that stayed behind: only with a word may its fields be taken.
            guard isAdoptionAllowed(live), let other = Ownership.otherApplication(of: live, fieldManager: context.fieldManager) else {
                return .member
            }
            return .takenOver(other)
        }
        if let owner = owner(of: live) { return .takenOver(owner) }
        return wasOurs(live) ? .unlabelled : .adopted
    }

    private func isAdoptionAllowed(_ live: Unstructured) -> Bool {
        subject.setting(Tracking.adopt) == "allowed" || live.annotation(Tracking.adopt) == "allowed"
            || context.application.sync.adopt == .always
    }

    /// The row that refuses an object of another owner; nil where we may have it.
    func refusal(of live: Unstructured) -> Step? {
        if live.isTerminating { return nil }
        let isAllowed = isAdoptionAllowed(live)
        if isMember(live) {
            guard !isAllowed, !isRecorded(live), let owner = Ownership.stranger(of: live, fieldManager: context.fieldManager) else {
                return nil
            }
            return done(
                .blocked,
                "belongs to \(Text.plain(owner.description)); Belay's label is on it, from a run that was cut off: put "
                    + "\(Tracking.adopt): allowed on it in Git to take it over, else take the label \(Tracking.partOf) off it")
        }
        guard let owner = owner(of: live) else {
            if context.claimedElsewhere.contains(key), !wasOurs(live) { return claimedTwice }
            if isAllowed || wasOurs(live) || context.application.sync.adopt != .never { return nil }
            return done(
                .blocked, "exists, and sync.adopt is Never: delete it, or put \(Tracking.adopt): allowed on it in Git")
        }
        if case .application(let reference, _) = owner.kind {
            if context.claimedElsewhere.contains(key) {
                return done(
                    .blocked,
                    "belongs to \(Text.plain(owner.description)), which still has it in Git: remove it from one of the two sources")
            }
            if let reference, context.options.plannedTogether.contains(reference) { return nil }
        }
        if isAllowed { return nil }
        return done(
            .blocked,
            "belongs to \(Text.plain(owner.description)): remove it there first, or put \(Tracking.adopt): allowed on it in Git to take it over"
        )
    }

    private func terminating(_ live: Unstructured) -> Step {
        if let namespace = key.namespace, case .unusable(let why, let rejected) = namespaceState(namespace) {
            return done(.blocked, why, rejected: rejected)
        }
        let finalizers = (live.metadata?["finalizers"]?.array ?? []).compactMap { $0.string }.map(Text.plain)
        let holder = finalizers.isEmpty ? "" : ", held by \(Text.list(finalizers))"
        guard let version = live.version else { return done(.blocked, "(terminating) is being deleted\(holder)") }
        let words = "is being deleted since \(live.deletionTimestamp ?? "")\(holder); created anew when it is gone"
        var row = row(.create, words)
        if let record = subject.record, isRecorded(live) {
            row = deleted(record, row)
            if row.kind == .skip { return .done(Decision(row: row)) }
            row.why = "\(words); \(row.why)"
        }
        row.plannedOn = version
        row.isUnverified = true
        row.write = .recreate(version, ApplyWrite(body: subject.body, force: false, expectsCreation: true))
        return .done(Decision(row: row))
    }

    // MARK: Steps

    func row(_ kind: OperationKind, _ why: String) -> PlannedOperation {
        var row = PlannedOperation(
            kind: kind, key: key, resource: subject.resource, groupVersionKind: subject.desired.groupVersionKind, why: why)
        row.location = subject.desired.location
        row.desiredDigest = subject.digest
        row.withholdsTexts = subject.withholdsTexts
        return row
    }

    /// - Parameter field: what the server objects to, to name its line.
    func done(_ kind: OperationKind, _ why: String, rejected: Bool = false, field: FieldPath? = nil) -> Step {
        var row = row(kind, why)
        row.isRejected = rejected
        if let field { row.location = subject.desired.location(of: field) }
        return .done(Decision(row: row))
    }

    func unchanged(record: Record?) -> Step {
        var row = row(.unchanged, "as in Git")
        row.record = record
        if case .present(let live)? = currentExistence { row.plannedOn = live.version }
        return .done(Decision(row: row))
    }

    /// The question, or nil where it was asked already or there were too many.
    func ask(_ request: Probe.Request, round: Int, body: Value = .null) -> Step? {
        let probe = Probe(key: key, request: request, round: round)
        guard asked < Self.limit, answers[probe] == nil, let resource = subject.resource else { return nil }
        return .ask(ProbeRequest(probe: probe, resource: resource, body: body, withholdsTexts: subject.withholdsTexts))
    }

    func readAgain(otherwise row: PlannedOperation) -> Step { ask(.get, round: reads) ?? .done(Decision(row: row)) }

    var driftPolicy: Application.DriftPolicy.Policy {
        if hold != nil { return .report }
        return switch subject.setting(Tracking.drift) {
        case "correct": .correct
        case "report": .report
        case "ignore": .ignore
        default: context.application.drift.policy
        }
    }

    /// Who asked for the object to be left as it is, for a time.
    private var hold: Application.Hold? { context.application.drift.holds.first { $0.covers(key) } }

    /// Whether somebody wants the object left as it is, whatever Git says.
    var isHeld: Bool { hold != nil }

    var policySource: String {
        if let hold {
            return "held\(hold.until.map { " until \(Text.plain($0))" } ?? ""): \(Text.plain(hold.reason))"
        }
        return switch subject.setting(Tracking.drift) {
        case "correct", "report", "ignore": "\(Tracking.drift): \(subject.setting(Tracking.drift) ?? "")"
        default: "drift.policy: \(context.application.drift.policy.rawValue)"
        }
    }
}

extension Unstructured {
    /// nil where it has no uid or resourceVersion.
    var version: ObjectVersion? {
        guard let uid, let resourceVersion, !uid.isEmpty, !resourceVersion.isEmpty else { return nil }
        return ObjectVersion(uid: uid, resourceVersion: resourceVersion)
    }
}
