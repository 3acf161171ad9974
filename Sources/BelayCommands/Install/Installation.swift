// What a cluster gets for the controller to run in it, as objects; charts/belay renders the same.

package import StructuredData

/// The choices of `belay install`, and the objects that follow from them.
package struct Installation: Sendable {
    package static let name = "belay"
    package static let defaultNamespace = "belay-system"

    package var namespace = defaultNamespace
    package var image = "belay:\(BelayVersion.current)"
    /// Whom the controller acts as for Applications that name nobody.
    package var defaultServiceAccount: String?
    /// The only namespace whose Applications are looked at; nil for all.
    package var watchNamespace: String?
    package var allowsFileRepositories = false
    /// Whether the controller may change everything in the cluster as itself. Without that right it can only act as service accounts.
    package var managesCluster = true

    package init() {}

    /// In the order in which they are applied: what others need comes first.
    package var objects: [Value] { Definitions.all + objectsWithoutDefinitions }

    package var objectsWithoutDefinitions: [Value] {
        [namespaceObject, serviceAccount] + InstallationRights(installation: self).objects
            + InstallationWorkload(installation: self).objects
    }

    private var namespaceObject: Value {
        // Nothing that is not restricted may run beside the controller, whose rights are wide.
        var labels = labels
        for mode in ["enforce", "audit", "warn"] { labels["pod-security.kubernetes.io/\(mode)"] = "restricted" }
        return ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace), "labels": .object(labels)]]
    }

    private var serviceAccount: Value {
        [
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(Installation.name, in: namespace),
            "automountServiceAccountToken": false,
        ]
    }

    /// By which the controller's pods are known; a Deployment can never change them.
    static let selector: Object = [
        "app.kubernetes.io/name": .string(name), "app.kubernetes.io/instance": .string(name), "app.kubernetes.io/component": "controller",
    ]

    /// On every object but the definitions; ``Installer`` removes nothing that has not those of ``selector``.
    var labels: Object {
        var labels = Installation.selector
        labels["app.kubernetes.io/version"] = .string(BelayVersion.current)
        return labels
    }

    func metadata(_ name: String, in namespace: String?, labels more: Object = Object()) -> Value {
        var metadata: Object = ["name": .string(name)]
        metadata["namespace"] = namespace.map { .string($0) }
        var labels = labels
        for entry in more { labels[entry.key] = entry.value }
        metadata["labels"] = .object(labels)
        return .object(metadata)
    }

    /// One document of a stream of YAML.
    package static func document(_ object: Value) -> [UInt8] { Array("---\n".utf8) + Array(YAML.write(object).utf8) }
}
