// The hash of a generated object's content behind its name.

import StructuredData

struct HashTransformer: Transformer {
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        for index in set.resources.indices where set.resources[index].wantsHash {
            let name = "\(set.resources[index].name)-\(ContentHash(set.resources[index].node).description)"
            set.resources[index].rememberID()
            guard var node = set.resources[index].node.at("metadata", "name") else { continue }
            // The line of the name stays its place: the hash is that of what stands elsewhere.
            node.content = .scalar(.string(name))
            set.resources[index].node.set(node, at: ["metadata", "name"])
        }
    }
}
