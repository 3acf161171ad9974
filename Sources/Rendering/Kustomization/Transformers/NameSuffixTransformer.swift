// `nameSuffix`.

import StructuredData

struct NameSuffixTransformer: Transformer {
    let suffix: PlacedText
    init(_ suffix: PlacedText) { self.suffix = suffix }
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
