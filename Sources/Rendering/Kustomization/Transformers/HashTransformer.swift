// The hash of a generated object's content behind its name.

import StructuredData

struct HashTransformer: Transformer {

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
