// `field:` with nothing behind it, where a CRD does not allow null. A create drops such nulls, and so does kubectl with a client-side
// apply; a server-side apply is refused for them [measured on 1.36.2]. They say nothing, so they are left out, but only where the
// server refused them: elsewhere a null may mean something (values of a chart).

import KubernetesModel
import StructuredData

enum RefusedNulls {
    /// - Returns: the body without the nulls that the causes of a 422 name, and where they were; nil when the causes name none.
    static func removed(from body: Value, _ error: ClientError) -> (body: Value, fields: [String])? {
        guard error.code == .invalid, error.httpStatus == 422, let causes = error.status?.causes else { return nil }
        var named = Set(causes.map { Array($0.field.utf8) })
        named.remove([])
        guard !named.isEmpty else { return nil }
        var fields: [String] = []
        let rest = without(named, body, at: "", &fields)
        return fields.isEmpty ? nil : (rest, fields)
    }

    static func warning(_ fields: [String]) -> String {
        let few = fields.prefix(5).joined(separator: ", ") + (fields.count > 5 ? " and \(fields.count - 5) more" : "")
        return "\(few) \(fields.count == 1 ? "is" : "are") null, which is not allowed there, and left out"
    }

    private static func without(_ named: Set<[UInt8]>, _ value: Value, at path: String, _ fields: inout [String]) -> Value {
        switch value {
        case .object(let object):
            var kept: [Object.Entry] = []
            for entry in object.entries {
                let place = path.isEmpty ? entry.key : path + "." + entry.key
                if entry.value.isNull, named.contains(Array(place.utf8)) {
                    fields.append(place)
                } else {
                    kept.append(Object.Entry(key: entry.key, value: without(named, entry.value, at: place, &fields)))
                }
            }
            return .object(Object(uniqueEntries: kept))
        case .array(let items):
            return .array(items.enumerated().map { without(named, $1, at: "\(path)[\($0)]", &fields) })
        default:
            return value
        }
    }
}
