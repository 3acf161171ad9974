// What an examination makes of an object that the server cannot be asked about: predictions worked out here.

import KubernetesModel
import StructuredData

extension Examination {
    /// The object could only be read in another version: that of Git is not served yet.
    func otherVersion() -> Interview.Step {
        guard let version = live.version else { return interview.done(.blocked, "was read without uid or resourceVersion") }
        let wanted = subject.desired.groupVersionKind.apiVersion
        var row = interview.row(
            isMember ? .configure : .adopt,
            "is \(Text.plain(live.apiVersion)) in the cluster and \(wanted) in Git, which is served once its definition is applied")
        row.isUnverified = true
        row.plannedOn = version
        row.write = .apply(ApplyWrite(body: Payload.planned(subject.body, on: version), force: false))
        return .done(Interview.Decision(row: row))
    }

    /// Other versions of the kind in which somebody wrote before, we or `kubectl apply` or a controller its status: where the new one
    /// has fields that they lack, the server cannot compare the two and answers 500 [measured on 1.36.2]; with the entries rewritten
    /// it can.
    var formerVersions: Set<String> {
        let wanted = subject.desired.groupVersionKind
        return Set(
            entries.filter { entry in
                !entry.apiVersion.hasSameBytes(as: wanted.apiVersion)
                    && GroupVersionKind(apiVersion: entry.apiVersion, kind: wanted.kind)?.group == wanted.group
            }.map(\.apiVersion))
    }

    func unasked(_ reason: String) -> Finding {
        var finding = local(rewriting: [])
        finding.notes.append("could not be tried, because \(reason); what is shown is worked out here")
        return finding
    }

    /// The prediction without the server.
    func local(rewriting versions: Set<String>) -> Finding {
        var keyed = entries
        for index in keyed.indices where versions.contains(keyed[index].apiVersion) {
            keyed[index].apiVersion = subject.desired.groupVersionKind.apiVersion
        }
        let keys = ListKeys(keyed)
        var predicted = Unstructured(LocalPrediction.applying(fitting.body, to: live.value, keys: keys))
        let owned = LocalPrediction.fields(of: fitting.body, keys: keys)
        var finding = Finding(prediction: predicted, owned: owned, isUnverified: true, isFromServer: false)
        finding.stale = stale(for: finding, refused: [], entries: keyed)
        let dropped = keyed.filter { Payload.isOurs($0, context.fieldManager) }.reduce(FieldSet()) { $0.union($1.fields) }.leaves
            .filter { path in
                !owned.owns(path, among: owned)
                    && !keyed.contains { !Payload.isOurs($0, context.fieldManager) && $0.fields.containsAnything(at: path) }
            }
        let going = finding.stale.stale + dropped
        predicted.value.letGo(going, payload: fitting.body, others: others(than: going, in: keyed))
        let ours = ManagedFieldsEntry(
            manager: context.fieldManager, operation: .apply, apiVersion: subject.desired.groupVersionKind.apiVersion, time: nil,
            subresource: nil, fields: owned)
        let after = keyed.filter { !Payload.isOurs($0, context.fieldManager) } + [ours]
        predicted.value.set(.array(after.map(\.value)), at: ["metadata", "managedFields"])
        finding.prediction = predicted
        finding.conflicts = conflicts(of: finding, with: keyed)
        return finding
    }

    /// The conflicts that the server would name: other programs' fields that we would set to something else.
    private func conflicts(of finding: Finding, with entries: [ManagedFieldsEntry]) -> [ProbeFailure.Conflict] {
        entries.flatMap { entry -> [ProbeFailure.Conflict] in
            if Payload.isOurs(entry, context.fieldManager) { return [] }
            return entry.fields.intersection(finding.owned).leaves.compactMap { path in
                let (from, to) = (live.value.value(at: path), finding.prediction.value.value(at: path))
                if from == to || LocalPrediction.isSameQuantity(Difference(path: path, from: from, to: to)) { return nil }
                return .init(path: path.serverSpelling, manager: entry.manager)
            }
        }
    }
}
