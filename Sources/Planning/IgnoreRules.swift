// Which fields of an object others may change: the Application's rules, and what is ignored everywhere.

package import KubernetesModel
package import StructuredData

/// What an Application's rules leave to others in one object.
package struct IgnoredFields: Sendable {
    private let places: [String]

    /// - Parameters:
    ///   - live: with managedFields, from which list elements are told apart.
    ///   - desired: as Git has it.
    package init(rules: [Application.IgnoreRule], key: ObjectKey, live: Unstructured, desired: Value) {
        places = IgnoreRules(rules, for: key).places(in: [live.value, desired], keys: ListKeys(live.managedFields)).map(\.path.description)
    }

    /// - Parameter path: as a `FieldPath` describes itself.
    package func covers(_ path: String) -> Bool {
        places.contains { place in
            guard path.utf8.starts(with: place.utf8) else { return false }
            let next = path.utf8.dropFirst(place.utf8.count).first
            return next == nil || next == UInt8(ascii: ".") || next == UInt8(ascii: "[")
        }
    }
}

/// The ignore rules that fit one object.
struct IgnoreRules: Sendable {
    private struct Rule: Sendable {
        var segments: [String]
        var managers: [String]
    }
    private var rules: [Rule] = []
    /// What goes into the digest of the desired object: changing a rule is a change.
    private(set) var digestValue: Value = .array([])

    init(_ all: [Application.IgnoreRule], for key: ObjectKey) {
        var described: [Value] = []
        for rule in all where Self.fits(rule, key) {
            for path in rule.paths {
                guard let segments = Self.segments(of: path) else { continue }
                rules.append(Rule(segments: segments, managers: rule.managers))
                described.append(["path": .string(path), "managers": .array(rule.managers.map { .string($0) })])
            }
        }
        digestValue = .array(described)
        rules.append(Rule(segments: ["spec", "template", "metadata", "annotations", Tracking.restartedAt], managers: []))
    }

    private static func fits(_ rule: Application.IgnoreRule, _ key: ObjectKey) -> Bool {
        if let group = rule.group, !Glob.matches(group, key.group) { return false }
        if let namespace = rule.namespace, !Glob.matches(namespace, key.namespace ?? "") { return false }
        return Glob.matches(rule.kind, key.kind) && Glob.matches(rule.name, key.name)
    }

    /// RFC 6901; nil for a text that is no pointer, and for the pointer to the whole object, which would ignore everything.
    static func segments(of pointer: String) -> [String]? {
        guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts = pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return parts.map { part in
            var bytes: [UInt8] = []
            var rest = part[...]
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "~"), let next = rest.first else {
                    bytes.append(byte)
                    continue
                }
                switch next {
                case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
                case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
                default:
                    bytes.append(byte)
                    continue
                }
                rest.removeFirst()
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// One ignored place of an object.
    struct Place: Sendable {
        var path: FieldPath
        /// Empty: whoever it is.
        var managers: [String]

        func allows(_ manager: String) -> Bool { managers.isEmpty || managers.contains { Glob.matches($0, manager) } }
    }

    /// The ignored places that exist in one of these trees. A number in a pointer is an index into the list as it stands in
    /// that tree; `*` stands for any field or element, as does the name of a list element (`/spec/containers/web/image`).
    func places(in trees: [Value], keys: ListKeys) -> [Place] {
        var found: [Place] = []
        for rule in rules {
            var seen: Set<FieldPath> = []
            for tree in trees {
                Self.walk(tree, rule.segments[...], [], keys) { elements in
                    let path = FieldPath(elements)
                    if seen.insert(path).inserted { found.append(Place(path: path, managers: rule.managers)) }
                }
            }
        }
        return found
    }

    private static func walk(
        _ node: Value, _ segments: ArraySlice<String>, _ path: [FieldPath.Element], _ keys: ListKeys, _ found: ([FieldPath.Element]) -> Void
    ) {
        guard let segment = segments.first else { return found(path) }
        let rest = segments.dropFirst()
        switch node {
        case .object(let object):
            if let child = object[segment] {
                walk(child, rest, path + [.field(segment)], keys, found)
            } else if segment == "*" {
                for entry in object { walk(entry.value, rest, path + [.field(entry.key)], keys, found) }
            }
        case .array(let list):
            let elements = keys.elements(of: list, at: FieldPath(path))
            for (index, item) in list.enumerated() {
                let fits = segment == "*" || segment == String(index) || (item["name"]?.string?.hasSameBytes(as: segment) ?? false)
                if fits { walk(item, rest, path + [elements?[index] ?? .index(index)], keys, found) }
            }
        default: return
        }
    }
}

/// Names with `*` and `?`, matched in linear time for one star and without backtracking beyond the last star.
enum Glob {
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        var (p, t, star, mark) = (0, 0, -1, 0)
        while t < text.count {
            if p < pattern.count && (pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t]) && pattern[p] != UInt8(ascii: "*") {
                p += 1
                t += 1
            } else if p < pattern.count && pattern[p] == UInt8(ascii: "*") {
                star = p
                mark = t
                p += 1
            } else if star >= 0 {
                p = star + 1
                mark += 1
                t = mark
            } else {
                return false
            }
        }
        while p < pattern.count && pattern[p] == UInt8(ascii: "*") { p += 1 }
        return p == pattern.count
    }
}
