// The fields that transformers are about: what kustomize knows of itself, with what `configurations` and `crds` add.

import KubernetesModel
import StructuredData

/// Which kind of object is named in which fields of others.
struct NameReference: Sendable, Equatable {
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
    /// Where the kustomization names the files that these come from; nil: there are none.
    var place: SourceLocation?
}

extension FieldConfiguration {
    /// What every kustomization knows of itself. Source: kustomize 5.8.1, api/internal/konfig/builtinpluginconsts.
    static let standard: FieldConfiguration = {
        var fields = FieldConfiguration()
        fields.namePrefix = [FieldSpec("metadata/name")]
        fields.nameSuffix = [FieldSpec("metadata/name")]
        fields.namespace = [
            FieldSpec("metadata/name", kind: "Namespace", create: true),
            FieldSpec("spec/service/namespace", group: "apiregistration.k8s.io", kind: "APIService", create: true),
            FieldSpec(
                "spec/conversion/webhook/clientConfig/service/namespace", group: "apiextensions.k8s.io", kind: "CustomResourceDefinition"),
        ]
        fields.commonLabels = standardCommonLabels
        fields.templateLabels = standardTemplateLabels
        fields.volumeClaimTemplateLabels = standardTemplateLabels.filter {
            $0.path.first == "spec" && $0.path[1] == "volumeClaimTemplates[]"
        }
        fields.commonAnnotations = standardCommonAnnotations
        fields.nameReferences = standardNameReferences
        fields.variableReferences = standardVariableReferences
        fields.images = ["", "template/spec/"].flatMap { pod in
            ["containers[]/image", "initContainers[]/image", "volumes[]/image/reference"].map {
                FieldSpec("spec/\(pod)\($0)", create: true)
            }
        }
        fields.replicas = ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map {
            FieldSpec("spec/replicas", kind: $0, create: true)
        }
        fields.sort()
        return fields
    }()

    /// By kinds, as kustomize does it before it uses them: of two kinds of objects that may be meant by a name, the first one is taken.
    mutating func sort() {
        for list in FieldConfiguration.lists { self[keyPath: list].sort { FieldOrder($0).precedes(FieldOrder($1)) } }
        nameReferences.sort { FieldOrder($0).precedes(FieldOrder($1)) }
    }

    /// All that are lists of fields.
    static let lists: [any WritableKeyPath<FieldConfiguration, [FieldSpec]> & Sendable] = [
        \.namePrefix, \.nameSuffix, \.namespace, \.commonLabels, \.labels, \.templateLabels, \.volumeClaimTemplateLabels,
        \.commonAnnotations, \.variableReferences, \.images, \.replicas,
    ]
}
