// metadata.managedFields: who owns which fields of a live object.

package import StructuredData

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

    /// Reads one element of `metadata.managedFields`.
    /// - Throws: where it is no map, its operation is neither Apply nor Update, or its fields are not readable FieldsV1.
    package init(_ value: Value) throws(FieldsV1Error) {
        guard case .object = value else { throw FieldsV1Error(message: "a managedFields entry is \(value.kindName), not a map") }
        guard let operation = value["operation"]?.string.flatMap(Operation.init(rawValue:)) else {
            throw FieldsV1Error(message: "a managedFields entry has the operation \"\(value["operation"]?.string ?? "")\"")
        }
        guard value["fieldsType"]?.string ?? "FieldsV1" == "FieldsV1" else {
            throw FieldsV1Error(message: "a managedFields entry has the type \"\(value["fieldsType"]?.string ?? "")\"")
        }
        var fields = FieldSet()
        if let tree = value["fieldsV1"], !tree.isNull, tree != .object(Object()) { fields = try FieldSet(fieldsV1: tree) }
        self.init(
            manager: value["manager"]?.string ?? "", operation: operation, apiVersion: value["apiVersion"]?.string ?? "",
            time: value["time"]?.string, subresource: value["subresource"]?.string.flatMap { $0.isEmpty ? nil : $0 }, fields: fields)
    }

    /// The entry as it stands in `metadata.managedFields`, keys in the server's order.
    package var value: Value {
        var object: Object = ["manager": .string(manager), "operation": .string(operation.rawValue), "apiVersion": .string(apiVersion)]
        if let time { object["time"] = .string(time) }
        object["fieldsType"] = "FieldsV1"
        object["fieldsV1"] = fields.fieldsV1
        if let subresource { object["subresource"] = .string(subresource) }
        return .object(object)
    }
}

extension Unstructured {
    /// The parsed `metadata.managedFields`, in the server's order; entries that cannot be read are left out.
    package var managedFields: [ManagedFieldsEntry] {
        (value.at("metadata", "managedFields")?.array ?? []).compactMap { try? ManagedFieldsEntry($0) }
    }

    /// The same, for those who are going to write them back: every entry, at its index, or an error.
    /// - Throws: at the first entry that cannot be read.
    package func allManagedFields() throws(FieldsV1Error) -> [ManagedFieldsEntry] {
        var entries: [ManagedFieldsEntry] = []
        for value in value.at("metadata", "managedFields")?.array ?? [] { entries.append(try ManagedFieldsEntry(value)) }
        return entries
    }
}
