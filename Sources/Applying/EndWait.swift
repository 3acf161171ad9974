// Waits until deleted objects are gone: when all that can be done without that is done, so that one that stays holds up nothing else.

import KubernetesClient
package import KubernetesModel
import Planning
import StructuredData

/// An object that is being deleted, and that a row waits for.
package struct EndingObject: Sendable, Equatable {
    package var key: ObjectKey
    package var uid: String
    var resource: APIResource
    /// `still terminating, held by the finalizers a, b`.
    package var state: String
    /// The finalizers that keep it.
    package var holders: [String]

    init(_ live: Unstructured, key: ObjectKey, uid: String, resource: APIResource) {
        self.key = key
        self.uid = uid
        self.resource = resource
        state = Removal.whatHolds(live)
        holders = live.isTerminating ? Removal.holders(of: live) : []
    }

    /// `ConfigMap shop/web to be gone (held by the finalizer a)`.
    package var words: String {
        "\(key) to be gone"
            + (holders.isEmpty ? "" : " (held by the finalizer\(holders.count == 1 ? "" : "s") \(holders.joined(separator: ", ")))")
    }

    /// What is waited for, in one part of a sentence.
    package static func words(of objects: [EndingObject], most: Int = 5) -> String {
        let named = objects.sorted { $0.key < $1.key }.prefix(most).map(\.words).joined(separator: ", ")
        return objects.count > most ? "\(named) and \(objects.count - most) more" : named
    }
}

/// How whoever runs an ``Applier`` has a part in its waits for deletions.
package struct EndHooks: Sendable {
    /// Since when an object is waited for that runs before this one have begun to wait for.
    package var since: [ObjectKey: ContinuousClock.Instant] = [:]
    /// How long each may take.
    package var timeout: Duration = .seconds(86_400)
    /// Whether waiting has lost its point.
    package var isOver: @Sendable () -> Bool = { false }
    /// nil: nobody watches, and the server is asked again and again.
    package var watch: HealthWatch?
    /// Called before a wait: what is written by now is what the watch compares with.
    package var begins: @Sendable () async -> Void = {}
    /// Told when the wait begins, and when the run goes on.
    package var isWaiting: @Sendable (Bool) async -> Void = { _ in }
    /// Told of what is waited for, whenever that is something else; empty: nothing any more.
    package var awaits: @Sendable ([EndingObject]) -> Void = { _ in }
    /// Told when a wait ends because something else is to be done first.
    package var gaveWay: @Sendable (HealthWait.Conclusion) -> Void = { _ in }

    package init() {}

    /// How long a row waits by itself before it is put aside: most deletions take a moment. Who watches is not to miss what comes meanwhile.
    var grace: Duration { watch == nil ? .seconds(1) : .zero }
}

/// One wait for all rows that are put aside.
struct EndWait {
    let applier: Applier

    enum Conclusion: Equatable {
        /// These may be gone: their rows go on.
        case goOn(Set<ObjectKey>)
        /// The time of these is up.
        case timedOut(Set<ObjectKey>)
        /// Something else is to be done first.
        case gaveWay(HealthWait.Conclusion)
        case cancelled
    }

    /// - Returns: how it ended, and the objects as they were seen last.
    func wait(for objects: [EndingObject]) async -> (conclusion: Conclusion, seen: [ObjectKey: EndingObject]) {
        let hooks = applier.ends
        await hooks.begins()
        hooks.awaits(objects)
        await hooks.isWaiting(true)
        var seen = Dictionary(objects.map { ($0.key, $0) }) { first, _ in first }
        let conclusion = await poll(&seen)
        await hooks.isWaiting(false)
        switch conclusion {
        case .goOn(let keys), .timedOut(let keys): hooks.awaits(seen.values.filter { !keys.contains($0.key) })
        case .gaveWay, .cancelled: break
        }
        return (conclusion, seen)
    }

    private func poll(_ seen: inout [ObjectKey: EndingObject]) async -> Conclusion {
        let hooks = applier.ends
        // Who is woken by a watch asks seldom beside it.
        var backoff = Backoff(first: .milliseconds(500), limit: hooks.watch == nil ? .seconds(2) : .seconds(10))
        var next = applier.pace.now().advanced(by: backoff.pause(jitter: applier.pace.jitter()))
        var asked = applier.pace.now()
        while true {
            if Task.isCancelled { return .cancelled }
            let now = applier.pace.now()
            let late = seen.keys.filter { deadline(of: $0) <= now }
            if !late.isEmpty { return .timedOut(Set(late)) }
            if hooks.isOver() { return .gaveWay(.interrupted) }
            var mark = 0
            if let watch = hooks.watch {
                await watch.disregard(Set(seen.keys))
                let look = await watch.look([])
                if look.isDisturbed { return .gaveWay(.disturbed) }
                mark = look.mark
            }
            let end = seen.keys.map(deadline).min() ?? now
            let pause = max(.milliseconds(10), min(.seconds(2), now.duration(to: min(end, next))))
            do {
                if let watch = hooks.watch {
                    // Each change is looked at at once; the server is asked after a swarm of them.
                    if try await watch.change(mark, pause) {
                        next = min(next, max(asked.advanced(by: .seconds(1)), applier.pace.now().advanced(by: .milliseconds(200))))
                    }
                } else {
                    try await applier.pace.sleep(pause)
                }
                guard applier.pace.now() >= next else { continue }
            } catch {
                return .cancelled
            }
            let gone = await look(&seen)
            if !gone.isEmpty { return .goOn(gone) }
            asked = applier.pace.now()
            next = asked.advanced(by: backoff.pause(jitter: applier.pace.jitter()))
        }
    }

    private func deadline(of key: ObjectKey) -> ContinuousClock.Instant {
        guard let since = applier.ends.since[key] else { return applier.deadline }
        return min(applier.deadline, since.advanced(by: applier.ends.timeout))
    }

    /// Asks the server.
    /// - Returns: those that are gone, or cannot be read: what is the matter with these is told by their rows.
    private func look(_ seen: inout [ObjectKey: EndingObject]) async -> Set<ObjectKey> {
        let client = applier.client
        let before = seen
        let answers = try? await mapConcurrently(Array(seen.values), limit: applier.concurrency) { object -> EndingObject? in
            do {
                let live = try await client.get(object.resource, namespace: object.key.namespace, name: object.key.name)
                guard let live, live.uid == object.uid else { return nil }
                return EndingObject(live, key: object.key, uid: object.uid, resource: object.resource)
            } catch let error as ClientError where error.isTransient {
                return object
            } catch {
                return nil
            }
        }
        guard let answers, !Task.isCancelled else { return [] }
        // Those that are gone stay as they were seen last.
        let there = answers.reduce(into: [ObjectKey: EndingObject]()) { found, object in
            if let object { found[object.key] = object }
        }
        seen.merge(there) { $1 }
        if seen != before { applier.ends.awaits(Array(seen.values)) }
        return Set(seen.keys).subtracting(there.keys)
    }
}
