// Merging an applied configuration into a live object, and taking fields out of an object.

import StructuredData

extension Schema {
    /// `live` with everything that `applied` says; lists and maps that are not atomic are merged.
    func merge(_ live: Value?, _ applied: Value?, _ shape: Shape) -> Value? {
        guard let applied else {
            guard let live else { return nil }
            return mergeAtom(atom(shape, for: live), live, nil)
        }
        return mergeAtom(atom(shape, for: applied), live, applied)
    }

    private func mergeAtom(_ atom: Atom, _ live: Value?, _ applied: Value?) -> Value? {
        switch atom {
        case .scalar: return applied ?? live
        case .list(let list):
            let left = live?.array ?? []
            let right = applied?.array ?? []
            if list.kind == .atomic || left.isEmpty && right.isEmpty { return applied ?? live }
            let items = mergeItems(list, left, right)
            return items.isEmpty ? nil : .array(items)
        case .map(let map):
            let left = live?.object ?? Object()
            let right = applied?.object ?? Object()
            if map.isAtomic || left.isEmpty && right.isEmpty { return applied ?? live }
            var merged: [Object.Entry] = []
            for entry in left {
                let child = childShape(entry.key, of: map) ?? self[deduced]
                if let value = merge(entry.value, right[entry.key], child) { merged.append(Object.Entry(key: entry.key, value: value)) }
            }
            for entry in right where left[entry.key] == nil {
                let child = childShape(entry.key, of: map) ?? self[deduced]
                if let value = merge(nil, entry.value, child) { merged.append(Object.Entry(key: entry.key, value: value)) }
            }
            return merged.isEmpty ? nil : .object(Object(uniqueEntries: merged))
        }
    }

    /// Applied items keep their own order among themselves; live-only items keep their place relative to shared ones.
    private func mergeItems(_ list: Shape.List, _ live: [Value], _ applied: [Value]) -> [Value] {
        func named(_ values: [Value]) -> [(element: PathElement, value: Value)] {
            values.compactMap { value in (try? element(of: value, in: list).get()).map { ($0, value) } }
        }
        let left = named(live)
        let right = named(applied)
        let shape = self[list.element]
        func matching(_ items: [(element: PathElement, value: Value)], _ element: PathElement) -> [Value] {
            items.filter { $0.element == element }.map(\.value)
        }
        let inLive = right.map { item in left.contains { $0.element == item.element } }
        let inApplied = left.map { item in right.contains { $0.element == item.element } }
        var shared = zip(right, inLive).filter { $0.1 }.map { $0.0.element }[...]
        var nextShared = shared.popFirst()
        var done: [PathElement] = []
        var merged: [Value] = []
        func take(_ element: PathElement) {
            done.append(element)
            let twins = matching(left, element)
            // A name that the live list has twice is merged with nothing.
            let before: Value? = twins.count > 1 ? .null : twins.first
            if let value = merge(before, matching(right, element).first, shape) { merged.append(value) }
        }
        var l = 0
        var r = 0
        while l < left.count || r < right.count {
            if l < left.count, r < right.count {
                if left[l].element == right[r].element {
                    take(left[l].element)
                    l += 1
                    r += 1
                    nextShared = shared.popFirst()
                    continue
                }
                if inApplied[l], let next = nextShared, next != left[l].element {
                    l += 1
                    continue
                }
            }
            if l < left.count {
                if !inApplied[l] {
                    if let value = merge(left[l].value, nil, shape) { merged.append(value) }
                    l += 1
                    continue
                } else if done.contains(left[l].element) {
                    l += 1
                }
            }
            if r < right.count {
                let element = right[r].element
                take(element)
                r += 1
                if let next = nextShared, next == element { nextShared = shared.popFirst() }
            }
        }
        return merged
    }

    /// `value` without the members of `set` and all below them; nil when nothing is left.
    func removing(_ set: OwnedFields, from value: Value, _ shape: Shape) -> Value? {
        switch atom(shape, for: value) {
        case .scalar: return value
        case .list(let list):
            guard let items = value.array, !items.isEmpty, list.kind != .atomic else { return nil }
            var kept: [Value] = []
            var hadMatches = false
            for item in items {
                guard let element = try? element(of: item, in: list).get(), let entry = set.entry(element) else {
                    kept.append(item)
                    continue
                }
                if entry.isMember { continue }
                hadMatches = true
                kept.append(removing(entry.below, from: item, self[list.element]) ?? Schema.emptied(item))
            }
            return kept.isEmpty && !hadMatches ? nil : .array(kept)
        case .map(let map):
            guard let object = value.object, !object.isEmpty, !map.isAtomic else { return nil }
            var kept: [Object.Entry] = []
            var hadMatches = false
            for child in object {
                guard let entry = set.entry(.field(child.key)) else {
                    kept.append(child)
                    continue
                }
                if entry.isMember { continue }
                hadMatches = true
                let shape = childShape(child.key, of: map) ?? self[deduced]
                let rest = removing(entry.below, from: child.value, shape) ?? Schema.emptied(child.value)
                kept.append(Object.Entry(key: child.key, value: rest))
            }
            return kept.isEmpty && !hadMatches ? nil : .object(Object(uniqueEntries: kept))
        }
    }

    private static func emptied(_ value: Value) -> Value {
        switch value {
        case .object: .object(Object())
        case .array: .array([])
        default: .null
        }
    }
}
