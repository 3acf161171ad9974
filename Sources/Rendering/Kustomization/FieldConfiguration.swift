// The fields that transformers are about: what kustomize knows of itself, with what `configurations` and `crds` add.

import StructuredData

/// Which kind of object is named in which fields of others.
struct NameReference: Sendable {
    var group = ""
    var version = ""
    var kind: String
    var fields: [FieldSpec]
}

struct FieldConfiguration: Sendable {
    var namePrefix: [FieldSpec] = []
    var nameSuffix: [FieldSpec] = []
    var namespace: [FieldSpec] = []
    /// `commonLabels`, and `labels` with `includeSelectors`.
    var commonLabels: [FieldSpec] = []
    /// Of `labels` in the configuration's files: for every entry of `labels`.
    var labels: [FieldSpec] = []
    var templateLabels: [FieldSpec] = []
    var volumeClaimTemplateLabels: [FieldSpec] = []
    var commonAnnotations: [FieldSpec] = []
    var nameReferences: [NameReference] = []
    var variableReferences: [FieldSpec] = []
    var images: [FieldSpec] = []
    var replicas: [FieldSpec] = []
}

extension FieldConfiguration {
    /// What a kustomization's `configurations` and `crds` say, with kustomize's own fields.
    /// - Throws: ``BuildProblem``.
    init(_ file: KustomizationFile, _ context: BuildContext) throws(BuildProblem) {}

    /// - Throws: ``BuildProblem`` where two say different things of one field.
    mutating func merge(_ other: FieldConfiguration) throws(BuildProblem) {}
}
