// What the API server warned of in its answers, each text once, with the objects that it was said of.

import KubernetesModel

struct ServerWarnings: Sendable {
    private var subjects: [String: Set<ObjectKey>] = [:]

    mutating func add(_ texts: [String], about key: ObjectKey) {
        for text in texts { subjects[text, default: []].insert(key) }
    }

    mutating func merge(_ other: ServerWarnings) { subjects.merge(other.subjects) { $0.union($1) } }

    /// `Ingress shop/web (and 2 more): TEXT`, in the order of the objects.
    var lines: [String] {
        subjects.compactMap { text, keys in keys.min().map { (first: $0, text: text, count: keys.count) } }
            .sorted { ($0.first, $0.text) < ($1.first, $1.text) }
            .map { "\($0.first)\($0.count > 1 ? " (and \($0.count - 1) more)" : ""): \($0.text)" }
    }
}
