// The members in the cluster as one identity may see them: digests kept current by watches, for whoever plans and for whoever waits.

import ControllerRuntime
import HealthAssessment
import KubernetesClient
import KubernetesModel
import Planning

/// Follows the labelled objects of every kind in use, one watch for each kind and scope.
actor LiveCache {
    /// One kind in one version, everywhere or in one namespace.
    struct Scope: Hashable, Sendable {
        var resource: APIResource
        var namespace: String?
    }

    /// What is known of one live member.
    struct Member: Sendable {
        var summary: MemberSummary
        var health: HealthVerdict
    }

    /// Something happened to a member.
    struct Change: Sendable {
        var key: ObjectKey
        /// The value of its label before.
        var oldID: String?
        var newID: String?
        /// nil: it is gone, or has lost its label.
        var member: Member?
        var healthChanged: Bool
    }

    private struct Table {
        var members: [ObjectKey: Member] = [:]
        var isListed = false
        var failure: ClientError?
        /// Since when it is not asked for any more, because it was refused and its namespaces are followed instead.
        var refusedAt: Duration?
        /// While a LIST is under way: what it had so far.
        var seen: Set<ObjectKey>?
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// How many members that are not being deleted each namespace has.
        private(set) var residents: [String: Int] = [:]

        mutating func count(_ key: ObjectKey, from old: Member?, to new: Member?) {
            func lives(_ member: Member?) -> Int { member.map { $0.summary.isTerminating ? 0 : 1 } ?? 0 }
            guard let namespace = key.namespace, case let change = lives(new) - lives(old), change != 0 else { return }
            let number = residents[namespace, default: 0] + change
            residents[namespace] = number > 0 ? number : nil
        }
    }

    private let client: KubernetesClient
    private let key: [UInt8]
    private let rules: @Sendable (String) async -> [Application.HealthRule]
    private let changed: @Sendable (Change) async -> Void
    private let kindIsGone: @Sendable () async -> Void
    private let time: WorkTime
    private var tables: [Scope: Table] = [:]
    private var tasks: [Scope: Task<Void, Never>] = [:]
    /// Where to look for the members of one set.
    private var sets: [String: Set<ObjectKey>] = [:]
    private var scopes: [GroupKind: [Scope]] = [:]
    private var isStopped = false
    /// Counts what happened to members, and by set id what happened last.
    private var happened = 0
    private var lastChange: [String: Int] = [:]
    /// Those that wait for the next thing that happens to a set.
    private var watchers: [String: [Int: CheckedContinuation<Bool, Never>]] = [:]
    private var watcherCount = 0

    /// - Parameters:
    ///   - key: for the digests of secret values.
    ///   - rules: what the Application with this set id says of kinds without a rule of ours.
    ///   - changed: told of every change that a watch or a repeated LIST shows, one after the other for each scope.
    ///   - kindIsGone: told when the server says that it does not serve a kind.
    init(
        client: KubernetesClient, key: [UInt8], rules: @escaping @Sendable (String) async -> [Application.HealthRule],
        changed: @escaping @Sendable (Change) async -> Void, kindIsGone: @escaping @Sendable () async -> Void, time: WorkTime = .system
    ) {
        self.client = client
        self.key = key
        self.rules = rules
        self.changed = changed
        self.kindIsGone = kindIsGone
        self.time = time
    }

    /// What was refused everywhere is asked for again after this time: rights may have come.
    private static let refusalStands = Duration.seconds(3600)

    /// Begins to follow what is not followed yet, asks again at once for a kind that was gone, and waits until each was listed or refused.
    /// - Returns: what could not be had, with the reason.
    func follow(_ scopes: Set<Scope>) async -> [Scope: ClientError] {
        for scope in scopes {
            if tables[scope] == nil {
                tables[scope] = Table()
                self.scopes[scope.resource.groupVersionKind.groupKind, default: []].append(scope)
                begin(scope)
            } else if isAskedAgain(scope) {
                tasks[scope]?.cancel()
                tables[scope]?.failure = nil
                tables[scope]?.refusedAt = nil
                tables[scope]?.isListed = false
                begin(scope)
            }
        }
        for scope in scopes {
            guard let table = tables[scope], !table.isListed, table.failure == nil, !isStopped else { continue }
            await withCheckedContinuation { tables[scope, default: Table()].waiting.append($0) }
        }
        return scopes.reduce(into: [:]) { failures, scope in
            if let failure = tables[scope]?.failure {
                failures[scope] = failure
            } else if tables[scope]?.isListed != true {
                failures[scope] = ClientError(code: .timeout, message: "the controller is stopping")
            }
        }
    }

    /// Judges the members of a set anew, by rules that have changed meanwhile: the kinds of those members are listed again. Returns once they
    /// were.
    func reassess(_ id: String) async {
        var affected: Set<Scope> = []
        for key in sets[id] ?? [] {
            affected.formUnion((scopes[key.groupKind] ?? []).filter { tables[$0]?.members[key]?.summary.partOf == id })
        }
        for scope in affected {
            guard let task = tasks[scope], tables[scope]?.failure == nil else { continue }
            tables[scope]?.isListed = false
            task.cancel()
            // What it was told last must not come after what the next one is told.
            await task.value
            if tasks[scope] == task { begin(scope) }
        }
        _ = await follow(affected)
    }

    private func isAskedAgain(_ scope: Scope) -> Bool {
        guard let table = tables[scope] else { return false }
        if let refusedAt = table.refusedAt { return time.now() - refusedAt >= LiveCache.refusalStands }
        // A definition may be there by now, and the reflector pauses for up to a minute.
        return table.failure?.code == .notFound || table.failure?.code == .kindNotServed
    }

    /// The members of sets with one of these ids, of any kind that is followed.
    /// - Parameter versions: in which version an object is wanted that is followed in several.
    func members(of ids: Set<String>, versions: [ObjectKey: GroupVersionKind] = [:]) -> [ObjectKey: Member] {
        var found: [ObjectKey: Member] = [:]
        for id in ids {
            for key in sets[id] ?? [] {
                for scope in scopes[key.groupKind] ?? [] {
                    guard let member = tables[scope]?.members[key], member.summary.partOf == id else { continue }
                    if found[key] != nil, let wanted = versions[key], member.summary.apiVersion != wanted.apiVersion { continue }
                    found[key] = member
                }
            }
        }
        return found
    }

    /// Those of the keys that are known not to be there: every object of their kind and namespace that has the label of any set is followed.
    func missing(of keys: Set<ObjectKey>) -> Set<ObjectKey> {
        keys.filter { key in
            let places = (scopes[key.groupKind] ?? []).filter { $0.namespace == nil || $0.namespace == key.namespace }
            let isFollowed = places.contains { tables[$0]?.isListed == true && tables[$0]?.failure == nil }
            return isFollowed && places.allSatisfy { tables[$0]?.members[key] == nil }
        }
    }

    /// Those of these namespaces that have members of any Application, not all of them being deleted.
    func inhabited(of namespaces: Set<String>) -> Set<String> {
        namespaces.filter { namespace in
            // What was known of a kind that cannot be watched any more may be over.
            tables.values.contains { $0.failure == nil && $0.residents[namespace] != nil }
        }
    }

    /// Of this moment, for ``change(of:since:within:)``: taken before what is waited on is looked at.
    var mark: Int { happened }

    /// Waits until something has happened to a member of the set since the mark, at most so long; ends early when the task is cancelled.
    /// - Returns: whether something has happened.
    func change(of id: String, since mark: Int, within pause: Duration) async -> Bool {
        if lastChange[id, default: 0] > mark { return true }
        watcherCount += 1
        let number = watcherCount
        let timer = Task {
            await time.sleep(pause)
            end(number, of: id)
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if isStopped || Task.isCancelled {
                    continuation.resume(returning: false)
                } else {
                    watchers[id, default: [:]][number] = continuation
                }
            }
        } onCancel: {
            timer.cancel()
        }
    }

    private func end(_ number: Int, of id: String) {
        watchers[id]?.removeValue(forKey: number)?.resume(returning: false)
        if watchers[id]?.isEmpty ?? false { watchers[id] = nil }
    }

    /// Wakes those that wait for this set.
    private func note(_ id: String) {
        happened += 1
        lastChange[id] = sets[id] == nil ? nil : happened
        for watcher in (watchers.removeValue(forKey: id) ?? [:]).values { watcher.resume(returning: true) }
    }

    /// The scopes that are followed.
    var followed: Set<Scope> { Set(tables.keys) }

    /// How many members are known.
    var count: Int { tables.values.reduce(0) { $0 + $1.members.count } }

    /// Ends all watches.
    func stop() async {
        isStopped = true
        let running = Array(tasks.values)
        for task in running { task.cancel() }
        for scope in tables.keys { wake(scope) }
        for watcher in watchers.values.flatMap(\.values) { watcher.resume(returning: false) }
        watchers = [:]
        for task in running { await task.value }
    }

    private func begin(_ scope: Scope) {
        guard !isStopped else { return }
        let reflector = Reflector(
            client: client,
            scope: .init(resource: scope.resource, namespace: scope.namespace, labelSelector: Tracking.partOf))
        // Ends in `stop`.
        tasks[scope] = Task { await reflector.run { await self.take($0, scope) } }
    }

    private func take(_ event: Reflector.Event, _ scope: Scope) async {
        switch event {
        case .relisting: tables[scope]?.seen = []
        case .page(let objects):
            for object in objects { await put(object, scope) }
        case .listed:
            let seen = tables[scope]?.seen ?? []
            tables[scope]?.seen = nil
            for key in tables[scope]?.members.keys.filter({ !seen.contains($0) }) ?? [] { await drop(key, scope) }
            tables[scope]?.isListed = true
            tables[scope]?.failure = nil
            wake(scope)
        case .changed(let event):
            switch event.kind {
            case .added, .modified: await put(event.object, scope)
            case .deleted: if let key = event.object.key { await drop(key, scope) }
            case .bookmark: break
            }
        case .recovered: tables[scope]?.failure = nil
        case .failing(let error, _):
            tables[scope]?.failure = error
            // Its namespaces are followed instead, and nothing is asked for ever that is always refused.
            if error.code == .forbidden, scope.namespace == nil, scope.resource.namespaced, tables[scope]?.isListed == false {
                tables[scope]?.refusedAt = time.now()
                tasks[scope]?.cancel()
            }
            wake(scope)
            if error.code == .kindNotServed || error.code == .notFound { await kindIsGone() }
        }
    }

    private func put(_ object: Unstructured, _ scope: Scope) async {
        guard let key = object.key else { return }
        guard let summary = MemberSummary(object, key: self.key) else { return await drop(key, scope) }
        let health = assess(object, rules: await rules(summary.partOf))
        tables[scope]?.seen?.insert(key)
        let old = tables[scope]?.members[key]
        if old?.summary == summary, old?.health == health { return }
        let member = Member(summary: summary, health: health)
        tables[scope]?.members[key] = member
        tables[scope]?.count(key, from: old, to: member)
        if let id = old?.summary.partOf, id != summary.partOf { leave(key, id) }
        sets[summary.partOf, default: []].insert(key)
        note(summary.partOf)
        await changed(
            Change(
                key: key, oldID: old?.summary.partOf, newID: summary.partOf, member: member,
                healthChanged: old?.health != health))
    }

    private func drop(_ key: ObjectKey, _ scope: Scope) async {
        guard let old = tables[scope]?.members.removeValue(forKey: key) else { return }
        tables[scope]?.count(key, from: old, to: nil)
        leave(key, old.summary.partOf)
        await changed(Change(key: key, oldID: old.summary.partOf, newID: nil, member: nil, healthChanged: true))
    }

    /// Takes the object out of a set, unless another version of it is still there.
    private func leave(_ key: ObjectKey, _ id: String) {
        let isThere = (scopes[key.groupKind] ?? []).contains { tables[$0]?.members[key]?.summary.partOf == id }
        if !isThere {
            sets[id]?.remove(key)
            if sets[id]?.isEmpty ?? false { sets[id] = nil }
        }
        note(id)
    }

    private func wake(_ scope: Scope) {
        let waiting = tables[scope]?.waiting ?? []
        tables[scope]?.waiting = []
        for waiter in waiting { waiter.resume() }
    }
}
