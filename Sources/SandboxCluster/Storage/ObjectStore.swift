// The objects of the cluster with one revision counter, the events of the recent past, and those who watch them.

import StructuredData

/// Where an object is in its collection; ordered as etcd orders its keys.
struct StoreKey: Hashable, Comparable, Sendable {
    /// Empty for cluster-scoped kinds.
    var namespace: String
    var name: String

    static func == (left: StoreKey, right: StoreKey) -> Bool {
        left.name.hasSameBytes(as: right.name) && left.namespace.hasSameBytes(as: right.namespace)
    }

    static func < (left: StoreKey, right: StoreKey) -> Bool {
        if left.namespace.hasSameBytes(as: right.namespace) { return left.name.precedesByBytes(right.name) }
        // `a/x` sorts after `a-b/x`: the separator counts.
        return (left.namespace + "/").precedesByBytes(right.namespace + "/")
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(bytesOf: namespace)
        hasher.combine(bytesOf: name)
    }
}

/// A change of one object.
struct StoreEvent: Sendable {
    enum Kind: Sendable { case added, modified, deleted }
    var kind: Kind
    var revision: UInt64
    var collection: String
    var key: StoreKey
    /// The object after the change; for a deletion its last state, with the revision of the deletion.
    var value: Value
    /// The object before the change.
    var previous: Value?
}

struct ObjectStore: Sendable {
    private struct Collection: Sendable {
        var objects: [StoreKey: Value] = [:]
        var sortedKeys: [StoreKey]?
    }

    private(set) var revision: UInt64 = 1
    /// The newest revision that was forgotten: who watches from before it must list again.
    private(set) var compactedRevision: UInt64 = 0
    private var collections: [String: Collection] = [:]
    private(set) var events: [StoreEvent] = []
    private static let eventLimit = 20_000

    func object(_ collection: String, _ key: StoreKey) -> Value? { collections[collection]?.objects[key] }

    func count(_ collection: String) -> Int { collections[collection]?.objects.count ?? 0 }

    /// All objects of a collection, or of one namespace of it, by key.
    mutating func list(_ name: String, namespace: String?) -> [(key: StoreKey, value: Value)] {
        guard var collection = collections[name] else { return [] }
        let keys = collection.sortedKeys ?? collection.objects.keys.sorted()
        if collection.sortedKeys == nil {
            collection.sortedKeys = keys
            collections[name] = collection
        }
        var result: [(key: StoreKey, value: Value)] = []
        for key in keys where namespace.map({ key.namespace.hasSameBytes(as: $0) }) ?? true {
            if let value = collection.objects[key] { result.append((key, value)) }
        }
        return result
    }

    /// The same as it was at an earlier revision; nil when that is forgotten.
    mutating func list(_ name: String, namespace: String?, at revision: UInt64) -> [(key: StoreKey, value: Value)]? {
        guard let events = events(after: revision) else { return nil }
        var undone: [StoreKey: Value?] = [:]
        for event in events.reversed() where event.collection == name { undone[event.key] = .some(event.previous) }
        if undone.isEmpty { return list(name, namespace: namespace) }
        var result = list(name, namespace: namespace).filter { undone[$0.key] == nil }
        for (key, value) in undone where namespace.map({ key.namespace.hasSameBytes(as: $0) }) ?? true {
            if let value { result.append((key, value)) }
        }
        return result.sorted { $0.key < $1.key }
    }

    /// All objects of a collection in no order; cheaper than ``list(_:namespace:)``.
    func values(_ name: String) -> [StoreKey: Value] { collections[name]?.objects ?? [:] }

    var collectionNames: [String] { collections.keys.sorted() }

    /// Writes an object with the next revision as its resourceVersion.
    ///
    /// - Returns: the object as stored, and the event.
    mutating func put(_ collection: String, _ key: StoreKey, _ value: Value) -> StoreEvent {
        revision += 1
        var value = value
        value.set(.string(String(revision)), at: ["metadata", "resourceVersion"])
        let previous = collections[collection, default: Collection()].objects.updateValue(value, forKey: key)
        if previous == nil { collections[collection]?.sortedKeys = nil }
        return record(
            StoreEvent(
                kind: previous == nil ? .added : .modified, revision: revision, collection: collection, key: key, value: value,
                previous: previous))
    }

    /// nil when there is no such object.
    mutating func remove(_ collection: String, _ key: StoreKey) -> StoreEvent? {
        guard var last = collections[collection]?.objects.removeValue(forKey: key) else { return nil }
        collections[collection]?.sortedKeys = nil
        let previous = last
        revision += 1
        last.set(.string(String(revision)), at: ["metadata", "resourceVersion"])
        return record(
            StoreEvent(kind: .deleted, revision: revision, collection: collection, key: key, value: last, previous: previous))
    }

    private mutating func record(_ event: StoreEvent) -> StoreEvent {
        events.append(event)
        if events.count > ObjectStore.eventLimit {
            let dropped = ObjectStore.eventLimit / 4
            compactedRevision = events[dropped - 1].revision
            events.removeFirst(dropped)
        }
        return event
    }

    /// Forgets the past: watches and pages from before now get 410.
    mutating func compact() {
        compactedRevision = revision
        events = []
    }

    /// The events after `revision`, oldest first; nil when some of them were forgotten.
    func events(after since: UInt64) -> ArraySlice<StoreEvent>? {
        guard since >= compactedRevision else { return nil }
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].revision <= since { low = middle + 1 } else { high = middle }
        }
        return events[low...]
    }

    /// Restores what a snapshot holds. Only for an empty store.
    mutating func restore(_ objects: [(collection: String, key: StoreKey, value: Value)], revision: UInt64) {
        for object in objects { collections[object.collection, default: Collection()].objects[object.key] = object.value }
        self.revision = max(revision, 1)
        compactedRevision = self.revision
    }
}
