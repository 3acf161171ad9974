// Which fields of a desired object have their value from a Secret, though it may be no Secret itself.

package import StructuredData

/// Fields whose whole value is secret; by name and index.
package struct SecretPaths: Sendable, Equatable {
    package private(set) var paths: [FieldPath] = []

    package init() {}

    package var isEmpty: Bool { paths.isEmpty }

    package mutating func insert(_ path: FieldPath) { paths.append(path) }

    private static let everything = "*"
    private static let longestText = 64 << 10

    /// As a member's annotation keeps it: a JSON list of paths. Where that is long, it stands for all fields.
    package var text: String {
        let list = paths.map { path in
            Value.array(
                path.elements.map { element in
                    switch element {
                    case .field(let name): .string(name)
                    case .index(let index): .int(Int64(index))
                    case .key, .value: .null
                    }
                })
        }
        let text = String(decoding: JSON.write(.array(list)), as: UTF8.self)
        return text.utf8.count <= SecretPaths.longestText ? text : SecretPaths.everything
    }

    /// What an annotation says. What cannot be read stands for all fields.
    package init(text: String) {
        let list = text == SecretPaths.everything ? nil : (try? JSON.read(Array(text.utf8)))?.array
        paths =
            list?.map { path in
                FieldPath(
                    (path.array ?? []).prefix { $0.string != nil || $0.int != nil }.map { element in
                        element.string.map { .field($0) } ?? .index(Int(clamping: element.int ?? 0))
                    })
            } ?? [FieldPath()]
    }

    /// How much of what is at a path is secret.
    package enum Coverage: Sendable { case none, part, whole }

    /// - Parameters:
    ///   - path: as managedFields and plans write it; in another tree than the desired one perhaps.
    ///   - root: the desired object, in which elements are found that `path` names by their keys. One that is not there is taken for
    ///     any element.
    ///   - anyElement: whether an element that `path` names by its index is taken for every other: the list may have another order.
    package func coverage(of path: FieldPath, in root: Value, anyElement: Bool = false) -> Coverage {
        if paths.isEmpty { return .none }
        let steps = Self.steps(path, in: root, anyElement)
        var coverage = Coverage.none
        for secret in paths {
            let agree = zip(secret.elements, steps).allSatisfy { element, step in
                switch (element, step) {
                case (.field(let name), .field(let other)): name.hasSameBytes(as: other)
                case (.index(let index), .index(let other)): index == other
                case (.index, .any): true
                default: false
                }
            }
            guard agree else { continue }
            if secret.elements.count <= steps.count { return .whole }
            coverage = .part
        }
        return coverage
    }

    private enum Step {
        case field(String)
        case index(Int)
        case any
    }

    private static func steps(_ path: FieldPath, in root: Value, _ anyElement: Bool) -> [Step] {
        var node: Value? = root
        return path.elements.map { element in
            let position = node?.index(of: element)
            switch element {
            case .field(let name):
                node = node?[name]
                return .field(name)
            case .key, .value, .index:
                node = position.flatMap { node?[$0] }
                if anyElement, case .index = element { return .any }
                return position.map { .index($0) } ?? .any
            }
        }
    }
}
