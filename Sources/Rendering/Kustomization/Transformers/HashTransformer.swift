// The hash of a generated object's content behind its name.

import StructuredData

struct HashTransformer: Transformer {
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        for index in set.resources.indices where set.resources[index].needsHash {
            let name = "\(set.resources[index].name)-\(ContentHash(set.resources[index].node).description)"
            set.resources[index].rememberID()
            let place = set.resources[index].node.at("metadata", "name")?.place ?? Node.generated
            set.resources[index].node.set(Node(.string(name), at: place), at: ["metadata", "name"])
        }
    }
}
