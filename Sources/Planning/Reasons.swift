// Why a row changes an object: drift told from Git's own changes, and one sentence for people.

import KubernetesModel
import StructuredData

/// Sorts the differences of one object by who made them.
struct Reasons {
    let examination: Examination
    let finding: Examination.Finding
    let changes: [FieldChange]
    private let drifted: [FieldChange]
    /// Where that is, as the object has it.
    let driftedPaths: [FieldPath]
    private let ownedNow: FieldSet
    private let rewritten: Set<String>
    /// Whether Git wants something else than at the last run; nil where that is not known.
    private let gitChanged: Bool?

    private var subject: Subject { examination.interview.subject }
    private var context: PlanningContext { examination.interview.context }

    init(
        examination: Examination, finding: Examination.Finding, differences: [Difference], ownedNow: FieldSet, rewritten: Set<String>
    ) {
        self.examination = examination
        self.finding = finding
        self.ownedNow = ownedNow
        self.rewritten = rewritten
        let context = examination.interview.context
        let subject = examination.interview.subject
        // Whichever object bears the name now: somebody who made it anew with our label on it (`kubectl replace --force`) changed it.
        let gitChanged = subject.record.map { !$0.matches(desired: subject.digest) }
        self.gitChanged = gitChanged

        let isKnown: Bool
        switch examination.tenure {
        case .member, .unlabelled: isKnown = true
        // Deleted and made anew by hand, without our label: its fields drifted all the same.
        case .adopted: isKnown = subject.record != nil
        case .takenOver: isKnown = false
        }
        let isAdopted = if case .adopted = examination.tenure { true } else { false }
        var changes: [FieldChange] = []
        var drifted: [FieldChange] = []
        var paths: [FieldPath] = []
        for difference in differences {
            var change = context.shown(difference, live: examination.entries, subject: subject)
            let isDrift =
                isKnown && !(isAdopted && difference.path.isTracking) && !Self.isSecretOfOurs(difference, examination, ownedNow)
                && (gitChanged == false || Self.wasWrittenByOthers(difference, examination, ownedNow))
            if isDrift {
                if change.writer == nil { change.writer = .unknown }
                drifted.append(change)
                paths.append(difference.path)
            }
            changes.append(change)
        }
        self.changes = changes
        self.drifted = drifted
        driftedPaths = paths
    }

    /// The digests do not see the values of a Secret; but what we still own nobody else changed, so Git did.
    private static func isSecretOfOurs(_ difference: Difference, _ examination: Examination, _ owned: FieldSet) -> Bool {
        examination.interview.key.groupKind == .secret && difference.path.elements.first == .field("data")
            && owned.contains(difference.path)
    }

    /// Whether the live value was certainly not ours: somebody else holds the field, wrote it after our last apply, and we do not
    /// own it. What is not there leaves no trace, so it may as well be new in Git.
    private static func wasWrittenByOthers(_ difference: Difference, _ examination: Examination, _ owned: FieldSet) -> Bool {
        guard difference.from != nil, !owned.owns(difference.path, among: examination.entries.allFields) else { return false }
        let name = examination.interview.context.fieldManager
        guard let ours = examination.entries.first(where: { Payload.isOurs($0, name) }), let since = ours.time,
            let writer = Writer.find(difference.path, in: examination.entries, except: name)
        else { return false }
        // What was left as it is at our last apply stands from before it.
        return examination.subject.record?.isUnproven ?? false || writer.time.map { $0 >= since } ?? true
    }

    var drift: Drift? {
        if case .unlabelled = examination.tenure { return Drift(kind: .unlabelled, fields: drifted) }
        guard !drifted.isEmpty else { return nil }
        // A list element whose key was changed, such as the port of a Service, is one that went and one that came.
        let isMixed = drifted.contains { $0.from != nil } && drifted.contains { $0.to != nil }
        return Drift(kind: isMixed ? .modified : drifted.contains { $0.from != nil } ? .added : .removed, fields: drifted)
    }

    /// Whether Git wants of the object what it wanted when it was last written.
    var isAsBefore: Bool { gitChanged == false }

    /// Nothing but drift: under another policy than Correct nothing is written.
    var isOnlyDrift: Bool {
        let ownMarks = if case .adopted = examination.tenure { changes.count { $0.path.isTracking } } else { 0 }
        // Without a record it is drift where it is surely so for every field.
        let isKnown = gitChanged == false || gitChanged == nil && !drifted.isEmpty
        return isKnown && drifted.count + ownMarks == changes.count && examination.fitting.released.isEmpty
            && rewritten.isEmpty
    }

    var kind: OperationKind {
        switch examination.tenure {
        case .member, .unlabelled: .configure
        case .adopted, .takenOver: .adopt
        }
    }

    var uncorrected: String {
        let said = driftText ?? "drift"
        return "\(said); not corrected (\(examination.interview.policySource))"
    }

    var why: String {
        var parts: [String] = []
        switch examination.tenure {
        case .member: break
        case .unlabelled:
            parts.append("drift: its label \(Tracking.partOf) was removed; who did it is \(Writer.unknown.manager)")
        case .adopted: parts.append("exists and nobody owns it" + creator)
        case .takenOver(let owner):
            parts.append(
                owner.isApplication
                    ? "handed over by \(Text.plain(owner.description))" : "taken over from \(Text.plain(owner.description))")
        }
        if case .unlabelled = examination.tenure {
        } else if let driftText {
            parts.append(driftText)
        }
        let others = changes.filter { change in !change.path.isTracking && !drifted.contains { $0.path == change.path } }
        if !others.isEmpty {
            let said = Text.list(others.map(told))
            switch examination.tenure {
            case .member, .unlabelled:
                let source = context.application.source.substitute == nil ? "Git" : "Git or its variables"
                parts.append((gitChanged == nil ? "differs from \(source): " : "changed in \(source): ") + said)
            case .adopted, .takenOver: parts.append("changes " + said)
            }
        } else if drifted.isEmpty, !changes.isEmpty {
            switch examination.tenure {
            case .member, .unlabelled: parts.append("Belay's own marks on it change")
            case .adopted, .takenOver: parts.append("changes nothing but Belay's marks")
            }
        }
        parts += notes
        if parts.isEmpty { parts.append(ownershipText) }
        return parts.joined(separator: "; ")
    }

    /// What stays or happens beside the changes.
    var notes: [String] {
        var notes = examination.fitting.released.map { path in
            let value = examination.live.value.value(at: path).map { Text.brief(.value($0)) } ?? ""
            return "\(shown(path)) leaves Git and stays \(value): it is the autoscaler's now"
        }
        notes += finding.stale.kept.map { "kept: \(shown($0.path)), held by \(Text.plain($0.manager))" }
        if !rewritten.isEmpty {
            let version = subject.desired.groupVersionKind.apiVersion
            notes.append("its managedFields of \(Text.list(rewritten.sorted())) are rewritten to \(version) first")
        }
        return notes
    }

    private func shown(_ path: FieldPath) -> String {
        context.redaction.shown(path, of: subject.desired, former: subject.formerSecrets).description
    }

    private func told(_ change: FieldChange) -> String {
        let inGit = subject.body.value(at: change.path) != nil
        let isDefault = change.from != nil && change.to != nil && !inGit
        return Text.change(change) + (isDefault && isScalar(change.to) ? " (default)" : "")
    }

    private func isScalar(_ shown: Shown?) -> Bool {
        guard case .value(let value)? = shown else { return false }
        return value.object == nil && value.array == nil
    }

    private var creator: String {
        let first = examination.entries.filter { $0.subresource == nil }.min { ($0.time ?? "~") < ($1.time ?? "~") }
        return first.map { " (first written by \(Text.plain($0.manager)))" } ?? ""
    }

    private var driftText: String? {
        if drifted.isEmpty { return nil }
        let texts = drifted.map { change in
            let writer = change.writer.map { " by \(Text.plain($0.short))" + ($0.time.map { " at \($0)" } ?? "") } ?? ""
            switch (change.from, change.to) {
            case (nil, _): return "\(change.path) removed\(writer)"
            case (_, nil): return "\(change.path) added\(writer)"
            default:
                return
                    "\(change.path) \(Text.deviation(change.from, change.to))\(writer.isEmpty ? "" : ", written\(writer)")"
            }
        }
        return "drift: " + Text.list(texts)
    }

    private var ownershipText: String {
        let gained = finding.owned.subtracting(ownedNow).leaves.map(shown)
        let lost = ownedNow.subtracting(finding.owned).leaves.map(shown)
        var parts: [String] = []
        if !gained.isEmpty { parts.append("will own \(Text.list(gained)) (same value)") }
        if !lost.isEmpty { parts.append("will no longer own \(Text.list(lost))") }
        return parts.isEmpty ? "ownership of its fields changes" : parts.joined(separator: "; ")
    }
}

extension FieldPath {
    /// Belay's own label and annotations.
    var isTracking: Bool {
        guard elements.count == 3, elements[0] == .field("metadata"), case .field(let name) = elements[2] else { return false }
        return Tracking.isMark(name)
    }
}

extension Owner {
    var isApplication: Bool { if case .application = kind { true } else { false } }
}
