// `namespace`: where objects go, and those that name them.

import StructuredData

struct NamespaceTransformer: Transformer {
    let namespace: PlacedText
    init(_ namespace: PlacedText) { self.namespace = namespace }
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
