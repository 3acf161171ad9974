// JSON patches of an Application: each bound to the version that was read, so that nobody's change is lost.

import KubernetesModel
package import StructuredData

/// Collects changes to one object as it was read. The server refuses the patch where the object is another by then.
package struct ApplicationPatch: Sendable {
    /// The object as it will be.
    private var object: Value
    /// Begins with a test of the resourceVersion.
    package private(set) var operations: [Value]

    package init(_ application: ApplicationResource) {
        object = application.value
        operations = [["op": "test", "path": "/metadata/resourceVersion", "value": .string(application.resourceVersion)]]
    }

    package var isEmpty: Bool { operations.count == 1 }
    package var value: Value { .array(operations) }

    /// Sets a member, and makes the maps on the way that are missing.
    package mutating func set(_ value: Value, at path: [String]) {
        var existing = 0
        var node = object
        while existing < path.count - 1, let next = node[path[existing]], next.object != nil {
            node = next
            existing += 1
        }
        // What is missing goes in with one operation, from the innermost map outwards.
        var fresh = value
        for key in path[(existing + 1)...].reversed() { fresh = .object([key: fresh]) }
        operations.append(["op": "add", "path": .string(Self.pointer(path.prefix(existing + 1))), "value": fresh])
        object.set(value, at: path)
    }

    /// Removes a member; nothing where there is none.
    package mutating func remove(at path: [String]) {
        var node: Value? = object
        for key in path { node = node?[key] }
        guard node != nil else { return }
        operations.append(["op": "remove", "path": .string(Self.pointer(path[...]))])
        object.set(nil, at: path)
    }

    package mutating func annotate(_ key: String, _ text: String) { set(.string(text), at: ["metadata", "annotations", key]) }

    /// Asks the controller for a look now.
    /// - Parameter commit: where a person has to let commits through, no other one goes.
    /// - Returns: what it will echo: later than what was asked before, to the millisecond.
    package mutating func request(now: Double, commit: String? = nil) -> String {
        let before = object.at("metadata", "annotations")?[ApplicationResource.requestAnnotation]?.string.flatMap(Moment.seconds)
        var time = now
        if let before, before.isFinite, before < Self.lastYear { time = max(now, before) }
        var token = Moment.text(time)
        // The text is in milliseconds: it may be the same as before, or rounded to less.
        while let before, before < Self.lastYear, let made = Moment.seconds(token), made <= before {
            time += 0.001
            token = Moment.text(time)
        }
        annotate(ApplicationResource.requestAnnotation, token)
        if let commit { annotate(ApplicationResource.commitAnnotation, "\(commit.lowercased()) \(token)") }
        return token
    }

    /// Where four digits of a year are nearly used up; what is later was not made by us.
    private static let lastYear = 253_370_764_800.0

    /// RFC 6901.
    private static func pointer(_ path: ArraySlice<String>) -> String {
        path.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }
}
