// `images`.

import StructuredData

struct ImageTransformer: Transformer {
    init(_ arguments: ImageArguments, _ fields: FieldConfiguration) {}
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
