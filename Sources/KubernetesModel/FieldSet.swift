// Sets of fields, as managedFields carries them (FieldsV1), with their algebra.

package import StructuredData

/// A set of field paths (structured-merge-diff's `fieldpath.Set`): a tree whose nodes may themselves be members (the entry `.`).
package struct FieldSet: Sendable, Equatable {
    package init() {}

    /// Reads the `fieldsV1` value of a managedFields entry. Unknown prefixes are an error.
    package init(fieldsV1: Value) throws { self.init() }

    /// The `fieldsV1` form, keys in the server's order (by bytes).
    package var fieldsV1: Value { .object(Object()) }

    package var isEmpty: Bool { true }
    /// Whether this very path is a member (not only an ancestor or descendant of one).
    package func contains(_ path: FieldPath) -> Bool { false }
    package mutating func insert(_ path: FieldPath) {}
    /// Removes this path and, if asked, all below it.
    package mutating func remove(_ path: FieldPath, andBelow: Bool = false) {}
    /// All members, in order, parents before children.
    package var paths: [FieldPath] { [] }
    /// The members that have no member below them.
    package var leaves: [FieldPath] { [] }
    package func union(_ other: FieldSet) -> FieldSet { self }
    package func intersection(_ other: FieldSet) -> FieldSet { self }
    package func subtracting(_ other: FieldSet) -> FieldSet { self }
}

/// One entry of `metadata.managedFields`: who owns which fields, by which operation, since when.
package struct ManagedFieldsEntry: Sendable, Equatable {
    package enum Operation: String, Sendable { case apply = "Apply", update = "Update" }
    package var manager: String
    package var operation: Operation
    package var apiVersion: String
    /// RFC 3339, to the second, as the server wrote it.
    package var time: String?
    /// `status`, `scale`, …; nil for the main resource.
    package var subresource: String?
    package var fields: FieldSet

    package init(manager: String, operation: Operation, apiVersion: String, time: String?, subresource: String?, fields: FieldSet) {
        self.manager = manager
        self.operation = operation
        self.apiVersion = apiVersion
        self.time = time
        self.subresource = subresource
        self.fields = fields
    }
}

extension Unstructured {
    /// The parsed `metadata.managedFields`, in the server's order; entries that cannot be read are left out.
    package var managedFields: [ManagedFieldsEntry] { [] }
}
