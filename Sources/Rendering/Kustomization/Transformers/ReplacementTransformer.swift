// `replacements`: a value of one object, put into others.

import StructuredData

struct ReplacementTransformer: Transformer {
    init(_ arguments: [ReplacementArguments]) {}
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
