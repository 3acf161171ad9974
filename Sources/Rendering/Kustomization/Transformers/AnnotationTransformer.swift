// `commonAnnotations`.

import StructuredData

struct AnnotationTransformer: Transformer {
    private let entries: EntryTransformer

    /// With exactly these fields.
    init(pairs: [(key: String, value: PlacedText)], fields: [FieldSpec]) { entries = EntryTransformer(pairs: pairs, fields: fields) }

    init(_ pairs: [(key: String, value: PlacedText)], _ fields: FieldConfiguration) {
        self.init(pairs: pairs, fields: fields.commonAnnotations)
    }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) { try entries.transform(&set, context) }
}
