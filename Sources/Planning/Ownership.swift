// Whose object is it? The marks that other owners leave on what they keep, in their own words.

import KubernetesModel
import StructuredData

/// An owner found on a live object.
struct Owner: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// Another Application of Belay: `NAMESPACE/NAME` where it is known, and its field manager where it holds fields.
        case application(String?, manager: String?)
        case applySet(String)
        case tool(String)
        /// An object that made this one.
        case controller(String)
    }
    var kind: Kind

    var description: String {
        switch kind {
        case .application(let reference, let manager): "Application \(reference ?? manager ?? "of another name")"
        case .applySet(let id): "another ApplySet (\(id))"
        case .tool(let text): text
        case .controller(let text): text
        }
    }
}

enum Ownership {
    /// The owner of a live object other than this Application; nil where nobody claims it.
    ///
    /// - Parameter desired: what Git says of the object: an owner reference that Git itself sets is no foreign mark.
    static func owner(of live: Unstructured, parentID: String, reference: String, fieldManager: String, desired: Unstructured?) -> Owner? {
        let partOf = live.label(Tracking.partOf)
        let application = live.annotation(Tracking.application)
        let manager = managers(of: live).first { FieldManager.isAnotherApplication($0, than: fieldManager) }
        let isOther = partOf.map { !$0.isEmpty && !$0.hasSameBytes(as: parentID) } ?? false
        if let application, !application.hasSameBytes(as: reference), isOther || manager != nil {
            return Owner(kind: .application(application, manager: manager))
        }
        if isOther, let partOf {
            if let manager { return Owner(kind: .application(nil, manager: manager)) }
            return Owner(kind: .applySet(partOf))
        }
        if let manager { return Owner(kind: .application(nil, manager: manager)) }
        if let tool = tool(live) { return Owner(kind: .tool(tool)) }
        if let controller = controller(of: live), controller != desired.flatMap(Self.controller(of:)) {
            return Owner(kind: .controller(controller))
        }
        return nil
    }

    /// Another Application whose field manager applied to the object, whatever its label says.
    static func otherApplication(of live: Unstructured, fieldManager: String) -> Owner? {
        managers(of: live).first { FieldManager.isAnotherApplication($0, than: fieldManager) }
            .map { Owner(kind: .application(nil, manager: $0)) }
    }

    /// The tool that owns an object which has our label and no record: a run that was killed right after its create met somebody
    /// else's object leaves the label behind, and the label alone makes nothing ours. What Git itself says of the tool is no
    /// foreign mark: it stands in our own fields.
    static func stranger(of live: Unstructured, fieldManager: String) -> Owner? {
        guard tool(live) != nil else { return nil }
        let ours = live.managedFields.first { $0.operation == .apply && $0.manager.hasSameBytes(as: fieldManager) }
        return tool(live, except: ours?.fields ?? FieldSet()).map { Owner(kind: .tool($0)) }
    }

    /// The owner reference with `controller: true`: `ReplicaSet web-7d4`.
    static func controller(of object: Unstructured) -> String? {
        for reference in object.metadata?["ownerReferences"]?.array ?? [] where reference["controller"]?.bool == true {
            return "\(reference["kind"]?.string ?? "object") \(reference["name"]?.string ?? "")"
        }
        return nil
    }

    /// Whether Belay wrote it: by its fields, or, where nobody's are told, by the annotation. A copy that somebody made of a member
    /// has label and annotation too.
    static func wasWritten(_ live: Unstructured, reference: String, fieldManager: String) -> Bool {
        let all = managers(of: live)
        if all.contains(where: { $0.hasSameBytes(as: fieldManager) }) { return true }
        guard (live.metadata?["managedFields"]?.array ?? []).isEmpty else { return false }
        return live.annotation(Tracking.application)?.hasSameBytes(as: reference) ?? false
    }

    /// Whether Belay's own fields or annotation stand on it.
    static func isOurs(_ live: Unstructured, reference: String, fieldManager: String) -> Bool {
        if let application = live.annotation(Tracking.application), application.hasSameBytes(as: reference) { return true }
        return managers(of: live).contains { $0.hasSameBytes(as: fieldManager) }
    }

    /// The managers that apply; an object that came by a metadata-only list has them too.
    private static func managers(of live: Unstructured) -> [String] {
        (live.metadata?["managedFields"]?.array ?? []).compactMap { entry in
            entry["operation"]?.string == "Apply" ? entry["manager"]?.string : nil
        }
    }

    /// - Parameter except: marks in these fields do not count.
    private static func tool(_ live: Unstructured, except: FieldSet = FieldSet()) -> String? {
        func counts(_ place: String, _ key: String) -> Bool { !except.contains(FieldPath(fields: "metadata", place, key)) }
        for mark in marks {
            for key in mark.annotations {
                if let value = live.annotation(key), mark.counts(value), counts("annotations", key) { return mark.text(value, live) }
            }
            for key in mark.labels {
                if let value = live.label(key), mark.counts(value), counts("labels", key) { return mark.text(value, live) }
            }
        }
        for entry in live.metadata?["labels"]?.object ?? Object()
        where entry.key.hasPrefix("operators.coreos.com/") && counts("labels", entry.key) {
            return "OLM (\(entry.key.dropFirst("operators.coreos.com/".count)))"
        }
        // Argo CD's label tracking uses a label that charts set too; only with its field manager it is a mark.
        let instance = "app.kubernetes.io/instance"
        if let value = live.label(instance), allManagers(of: live).contains("argocd-controller"), counts("labels", instance) {
            return "Argo CD application \(value)"
        }
        return nil
    }

    private static func allManagers(of live: Unstructured) -> [String] {
        (live.metadata?["managedFields"]?.array ?? []).compactMap { $0["manager"]?.string }
    }

    private struct Mark: Sendable {
        var annotations: [String] = []
        var labels: [String] = []
        var counts: @Sendable (String) -> Bool = { !$0.isEmpty }
        var text: @Sendable (String, Unstructured) -> String
    }

    private static let marks: [Mark] = [
        Mark(annotations: ["argocd.argoproj.io/tracking-id"]) { value, _ in
            "Argo CD application \(value.prefix { $0 != ":" })"
        },
        Mark(labels: ["argocd.argoproj.io/instance"]) { value, _ in "Argo CD application \(value)" },
        Mark(labels: ["kustomize.toolkit.fluxcd.io/name"]) { value, live in
            "Flux Kustomization \(live.label("kustomize.toolkit.fluxcd.io/namespace") ?? "")/\(value)"
        },
        Mark(labels: ["helm.toolkit.fluxcd.io/name"]) { value, live in
            "Flux HelmRelease \(live.label("helm.toolkit.fluxcd.io/namespace") ?? "")/\(value)"
        },
        Mark(labels: ["fluxcd.controlplane.io/name", "resourceset.fluxcd.controlplane.io/name"]) { value, _ in "Flux Operator \(value)" },
        Mark(labels: ["fleet.cattle.io/bundle-name"]) { value, _ in "Rancher Fleet bundle \(value)" },
        Mark(annotations: ["meta.helm.sh/release-name"]) { value, live in
            "Helm release \(live.annotation("meta.helm.sh/release-namespace") ?? "")/\(value)"
        },
        Mark(labels: ["kapp.k14s.io/app"]) { value, _ in "kapp app \(value)" },
        Mark(annotations: ["configsync.gke.io/manager", "configsync.gke.io/resource-id"]) { value, _ in "Config Sync (\(value))" },
        Mark(annotations: ["configmanagement.gke.io/managed"], counts: { $0 == "enabled" }) { _, _ in "Config Sync" },
        Mark(annotations: ["config.k8s.io/owning-inventory"]) { value, _ in "the inventory \(value)" },
        Mark(annotations: ["objectset.rio.cattle.io/id"], labels: ["objectset.rio.cattle.io/hash"]) { value, live in
            "Rancher (\(live.annotation("objectset.rio.cattle.io/owner-name") ?? value))"
        },
        Mark(labels: ["olm.owner"]) { value, _ in "OLM (\(value))" },
        Mark(labels: ["olm.managed"], counts: { $0 == "true" }) { _, _ in "OLM" },
        Mark(labels: ["kluctl.io/discriminator"]) { value, _ in "kluctl (\(value))" },
        Mark(labels: ["addonmanager.kubernetes.io/mode"], counts: { $0 == "Reconcile" || $0 == "EnsureExists" }) { _, _ in
            "the cluster's addon manager"
        },
        Mark(labels: ["crossplane.io/composite"]) { value, _ in "Crossplane composite \(value)" },
        Mark(annotations: ["sveltos.projectsveltos.io/owner-name", "projectsveltos.io/owner-name"]) { value, _ in "Sveltos (\(value))" },
    ]
}
