// The CustomResourceDefinitions of Belay: the one source of `belay install` and of charts/belay/crds.

import KubernetesModel
package import StructuredData

/// Our kinds, as the API server is told of them.
package enum Definitions {
    package static let group = "belay.dev"
    package static let version = "v1alpha1"

    /// By name: `applications.belay.dev`, `driftreports.belay.dev`.
    package static let all: [Value] = [applications, driftReports]

    /// One source, one destination. Its objects are the members of an ApplySet whose parent it is (KEP-3659).
    package static let applications = definition(
        Kind(plural: "applications", singular: "application", short: "bapp", name: Application.kind),
        labels: ["applyset.kubernetes.io/is-parent-type": "true"],
        columns: [
            column("Synced", ".status.conditions[?(@.type==\"Ready\")].status", "Whether what Git says is in the cluster."),
            column("Health", ".status.health", "The worst health of the objects."),
            column("Drift", ".status.openDrift", "How many objects differ from Git by somebody's hand.", type: "integer"),
            column("Revision", ".status.lastAppliedRevision", "What was last applied."),
            age,
            column(
                "Message", ".status.conditions[?(@.type==\"Ready\")].message", "What the controller has to say.", isWide: true),
        ],
        schema: Schema.map(
            "One source in Git, one destination, and how they are kept together.",
            [
                "apiVersion": apiVersion, "kind": kind, "metadata": metadata, "spec": ApplicationSchema.spec,
                "status": StatusSchema.application,
            ],
            required: ["spec"], rules: ApplicationSchema.rules),
        subresources: ["status": .object(Object())])

    /// What differs from Git at this moment, for everybody who has kubectl.
    package static let driftReports = definition(
        Kind(plural: "driftreports", singular: "driftreport", short: "bdrift", name: "DriftReport"),
        columns: [
            column("Open", ".openCount", "How many objects differ from Git.", type: "integer"),
            column("Oldest", ".episodes[0].firstSeen", "Since when the first of them does.", type: "date"),
            age,
        ],
        schema: Schema.map(
            "The open drift of the Application of the same name. Written by the controller; a change to it changes nothing.",
            [
                "apiVersion": apiVersion, "kind": kind, "metadata": metadata, "openCount": StatusSchema.openCount,
                "episodes": StatusSchema.episodes,
            ]))

    private struct Kind {
        var plural: String
        var singular: String
        var short: String
        var name: String
    }

    private static func definition(
        _ kind: Kind, labels: Object = Object(), columns: [Value], schema: Schema, subresources: Object? = nil
    ) -> Value {
        var labels = labels
        labels["app.kubernetes.io/name"] = "belay"
        labels["app.kubernetes.io/component"] = "crd"
        var version: Object = ["name": .string(Definitions.version), "served": true, "storage": true]
        version["subresources"] = subresources.map { .object($0) }
        version["additionalPrinterColumns"] = .array(columns)
        version["schema"] = ["openAPIV3Schema": schema.value]
        return [
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(kind.plural).\(group)"), "labels": .object(labels.sortedByKey())],
            "spec": [
                "group": .string(group),
                "names": [
                    "kind": .string(kind.name), "listKind": .string(kind.name + "List"), "plural": .string(kind.plural),
                    "singular": .string(kind.singular), "shortNames": [.string(kind.short)], "categories": ["belay"],
                ],
                "scope": "Namespaced",
                "versions": [.object(version)],
            ],
        ]
    }

    private static let apiVersion = Schema.untyped("string", "\(Application.apiVersion).")
    private static let kind = Schema.untyped("string", "The kind of this object.")
    private static let metadata = Schema.untyped("object")

    private static let age = column("Age", ".metadata.creationTimestamp", nil, type: "date")

    private static func column(
        _ name: String, _ path: String, _ description: String?, type: String = "string", isWide: Bool = false
    ) -> Value {
        var column: Object = ["name": .string(name), "type": .string(type), "jsonPath": .string(path)]
        column["description"] = description.map { .string($0) }
        if isWide { column["priority"] = 1 }
        return .object(column)
    }
}
