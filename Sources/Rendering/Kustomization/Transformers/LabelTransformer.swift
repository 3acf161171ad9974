// `labels` and `commonLabels`.

import StructuredData

struct LabelTransformer: Transformer {
    init(_ arguments: LabelArguments, _ fields: FieldConfiguration) {}
    init(common pairs: [(key: String, value: PlacedText)], _ fields: FieldConfiguration) {}
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
