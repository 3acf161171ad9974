// A version of a custom kind, with the structural schema that its objects are pruned, defaulted and checked by.

import StructuredData

struct CustomVersion: Sendable {
    var version: String
    var listKind: String
    /// The structural schema as the CustomResourceDefinition has it.
    var openAPI: Value
    var isServed: Bool
    var hasStatus: Bool
    /// `specReplicasPath`, `statusReplicasPath`, `labelSelectorPath`.
    var scale: Value?
    var selectableFields: [String]
    var printerColumns: [Value]
    var preservesUnknownFields: Bool
}
