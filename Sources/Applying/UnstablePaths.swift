// Where a write's answer differs from what the server had predicted for it: webhooks and controllers that answer differently each time.

package import StructuredData

package enum UnstablePaths {
    /// Fields that every write changes, and the status, which is not ours.
    private static let ignoredMetadata: Set<String> = [
        "managedFields", "resourceVersion", "generation", "creationTimestamp", "uid", "selfLink",
    ]

    /// What the API server draws by lot for a Service, in a dry-run and again in the write.
    private static let allocated: Set<FieldPath.Element> = [
        .field("clusterIP"), .field("clusterIPs"), .field("nodePort"), .field("healthCheckNodePort"),
    ]

    /// The paths that differ, in the order of the prediction; a path that is on one side only is named where it begins.
    package static func between(prediction: Value, answer: Value) -> [FieldPath] {
        var paths: [FieldPath] = []
        compare(strip(prediction), strip(answer), at: FieldPath(), into: &paths)
        guard prediction["kind"]?.string == "Service" else { return paths }
        return paths.filter { path in !path.elements.contains { allocated.contains($0) } }
    }

    private static func strip(_ value: Value) -> Value {
        guard var object = value.object else { return value }
        object["status"] = nil
        if case .object(var metadata)? = object["metadata"] {
            for field in ignoredMetadata { metadata[field] = nil }
            object["metadata"] = .object(metadata)
        }
        return .object(object)
    }

    private static func compare(_ left: Value, _ right: Value, at path: FieldPath, into paths: inout [FieldPath]) {
        switch (left, right) {
        case (.object(let a), .object(let b)):
            for entry in a {
                let child = path.appending(.field(entry.key))
                if let twin = b[entry.key] {
                    compare(entry.value, twin, at: child, into: &paths)
                } else {
                    paths.append(child)
                }
            }
            for entry in b where a[entry.key] == nil { paths.append(path.appending(.field(entry.key))) }
        case (.array(let a), .array(let b)) where a.count == b.count:
            for (index, pair) in zip(a, b).enumerated() { compare(pair.0, pair.1, at: path.appending(.index(index)), into: &paths) }
        default:
            if left != right { paths.append(path) }
        }
    }
}
