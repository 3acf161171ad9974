// The order of writes: a graph of what needs what, cut into stages; waves on top.

import KubernetesModel
import StructuredData

/// Stages and prerequisites of a set of objects.
struct Ordering: Sendable {
    struct Node: Sendable {
        var key: ObjectKey
        var object: Value
        var wave: Int
    }

    struct Place: Sendable, Equatable {
        var wave = 0
        var stage = 0
        /// Sorted; each of a lower stage.
        var dependencies: [ObjectKey] = []
    }

    private(set) var places: [ObjectKey: Place] = [:]

    /// Keys must be unique; the order of `nodes` does not matter.
    init(_ nodes: [Node]) {
        let sorted = nodes.sorted { $0.key < $1.key }
        var index: [ObjectKey: Int] = [:]
        for (position, node) in sorted.enumerated() { index[node.key] = position }
        let graph = Graph(sorted, index)

        var offset = 0
        for wave in Set(graph.waves).sorted() {
            let members = sorted.indices.filter { graph.waves[$0] == wave }
            let levels = graph.levels(of: members)
            for member in members {
                let before = graph.before[member].filter { graph.waves[$0] < wave || (levels[$0] ?? 0) < (levels[member] ?? 0) }
                places[sorted[member].key] = Place(
                    wave: wave, stage: offset + (levels[member] ?? 0), dependencies: before.map { sorted[$0].key })
            }
            offset += (levels.values.max() ?? 0) + 1
        }
    }

    /// The number of an object's wave; nil where the annotation is no whole number.
    static func wave(of object: Unstructured) -> Int? {
        guard let text = object.annotation(Tracking.wave) else { return 0 }
        guard let number = Int32(text) else { return nil }
        return Int(number)
    }

    private struct Graph {
        /// For each node the nodes that come before it; ascending.
        var before: [[Int]]
        var waves: [Int]
        private let isLast: [Bool]

        init(_ nodes: [Node], _ index: [ObjectKey: Int]) {
            var hard = [[Int]](repeating: [], count: nodes.count)
            var soft = [Set<Int>](repeating: [], count: nodes.count)
            var definitions: [GroupKind: Int] = [:]
            var bindings: [ObjectKey: [Int]] = [:]
            var bounds: [String: [Int]] = [:]
            for (position, node) in nodes.enumerated() {
                if node.key.groupKind.boundsPods, let namespace = node.key.namespace {
                    bounds[namespace, default: []].append(position)
                }
                if node.key.groupKind == .customResourceDefinition {
                    let kind = GroupKind(
                        group: node.object.at("spec", "group")?.string ?? "", kind: node.object.at("spec", "names", "kind")?.string ?? "")
                    definitions[kind] = position
                }
                guard node.key.group == GroupKind.clusterRole.group, node.key.kind.hasSuffix("Binding") else { continue }
                for account in References.serviceAccounts(of: node.object) {
                    let key = ObjectKey(
                        groupKind: .serviceAccount, namespace: account.namespace ?? node.key.namespace, name: account.name)
                    bindings[key, default: []].append(position)
                }
            }
            for (position, node) in nodes.enumerated() {
                if let definition = definitions[node.key.groupKind], definition != position { hard[position].append(definition) }
                if let namespace = node.key.namespace,
                    let owner = index[ObjectKey(groupKind: .namespace, namespace: nil, name: namespace)]
                {
                    hard[position].append(owner)
                }
                // A pod that is admitted before the defaults and limits of its namespace never gets them.
                if let namespace = node.key.namespace, let bounds = bounds[namespace], References.isBounded(node.object, key: node.key) {
                    soft[position].formUnion(bounds)
                }
                let isAccount = node.key.groupKind == .serviceAccount
                for reference in References.of(node.object, key: node.key) {
                    if let other = index[reference], other != position, !(isAccount && References.isAccountToken(nodes[other].object)) {
                        soft[position].insert(other)
                    }
                    guard reference.groupKind == .serviceAccount, References.podSpec(of: node.object, key: node.key) != nil else {
                        continue
                    }
                    // What the workload's account may do, and the roles behind it through the binding's own edge.
                    soft[position].formUnion(bindings[reference] ?? [])
                }
            }
            waves = nodes.map(\.wave)
            // Without its kind or namespace an object cannot be written at all: these come as early as the first that needs them.
            for (position, needs) in hard.enumerated() {
                for need in needs { waves[need] = min(waves[need], waves[position]) }
            }
            let numbers = waves
            before = nodes.indices.map { position in
                (Set(hard[position]).union(soft[position])).filter { numbers[$0] <= numbers[position] }.sorted()
            }
            isLast = nodes.map { $0.key.groupKind.guardsAdmission }
        }

        /// Longest way from a node without prerequisites, within the members of one wave; what guards admission one level above
        /// all others. A cycle is opened at its first member by key.
        func levels(of members: [Int]) -> [Int: Int] {
            var levels: [Int: Int] = [:]
            var waiting = Set(members)
            var missing: [Int: Set<Int>] = [:]
            var after: [Int: [Int]] = [:]
            for member in members {
                let needs = before[member].filter { waiting.contains($0) }
                missing[member] = Set(needs)
                for need in needs { after[need, default: []].append(member) }
            }
            var ready = members.filter { missing[$0]?.isEmpty ?? true }
            var remaining = members[...]
            while !waiting.isEmpty {
                if ready.isEmpty {
                    while let first = remaining.first, !waiting.contains(first) { remaining.removeFirst() }
                    guard let first = remaining.first else { break }
                    ready = [first]
                }
                let next = ready.removeLast()
                guard waiting.remove(next) != nil else { continue }
                let level = before[next].compactMap { levels[$0] }.max().map { $0 + 1 } ?? 0
                levels[next] = level
                for follower in after[next] ?? [] {
                    missing[follower]?.remove(next)
                    if missing[follower]?.isEmpty ?? false { ready.append(follower) }
                }
            }
            let top = members.filter { !isLast[$0] }.compactMap { levels[$0] }.max()
            for member in members where isLast[member] { levels[member] = max(levels[member] ?? 0, (top ?? -1) + 1) }
            return levels
        }
    }
}
