// The objects of a kustomization in their order; no two of them have the same name at the same time.

import KubernetesModel
import StructuredData

struct ResourceSet: Sendable {
    /// To change them is to give up knowing their names.
    var resources: [Resource] = [] {
        didSet { places = nil }
    }

    /// Where each stands, by its name; nil where that has to be found anew.
    private var places: [ResourceID: SourceLocation]?

    /// So many that a kustomization which refers to another one again and again cannot fill the memory.
    static let maximumCount = 30_000

    /// - Throws: ``BuildProblem`` where one of the same name is there, or among the new ones.
    mutating func append(contentsOf other: [Resource]) throws(BuildProblem) {
        if let last = other.last, other.count > ResourceSet.maximumCount - resources.count {
            throw BuildProblem(
                "with this the kustomization comes to more than \(ResourceSet.maximumCount) objects; divide it into several Applications",
                at: last.origin)
        }
        var places = self.places ?? [:]
        if self.places == nil {
            for resource in resources { places[resource.id.effective] = resource.origin }
        }
        self.places = nil
        for resource in other {
            if let twin = places.updateValue(resource.origin, forKey: resource.id.effective) {
                throw BuildProblem(
                    "\(resource.id) is there twice: it stands at \(twin) too; remove one of them, or make it a patch", at: resource.origin)
            }
        }
        resources.append(contentsOf: other)
        self.places = places
    }

    /// The positions of those that an id fits, by any name that they have or had.
    func indices(where isMatch: (ResourceID) -> Bool) -> [Int] {
        resources.indices.filter { resources[$0].ids.contains(where: isMatch) }
    }
}
