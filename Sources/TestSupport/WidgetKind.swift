// A kind that tests bring along.

/// The kind Widget of a group of its own.
package struct WidgetKind: Sendable {
    package var group: String
    /// Of the whole object, as YAML in one line.
    package var schema = "{type: object, x-kubernetes-preserve-unknown-fields: true}"
    /// Whether its status is written on a path of its own.
    package var hasStatus = false

    package init(group: String) { self.group = group }

    /// The CustomResourceDefinition.
    package var definition: String {
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.\(group)}
        spec:
          group: \(group)
          scope: Namespaced
          names: {plural: widgets, kind: Widget}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {\(hasStatus ? "status: {}" : "")}
            schema: {openAPIV3Schema: \(schema)}

        """
    }

    /// A Widget.
    package func manifest(_ name: String, spec: String = "{size: 1}") -> String {
        "apiVersion: \(group)/v1\nkind: Widget\nmetadata: {name: \(name)}\nspec: \(spec)\n"
    }
}
