// The objects of a kustomization in their order; no two of them have the same name at the same time.

import KubernetesModel
import StructuredData

struct ResourceSet: Sendable {
    /// To change them is to give up knowing their names; ``change(at:_:)`` keeps that up.
    var resources: [Resource] {
        _read { yield list }
        _modify {
            places = nil
            positions = nil
            yield &list
        }
    }

    private var list: [Resource] = []

    /// Where each stands, by its name; nil where that has to be found anew.
    private var places: [ResourceID: SourceLocation]?
    /// By each name alone that they have or had: which they are, in order; nil likewise.
    private var positions: [String: [Int]]?

    /// So many that a kustomization which refers to another one again and again cannot fill the memory.
    static let maximumCount = 30_000

    /// - Throws: ``BuildProblem`` where one of the same name is there, or among the new ones.
    mutating func append(contentsOf other: [Resource]) throws(BuildProblem) {
        if let last = other.last { try check(other.count, at: last.origin) }
        var places = self.places ?? [:]
        if self.places == nil {
            for resource in list { places[resource.id.effective] = resource.origin }
        }
        self.places = nil
        for resource in other {
            if let twin = places.updateValue(resource.origin, forKey: resource.id.effective) {
                throw BuildProblem(
                    "\(resource.id) is there twice: it stands at \(twin) too; remove one of them, or make it a patch", at: resource.origin)
            }
        }
        for resource in other { add(resource) }
        self.places = places
    }

    /// - Throws: ``BuildProblem`` where there are too many. That none has its name was looked at.
    mutating func append(_ resource: Resource) throws(BuildProblem) {
        try check(1, at: resource.origin)
        add(resource)
        places?[resource.id.effective] = resource.origin
    }

    private mutating func add(_ resource: Resource) {
        if positions != nil {
            for name in resource.names { positions?[name, default: []].append(list.count) }
        }
        list.append(resource)
    }

    private func check(_ new: Int, at place: SourceLocation) throws(BuildProblem) {
        guard new > ResourceSet.maximumCount - list.count else { return }
        throw BuildProblem(
            "with this the kustomization comes to more than \(ResourceSet.maximumCount) objects; divide it into several Applications",
            at: place)
    }

    /// An object whose name one before it has; nil where all differ.
    mutating func twin() -> Resource? {
        if places != nil { return nil }
        var found: [ResourceID: SourceLocation] = [:]
        if let twin = list.first(where: { found.updateValue($0.origin, forKey: $0.id.effective) != nil }) { return twin }
        places = found
        return nil
    }

    /// After every step: see ``Twins``. Names stay as they are.
    mutating func settleTwins() {
        for index in list.indices { list[index].settleTwins() }
    }

    /// Changes one object, and looks whether its names are others then.
    mutating func change<Result>(
        at index: Int, _ change: (inout Resource) throws(BuildProblem) -> Result
    ) throws(BuildProblem) -> Result {
        let old = list[index].ids
        let result = try change(&list[index])
        if list[index].ids != old {
            places = nil
            positions = nil
        }
        return result
    }

    /// The positions of those that an id with this name fits, by any name that they have or had.
    mutating func indices(named name: String, where isMatch: (ResourceID) -> Bool) -> [Int] {
        if positions == nil {
            var positions: [String: [Int]] = [:]
            for (index, resource) in list.enumerated() {
                for name in resource.names { positions[name, default: []].append(index) }
            }
            self.positions = positions
        }
        return (positions?[name] ?? []).filter { list[$0].ids.contains { $0.name == name && isMatch($0) } }
    }
}

extension Resource {
    /// Without namespaces and kinds, each once.
    fileprivate var names: Set<String> { Set(ids.map(\.name)) }
}
