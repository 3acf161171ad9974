// What the controllers keep between their rounds: what to look at, when to come again, who owns whom.

import StructuredData

/// One object of one collection.
struct ObjectPlace: Hashable, Sendable {
    var collection: String
    var key: StoreKey
}

struct ControllerState: Sendable {
    /// Objects to look at, each once, in the order of the first reason.
    private var queue: [ObjectPlace] = []
    private var queued: Set<ObjectPlace> = []
    /// Objects to look at again, with the time in microseconds.
    private var timers: [ObjectPlace: Int64] = [:]
    private var places: [String: ObjectPlace] = [:]
    private var dependents: [String: Set<ObjectPlace>] = [:]
    private var nextPodAddress = 2
    private var nextBalancerAddress = 1

    mutating func enqueue(_ place: ObjectPlace) {
        if queued.insert(place).inserted { queue.append(place) }
    }

    mutating func next() -> ObjectPlace? {
        guard !queue.isEmpty else { return nil }
        let place = queue.removeFirst()
        queued.remove(place)
        return place
    }

    /// Looks at `place` again at `time`, or sooner where that was asked before.
    mutating func enqueue(_ place: ObjectPlace, at time: Int64) {
        timers[place] = min(timers[place] ?? .max, time)
    }

    /// Queues what is due, and tells when the next is.
    mutating func advance(to now: Int64) -> Int64? {
        for (place, time) in timers.sorted(by: { $0.value < $1.value }) where time <= now {
            timers[place] = nil
            enqueue(place)
        }
        return timers.values.min()
    }

    // MARK: Owners

    mutating func note(_ event: StoreEvent) {
        let place = ObjectPlace(collection: event.collection, key: event.key)
        for uid in ControllerState.owners(event.previous) { dependents[uid]?.remove(place) }
        guard let uid = event.value.at("metadata", "uid")?.string else { return }
        if event.kind == .deleted {
            places[uid] = nil
            timers[place] = nil
            return
        }
        places[uid] = place
        for owner in ControllerState.owners(event.value) { dependents[owner, default: []].insert(place) }
    }

    private static func owners(_ value: Value?) -> [String] {
        (value?.at("metadata", "ownerReferences")?.array ?? []).compactMap { $0["uid"]?.string }
    }

    func place(of uid: String) -> ObjectPlace? { places[uid] }

    /// What has an owner reference to `uid`, by key.
    func dependents(of uid: String) -> [ObjectPlace] {
        (dependents[uid] ?? []).sorted { $0.collection == $1.collection ? $0.key < $1.key : $0.collection < $1.collection }
    }

    // MARK: Addresses

    mutating func podAddress() -> String {
        defer { nextPodAddress += 1 }
        return "10.244.\(nextPodAddress / 250 % 250).\(nextPodAddress % 250 + 2)"
    }

    /// From the block that is reserved for documentation.
    mutating func balancerAddress() -> String {
        defer { nextBalancerAddress += 1 }
        return "192.0.2.\((nextBalancerAddress - 1) % 253 + 1)"
    }
}
