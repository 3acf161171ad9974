// `replicas`.

import StructuredData

struct ReplicaTransformer: Transformer {
    init(_ arguments: ReplicaArguments, _ fields: FieldConfiguration) {}
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
