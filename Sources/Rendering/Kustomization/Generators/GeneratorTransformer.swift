// `configMapGenerator` and `secretGenerator`: objects made of files and literals.

import StructuredData

struct GeneratorTransformer: Transformer {
    let file: KustomizationFile
    init(_ file: KustomizationFile) { self.file = file }
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
