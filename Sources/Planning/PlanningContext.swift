// What all objects of one plan share: names, rules, and what is known of the cluster.

import KubernetesModel
import StructuredData

struct PlanningContext: Sendable {
    var application: Application
    var parentID: String
    var fieldManager: String
    var redaction: Redaction
    var options: Planner.Options
    var discovery: Discovery
    var claimedElsewhere: Set<ObjectKey>
    var namespaces: [String: ObservedState.NamespaceState]
    var desiredNamespaces: Set<String> = []
    /// CustomResourceDefinitions of this plan, by the kind they define.
    var definitions: [GroupKind: DesiredObject] = [:]
    /// Kinds whose definition this plan may change.
    var changingKinds: Set<GroupKind> = []
    var autoscaled: Set<ObjectKey>

    init(
        desired: DesiredState, observed: ObservedState, claimedElsewhere: Set<ObjectKey>, redactionKey: [UInt8], options: Planner.Options
    ) {
        application = desired.application
        parentID = options.parentID ?? ApplySet.id(of: desired.application)
        fieldManager = FieldManager.name(for: desired.application)
        redaction = Redaction(key: redactionKey, secretTexts: desired.secretTexts)
        self.options = options
        discovery = observed.discovery
        self.claimedElsewhere = claimedElsewhere
        namespaces = observed.namespaces
        autoscaled = observed.autoscaled
        for object in desired.objects {
            if let target = Autoscalers.target(of: object.object) { autoscaled.insert(target) }
            if object.key.groupKind == .namespace { desiredNamespaces.insert(object.key.name) }
            if object.key.groupKind == .customResourceDefinition, let kind = Self.definedKind(object.object) {
                definitions[kind] = object
            }
        }
    }

    /// Whether the object carries the label of this set, under its present id or a former one.
    func isMember(_ live: Unstructured) -> Bool {
        guard let label = live.label(Tracking.partOf) else { return false }
        return label.hasSameBytes(as: parentID) || options.formerIDs.contains { $0.hasSameBytes(as: label) }
    }

    static func definedKind(_ definition: Unstructured) -> GroupKind? {
        guard let group = definition.value.at("spec", "group")?.string, let kind = definition.value.at("spec", "names", "kind")?.string
        else { return nil }
        return GroupKind(group: group, kind: kind)
    }

    /// The resource of a kind: as the cluster serves it, else as a definition of this plan will make it served.
    func resource(of kind: GroupVersionKind) -> APIResource? {
        if let served = discovery[kind] { return served }
        guard let definition = definitions[kind.groupKind]?.object.value,
            let plural = definition.at("spec", "names", "plural")?.string, !plural.isEmpty,
            (definition.at("spec", "versions")?.array ?? []).contains(where: {
                $0["name"]?.string?.hasSameBytes(as: kind.version) ?? false && $0["served"]?.bool != false
            })
        else { return nil }
        return APIResource(groupVersionKind: kind, resource: plural, namespaced: definition.at("spec", "scope")?.string != "Cluster")
    }

    func isServed(_ kind: GroupVersionKind) -> Bool { discovery[kind] != nil }

    /// Versions that managedFields of `live` name and the server no longer serves.
    func droppedVersions(_ entries: [ManagedFieldsEntry], of kind: GroupVersionKind) -> Set<String> {
        guard !discovery.incompleteGroups.contains(kind.group), isServed(kind) else { return [] }
        var dropped: Set<String> = []
        for entry in entries where !entry.apiVersion.hasSameBytes(as: kind.apiVersion) {
            guard let old = GroupVersionKind(apiVersion: entry.apiVersion, kind: kind.kind), old.group == kind.group else { continue }
            if discovery[old] == nil { dropped.insert(entry.apiVersion) }
        }
        return dropped
    }

    /// Versions that managedFields of `live` name and that the kind's definition in this plan no longer has: by the time the object
    /// is written the server cannot convert them any more, and answers 500 to every apply [measured on 1.36.2].
    func leavingVersions(_ entries: [ManagedFieldsEntry], of kind: GroupVersionKind) -> Set<String> {
        guard changingKinds.contains(kind.groupKind), let versions = definitions[kind.groupKind]?.object.value.at("spec", "versions")?.array
        else { return [] }
        let staying = versions.compactMap { $0["name"]?.string }.map { "\(kind.group)/\($0)" }
        return Set(entries.map(\.apiVersion)).filter { version in
            GroupVersionKind(apiVersion: version, kind: kind.kind)?.group == kind.group
                && !staying.contains { $0.hasSameBytes(as: version) }
        }
    }

    /// Whether the entry's fields are ours to take: hands, and updates (not applies) under our own name.
    func absorbs(_ entry: ManagedFieldsEntry, predecessor: String?) -> Bool {
        if options.hands.hold(entry) { return true }
        if let predecessor, entry.operation == .apply, entry.manager.hasSameBytes(as: predecessor) { return true }
        return entry.operation == .update && (entry.subresource ?? "").isEmpty && entry.manager.hasSameBytes(as: fieldManager)
    }

    func shown(_ difference: Difference, live: [ManagedFieldsEntry], subject: Subject) -> FieldChange {
        let desired = subject.desired
        var change = FieldChange(
            path: redaction.shown(difference.path, of: desired, former: subject.formerSecrets),
            from: difference.from.map { redaction.shown($0, at: difference.path, of: desired, former: subject.formerSecrets) },
            to: difference.to.map { redaction.shown($0, at: difference.path, of: desired) })
        if difference.from == nil {
            change.writer = nil
        } else {
            change.writer = Writer.find(difference.path, in: live, except: fieldManager)
        }
        if difference.to != nil, let document = subject.desired.document, document.value.value(at: difference.path, lenient: true) != nil {
            change.location = document.location(of: difference.path)
        }
        return change
    }
}
