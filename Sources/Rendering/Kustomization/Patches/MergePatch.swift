// How one strategic merge patch finds its objects, and what of them it leaves as it is.

import KubernetesModel
import StructuredData

struct MergePatch {
    let written: WrittenScalars
    var allowsNameChange = false
    var allowsKindChange = false

    /// The object that the patch names itself, by any name that it has or had.
    /// - Returns: the index; there is exactly one.
    /// - Throws: ``BuildProblem`` where there is none, or more than one.
    func target(of patch: Resource, in set: inout ResourceSet) throws(BuildProblem) -> Int {
        let id = patch.id
        let found = set.indices(named: id.name) { $0.equals(id) }
        guard let index = found.first else {
            throw BuildProblem("there is no \(patch.id) to patch\(hint(patch, set))", at: patch.origin)
        }
        if found.count > 1 {
            let names = found.prefix(2).map { "\(set.resources[$0].id)" }.joined(separator: " and ")
            throw BuildProblem(
                "\(patch.id) is the name, present or former, of more than one object: \(names); write a target that fits one of them",
                at: patch.origin)
        }
        return index
    }

    private func hint(_ patch: Resource, _ set: ResourceSet) -> String {
        guard let near = set.resources.first(where: { $0.kind == patch.kind && $0.name == patch.name }) else {
            let names = set.resources.filter { $0.kind == patch.kind }.map(\.name).filter { $0.utf8.count < 70 }
            return nearestName(to: patch.name, among: names).map { "; did you mean \($0)?" }
                ?? "; write its apiVersion, kind, name and namespace as they stand in the base, or a target"
        }
        if near.apiVersion != patch.apiVersion { return ": the object's apiVersion is \(near.apiVersion)" }
        return near.namespace.isEmpty ? ": the object is in no namespace" : ": the object is in the namespace \(near.namespace)"
    }

    /// For an entry of `patches` without a target.
    func apply(_ patch: Resource, toItsTargetIn set: inout ResourceSet) throws(BuildProblem) {
        let index = try target(of: patch, in: &set)
        var patch = patch
        if allowsNameChange || allowsKindChange { patch.node.makeTexts(ofMetadata: "annotations", written) }
        let isKept = try set.change(at: index) { (resource) throws(BuildProblem) in try apply(patch.node, to: &resource) }
        if !isKept { try remove([index], from: &set, at: patch.origin) }
    }

    private func remove(_ indices: Set<Int>, from set: inout ResourceSet, at place: SourceLocation) throws(BuildProblem) {
        // What is known of the others is found anew.
        try written.tree.limits.add(work: 100 * set.resources.count, at: place)
        set.resources = set.resources.enumerated().filter { !indices.contains($0.offset) }.map(\.element)
    }

    /// For a patch with a target: it takes the objects' version, and its labels and annotations are texts, nulls too.
    func apply(_ patch: Resource, to indices: [Int], of set: inout ResourceSet) throws(BuildProblem) {
        var deleted: Set<Int> = []
        for index in indices {
            var node = patch.node
            node.makeTexts(ofMetadata: "labels", written)
            node.makeTexts(ofMetadata: "annotations", written)
            node["apiVersion"] = set.resources[index].node["apiVersion"]
            let isKept = try set.change(at: index) { (resource) throws(BuildProblem) in try apply(node, to: &resource) }
            if !isKept { deleted.insert(index) }
        }
        if indices.isEmpty { return }
        if !deleted.isEmpty { try remove(deleted, from: &set, at: patch.origin) }
        if let twin = set.twin() {
            throw BuildProblem(
                "with this patch there are two objects with the name \(twin.id), the second from \(twin.origin): give each a patch of its own",
                at: patch.origin)
        }
    }

    /// - Returns: false where the patch deletes the object.
    private func apply(_ patch: Node, to resource: inout Resource) throws(BuildProblem) -> Bool {
        let old = resource.node
        let limits = written.tree.limits
        let (objectSize, patchSize) = (old.size.nodes, patch.size.nodes)
        try limits.add(work: 20 * (objectSize + patchSize), at: patch.place)
        try limits.add(nodes: patchSize, at: patch.place)
        if allowsNameChange || allowsKindChange { resource.rememberID() }
        guard var node = try StrategicMerge(written: written).merge(patch, into: old), node.map?.isEmpty != true else { return false }
        node["apiVersion"] = old["apiVersion"]
        if !allowsKindChange { node["kind"] = old["kind"] }
        if !allowsNameChange { node.set(old.at("metadata", "name"), at: ["metadata", "name"]) }
        node.set(resource.namespace.isEmpty ? nil : old.at("metadata", "namespace"), at: ["metadata", "namespace"])
        resource.node = node
        return true
    }
}

extension Node {
    /// Makes labels or annotations texts, as kustomize does where it carries them over; an empty map is left out.
    /// - Parameter written: how the values are written; nil: they are written anew.
    mutating func makeTexts(ofMetadata field: String, _ written: WrittenScalars?) {
        guard var metadata = self["metadata"], let node = metadata[field] else { return }
        guard var map = node.map, !map.isEmpty else {
            metadata[field] = nil
            self["metadata"] = metadata
            return
        }
        for (index, entry) in map.entries.enumerated() where entry.value.string == nil {
            let value = entry.value.scalar ?? .string("")
            let text =
                written?.text(of: value, at: entry.value.place) ?? entry.value.text ?? (value.isNull ? entry.value.spelling ?? "null" : "")
            map.change(at: index) { $0.content = .scalar(.string(text)) }
        }
        metadata[field]?.content = .map(map)
        self["metadata"] = metadata
    }
}
