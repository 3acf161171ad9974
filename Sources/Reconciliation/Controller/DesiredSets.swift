// Which Application wants which object, as far as is known: what one wants another neither prunes nor takes.

import KubernetesModel

/// The desired sets of all Applications, each at the tree that it was rendered from.
actor DesiredSets {
    private struct Entry {
        var treeID: String
        var keys: Set<ObjectKey>
    }

    private var entries: [String: Entry] = [:]
    private var owners: [ObjectKey: Set<String>] = [:]
    /// References of all Applications whose sets are known.
    private var names: Set<String> = []
    /// Those that planned last with an object that another one wanted, by that object.
    private var waiting: [ObjectKey: Set<String>] = [:]

    /// Keeps what an Application wants now.
    /// - Returns: the others that planned with what it wants no more: they are to plan anew.
    func set(_ keys: Set<ObjectKey>, treeID: String, of application: String) -> Set<String> {
        let old = entries[application]?.keys ?? []
        let ended = old.subtracting(keys)
        for key in ended { release(key, application) }
        for key in keys.subtracting(old) { owners[key, default: []].insert(application) }
        entries[application] = Entry(treeID: treeID, keys: keys)
        names.insert(application)
        return takeWaiting(for: ended, besides: application)
    }

    /// Forgets an Application that is gone.
    /// - Returns: the others that planned with what it wanted.
    func remove(_ application: String) -> Set<String> {
        let ended = entries[application]?.keys ?? []
        for key in ended { release(key, application) }
        entries[application] = nil
        names.remove(application)
        wait(application, for: [])
        return takeWaiting(for: ended, besides: application)
    }

    /// What the Application wants, as far as is known.
    func keys(of application: String) -> Set<ObjectKey> { entries[application]?.keys ?? [] }

    /// The tree that the Application's set is known of.
    func treeID(of application: String) -> String? { entries[application]?.treeID }

    /// Those of the keys that other Applications want, and the names of all others whose wishes are known. The Application plans with
    /// that, and is told when one of those wishes ends.
    func claims(on keys: Set<ObjectKey>, besides application: String) -> (keys: Set<ObjectKey>, known: Set<String>) {
        let claimed = keys.filter { owners[$0].map { $0.count > 1 || !$0.contains(application) } ?? false }
        var known = names
        known.remove(application)
        wait(application, for: claimed)
        return (claimed, known)
    }

    private func wait(_ application: String, for keys: Set<ObjectKey>) {
        for key in waiting.keys where !keys.contains(key) && waiting[key]?.contains(application) ?? false {
            waiting[key]?.remove(application)
            if waiting[key]?.isEmpty ?? false { waiting[key] = nil }
        }
        for key in keys { waiting[key, default: []].insert(application) }
    }

    private func takeWaiting(for keys: Set<ObjectKey>, besides application: String) -> Set<String> {
        var found: Set<String> = []
        for key in keys { found.formUnion(waiting.removeValue(forKey: key) ?? []) }
        found.remove(application)
        return found
    }

    private func release(_ key: ObjectKey, _ application: String) {
        owners[key]?.remove(application)
        if owners[key]?.isEmpty ?? false { owners[key] = nil }
    }
}
