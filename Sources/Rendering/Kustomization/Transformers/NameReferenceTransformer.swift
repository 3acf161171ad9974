// Where an object's name has changed, those that name it follow.

import StructuredData

struct NameReferenceTransformer: Transformer {

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
