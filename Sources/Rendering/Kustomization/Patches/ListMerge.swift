// How two lists are merged by keys of their elements: kyaml's associative lists, with the elements of the patch first.

import StructuredData

struct ListMerge {
    /// Of the type; none for a list of texts.
    private let typeKeys: [String]
    private let target: MergeNode
    private let patch: MergeNode?
    private let limits: BuildLimits
    private let walk: (MergeNode?, MergeNode?) throws(BuildProblem) -> MergeNode?

    /// - Parameters:
    ///   - target: the list that is there, or the patch's own one.
    ///   - walk: merges two elements; nil: the element is to go.
    init(
        keys: [String], target: MergeNode, patch: MergeNode?, _ limits: BuildLimits,
        walk: @escaping (MergeNode?, MergeNode?) throws(BuildProblem) -> MergeNode?
    ) {
        typeKeys = keys
        self.target = target
        self.patch = patch
        self.limits = limits
        self.walk = walk
    }

    /// The list as it becomes: what is in the patch, in the patch's order, then what is not.
    func merged() throws(BuildProblem) -> MergeNode {
        let keys = typeKeys.isEmpty ? [""] : typeKeys
        var identities = self.identities(keys)
        guard !identities.isEmpty else { return target }
        // Every element is looked for among all others, several times.
        let count = (target.list?.count ?? 0) + (patch?.list?.count ?? 0)
        try limits.add(work: 16 * identities.count * count, at: patch?.place ?? target.place)
        if keys.count > 1 { ListMerge.unify(&identities) }
        let result = MergeNode(.list([]), at: target.place)
        let used = ListMerge.used(keys, identities)
        var usedKeys: [String] = []
        for identity in identities {
            let (keys, values) = ListMerge.pairs(keys, identity, used)
            usedKeys = keys
            let (lookedUp, wanted) = ListMerge.pairs(keys, values, ListMerge.used(keys, [values]))
            let merged = try mergeElements(lookedUp, wanted)
            guard let merged, !merged.isNull, merged.entries?.isEmpty != true else {
                try target.setElement(nil, keys, values)
                continue
            }
            for (key, value) in zip(keys, values) where !value.isEmpty && merged.entries != nil && merged.field(key) == nil {
                guard case .map(let entries) = merged.content else { continue }
                merged.content = .map(entries + [.init(key: key, value: MergeNode(.scalar(.string(value)), at: merged.place))])
            }
            try result.setElement(merged, keys, values)
        }
        try result.append(contentsOf: target, usedKeys)
        return result
    }

    /// Merges the two elements that have these values. What the patch says of the keys only finds the element: it was written in the object.
    private func mergeElements(_ keys: [String], _ values: [String]) throws(BuildProblem) -> MergeNode? {
        let there = target.element(keys, values)
        let old = keys.map { key in there?.field(key)?.node }
        let merged = try walk(there, patch?.element(keys, values))
        guard let merged, merged === there else { return merged }
        for (key, old) in zip(keys, old) {
            guard let old, let field = merged.field(key), field.node.value == old.value else { continue }
            field.keepPlaces(of: old)
        }
        return merged
    }

    /// The values of the keys of all elements, each once, those of the patch first.
    private func identities(_ keys: [String]) -> [[String]] {
        var identities: [[String]] = []
        var seen: Set<[String]> = []
        for element in (patch?.list ?? []) + (target.list ?? []) {
            let identity =
                typeKeys.isEmpty
                ? [element.text] : keys.map { key in element.field(key).map { $0.isEmpty ? "" : $0.text } ?? "" }
            if seen.insert(identity).inserted { identities.append(identity) }
        }
        return identities
    }

    /// A port with a protocol and the same port without one are taken for one.
    private static func unify(_ identities: inout [[String]]) {
        for first in identities.indices {
            let identity = identities[first]
            for second in identities.indices {
                guard let common = common(identity, identities[second]) else { continue }
                identities[first] = common
                identities[second] = common
            }
        }
    }

    /// What two have in common that differ only where one of them says nothing; nil for others.
    private static func common(_ left: [String], _ right: [String]) -> [String]? {
        guard left.count == right.count else { return nil }
        var isAnyEqual = false
        var common: [String] = []
        for (left, right) in zip(left, right) {
            if left == right {
                isAnyEqual = true
            } else if !left.isEmpty, !right.isEmpty {
                return nil
            }
            common.append(left.isEmpty ? right : left)
        }
        return isAnyEqual ? common : nil
    }

    /// The keys that count: those with a value in one of the elements; all where there is none.
    private static func used(_ keys: [String], _ identities: [[String]]) -> Set<String> {
        Set(keys.indices.filter { index in identities.contains { $0.dropFirst(index).first?.isEmpty == false } }.map { keys[$0] })
    }

    private static func pairs(_ keys: [String], _ identity: [String], _ used: Set<String>) -> (keys: [String], values: [String]) {
        if used.isEmpty { return (keys, identity) }
        let pairs = zip(keys, identity).filter { used.contains($0.0) }
        return (pairs.map(\.0), pairs.map(\.1))
    }
}

extension MergeNode {
    /// The first element whose keys have these values; with the key "" the text that is the value.
    fileprivate func element(_ keys: [String], _ values: [String]) -> MergeNode? {
        if keys.first?.isEmpty ?? true { return list?.first { $0.text == values.first ?? "" } }
        return list?.first { element in
            element.entries != nil && zip(keys, values).allSatisfy { key, value in element.field(key)?.text == value }
        }
    }

    /// Replaces the elements whose keys have these values, or appends the element where there are none; without an element removes them.
    /// A value that is empty fits every element that has the key. Elements that are null or empty are dropped.
    func setElement(_ element: MergeNode?, _ keys: [String], _ values: [String]) throws(BuildProblem) {
        let isOfMaps = keys.first?.isEmpty == false && values.first?.isEmpty == false
        var kept: [MergeNode] = []
        var isFound = false
        for old in list ?? [] {
            if old.isNull || old.entries?.isEmpty == true { continue }
            if old.entries == nil, isOfMaps {
                kept.append(old)
                continue
            }
            guard try old.has(keys, values) else {
                if !values.isEmpty { kept.append(old) }
                continue
            }
            isFound = true
            if let element { kept.append(element) }
        }
        if let element, !isFound { kept.append(element) }
        content = .list(kept)
    }

    private func has(_ keys: [String], _ values: [String]) throws(BuildProblem) -> Bool {
        guard !values.isEmpty else { return false }
        for (key, value) in zip(keys, values) {
            if key.isEmpty {
                guard isScalar else { throw BuildProblem("this list is of texts, and this is \(kindName)", at: place) }
                if text != value { return false }
            } else {
                guard entries != nil else { throw BuildProblem("this list is of maps, and this is \(kindName)", at: place) }
                guard let field = field(key), value.isEmpty || field.text == value else { return false }
            }
        }
        return true
    }

    /// Takes the elements of another list: in their places those that are here, behind them all others.
    fileprivate func append(contentsOf other: MergeNode, _ keys: [String]) throws(BuildProblem) {
        for element in other.list ?? [] {
            if keys.first?.isEmpty ?? true {
                try setElement(element, [""], [element.text])
                continue
            }
            var values: [String] = []
            for key in keys {
                guard element.isNull || element.entries != nil else {
                    throw BuildProblem("this list is of maps, and this is \(element.kindName)", at: element.place)
                }
                if let field = element.field(key) {
                    values.append(field.text)
                } else {
                    append(element)
                }
            }
            if keys.count > 1 { try setElement(nil, keys, values) }
            try setElement(element, keys, values)
        }
    }
}
