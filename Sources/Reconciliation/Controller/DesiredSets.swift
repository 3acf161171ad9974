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

    /// Keeps what an Application wants now.
    func set(_ keys: Set<ObjectKey>, treeID: String, of application: String) {
        let old = entries[application]?.keys ?? []
        for key in old.subtracting(keys) { release(key, application) }
        for key in keys.subtracting(old) { owners[key, default: []].insert(application) }
        entries[application] = Entry(treeID: treeID, keys: keys)
        names.insert(application)
    }

    /// Forgets an Application that is gone.
    func remove(_ application: String) {
        for key in entries[application]?.keys ?? [] { release(key, application) }
        entries[application] = nil
        names.remove(application)
    }

    /// What the Application wants, as far as is known.
    func keys(of application: String) -> Set<ObjectKey> { entries[application]?.keys ?? [] }

    /// The tree that the Application's set is known of.
    func treeID(of application: String) -> String? { entries[application]?.treeID }

    /// Those of the keys that other Applications want, and the names of all others whose wishes are known.
    func claims(on keys: Set<ObjectKey>, besides application: String) -> (keys: Set<ObjectKey>, known: Set<String>) {
        let claimed = keys.filter { owners[$0].map { $0.count > 1 || !$0.contains(application) } ?? false }
        var known = names
        known.remove(application)
        return (claimed, known)
    }

    /// Who else wants the object.
    func others(wanting key: ObjectKey, besides application: String) -> Set<String> {
        (owners[key] ?? []).subtracting([application])
    }

    private func release(_ key: ObjectKey, _ application: String) {
        owners[key]?.remove(application)
        if owners[key]?.isEmpty ?? false { owners[key] = nil }
    }
}
