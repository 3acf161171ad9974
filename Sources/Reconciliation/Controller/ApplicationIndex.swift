// All Applications of the cluster as the watch tells of them.

import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

/// One Application as it is in the cluster.
struct KnownApplication: Sendable {
    /// Without managedFields.
    var resource: Unstructured
    var application: Result<Application, ApplicationError>
    /// Which program wrote it last, of those that are not this controller.
    var writer = "unknown (the API keeps no record)"
    /// When the controller saw it first.
    var since = Duration.zero

    var uid: String { resource.uid ?? "" }
    var status: Value { resource.value["status"] ?? .object(Object()) }
    /// The wish of `belay sync`, as long as the status can repeat it; nil: none.
    var request: String? { resource.annotation(ApplicationIndex.requestedAt).map { ApplicationStatus.short($0, 1024) } }
    /// The commit that the wish is for, by its id or the first digits of it; nil: whatever is newest.
    /// It stands beside the wish with the wish's own text, so that it does not outlive it. Without such a text it is for every wish.
    var requestedCommit: String? {
        guard let request, let text = resource.annotation(ApplicationIndex.requestedRevision) else { return nil }
        let words = text.split(separator: " ", maxSplits: 1)
        if words.count == 2, !request.hasSameBytes(as: ApplicationStatus.short(String(words[1]), 1024)) { return nil }
        return words.first?.lowercased() ?? ""
    }
    /// Whether nobody has asked for anything else since: neither by the spec nor by a wish or an approval.
    func asksTheSame(as earlier: KnownApplication) -> Bool {
        resource.generation == earlier.resource.generation && request == earlier.request && approval == earlier.approval
    }

    var approval: String? { resource.annotation(ApplicationIndex.approvePlan) }
}

/// Applications by reference and by the ids of their sets.
actor ApplicationIndex {
    static let requestedAt = "reconcile.belay.dev/requestedAt"
    /// `COMMIT REQUESTED-AT`
    static let requestedRevision = "reconcile.belay.dev/requestedRevision"
    static let approvePlan = "belay.dev/approve-plan"

    private let time: WorkTime
    private var known: [String: KnownApplication] = [:]
    private var sets: [String: String] = [:]
    /// Those that wait for an Application, by its reference.
    private var waiting: [String: Set<String>] = [:]
    /// Those that the LIST which goes on has told of; nil: none goes on.
    private var seen: Set<String>?

    init(time: WorkTime = .system) { self.time = time }

    subscript(reference: String) -> KnownApplication? { known[reference] }

    var references: [String] { known.keys.sorted { $0.precedesByBytes($1) } }

    /// Those whose spec can be read, in no order.
    var applications: [Application] { known.values.compactMap { try? $0.application.get() } }

    /// The Application whose members carry this id.
    func application(ofSet id: String) -> String? { sets[id] }

    /// What the Application says of kinds without a rule of ours.
    func rules(ofSet id: String) -> [Application.HealthRule] {
        guard let reference = sets[id], case .success(let application)? = known[reference]?.application else { return [] }
        return application.health.rules
    }

    /// Those that wait for this one, in no order.
    func dependents(of reference: String) -> Set<String> { waiting[reference] ?? [] }

    /// The others of the circles of waiting that this one is in.
    func circle(through reference: String) -> Set<String> {
        let before = reached(from: dependencies(of: reference), by: dependencies)
        guard before.contains(reference) else { return [] }
        return before.intersection(reached(from: [reference]) { Array(waiting[$0] ?? []) }).subtracting([reference])
    }

    /// A way from the Application over what it waits for back to itself; nil: there is none.
    func circle(from reference: String) -> [String]? {
        var open = [[reference]]
        var seen: Set<String> = []
        while let way = open.popLast() {
            for name in way.last.map(dependencies) ?? [] {
                if name == reference { return way + [name] }
                if seen.insert(name).inserted { open.append(way + [name]) }
            }
        }
        return nil
    }

    private func dependencies(of reference: String) -> [String] { ApplicationIndex.dependencies(of: known[reference]?.application) }

    private static func dependencies(of application: Result<Application, ApplicationError>?) -> [String] {
        guard case .success(let application)? = application else { return [] }
        return application.dependsOn.map(\.reference)
    }

    private func reached(from first: [String], by next: (String) -> [String]) -> Set<String> {
        var seen = Set(first)
        var open = first
        while let name = open.popLast() {
            for other in next(name) where seen.insert(other).inserted { open.append(other) }
        }
        return seen
    }

    /// The runs that Applications are pinned to.
    var pinnedRuns: Set<String> {
        Set(
            known.values.compactMap { entry in
                if case .success(let application) = entry.application { application.pin?.run } else { nil }
            })
    }

    /// A LIST begins.
    func relist() { seen = [] }

    /// A page of the LIST has it.
    func saw(_ reference: String) { seen?.insert(reference) }

    /// The LIST is complete.
    /// - Returns: the Applications that it did not have, by name.
    func endList() -> [String] {
        defer { seen = nil }
        guard let seen else { return [] }
        return references.filter { !seen.contains($0) }
    }

    /// Takes up what the watch told.
    /// - Returns: why the Application is to be looked at; empty where nothing of it concerns us.
    func put(_ object: Unstructured) -> Set<WorkReason> {
        guard let reference = ApplicationIndex.reference(of: object) else { return [] }
        var object = object
        let writer = object.managedFields.filter { $0.manager != ParentStore.fieldManager }.max { ($0.time ?? "") < ($1.time ?? "") }
        object.value.set(nil, at: ["metadata", "managedFields"])
        let old = known[reference]
        if let old, !old.resource.isOlder(than: object), old.uid == object.uid { return [] }
        let isSameSpec = old.map { $0.uid == object.uid && $0.resource.generation == object.generation } ?? false
        let application: Result<Application, ApplicationError>
        if let old, isSameSpec { application = old.application } else { application = ApplicationIndex.parse(object, reference) }
        var entry = KnownApplication(resource: object, application: application)
        if let writer { entry.writer = writer.manager }
        entry.since = old.flatMap { $0.uid == object.uid ? $0.since : nil } ?? time.now()
        known[reference] = entry
        if !isSameSpec { wait(reference, from: old?.application, to: application) }
        guard let old else {
            index(object, reference)
            return [.start]
        }
        var reasons: Set<WorkReason> = []
        if !isSameSpec || object.isTerminating != old.resource.isTerminating { reasons.insert(.spec) }
        if let request = entry.request, request != old.request { reasons.insert(.request) }
        if let approval = entry.approval, approval != old.approval { reasons.insert(.approval) }
        return reasons
    }

    func drop(_ reference: String) {
        guard let old = known.removeValue(forKey: reference) else { return }
        wait(reference, from: old.application, to: nil)
        sets = sets.filter { $0.value != reference }
    }

    private func wait(
        _ reference: String, from old: Result<Application, ApplicationError>?, to new: Result<Application, ApplicationError>?
    ) {
        for name in ApplicationIndex.dependencies(of: old) {
            waiting[name]?.remove(reference)
            if waiting[name]?.isEmpty ?? false { waiting[name] = nil }
        }
        for name in ApplicationIndex.dependencies(of: new) { waiting[name, default: []].insert(reference) }
    }

    static func reference(of object: Unstructured) -> String? {
        object.name.isEmpty ? nil : object.namespace.map { "\($0)/\(object.name)" }
    }

    private func index(_ object: Unstructured, _ reference: String) {
        let namespace = object.namespace ?? ""
        let stub = Application(
            namespace: namespace, name: object.name, source: .init(repoURL: ""), destination: .init(namespace: namespace))
        sets[ApplySet.id(ofResource: stub)] = reference
        sets[ApplySet.id(of: stub)] = reference
    }

    private static func parse(_ object: Unstructured, _ reference: String) -> Result<Application, ApplicationError> {
        let document = YAMLDocument(
            value: object.value, location: SourceLocation(file: "Application \(reference)"), locations: NodeLocations())
        do throws(ApplicationError) {
            return .success(try Application.parse(document))
        } catch {
            return .failure(error)
        }
    }
}

extension Unstructured {
    /// Whether another state of the same object came later. What cannot be compared counts as older.
    fileprivate func isOlder(than other: Unstructured) -> Bool {
        guard let own = resourceVersion.flatMap({ UInt64($0) }), let others = other.resourceVersion.flatMap({ UInt64($0) }) else {
            return true
        }
        return own < others
    }
}
