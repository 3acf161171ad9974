// `namePrefix`.

import StructuredData

struct NamePrefixTransformer: Transformer {
    private let change: NameChange

    /// - Parameter fields: nil: those of the build.
    init(_ prefix: PlacedText, fields: [FieldSpec]? = nil) { change = NameChange(text: prefix, fields: fields) }

    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {
        try change.apply(to: &set, context.fields.namePrefix, \.prefixes, context.tree.limits) { prefix, name in prefix + name }
    }
}
