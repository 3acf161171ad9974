// The one lock around the cluster, and its snapshot on disk.

import Foundation
import StructuredData
import Synchronization

final class ClusterBox: Sendable {
    let hub: WatchHub
    let hasControllers: Bool
    private let cluster: Mutex<Cluster>
    private let wake: AsyncStream<Void>.Continuation
    /// Yields after each request that may concern the controllers.
    let changes: AsyncStream<Void>

    init(options: Cluster.Options) {
        let hub = WatchHub()
        self.hub = hub
        hasControllers = options.hasControllers
        cluster = Mutex(Cluster(options: options, hub: hub))
        (changes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func answer(_ wire: WireRequest) -> (response: WireResponse, logged: LoggedRequest) {
        let answer = cluster.withLock { $0.answer(wire) }
        if hasControllers, answer.logged.isWrite { wake.yield() }
        return answer
    }

    func with<Result: Sendable>(_ body: (inout Cluster) -> Result) -> Result { cluster.withLock { body(&$0) } }

    var revision: UInt64 { cluster.withLock { $0.store.revision } }

    func compact() {
        cluster.withLock { cluster in
            cluster.store.compact()
        }
    }

    func signal() { wake.yield() }

    // MARK: Snapshot

    private func file(_ directory: String) -> URL { URL(fileURLWithPath: directory).appendingPathComponent("snapshot.json") }

    /// Reads the snapshot; a directory without one is a new cluster.
    func restore(from directory: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let file = file(directory)
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        let snapshot = try JSON.read(Array(Data(contentsOf: file)))
        cluster.withLock { $0.restore(snapshot) }
    }

    func save(to directory: String) {
        let snapshot = cluster.withLock { $0.snapshot() }
        try? Data(JSON.write(snapshot)).write(to: file(directory), options: .atomic)
    }
}

extension Cluster {
    mutating func snapshot() -> Value {
        var collections = Object()
        for name in store.collectionNames {
            collections[name] = .array(store.list(name, namespace: nil).map(\.value))
        }
        return ["revision": .int(Int64(clamping: store.revision)), "objects": .object(collections)]
    }

    /// Replaces all that is there by a snapshot.
    mutating func restore(_ snapshot: Value) {
        var objects: [(collection: String, key: StoreKey, value: Value)] = []
        for collection in snapshot["objects"]?.object ?? Object() {
            for value in collection.value.array ?? [] {
                let key = StoreKey(
                    namespace: value.at("metadata", "namespace")?.string ?? "", name: value.at("metadata", "name")?.string ?? "")
                objects.append((collection.key, key, value))
            }
        }
        store = ObjectStore()
        store.restore(objects, revision: UInt64(clamping: snapshot["revision"]?.int ?? 1))
        definitions = [:]
        controllers = ControllerState()
        for object in objects {
            controllers.note(
                StoreEvent(
                    kind: .added, revision: store.revision, collection: object.collection, key: object.key, value: object.value,
                    previous: nil))
        }
        serviceAddresses = ServiceAddresses()
        for object in objects {
            if object.collection == CustomDefinition.collection { definitions[object.key.name] = CustomDefinition(object.value) }
            if object.collection == "services" {
                var service = object.value
                _ = serviceAddresses.allocate(&service)
            }
        }
        pendingEvents = []
    }
}
