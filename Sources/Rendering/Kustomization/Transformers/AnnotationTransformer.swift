// `commonAnnotations`.

import StructuredData

struct AnnotationTransformer: Transformer {
    init(_ pairs: [(key: String, value: PlacedText)], _ fields: FieldConfiguration) {}
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
