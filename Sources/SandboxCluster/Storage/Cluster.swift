// The cluster as one value: its objects, its kinds, its time. Every request is a function on it; nothing here does I/O.

import StructuredData

struct Cluster: Sendable {
    struct Options: Sendable {
        /// Whether the cluster has the controllers of a real one: workloads get pods, owners and namespaces are cleaned up.
        var hasControllers = true
        var clock: @Sendable () -> Timestamp = { Timestamp.now() }
    }

    let options: Options
    let hub: WatchHub
    var store = ObjectStore()
    var definitions: [String: CustomDefinition] = [:]
    var serviceAddresses = ServiceAddresses()
    /// Changes that the controllers have not looked at yet.
    var pendingEvents: [StoreEvent] = []
    var identities = IdentitySource()
    var controllers = ControllerState()
    /// When pods were first seen, in microseconds.
    var podTimes: [ObjectPlace: Int64] = [:]
    var rollouts: [ObjectPlace: Rollout] = [:]
    /// The built-in kinds in the version they are stored in.
    let kindsByCollection: [String: ServedKind]

    private let builtIn: [String: ServedKind]

    init(options: Options, hub: WatchHub) {
        self.options = options
        self.hub = hub
        var kinds: [String: ServedKind] = [:]
        let facts = SchemaFacts.builtIn
        for resource in facts.resources {
            kinds[Cluster.kindKey(resource.group, resource.version, resource.resource)] = ServedKind(
                resource: resource, collection: Cluster.collection(resource), schema: facts.schema,
                storageVersion: Cluster.storageVersion(resource))
        }
        builtIn = kinds
        kindsByCollection = Dictionary(
            kinds.values.filter { $0.apiVersion == $0.storageVersion }.map { ($0.collection, $0) }
        ) { first, _ in first }
        bootstrap()
    }

    static func kindKey(_ group: String, _ version: String, _ resource: String) -> String { "\(group)/\(version)/\(resource)" }

    private static func collection(_ resource: ServedResource) -> String {
        // Both groups show the same events.
        resource.resource == "events" ? "events" : resource.group.isEmpty ? resource.resource : "\(resource.group)/\(resource.resource)"
    }

    private static func storageVersion(_ resource: ServedResource) -> String {
        switch (resource.group, resource.resource) {
        case ("autoscaling", _): "autoscaling/v2"
        case ("events.k8s.io", _): "v1"
        default: resource.apiVersion
        }
    }

    var now: Timestamp { options.clock() }

    /// The kind that a path names; nil when it is not served.
    func kind(group: String, version: String, resource: String) -> ServedKind? {
        builtIn[Cluster.kindKey(group, version, resource)]
            ?? definitions["\(resource).\(group)"]?.kind(version: version)
    }

    /// A kind by what objects say they are.
    func kind(apiVersion: String, kind name: String) -> ServedKind? {
        let parts = apiVersion.split(separator: "/").map(String.init)
        let group = parts.count == 2 ? parts[0] : ""
        let version = parts.last ?? ""
        if let found = SchemaFacts.builtIn.resources.first(where: { $0.group == group && $0.version == version && $0.kind == name }) {
            return kind(group: group, version: version, resource: found.resource)
        }
        return definitions.values.first { $0.group == group && $0.kindName == name }?.kind(version: version)
    }

    /// Every kind once, in the version it is stored in.
    var storedKinds: [ServedKind] {
        var seen: Set<String> = []
        var kinds = SchemaFacts.builtIn.resources.compactMap { builtIn[Cluster.kindKey($0.group, $0.version, $0.resource)] }
        kinds += definitions.values.sorted { $0.name < $1.name }.compactMap(\.storedKind)
        return kinds.filter { seen.insert($0.collection).inserted && $0.resource.verbs.contains("list") }
    }

    private func storageKind(of kind: ServedKind) -> ServedKind? {
        if kind.storageVersion == kind.apiVersion { return kind }
        let parts = kind.storageVersion.split(separator: "/").map(String.init)
        guard let version = parts.last else { return nil }
        let group = parts.count == 2 ? parts[0] : ""
        return self.kind(group: group, version: version, resource: kind.resource.resource)
    }

    // MARK: Versions

    /// An object as it is stored, in the version of `kind`.
    func shown(_ value: Value, as kind: ServedKind) -> Value { kind.shown(value) }

    func versions(of kind: ServedKind) -> FieldManager.Versions {
        let schema = kind.schema
        if let definition = definitions["\(kind.resource.resource).\(kind.resource.group)"], kind.isCustom {
            let shapes = definition.shapes
            return FieldManager.Versions(
                shape: { shapes[$0].map { schema[$0] } }, convert: { Conversion.convert($0, to: $1) }, needsAll: true)
        }
        let shapes = SchemaFacts.builtIn.resources.filter { $0.kind == kind.resource.kind && $0.group == kind.resource.group }
            .map { ($0.apiVersion, $0.shape) }
        return FieldManager.Versions(
            shape: { version in shapes.first { $0.0 == version }.map { schema[$0.1] } },
            convert: { Conversion.convert($0, to: $1) })
    }

    // MARK: Committing

    /// Stores an object and tells watchers and controllers.
    @discardableResult
    mutating func commit(_ kind: ServedKind, _ key: StoreKey, _ value: Value) -> Value {
        let stored = storageKind(of: kind)?.shown(value) ?? Conversion.convert(value, to: kind.storageVersion)
        let event = store.put(kind.collection, key, stored)
        announce(event)
        return event.value
    }

    mutating func uncommit(_ kind: ServedKind, _ key: StoreKey) -> Value? {
        guard let event = store.remove(kind.collection, key) else { return nil }
        if kind.resource.resource == "services", kind.resource.group.isEmpty { serviceAddresses.release(event.value) }
        announce(event)
        if kind.isCustom { finishDefinition("\(kind.resource.resource).\(kind.resource.group)", collection: kind.collection) }
        return event.value
    }

    private mutating func announce(_ event: StoreEvent) {
        hub.publish(event)
        controllers.note(event)
        if options.hasControllers { pendingEvents.append(event) }
        if event.collection == CustomDefinition.collection { definitionChanged(event) }
    }
}

/// Objects exchanged between the versions of their kind.
enum Conversion {
    static func convert(_ value: Value, to apiVersion: String) -> Value {
        guard let current = value["apiVersion"]?.string, current != apiVersion else { return value }
        var value = value
        if value["kind"]?.string == "HorizontalPodAutoscaler" { value = Autoscaling.convert(value, to: apiVersion) }
        if value["kind"]?.string == "Event", current == "v1" || apiVersion == "v1" { value = Events.convert(value, to: apiVersion) }
        value.set(.string(apiVersion), at: ["apiVersion"])
        return value
    }
}

/// UIDs and the random tails of generated names.
struct IdentitySource: Sendable {
    private var generator = SystemRandomNumberGenerator()

    mutating func uid() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return [hex[0..<4], hex[4..<6], hex[6..<8], hex[8..<10], hex[10..<16]].map { $0.joined() }.joined(separator: "-")
    }

    /// Letters and digits that form no words.
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)

    mutating func tail(_ count: Int = 5) -> String {
        let letters = (0..<count).map { _ in
            IdentitySource.alphabet.randomElement(using: &generator) ?? UInt8(ascii: "b")
        }
        return String(decoding: letters, as: UTF8.self)
    }

    mutating func number(below bound: Int) -> Int { Int.random(in: 0..<max(bound, 1), using: &generator) }
}
