// The objects of a kustomization in their order; no two of them have the same name at the same time.

import KubernetesModel
import StructuredData

struct ResourceSet: Sendable {
    var resources: [Resource] = []

    /// - Throws: ``BuildProblem`` where one of the same name is there, or among the new ones.
    mutating func append(contentsOf other: [Resource]) throws(BuildProblem) {
        var places: [ResourceID: SourceLocation] = [:]
        for resource in resources { places[resource.id.effective] = resource.origin }
        for resource in other {
            if let twin = places.updateValue(resource.origin, forKey: resource.id.effective) {
                throw BuildProblem(
                    "\(resource.id) is there twice: it stands at \(twin) too; remove one of them, or make it a patch", at: resource.origin)
            }
            resources.append(resource)
        }
    }

    /// The positions of those that an id fits, by any name that they have or had.
    func indices(where isMatch: (ResourceID) -> Bool) -> [Int] {
        resources.indices.filter { resources[$0].ids.contains(where: isMatch) }
    }
}
