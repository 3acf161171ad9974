// `vars`: `$(NAME)` in the fields that may hold one.

import StructuredData

struct VariableTransformer: Transformer {
    let variables: [VariableArguments]
    /// Remembers from which object a variable takes its value, by the name that the object has now.
    static func mark(_ variable: VariableArguments, in set: inout ResourceSet) throws(BuildProblem) {}
    func transform(_ set: inout ResourceSet, _ context: BuildContext) throws(BuildProblem) {}
}
