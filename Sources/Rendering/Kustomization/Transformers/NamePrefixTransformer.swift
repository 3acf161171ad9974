// `namePrefix`.

import StructuredData

struct NamePrefixTransformer: Transformer {
    let prefix: PlacedText
    init(_ prefix: PlacedText) { self.prefix = prefix }
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
