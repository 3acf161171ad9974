// `nameSuffix`.

import StructuredData

struct NameSuffixTransformer: Transformer {
    private let change: NameChange

    /// - Parameter fields: nil: those of the build.
    init(_ suffix: PlacedText, fields: [FieldSpec]? = nil) { change = NameChange(text: suffix, fields: fields) }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        try change.apply(to: &set, context.fields.nameSuffix, \.suffixes, context.tree.limits) { suffix, name in name + suffix }
    }
}
