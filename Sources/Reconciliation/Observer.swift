// Reads the live side of one Application (architecture section 5, steps 1 to 3): no more than the plan of reads says.

import Applying
import KubernetesClient
import KubernetesModel
import Planning
import StructuredData

struct Observer: Sendable {

    let client: KubernetesClient
    let concurrency: Int
    /// Whether it is known already that an object is not there.
    var isAbsent: @Sendable (ObjectKey, APIResource) async -> Bool = { _, _ in false }

    /// What one LIST told.
    private enum Listed: Sendable {
        case items([Unstructured])
        case unlisted(ObservedState.UnlistedScope, mayGet: Bool)
    }

    /// The objects that carry the set's label, and what could not be listed.
    struct Members: Sendable {
        var objects: [ObjectKey: Unstructured] = [:]
        var unlisted: [ObservedState.UnlistedScope] = []
        /// Of `unlisted`: those that are forbidden to list but may be read one by one.
        var readable: Set<ObservedState.UnlistedScope> = []
    }

    /// L: every member, by one LIST for each kind, scope and page.
    /// - Throws: ``ClientError`` where the server cannot be reached; a list that is refused is named in the answer.
    func members(_ plan: ReadPlan, parentID: String, desired: [DesiredObject], namespaces: Set<String>) async throws -> Members {
        var members = Members()
        members.unlisted = plan.unlisted
        let selector = "\(Tracking.partOf)=\(parentID)"
        var answers = try await mapConcurrently(plan.lists, limit: concurrency) { try await list($0, selector) }
        // Who may read some namespaces only is refused a cluster-wide list: those namespaces are asked one by one.
        var again: [ListScope] = []
        for (index, scope) in plan.lists.enumerated() {
            guard case .unlisted(_, mayGet: true) = answers[index], scope.resource.namespaced, scope.namespace == nil else { continue }
            answers[index] = .items([])
            again += namespaces.sorted { $0.precedesByBytes($1) }.map { ListScope(resource: scope.resource, namespace: $0) }
        }
        answers += try await mapConcurrently(again, limit: concurrency) { try await list($0, selector) }

        let versions = Dictionary(desired.map { ($0.key, $0.groupVersionKind) }) { first, _ in first }
        for answer in answers {
            switch answer {
            case .unlisted(let scope, let mayGet):
                members.unlisted.append(scope)
                if mayGet { members.readable.insert(scope) }
            case .items(let items):
                for item in items {
                    guard let key = item.key else { continue }
                    // A kind that Git uses in two versions is listed in both: each object counts in its own.
                    if let wanted = versions[key], members.objects[key] != nil, item.groupVersionKind != wanted { continue }
                    members.objects[key] = item
                }
            }
        }
        return members
    }

    private func list(_ scope: ListScope, _ selector: String) async throws -> Listed {
        let kind = scope.resource.groupVersionKind.groupKind
        do {
            return .items(try await client.list(scope.resource, namespace: scope.namespace, labelSelector: selector).items)
        } catch let error as ClientError {
            let unlisted = ObservedState.UnlistedScope(groupKind: kind, namespace: scope.namespace, reason: error.message)
            switch error.code {
            case .forbidden: return .unlisted(unlisted, mayGet: true)
            case .notFound, .kindNotServed, .unavailable, .permanent, .malformedResponse, .badRequest, .namespaceTerminating:
                return .unlisted(unlisted, mayGet: false)
            default: throw error
            }
        }
    }

    /// What exists of desired objects that are not among the members.
    func existence(of objects: [DesiredObject], discovery: Discovery, unlisted: Members) async throws -> [ObjectKey: ObservedState
        .Existence]
    {
        var found: [ObjectKey: ObservedState.Existence] = [:]
        var open: [DesiredObject] = []
        for object in objects {
            if discovery[object.groupVersionKind] == nil {
                let reason =
                    discovery.incompleteGroups.contains(object.key.group)
                    ? "the API group \(object.key.group) does not answer" : "the API server does not serve \(object.groupVersionKind)"
                found[object.key] = .unknown(reason)
            } else if let scope = unlisted.unlisted.first(where: { $0.covers(object.key) }), !unlisted.readable.contains(scope) {
                found[object.key] = .unknown(scope.reason)
            } else {
                open.append(object)
            }
        }
        let questions = ExistenceQuestion.questions(for: open, discovery: discovery) { kind, namespace in
            !unlisted.unlisted.contains { $0.groupKind == kind && ($0.namespace == nil || $0.namespace == namespace) }
        }
        var gets: [(DesiredObject, APIResource)] = []
        for question in questions {
            if case .get(let objects, let resource) = question { gets += objects.map { ($0, resource) } }
        }
        let lists = questions.compactMap { question in
            if case .list(let objects, let resource, let namespace) = question { (objects, resource, namespace) } else { nil }
        }
        let present = try await mapConcurrently(lists, limit: concurrency) { objects, resource, namespace in
            try await names(resource, namespace: namespace)
        }
        for ((objects, resource, _), names) in zip(lists, present) {
            for object in objects {
                if let names, !names.contains(object.key) { found[object.key] = .absent } else { gets.append((object, resource)) }
            }
        }
        let answers = try await mapConcurrently(gets, limit: concurrency) { object, resource in try await existence(object.key, resource) }
        for ((object, _), answer) in zip(gets, answers) { found[object.key] = answer }
        return found
    }

    /// The names that exist, by a metadata-only LIST; nil where that is refused.
    private func names(_ resource: APIResource, namespace: String?) async throws -> Set<ObjectKey>? {
        do {
            let items = try await client.list(resource, namespace: namespace, metadataOnly: true).items
            let kind = resource.groupVersionKind.groupKind
            return Set(items.map { ObjectKey(groupKind: kind, namespace: resource.namespaced ? $0.namespace : nil, name: $0.name) })
        } catch let error as ClientError where error.code == .forbidden {
            return nil
        }
    }

    private func existence(_ key: ObjectKey, _ resource: APIResource) async throws -> ObservedState.Existence {
        if await isAbsent(key, resource) { return .absent }
        return try await read(key, resource)
    }

    /// One GET.
    /// - Throws: ``ClientError`` where the server cannot be asked; what it refuses is unknown.
    func read(_ key: ObjectKey, _ resource: APIResource) async throws -> ObservedState.Existence {
        do {
            guard let object = try await client.get(resource, namespace: key.namespace, name: key.name) else { return .absent }
            return .present(object)
        } catch let error as ClientError {
            switch error.code {
            case .unreachable, .timeout, .unauthorized, .configuration, .tooManyRequests: throw error
            default: return .unknown(error.messageOfIt)
            }
        }
    }

    /// The state of namespaces, one GET each.
    func namespaces(_ names: [String], discovery: Discovery) async throws -> [String: ObservedState.NamespaceState] {
        guard let resource = discovery[.namespace] else { return [:] }
        let states = try await mapConcurrently(names, limit: concurrency) { name -> ObservedState.NamespaceState in
            switch try await existence(ObjectKey(groupKind: resource.groupVersionKind.groupKind, namespace: nil, name: name), resource) {
            case .absent: return .missing
            case .present(let object): return Observer.state(of: object)
            case .unknown: return .unknown
            }
        }
        return Dictionary(zip(names, states)) { first, _ in first }
    }

    static func state(of namespace: Unstructured) -> ObservedState.NamespaceState {
        namespace.isTerminating || namespace.value.at("status", "phase")?.string == "Terminating" ? .terminating : .active
    }
}

extension ObservedState.UnlistedScope {
    /// Whether an object of this key would have been in the list that could not be had.
    func covers(_ key: ObjectKey) -> Bool { groupKind == key.groupKind && (namespace == nil || namespace == key.namespace) }
}
