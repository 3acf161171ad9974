// The controllers of the cluster: each looks at one object and brings the cluster a step nearer to what it asks for.

import StructuredData

extension Cluster {
    static let controllerManager = "kube-controller-manager"

    var nowMicroseconds: Int64 {
        let now = now
        return now.seconds &* 1_000_000 &+ now.microseconds
    }

    /// What runs once when the cluster starts.
    mutating func startControllers() {
        createNode()
        for name in store.collectionNames {
            for (key, _) in store.list(name, namespace: nil) { controllers.enqueue(ObjectPlace(collection: name, key: key)) }
        }
    }

    /// One round of all controllers. Returns when to come again by oneself; nil when only a change can bring work.
    mutating func runControllers() -> Duration? {
        // A bound, so that controllers that disturb each other do not hold the lock for ever.
        for _ in 0..<20_000 {
            takeEvents()
            let due = controllers.advance(to: nowMicroseconds)
            guard let place = controllers.next() else {
                return due.map { .microseconds(max(1000, $0 &- nowMicroseconds)) }
            }
            reconcile(place)
        }
        return .milliseconds(50)
    }

    /// Turns changes into objects to look at: the object, its owners, and what depended on it.
    private mutating func takeEvents() {
        let events = pendingEvents
        pendingEvents = []
        for event in events {
            let place = ObjectPlace(collection: event.collection, key: event.key)
            for reference in event.value.at("metadata", "ownerReferences")?.array ?? [] {
                if let owner = reference["uid"]?.string.flatMap({ controllers.place(of: $0) }) { controllers.enqueue(owner) }
            }
            if event.kind == .deleted {
                for dependent in controllers.dependents(of: event.value.at("metadata", "uid")?.string ?? "") {
                    controllers.enqueue(dependent)
                }
            } else {
                controllers.enqueue(place)
            }
            if !event.key.namespace.isEmpty, let space = namespace(event.key.namespace), space.at("metadata", "deletionTimestamp") != nil {
                controllers.enqueue(ObjectPlace(collection: "namespaces", key: StoreKey(namespace: "", name: event.key.namespace)))
            }
        }
    }

    private func namespace(_ name: String) -> Value? { store.object("namespaces", StoreKey(namespace: "", name: name)) }

    private mutating func reconcile(_ place: ObjectPlace) {
        guard let object = store.object(place.collection, place.key) else { return }
        if collectGarbage(place, object) { return }
        switch place.collection {
        case "namespaces": finishNamespace(place.key, object)
        case "pods": runPod(place, object)
        case "replicationcontrollers", "apps/replicasets": keepReplicas(place, object)
        case "apps/deployments": rollOut(place, object)
        case "apps/statefulsets": keepStatefulSet(place, object)
        case "apps/daemonsets": keepDaemonSet(place, object)
        case "batch/jobs": runJob(place, object)
        case "services": balanceService(place, object)
        case "persistentvolumeclaims": bindClaim(place, object)
        case "persistentvolumes": releaseVolume(place, object)
        default: break
        }
    }

    // MARK: Writing

    func storedKind(_ collection: String) -> ServedKind? {
        if let found = kindsByCollection[collection] { return found }
        return definitions.values.first { $0.storedKind?.collection == collection }?.storedKind
    }

    /// Changes an object as a controller; what is refused or changes nothing is let go.
    @discardableResult
    mutating func write(
        _ place: ObjectPlace, subresource: String = "", as manager: String = Cluster.controllerManager, _ body: (inout Value) -> Void
    ) -> Value? {
        guard let kind = storedKind(place.collection), let live = store.object(place.collection, place.key) else { return nil }
        var changed = live
        body(&changed)
        if changed == live { return live }
        changed = fieldManager(kind, subresource: subresource).update(live: live, new: changed, manager: manager, isCreate: false)
        return try? replace(live, with: changed, kind, subresource: subresource, isDryRun: false)
    }

    /// Creates an object as a controller.
    @discardableResult
    mutating func make(_ collection: String, _ raw: Value, as manager: String = Cluster.controllerManager) -> Value? {
        guard let kind = storedKind(collection) else { return nil }
        var object = raw
        object.set(.string(kind.apiVersion), at: ["apiVersion"])
        object.set(.string(kind.resource.kind), at: ["kind"])
        var decoder = TypedDecoder(kind.schema)
        guard var decoded = try? decoder.decode(object, kind: kind.resource.kind, kind.shape) else { return nil }
        Defaults.apply(to: &decoded, kind: kind)
        decoded = ServedKind.headed(decoded, kind.apiVersion, kind.resource.kind)
        decoded = fieldManager(kind).update(live: kind.empty, new: decoded, manager: manager, isCreate: true)
        return try? insert(decoded, kind, isDryRun: false)
    }

    mutating func drop(_ place: ObjectPlace, propagation: DeleteOptions.Propagation = .background, grace: Int64? = nil) {
        guard let kind = storedKind(place.collection) else { return }
        _ = try? delete(kind, place.key, DeleteOptions(propagation: propagation, gracePeriodSeconds: grace))
    }

    // MARK: Garbage

    /// Follows owners and finalizers. Returns whether nothing else is to be done for the object.
    private mutating func collectGarbage(_ place: ObjectPlace, _ object: Value) -> Bool {
        let uid = object.at("metadata", "uid")?.string ?? ""
        let finalizers = (object.at("metadata", "finalizers")?.array ?? []).compactMap(\.string)
        if object.at("metadata", "deletionTimestamp") != nil {
            if finalizers.contains("orphan") {
                for dependent in controllers.dependents(of: uid) {
                    write(dependent) { value in
                        let kept = (value.at("metadata", "ownerReferences")?.array ?? []).filter { $0["uid"]?.string != uid }
                        value.set(kept.isEmpty ? nil : .array(kept), at: ["metadata", "ownerReferences"])
                    }
                }
                removeFinalizer("orphan", place)
                return true
            }
            if finalizers.contains("foregroundDeletion") {
                let dependents = controllers.dependents(of: uid)
                for dependent in dependents
                where store.object(dependent.collection, dependent.key)?.at("metadata", "deletionTimestamp") == nil {
                    drop(dependent, propagation: .foreground)
                }
                if dependents.isEmpty { removeFinalizer("foregroundDeletion", place) }
                return true
            }
            return false
        }
        let owners = (object.at("metadata", "ownerReferences")?.array ?? []).compactMap { $0["uid"]?.string }
        if !owners.isEmpty, owners.allSatisfy({ controllers.place(of: $0) == nil }) {
            drop(place)
            return true
        }
        return false
    }

    func removedFinalizer(_ name: String, _ value: Value) -> Value? {
        let kept = (value.at("metadata", "finalizers")?.array ?? []).filter { $0.string != name }
        return kept.isEmpty ? nil : .array(kept)
    }

    mutating func removeFinalizer(_ name: String, _ place: ObjectPlace) {
        write(place) { value in
            let kept = (value.at("metadata", "finalizers")?.array ?? []).filter { $0.string != name }
            value.set(kept.isEmpty ? nil : .array(kept), at: ["metadata", "finalizers"])
        }
    }

    // MARK: Namespaces

    /// A namespace that is being deleted loses its content, then itself.
    private mutating func finishNamespace(_ key: StoreKey, _ object: Value) {
        guard object.at("metadata", "deletionTimestamp") != nil else {
            if store.object("serviceaccounts", StoreKey(namespace: key.name, name: "default")) == nil {
                make("serviceaccounts", ["metadata": ["name": "default", "namespace": .string(key.name)]])
            }
            return
        }
        var rest = 0
        for kind in storedKinds where kind.resource.isNamespaced {
            for (item, value) in store.list(kind.collection, namespace: key.name) {
                if value.at("metadata", "deletionTimestamp") == nil { drop(ObjectPlace(collection: kind.collection, key: item)) }
                if store.object(kind.collection, item) != nil { rest += 1 }
            }
        }
        guard rest == 0, let kind = storedKind("namespaces"), (object.at("metadata", "finalizers")?.array ?? []).isEmpty else { return }
        _ = uncommit(kind, key)
    }
}
