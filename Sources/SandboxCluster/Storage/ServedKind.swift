// One kind in one version as requests meet it: its names, its types, where it is stored and how versions are exchanged.

import StructuredData

struct ServedKind: Sendable {
    var resource: ServedResource
    /// The collection it is stored in, the same for all versions: `apps/deployments`.
    var collection: String
    var schema: Schema
    /// The apiVersion that objects are stored in.
    var storageVersion: String
    /// Set for kinds that a CustomResourceDefinition defines.
    var custom: CustomVersion?

    var shape: Shape { schema[resource.shape] }
    var isCustom: Bool { custom != nil }
    var hasStatus: Bool { resource.subresource("status") != nil }
    var apiVersion: String { resource.apiVersion }
    var listKind: String { custom?.listKind ?? resource.kind + "List" }

    /// `default/web; apps/v1, Kind=Deployment`, as the server's internal errors name an object.
    func label(_ key: StoreKey) -> String {
        "\(key.namespace)/\(key.name); \(resource.group)/\(resource.version), Kind=\(resource.kind)"
    }

    /// A stored object in this version.
    func shown(_ value: Value) -> Value {
        if value["apiVersion"]?.string == apiVersion { return value }
        let converted = Conversion.convert(value, to: apiVersion)
        if isCustom { return converted }
        // The other version leaves out and writes other zero values.
        var decoder = TypedDecoder(schema)
        guard let decoded = try? decoder.decode(converted, kind: resource.kind, shape) else { return converted }
        return ServedKind.headed(decoded, apiVersion, resource.kind)
    }

    /// The object of this kind that has nothing set, as the server's typed structs are when nothing is set.
    var empty: Value {
        if custom != nil { return ["apiVersion": .string(apiVersion), "kind": .string(resource.kind)] }
        var decoder = TypedDecoder(schema)
        let decoded = (try? decoder.decode(.object(Object()), kind: resource.kind, shape)) ?? .object(Object())
        return ServedKind.headed(decoded, apiVersion, resource.kind)
    }

    /// `value` with kind and apiVersion in front, as the server writes objects.
    static func headed(_ value: Value, _ apiVersion: String, _ kind: String) -> Value {
        var object: Object = ["kind": .string(kind), "apiVersion": .string(apiVersion)]
        if let metadata = value["metadata"] { object["metadata"] = metadata }
        var entries = object.entries
        for entry in value.object ?? Object() where !["kind", "apiVersion", "metadata"].contains(entry.key) { entries.append(entry) }
        return .object(Object(uniqueEntries: entries))
    }
}
