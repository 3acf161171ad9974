// A watch: the events of one collection that a client asked for, as they come.

import StructuredData
import Synchronization

/// One line of a watch's answer.
enum WatchItem: Sendable {
    case event(type: String, object: Value)
    case bookmark(revision: UInt64)
    /// The watch ends with an error.
    case failure(Failure)
}

/// What a client asked to see.
struct WatchFilter: Sendable {
    var collection: String
    var namespace: String?
    var labels: LabelSelector
    var fields: FieldSelector

    func admits(_ key: StoreKey, _ value: Value) -> Bool {
        if let namespace, !namespace.hasSameBytes(as: key.namespace) { return false }
        return labels.matches(value) && fields.matches(value)
    }

    /// What this event is to the client: an object that enters or leaves the selection is added or deleted.
    func item(for event: StoreEvent) -> WatchItem? {
        guard event.collection == collection, namespace.map({ $0.hasSameBytes(as: event.key.namespace) }) ?? true else { return nil }
        let before = event.previous.map { admits(event.key, $0) } ?? false
        switch event.kind {
        case .deleted: return before ? .event(type: "DELETED", object: event.value) : nil
        case .added, .modified:
            let after = admits(event.key, event.value)
            if after { return .event(type: before ? "MODIFIED" : "ADDED", object: event.value) }
            guard before, var gone = event.previous else { return nil }
            gone.set(.string(String(event.revision)), at: ["metadata", "resourceVersion"])
            return .event(type: "DELETED", object: gone)
        }
    }
}

/// The open end of a watch, read by the HTTP server.
struct WatchStream: Sendable {
    var items: AsyncStream<WatchItem>
    /// How an object is shown to this client: whole, as metadata only, as a table; in its version.
    var present: @Sendable (Value) -> Value
    var apiVersion: String
    var kind: String
    var sendsBookmarks: Bool
    /// The watch ends after this.
    var timeoutSeconds: Int
}

/// The watches that are open.
final class WatchHub: Sendable {
    private struct Watcher: Sendable {
        var filter: WatchFilter
        var continuation: AsyncStream<WatchItem>.Continuation
    }

    private struct State: Sendable {
        var watchers: [Int: Watcher] = [:]
        var next = 0
        var isClosed = false
    }

    /// A client that does not read loses its watch rather than fill the memory.
    private static let bufferLimit = 20_000

    private let state = Mutex(State())

    /// Opens a watch that starts with `initial`. The caller holds the store's lock, so no event is lost in between.
    func open(_ filter: WatchFilter, initial: [WatchItem]) -> AsyncStream<WatchItem> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: WatchItem.self, bufferingPolicy: .bufferingOldest(WatchHub.bufferLimit))
        for item in initial { continuation.yield(item) }
        let id = state.withLock { state -> Int? in
            if state.isClosed { return nil }
            state.next += 1
            state.watchers[state.next] = Watcher(filter: filter, continuation: continuation)
            return state.next
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.watchers.removeValue(forKey: id) }
        }
        return stream
    }

    /// A stream that ends with an error at once.
    static func failed(_ failure: Failure) -> AsyncStream<WatchItem> {
        let (stream, continuation) = AsyncStream.makeStream(of: WatchItem.self)
        continuation.yield(.failure(failure))
        continuation.finish()
        return stream
    }

    func publish(_ event: StoreEvent) {
        let watchers = state.withLock { $0.watchers.values.filter { $0.filter.collection == event.collection } }
        for watcher in watchers {
            guard let item = watcher.filter.item(for: event) else { continue }
            if case .dropped = watcher.continuation.yield(item) { watcher.continuation.finish() }
        }
    }

    /// Ends all watches of a collection, as when its CRD goes.
    func close(collection: String) {
        let watchers = state.withLock { $0.watchers.values.filter { $0.filter.collection == collection } }
        for watcher in watchers { watcher.continuation.finish() }
    }

    func closeAll() {
        let watchers = state.withLock { state in
            state.isClosed = true
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.continuation.finish() }
    }

    var openCount: Int { state.withLock { $0.watchers.count } }
}
