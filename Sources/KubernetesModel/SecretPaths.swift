// Which fields of a desired object have their value from a Secret, though it may be no Secret itself.

package import StructuredData

/// Fields whose whole value is secret; by name and index.
package struct SecretPaths: Sendable, Equatable {
    package private(set) var paths: [FieldPath] = []

    package init() {}

    package var isEmpty: Bool { paths.isEmpty }

    package mutating func insert(_ path: FieldPath) { paths.append(path) }

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
